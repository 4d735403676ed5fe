"""How much an answer may hold: few bytes can make many values, and deep ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import TreeBuilder

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_VALUES: Final = 20_000
"""Values of one answer: JSON values, or XML elements and attributes. A page of a hundred entries has a few thousand."""

DEEPEST: Final = 50
"""How deep objects, arrays and elements may be nested."""

_JSON_TEXT: Final = re.compile(r'"[^"\\]*+(?:\\.?[^"\\]*+)*+(?:"|\Z)', re.DOTALL)
"""A text in JSON, or what follows a quotation mark that none ends: so each place is read once."""

_MOST_PARTS: Final = 3 * MOST_VALUES
"""In JSON, texts, commas and opening brackets: a field with a text has two and a comma. In XML, tags of any kind."""

_TAG: Final = re.compile(r"<[^<>]*+")


class TooManyValuesError(Exception):
    """An answer holds more than is read; the text says what, for a person."""


def check_json(text: str) -> None:
    """Return when a text in JSON has no more than `MOST_VALUES` values, without making any of them.

    Raises:
        TooManyValuesError: When it has more.
    """
    if _values(text) <= MOST_VALUES:
        return
    count = end = 0
    for found in _JSON_TEXT.finditer(text):
        count += 1 + _values(text[end : found.start()])
        end = found.end()
        if count > _MOST_PARTS:
            break
    if count + _values(text[end:]) > _MOST_PARTS:
        raise TooManyValuesError(f"neither JSON nor XML of at most {MOST_VALUES} values")


def check_xml(text: str) -> None:
    """Return when a text in XML has few enough tags, comments and attributes to be read, without making any of them.

    Raises:
        TooManyValuesError: When it has more.
    """
    if text.count("<") > _MOST_PARTS:
        raise TooManyValuesError(f"XML with more than {_MOST_PARTS} tags")
    if text.count("=") > MOST_VALUES and any(tag[0].count("=") > MOST_VALUES for tag in _TAG.finditer(text)):
        raise TooManyValuesError(f"XML with more than {MOST_VALUES} attributes of one element")


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
        """Begin an element."""
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


def _values(text: str) -> int:
    return text.count(",") + text.count("{") + text.count("[")
