"""From a list to facts: a block is classified by what it contains, not by its cue alone (reading rule 3)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.extraction.facts.conditional import condition_of
from conformance.extraction.facts.lists.range_lists import are_kinds, bounds_of, ranges_of_kinds
from conformance.extraction.facts.literals import LITERAL, TITLE_WORDS
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
_NAMED_VALUE = re.compile(
    rf"(?P<name>[^:(),;.]{{1,20}}):\s*(?P<value>{LITERAL})\s*(?P<aside>\([^()]*\))?[.。;]?", re.ASCII
)
_SPACED_HEAD = re.compile(r"[A-Z][\w.+-]*(?: [A-Z0-9][\w.+-]*){1,3}(?=\s*(?:$|:))", re.ASCII)
"""A head of several words after a cue, each like a name: `NVIDIA P4`."""
_CODED = re.compile(r"[a-z]-[A-Z]|_|\d")
_TRUTH = frozenset({"true", "false"})
_OF_VALUES = frozenset({"string", "integer", "boolean"})
_EXPLAINED = re.compile(r"\s*(?:\([^()]*\)\s*){0,2}(?::|[\u4e00-\u9fff])")
_TITLES = re.compile(rf"{TITLE_WORDS}\s*:", re.IGNORECASE)
_TITLE = re.compile(r"[A-Z][a-z]+\s*:\s*(?:[A-Za-z]|$)", re.ASCII)
_RANGE_LIKE = re.compile(r"-?\d[\d,.]*\s*(?:~|-|–|to|至|到)\s*-?\d", re.IGNORECASE)


def holds_values(values: ValueList) -> bool:
    """Whether the list after a cue is one of values: most of its items begin with a literal, and none is a range."""
    return not values.one_case and _are_values(values.items)


def _are_values(items: Sequence[Block]) -> bool:
    named = [match for match in (_NAMED_VALUE.fullmatch(item.text) for item in items) if match is not None]
    if len(items) > 1 and _names_values(named, len(items)):
        return True
    heads = [_HEAD.match(item.text) or _SPACED_HEAD.match(item.text) for item in items]
    if not heads or heads[0] is None or are_kinds(items):
        return False
    literals = len(heads) - heads.count(None)
    return 2 * literals >= len(heads) and not any(_RANGE_LIKE.match(item.text.lstrip("[(")) for item in items)


def read_conditional_list(values: ValueList, context: RowContext) -> Iterator[ConditionalPromise]:
    """Yield the values of a list that holds in one case only, or the bounds that each item of a list has."""
    if not values.one_case:
        yield from ranges_of_kinds(values.items, context.lexicon)
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
    if values.one_case or not values.items or _are_members(values.items, stated.context):
        return
    if _state_range(values, stated):
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


def _are_members(items: Sequence[Block], context: RowContext) -> bool:
    """Whether most bullets tell a type and a requirement of their own: they are members, whatever the cue says."""
    words = context.lexicon.forms
    told = [
        words.member_type.search(item.text) is not None
        and (words.required.search(item.text) or words.optional.search(item.text)) is not None
        for item in items
    ]
    return len(told) > 1 and 2 * sum(told) >= len(told)


def _state_range(values: ValueList, stated: StatedFacts) -> bool:
    """State the bounds of a list of numbers with a range in it."""
    bounds = bounds_of(values.items, stated.context.lexicon)
    if bounds is None:
        return False
    stated.state("minimum", bounds.low, bounds.line)
    stated.state("maximum", bounds.high, bounds.line)
    _state_rules(values.items, stated)
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
    if glued is None:
        return end
    apart = item.marked[:1] == (glued["value"],) or lexicon.begun.match(item.text, glued.end("value")) is not None
    return glued.end("value") if apart else 0


def _end_of_head(item: Block, lexicon: Lexicon) -> int:
    """Return where the literal at the head of an item ends; 0 where there is none."""
    head, spaced = _HEAD.match(item.text), _SPACED_HEAD.match(item.text)
    return _end_of_marked_head(item, lexicon) or (head.end("value") if head else spaced.end() if spaced else 0)


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
    values = _uncued_values(bullets, stated.context.lexicon)
    if values and _shows_values(bullets, values, stated):
        stated.state_enum(values, joins=joins)
        return
    if values and any(_rules(item, stated.context) for item in bullets.items) and not any(map(_titled, bullets.items)):
        return  # each is the rule of one kind of thing
    if any(item.text.startswith(f"{stated.context.name}.") for item in bullets.items):
        return  # the parameter is a structure, and these are its members
    for item in bullets.items:
        if _is_about_the_parameter(item, stated.context.lexicon):
            read_paragraph(item, stated, joins=joins)


def _uncued_values(bullets: BulletList, lexicon: Lexicon) -> list[ListedValue]:
    """Return the head of each bullet with the words beside it; none unless there are several and all have one."""
    ends = [_end_of_item(item, lexicon) for item in bullets.items]
    if len(ends) < 2 or not all(ends):  # noqa: PLR2004 - one alone is no list
        return []
    return [
        ListedValue(item.text[:end].strip("\"'").rstrip("."), item.text[end:], item.line)
        for item, end in zip(bullets.items, ends, strict=True)
    ]


def _shows_values(bullets: BulletList, values: Sequence[ListedValue], stated: StatedFacts) -> bool:
    context = stated.context
    literals = [value.text for value in values]
    if any(literal in context.names or literal.startswith(f"{context.name}.") for literal in literals):
        return False
    marked = any(context.lexicon.default_mark.search(item.text) for item in bullets.items)
    boolean = {literal.lower() for literal in literals} == _TRUTH
    return marked or boolean or bullets.announced or _are_explained(bullets, values, stated)


def _are_explained(bullets: BulletList, values: Sequence[ListedValue], stated: StatedFacts) -> bool:
    """Whether bullets without a cue explain one value each, by what shows that their heads are no members or titles."""
    context, literals = stated.context, [value.text for value in values]
    kind = context.type.name if context.type is not None else ""
    of_values = kind in _OF_VALUES or (context.is_list and context.scalar == "string")
    explained = all(_EXPLAINED.match(value.beside) for value in values) and not are_kinds(bullets.items)
    if not of_values or not explained:
        return False
    if any(context.lexicon.scope.search(item.text) or _rules(item, context) for item in bullets.items):
        return False
    example = stated.facts.get("example")
    if example is not None or bullets.led:
        return example is not None and str(example.value) in literals
    if all(literal in item.marked for literal, item in zip(literals, bullets.items, strict=True)):
        return True
    # A capital letter begins the titles of English bullets, too.
    return not any(map(_titled, bullets.items)) and not all(_MEMBER.match(item.text) for item in bullets.items)


def _titled(item: Block) -> bool:
    """Whether a bullet begins with a title, as far as that can be seen: `Length: ...`."""
    return _TITLES.match(item.text) is not None or _TITLE.match(item.text) is not None


def _rules(item: Block, context: RowContext) -> bool:
    """Whether a bullet states limits: then its head is the kind of thing that has them."""
    stated = StatedFacts(context)
    read_phrases(item.text, item.line, stated)
    return stated.has("minimum", "maximum", "minLength", "maxLength", "charset", "format")


def _is_about_the_parameter(item: Block, lexicon: Lexicon) -> bool:
    """Whether a bullet is not about a member of a structure or about one case."""
    first = next(iter(sentences(item.text)), "")
    return _MEMBER.match(item.text) is None and bool(lexicon.unconditional(first))
