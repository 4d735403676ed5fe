"""Normalising the text of a document (reading rule 1) and cutting it into sentences."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

CJK: Final = "\u3001-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Chinese characters and punctuation, as the inside of a character class."""

_AROUND_CJK = re.compile(rf"(?<=[{CJK}])[ \t]+|[ \t]+(?=[{CJK}])")
_SPACES = re.compile(r"\s+")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff]")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_BOLD = re.compile(r"(?<!\*)\*\*(?=[^\s*])([^*\n]+?)\*\*(?!\*)|(?<![\w\\])__(?=\S)([^_\n]+?)__(?!\w)")
_CODE = re.compile(r"`+([^`\n]+?)`+")
_LINK = re.compile(r"!?\[([^\[\]\n]*)\]\((?:[^()\n]|\([^()\n]*\))*\)")
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>")
_SLANTED_DATE = re.compile(r"(?:<(?:i|em)>|(?<!\*)\*)(?P<part>[yYMdDHhmsS:.-]{2,24})(?:</(?:i|em)>|\*(?!\*))")
"""A part of the pattern of a date in italics, with the `T` between them upright: nothing is between the two."""
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_GLUE = re.compile(r"(?<=[A-Za-z0-9,.;:])\x00(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])\x00(?=[A-Za-z0-9])")

_CJK_CHARACTER = re.compile("[\u3400-\u9fff]")
_REMEMBERED: Final = 4096
"""The pages of one product say the same of a parameter again and again."""

_SENTENCE_EN = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'(\[])")
_SENTENCE_ZH = re.compile(r"(?<=[。!?;])(?!\))\s*")


def has_cjk(text: str) -> bool:
    """Whether the text holds a Chinese character."""
    return _CJK_CHARACTER.search(text) is not None


def unescape(text: str) -> str:
    r"""Undo the backslashes of Markdown: `\_` becomes `_` (reading rule 1)."""
    return _ESCAPE.sub(r"\1", text)


@lru_cache(_REMEMBERED)
def strip_markup(text: str) -> str:
    """Return the visible text of a piece of Markdown: no emphasis, code marks, links or tags.

    A mark between two letters becomes a space, since documents write `from**1**to` for "from 1 to". A mask (`****`) is
    no emphasis (reading rule 1).
    """
    # An escaped star belongs to a mask: it must not meet the pattern of emphasis.
    held = text.replace("\\*", "\x01").replace("\\`", "\x02").replace("\\_", "\x03")
    held = _LINK.sub(r"\1", _SLANTED_DATE.sub(r"\g<part>", held))
    held = _CODE.sub("\x00\\1\x00", held)
    held = _BOLD.sub(lambda match: f"\x00{match[1] or match[2]}\x00", held)
    held = _TAG.sub(" ", _BREAK.sub(" ", held))
    held = html.unescape(_GLUE.sub(" ", held).replace("\x00", ""))
    return unescape(held.replace("\x01", "*").replace("\x02", "`").replace("\x03", "_"))


def marked(text: str) -> tuple[str, ...]:
    """Return what a piece of Markdown sets in bold or as code, cleaned, in order."""
    pieces = sorted((match.start(), match[0]) for pattern in (_BOLD, _CODE) for match in pattern.finditer(text))
    return tuple(clean(strip_markup(piece)) for _, piece in pieces)


@lru_cache(_REMEMBERED)
def clean(text: str) -> str:
    """Normalise text without markup for the phrases: NFKC, single spaces, none around Chinese characters."""
    folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text.replace("\\_", "_").replace("\\:", ":")))
    return _AROUND_CJK.sub("", _SPACES.sub(" ", folded)).strip()


@lru_cache(_REMEMBERED)
def sentences(text: str) -> tuple[str, ...]:
    """Cut clean text into sentences, in either language; a Chinese semicolon ends a sentence too."""
    pattern = _SENTENCE_ZH if has_cjk(text) else _SENTENCE_EN
    return tuple(piece for piece in (part.strip() for part in pattern.split(text)) if piece)


def english_sentences(text: str) -> tuple[str, ...]:
    """Cut a raw English text into sentences whose texts are untouched except for the spaces between them."""
    return tuple(piece for piece in re.split(r"(?<=[.!?])\s+", text.strip()) if piece)


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each line with its number, counted from 1; only line feeds count, as editors count them."""
    yield from enumerate(text.replace("\r\n", "\n").split("\n"), start=1)
