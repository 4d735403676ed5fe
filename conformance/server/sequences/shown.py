"""How a resource is looked at: a step that lists it by its id, or one that shows it alone."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.contract.answer_trees import way_to
from conformance.contract.encodings import WRITTEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.contract.model import Contract, Parameter
    from conformance.server.sequences.requests import KinOperations, ValidOperation


class Look(Struct, frozen=True, dict=True):
    """An operation that shows one resource.

    Attributes:
        kin: The kind of resource.
        operation: The operation.
        path: The path of the list in its answer; empty where it shows one alone.
        parameter: Its parameter with the id; empty where it lists all that there are.
        many: Whether that is a list.
        text: Whether that list is written as a text of JSON.
    """

    kin: KinOperations
    operation: ValidOperation
    path: str
    parameter: str
    many: bool = False
    text: bool = False

    def parameters(self, identity: object) -> dict[str, object]:
        """Return what is sent to see the resource with an id."""
        if not self.parameter:
            return dict(self.operation.valid.parameters)
        named = f'["{identity}"]' if self.text else [identity] if self.many else identity
        return {**self.operation.valid.parameters, self.parameter: named}

    def step(self, name: str, identity: object, expect: Mapping[str, object]) -> dict[str, object]:
        """Return a step of another operation's case that looks."""
        return {
            "name": name,
            "operation": self.operation.name,
            "set": self.parameters(identity),
            "expect": expect,
        }

    def there(self, **fields: object) -> dict[str, object]:
        """Return the answer that shows the resource, with some of its fields."""
        if self.path:
            return {"success": True, "body": nested(self.path, [fields])}
        return {"success": True, "body": self.within(fields)}

    def within(self, fields: Mapping[str, object]) -> dict[str, object]:
        """Return fields of a resource that is shown alone as its answer has them: at the top, or in an object."""
        return nested(".".join(self._holder), fields) if self._holder else dict(fields)

    def nothing(self) -> dict[str, object] | None:
        """Return the body of the answer that shows nothing; `None` where it would show one alone."""
        return nested(self.path, []) if self.path else None

    def gone(self) -> dict[str, object]:
        """Return what comes when it is not there; a listing that names it may refuse it, too."""
        refused: dict[str, object] = {"error": "any"}
        if not self.path:
            return refused
        empty: dict[str, object] = {"success": True, "body": self.nothing()}
        return {"any_of": [empty, refused]} if self.parameter else empty

    def fields(self) -> frozenset[str]:
        """Return the plain fields of the resource that every document says are shown."""
        return self._fields if len(self._rows) == len(self.operation.contracts) else frozenset()

    def rows(self, name: str) -> list[Parameter]:
        """Return a plain field of the resource as each document that shows it has it."""
        return [each[name] for each in self._rows if name in each]

    @property
    def has_id(self) -> bool:
        """Whether the answer has the id of what it shows, beside its fields."""
        return self.kin.kind.id_field in self._fields

    @cached_property
    def _fields(self) -> frozenset[str]:
        return frozenset.intersection(*(frozenset(each) for each in self._rows)) if self._rows else frozenset()

    @cached_property
    def _rows(self) -> list[dict[str, Parameter]]:
        found = []
        for contract, holder in zip(self.operation.contracts.values(), self._holders, strict=True):
            inside = (row for row in contract.responses if row.path and not row.path.endswith("[]"))
            found.append({way[-1]: row for row in inside if (way := way_to(row.path))[:-1] == holder})
        if self.path:  # a document may say of a list no more than that there is one
            return [each for each in found if each]
        return found if len(set(self._holders)) == 1 else []

    @cached_property
    def _holders(self) -> list[tuple[str, ...]]:
        """The names around the fields of the resource, of each document: many do not mark what is a list."""
        return [self._holder_in(each) for each in self.operation.contracts.values()]

    @property
    def _holder(self) -> tuple[str, ...]:
        return self._holders[0] if self._holders and len(set(self._holders)) == 1 else ()

    def _holder_in(self, contract: Contract) -> tuple[str, ...]:
        top, own = way_to(self.path), self.kin.kind.id_field
        ways = [
            way[:-1]
            for row in contract.responses
            if (way := way_to(row.path))[-1:] == (own,)
            and way[: len(top)] == top
            and (self.path or "[]" not in row.path)
        ]
        return min(ways, key=len, default=top)


def looks_at(kin: KinOperations) -> Iterator[Look]:
    """Yield the ways to look at a resource: listings by its id first, those of all that there are last."""
    kind, every = kin.kind, list[Look]()
    for operation in kin.having(tuple(kind.lists)):
        how = kind.lists[operation.name]
        names = [name for name, field in how.filters.items() if field == kind.id_field and operation.rows(name)]
        for name in sorted(names, key=lambda each: each != kind.id_field):
            written = {row.encoding for row in operation.rows(name)}.intersection(WRITTEN)
            if "[]." in name or len(written) > 1 or "[]" in how.path:
                continue
            # A step of another operation sends texts as they are: of a list apart by commas, one item is itself.
            many = name.endswith("[]") and not written
            yield Look(kin, operation, how.path, name.removesuffix("[]"), many, "json" in written)
            break
        else:
            whole = Look(kin, operation, how.path, "")
            if "[]" not in how.path and whole.has_id and _lists_all(kin, operation):
                every.append(whole)
    for operation in kin.having(kind.details):
        name = kin.id_parameter(operation)
        if name:
            yield Look(kin, operation, "", name)
    yield from every


def _lists_all(kin: KinOperations, operation: ValidOperation) -> bool:
    """Whether a listing is of all that is created, and of nothing else: nor of what a creation does not name too."""
    if operation.lists_built_in:
        return False
    named = [state for create in kin.having(kin.kind.creates) for state in create.valid.given]
    return all(state in named for state in kin.others(operation))


def nested(path: str, value: object) -> dict[str, object]:
    """Return a value below the names of a path: `Things.Thing`."""
    first, *rest = path.split(".")
    for name in reversed(rest):
        value = {name: value}
    return {first: value}
