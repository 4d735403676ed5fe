"""What of a contract shows which resource an operation is about: the names of its parameters and of its fields."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.contract.wire import SYSTEM_PARAMETERS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.model import Contract

_STEP: Final = re.compile(r"[^.\[\]]+|\[\]")


@dataclass(frozen=True, slots=True)
class Outline:
    """The names in one operation's contract.

    Attributes:
        operation: Its name.
        product, version: The API that it is of.
        parameters: The folded paths of its parameters, in the order of the document.
        required: Those that are required.
        fields: The folded paths of the fields of its answer.
        examples: By path of a field, its example as text.
    """

    operation: str
    product: str
    version: str
    parameters: tuple[str, ...]
    required: frozenset[str]
    fields: tuple[str, ...]
    examples: Mapping[str, str]

    def lists(self) -> dict[str, tuple[str, ...]]:
        """Return the lists of objects in the answer: the path of each to the names of its elements' own fields."""
        found: dict[str, list[str]] = {}
        for path in self.fields:
            parent, mark, name = path.rpartition("[].")
            if mark and parent and "." not in name and "[" not in name:
                found.setdefault(parent, []).append(name)
        return {path: tuple(names) for path, names in found.items()}

    def loose_lists(self) -> dict[str, tuple[str, ...]]:
        """Return the lists whose elements the document does not set apart, with the fields that come after each.

        Many pages show the fields of a list's elements in the same column as the list.
        """
        nested = self.lists()
        return {
            path.removesuffix("[]"): tuple(
                name for name in self.fields[at + 1 :] if "." not in name and "[" not in name
            )
            for at, path in enumerate(self.fields)
            if path.endswith("[]") and path.count("[]") == 1 and path.removesuffix("[]") not in nested
        }


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
    )


def steps(path: str) -> list[str]:
    """Return the steps of a folded path: names, and `[]` for the elements of a list."""
    return _STEP.findall(path)


def leaf(path: str) -> str:
    """Return the last name of a folded path: `Key` of `Tag[].Key`, `Ids` of `Ids[]`."""
    return next((step for step in reversed(steps(path)) if step != "[]"), "")
