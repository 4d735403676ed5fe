"""The facts that a layout has places of their own for: read before the description, whose words come second."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.extraction.facts.literals import coerce
from conformance.extraction.facts.stated import ListedValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.extraction.facts.stated import StatedFacts
    from conformance.extraction.page import FactCell

_COUNTS: Final = frozenset({"minLength", "maxLength", "maxItems"})
_WHOLE: Final = re.compile(r"-?\d{1,19}(?:\.0{1,10})?")
_NUMBER: Final = re.compile(r"-?\d{1,19}(?:\.\d{1,15})?")
_NUMBERS: Final = ("integer", "number")


def state_cells(cells: Sequence[FactCell], stated: StatedFacts) -> None:
    """State what cells hold; what is no value of its kind is noted."""
    for cell in cells:
        if cell.name == "enum":
            _state_enum(cell, stated)
        elif cell.name == "default":
            stated.state_default(cell.texts[0], cell.line)
        else:
            _state_bound(cell, stated)
    stated.fix(cell.name for cell in cells)


def _state_enum(cell: FactCell, stated: StatedFacts) -> None:
    values = [ListedValue(text, "", cell.line) for text in cell.texts if text]
    if len(values) != len(cell.texts) or not stated.state_enum(values, joins=False):
        stated.note_named(cell.line, "a list of values of another type")


def _state_bound(cell: FactCell, stated: StatedFacts) -> None:
    text, kind = cell.texts[0].strip(), stated.context.scalar
    if cell.name not in _COUNTS and kind not in _NUMBERS:
        stated.note_named(cell.line, f"a {cell.name} of what is no number")
        return
    if _WHOLE.fullmatch(text):
        stated.state(cell.name, int(text.partition(".")[0]), cell.line)
    elif cell.name not in _COUNTS and _NUMBER.fullmatch(text) and coerce(text, "number") is not None:
        stated.state(cell.name, float(text), cell.line)
    else:
        stated.note_named(cell.line, f"a {cell.name} that is no number: {text[:40]!r}")
