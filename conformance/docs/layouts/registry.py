"""The layouts in the order in which they are tried, from the one with the clearest marks to the one with the fewest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from conformance.docs.layouts import broken_pipes, flat, markdown, metadata
from conformance.docs.page import Page


class Layout(NamedTuple):
    """One layout: its name, its test and its reader."""

    name: str
    detect: Callable[[str], bool]
    read: Callable[[str], Page]


ORDER: Final = (
    Layout(metadata.NAME, metadata.detect, metadata.read),
    Layout(markdown.NAME, markdown.detect, markdown.read),
    Layout(broken_pipes.NAME, broken_pipes.detect, broken_pipes.read),
    Layout(flat.NAME, flat.detect, flat.read),
)
