"""Edits of a text, as the files of faults have them: a word, or a mapping with one member that says how.

lower, upper, trim          as the words say
first_lower                 the first letter is in lower case
text                        nothing is edited, but a number becomes a text
bytes, utf16                one character for every byte of UTF-8, or unit of UTF-16
number                      spaces around a number, its plus and its zeros go
zeros                       the zeros before a number go
int, float                  what Python's int(), or a parser of floating-point numbers, takes for a whole number is one
digits                      the decimal digits of every script are those of ASCII
compatible                  characters are those that Unicode has as their compatible form (NFKC)
other_end                   the last character is another
first_sentence              what follows the first sentence goes
{set: a}                    another text
{cut: 64}                   what follows so many characters goes
{until: a}                  what follows the first `a` goes, and so does the `a`
{append: a}                 something more at the end
{replace: {a: b}}           every `a` is `b`
{blank: a}                  the text `a`, and no other, is empty
{remove_prefix: a}          the `a` that it begins with goes
{add: 1}                    a number is so much more
"""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING, Final, TypeAlias

from conformance.core.wording import near

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.core.yamlparts import Part

TextEdit: TypeAlias = "Callable[[str], str]"


def read_edit(part: Part) -> TextEdit:
    """Return the edit that a word or a mapping names; raises `BehaviourError` when there is none such."""
    name, value = part.only()
    make = _EDITS.get(name)
    if make is None:
        raise part.fault(f"there is no edit {name!r}", near(name, _EDITS))
    return make(value)


def as_bytes(text: str) -> str:
    """Return a text with one character for every byte that UTF-8 needs."""
    return text.encode().decode("latin-1")


def _as_utf16(text: str) -> str:
    return "".join(character if ord(character) < 1 << 16 else character * 2 for character in text)


def _as_number(text: str) -> str:
    return text.strip().lstrip("+0") or "0"


def _as_int(text: str) -> str:
    with suppress(ValueError):
        return str(int(text))
    return text


def _as_float(text: str) -> str:
    with suppress(ValueError):
        return str(int(text, 16)) if text.startswith("0x") else f"{float(text):g}"
    return text


def _as_ascii_digits(text: str) -> str:
    return "".join(str(unicodedata.decimal(character, character)) for character in text)


def _as_compatible(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def first_lower(text: str) -> str:
    """Return a text whose first letter is in lower case."""
    return text[:1].lower() + text[1:]


def _other_end(text: str) -> str:
    return text[:-1] + ("0" if text[-1] != "0" else "1")


def _first_sentence(text: str) -> str:
    return text.split(". ", maxsplit=1)[0] + "."


def _set(value: Part) -> TextEdit:
    new = value.text()
    return lambda _text: new


def _cut(value: Part) -> TextEdit:
    length = value.whole()
    return lambda text: text[:length]


def _until(value: Part) -> TextEdit:
    end = value.text()
    return lambda text: text.split(end)[0]


def _append(value: Part) -> TextEdit:
    more = value.text()
    return lambda text: text + more


def _replace(value: Part) -> TextEdit:
    old, new = next(iter(value.pairs().items()))
    return lambda text: text.replace(old, new)


def _remove_prefix(value: Part) -> TextEdit:
    prefix = value.text()
    return lambda text: text.removeprefix(prefix)


def _blank(value: Part) -> TextEdit:
    whole = value.text()
    return lambda text: "" if text == whole else text


def _add(value: Part) -> TextEdit:
    more = value.whole()
    return lambda text: str(int(text) + more)


def _word(edit: TextEdit) -> Callable[[Part], TextEdit]:
    return lambda _value: edit


_EDITS: Final[Mapping[str, Callable[[Part], TextEdit]]] = {
    "lower": _word(str.lower),
    "upper": _word(str.upper),
    "trim": _word(str.strip),
    "first_lower": _word(first_lower),
    "text": _word(str),
    "bytes": _word(as_bytes),
    "utf16": _word(_as_utf16),
    "number": _word(_as_number),
    "zeros": _word(lambda text: text.lstrip("0") or "0"),
    "int": _word(_as_int),
    "float": _word(_as_float),
    "digits": _word(_as_ascii_digits),
    "compatible": _word(_as_compatible),
    "other_end": _word(_other_end),
    "first_sentence": _word(_first_sentence),
    "set": _set,
    "cut": _cut,
    "until": _until,
    "append": _append,
    "replace": _replace,
    "blank": _blank,
    "remove_prefix": _remove_prefix,
    "add": _add,
}
