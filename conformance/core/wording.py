"""Words of a message: the name that was meant, and a text that is not endless."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHOWN: Final = 8
_LONGEST: Final = 300


def near(word: str, known: Iterable[str]) -> str:
    """Return a hint that names what `word` may have meant: the nearest known word, else all (at most eight)."""
    names = sorted(known)
    close = [name for name in names if name.casefold() == word.casefold()]
    close = close or get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean {close[0]}?"
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return "known: " + (", ".join(names[:_SHOWN]) or "none") + more


def shorten(text: str) -> str:
    """Return a text on one line that is not endless, with its end, where a message says what it is about."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST // 2]}…{line[-_LONGEST // 2 :]}"
