"""A tree of XML that is no larger and no deeper than an answer may be. Apart, since nearly every answer is JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import TreeBuilder

from conformance.protocol.bounds import DEEPEST, MOST_VALUES, TooManyValuesError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


class BoundedTree:
    """Builds the tree of an answer in XML, and stops as soon as it is too large; comments are left out.

    Raises:
        TooManyValuesError: From `start`, for more than `MOST_VALUES` elements and attributes, or more than `DEEPEST`
            elements around one.
    """

    def __init__(self) -> None:
        builder = TreeBuilder()
        self._start = builder.start
        self._end = builder.end
        self.data: Final = builder.data
        self.close: Final = builder.close
        self._count = 0
        self._depth = 0

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        """Begin an element; raises `TooManyValuesError`."""
        self._count += 1 + len(attrs)
        self._depth += 1
        if self._count > MOST_VALUES:
            raise TooManyValuesError(f"XML with more than {MOST_VALUES} elements and attributes")
        if self._depth > DEEPEST + 1:
            raise TooManyValuesError(f"XML nested more than {DEEPEST} deep")
        return self._start(tag, attrs)

    def end(self, tag: str) -> Element:
        """End an element."""
        self._depth -= 1
        return self._end(tag)
