"""The sentence that an English text was made of, so that it can be said in another language.

Messages of faults, reasons and notes are English texts when they are made, and reports keep them so. The catalogues
have the templates of all of them, as `tools/source_texts.py` finds them in the source. Here the template of a finished
text is found again, and what stood in its places. A text that no template fits stays as it is.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.core.lazy_patterns import lazy_pattern
from conformance.core.sentences.sentence import (
    Sentence,
    catalogue_files,
    known_texts,
    made_once,
    reader_language,
    sentence,
    translates,
)
from conformance.core.sentences.widths import columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LONGEST: Final = 2_000
"""Characters of a text that is looked at: what is longer is no message, but what a server sent."""
_FEW: Final = 10
"""Letters that a template has at the least when what is in its places may have more than a list of names."""
_MOST_WORDS: Final = 2
"""Words of a value that a text may begin with."""
_PLACE: Final = lazy_pattern(r"\{\w+\}")
_TOKEN: Final = lazy_pattern(r"(\{\{|\}\}|\{\w+\})")
"""What `str.format` reads in a template: a brace that is written twice, or a place."""
_BRACES: Final = 2
_ALIKE: Final = bytes.maketrans(b"123456789", b"000000000")
"""Makes texts equal that differ in digits alone."""
_WORD: Final = lazy_pattern(r"[A-Za-z]{2,}")
_ANY: Final = ""
"""Stands for the word of a template that has no whole word beside its places."""
_APART: Final = str.maketrans(dict.fromkeys(":;,.()", " "))
"""What may be beside a word."""
_BETWEEN: Final = lazy_pattern(r"(: |; |\. |, when |, )")
_MORE: Final = lazy_pattern(r"(?P<names>.+?) (?P<more>and [0-9]+ (?:more|other).*)")
_NOTHING: Final = sentence("nothing")
_OF_ONE_WORD: Final = {each.text: each for each in (_NOTHING, sentence("success"))}
"""Values of one word that are no names."""
_NUMBERS: Final = frozenset({"count", "total", "selected", "reached", "documented"})
"""Places that numbers stand in."""
_NEED: Final = lazy_pattern(r"\S+ is \S+(?: or \S+)*")
"""One part of a condition, as `conformance.contract.condition_text` writes it."""
_FEWEST: Final = 4
"""Letters of a template that can be recognised at all."""
_FEW_AFTER: Final = 5
"""The same, when the template begins with a word."""
_WHEN: Final = ", when "
_FEW_WORDS: Final = 6
_MOST_PARTS: Final = 8
"""Parts of a text that are looked at: of more, trying them all would take long."""
_LIST: Final = {" and ": sentence("{one} and {other}"), " or ": sentence("{one} or {other}")}
_JOINED: Final = {
    ": ": sentence("{before}: {rest}"),
    "; ": sentence("{before}; {rest}"),
    ". ": sentence("{before}. {rest}"),
    ", ": sentence("{before}, {rest}"),
    ", when ": sentence("{before}, when {rest}"),
}
_CELLS: Final = lazy_pattern(r"( {2,}|^\| | \| | \|$|(?<=^right) )")
"""What is between the cells of a row. The longest name of a side in a comparison is one space from its text."""
_QUOTED: Final = lazy_pattern(r'"[^"]*"')
_LISTED: Final = lazy_pattern(", | and | or ")
_SPACE: Final = lazy_pattern(r"\s*")
_INDENT: Final = lazy_pattern(r"\s*(?:[-#*]+ )?")


class _Template(Struct, frozen=True, order=True):
    """A template, cut at its places.

    Attributes:
        order: Where it is tried among others: those with most letters beside their places come first.
        text: The template.
        literals: What is between places, one more than there are places.
        names: The names of the places.
        longest: The longest literal: a text without it does not fit.
    """

    order: int
    text: str
    literals: tuple[str, ...]
    names: tuple[str, ...]
    longest: str

    @property
    def letters(self) -> int:
        """How many letters it has beside its places."""
        return -self.order


def in_reader_language(text: str) -> str:
    """Return an English text in the language of this process, line by line; what is not recognised stays English."""
    if not translates():
        return text
    return "\n".join(_line_in(line, reader_language()) for line in text.split("\n"))


def recognised(text: str) -> Sentence | None:
    """Return the sentence that a text of one line was made of, its values recognised, too; `None` for none."""
    try:
        return _recognised(text) if len(text) <= _LONGEST else None
    except RecursionError:  # so many parts inside of each other has no message
        return None


def _line_in(line: str, language: str) -> str:
    for pattern in (_SPACE, _INDENT):
        start = pattern.match(line).end()  # type: ignore[union-attr]  # both match nothing, too
        body = line[start:].rstrip()
        found = recognised(body) if body else None
        if found is not None:
            return line[:start] + found.in_language(language)
    return line[:start] + _cells_in(body, language)


def _cells_in(text: str, language: str) -> str:
    """Return the cells of a row in a language; those that are set apart by spaces begin where they began."""
    parts = _CELLS.split(text)
    lacking = 0
    for place in range(0, len(parts), 2):
        if place and not parts[place - 1].strip(" "):
            parts[place - 1] += " " * lacking
        lacking = 0
        found = recognised(parts[place])
        if found is not None:
            said = found.in_language(language)
            lacking = max(0, columns(parts[place]) - columns(said))
            parts[place] = said
    return "".join(parts)


@lru_cache(maxsize=4096)
def _recognised(text: str) -> Sentence | None:
    if _fits_nothing(_zeroed(text)):
        exact = _exact_of(text)
        return Sentence(exact) if exact is not None else None
    return _with_hint(text, known=True) or _fitting(text) or _with_hint(text, known=False) or _in_parts(text)


def _fitting(text: str) -> Sentence | None:
    """Return the sentence of the template with most letters that a whole text fits."""
    exact = _exact_of(text)
    if exact is not None:
        return Sentence(exact)
    for template in _candidates(_zeroed(text)):
        values = _values(template, text)
        if values is None:
            continue
        said = list(map(_value, values))
        if not _may_have(template, said):
            continue
        # A text that begins with words of somebody else only happens to go on like a template.
        if template.literals[0] or isinstance(said[0], Sentence) or _is_short(values[0]) or not _is_prose(values[0]):
            return Sentence(template.text, dict(zip(template.names, said, strict=True)))
    return None


def _zeroed(text: str) -> str:
    """Return a text with each digit of it a zero: many texts differ in a number alone, and then fit the same."""
    # Of a text itself, `translate` would look up each character.
    return text.encode("utf-8", "surrogatepass").translate(_ALIKE).decode("utf-8", "surrogatepass")


@lru_cache(maxsize=4096)
def _fits_nothing(zeroed: str) -> bool:
    """Whether a text, whatever its digits are, is no template with values, has no hint, and is not of several parts."""
    return not zeroed.endswith(")") and not _has_parts(zeroed) and not _candidates(zeroed)


@lru_cache(maxsize=4096)
def _candidates(zeroed: str) -> Sequence[_Template]:
    """Return the templates that a text may fit, whatever its digits are."""
    words = {_ANY, *_WORD.findall(zeroed)} & _by_word().keys()
    return sorted({found for word in words for found in _of_word(word) if _may_fit(found, zeroed)})


def _may_fit(template: _Template, zeroed: str) -> bool:
    first, last = _zeroed(template.literals[0]), _zeroed(template.literals[-1])
    return zeroed.startswith(first) and zeroed.endswith(last) and _zeroed(template.longest) in zeroed


def _values(template: _Template, text: str) -> list[str] | None:
    """Return what is in the places of a template, or `None` where a text does not fit."""
    first, *rest = template.literals
    if not text.startswith(first):
        return None
    found, start = [], len(first)
    for literal in rest[:-1]:
        place = text.find(literal, start)
        if place < 0:
            return None
        found.append(text[start:place])
        start = place + len(literal)
    end = len(text) - len(rest[-1])
    if end < start or not text.endswith(rest[-1]):
        return None
    found.append(text[start:end])
    if any(
        name in _NUMBERS and value and not value[0].isdigit() for name, value in zip(template.names, found, strict=True)
    ):
        return None
    return found


def _may_have(template: _Template, values: Sequence[object]) -> bool:
    """Whether a template says enough to be that of a text with these values: few letters fit much that is none."""
    unknown = [value for value in values if isinstance(value, str) and not _is_short(value)]
    if template.letters >= _FEW or not unknown:
        return True
    if template.literals[0].endswith(": ") and template.letters > _FEW_AFTER:
        return True  # what follows a label may be anything
    # A word that begins a text tells much, unless a whole sentence follows.
    follows = bool(_WORD.search(template.literals[0])) and template.letters >= _FEW_AFTER
    return follows and all(_LISTED.sub("", value).count(" ") < _FEW_WORDS for value in unknown)


def _is_short(text: str) -> bool:
    """Whether a text is one word or one quoted value, or a list of them."""
    return " " not in _LISTED.sub("", _QUOTED.sub("", text))


def _is_prose(text: str) -> bool:
    return text.count(" ") >= _MOST_WORDS and text[0] not in "\"'`{["


def _value(text: str) -> object:
    """Return what is in a place: a sentence of its own, a list of names, or the text."""
    if " " not in text:
        return _OF_ONE_WORD.get(text, text)
    body = text.strip()
    found = recognised(body)
    if found is not None:
        return found
    listed = _MORE.fullmatch(body)
    if listed and (more := recognised(listed["more"])) is not None:
        return sentence("{names}, {more}", names=listed["names"], more=more)
    for word, template in _LIST.items():
        whole, *others = (_listed(each) for each in body.split(word))
        if others and whole is not None and None not in others:
            for other in others:
                whole = Sentence(template.text, {"one": whole, "other": other})
            return whole
    parts = [recognised(part) for part in body.split(", ")]
    if len(parts) > 1 and all(part is not None for part in parts):
        return reduce(lambda one, other: Sentence("{one}, {other}", {"one": one, "other": other}), parts)
    return text


def _listed(text: str) -> object:
    """Return what is in a list: a word, or a text that is known; `None` for anything else."""
    if text in _OF_ONE_WORD:
        return _OF_ONE_WORD[text]
    return text if _is_short(text) else recognised(text)


def _with_hint(text: str, *, known: bool) -> Sentence | None:
    """Return a message with a hint in brackets behind it, if so one that is known."""
    if not text.endswith(")") or text.count(" (") > _MOST_PARTS:
        return None
    for match in re.finditer(r"(?<! ) \(", text):  # behind two spaces it is a cell of its own
        if not _is_one_bracket(text[match.start() + 1 :]):
            continue
        message, hint = text[: match.start()], text[match.end() : -1]
        advice = recognised(hint)
        if known and advice is None:
            continue
        said = _fitting(message) or _in_parts(message)
        if said is not None or (known and " " in hint):
            return sentence("{message} ({hint})", message=said or message, hint=advice or hint)
    return None


def _is_one_bracket(text: str) -> bool:
    """Whether what a text opens with is closed at its end, and not before."""
    depth = 0
    for place, each in enumerate(text):
        depth += (each == "(") - (each == ")")
        if depth == 0:
            return place == len(text) - 1
    return False


def _in_parts(text: str) -> Sentence | None:
    """Return a text of several sentences, or with a place in a file before it."""
    if not _has_parts(text):
        return None
    found = list(_BETWEEN.finditer(text))
    for match in found if len(found) <= _MOST_PARTS else ():
        before, rest = text[: match.start()], text[match.end() :]
        behind = _condition(rest) if match[1] == _WHEN else recognised(rest)
        ahead = _fitting(before) if " " in before else None
        if behind is None and (ahead is None or ahead.values or match[1] != ": "):
            continue
        if ahead is not None:
            return Sentence(_JOINED[match[1]].text, {"before": ahead, "rest": behind or rest})
        if match[1] == ": " and " " not in before.strip():
            return Sentence("{place}: {rest}", {"place": before, "rest": behind})
    return None


def _has_parts(text: str) -> bool:
    """Whether a text may have several parts, as few titles of cases have."""
    return ": " in text or "; " in text or ". " in text or ", " in text


def _condition(text: str) -> Sentence | None:
    """Return a condition on the values of parameters."""
    needs = text.split(" and ")
    if not all(map(_NEED.fullmatch, needs)):
        return None
    parts = (need.split(" is ", 1) for need in needs)
    said = [sentence("{path} is {value}", path=path, value=_value(value)) for path, value in parts]
    return reduce(lambda one, other: Sentence("{one} and {other}", {"one": one, "other": other}), said)


def _exact_of(text: str) -> str | None:
    """Return the entry in the catalogues of a text without places."""
    if "{" not in text and "}" not in text:
        return text if text in known_texts() else None
    return _exact().get(text)


@cache
def _exact() -> dict[str, str]:
    """Return the texts without places, as they are shown, with their entries in the catalogues."""
    return {text.replace("{{", "{").replace("}}", "}"): text for text in known_texts() if not _PLACE.search(text)}


@cache
def _by_word() -> Mapping[str, Sequence[str]]:
    """Return the templates with places by a long word of theirs: a text without it does not fit."""
    return made_once("templates by word", [*catalogue_files(), Path(__file__)], _find_by_word)


def _find_by_word() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for text in sorted(known_texts()):
        if "{" in text and _PLACE.search(text):
            word = _longest_word(text) or _longest_word(text.translate(_APART))
            found.setdefault(word, []).append(text)
    return found


def _longest_word(text: str) -> str:
    """Return a word of a template that stands between spaces: beside a place, a word may go on in what is there."""
    longest = max(filter(str.isalpha, text.split()), key=len, default=_ANY)
    return longest if len(longest) > 1 and longest.isascii() else _ANY


@cache
def _of_word(word: str) -> Sequence[_Template]:
    """Return the templates of one word that have letters enough to be recognised; of most words none is ever needed."""
    return [template for template in map(_cut, _by_word()[word]) if template.letters >= _FEWEST]


def _cut(text: str) -> _Template:
    literals, names = [""], []
    for token in _TOKEN.split(text):
        if token.startswith("{") and len(token) > _BRACES:
            names.append(token[1:-1])
            literals.append("")
        else:
            literals[-1] += token[0] if token in ("{{", "}}") else token
    letters = sum(len(word) for part in literals for word in _WORD.findall(part))
    return _Template(-letters, text, tuple(literals), tuple(names), max(literals, key=len))
