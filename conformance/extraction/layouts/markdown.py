"""Layout A, `markdown`: the source form of the documents.

Its tables are no tables of any Markdown dialect: a cell may run over several lines and paragraphs, and a bar inside it
may be unescaped. So a row is what is between two lines that begin with a bar, and its cells are counted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field
from msgspec.structs import replace

from conformance.extraction.facts.literals import TYPE_WORDS
from conformance.extraction.headings import columns_of, section_of
from conformance.extraction.layouts.section_tables import SectionTable, rows_of
from conformance.extraction.page import ErrorLine, Note, Page, Text, cut_short
from conformance.extraction.plain_text import clean, numbered_lines, strip_markup
from conformance.extraction.rows import error_lines, expand, parameter_row

if TYPE_CHECKING:
    from conformance.extraction.headings import Column, Section
    from conformance.extraction.rows import Cell

NAME: Final = "markdown"

_HEADING: Final = re.compile(r"(?P<marks>#{1,6})\s+(?P<text>.*\S)\s*")
_RULE: Final = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)+\|?\s*")
_BAR: Final = re.compile(r"(?<!\\)\|")
_MARK: Final = re.compile(r"^\s*(?:[-*+]\s+)?")
_ROW_START: Final = re.compile(rf"\|[A-Za-z][\w.\\-]*\s*\|\s*(?:{TYPE_WORDS})\s*\||\|\s*[1-5]\d\d\s*\|")
_LATER: Final = ("other", "errors")
"""What comes after the request and the response."""

_INDENTED_BAR: Final = re.compile(r"\s+(?=\|)")
_FENCE: Final = re.compile(r"\s*(?:```|~~~)")


def detect(text: str) -> bool:
    """Whether a page is in this layout: it has Markdown headings, and the rule below the header of a table."""
    headings = rules = False
    for _, line in numbered_lines(text):
        headings = headings or (_HEADING.fullmatch(line) is not None)
        rules = rules or (line.lstrip().startswith("|") and _RULE.fullmatch(line.lstrip()) is not None)
    return headings and rules


def read(text: str) -> Page:
    """Cut a page into its tables.

    Raises:
        UnreadableError: When the page ends in the middle of a table.
    """
    reader = _Reader()
    for number, line in numbered_lines(text):
        reader.take(number, line)
    return reader.finish()


class _OpenRow(Struct):
    line: int
    cells: list[list[Text]] = field(default_factory=lambda: [[]])
    closed: bool = False

    def add(self, number: int, line: str) -> None:
        """Add a line; `closed` says whether its last cell ended with it."""
        pieces = _BAR.split(line)
        for index, piece in enumerate(pieces):
            if index:
                self.cells.append([])
            self.cells[-1] += expand([Text(number, piece.replace("\\|", "|"))])
        self.closed = not pieces[-1].strip() and len(pieces) > 1

    def contents(self) -> list[Cell]:
        """Return the cells without the emptiness after the closing bar."""
        cells = [tuple(cell) for cell in self.cells]
        if self.closed:
            cells.pop()
        return cells


def _joined(cells: list[Cell]) -> Cell:
    """Join cells that a bar of their text has parted; the bar was in the middle of a line."""
    lines: list[Text] = list(cells[0])
    for cell in cells[1:]:
        if lines and cell and lines[-1].line == cell[0].line:
            lines[-1] = Text(cell[0].line, f"{lines[-1].text}|{cell[0].text}")
            lines += cell[1:]
        else:
            lines += cell
    return tuple(lines)


class _Reader:
    def __init__(self) -> None:
        self._section: Section = "other"
        self._columns: tuple[Column | None, ...] = ()
        self._header: _OpenRow | None = None
        self._row: _OpenRow | None = None
        self._fenced = False
        self._goes_on = False
        self._indent = 0
        self._title = ""
        self._tables: dict[str, list[SectionTable]] = {"request": [], "response": []}
        self._errors: list[ErrorLine] = []
        self._above: ErrorLine | None = None
        self._prose: list[Text] = []
        self._notes: list[Note] = []
        self._last = 0

    def take(self, number: int, line: str) -> None:
        if line.strip():
            self._last = number
        if _FENCE.match(line) and (self._row is None or self._complete(self._row)):
            self._fenced = not self._fenced
        if self._fenced:
            return
        line = self._outdented(line)
        heading = _HEADING.fullmatch(line)
        if heading is not None:
            self._heading(number, heading)
        elif line.startswith("|"):
            self._bar_line(number, line)
        elif self._row is not None and not self._complete(self._row):
            self._row.add(number, line)
        elif self._header is not None:
            self._header.add(number, line)
        elif line.strip():
            self._end_table()
            self._prose.append(Text(number, clean(strip_markup(_MARK.sub("", line)))))
            self._title = self._prose[-1].text

    def _outdented(self, line: str) -> str:
        """Return a line without the indentation of a table that is below a bullet."""
        if self._header is None and self._row is None and not self._columns:
            bar = _INDENTED_BAR.match(line)
            self._indent = len(bar[0]) if bar is not None else 0
        blanks = len(line) - len(line.lstrip())
        return line[min(blanks, self._indent) :]

    def _heading(self, number: int, heading: re.Match[str]) -> None:
        section = section_of(heading["text"])
        self._end_table()
        self._prose.append(Text(number, clean(heading["text"])))
        self._title = "" if section is not None else self._prose[-1].text
        # A heading below the sections' own level parts a section and does not end it.
        if section is not None or len(heading["marks"]) <= 2:  # noqa: PLR2004 - the level of sections
            self._section = section or "other"
            self._goes_on = self._goes_on or (section in _LATER and bool(self._tables["request"]))

    def _bar_line(self, number: int, line: str) -> None:
        if _RULE.fullmatch(line):
            self._begin_next_table()
            if self._header is not None:
                headers = ["".join(text.text for text in cell) for cell in self._header.contents()[1:]]
                self._columns = columns_of([strip_markup(text) for text in headers])
                if "name" in self._columns and self._section in self._tables:
                    self._tables[self._section].append(SectionTable(self._header.line, self._title))
                self._header, self._title = None, ""
            return
        if self._row is not None and not self._complete(self._row) and not _ROW_START.match(line):
            # Some rows have every cell on a line of its own, each with its bar before it.
            self._row.add(number, line)
        elif not self._columns and self._header is not None:
            self._header.add(number, line)
        else:
            self._end_row()
            row = _OpenRow(number)
            row.add(number, line)
            if self._columns:
                self._row = row
            else:
                self._header = row

    def _begin_next_table(self) -> None:
        """Take the row above a rule for the header of another table, which only blank lines part from the last."""
        row = self._row
        if row is None or not self._complete(row):
            return
        columns = columns_of([strip_markup("".join(text.text for text in cell)) for cell in row.contents()[1:]])
        if "type" in columns and "name" in columns:
            self._row, self._header, self._columns, self._title = None, row, (), ""

    def _complete(self, row: _OpenRow) -> bool:
        return row.closed and len(row.contents()) - 1 >= len(self._columns)

    def _end_table(self) -> None:
        self._end_row()
        self._columns, self._header, self._above = (), None, None

    def _end_row(self) -> None:
        if self._row is None:
            return
        row, self._row = self._row, None
        cells = row.contents()[1:]
        width, torn = len(self._columns), ""
        if len(cells) > width:
            # An unescaped bar: what it parted belongs together in the last column, the only one with prose.
            barred = self._columns[-2:] == ("message", "description")
            torn = "|".join(line.text for cell in cells[width - 2 :] for line in cell) if barred else ""
            cells = [*cells[: width - 1], _joined(cells[width - 1 :])]
            if "code" in self._columns:
                self._notes.append(Note(row.line, "an unescaped bar in a row of errors: its message may be cut"))
        elif len(cells) < width:
            self._notes.append(Note(row.line, "a row with fewer cells than its table has columns"))
        if "code" in self._columns:
            lines = error_lines(self._columns, cells, row.line, markup=True, above=self._above)
            self._above = lines[0] if lines else None
            if torn:
                lines = tuple(replace(line, message=torn.strip(), description=None, barred=True) for line in lines)
            if lines:
                self._errors += lines
            elif self._section == "errors":
                self._notes.append(Note(row.line, "a row of the table of errors without status or code"))
        elif "name" in self._columns and self._section in self._tables:
            self._tables[self._section][-1].rows.append(parameter_row(self._columns, cells, row.line, markup=True))

    def finish(self) -> Page:
        """Close the page."""
        unfinished = self._row is not None and not self._complete(self._row)
        if unfinished or self._header is not None or self._fenced or self._section == "request":
            raise cut_short(self._last)
        self._end_table()
        return Page(
            prose=tuple(self._prose),
            request=tuple(rows_of(self._tables["request"], self._notes, keeps_unnamed=True)),
            response=tuple(rows_of(self._tables["response"], self._notes, keeps_unnamed=False)),
            errors=tuple(self._errors),
            notes=tuple(self._notes),
            goes_on=self._goes_on,
        )
