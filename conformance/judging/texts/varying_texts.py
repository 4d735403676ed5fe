"""Texts without what differs from answer to answer by its nature: ids, times, ports. Pure."""

from __future__ import annotations

import re
from typing import Final

from conformance.core.lazy_patterns import lazy_pattern

_VARYING: Final = tuple(
    (lazy_pattern(pattern, re.IGNORECASE), sign)
    for pattern, sign in (
        (r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", "<uuid>"),
        (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?", "<time>"),
        (r"\b[a-z]{1,8}[-_](?=[a-z]*\d)[0-9a-z]{5,40}\b", "<id>"),  # of a resource, of a request
        (r"(?<![a-z0-9])(?=[a-z]*\d)[a-z0-9]{14,}", "<id>"),  # a word with digits, as long as nonces and digests are
        (r"\b[0-9a-f]{16,64}\b", "<id>"),
        (r"\b0x[0-9a-f]+\b", "<id>"),
        (r"(?<=[0-9a-z\]]):\d{2,5}\b(?!:)", ":#"),  # a port
        (r"(?<![\w.])\d+(?:\.\d+)?(?= ?(?:ms|s|seconds?|bytes?|characters?|of \d+ bytes)\b)", "#"),
        (r"(?<![a-z0-9])\d{5,}(?![a-z0-9])", "#"),
    )
)
_NUMBER: Final = lazy_pattern(r"\d+")
_ANY_VARYING: Final = lazy_pattern(r"\d|[0-9a-f]{8}", re.IGNORECASE)
"""What each of them has: a digit, or a long word of hexadecimal letters. Most messages have neither."""


def masked(text: str, *, numbers: bool = False) -> str:
    """Return a text with signs in the place of what varies; two texts that differ in nothing else are equal then.

    Args:
        text: The text.
        numbers: Whether short numbers are taken out too.
    """
    if _ANY_VARYING.search(text) is None:
        return text
    for pattern, sign in _VARYING:
        text = pattern.sub(sign, text)
    return _NUMBER.sub("#", text) if numbers else text
