"""Sentences for people, in the language of the reader.

A sentence is written in English where it is used. The catalogue of another language is a file of `catalogues/`, named
by the code of the language, in the format of gettext; what it lacks stays English. `tools/catalogues.py` finds the
sentences of the package and keeps the catalogues up with them.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import orjson
from msgspec import Struct

from conformance.core.cache import NO_CACHE, Cache
from conformance.core.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")
_FOLDER: Final = Path(__file__).with_name("catalogues")


class Sentence(Struct, frozen=True):
    """A sentence that is in no language yet.

    Attributes:
        text: The English sentence; names in braces are places for values, as `str.format` has them.
        values: The values, by name.
        plural: The English sentence for other numbers than one; `None` where the number does not matter.
        number: The number that decides between the two.
    """

    text: str
    values: Mapping[str, object] = {}
    plural: str | None = None
    number: int = 1

    def template(self, language: str) -> str:
        """Return the sentence in a language, its places still open."""
        catalogue = catalogue_of(language)
        if self.plural is None:
            return catalogue.get(self.text, self.text)
        other = catalogue.get(self.text)
        return other if other is not None else (self.text if self.number == 1 else self.plural)

    def in_language(self, language: str) -> str:
        """Return the sentence in a language; values that are sentences themselves are put into it, too."""
        values = {
            name: value.in_language(language) if isinstance(value, Sentence) else value
            for name, value in self.values.items()
        }
        return put_together(self.template(language), values, language)


_BEGIN: Final = "\ue000"
_END: Final = "\ue001"
"""Marks around a value while a sentence is put together."""
_BESIDE: Final = lazy_pattern(f"(?<=(.)) {_BEGIN}(?={_BEGIN}*(.))|(?<=(.)){_END} (?=(.))")
"""A space between a value and what is beside it."""
_TOUCHING: Final = lazy_pattern(f"(?<=(.)){_BEGIN}+(?=[A-Za-z0-9-])|(?<=[A-Za-z0-9-]){_END}+(?=(.))")
"""Where a value and what is beside it touch, one of them in Latin letters."""


_NAME: Final = r"""(?:[^ ,"'{}\[\]()<>]|\[\])+"""
_NAMES: Final = lazy_pattern(rf"{_NAME}(?:, {_NAME})+")
"""A list of names alone."""
_WESTERN: Final = lazy_pattern("[!-~ ]+")


def put_together(template: str, values: Mapping[str, object], language: str) -> str:
    """Return a sentence of its template and its values, as the writing of its language joins the two.

    Args:
        template: The sentence, its places open.
        values: What is in its places; texts of a page are escaped.
        language: The language.
    """
    if not values or not catalogue_of(language):
        return template.format(**values)
    return _spaced(template.format(**{name: f"{_BEGIN}{_enumerated(value)}{_END}" for name, value in values.items()}))


def _enumerated(value: object) -> str:
    """Return a value as a text; names stand in a list as its language has them."""
    text = str(value)
    return text.replace(", ", "、") if ", " in text and _WESTERN.match(text) and _NAMES.fullmatch(text) else text


def _spaced(text: str) -> str:
    """Return a text whose values are marked, with the spaces around them that its writing has.

    There is no space between two Chinese characters, and one between Chinese and Latin ones.
    """
    text = _BESIDE.sub(lambda found: "" if _are_wide(found) else found[0], text)
    text = _TOUCHING.sub(lambda found: " " if _are_wide(found) else found[0], text)
    return text.replace(_BEGIN, "").replace(_END, "")


def _are_wide(found: re.Match[str]) -> bool:
    """Whether the characters beside what was found are Chinese; to compile a class of them would take long."""
    return all("\u3400" <= each <= "\u9fff" for each in found.groups() if each is not None)


def sentence(text: str, /, **values: object) -> Sentence:
    """Return a sentence with its values."""
    return Sentence(text, values)


def counted_sentence(one: str, many: str, count: int, /, **values: object) -> Sentence:
    """Return a sentence about a number of things; its place `{count}` has the number."""
    return Sentence(one, {"count": count, **values}, many, count)


class _Kept:
    """Where catalogues are kept once they were read."""

    cache: Cache = NO_CACHE


def keep_in(cache_: Cache) -> None:
    """Keep catalogues, read, in a cache: reading one takes a tenth of a second."""
    _Kept.cache = cache_


def made_once(name: str, sources: Sequence[Path], make: Callable[[], T]) -> T:
    """Return what is made of files, which is kept as JSON where catalogues are.

    Args:
        name: What it is.
        sources: The files that it is made of.
        make: Makes it.
    """
    if not _Kept.cache.active:
        return make()
    key = sha256(f"{name} {_Kept.cache.digest_of(sources)}".encode()).hexdigest()
    kept = _Kept.cache.get(key)
    if kept is not None:
        loaded: T = orjson.loads(kept)
        return loaded
    made = make()
    _Kept.cache.put(key, orjson.dumps(made))
    return made


@cache
def catalogue_of(language: str) -> Mapping[str, str]:
    """Return the sentences of a language by the English ones; empty for English, and for one that has no catalogue.

    Both numbers of a sentence are there, with the form for several things: the languages that there are catalogues of
    have one form.
    """
    source = _FOLDER / f"{language}.po"
    if not source.is_file():
        return {}
    return made_once("catalogue 3", [source], lambda: _read(source.read_bytes()))


def catalogue_files() -> list[Path]:
    """Return the files of all catalogues."""
    return sorted(_FOLDER.glob("*.po"))


@cache
def known_texts() -> frozenset[str]:
    """Return every English text that some catalogue has, in one number and in the other."""
    return frozenset().union(*(catalogue_of(file.stem) for file in catalogue_files()))


def _read(raw: bytes) -> dict[str, str]:
    from babel.messages.pofile import read_po  # noqa: PLC0415 - only when a catalogue is read for the first time

    found = {}
    for entry in read_po(BytesIO(raw)):
        # With a plural both are a sequence.
        identifier, translated = _first(entry.id), _first(entry.string)
        if identifier and translated and not entry.fuzzy:
            found[identifier] = translated
            if not isinstance(entry.id, str):
                found[entry.id[-1]] = translated
    return found


def _first(text: str | Sequence[str] | None) -> str:
    return text if isinstance(text, str) else (text or ("",))[0]


class _Reader:
    """Who reads what this process says."""

    language = ""


def speak(language: str) -> None:
    """Have this process say everything in a language, by its code in the registry of languages."""
    _Reader.language = language


def reader_language() -> str:
    """Return the code of the language of this process; empty while none was chosen, which is English."""
    return _Reader.language


def translates() -> bool:
    """Whether this process speaks another language than the source, and has a catalogue of it."""
    return bool(catalogue_of(_Reader.language))
