"""The decoded forms of a text, each with where its characters came from. Time and memory are linear in the text.

A view has one byte for each character of the text, so that work on it is done by C code. Where a byte came from is
worked out only when something was found.
"""

from __future__ import annotations

from array import array
from binascii import a2b_base64, unhexlify
from functools import cache, cached_property
from html.entities import html5
from itertools import compress
from string import ascii_letters, digits, hexdigits
from typing import TYPE_CHECKING, Final

from conformance.core.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator

_DECODINGS: Final = 3
"""How often a text is decoded again after base64 or hexadecimal digits."""
_UNESCAPINGS: Final = 4
"""How often escapes within escapes are resolved."""
_LEAST_DECODED: Final = 8

_ALL: Final = bytes(range(256))
_BASE64: Final = f"{ascii_letters}{digits}+/-_".encode()
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_ESCAPE: Final = lazy_pattern(
    rb"%(?:25)*(?:(?P<octet>[0-9A-Fa-f]{2})|u(?P<wide>[0-9A-Fa-f]{4}))"
    rb"|(?<!\\)\\++(?:u(?P<unit>[0-9A-Fa-f]{4})|U(?P<long>[0-9A-Fa-f]{8})|u\{0*+(?P<point>[0-9A-Fa-f]{1,6})\}|[xX](?P<hex>[0-9A-Fa-f]{2})"
    rb"|(?P<octal>[0-7]{3})|(?P<space>[nrtbfv]))"
    rb"|&(?:amp;)*(?:\#0*+(?P<number>[0-9]{1,7})|\#[xX]0*+(?P<digits>[0-9A-Fa-f]{1,6})"
    rb"|(?P<name>[A-Za-z][0-9A-Za-z]{1,31}));?"
)
_BASES: Final = {"number": 10, "octal": 8}
_QUOTED: Final = lazy_pattern(rb"=(?:\r?\n|(?P<octet>[0-9A-Fa-f]{2}))")
_MARKUP: Final = lazy_pattern(
    rb"\\{0,16}\"[^\"\\]{0,128}\\{0,16}\"\s{0,16}:(?:\s{0,16}[0-9]{1,9}(?=\s{0,16}[,}]))?"
    rb"|<!\[CDATA\[|\]\]>|<(?!!\[)/?[A-Za-z!?][^<>]{0,256}>"
)
_LABEL: Final = lazy_pattern(
    rb"(?<![0-9A-Za-z+/_.\[\]-])(?:[A-Za-z_][0-9A-Za-z_.\[\]-]{0,64}[\"']?[ \t]?[=:]|[0-9]{1,4}[.):])(?!=)"
    rb"|</?[A-Za-z][0-9A-Za-z_.:-]{0,64}(?=[\s/>])"
)
"""The name of a parameter, a header, an element or an attribute, or the number of an entry."""
_LEAST_LABELS: Final = 2
_PREFIX: Final = lazy_pattern(rb"0[xX](?=[0-9A-Fa-f]{2})")
_DECIMAL: Final = lazy_pattern(rb"(?<![0-9])(?P<number>[0-9]{2,3})(?![0-9])[,;\s]{0,8}")
_DECIMALS: Final = lazy_pattern(rb"(?:(?<![0-9])[0-9]{2,3}[,;\s]{1,8}){8}")
_QUOTED_TEXT: Final = lazy_pattern(rb"=\r?\n|(?:=[0-9A-Fa-f]{2}[^=]{0,8}){3}")
_PRINTABLE: Final = bytes([9, 10, 13, *range(0x20, 0x7F)])
_BETWEEN: Final = b"\0\xe2\x80\xef\xbb\xbf" + bytes(range(0x8B, 0x90))
"""What may be between the characters of a text in UTF-16, or of one that is split by characters of no width."""
_AS_TEXT: Final = bytes(ord("a") if octet in _PRINTABLE else ord("\n") for octet in range(256))
_AS_WIDE_TEXT: Final = b"a" + _AS_TEXT[1:]
_TEXT: Final = b"a" * 10
_LEAST_ENCODED: Final = 13
"""Characters that the shortest text of ten bytes has in base64, 6 bits each, or in hexadecimal digits."""
_READABLE: Final = lazy_pattern(rb"(?:[\t\n\r\x20-\x7e]\x00?){12,}")
_LEAST_READABLE: Final = b"a" * 12


class TextView:
    """The characters of a text, each as one byte.

    Args:
        data: The bytes.
    """

    def __init__(self, data: bytes) -> None:
        self.data: Final = data

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Return from which characters of the text some bytes came: the first, and the one after the last."""
        return start, end

    def beginning(self, length: int) -> TextView:
        """Return the view without what is beyond a number of characters."""
        return self if len(self.data) <= length else _Decoded(self, self.data[:length], 0, 8)


class _Set:
    """The bytes that a filter keeps, and what it makes of capital letters."""

    def __init__(self, kept: bytes, *, fold: bool = False) -> None:
        self.table: Final = _ALL.lower() if fold else _ALL
        self.removed: Final = bytes(set(_ALL) - set(kept))
        self.flags: Final = bytes(int(octet in kept) for octet in _ALL)


_WORDS: Final = _Set(f"{ascii_letters}{digits}".encode(), fold=True)
_DIGITS: Final = _Set(hexdigits.encode())
_SEXTETS: Final = _Set(_BASE64)
_UNSPLIT: Final = _Set(f"{ascii_letters}{digits}%\\&#;=+/<>-_".encode())
_TORN: Final = lazy_pattern(rb"<[^0-9A-Za-z/!?]")
"""The beginning of an element that something splits."""
_MANY: Final = 8
"""Escapes that something may split; fewer leave enough of a secret together."""


class _Derived(TextView):
    def __init__(self, parent: TextView, data: bytes) -> None:
        super().__init__(data)
        self._parent: Final = parent


class _Filtered(_Derived):
    """Only the bytes of a set."""

    def __init__(self, parent: TextView, kept: _Set) -> None:
        super().__init__(parent, parent.data.translate(kept.table, kept.removed))
        self._kept: Final = kept

    @cached_property
    def _positions(self) -> array[int]:
        data = self._parent.data
        return array("I", compress(range(len(data)), data.translate(self._kept.flags)))

    def source(self, start: int, end: int) -> tuple[int, int]:
        return self._parent.source(self._positions[start], self._positions[end - 1] + 1)


class _Substituted(_Derived):
    """With what a pattern finds replaced."""

    def __init__(
        self, parent: TextView, pattern: re.Pattern[bytes], replacement: Callable[[re.Match[bytes]], bytes]
    ) -> None:
        super().__init__(parent, pattern.sub(replacement, parent.data))
        self._pattern: Final = pattern
        self._replacement: Final = replacement

    @cached_property
    def _positions(self) -> tuple[array[int], array[int]]:
        """Where each byte begins and ends in the parent."""
        starts, ends, done = array("I"), array("I"), 0
        for match in self._pattern.finditer(self._parent.data):
            start, end = match.span()
            made = self._replacement(match)
            if made == match[0]:
                continue  # nothing was replaced
            starts.extend(range(done, start))
            ends.extend(range(done + 1, start + 1))
            starts.extend([start] * len(made))
            ends.extend([end] * len(made))
            done = end
        starts.extend(range(done, len(self._parent.data)))
        ends.extend(range(done + 1, len(self._parent.data) + 1))
        return starts, ends

    def source(self, start: int, end: int) -> tuple[int, int]:
        starts, ends = self._positions
        return self._parent.source(starts[start], ends[end - 1])


class _Unlabelled(_Substituted):
    """Without the names of parameters and the like. Most texts have some, so it is decoded again only once."""


class _Readable(_Derived):
    """Only the longer runs of what may be text."""

    def __init__(self, parent: TextView) -> None:
        super().__init__(parent, b"".join(parent.data[start:end] for start, end in _readable(parent.data)))

    @cached_property
    def _positions(self) -> array[int]:
        positions = array("I")
        for start, end in _readable(self._parent.data):
            positions.extend(range(start, end))
        return positions

    def source(self, start: int, end: int) -> tuple[int, int]:
        return self._parent.source(self._positions[start], self._positions[end - 1] + 1)


class _Decoded(_Derived):
    """Bytes of which each was written with a fixed number of bits a character."""

    def __init__(self, parent: TextView, data: bytes, skipped: int, bits: int) -> None:
        super().__init__(parent, data)
        self._skipped: Final = skipped
        self._bits: Final = bits

    def source(self, start: int, end: int) -> tuple[int, int]:
        return self._parent.source(self._skipped + start * 8 // self._bits, self._skipped - (-end * 8 // self._bits))


def words(view: TextView) -> TextView:
    """Return the letters and digits of a view alone, all letters small: what splits or decorates a secret is gone."""
    return _Filtered(view, _WORDS)


def views(text: str, budget: int) -> Iterator[TextView]:
    """Yield a text, and all that it may say once it is decoded; `budget` is how much of that is decoded again."""
    whole = TextView(text.encode("latin-1", "replace"))
    yield whole
    seen = _Seen()
    seen.add(whole)
    waiting: list[tuple[TextView, int, int]] = [(whole, 0, 0)]
    for view, decodings, unescapings in waiting:  # grows meanwhile
        further: list[tuple[TextView, int, int]] = []
        if unescapings < _UNESCAPINGS:
            for unescaped in _unescaped(view):
                if unescaped.data != view.data and unescaped not in seen:
                    yield unescaped
                    last = isinstance(unescaped, _Unlabelled)
                    further.append((unescaped, max(decodings, (_DECODINGS - 1) * last), unescapings + 1 + last))
        if decodings < _DECODINGS:
            for decoded in _decoded(view):
                yield decoded
                further.append((_Readable(decoded), decodings + 1, 0))
        for each in further:
            again = each[0].beginning(budget)
            if len(again.data) >= _LEAST_DECODED and again not in seen:
                budget -= len(again.data)
                seen.add(again)
                waiting.append((again, *each[1:]))


class _Seen:
    """The views there have been. A text may say the same twice: of each place it is a view of its own."""

    def __init__(self) -> None:
        self._views: Final[dict[bytes, list[TextView]]] = {}

    def add(self, view: TextView) -> None:
        self._views.setdefault(view.data, []).append(view)

    def __contains__(self, view: TextView) -> bool:
        alike = self._views.get(view.data)
        if not alike or not view.data:
            return alike is not None
        place = view.source(0, len(view.data))
        return any(each.source(0, len(view.data)) == place for each in alike)


def _unescaped(view: TextView) -> Iterator[TextView]:
    data = view.data
    escapes = data.count(b"%") + data.count(b"\\") + data.count(b"&")
    if escapes >= _MANY or _TORN.search(data):
        yield _Filtered(view, _UNSPLIT)
    if escapes:
        yield _Substituted(view, _ESCAPE, _character)
    if b"=" in data and _QUOTED_TEXT.search(data):
        yield _Substituted(view, _QUOTED, _character)
    if b'":' in data or (b"<" in data and b">" in data):
        yield _Substituted(view, _MARKUP, _nothing)
    if data.count(b"=") + data.count(b":") + data.count(b". ") + data.count(b")") >= _LEAST_LABELS:
        yield _Unlabelled(view, _LABEL, _nothing)
    if _DECIMALS.search(data):
        yield _Substituted(view, _DECIMAL, _character)


def _decoded(view: TextView) -> Iterator[TextView]:
    """Return what base64 and hexadecimal digits in a view may stand for, wherever they begin, if it is text."""
    data = view.data
    if len(data) < _LEAST_ENCODED:
        return iter(())
    hexadecimal = _Filtered(_Substituted(view, _PREFIX, _nothing) if b"0x" in data or b"0X" in data else view, _DIGITS)
    sextets = _Filtered(view, _SEXTETS)
    standard = sextets.data.translate(_STANDARD)
    found = [(hexadecimal, _of_hexadecimal(hexadecimal.data, skipped), skipped, 4) for skipped in range(2)]
    found += [(sextets, _of_base64(standard, skipped), skipped, 6) for skipped in range(4)]
    return (_Decoded(*each) for each in found if _TEXT in each[1].translate(_AS_TEXT, _BETWEEN))


def _readable(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield where in some bytes the longer runs of what may be text are."""
    flat = data.translate(_AS_WIDE_TEXT)  # most bytes are no text, and are passed over by C code
    at = flat.find(_LEAST_READABLE)
    while at >= 0:
        end = flat.find(b"\n", at)
        end = len(data) if end < 0 else end
        yield from (match.span() for match in _READABLE.finditer(data, at, end))
        at = flat.find(_LEAST_READABLE, end)


def _of_hexadecimal(written: bytes, skipped: int) -> bytes:
    return unhexlify(written[skipped : len(written) - (len(written) - skipped) % 2])


def _of_base64(written: bytes, skipped: int) -> bytes:
    rest = (len(written) - skipped) % 4
    padding = (b"", b"", b"==", b"=")[rest]
    return a2b_base64(written[skipped : len(written) - (rest == 1)] + padding)


def _nothing(_match: re.Match[bytes]) -> bytes:
    return b""


@cache
def _named() -> dict[bytes, bytes]:
    """Return what HTML has names for: two thousand, which hardly any answer needs."""
    return {name.rstrip(";").encode(): meant.encode("ascii", "replace") for name, meant in html5.items()}


def _character(match: re.Match[bytes]) -> bytes:
    """Return what an escape stands for; `?` for what no secret has."""
    kind = match.lastgroup
    if kind is None or kind == "space":
        return b" "
    written = match[kind]
    if kind == "name":
        return _named().get(written, match[0])
    code = int(written, _BASES.get(kind, 16))
    return bytes([code]) if code < len(_ALL) else b"?"
