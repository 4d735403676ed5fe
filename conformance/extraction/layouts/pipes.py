"""The reader of tables with pipes as web captures have them, broken over lines or not.

A row is `| Name |`, then each cell as text and a closing bar. A lone bar closes a cell whose last paragraph was a block
of its own (a list, an aside): the block itself is what such captures drop (reading rule 9). A lone bar after a closed
cell is an empty cell, and past the last column it opens a row that has no name. Where rows have no leading bar, their
cells are counted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from conformance.extraction.facts.literals import TYPE_WORDS
from conformance.extraction.headings import NOTE, columns_of, section_of
from conformance.extraction.page import Damage, ErrorLine, Note, Page, Row, Text, cut_short
from conformance.extraction.plain_text import clean, numbered_lines
from conformance.extraction.rows import error_lines, parameter_row

if TYPE_CHECKING:
    from conformance.extraction.headings import Column, Section
    from conformance.extraction.rows import Cell

RULE: Final = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?")
_BARS: Final = re.compile(r"(?:\|\s*)+")
_ROW_START: Final = re.compile(rf"[A-Za-z][\w.-]*\s*\|\s*(?:{TYPE_WORDS})\s*\||[1-5]\d\d\s*\|")
_VISIBLE_ITEM: Final = re.compile(r"\s*(?:[•·●*-]\s|[\"']?[A-Za-z0-9][\w.-]*[\"']?\s*(?:\([^()]*\)\s*)?[:,:(])")


class _OpenRow(Struct):
    line: int
    named: bool
    cells: list[Cell] = field(default_factory=list)
    damage: list[tuple[int, Damage]] = field(default_factory=list)


def read_pipes(text: str, *, counted: bool) -> Page:
    """Cut a page into its tables.

    Args:
        text: The page.
        counted: Whether rows have no leading bar, so that a row ends when it has as many cells as its table.

    Raises:
        UnreadableError: When the page ends in the middle of a table.
    """
    reader = _PipeReader(counted=counted)
    for number, line in numbered_lines(text):
        reader.take(number, line)
    return reader.finish()


class _PipeReader:
    """Takes the lines of a page one by one.

    Args:
        counted: Whether rows have no leading bar, so that a row ends when it has as many cells as its table.
    """

    def __init__(self, *, counted: bool) -> None:
        self._counted = counted
        self._section: Section = "other"
        self._columns: tuple[Column | None, ...] = ()
        self._row: _OpenRow | None = None
        self._pending: list[Text] = []
        self._rows: dict[str, list[Row]] = {"request": [], "response": []}
        self._errors: list[ErrorLine] = []
        self._above: ErrorLine | None = None
        self._prose: list[Text] = []
        self._notes: list[Note] = []
        self._last = 0

    def take(self, number: int, line: str) -> None:
        """Take the next line."""
        text = line.strip()
        if not text:
            return
        self._last = number
        section = section_of(text)
        if section is not None and not self._inside_a_row():
            self._end_row()
            self._section, self._columns = section, ()
            self._prose.append(Text(number, clean(text)))
        elif self._section == "other":
            self._prose.append(Text(number, clean(text)))
        elif RULE.fullmatch(text) and "-" in text:
            self._end_row()
        elif _BARS.fullmatch(text):
            for _ in range(text.count("|")):
                self._bar(number)
        elif "|" in text:
            self._cells(number, text)
        else:
            self._text(number, line)

    def _inside_a_row(self) -> bool:
        """Whether the row that is open lacks more cells than the one that its pending text makes."""
        if self._row is None or not self._columns:
            return False
        missing = self._width() - len(self._row.cells) - bool(self._pending)
        return missing > 0 and bool(self._row.cells)

    def _width(self) -> int:
        named = self._row is None or self._row.named
        return len(self._columns) - (not named)

    def _text(self, number: int, line: str) -> None:
        complete = self._row is None or (self._columns and len(self._row.cells) >= self._width())
        if complete and (self._section == "errors" or self._counted):
            self._end_row()
            self._prose.append(Text(number, clean(line)))
        else:
            self._pending.append(Text(number, line))

    def _cells(self, number: int, text: str) -> None:
        if self._starts_a_row(text):
            self._end_row()
            self._row = _OpenRow(number, named=True)
            text = text.removeprefix("|")
        elif self._row is None:
            self._row = _OpenRow(number, named=True)
        closed = text.endswith("|")
        parts = text[:-1].split("|") if closed else text.split("|")
        for index, part in enumerate(parts):
            if part.strip():
                self._pending.append(Text(number, part))
            if index < len(parts) - 1 or closed:
                self._close(number, block=False)

    def _starts_a_row(self, text: str) -> bool:
        if text.startswith("|") or self._row is None:
            return True
        if not self._counted:
            return False
        if not self._columns:
            # A header over several lines ends where a line holds a whole row.
            return text.count("|") > 1 and bool(self._row.cells)
        return len(self._row.cells) >= self._width() or _ROW_START.match(text) is not None

    def _bar(self, number: int) -> None:
        if self._row is None:
            self._row = _OpenRow(number, named=not self._columns)
        elif self._pending:
            self._close(number, block=True)
        elif self._columns and len(self._row.cells) < self._width():
            self._close(number, block=False)
        elif not self._counted and (self._columns or self._row.cells):
            self._end_row()
            self._row = _OpenRow(number, named=False)

    def _close(self, number: int, *, block: bool) -> None:
        row = self._row or _OpenRow(number, named=True)
        self._row = row
        column = self._column(len(row.cells), row)
        if block and column == "description" and not _list_is_visible(self._pending):
            damage = Damage(self._pending[-1].line, "list", "a block ended here and nothing of it is visible")
            row.damage.append((len(row.cells), damage))
        row.cells.append(tuple(self._pending))
        self._pending = []

    def _column(self, index: int, row: _OpenRow) -> Column | None:
        place = index + (not row.named)
        return self._columns[place] if place < len(self._columns) else None

    def _end_row(self) -> None:
        if self._row is None:
            self._pending = []
            return
        if self._pending:
            self._close(self._last, block=False)
        row, self._row = self._row, None
        if not any(row.cells):
            return
        if not self._columns:
            headers = ["".join(line.text for line in cell) for cell in row.cells]
            self._columns = columns_of(headers)
        elif self._section == "errors":
            self._add_error(row)
        else:
            self._add_parameter(row)

    def _add_error(self, row: _OpenRow) -> None:
        above = self._above if len(row.cells) == len(self._columns) else None
        lines = error_lines(self._columns, row.cells, row.line, above=above)
        self._above = lines[0] if lines else None
        self._errors += lines
        if not lines:
            self._notes.append(Note(row.line, "a row of the table of errors without status or code"))

    def _add_parameter(self, row: _OpenRow) -> None:
        named = row.named or len(row.cells) >= len(self._columns)
        cells = row.cells if named else [(), *row.cells]
        if len(cells) > len(self._columns):
            self._notes.append(Note(row.line, "a row with more cells than its table has columns"))
        damage = [item for _, item in row.damage]
        if named and len(cells) < len(self._columns) - 1:
            damage.append(Damage(row.line, "cell", "the row has fewer cells than its table has columns"))
        self._rows[self._section].append(parameter_row(self._columns, cells, row.line, damage=damage))

    def finish(self) -> Page:
        """Close the page."""
        inside = self._inside_a_row() or self._section in ("request", "response")
        self._end_row()
        if inside:
            raise cut_short(self._last)
        return Page(
            prose=tuple(self._prose),
            request=tuple(self._rows["request"]),
            response=tuple(self._rows["response"]),
            errors=tuple(self._errors),
            notes=tuple(self._notes),
        )


def _list_is_visible(lines: list[Text]) -> bool:
    """Whether the block that closed a cell can be seen: a list below its sentence, or an aside."""
    texts = [clean(line.text) for line in lines]
    below = texts[1:]
    return any(NOTE.match(text) for text in below) or bool(below and _VISIBLE_ITEM.match(lines[-1].text))
