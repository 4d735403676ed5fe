"""What of a contract shows which resource an operation is about: the names of its parameters and of its fields."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from conformance.cases.meanings.words import singular
from conformance.contract.wire import SYSTEM_PARAMETERS, wire_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.model import Contract, Parameter

_MOST_PATHS: Final = 100_000
_STEP: Final = re.compile(r"[^.\[\]]+|\[\]")


class Outline(Struct, frozen=True, dict=True):
    """The names in one operation's contract.

    Attributes:
        operation: Its name.
        product, version: The API that it is of.
        parameters: The folded paths of its parameters, in the order of the document.
        required: Those that are required.
        fields: The folded paths of the fields of its answer.
        examples: By path of a field, its example as text.
        values: By path of a field or parameter, the values that the document allows.
        states: The states that the document names of what is created: the pending one, then that which lasts.
    """

    operation: str
    product: str
    version: str
    parameters: tuple[str, ...]
    required: frozenset[str]
    fields: tuple[str, ...]
    examples: Mapping[str, str]
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    states: tuple[str, ...] = ()

    @cached_property
    def lists(self) -> dict[str, tuple[str, ...]]:
        """Return the lists of objects in the answer: the path of each to the names of all fields within its elements.

        A list is what the document calls one, and what is at the top, has a name in plural and has fields. Many
        pages show the fields of an element in the column of a field before them: so those further within count too.
        """
        found: dict[str, dict[str, None]] = {}
        for path in self.fields:
            taken = steps(path)
            for at, step in enumerate(taken[:-1]):
                marked = step != "[]" and taken[at + 1] == "[]"
                if (marked and len(taken) > at + 2 and taken[-1] != "[]") or (at == 0 and step in self._unmarked):
                    place = ".".join(taken[: at + 1]).replace(".[]", "[]")
                    found.setdefault(place, {})[leaf(path)] = None
        return {path: tuple(names) for path, names in found.items()}

    @cached_property
    def _unmarked(self) -> frozenset[str]:
        """The fields at the top that are lists by their name in plural, and not by a mark."""
        inner: dict[str, set[str]] = {}
        for path in self.fields:
            taken = steps(path)
            if len(taken) > 1 and taken[1] != "[]" and singular(taken[0]) != taken[0]:
                inner.setdefault(taken[0], set()).add(".".join(taken[1:3]).replace(".[]", "[]"))
        # `Things: {Thing: [...]}` only holds the list.
        return frozenset(name for name, own in inner.items() if not (len(own) == 1 and next(iter(own)).endswith("[]")))

    @cached_property
    def loose_lists(self) -> dict[str, tuple[str, ...]]:
        """Return what may be a list at the top of the answer, with the fields beside it that come after it.

        Many pages show the fields of a list's elements in the same column as the list.
        """
        tops = dict.fromkeys(steps(path)[0] for path in self.fields)
        held = {(steps(path)[0], ".".join(steps(path)[1:2])) for path in self.fields}
        held -= {(top, "") for top, inner in held if inner}
        marked = {steps(path)[0] for path in self.fields if steps(path)[1:2] == ("[]",)}
        beside = [(at, path) for at, path in enumerate(self.fields) if len(steps(path)) == 1]
        return {
            top: tuple(name for at, name in beside if at > self._place(top))
            for top in tops
            if top in marked or (singular(top) != top and (top in self._unmarked or (top, "") in held))
        }

    def _place(self, top: str) -> int:
        return next(at for at, path in enumerate(self.fields) if steps(path)[0] == top)


def outline_of(contract: Contract) -> Outline:
    """Return the outline of a contract."""
    parameters = [row for row in contract.parameters if row.path and row.path not in SYSTEM_PARAMETERS]
    return Outline(
        contract.operation,
        contract.product,
        contract.version,
        tuple(row.path for row in parameters),
        frozenset(row.path for row in parameters if row.fact("required").stated and row.fact("required").value is True),
        tuple(row.path for row in contract.responses if row.path),
        {row.path: str(row.fact("example").value) for row in contract.responses if row.fact("example").stated},
        {row.path: values for row in (*parameters, *contract.responses) if (values := _values(row))},
        _states(contract),
    )


def _states(contract: Contract) -> tuple[str, ...]:
    found = contract.async_behaviour
    return (found.pending, found.final) if found is not None and found.pending and found.final else ()


def _values(row: Parameter) -> tuple[str, ...]:
    stated = row.fact("enum")
    return tuple(map(wire_text, stated.value)) if stated.stated and isinstance(stated.value, tuple) else ()


@lru_cache(_MOST_PATHS)
def steps(path: str) -> tuple[str, ...]:
    """Return the steps of a folded path: names, and `[]` for the elements of a list."""
    return tuple(_STEP.findall(path))


@lru_cache(_MOST_PATHS)
def leaf(path: str) -> str:
    """Return the last name of a folded path: `Key` of `Tag[].Key`, `Ids` of `Ids[]`."""
    return next((step for step in reversed(steps(path)) if step != "[]"), "")
