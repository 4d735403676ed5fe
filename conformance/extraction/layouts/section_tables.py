"""The tables of one section of a page: of several, the later ones describe types that rows of the first name.

A row says that it is an array of `ZoneType`, and a table below the title `ZoneType` has the members of that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field
from msgspec.structs import replace

from conformance.extraction.page import Note, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_HOLDER: Final = re.compile(r"array|list|object|struct|set", re.IGNORECASE)
"""The type of a row whose description may name the type of its members, in bold or as code."""

_MOST_LEVELS: Final = 8
"""How deep types are followed; no answer of an API is deeper, and a type may name itself."""

_MOST_ROWS: Final = 2000
"""Rows of a section with all its types written out."""


class SectionTable(Struct):
    """A table of parameters.

    Attributes:
        line: The line of its header.
        title: The line of text before it; empty where there is none since the heading of the section or another table.
        rows: Its rows.
    """

    line: int
    title: str
    rows: list[Row] = field(default_factory=list)


def rows_of(tables: Sequence[SectionTable], notes: list[Note], *, keeps_unnamed: bool) -> list[Row]:
    """Return the rows of a section, the members of types below the rows that name these.

    Args:
        tables: The tables of the section, in order.
        notes: What cannot be placed is added here.
        keeps_unnamed: Whether a table whose title names nothing is taken for one more part of the first.
    """
    if not tables:
        return []
    types: dict[str, SectionTable] = {}
    top = list(tables[0].rows)
    for number, table in enumerate(tables[1:], start=1):
        named = _named(table.title, (row for other in (*tables[:number], *tables[number + 1 :]) for row in other.rows))
        if named is not None:
            types.setdefault(named, table)
        elif keeps_unnamed and table.title:
            top += table.rows
        else:
            notes.append(Note(table.line, "nothing shows what a table of this section belongs to: it is left out"))
    found: list[Row] = []
    for row in _written_out(top, types, ()):
        if len(found) == _MOST_ROWS:
            notes.append(
                Note(row.line, f"more than {_MOST_ROWS} rows with all types written out: the rest is left out")
            )
            break
        found.append(row)
    return found


def _named(title: str, rows: Iterable[Row]) -> str | None:
    """Return the type that a title names, in small letters: one that a row has as its type, or as its own name."""
    words = {word.lower() for word in _WORD.findall(title)}
    if not words:
        return None
    names = set()
    for row in rows:
        names |= _types(row)
    return next((word for word in words if word in names), None)


def _types(row: Row) -> set[str]:
    words = [*_WORD.findall(row.type.text), row.name.partition(".")[0].removesuffix("[]")]
    if _HOLDER.search(row.type.text):
        words += [word for block in row.description for text in block.marked for word in _WORD.findall(text)]
    return {word.lower() for word in words if word}


def _written_out(rows: Iterable[Row], types: dict[str, SectionTable], within: tuple[str, ...]) -> Iterator[Row]:
    level = len(within)
    for row in rows:
        yield replace(row, depth=level + (row.depth or 0)) if level else row
        if level == _MOST_LEVELS:
            continue
        for name in sorted(_types(row) & types.keys()):
            if name not in within:
                yield from _written_out(types[name].rows, types, (*within, name))
