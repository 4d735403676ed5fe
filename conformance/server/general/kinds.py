"""One kind of resource in short: which operations create, show, change and delete it, and by which id."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.server.behaviour.definition import RefusedSituation


@dataclass(frozen=True, slots=True)
class ShownList:
    """How an operation lists resources.

    Attributes:
        path: The folded path of the list in the answer: `Things.Thing`.
        filters: By parameter, the field that must have its value.
    """

    path: str
    filters: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ResourceKind:
    """One kind of resource.

    Attributes:
        resource: Its name.
        product, version: The API that it is of.
        id_field: The field, and parameter, that tells one from another.
        id_prefix: How an id begins; empty where it is all digits.
        given: Whether the id is sent with the creation, as a name is, and not made.
        creates, details, changes, deletes, attaches, detaches: Operations by what they do. `details` show one.
        lists: By operation that lists, how.
        status_field: The field with its status; empty when no field has one.
        status_path: The states after a creation, the last one lasts.
        refusals: By operation, what it refuses beyond its contract.
    """

    resource: str
    product: str
    version: str
    id_field: str
    id_prefix: str = ""
    given: bool = False
    creates: tuple[str, ...] = ()
    lists: Mapping[str, ShownList] = field(default_factory=dict)
    details: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    deletes: tuple[str, ...] = ()
    attaches: tuple[str, ...] = ()
    detaches: tuple[str, ...] = ()
    status_field: str = ""
    status_path: tuple[str, ...] = ()
    refusals: Mapping[str, tuple[RefusedSituation, ...]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What tells it from every other kind."""
        return f"{self.product}/{self.version}/{self.id_field}"

    def roles(self) -> Iterator[tuple[str, str]]:
        """Yield every operation with what it does: `create`, `list`, `detail`, `change`, `delete`, `attach`, ..."""
        for role, operations in (
            ("create", self.creates),
            ("list", tuple(self.lists)),
            ("detail", self.details),
            ("change", self.changes),
            ("delete", self.deletes),
            ("attach", self.attaches),
            ("detach", self.detaches),
        ):
            for operation in operations:
                yield operation, role

    def role_of(self, operation: str) -> str:
        """Return what an operation does with it; empty when nothing is known."""
        return next((role for name, role in self.roles() if name == operation), "")

    def is_called(self, word: str) -> bool:
        """Whether a word for a type means it: the resource's name or that of its id, in any case."""
        return word.lower() in (self.resource.lower(), self.id_field.removesuffix("Id").lower())
