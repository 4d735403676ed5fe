"""The sentence that an English text was made of, so that it can be said in another language.

Messages of faults, reasons and notes are English texts when they are made, and reports keep them so. The catalogues
have the templates of all of them, as `tools/source_texts.py` finds them in the source. Here the template of a finished
text is found again, and what stood in its places. A text that no template fits stays as it is.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

from conformance.core.sentences.sentence import Sentence, known_texts, reader_language, sentence, translates

_LONGEST: Final = 4_000
"""Characters of a text that is looked at: what is longer is no message, but what a server sent."""
_FEW: Final = 10
"""Letters that a template has at the least when what stands in its places may have spaces."""
_PLACE: Final = re.compile(r"\{(\w+)\}")
_WORD: Final = re.compile(r"[A-Za-z]{2,}")
_BETWEEN: Final = re.compile(r"(: |; |\. )")
_MOST_PARTS: Final = 8
"""Parts of a text that are looked at: of more, trying them all would take long."""
_LIST: Final = {" and ": sentence("{one} and {other}"), " or ": sentence("{one} or {other}")}
_JOINED: Final = {
    ": ": sentence("{before}: {rest}"),
    "; ": sentence("{before}; {rest}"),
    ". ": sentence("{before}. {rest}"),
}
_INDENT: Final = re.compile(r"\s*(?:[-#*]+ )?")


class _Template(NamedTuple):
    """A template, cut at its places.

    Attributes:
        text: The template.
        literals: What stands between places, one more than there are places.
        names: The names of the places.
        longest: The longest literal: a text without it does not fit.
        letters: How many letters it has beside its places.
    """

    text: str
    literals: tuple[str, ...]
    names: tuple[str, ...]
    longest: str
    letters: int


def in_reader_language(text: str) -> str:
    """Return an English text in the language of this process, line by line; what is not recognised stays English."""
    if not translates():
        return text
    return "\n".join(_line_in(line, reader_language()) for line in text.split("\n"))


def recognised(text: str) -> Sentence | None:
    """Return the sentence that a text of one line was made of, its values recognised, too; `None` for none."""
    return _recognised(text) if len(text) <= _LONGEST else None


def _line_in(line: str, language: str) -> str:
    indent = _INDENT.match(line)
    start = indent.end() if indent else 0
    body = line[start:].rstrip()
    found = recognised(body) if body else None
    return line if found is None else line[:start] + found.in_language(language)


@lru_cache(maxsize=4096)
def _recognised(text: str) -> Sentence | None:
    return _with_hint(text, known=True) or _fitting(text) or _with_hint(text, known=False) or _in_parts(text)


def _fitting(text: str) -> Sentence | None:
    """Return the sentence of the template with most letters that a whole text fits."""
    if text in _exact():
        return Sentence(_exact()[text])
    for template in _templates():
        if template.longest in text:
            values = _values(template, text)
            if values is not None:
                return Sentence(template.text, dict(zip(template.names, map(_value, values), strict=True)))
    return None


def _values(template: _Template, text: str) -> list[str] | None:
    """Return what stands in the places of a template, or `None` where a text does not fit."""
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
    return found if template.letters >= _FEW or all(map(_is_short, found)) else None


def _is_short(text: str) -> bool:
    """Whether a text is one word, or a list of words."""
    return " " not in text.replace(", ", "")


def _value(text: str) -> object:
    """Return what stands in a place: a sentence of its own, a list of names, or the text."""
    if " " not in text:
        return text
    body = text.strip()
    found = recognised(body)
    if found is not None:
        return found
    for word, template in _LIST.items():
        *names, last = body.split(word)
        if names and all(map(_is_short, (*names, last))):
            whole: object = names[0]
            for name in (*names[1:], last):
                whole = Sentence(template.text, {"one": whole, "other": name})
            return whole
    return text


def _with_hint(text: str, *, known: bool) -> Sentence | None:
    """Return a message with a hint in brackets behind it, if so one that is known."""
    if not text.endswith(")") or text.count(" (") > _MOST_PARTS:
        return None
    for match in re.finditer(r" \(", text):
        if not _is_one_bracket(text[match.start() + 1 :]):
            continue
        message, hint = text[: match.start()], text[match.end() : -1]
        advice = recognised(hint)
        if known and advice is None:
            continue
        said = _fitting(message) or _in_parts(message)
        if said is not None:
            return sentence("{message} ({hint})", message=said, hint=advice or hint)
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
    found = list(_BETWEEN.finditer(text))
    for match in found if len(found) <= _MOST_PARTS else ():
        before, rest = text[: match.start()], text[match.end() :]
        behind = recognised(rest)
        if behind is None:
            continue
        ahead = _fitting(before)
        if ahead is not None:
            return Sentence(_JOINED[match[1]].text, {"before": ahead, "rest": behind})
        if match[1] == ": " and " " not in before.strip():
            return Sentence("{place}: {rest}", {"place": before, "rest": behind})
    return None


@cache
def _exact() -> dict[str, str]:
    """Return the texts without places, as they are shown, with their entries in the catalogues."""
    return {text.replace("{{", "{").replace("}}", "}"): text for text in known_texts() if not _PLACE.search(text)}


@cache
def _templates() -> list[_Template]:
    """Return the templates with places that have a word, those with most letters first."""
    found = [_cut(text) for text in known_texts() if _PLACE.search(text)]
    return sorted((each for each in found if each.letters > 1), key=lambda each: -each.letters)


def _cut(text: str) -> _Template:
    parts = _PLACE.split(text.replace("{{", "\0").replace("}}", "\1"))
    literals = tuple(part.replace("\0", "{").replace("\1", "}") for part in parts[::2])
    letters = sum(len(word) for part in literals for word in _WORD.findall(part))
    return _Template(text, literals, tuple(parts[1::2]), max(literals, key=len), letters)
