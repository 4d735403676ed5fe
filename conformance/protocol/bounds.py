"""How much an answer may hold: few bytes can make many values, and deep ones."""

from __future__ import annotations

import re
from typing import Final

from conformance.core.lazy_patterns import lazy_pattern

MOST_VALUES: Final = 20_000
"""Values of one answer: JSON values, or XML elements and attributes. A page of a hundred entries has a few thousand."""

DEEPEST: Final = 50
"""How deep objects, arrays and elements may be nested."""

_JSON_TEXT: Final = lazy_pattern(r'"[^"\\]*+(?:\\.?[^"\\]*+)*+(?:"|\Z)', re.DOTALL)
"""A text in JSON, or what follows a quotation mark that none ends: so each place is read once."""

_MOST_PARTS: Final = 3 * MOST_VALUES
"""In JSON, texts, commas and opening brackets: a field with a text has two and a comma. In XML, tags of any kind."""

_TAG: Final = lazy_pattern(r"<[^<>]*+")


class TooManyValuesError(Exception):
    """An answer holds more than is read; the text says what, for a person."""


def check_json(text: str) -> None:
    """Return when a text in JSON has no more than `MOST_VALUES` values, without making any of them.

    Raises:
        TooManyValuesError: When it has more.
    """
    if len(text) <= MOST_VALUES or _values(text) <= MOST_VALUES:
        return
    count = end = 0
    for found in _JSON_TEXT.finditer(text):
        count += 1 + _values(text[end : found.start()])
        end = found.end()
        if count > _MOST_PARTS:
            break
    if count + _values(text[end:]) > _MOST_PARTS:
        raise TooManyValuesError(f"neither JSON nor XML of at most {MOST_VALUES} values")


def may_be_deep(text: str) -> bool:
    """Whether an object in JSON has as many brackets as one that is nested too deep; one without another has not."""
    nested = text.find("{", 1) > 0 or "[" in text
    return nested and text.count("{") + text.count("[") >= DEEPEST


def check_xml(text: str) -> None:
    """Return when a text in XML has few enough tags, comments and attributes to be read, without making any of them.

    Raises:
        TooManyValuesError: When it has more.
    """
    if text.count("<") > _MOST_PARTS:
        raise TooManyValuesError(f"XML with more than {_MOST_PARTS} tags")
    if text.count("=") > MOST_VALUES and any(tag[0].count("=") > MOST_VALUES for tag in _TAG.finditer(text)):
        raise TooManyValuesError(f"XML with more than {MOST_VALUES} attributes of one element")


def _values(text: str) -> int:
    return text.count(",") + text.count("{") + text.count("[")
