"""Layout B5, `cell-per-line`: every cell on a line of its own, the header too; errors on one line each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.extraction.facts.literals import TYPE_WORDS, parse_type
from conformance.extraction.headings import column_of, columns_of, required_mark
from conformance.extraction.layouts import stacked
from conformance.extraction.page import Text
from conformance.extraction.plain_text import numbered_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.extraction.headings import Column
    from conformance.extraction.page import Page

NAME: Final = "cell-per-line"

_NAME: Final = re.compile(r"[A-Za-z][\w-]*(?:\.[\w-]+)*")
_ONE_LINE: Final = re.compile(rf"(?P<name>[A-Za-z][\w-]*(?:\.[\w-]+)*)\s+(?P<type>{TYPE_WORDS})(?:\s+(?P<rest>\S.*))?")
_LONGEST_HEADER: Final = 6


def _header(lines: list[Text]) -> tuple[Column | None, ...] | None:
    """Return the columns once the last of them is there; a header ends with its description or its example."""
    texts = [line.text.strip() for line in lines[-_LONGEST_HEADER:]]
    if column_of(texts[-1]) is None:
        return None
    for start in range(len(texts)):
        columns = columns_of(texts[start:])
        if None in columns or len(set(columns)) != len(columns):
            continue
        words = set(columns)
        if {"name", "type", "description", "example"} <= words or {"status", "code", "message", "description"} <= words:
            return columns
    return None


def detect(text: str) -> bool:
    """Whether a page is in this layout: the words of a header are on lines of their own, without bars."""
    run: list[Text] = []
    for number, line in numbered_lines(text):
        if not line.strip():
            continue
        run = [*run[1 - _LONGEST_HEADER :], Text(number, line)]
        columns = _header(run)
        if columns is not None and "name" in columns:
            return True
    return False


def _next(lines: Sequence[Text], index: int) -> int | None:
    """Return the index of the next line that is not blank."""
    return next((place for place in range(index + 1, len(lines)) if lines[place].text.strip()), None)


def _starts(lines: Sequence[Text], index: int) -> tuple[stacked.Head, int] | None:
    line = lines[index]
    text = line.text.strip()
    if line.text.startswith((" ", "\t")):
        return None
    match = _ONE_LINE.fullmatch(text)
    if match is not None:
        mark, _, rest = (match["rest"] or "").partition(" ")
        if required_mark(mark) is None:
            mark, rest = "", match["rest"] or ""
        return stacked.Head(line.line, match["name"], match["type"], mark, rest.strip()), 1
    following = _next(lines, index)
    below = lines[following].text.strip() if following is not None else ""
    if following is not None and _NAME.fullmatch(text) and _is_type(below) and not _is_type_of_item(text, below):
        return stacked.Head(line.line, text, below), following - index + 1
    if _is_type(text) and (text[0].islower() or "<" in text):
        return stacked.Head(line.line, "", text), 1
    return None


def _is_type(text: str) -> bool:
    return re.fullmatch(TYPE_WORDS, text) is not None and parse_type(text) is not None


def _is_type_of_item(text: str, below: str) -> bool:
    """Whether two types are below each other: an unnamed row and then another, not a name and its type."""
    return text in ("object", "string", "integer", "boolean", "array") and _is_type(below)


def read(text: str) -> Page:
    """Cut a page into its tables.

    Raises:
        UnreadableError: When the page ends in the middle of a table.
    """
    return stacked.page(stacked.sections(numbered_lines(text), _header), _starts)
