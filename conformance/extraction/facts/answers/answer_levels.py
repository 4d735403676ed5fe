"""Fields of an answer of which a page does not show whether they are at the top or inside a structure above them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.contract.when import UNKNOWN
from conformance.contract.wire import STRUCTURES, canonical_type

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.contract.model import Parameter

_LIST: Final = "[]"
_OF_EVERY_ANSWER: Final = "RequestId"


def without_unsure_levels(rows: Sequence[Parameter], samples: Sequence[Mapping[str, object]]) -> tuple[Parameter, ...]:
    """Return the fields of an answer; one that may be inside a structure above it is in no answer for certain.

    A table that shows no levels has what is inside a list below it, as if it were beside it. Where no sample has the
    field, nothing tells which it is.

    Args:
        rows: The rows of the table of the answer, with their places by the samples.
        samples: The bodies of the successes that the page shows.
    """
    if any("." in row.path for row in rows):
        return tuple(rows)
    typed = any(row.fact("type").stated for row in rows)
    found: list[Parameter] = []
    inside = False
    for row in rows:
        unsure = inside and row.place == row.path and row.path != _OF_EVERY_ANSWER
        if unsure and row.presence.when is None and not any(_name(row) in each for each in samples):
            found.append(replace(row, presence=replace(row.presence, when=UNKNOWN)))
        else:
            found.append(row)
        inside = inside or _is_structure(row, samples, typed=typed)
    return tuple(found)


def _name(row: Parameter) -> str:
    return row.path.removesuffix(_LIST)


def _is_structure(row: Parameter, samples: Sequence[Mapping[str, object]], *, typed: bool) -> bool:
    """Whether a row, a sample or an empty cell in a column of types says that a field has others inside."""
    if row.path.endswith(_LIST) or any(isinstance(each.get(row.path), dict | list) for each in samples):
        return True
    stated = row.fact("type")
    return canonical_type(str(stated.value)) in STRUCTURES if stated.stated else typed
