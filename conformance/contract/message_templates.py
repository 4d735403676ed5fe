"""Messages of errors with placeholders: which rows have them, which texts fit, and one text that does.

A document may print the template of a message (`The specified route %s does not exist.`) where a server answers with
something in its place. Taken for placeholders is only what no message has for its own sake: the conversions of printf
(`%s`, `%d`, `%1$s`), numbers and names in braces (`{0}`, `{name}`, `${name}`), and empty braces. Not taken are angle
brackets, square brackets and capitals (`<Name>`, `[1,100]`, `XXX`): messages have those as they are. Pure.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from conformance.core.lazy_patterns import lazy_pattern

_PLACEHOLDER: Final = lazy_pattern(
    r"%(?:\d{1,2}\$)?[-+#0]{0,3}\d{0,3}(?:\.\d{1,3})?(?:l{1,2}|h)?[sSdifuxX](?![A-Za-z0-9])"
    r"|[$#]?\{{1,2}(?:\d{1,3}|[A-Za-z_][\w.-]{0,63})?\}{1,2}"
)
_FILLED: Final = "example"


@lru_cache(maxsize=4096)
def placeholders(message: str) -> tuple[str, ...]:
    """Return the placeholders in a message, in their order; none in one that is exact."""
    return tuple(match[0] for match in _PLACEHOLDER.finditer(message))


def fits(message: str, text: object) -> bool:
    """Whether a text is what a message of a document promises: the same, or the same but for its placeholders.

    Args:
        message: The message of a row, byte for byte as the document has it.
        text: What a server answered. Anything that is no text fits nothing.

    A placeholder stands for any text, none included, but an empty text fits no message that is not empty. The time is
    at most that of finding each part of the message once.
    """
    if text == message:
        return True
    if not isinstance(text, str) or not text or not placeholders(message):
        return False
    first, *between, last = _parts(message)
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    place, end = len(first), len(text) - len(last)
    for part in between:
        # The earliest place leaves most room for what follows: no other need be tried.
        found = text.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True


def filled(message: str) -> str:
    """Return a message as a server would answer it: with a word in place of each placeholder."""
    return _PLACEHOLDER.sub(_FILLED, message) if placeholders(message) else message


@lru_cache(maxsize=4096)
def _parts(message: str) -> tuple[str, ...]:
    """Return what is before, between and after the placeholders."""
    return tuple(_PLACEHOLDER.split(message))
