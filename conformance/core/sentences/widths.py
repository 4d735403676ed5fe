"""Lines of text by the columns that a terminal shows them in: a Chinese character takes two."""

from __future__ import annotations

import re
from typing import Final
from unicodedata import east_asian_width

from conformance.core.lazy_patterns import lazy_pattern

_WIDE: Final = frozenset("WF")
_NOT_FIRST: Final = "，。、；：！？）》】”’…,.;:!?)]}"
_NOT_LAST: Final = "（《【“‘([{"
_PIECE: Final = lazy_pattern(r" +|[^\s\u2e80-\u9fff\uff00-\uffef\u3000-\u303f“”‘’]+|.", re.DOTALL)
_ASCII_PIECE: Final = lazy_pattern(" |[^ ]+")
"""The same for ASCII, in no time: the class of all wide characters takes long to compile."""


def columns(text: str) -> int:
    """Return how many columns a text takes."""
    if text.isascii():
        return len(text)
    return sum(2 if east_asian_width(each) in _WIDE or each in "“”‘’…" else 1 for each in text)


def padded(text: str, width: int) -> str:
    """Return a text with spaces behind it up to so many columns."""
    return text + " " * max(0, width - columns(text))


def wrapped(text: str, width: int, first: str = "", others: str = "") -> list[str]:
    """Return one paragraph in lines.

    A line ends at a space or beside a wide character; no line begins with what closes or ends with what opens.

    Args:
        text: The paragraph.
        width: Columns of a line at the most; a word that is longer has a line of its own.
        first: What the first line begins with.
        others: What all others begin with.
    """
    lines, line, used = [], first, columns(first)
    empty = True
    for piece in _unbroken(text):
        size = columns(piece)
        if not empty and used + columns(piece.rstrip(" ")) > width:
            lines.append(line.rstrip(" "))
            line, used, empty = others, columns(others), True
        if empty and not piece.strip(" "):
            continue
        line, used, empty = line + piece, used + size, False
    return [*lines, line.rstrip(" ")]


def _unbroken(text: str) -> list[str]:
    """Return the pieces of a text between which a line may end."""
    pieces: list[str] = []
    whole = " ".join(text.split())
    for match in (_ASCII_PIECE if whole.isascii() else _PIECE).finditer(whole):
        piece = match[0]
        if pieces and (piece[0] in _NOT_FIRST or pieces[-1][-1] in _NOT_LAST):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces
