"""Text that is shown to a person: nothing in it can steer a terminal or turn the direction of writing."""

from __future__ import annotations

import json
from typing import Final
from unicodedata import category

_NOT_SHOWN: Final = ("Cc", "Cf", "Cs", "Zl", "Zp")


def printable(text: str) -> str:
    """Return a text on one line in which nothing can steer a terminal or turn the direction of writing."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if _is_shown(character) else _escape(character) for character in text)


def printable_lines(text: str) -> str:
    """Return a text of several lines, each as `printable` returns it."""
    return "\n".join(map(printable, text.split("\n")))


def _is_shown(character: str) -> bool:
    # Controls, formats, halves of surrogate pairs, line and paragraph separators.
    return category(character) not in _NOT_SHOWN


def _escape(character: str) -> str:
    return json.dumps(character)[1:-1] if character != "\x7f" else "\\u007f"
