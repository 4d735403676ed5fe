"""What a server, an SDK or a document said, as a report may show it: cut, and with nothing that steers a program.

Every format puts the texts that it did not make itself through one of these, and then through its own escaping.
"""

from __future__ import annotations

import math
from itertools import islice
from typing import TYPE_CHECKING, Final

from conformance.core.terminal import printable, printable_lines
from conformance.judging.exchange_entries import MAX_TEXT, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST_LINE: Final = 1_000
"""Characters of a text that is shown on one line."""
_DEEPEST: Final = 20
_MOST_MEMBERS: Final = 1_000


def bounded_line(text: str, most: int = LONGEST_LINE) -> str:
    """Return a text on one line, of more than `most` characters its beginning and how many there are."""
    return printable(shortened(text, most))


def bounded_lines(text: str, most: int = MAX_TEXT) -> str:
    """Return a text of several lines, of more than `most` characters its beginning and how many there are."""
    return printable_lines(shortened(text, most))


def bounded_text(lines: Iterable[str], most: int = MAX_TEXT) -> str:
    """Return lines, each already fit to be shown, as one text of at most about `most` characters."""
    return shortened("\n".join(lines), most)


def bounded_value(value: object, deep: int = 0) -> object:
    """Return a JSON value with every text in it bounded: what any reader of JSON takes, also one that is strict."""
    if deep > _DEEPEST:
        return "…"
    if isinstance(value, str):
        return bounded_lines(value)
    if isinstance(value, dict):
        return {
            bounded_line(str(name)): bounded_value(each, deep + 1)
            for name, each in islice(value.items(), _MOST_MEMBERS)
        }
    if isinstance(value, list | tuple):
        return [bounded_value(each, deep + 1) for each in islice(value, _MOST_MEMBERS)]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
