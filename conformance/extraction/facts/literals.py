"""Reading single values: types, literals, lists of literals and of characters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.extraction.plain_text import clean, has_cjk

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.model import Scalar

_TYPES: Final = {
    "string": "string",
    "str": "string",
    "char": "string",
    "date": "string",
    "datetime": "string",
    "file": "string",
    "integer": "integer",
    "int": "integer",
    "int32": "integer",
    "int64": "integer",
    "long": "integer",
    "short": "integer",
    "float": "number",
    "double": "number",
    "number": "number",
    "decimal": "number",
    "boolean": "boolean",
    "bool": "boolean",
    "array": "array",
    "list": "array",
    "repeatlist": "array",
    "object": "object",
    "struct": "object",
    "json": "object",
    "map": "object",
    "any": "object",
}
"""Every spelling of a type that the documents use, and its OpenAPI word."""

_GENERIC = re.compile(r"(?P<outer>\w+)\s*(?:<\s*(?P<of>.+?)\s*>|\s+of\s+(?P<word>\w+?)s?|\[\])?", re.IGNORECASE)

TYPE_WORDS: Final = (
    r"(?:Array|List) of \w+|(?:(?i:string|integer|int|long|float|double|number|boolean|bool|array|list|repeatlist"
    r"|object|struct|json|map))(?:<[\w<>, ]+>)?"
)
"""A pattern of a type between spaces in a flat row."""

LITERAL: Final = r"[A-Za-z0-9_][A-Za-z0-9_./+-]*"
"""A pattern of a literal value as documents write it in prose: no spaces, no quotes, no Chinese."""

TITLE_WORDS: Final = (
    r"(?:notes?|examples?|format|unit|range|length|description|type|name|values?|key|default|remarks|important|warning)"
)
"""Words before a colon that head something about the parameter, and are hardly ever values; of any case."""

ITEM: Final = re.compile(rf"[\"']?(?P<value>-?{LITERAL})[\"']?\s*(?P<aside>(?:\([^()]*\)\s*)*)\.?", re.ASCII)
"""A value alone, with or without words in brackets beside it."""

_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)")


NAMED: Final = "named"
"""The items of `Array of Disk`: structures, or ids under that name; the cell does not say which."""


class TypeWord(Struct, frozen=True):
    """A type and, for an array, the type of its items where the document says it; `NAMED` where it says a name."""

    name: str
    item: str | None = None


def parse_type(text: str) -> TypeWord | None:
    """Read the cell of a type: `String`, `Array of String`, `integer<int32>`, `array<object>`; `None` if unknown."""
    match = _GENERIC.fullmatch(clean(text).strip(". "))
    if match is None:
        return None
    name = _TYPES.get(match["outer"].lower())
    if name is None:
        return None
    if text.rstrip().endswith("[]"):
        return TypeWord("array", name)
    inner = match["of"] or match["word"]
    if name != "array" or inner is None:
        return TypeWord(name)
    item = parse_type(inner)
    return TypeWord(name, item.name if item is not None else NAMED)


def parse_int(text: str) -> int | None:
    """Read a whole number; `86,400` is one number (reading rule 6)."""
    match = _NUMBER.fullmatch(text.strip())
    return int(match[0].replace(",", "")) if match and len(match[0]) < 20 else None  # noqa: PLR2004 - 64 bits have 19


def coerce(text: str, kind: str) -> Scalar | None:
    """Read a literal as a value of the type `kind`; `None` when it is none."""
    word = text.strip()
    if kind == "integer":
        return parse_int(word)
    if kind == "boolean":
        return {"true": True, "false": False}.get(word.lower())
    if kind == "number":
        return float(word) if re.fullmatch(r"-?\d{1,15}(?:\.\d{1,15})?", word) else None
    return word or None


_QUOTED = re.compile(r"[\"'“”‘’](?P<sign>[^\w\s])[\"'“”‘’]|[\"'“”‘’](?P<word>_)[\"'“”‘’]")
_ITEM_PARENS = re.compile(r"\((?P<inner>[^()]*)\)")
_GLUED_ITEM = re.compile(r"\)(?=[^(),;、。]{1,24}\()")
"""The end of one item before another with brackets of its own: `periods (.) underscores (_)`."""


def characters(
    text: str, words: Mapping[str, tuple[str, ...]], separators: re.Pattern[str], noise: re.Pattern[str]
) -> tuple[str, ...] | None:
    """Read a list of allowed characters into sorted classes and literal characters.

    Args:
        text: The list, e.g. "lowercase letters, digits, and hyphens (-)".
        words: The language's names of classes and characters.
        separators: What separates items.
        noise: What may surround a name and means nothing ("a", "the").

    Returns:
        The sorted tuple; `None` when an item is not known, since a list that misses one promises too little.
    """
    found: set[str] = set()
    for item in parted(text, separators):
        named = _character(item, words, noise)
        if named is None:
            return None
        found.update(named)
    if {"lower", "upper"} <= found:
        found = found - {"lower", "upper"} | {"letter"}
    if "letter" in found:
        found -= {"lower", "upper"}
    return tuple(sorted(found)) or None


def parted(text: str, separators: re.Pattern[str]) -> list[str]:
    """Return the items of a list of characters; what is in brackets is hidden, which `characters` undoes."""
    # A separator may be inside parentheses as the literal itself: "commas (,)".
    held = _GLUED_ITEM.sub("),", _ITEM_PARENS.sub(lambda match: f"({_hide(match['inner'])})", text))
    return [item for part in separators.split(held) if (item := part.strip(" ,、."))]


def _hide(inner: str) -> str:
    return "".join(chr(0xE000 + ord(character)) if ord(character) < 0x80 else character for character in inner)  # noqa: PLR2004


def _show(inner: str) -> str:
    return "".join(
        chr(ord(character) - 0xE000) if 0xE000 <= ord(character) < 0xE080 else character  # noqa: PLR2004
        for character in inner
    )


def _character(item: str, words: Mapping[str, tuple[str, ...]], noise: re.Pattern[str]) -> tuple[str, ...] | None:
    parens = _ITEM_PARENS.search(item)
    if parens:
        shown = _show(parens["inner"]).strip()
        literals = tuple(sign for sign in shown if not sign.isspace())
        if literals and all(not sign.isalnum() and not has_cjk(sign) for sign in literals):
            return literals
    quoted = _QUOTED.fullmatch(noise.sub("", item).strip())
    if quoted:
        return (quoted["sign"] or quoted["word"],)
    name = noise.sub("", _ITEM_PARENS.sub("", item)).strip().lower()
    if name in words:
        return words[name]
    if len(name) == 1 and not name.isalnum() and not has_cjk(name):
        return (name,)
    return None
