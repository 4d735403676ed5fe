"""Layout B1, `flat`: "Name Type Yes example" on one line, then paragraphs and bullets; errors on one line each.

Nothing marks where a cell ends, so the words of types and of required marks do; and nothing marks where the message of
an error ends, so rows of errors leave here with message and description together.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.extraction.facts.literals import TYPE_WORDS
from conformance.extraction.headings import columns_of, depends_mark, required_mark, section_of
from conformance.extraction.page import Damage, ErrorLine, Page, Row, Text, cut_short
from conformance.extraction.plain_text import clean, numbered_lines
from conformance.extraction.rows import blocks

if TYPE_CHECKING:
    from conformance.extraction.headings import Column, Section

NAME: Final = "flat"

_LONGEST_HEADER: Final = 120
_FEWEST: Final = 3
_MOST: Final = 7
_HEADER_WORDS: Final = re.compile(
    r"(?:HTTP\s+st\w*\s+codes?|HTTP\s+st\w*|HttpCode|Error\s+(?:codes?|messages?|information)|Example\s+value|Sample\s+value|\S+)",
    re.IGNORECASE,
)
_ROW: Final = re.compile(rf"(?P<name>[A-Za-z][\w-]*(?:\.[\w-]+)*)\s+(?P<type>{TYPE_WORDS})(?:\s+(?P<rest>\S.*))?")
_ERROR: Final = re.compile(r"(?P<status>[1-5]\d\d)\s+(?P<code>[A-Za-z][\w.-]*)(?:\s+(?P<rest>\S.*))?")
_ARTICLES: Final = frozenset({"the", "a", "an", "this", "each", "one", "no"})
_MARK: Final = re.compile(r"(?P<mark>\S+)(?:\s+(?P<rest>\S.*))?")


def header(line: str) -> tuple[Column | None, ...] | None:
    """Return the columns of a header line, `None` when the line is no header of a known table."""
    if len(line) > _LONGEST_HEADER:
        return None
    words = _HEADER_WORDS.findall(clean(line))
    if not _FEWEST <= len(words) <= _MOST:
        return None
    columns = columns_of(words)
    if None in columns or len(columns) != len(set(columns)):
        return None
    parameters = {"name", "type", "description"} <= set(columns)
    return columns if parameters or {"status", "code", "message"} <= set(columns) else None


def detect(text: str) -> bool:
    """Whether a page is in this layout: a header of a table is on one line with nothing but spaces in it."""
    return any(header(line) is not None for _, line in numbered_lines(text) if "|" not in line)


def read(text: str) -> Page:
    """Cut a page into its tables.

    Raises:
        UnreadableError: When the page ends in the middle of a table.
    """
    reader = _Reader()
    for number, line in numbered_lines(text):
        reader.take(number, line)
    return reader.finish(complete=text.endswith("\n"))


def _is_marked(rest: str) -> bool:
    """Whether what follows the type of a row begins with a required mark."""
    mark = _MARK.fullmatch(rest)
    return mark is not None and (required_mark(mark["mark"]) is not None or depends_mark(mark["mark"]))


def _lacks_mark(row: re.Match[str]) -> bool:
    """Whether a line is a row whose mark is gone: a name, a type with its capital, at most an example; no sentence."""
    rest = row["rest"] or ""
    named = row["name"].lower() not in _ARTICLES and row["type"][0].isupper()
    return named and len(rest.split()) <= 1 and not rest.endswith((".", "。", ":", ",", ";"))


def _lost_mark(line: int) -> Damage:
    return Damage(line, "cell", "the row has no required mark", ("required",))


class _Reader:
    def __init__(self) -> None:
        self._section: Section = "other"
        self._columns: tuple[Column | None, ...] = ()
        self._rows: dict[str, list[Row]] = {"request": [], "response": []}
        self._errors: list[ErrorLine] = []
        self._prose: list[Text] = []
        self._head: tuple[int, re.Match[str]] | None = None
        self._lines: list[Text] = []
        self._last = 0

    def take(self, number: int, line: str) -> None:
        if line.strip():
            self._last = number
        section = section_of(line) if not line.startswith((" ", "\t")) else None
        if section is not None:
            self._flush()
            self._section, self._columns = section, ()
            self._prose.append(Text(number, clean(line)))
            return
        if self._section == "other":
            if line.strip():
                self._prose.append(Text(number, clean(line)))
        elif not self._columns:
            self._columns = header(line) or ()
        elif self._section == "errors":
            self._error(number, line)
        else:
            self._parameter(number, line)

    def _error(self, number: int, line: str) -> None:
        match = _ERROR.fullmatch(line.strip())
        if match is not None:
            self._errors.append(ErrorLine(number, int(match["status"]), match["code"], match["rest"] or "", None))
        elif line.strip():
            self._prose.append(Text(number, clean(line)))

    def _parameter(self, number: int, line: str) -> None:
        match = None if line.startswith((" ", "\t")) else _ROW.fullmatch(line.strip())
        if match is not None and "required" in self._columns:
            match = match if _is_marked(match["rest"] or "") or _lacks_mark(match) else None
        if match is not None:
            self._flush()
            self._head = (number, match)
        elif self._head is not None:
            self._lines.append(Text(number, line))

    def _flush(self) -> None:
        if self._head is None:
            return
        number, match = self._head
        rest = match["rest"] or ""
        required = None
        if "required" in self._columns:
            mark = _MARK.fullmatch(rest)
            if mark is not None and _is_marked(rest):
                required, rest = Text(number, mark["mark"]), mark["rest"] or ""
        inline = "example" not in self._columns
        lines = [Text(number, rest), *self._lines] if inline and rest else self._lines
        row = Row(
            line=number,
            name=match["name"],
            type=Text(number, match["type"]),
            required=required,
            example=Text(number, "" if inline else rest),
            description=blocks(lines, markup=False),
            damage=() if required is not None or "required" not in self._columns else (_lost_mark(number),),
        )
        self._rows[self._section].append(row)
        self._head, self._lines = None, []

    def finish(self, *, complete: bool) -> Page:
        """Close the page; `complete` when its last line has a line feed."""
        inside = self._section in ("request", "response")
        unfinished = self._section == "errors" and self._errors and self._errors[-1].line == self._last and not complete
        self._flush()
        if inside or (unfinished and not self._errors[-1].message.rstrip().endswith((".", "!", "?", "。"))):
            raise cut_short(self._last)
        return Page(
            prose=tuple(self._prose),
            request=tuple(self._rows["request"]),
            response=tuple(self._rows["response"]),
            errors=tuple(self._errors),
        )
