"""Layout `html`: a page saved from the site. Tables, headings, lists and asides are what its tags say."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from conformance.extraction.headings import columns_of, section_of
from conformance.extraction.page import ErrorLine, Note, Page, Row, Text, UnreadableError
from conformance.extraction.plain_text import clean
from conformance.extraction.rows import error_lines, parameter_row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.extraction.headings import Section
    from conformance.extraction.rows import Cell

NAME: Final = "html"

_OPENING: Final = re.compile(
    r"\s*<(?:!doctype|html|head|body|div|section|article|main|table|h[1-6]|p)\b", re.IGNORECASE
)
_TABLE: Final = re.compile(r"<table\b", re.IGNORECASE)
_BLOCKS: Final = frozenset({"p", "div", "li", "ul", "ol", "br", "tr", "section", "dl", "dt", "dd", "pre", "blockquote"})
_SKIPPED: Final = frozenset({"script", "style", "noscript", "template", "svg"})
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ASIDE: Final = re.compile(r"\b(?:note|notice|important|warning|caution)\b", re.IGNORECASE)
_WIDEST: Final = 12
_TALLEST: Final = 1000
_LONGEST: Final = 6
"""The digits of a span that is believed."""


def detect(text: str) -> bool:
    """Whether a page is in this layout: it begins with a tag and has a table."""
    return _OPENING.match(text) is not None and _TABLE.search(text) is not None


def read(text: str) -> Page:
    """Cut a page into its tables.

    Raises:
        UnreadableError: When the page ends inside a table, or has a declaration that cannot be read.
    """
    parser = _Parser()
    try:
        parser.feed(text)
        parser.close()
    except AssertionError as fault:  # what the parser of the standard library says of a declaration such as "<![ "
        line, _ = parser.getpos()
        raise UnreadableError(f"this is no HTML: {fault}", line=line, hint="save the page again") from None
    return parser.finish()


class _Cell(Struct):
    span: int
    rows: int
    lines: list[Text] = field(default_factory=list)


class _Table(Struct):
    section: Section
    line: int
    rows: list[tuple[int, list[_Cell]]] = field(default_factory=list)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._skipped = 0
        self._heading: list[str] | None = None
        self._section: Section = "other"
        self._tables: list[_Table] = []
        self._table: _Table | None = None
        self._nested = 0
        self._cell: _Cell | None = None
        self._buffer: list[str] = []
        self._line = 1
        self._lists = 0
        self._bullet = False
        self._asides: list[str] = []
        self._prose: list[Text] = []
        self._goes_on = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a tag."""
        attributes = {name: value or "" for name, value in attrs}
        if tag in _SKIPPED:
            self._skipped += 1
        elif tag in _HEADINGS and self._table is None:
            self._flush()
            self._heading = []
        elif tag == "table":
            self._open_table()
        elif tag == "tr" and self._table is not None and self._nested == 1:
            self._close_cell()
            self._table.rows.append((self.getpos()[0], []))
        elif tag in ("td", "th") and self._table is not None and self._nested == 1:
            self._open_cell(attributes)
        elif tag in _BLOCKS:
            self._flush()
            self._open_block(tag, attributes)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open and close a tag; a self-closed one of those that are skipped holds nothing."""
        if tag not in _SKIPPED:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        """Close a tag."""
        if tag in _SKIPPED:
            self._skipped = max(0, self._skipped - 1)
        elif tag in _HEADINGS and self._heading is not None:
            self._close_heading()
        elif tag == "table":
            self._close_table()
        elif tag in ("td", "th", "tr") and self._nested == 1:
            self._close_cell()
        elif tag in _BLOCKS:
            self._flush()
            if tag in ("ul", "ol"):
                self._lists = max(0, self._lists - 1)
            if self._asides and self._asides[-1] == tag:
                self._asides.pop()
                # A blank line is what ends an aside.
                self._put(Text(self.getpos()[0], ""))

    def handle_data(self, data: str) -> None:
        """Take text."""
        if self._skipped:
            return
        if self._heading is not None:
            self._heading.append(data)
        elif data.strip() or self._buffer:
            if not self._buffer:
                leading = data[: len(data) - len(data.lstrip())]
                self._line = self.getpos()[0] + leading.count("\n")
            self._buffer.append(data)

    def _open_block(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in ("ul", "ol"):
            self._lists += 1
        elif tag == "li":
            self._bullet = True
        elif self._cell is not None and _is_aside(tag, attributes.get("class", "")):
            self._asides.append(tag)
            self._put(Text(self.getpos()[0], "Note:"))

    def _open_table(self) -> None:
        self._flush()
        self._nested += 1
        if self._nested == 1:
            self._table = _Table(self._section, self.getpos()[0])
            self._tables.append(self._table)

    def _close_table(self) -> None:
        if self._nested == 1:
            self._close_cell()
            self._table = None
        self._nested = max(0, self._nested - 1)

    def _open_cell(self, attributes: dict[str, str]) -> None:
        self._close_cell()
        if self._table is None:
            return
        if not self._table.rows:
            self._table.rows.append((self.getpos()[0], []))
        self._cell = _Cell(_number(attributes.get("colspan"), _WIDEST), _number(attributes.get("rowspan"), _TALLEST))
        self._table.rows[-1][1].append(self._cell)

    def _close_cell(self) -> None:
        self._flush()
        self._cell, self._lists, self._bullet, self._asides = None, 0, False, []

    def _close_heading(self) -> None:
        text = clean("".join(self._heading or []))
        self._heading = None
        section = section_of(text)
        self._section = section or "other"
        asked = any(table.section == "request" for table in self._tables)
        self._goes_on = self._goes_on or (asked and section in ("other", "errors"))
        self._prose.append(Text(self.getpos()[0], text))

    def _flush(self) -> None:
        text = " ".join("".join(self._buffer).split())
        self._buffer = []
        if not text:
            return
        if self._bullet:
            text = "    " * max(0, self._lists - 1) + f"• {text}"
            self._bullet = False
        self._put(Text(self._line, text))

    def _put(self, line: Text) -> None:
        if self._cell is not None:
            self._cell.lines.append(line)
        elif self._table is None and line.text:
            self._prose.append(Text(line.line, clean(line.text.lstrip("• "))))

    def finish(self) -> Page:
        """Make the page of the tables; raises `UnreadableError` when it ends inside of one, or of a script."""
        self._flush()
        if self._table is not None or self._skipped:
            raise UnreadableError(
                "the page ends in the middle of a table" if self._table else "the page ends in the middle of a script",
                line=self.getpos()[0],
                hint="save the whole page again",
            )
        rows: dict[str, list[Row]] = {"request": [], "response": []}
        errors: list[ErrorLine] = []
        notes: list[Note] = []
        for table in self._tables:
            self._read_table(table, rows, errors, notes)
        return Page(
            tuple(self._prose),
            tuple(rows["request"]),
            tuple(rows["response"]),
            tuple(errors),
            notes=tuple(notes),
            goes_on=self._goes_on,
        )

    def _read_table(
        self, table: _Table, rows: dict[str, list[Row]], errors: list[ErrorLine], notes: list[Note]
    ) -> None:
        contents = _spread(table.rows)
        if len(contents) < 2:  # noqa: PLR2004 - a header and a row
            return
        columns = columns_of(["".join(text.text for text in cell) for cell in contents[0][1]])
        above: ErrorLine | None = None
        for line, cells in contents[1:]:
            if "code" in columns and "status" in columns:
                found = error_lines(columns, cells, line, above=above)
                above = found[0] if found else None
                errors += found
                if not found:
                    notes.append(Note(line, "a row of the table of errors without status or code"))
            elif {"name", "type"} <= set(columns) and table.section in rows:
                if len(cells) > len(columns):
                    notes.append(Note(line, "a row with more cells than its table has columns"))
                rows[table.section].append(parameter_row(columns, cells, line))


def _is_aside(tag: str, classes: str) -> bool:
    return tag == "blockquote" or (tag in ("div", "section") and _ASIDE.search(classes.replace("-", " ")) is not None)


def _number(written: str | None, most: int) -> int:
    """Return how many columns or rows a cell spans: one where the page writes no number."""
    span = written or ""
    return min(int(span), most) if span.isascii() and span.isdigit() and len(span) < _LONGEST and int(span) else 1


def _spread(rows: Iterable[tuple[int, list[_Cell]]]) -> list[tuple[int, list[Cell]]]:
    """Return the lines and cells of the rows, with each cell in all rows that it spans."""
    spread: list[tuple[int, list[Cell]]] = []
    held: dict[int, tuple[int, Cell]] = {}
    for line, cells in rows:
        if not cells:
            continue
        row: list[Cell] = []
        below: dict[int, tuple[int, Cell]] = {}
        waiting = [(cell, part) for cell in cells for part in (tuple(cell.lines), *([()] * (cell.span - 1)))]
        while waiting or len(row) in held:
            place = len(row)
            if place in held:
                left, content = held[place]
            else:
                cell, content = waiting.pop(0)
                left = cell.rows
            row.append(content)
            if left > 1:
                below[place] = (left - 1, content)
        held = below
        spread.append((line, row))
    return spread
