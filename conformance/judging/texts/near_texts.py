"""Two texts that differ in spaces, letter case or punctuation only, as documents and servers often do. Pure."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher
from typing import Final, NamedTuple

SPACE: Final = "␠"
"""How a space is shown where it is what differs."""

_LONGEST: Final = 2_000
"""Characters of a text above which two are not compared: the time grows with the square."""


class MarkedPart(NamedTuple):
    """A part of a text, and whether the other text has something else there."""

    text: str
    differs: bool


def differ_in(expected: object, observed: object) -> str | None:
    """Return what two texts differ in when it is nothing else, e.g. `differs in spaces only`.

    Returns:
        `None` for equal texts, for what is no text, and for texts that differ in more.
    """
    if not isinstance(expected, str) or not isinstance(observed, str) or expected == observed:
        return None
    if _without_spaces(expected) == _without_spaces(observed):
        return "differs in spaces only"
    if expected.casefold() == observed.casefold():
        return "differs in letter case only"
    if _words(expected) == _words(observed) != "":
        return "differs in punctuation only"
    if _words(expected).casefold() == _words(observed).casefold() != "":
        return "differs in letter case and punctuation only"
    return None


def more_around(expected: str, observed: str) -> str:
    """Return where a text has more than the right one, e.g. `has more after it`; empty where it does not have that."""
    if not _words(expected) or expected == observed:
        return ""
    before, found, after = observed.partition(expected)
    if not found:
        return ""
    if not after:
        return "has more before it"
    return "has more before and after it" if before else "has more after it"


def marked(expected: str, observed: str) -> tuple[list[MarkedPart], list[MarkedPart]]:
    """Return both texts in parts, so that what differs can be marked; there a space is shown as a sign."""
    if len(expected) + len(observed) > _LONGEST:
        return [MarkedPart(expected, differs=False)], [MarkedPart(observed, differs=False)]
    left: list[MarkedPart] = []
    right: list[MarkedPart] = []
    for kind, from_, to, other_from, other_to in SequenceMatcher(
        None, expected, observed, autojunk=False
    ).get_opcodes():
        differs = kind != "equal"
        _add(left, expected[from_:to], differs=differs)
        _add(right, observed[other_from:other_to], differs=differs)
    return left, right


def _add(segments: list[MarkedPart], text: str, *, differs: bool) -> None:
    if text:
        segments.append(MarkedPart(text.replace(" ", SPACE) if differs else text, differs))


def _without_spaces(text: str) -> str:
    return "".join(text.split())


def _words(text: str) -> str:
    """Return the letters and digits of a text."""
    return "".join(char for char in unicodedata.normalize("NFKC", text) if char.isalnum())
