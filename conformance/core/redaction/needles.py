"""What is looked for in a view: the letters and digits of secrets, in small letters, by short pieces of them."""

from __future__ import annotations

import codecs
import re
from base64 import b32encode, b64encode
from functools import lru_cache
from itertools import compress, count
from operator import itemgetter, ne
from struct import iter_unpack
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.core.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PIECE: Final = 6
STRIDE: Final = 3
"""Every third piece of a view is looked up: a run of eight characters of a needle has one of them for certain."""
LEAST_FUZZY: Final = PIECE + STRIDE - 1
"""Letters and digits that a secret has at least to be found in decoded forms."""
_TELLING: Final = 10
"""A run of so many characters of a random secret is no chance."""
_TELLING_HEX: Final = 16
_TELLING_DECIMAL: Final = 20
_LEAST_OF_WORDS: Final = 16
"""Letters and digits of a secret that may be made of words, below which other text may have them by chance."""
LEAST_SIGNATURE: Final = 20
"""Characters of the shortest signature that is looked for by few pieces."""
_MOST_PLACES: Final = 8
_DIGIT: Final = lazy_pattern(rb"[0-9]")
_NOT_WORD: Final = lazy_pattern(rb"[^0-9A-Za-z]+")
_PLAIN: Final = lazy_pattern(r"[0-9A-Za-z](?:.*[0-9A-Za-z])?", re.DOTALL)
_KINDS: Final = bytes((octet >= ord("A")) + (octet >= ord("a")) for octet in range(256))
"""By byte: whether it is a digit, a capital or a small letter."""
_HEX: Final = lazy_pattern(rb"[0-9a-f]+")


class Needle(Struct, frozen=True):
    """A text that must not appear.

    Attributes:
        text: Its letters and digits, the letters small.
        least: How many of them in a row are too many.
        before: What the secret has before the first of them, when the needle is the secret as it is.
        after: What it has after the last of them.
    """

    text: bytes
    least: int
    before: str = ""
    after: str = ""


Places = dict[bytes, list[tuple[Needle, int]]]
"""By piece: the needles that have it, and where."""


@lru_cache(64)
def places_of_secrets(secrets: frozenset[str]) -> Places:
    """Return the pieces of secrets, and of the forms that are looked for as they are."""
    places: Places = {}
    for secret in sorted(secrets):
        for needle in _needles(secret):
            for offset in range(len(needle.text) - PIECE + 1):
                _add(places, needle, offset)
    return places


def add_signature(places: Places, signature: str) -> None:
    """Add the few pieces of a signature by which a view that has half of it is known."""
    data = signature.encode(errors="replace")
    text = folded(data)
    if len(text) >= LEAST_FUZZY:
        _add_few(places, Needle(text, _least(data), *_edges(signature)))


def add_forms_of_signature(places: Places, signature: str) -> None:
    """Add the same of the forms of a signature that cannot be decoded without knowing it."""
    data = signature.encode(errors="replace")
    if len(folded(data)) >= LEAST_FUZZY:
        for needle in _undecodable(data, (data,)):
            _add_few(places, needle)


def _add_few(places: Places, needle: Needle) -> None:
    for first in (0, len(needle.text) // 2):
        for offset in range(first, min(first + STRIDE, len(needle.text) - PIECE + 1)):
            _add(places, needle, offset)


def folded(data: bytes) -> bytes:
    """Return the letters and digits of a text, the letters small."""
    return _NOT_WORD.sub(b"", data).lower()


def runs(words: bytes, tables: Sequence[Places]) -> Iterator[tuple[int, int, Needle]]:
    """Yield where a text of letters and digits has too much of a needle: from, to, and the needle."""
    pieces = _pieces(words)
    for places in tables:
        done = 0
        for at in compress(count(0, STRIDE), map(places.__contains__, pieces)):
            if at + PIECE > done:
                found = _longest(words, at, places[words[at : at + PIECE]])
                if found is not None:
                    done = found[1]
                    yield found


def _pieces(words: bytes) -> list[bytes]:
    """Return the piece at every third place."""
    even, odd = (words[start : len(words) - (len(words) - start) % PIECE] for start in (0, STRIDE))
    pieces = [b""] * ((len(even) + len(odd)) // PIECE)
    pieces[::2] = map(itemgetter(0), iter_unpack(f"{PIECE}s", even))
    pieces[1::2] = map(itemgetter(0), iter_unpack(f"{PIECE}s", odd))
    return pieces


def _longest(words: bytes, at: int, places: list[tuple[Needle, int]]) -> tuple[int, int, Needle] | None:
    """Return the longest run of a needle at a place, if it is long enough to tell."""
    best = None
    for needle, offset in places:
        start, end = at - offset, at - offset + len(needle.text)
        if start < 0 or words[start:end] != needle.text:
            if needle.least == len(needle.text):
                continue
            start, end = _run(words, at, needle.text, offset)
        if end - start >= needle.least and (best is None or end - start > best[1] - best[0]):
            best = start, end, needle
    return best


def _run(words: bytes, at: int, needle: bytes, offset: int) -> tuple[int, int]:
    """Return how far a text and a needle agree, to both sides of a piece that they share."""
    start, end = at, at + PIECE
    before, after = offset, offset + PIECE
    while start > 0 and before > 0 and words[start - 1] == needle[before - 1]:
        start, before = start - 1, before - 1
    while end < len(words) and after < len(needle) and words[end] == needle[after]:
        end, after = end + 1, after + 1
    return start, end


def has_needle(secret: str) -> bool:
    """Return whether a secret is long or random enough to be no part of other text by chance, however it is split."""
    data = secret.encode(errors="replace")
    text = folded(data)
    enough = LEAST_FUZZY if _is_random(data) and _DIGIT.search(text) else _LEAST_OF_WORDS
    return len(text) >= enough


def _needles(secret: str) -> Iterator[Needle]:
    """Yield a secret as it is, and in the forms that cannot be decoded without knowing what is looked for."""
    if not has_needle(secret):
        return
    data = secret.encode(errors="replace")
    yield Needle(folded(data), _least(data), *_edges(secret))
    yield from _undecodable(data, (data, data.lower(), data.upper()))


def _undecodable(data: bytes, spellings: Sequence[bytes]) -> Iterator[Needle]:
    """Yield a secret reversed, rotated by 13 letters, and in base64 and base32 where every letter case is the same."""
    text, least = folded(data), _least(data)
    yield Needle(text[::-1], least)
    yield Needle(codecs.encode(text.decode(), "rot13").encode(), least)
    for spelled in spellings:
        for skipped in range(3):
            encoded = b64encode(b"\0" * skipped + spelled)
            yield from _inner(encoded, -(-8 * skipped // 6), 8 * (skipped + len(data)) // 6)
        for skipped in range(5):
            encoded = b32encode(b"\0" * skipped + spelled)
            yield from _inner(encoded, -(-8 * skipped // 5), 8 * (skipped + len(data)) // 5)


def _inner(encoded: bytes, start: int, end: int) -> Iterator[Needle]:
    """Yield the characters of an encoded secret that no neighbour of it has a part in."""
    text = folded(encoded[start:end])
    if len(text) > _TELLING:
        yield Needle(text, min(len(text), max(_TELLING, len(text) * 2 // 3)))


def _least(secret: bytes) -> int:
    """Return how much of a secret tells it apart from other text: all of it when it may be made of words."""
    text = folded(secret)
    if text.isdigit():
        telling = _TELLING_DECIMAL
    elif _HEX.fullmatch(text):
        telling = _TELLING_HEX
    else:
        telling = _TELLING
    return min(telling, len(text)) if len(text) >= _LEAST_OF_WORDS and _is_random(secret) else len(text)


def _is_random(secret: bytes) -> bool:
    """Return whether digits, capitals and small letters change places as often as in no text made of words."""
    kinds = _NOT_WORD.sub(b"", secret).translate(_KINDS)
    changes: int = sum(map(ne, kinds, kinds[1:]))
    return 4 * changes >= len(kinds)


def _edges(secret: str) -> tuple[str, str]:
    """Return what a secret has before its first letter or digit, and after its last."""
    inner = _PLAIN.search(secret)
    return ("", "") if inner is None else (secret[: inner.start()], secret[inner.end() :])


def _add(places: Places, needle: Needle, offset: int) -> None:
    piece = needle.text[offset : offset + PIECE]
    held = places.get(piece)
    if held is None:
        places[piece] = [(needle, offset)]
    elif len(held) < _MOST_PLACES:
        held.append((needle, offset))
