"""What the head of an answer says. Heads that are alike, as those of most answers of a server, are read once."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LIST: Final = "content-encoding"
_BLANK: Final = (b"\r\n", b"\n")
_VERSIONS: Final = (b"HTTP/1.1 ", b"HTTP/1.0 ")


class AnswerHead(Struct, frozen=True):
    """A head.

    Attributes:
        known: Whether it is that of a version of HTTP that is known.
        ended: Whether the blank line came that ends it; libcurl takes a connection that is closed for one.
        closes: Whether it says that the connection is closed after the answer.
        headers: The headers of the answer itself, without those of interim answers before it and of a trailer.
    """

    known: bool
    ended: bool
    closes: bool
    headers: Mapping[str, str]


@lru_cache(32)  # of at most 300 kB each: libcurl takes no larger head
def read_head(lines: tuple[bytes, ...]) -> AnswerHead:
    """Return what the lines of a head say, of which a trailer may be part."""
    if not lines:
        return AnswerHead(known=False, ended=False, closes=True, headers={})
    return AnswerHead(lines[0].startswith(_VERSIONS), _ended(lines), _closes(lines), _headers(lines))


def _ended(lines: Sequence[bytes]) -> bool:
    for line in reversed(lines):
        if line in _BLANK:
            return True
        if line[:5] == b"HTTP/":
            break
    return False


def _closes(lines: Sequence[bytes]) -> bool:
    if lines[0].startswith(_VERSIONS[1]):
        return b"keep-alive" not in b"".join(lines).lower()
    return any(line[:11].lower() == b"connection:" and b"close" in line.lower() for line in lines)


def _headers(lines: Sequence[bytes]) -> dict[str, str]:
    headers: dict[str, str] = {}
    over = False
    for line in lines:
        if line[:5] == b"HTTP/":
            headers.clear()  # what came before was an interim answer
            over = False
        elif line in _BLANK:
            over = True
        elif not over:  # what comes after is a trailer
            text, _, said = line.decode("latin-1").partition(":")
            name, value = text.strip().lower(), said.strip()
            # Several lines are one list of codings; of another header that comes twice the last counts.
            headers[name] = f"{headers[name]}, {value}" if name == LIST and name in headers else value
    return headers
