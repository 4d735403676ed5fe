"""The layouts in the order in which they are tried, from the one with the clearest marks to the one with the fewest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.extraction.layouts import (
    broken_pipes,
    cell_per_line,
    flat,
    glued,
    html,
    markdown,
    metadata,
    metadata_schema,
    one_line_pipes,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.extraction.page import Page


class Layout(NamedTuple):
    """One layout: its name, its test and its reader."""

    name: str
    detect: Callable[[str], bool]
    read: Callable[[str], Page]


ORDER: Final = tuple(
    Layout(module.NAME, module.detect, module.read)
    for module in (metadata_schema, metadata, html, markdown, broken_pipes, one_line_pipes, glued, flat, cell_per_line)
)
