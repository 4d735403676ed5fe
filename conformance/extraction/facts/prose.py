"""From one paragraph to facts: each sentence through the phrases, then as a list of values or a sole value."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.extraction.facts.literals import ITEM, LITERAL
from conformance.extraction.facts.stated import ListedValue, StatedFacts
from conformance.extraction.phrases.table import COUNTED
from conformance.extraction.plain_text import sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.contract.model import FactValue
    from conformance.extraction.facts.context import RowContext
    from conformance.extraction.page import Block
    from conformance.extraction.phrases.table import Lexicon, Phrase

_ITEM_EXPLAINED = re.compile(
    rf"[\"']?(?P<value>-?{LITERAL})[\"']?\s*(?P<aside>(?:\([^()]*\)\s*)*(?:, which is the default(?: value)?\b)?)"
    r"(?:(?::(?!\d)|,(?=[^\x00-\x7f]|\s+which\b)).*|(?<=default)\.?|(?<=default value)\.?)",
    re.ASCII,
)
_ANOTHER_EXPLAINED = re.compile(rf"\s{LITERAL}\s*:(?![\d/])", re.ASCII)
"""A second value in the words of the first, which nothing parts from it."""
_AND_OTHERS: Final = frozenset({"etc", "others", "more"})
_QUOTES: Final = str.maketrans("“”‘’", "\"\"''")
_CHOICE = re.compile(rf"(?:^|[.。?!]\s*)(?P<rest>{LITERAL}(?:\s*\|\s*{LITERAL})+)[.。]?$", re.ASCII)
"""Values and bars between them, and nothing else: `on | off`."""
_BRACES = re.compile(r"\{(?P<inner>[^{}]*)\}\s*[.。]?$")
_OF_AN_ASIDE: Final = frozenset(
    {"default", "maxItems", "notStartsWith", "notEndsWith", "notContains", "charset", "startsWith", "endsWith"}
)
_EITHER_WORD = re.compile(
    r"(?!(?:text|image|audio|video|application|multipart)/)[A-Za-z]{2,12}(?:/[A-Za-z]{2,12}){1,3}"
)
"""Words with slashes between them are a choice, but for a type of media."""
_REMEMBERED: Final = 8192
_LONGEST_SENTENCE: Final = 2000
"""Nothing longer is prose, and patterns may take the square of a text's length."""


def read_paragraph(block: Block, stated: StatedFacts, *, joins: bool) -> None:
    """State the facts of a block's sentences.

    Args:
        block: The block.
        stated: Where the facts are stated.
        joins: Whether an enumeration joins the one that is stated already.
    """
    context = stated.context
    named = False
    for sentence in sentences(context.without_own_name(block.text)):
        known, stated.continues, named = stated.facts.get("charset"), named, False
        if len(sentence) > _LONGEST_SENTENCE:
            stated.note_named(block.line, f"a sentence of {len(sentence)} characters")
            continue
        if context.lexicon.scope.search(sentence):
            if context.lexicon.conditions.restricted.search(sentence):
                continue  # the row as a whole is of these things
            break  # what follows goes on about the same kinds of things
        promise = context.lexicon.unconditional(sentence)
        if promise and is_own(promise, context):
            _read_sentence(promise, block, stated, joins=joins)
            # "It can contain letters. It can also contain hyphens": the second sentence goes on with the list.
            named = stated.facts.get("charset") is not known
    stated.continues = False


def read_aside(block: Block, stated: StatedFacts) -> None:
    """State what a note adds to the rules of the text and the default: all else in it is about other things."""
    context = stated.context
    for sentence in sentences(context.without_own_name(block.text)):
        promise = context.lexicon.unconditional(sentence) if len(sentence) <= _LONGEST_SENTENCE else ""
        if promise and is_own(promise, context):
            aside = StatedFacts(context)
            read_phrases(promise, block.line, aside)
            for name, fact in aside.facts.items():
                if name in _OF_AN_ASIDE and fact.value is not None:
                    stated.state(name, fact.value, block.line)


def is_own(sentence: str, context: RowContext) -> bool:
    """Whether a sentence speaks of the whole parameter: not of a part, another one, or some kinds of things only."""
    lexicon = context.lexicon
    if lexicon.scope.search(sentence) or lexicon.partial.search(sentence):
        return False
    if not context.is_list and lexicon.of_item.search(sentence):
        return False
    named = (match["name"] for pattern in lexicon.of_another for match in pattern.finditer(sentence))
    return not any(name in context.names and not context.name.endswith(name) for name in named)


def _read_sentence(sentence: str, block: Block, stated: StatedFacts, *, joins: bool) -> None:
    understood = read_phrases(sentence, block.line, stated)
    listed = state_inline(sentence, block.line, stated, joins=joins) or _state_sole(
        sentence, block, stated, joins=joins
    )
    if not understood and not listed and _seems_to_promise(sentence, stated.context.lexicon):
        stated.note_named(block.line, "a sentence that seems to state a rule")


def _seems_to_promise(sentence: str, lexicon: Lexicon) -> bool:
    known = (lexicon.cue, lexicon.reference, lexicon.tail, lexicon.hollow)
    return lexicon.constraint.search(sentence) is not None and not any(each.search(sentence) for each in known)


def read_phrases(sentence: str, line: int, stated: StatedFacts, *, only: str | None = None) -> bool:
    """State the facts of every phrase in a sentence.

    Args:
        sentence: The sentence.
        line: Its line.
        stated: Where the facts are stated.
        only: The one fact to state; every fact where it is `None`.

    Returns:
        Whether any phrase was understood.
    """
    understood = False
    context = stated.context
    quota = context.lexicon.quota.search(sentence) is not None
    for found in _promises(context.lexicon, sentence, lists=context.is_list, kind=context.scalar):
        facts = _of_items(found.facts, stated)
        understood = understood or found.consumes or bool(facts.keys() - {COUNTED})
        _state_all(
            {
                name: value
                for name, value in facts.items()
                if only in (None, name) and not (name == "maxItems" and (quota or _is_one_number(context)))
            },
            line,
            stated,
        )
        # What follows in the sentence goes on with a list of characters that begins here.
        stated.continues = stated.continues or (found.consumes and "charset" in facts)
    return understood


class _Promise(NamedTuple):
    """What one phrase makes of a sentence, and whether no other may read the words again."""

    facts: Mapping[str, FactValue]
    consumes: bool


@lru_cache(_REMEMBERED)
def _promises(lexicon: Lexicon, sentence: str, *, lists: bool, kind: str) -> tuple[_Promise, ...]:
    """Return what the phrases make of a sentence, in order; the same sentence is in many pages of a product."""
    found = []
    for phrase in lexicon.phrases:
        if (phrase.arrays_only and not lists) or not _is_of_kind(phrase, kind):
            continue
        for match in phrase.pattern.finditer(sentence):
            found.append(_Promise(phrase.build(match), phrase.consumes))
            if phrase.consumes:
                sentence = sentence.replace(match[0], " ; ", 1)
    return tuple(found)


def _is_one_number(context: RowContext) -> bool:
    """Whether a parameter is a single number or truth value, which has no items and is no member of one."""
    return not context.is_list and context.scalar != "string" and "." not in context.name


def _is_of_kind(phrase: Phrase, kind: str) -> bool:
    """Whether a phrase means what it says of values of a type."""
    if phrase.whole_numbers_only:
        return kind == "integer"
    return not phrase.integers_only or kind in ("integer", "number")


def _of_items(facts: Mapping[str, FactValue], stated: StatedFacts) -> Mapping[str, FactValue]:
    """Let a maximum alone, on a list of no numbers, count the items of the list."""
    alone = facts.keys() == {"maximum"} and not stated.has("minimum")
    if not alone or not stated.context.is_list or stated.context.scalar in ("integer", "number"):
        return facts
    return {"maxItems": facts["maximum"]}


def _state_all(facts: Mapping[str, FactValue], line: int, stated: StatedFacts) -> None:
    for name, value in facts.items():
        if name == COUNTED:
            stated.counted |= {str(each) for each in value} if isinstance(value, tuple) else set()
        elif name == "default":
            stated.state_default(str(value), line)
        elif name not in ("minimum", "maximum") or not stated.has("minLength"):
            stated.state(name, value, line)


def state_inline(sentence: str, line: int, stated: StatedFacts, *, joins: bool) -> bool:
    """State an enumeration that is in the sentence of its cue.

    Args:
        sentence: The sentence.
        line: Its line.
        stated: Where it is stated.
        joins: Whether it joins the enumeration that is stated already.

    Returns:
        Whether there is one.
    """
    lexicon = stated.context.lexicon
    match = _CHOICE.search(sentence) or lexicon.inline.search(sentence)
    if match is None or stated.has("minimum", "maxItems") or lexicon.no_list.search(sentence):
        return False
    items = _inline_items(match["rest"].strip().rstrip("。"), lexicon)
    values = [ListedValue(item["value"].rstrip("."), item["aside"] or "", line) for item in items]
    if joins and len(values) == 1 and stated.has("enum"):
        return True  # behind a list, one value alone is that of some case
    return bool(values) and stated.state_enum(values, joins=joins)


def _inline_items(rest: str, lexicon: Lexicon) -> list[re.Match[str]]:
    """Return the values of a list in a sentence, by the first way to cut it that leaves nothing over; else none."""
    rest = rest.translate(_QUOTES)
    braced = _BRACES.match(rest)
    if braced is not None:
        rest = braced["inner"].strip()
    elif _EITHER_WORD.fullmatch(rest.rstrip(".")):
        rest = rest.replace("/", "|")
    plain = _if_all(ITEM.fullmatch(part) for part in _split(rest.rstrip("."), lexicon.conjunctions) if part)
    if not plain and lexicon.afterwards is not None:
        # What follows the list is no part of it; one value alone could be a part of other words.
        before = lexicon.afterwards.split(rest, maxsplit=1)[0]
        cut = _if_all(ITEM.fullmatch(part) for part in _split(before.rstrip("."), lexicon.conjunctions) if part)
        plain = cut if len(cut) > 1 and before != rest else []
    if any(item["value"].lower().rstrip(".") in _AND_OTHERS for item in plain):
        return []  # a list without some of its values would say that these are none
    explained = _ITEM_EXPLAINED.fullmatch(rest)
    if not plain and explained and ";" not in rest:
        return [] if _ANOTHER_EXPLAINED.search(rest, explained.end("value") + 1) else [explained]
    return plain or _if_all(
        ITEM.fullmatch(part) or _ITEM_EXPLAINED.fullmatch(part) for part in re.split(r"\s*;\s*", rest)
    )


def _split(text: str, conjunctions: re.Pattern[str]) -> list[str]:
    """Cut a list at what separates its values, but not inside the brackets beside one."""
    asides = re.findall(r"\([^()]*\)", text)
    places = iter(asides)
    parts = conjunctions.split(re.sub(r"\([^()]*\)", "()", text))
    return [re.sub(r"\(\)", lambda _match: next(places), part) for part in parts]


def _if_all(matches: Iterable[re.Match[str] | None]) -> list[re.Match[str]]:
    """Return the matches if every one is there, else none."""
    tried = list(matches)
    found = [match for match in tried if match is not None]
    return found if len(found) == len(tried) else []


def _state_sole(sentence: str, block: Block, stated: StatedFacts, *, joins: bool) -> bool:
    """State the only value, where words of its own follow it and nothing but its mark shows where it ends."""
    lexicon = stated.context.lexicon
    match = lexicon.sole.search(sentence) if lexicon.sole is not None else None
    if match is None or match["value"] not in block.marked or stated.has("minimum", "enum"):
        return False
    rest = sentence[match.end() :]
    if any(mark in rest for mark in block.marked):
        return False
    return stated.state_enum([ListedValue(match["value"], rest, block.line)], joins=joins)
