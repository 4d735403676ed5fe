"""Layout B2, `broken-pipes`: a table whose pipes are broken over lines, one cell to a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.extraction.headings import columns_of
from conformance.extraction.layouts.pipes import read_pipes
from conformance.extraction.plain_text import numbered_lines

if TYPE_CHECKING:
    from conformance.extraction.page import Page

NAME: Final = "broken-pipes"

_HEADER_CELL: Final = re.compile(r"\|?\s*(?P<text>[^|]{1,40}?)\s*\|")


def detect(text: str) -> bool:
    """Whether a page is in this layout: a lone bar, then the cells of a header on lines of their own."""
    run: list[str] = []
    opened = False
    for _, line in numbered_lines(text):
        if line.strip() == "|":
            run, opened = [], True
            continue
        cell = _HEADER_CELL.fullmatch(line.strip())
        if cell is None:
            run, opened = [], False
            continue
        run.append(cell["text"])
        columns = set(columns_of(run[-4:]))
        if opened and ({"name", "type"} <= columns or {"status", "code"} <= columns):
            return True
    return False


def read(text: str) -> Page:
    """Cut a page into its tables.

    Raises:
        UnreadableError: When the page ends in the middle of a table.
    """
    return read_pipes(text, counted=False)
