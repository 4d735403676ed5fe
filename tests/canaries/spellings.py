"""The forms in which a hostile server returns a text, and the search for all of them, which knows no redactor."""

from __future__ import annotations

import base64
import codecs
import html
import json
import quopri
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def _hex(text: str, separator: str = "") -> str:
    return separator.join(f"{octet:02x}" for octet in text.encode())


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "capitals": str.upper,
    "small letters": str.lower,
    "other case": str.swapcase,
    "reversed": lambda text: text[::-1],
    "percent": lambda text: quote(text, safe=""),
    "percent, all": lambda text: "".join(f"%{octet:02x}" for octet in text.encode()),
    "percent twice": lambda text: quote("".join(f"%{octet:02X}" for octet in text.encode()), safe=""),
    "percent u": lambda text: "".join(f"%u{ord(each):04x}" for each in text),
    "base64": _base64,
    "base64 after one": lambda text: _base64(f"x{text}yz"),
    "base64 after two": lambda text: _base64(f"xy{text}z"),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base64 in lines": lambda text: "\n".join(_pieces(_base64(text), 8)),
    "base64 of base64": lambda text: _base64(_base64(text)),
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "hex": _hex,
    "hex in capitals": lambda text: _hex(text).upper(),
    "hex with colons": lambda text: _hex(text, ":"),
    "hex with spaces": lambda text: _hex(text, " "),
    "hex with 0x": lambda text: "0x" + _hex(text, ", 0x"),
    "x escapes": lambda text: "\\x" + _hex(text, "\\x"),
    "u escapes": lambda text: "".join(f"\\u{ord(each):04x}" for each in text),
    "u escapes, twice": lambda text: "".join(f"\\\\u{ord(each):04X}" for each in text),
    "HTML": html.escape,
    "HTML, decimal": lambda text: "".join(f"&#{ord(each)};" for each in text),
    "HTML, hexadecimal": lambda text: "".join(f"&#x{ord(each):x};" for each in text),
    "quoted-printable": lambda text: "".join(f"={octet:02X}" for octet in text.encode()),
    "quoted-printable, some": lambda text: quopri.encodestring((text + "=é").encode()).decode(),
    "rotated by 13": lambda text: codecs.encode(text, "rot13"),
    "octal": lambda text: "".join(f"\\{ord(each):03o}" for each in text),
    "split by spaces": " ".join,
    "split by lines": lambda text: "\r\n".join(_pieces(text, 5)),
    "split by commas": lambda text: ",".join(_pieces(text, 3)),
    "split over fields": lambda text: json.dumps({f"f{number}": each for number, each in enumerate(_pieces(text, 6))}),
    "split over elements": lambda text: "".join(f"<b>{each}</b>" for each in _pieces(text, 4)),
    "split by empty elements": "<br/>".join,
    "split by comments": lambda text: "<!-- or -->".join(_pieces(text, 3)),
    "split over CDATA": lambda text: "".join(f"<![CDATA[{each}]]>" for each in _pieces(text, 4)),
    "split over attributes": lambda text: "".join(f'<i n="{each}"/>' for each in text),
    "split by named spaces": "&nbsp;".join,
    "split by soft hyphens": "&#173;".join,
    "split by escaped lines": "\\n".join,
    "split over parameters": lambda text: "&".join(f"p{at}={each}" for at, each in enumerate(_pieces(text, 5))),
    "split over named lines": lambda text: "\n".join(f"f{at}: {each}" for at, each in enumerate(_pieces(text, 5))),
    "split over a list": lambda text: "\n".join(f"{at}. {each}" for at, each in enumerate(_pieces(text, 5))),
    "split over objects": lambda text: json.dumps([{"i": at, "c": each} for at, each in enumerate(text)]),
    "base64 over elements": lambda text: "<br>".join(_pieces(_base64(text), 4)),
    "base64 of u escapes": lambda text: _base64("".join(f"\\u{ord(each):04x}" for each in text)),
    "base64 of elements": lambda text: _base64("<br/>".join(text)),
    "base64 in percent": lambda text: quote(_base64(text), safe=""),
    "base64 of hex": lambda text: _base64(_hex(text)),
    "hex of base64": lambda text: _hex(_base64(text)),
    "hex over elements": lambda text: "<br>".join(_pieces(_hex(text), 4)),
    "HTML twice": lambda text: "".join(f"&amp;#{ord(each)};" for each in text),
    "long U escapes": lambda text: "".join(f"\\U{ord(each):08x}" for each in text),
    "braced u escapes": lambda text: "".join(f"\\u{{{ord(each):x}}}" for each in text),
}
"""By name: what makes the form of a text."""

_UNIT = re.compile(r"\\+(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2}))")
_NOT_WORD = re.compile("[^0-9a-z]+")
_FRAGMENT = 12
"""Letters and digits of a secret, one after another, that are too many wherever they stand."""
_LONG = 16
_LONGEST = 30
"""As many of a form in which each character of a secret takes several."""


class Canaries:
    """Texts that must not appear, and the search for any form of them.

    Args:
        secrets: The texts.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._pieces: dict[int, dict[str, str]] = {_FRAGMENT: {}, _LONG: {}, _LONGEST: {}}
        for secret in secrets:
            self._add(secret)

    def _add(self, secret: str) -> None:
        word = _folded(secret)
        for start in range(len(word) - _FRAGMENT + 1):
            self._pieces[_FRAGMENT][word[start : start + _FRAGMENT]] = f"{secret[:4]}…, plain"
        for name, spelling in SPELLINGS.items():
            written = _folded(spelling(secret))
            size = _LONGEST if len(written) > 3 * len(word) else _LONG
            middle = (len(written) - size) // 2
            if middle >= 0:
                self._pieces[size][written[middle : middle + size]] = f"{secret[:4]}…, {name}"

    def left_in(self, text: str) -> list[str]:
        """Return what a text still has, each named with what was found: `[]` when there is none.

        Half of an encoded form is enough. The text is also searched as it reads once its escapes are resolved, and by
        letters and digits alone, so that it does not matter what splits them.
        """
        found = {}
        for read in dict.fromkeys(map(_folded, _readings(text))):
            for size, pieces in self._pieces.items():
                at = (start for start in range(len(read) - size + 1) if read[start : start + size] in pieces)
                found.update({pieces[read[start : start + size]]: read[start : start + size] for start in at})
        return [f"{name}: {piece}" for name, piece in found.items()]


def _readings(text: str) -> Iterator[str]:
    yield text
    for _ in range(3):
        text = _UNIT.sub(lambda match: chr(int(match[1] or match[2], 16)), html.unescape(unquote(text)))
        yield text


def _folded(text: str) -> str:
    return _NOT_WORD.sub("", text.lower())
