"""Patterns that are compiled when they are first used: most commands need few of them, and each takes its time."""

from __future__ import annotations

import re
from typing import AnyStr, cast


class _LazyPattern:
    """Stands for a compiled pattern: it takes over its methods when the first of them is asked for.

    Args:
        text: The pattern.
        flags: As `re.compile` has them.
    """

    def __init__(self, text: str | bytes, flags: int) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> object:
        if name.startswith("_"):
            raise AttributeError(name)  # what copies and inspects objects asks for, and no pattern has
        pattern = re.compile(self._text, self._flags)
        # The next time they are found in the object itself, as quickly as those of a pattern.
        vars(self).update((each, getattr(pattern, each)) for each in _METHODS)
        return getattr(pattern, name)


_METHODS = ("search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn")


def lazy_pattern(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return what stands for a pattern and is compiled when it is first used; `re.compile` is for one always used.

    Args:
        text: The pattern. A wrong one raises `re.error` where it is used.
        flags: As `re.compile` has them.
    """
    return cast("re.Pattern[AnyStr]", _LazyPattern(text, flags))
