"""From a list to facts: a block is classified by what it contains, not by its cue alone (reading rule 3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.extraction.facts.conditional import condition_of
from conformance.extraction.facts.literals import LITERAL, parse_int
from conformance.extraction.facts.promises import ConditionalPromise
from conformance.extraction.facts.prose import read_paragraph, read_phrases
from conformance.extraction.facts.segments import BulletList, Paragraph
from conformance.extraction.facts.stated import ListedValue, StatedFacts
from conformance.extraction.plain_text import sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.extraction.facts.context import RowContext
    from conformance.extraction.facts.segments import Segment, ValueList
    from conformance.extraction.page import Block
    from conformance.extraction.phrases.table import Lexicon

_HEAD = re.compile(
    rf"[\"']?(?P<value>-?{LITERAL}|[<>=!]=?)[\"']?\s*(?P<aside>(?:\([^()]*\)\s*){{0,3}})(?=$|[:,;。、–—]|\.\s|\.$|-\s|-(?=[^\w]))",
    re.ASCII,
)
_GLUED_HEAD = re.compile(r"[\"']?(?P<value>[A-Za-z0-9_][\w.-]*)[\"']?", re.ASCII)
"""The first word of an item whose explanation no mark parts from it."""
_MARKED_HEAD = re.compile(rf"{LITERAL}(?: {LITERAL}){{0,2}}(?:\({LITERAL}\))?", re.ASCII)
"""A head that its mark holds together, blanks and brackets included: `MS SQL`, `ICMP(IPv4)`."""
_AFTER_HEAD = re.compile(r"\s*(?:\([^()]*\)\s*)?:")
_MEMBER = re.compile(r"(?:\w+\.\s?\w[\w.]*|[A-Za-z]\w*[a-z0-9_][A-Z]\w*)\s*:", re.ASCII)
"""The head of a bullet that is about a member of the parameter's own JSON, not about the parameter."""
_RANGE_ALONE = re.compile(r"\[?(?P<low>-?[\d,]+)\s*(?:~|-|–|to|至|到)\s*(?P<high>-?[\d,]+)\]?[.。]?", re.IGNORECASE)
_NAMED_VALUE = re.compile(
    rf"(?P<name>[^:(),;.]{{1,20}}):\s*(?P<value>{LITERAL})\s*(?P<aside>\([^()]*\))?[.。;]?", re.ASCII
)
_CODED = re.compile(r"[a-z]-[A-Z]|_|\d")
_TRUTH = frozenset({"true", "false"})
_RANGE_LIKE = re.compile(r"-?\d[\d,.]*\s*(?:~|-|–|to|至|到)\s*-?\d", re.IGNORECASE)


def holds_values(values: ValueList) -> bool:
    """Whether the list after a cue is one of values: most of its items begin with a literal, and none is a range."""
    return not values.one_case and _are_values(values.items)


def _are_values(items: Sequence[Block]) -> bool:
    named = [match for match in (_NAMED_VALUE.fullmatch(item.text) for item in items) if match is not None]
    if len(items) > 1 and _names_values(named, len(items)):
        return True
    heads = [_HEAD.match(item.text) for item in items]
    if not heads or heads[0] is None:
        return False
    literals = len(heads) - heads.count(None)
    return 2 * literals >= len(heads) and not any(_RANGE_LIKE.match(item.text) for item in items)


def read_conditional_list(values: ValueList, context: RowContext) -> Iterator[ConditionalPromise]:
    """Yield the values of a list that holds in one case only."""
    if not values.one_case or not _are_values(values.items):
        return
    stated = StatedFacts(context)
    enum = stated.facts.get("enum") if _state_values(values.items, stated, joins=False) else None
    if enum is not None:
        needs = condition_of(sentences(values.cue.text)[-1], context)
        yield ConditionalPromise("fact", needs, enum.line or values.cue.line, "enum", enum.value)


def conditional_blocks(part: Segment) -> Iterator[Block]:
    """Yield the blocks of a segment that may promise something on a condition: what explains one value is none."""
    if isinstance(part, Paragraph):
        yield part.block
    elif isinstance(part, BulletList) or not (holds_values(part) or part.one_case):
        for item in part.items:
            if _HEAD.match(item.text) is None and _MEMBER.match(item.text) is None:
                yield item


def read_value_list(values: ValueList, stated: StatedFacts, *, joins: bool) -> None:
    """State what the list after a cue promises.

    Args:
        values: The list; one that holds in one case only states nothing.
        stated: Where the facts are stated.
        joins: Whether its values join an enumeration that is stated already.
    """
    if values.one_case or not values.items or _state_range(values, stated):
        return
    if holds_values(values):
        if _state_values(values.items, stated, joins=joins):
            return
        fault = "a list of values of another type"
    else:
        _state_rules(values.items, stated)
        if _HEAD.match(values.items[0].text) is not None:
            return
        fault = "a list that is no list of values"
    if not any(_explains_itself(item, stated.context.lexicon) for item in values.items):
        stated.note_named(values.cue.line, fault)


def _state_range(values: ValueList, stated: StatedFacts) -> bool:
    """State the range that alone stands on the line after a cue."""
    range_ = _RANGE_ALONE.fullmatch(values.items[0].text) if len(values.items) == 1 else None
    low, high = (parse_int(range_["low"]), parse_int(range_["high"])) if range_ is not None else (None, None)
    if low is None or high is None or low > high:
        return False
    stated.state("minimum", low, values.items[0].line)
    stated.state("maximum", high, values.items[0].line)
    return True


def _state_values(items: Sequence[Block], stated: StatedFacts, *, joins: bool) -> bool:
    named = [_NAMED_VALUE.fullmatch(item.text) for item in items]
    if len(named) > 1 and _names_values([match for match in named if match is not None], len(named)):
        return stated.state_enum(
            [
                ListedValue(match["value"], match["aside"] or "", item.line)
                for match, item in zip(named, items, strict=True)
                if match is not None
            ],
            joins=joins,
        )
    ends = [(item, _end_of_item(item, stated.context.lexicon)) for item in items]
    if not all(end or _explains_itself(item, stated.context.lexicon) for item, end in ends):
        return False  # a list without one of its values would say that this one is none
    # The words after the head may also make it the default.
    values = [
        ListedValue(item.text[:end].strip("\"'").rstrip("."), item.text[end:], item.line) for item, end in ends if end
    ]
    return stated.state_enum(values, joins=joins)


def _names_values(named: Sequence[re.Match[str]], items: int) -> bool:
    """Whether bullets have a word first and its value behind it: a word of no value, or values that look like code."""
    if len(named) != items:
        return False
    coded = sum(_CODED.search(match["value"]) is not None for match in named)
    return all(not match["name"].isascii() for match in named) or (
        2 * coded >= items and all(match["name"].isalpha() and match["name"].istitle() for match in named)
    )


def _end_of_item(item: Block, lexicon: Lexicon) -> int:
    """Return where the literal at the head of an item of a list of values ends, a sentence behind it or not."""
    end = _end_of_head(item, lexicon)
    glued = _GLUED_HEAD.match(item.text) if not end else None
    return glued.end("value") if glued is not None and lexicon.begun.match(item.text, glued.end("value")) else end


def _end_of_head(item: Block, lexicon: Lexicon) -> int:
    """Return where the literal at the head of an item ends; 0 where there is none."""
    head = _HEAD.match(item.text)
    return _end_of_marked_head(item, lexicon) or (head.end("value") if head is not None else 0)


def _end_of_marked_head(item: Block, lexicon: Lexicon) -> int:
    """Return where a head ends that has blanks or brackets inside its mark; 0 where there is none."""
    head = item.marked[0] if item.marked else ""
    if re.search(r"[ (]", head) is None or not item.text.startswith(head):
        return 0
    whole = _MARKED_HEAD.fullmatch(head) is not None and lexicon.default_mark.search(head) is None
    return len(head) if whole and _AFTER_HEAD.match(item.text, len(head)) is not None else 0


def _state_rules(items: Sequence[Block], stated: StatedFacts) -> None:
    """State what holds of ranges, formats and prose: each is for one case, but a unit is the same in all."""
    for item in items:
        read_phrases(item.text, item.line, stated, only="unit")
    for item in items:
        head = _HEAD.match(item.text)
        if head is not None and stated.context.lexicon.default_mark.search(item.text):
            stated.state_default(head["value"], item.line)


def _explains_itself(item: Block, lexicon: Lexicon) -> bool:
    """Whether an item that is no value is a range or holds in one case only."""
    return _RANGE_LIKE.search(item.text) is not None or not lexicon.unconditional(item.text)


def read_bullets(bullets: BulletList, stated: StatedFacts, *, joins: bool) -> None:
    """State what bullets without a cue promise: a list of values by its content, else a list of rules.

    Args:
        bullets: The bullets.
        stated: Where the facts are stated.
        joins: Whether an enumeration joins the one that is stated already.
    """
    if bullets.members:
        return
    heads = [head for head in (_HEAD.match(item.text) for item in bullets.items) if head is not None]
    if len(heads) == len(bullets.items) > 1 and _shows_values(bullets, heads, stated.context):
        values = [
            ListedValue(head["value"].rstrip("."), item.text[head.end("value") :], item.line)
            for head, item in zip(heads, bullets.items, strict=True)
        ]
        stated.state_enum(values, joins=joins)
        return
    if any(item.text.startswith(f"{stated.context.name}.") for item in bullets.items):
        return  # the parameter is a structure, and these are its members
    for item in bullets.items:
        if _is_about_the_parameter(item, stated.context.lexicon):
            read_paragraph(item, stated, joins=joins)


def _shows_values(bullets: BulletList, heads: Sequence[re.Match[str]], context: RowContext) -> bool:
    literals = [head["value"] for head in heads]
    if any(literal in context.names or literal.startswith(f"{context.name}.") for literal in literals):
        return False
    marked = any(context.lexicon.default_mark.search(item.text) for item in bullets.items)
    boolean = {literal.lower() for literal in literals} == _TRUTH
    return marked or boolean or bullets.announced


def _is_about_the_parameter(item: Block, lexicon: Lexicon) -> bool:
    """Whether a bullet is not about a member of a structure or about one case."""
    first = next(iter(sentences(item.text)), "")
    return _MEMBER.match(item.text) is None and bool(lexicon.unconditional(first))
