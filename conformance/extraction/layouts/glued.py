"""Layout B4, `glued`: the cells of a row are on one line without anything between them (`RegionIdstring`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.extraction.headings import column_words, columns_of
from conformance.extraction.layouts import stacked
from conformance.extraction.page import Text
from conformance.extraction.plain_text import numbered_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.extraction.headings import Column
    from conformance.extraction.page import Page

NAME: Final = "glued"

_WORD: Final = "|".join(re.escape(word) for word in sorted(column_words(), key=len, reverse=True))
_HEADER: Final = re.compile(rf"(?:{_WORD}){{3,6}}", re.IGNORECASE)
_HEADER_WORD: Final = re.compile(_WORD, re.IGNORECASE)
_TYPE: Final = (
    r"(?:array|list)<[\w<>]+>|integer(?:<int\d+>)?|string|boolean|number|float|double|long|array|object|map|any"
)
_ROW: Final = re.compile(
    rf"(?P<name>[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z0-9_]+)*?)??(?P<type>{_TYPE})(?P<mark>Yes|No|Conditional|是|否|条件必选|条件必填)?"
)


def _header(lines: list[Text]) -> tuple[Column | None, ...] | None:
    text = lines[-1].text.strip()
    if not _HEADER.fullmatch(text):
        return None
    columns = columns_of(_HEADER_WORD.findall(text))
    known = {"name", "type"} <= set(columns) or {"code", "message"} <= set(columns)
    return columns if known and None not in columns else None


def detect(text: str) -> bool:
    """Whether a page is in this layout: the words of a header are one word."""
    return any(_header([Text(number, line)]) is not None for number, line in numbered_lines(text))


def _starts(lines: Sequence[Text], index: int) -> tuple[stacked.Head, int] | None:
    line = lines[index]
    match = _ROW.fullmatch(line.text.strip())
    if match is None:
        return None
    return stacked.Head(line.line, match["name"] or "", match["type"], match["mark"] or ""), 1


def read(text: str) -> Page:
    """Cut a page into its tables.

    Raises:
        UnreadableError: When the page ends in the middle of a table.
    """
    return stacked.page(stacked.sections(numbered_lines(text), _header), _starts)
