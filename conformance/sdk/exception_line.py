"""The line of a program's standard error that says what ended it: the first that names an exception. Pure.

A stack trace puts it first, as most languages do, or last, as Python does; the end alone may have nothing but frames.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMED: Final = re.compile(
    r"""(?x)
    (?:panic|fatal\ error|[A-Za-z]*\ ?Fatal\ error|Unhandled\ exception[.]?|Uncaught\ exception|terminate\ called) \b .*
    | (?:Exception\ in\ thread | thread\ '[^']*' (?:\ \(\d+\))? \ panicked\ at) \b .*
    | (?:Uncaught\ )? [\w.$:\\/@<>-]* (?:Error|Exception|Failure|Fault|Interrupt) (?:\ \[\w+\])? (?::\ .*|:?)
    | \S+:\d+:in\ .* [(][\w:]*(?:Error|Exception|Failure)[)]
    """
)
"""How languages begin, or end, the line that names an exception: Go, PHP, C#, C++; Java, Rust; most others; Ruby."""
_TRACE: Final = re.compile(r"Traceback \(most recent call last\):")
_FRAME: Final = re.compile(r"\s+at\s\S")
_LINES: Final = 2_000


def exception_line(text: str) -> str:
    """Return the first line that names an exception; empty where none does."""
    lines = [line.rstrip() for line in text.splitlines()[:_LINES]]
    return next(_exceptions(lines), "")


def _exceptions(lines: list[str]) -> Iterator[str]:
    in_trace = False
    for number, line in enumerate(lines):
        following = next((other for other in lines[number + 1 :] if other), "")
        if _TRACE.fullmatch(line):
            in_trace = True
        elif not line or line[0].isspace():
            continue
        elif in_trace or _NAMED.fullmatch(line) or _FRAME.match(following):
            # What is said follows on a line of its own.
            yield f"{line} {following.strip()}" if line.endswith(":") else line
            in_trace = False
