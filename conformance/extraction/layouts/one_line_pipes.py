"""Layout B3, `one-line-pipes`: rows on one line, or with the last cell on the next, mostly without leading bars."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.extraction.headings import columns_of
from conformance.extraction.layouts.pipes import read_pipes
from conformance.extraction.plain_text import numbered_lines

if TYPE_CHECKING:
    from conformance.extraction.page import Page

NAME: Final = "one-line-pipes"

_CELL: Final = re.compile(r"(?P<text>[^|]{1,40}?)\s*\|")


def detect(text: str) -> bool:
    """Whether a page is in this layout: a header on one line, or its cells on lines of their own without a lone bar."""
    run: list[str] = []
    for _, line in numbered_lines(text):
        stripped = line.strip()
        cells = [cell.strip() for cell in stripped.strip("|").split("|")]
        if len(cells) > 2 and len(stripped) < 200 and {"name", "type"} <= set(columns_of(cells)):  # noqa: PLR2004
            return True
        cell = _CELL.fullmatch(stripped)
        run = [*run, cell["text"]] if cell else []
        if {"name", "type"} <= set(columns_of(run[-3:])):
            return True
    return False


def read(text: str) -> Page:
    """Cut a page into its tables.

    Raises:
        UnreadableError: When the page ends in the middle of a table.
    """
    return read_pipes(text, counted=True)
