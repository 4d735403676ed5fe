"""Whether a body shows by itself that nothing of it is missing, where its connection ended without saying so. Pure.

A server that ends a TLS connection without a word (no `close_notify`), as those of Python's `http.server` do, and gives
no length, may have been broken off: RFC 9112, section 9.8. JSON and XML show where they end.
"""

from __future__ import annotations

import json
from typing import Final

from conformance.core.lazy_patterns import lazy_pattern

_MOST_BYTES: Final = 256 * 1024
"""A larger body is not read for this: it is no ordinary answer, and reading takes memory."""

_ROOT: Final = lazy_pattern(rb"<([A-Za-z_][\w.:-]{0,99})")


def is_whole(body: bytes) -> bool:
    """Return whether a body is JSON, or begins and ends as XML or an HTML page does."""
    if len(body) > _MOST_BYTES:
        return False
    root = _ROOT.search(body)
    if root is not None and body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        return body.rstrip().endswith(b"</%b>" % root[1])
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True
