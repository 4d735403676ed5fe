"""What the layouts without any separators share: rows whose cells are below each other.

A row begins where its name and its type can be recognised by their words. What follows, until the next row, is a
required mark (which Chinese captures drop), the description and the example, and nothing marks where the example is.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from conformance.extraction.headings import required_mark, section_of
from conformance.extraction.page import Damage, ErrorLine, Page, Row, Text, cut_short
from conformance.extraction.plain_text import clean
from conformance.extraction.rows import blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conformance.extraction.headings import Column, Section

_BULLET: Final = re.compile(r"\s*(?:[•·●◦▪○■]|[-*+]\s)")
_ENDS: Final = re.compile(r"[.。;；:：!！?？,，]\s*$")
_SENTENCE_MARKS: Final = re.compile(r"[。；：！？，]|[.!?:]\s+[A-Z]|\.$")
_LONGEST_MARK: Final = 3
_STATUS_LINE: Final = re.compile(r"(?P<status>[1-5]\d\d)\s+(?P<code>[A-Za-z][\w.-]*)(?:\s+(?P<rest>\S.*))?")
_GLUED_STATUS: Final = re.compile(r"(?P<status>[1-5]\d\d)(?P<code>[A-Za-z][\w.-]*)(?:\s+(?P<rest>\S.*))?")
_LAST_WORD: Final = re.compile(r"(?<=[a-z0-9])(?P<word>[A-Z][a-z]*)$")


class Head(Struct, frozen=True):
    """The cells that open a row: its line, name and type, and what of its first line is left."""

    line: int
    name: str
    type: str
    mark: str = ""
    rest: str = ""


class Table(Struct):
    """One table: its columns and the lines that follow its header, blank ones included."""

    section: Section
    columns: tuple[Column | None, ...]
    lines: list[Text] = field(default_factory=list)


class Cut(Struct):
    """A page cut into sections: prose and the tables of the sections that have one."""

    prose: list[Text]
    tables: list[Table]
    last: int
    open_section: Section


def sections(lines: Iterator[tuple[int, str]], header: Callable[[list[Text]], tuple[Column | None, ...] | None]) -> Cut:
    """Cut the lines of a page by its headings.

    Args:
        lines: The numbered lines.
        header: Tells from the lines that a section has so far whether its header is complete.
    """
    cut = Cut([], [], 0, "other")
    waiting: list[Text] = []
    table: Table | None = None
    for number, line in lines:
        cut.last = number if line.strip() else cut.last
        section = section_of(line) if not line.startswith((" ", "\t")) else None
        if section is not None and not (table is None and cut.open_section != "other" and _in_header(waiting, line)):
            cut.open_section, table, waiting = section, None, []
            cut.prose.append(Text(number, clean(line)))
        elif cut.open_section == "other":
            if line.strip():
                cut.prose.append(Text(number, clean(line)))
        elif table is not None:
            table.lines.append(Text(number, line))
        elif line.strip():
            waiting.append(Text(number, line))
            columns = header(waiting)
            if columns is not None:
                table = Table(cut.open_section, columns)
                cut.tables.append(table)
    return cut


def _in_header(waiting: Sequence[Text], line: str) -> bool:
    """Whether a line that reads like a heading is a cell of a header: 描述 and 错误码 are both."""
    return 0 < len(waiting) <= 5 and section_of(line) in ("other", "errors")  # noqa: PLR2004 - no header has more


def page(cut: Cut, starts: Callable[[Sequence[Text], int], tuple[Head, int] | None]) -> Page:
    """Make a page of its tables.

    Args:
        cut: The page, cut into sections.
        starts: Tells whether a row begins at an index of a table's lines, and how many lines its head takes.

    Raises:
        UnreadableError: When the page ends in the middle of a table.
    """
    if cut.open_section in ("request", "response"):
        raise cut_short(cut.last)
    rows: dict[str, list[Row]] = {"request": [], "response": []}
    errors: list[ErrorLine] = []
    prose = list(cut.prose)
    for table in cut.tables:
        if table.section == "errors":
            for line in table.lines:
                found = _error(line)
                if found is not None:
                    errors.append(found)
                elif line.text.strip():
                    prose.append(Text(line.line, clean(line.text)))
        else:
            rows[table.section] += _rows(table, starts)
    return Page(tuple(prose), tuple(rows["request"]), tuple(rows["response"]), tuple(errors))


def _error(line: Text) -> ErrorLine | None:
    text = line.text.strip()
    match = _STATUS_LINE.fullmatch(text)
    if match is not None:
        return ErrorLine(line.line, int(match["status"]), match["code"], match["rest"] or "", None)
    match = _GLUED_STATUS.fullmatch(text)
    if match is None:
        return None
    # Code and message are glued: a message begins with a capital, so the last capitalised word is its first.
    word = _LAST_WORD.search(match["code"])
    code = match["code"][: word.start()] if word else match["code"]
    first = word["word"] if word else ""
    message = " ".join(part for part in (first, match["rest"] or "") if part)
    return ErrorLine(line.line, int(match["status"]), code, message, None)


def _rows(table: Table, starts: Callable[[Sequence[Text], int], tuple[Head, int] | None]) -> Iterator[Row]:
    lines = table.lines
    head: Head | None = None
    body: list[Text] = []
    index = 0
    while index < len(lines):
        found = starts(lines, index) if lines[index].text.strip() else None
        if found is None:
            body.append(lines[index])
            index += 1
            continue
        if head is not None:
            yield _row(table.columns, head, body)
        head, taken = found
        body = []
        index += taken
    if head is not None:
        yield _row(table.columns, head, body)


def _row(columns: Sequence[Column | None], head: Head, body: list[Text]) -> Row:
    lines = [line for line in body if line.text.strip()]
    mark = Text(head.line, head.mark) if head.mark else None
    if mark is None and lines and "required" in columns and _is_a_mark(lines[0].text):
        mark, lines = lines[0], lines[1:]
    example, lines = _example(columns, head, lines, adjacent=bool(body) and bool(body[-1].text.strip()))
    lost = "required" in columns and mark is None and bool(head.name)
    return Row(
        line=head.line,
        name=head.name,
        type=Text(head.line, head.type),
        required=mark,
        example=example,
        description=blocks(lines, markup=False),
        damage=(Damage(head.line, "cell", "the column of required marks is empty", ("required",)),) if lost else (),
    )


def _example(
    columns: Sequence[Column | None], head: Head, lines: list[Text], *, adjacent: bool
) -> tuple[Text, list[Text]]:
    """Part the example from the description.

    Args:
        columns: The order of the columns says on which side the example is.
        head: The opening cells; what is left of their line is an example.
        lines: The lines below.
        adjacent: Whether the next row begins right below the last of them, without a blank line.
    """
    none = Text(head.line, "")
    if head.rest:
        return Text(head.line, head.rest), lines
    if not lines or "example" not in columns:
        return none, lines
    if "description" in columns and columns.index("example") < columns.index("description"):
        first = len(lines) > 1 and _looks_like_an_example(lines[0].text)
        return (lines[0], lines[1:]) if first else (none, lines)
    last = lines[-1].text
    alone = adjacent and len(lines) > 1 and not _SENTENCE_MARKS.search(last) and not _BULLET.match(last)
    return (lines[-1], lines[:-1]) if alone or _looks_like_an_example(last) else (none, lines)


def _is_a_mark(text: str) -> bool:
    """Whether a line is a required mark and nothing more: a sentence may begin like one."""
    return len(text.strip()) <= _LONGEST_MARK and required_mark(text) is not None


def _looks_like_an_example(text: str) -> bool:
    return not _ENDS.search(text) and not _SENTENCE_MARKS.search(text) and not _BULLET.match(text)
