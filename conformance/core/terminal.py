"""Text that is shown to a person: nothing in it can steer a terminal or turn the direction of writing."""

from __future__ import annotations

import json


def printable(text: str) -> str:
    """Return a text on one line in which nothing can steer a terminal or turn the direction of writing."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(character if _is_shown(character) else _escape(character) for character in text)


def printable_lines(text: str) -> str:
    """Return a text of several lines, each as `printable` returns it."""
    if text.isascii() and text.isprintable():
        return text
    return "\n".join(map(printable, text.split("\n")))


def _is_shown(character: str) -> bool:
    # Neither controls, formats, halves of surrogate pairs and separators, nor what looks like nothing. The wide space
    # of Chinese text is one that people know.
    return character.isprintable() or character == "\u3000"


def _escape(character: str) -> str:
    return json.dumps(character)[1:-1] if character != "\x7f" else "\\u007f"
