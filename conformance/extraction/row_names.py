"""Whether what is in the column of names is a name: one that is none makes no parameter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.extraction.headings import column_of, column_words
from conformance.extraction.page import Note, Row

if TYPE_CHECKING:
    from collections.abc import Sequence

_PART: Final = r"(?:[A-Za-z_][\w-]*(?:\[[\w#]*\])*|[#*]|\d+|\[[\w#]*\]|\{\w+\}|<\w+>)"
_NAME: Final = re.compile(rf"{_PART}(?:\.{_PART})*", re.ASCII)
_AROUND_DOT: Final = re.compile(r"\s*\.\s*")
_LONGEST_SHOWN: Final = 40


def with_names(rows: Sequence[Row]) -> tuple[tuple[Row, ...], tuple[Note, ...]]:
    """Return the rows whose names are names, and of each other row what it has instead.

    Blanks around a dot, the escapes of Markdown and a colon at the end are not part of a name. A row without a name is
    the item or the root of newer pages and stays, and so does one whose layout has a place for names alone.

    Args:
        rows: The rows of one table.
    """
    kept: list[Row] = []
    notes: list[Note] = []
    for row in rows:
        name = _AROUND_DOT.sub(".", row.name.replace("\\", "")).rstrip(":\uff1a ").strip()
        if _is_header(row):
            continue
        if row.whole or not name or _NAME.fullmatch(name):
            kept.append(row if name == row.name else replace(row, name=name))
        else:
            notes.append(Note(row.line, f"{name[:_LONGEST_SHOWN]!r} is no name of a parameter: its row is left out"))
    return tuple(kept), tuple(notes)


def _is_header(row: Row) -> bool:
    """Whether a row is the header of its table once more."""
    return row.name.lower() in column_words() and column_of(row.type.text) == "type"
