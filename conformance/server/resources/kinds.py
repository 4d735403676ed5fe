"""One kind of resource in short: which operations create, show, change and delete it, and by which id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.server.behaviour.definition import RefusedSituation

DIGITS: Final = 20
"""How many digits follow the beginning of an id that the server makes."""


class ShownList(Struct, frozen=True):
    """How an operation lists resources.

    Attributes:
        path: The folded path of the list in the answer: `Things.Thing`.
        filters: By parameter, the field that must have its value.
    """

    path: str
    filters: Mapping[str, str]


class ResourceKind(Struct, frozen=True):
    """One kind of resource.

    Attributes:
        resource: Its name.
        product, version: The API that it is of.
        id_field: The field, and parameter, that tells one from another; empty where that takes several, or none.
        id_prefix, id_digits: How an id begins, empty where it is all digits, and how many digits follow.
        given: Whether the id is sent with the creation, as a name is, and not made.
        named_by: Where there is no `id_field`, the parameters that tell one from another together, such as the id of
            what it is part of and a port. Without any there is one for each account, which needs no creation.
        each: The parameter of a creation whose list has one element for each resource; empty where it makes one.
        creates, details, changes, deletes, attaches, detaches: Operations by what they do. `details` show one.
        lists: By operation that lists, how.
        switches: By operation, the fields that it sets, such as the status.
        status_field: The field with its status; empty when no field has one.
        status_path: The states after a creation, the last one lasts.
        unique_by: The fields that no two resources of an account have alike.
        idempotent_by: The parameter of a creation with which a repeated call makes nothing more; empty for none.
        needs: By parameter of a creation, the other resource that must be there before.
        refusals: By operation, what it refuses beyond its contract.
    """

    resource: str
    product: str
    version: str
    id_field: str = ""
    id_prefix: str = ""
    id_digits: int = DIGITS
    given: bool = False
    named_by: tuple[str, ...] = ()
    each: str = ""
    creates: tuple[str, ...] = ()
    lists: Mapping[str, ShownList] = field(default_factory=dict)
    details: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    deletes: tuple[str, ...] = ()
    attaches: tuple[str, ...] = ()
    detaches: tuple[str, ...] = ()
    switches: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    status_field: str = ""
    status_path: tuple[str, ...] = ()
    unique_by: tuple[str, ...] = ()
    idempotent_by: str = ""
    needs: Mapping[str, str] = field(default_factory=dict)
    refusals: Mapping[str, tuple[RefusedSituation, ...]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """What tells it from every other kind."""
        return f"{self.product}/{self.version}/{self.id_field or self.resource}"

    @property
    def id_fields(self) -> tuple[str, ...]:
        """The fields that tell one resource from another; none where there is one for each account."""
        return (self.id_field,) if self.id_field else self.named_by

    @property
    def is_single(self) -> bool:
        """Whether there is one for each account."""
        return not self.id_fields

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
            ("switch", tuple(self.switches)),
        ):
            for operation in operations:
                yield operation, role

    def role_of(self, operation: str) -> str:
        """Return what an operation does with it; empty when nothing is known."""
        return next((role for name, role in self.roles() if name == operation), "")

    def is_called(self, word: str) -> bool:
        """Whether a word for a type means it: the resource's name or that of its id, in any case."""
        own = (self.resource, self.id_field, self.id_field.removesuffix("Id"))
        return bool(word) and word.lower() in (name.lower() for name in own)
