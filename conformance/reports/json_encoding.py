"""JSON text as reports have it: one line, UTF-8, and every text that Python can hold."""

from __future__ import annotations

import json
from typing import Final

import orjson

_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def json_line(value: object) -> bytes:
    """Return a value as JSON on one line, without a line end.

    Half a surrogate pair, which UTF-8 cannot hold, becomes the escape that JSON has for it.
    """
    try:
        return orjson.dumps(value)
    except TypeError:
        # Half a surrogate pair, an integer of more than 64 bits, a key that is no text: an answer may have them.
        return _ENCODER.encode(value).encode("utf-8", "backslashreplace")


def json_readable(value: object) -> str:
    """Return a value as JSON for a person, with an entry a line and half a surrogate pair escaped."""
    return json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace").decode()
