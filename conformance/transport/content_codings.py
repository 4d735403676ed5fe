"""Undoing the codings of a body, bounded: a small answer must not take the memory or the time of a large one.

Requests ask for none. Servers, and what is in front of them, use some all the same.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from conformance.transport.outcome import MAX_BODY_BYTES, TOO_LARGE, ExchangeError

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEADER: Final = "content-encoding"
_MOST_CODINGS: Final = 5
_MOST_MEMBERS: Final = 1000
_SHOWN: Final = 16
_PIECE: Final = 16 * 1024
"""How many bytes are read at once: what follows the end of a member is copied."""

_GZIP: Final = (zlib.MAX_WBITS | 16,)
_DEFLATE: Final = (zlib.MAX_WBITS, -zlib.MAX_WBITS)
"""RFC 9110, section 8.4.1.2: deflate is in the format of zlib, and some servers send it without."""

_FORMATS: Final = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _DEFLATE}


class _BrokenError(Exception):
    """The bytes are not of the format that they are to have."""


def decoded(body: bytes, headers: Mapping[str, str]) -> bytes:
    """Return a body without the codings that the headers of its answer name; an empty body has none.

    Args:
        body: The body, its chunks joined.
        headers: The headers; names are in lower case.

    Raises:
        ExchangeError: For a coding that is not known, a body that does not have it, and one of more than
            `MAX_BODY_BYTES`.
    """
    codings = _codings(headers[_HEADER]) if body and _HEADER in headers else []
    if len(codings) > _MOST_CODINGS:
        raise ExchangeError(f"the answer has {len(codings)} content codings, which are more than {_MOST_CODINGS}")
    for coding in reversed(codings):
        formats = _FORMATS.get(coding)
        if formats is None:
            shown = f"the content coding {coding!r}" if len(coding) <= _SHOWN else "a content coding of a long name"
            raise ExchangeError(f"the answer has {shown}, which cannot be read; none was asked for")
        body = _undo(body, coding, formats)
    return body


def _codings(listed: str) -> list[str]:
    """Return the codings in the order in which they were applied."""
    names = (name.strip().lower() for name in listed.split(","))
    return [name for name in names if name not in ("", "identity")]


def _undo(body: bytes, coding: str, formats: tuple[int, ...]) -> bytes:
    for bits in formats:
        try:
            return _inflate(body, bits)
        except (_BrokenError, zlib.error):
            continue
    raise ExchangeError(f"the answer has the content coding {coding!r}, and its body is not {coding}")


def _inflate(body: bytes, bits: int) -> bytes:
    """Return what is in a body of one or more members, as RFC 1952 allows."""
    view = memoryview(body)
    parts: list[bytes] = []
    left = MAX_BODY_BYTES
    at = 0
    for _ in range(_MOST_MEMBERS):
        member = zlib.decompressobj(bits)
        while not member.eof:
            piece = view[at : at + _PIECE]
            if not piece:
                raise _BrokenError
            part = member.decompress(piece, left + 1)
            left -= len(part)
            if left < 0:
                raise ExchangeError(TOO_LARGE)
            parts.append(part)
            at += len(piece)
        at -= len(member.unused_data)
        if not any(view[at : at + _PIECE]):
            return b"".join(parts)
    raise _BrokenError
