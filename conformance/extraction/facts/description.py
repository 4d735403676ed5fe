"""From one row to its facts, in passes: cells, segments of the description, their facts, and what the capture lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct, field
from msgspec.structs import replace

from conformance.extraction.facts.conditional import read_conditions, read_required_mark, says_condition
from conformance.extraction.facts.context import RowContext
from conformance.extraction.facts.lists.value_lists import (
    conditional_blocks,
    holds_values,
    read_bullets,
    read_conditional_list,
    read_value_list,
)
from conformance.extraction.facts.literals import coerce
from conformance.extraction.facts.promises import ConditionalPromise
from conformance.extraction.facts.prose import read_aside, read_paragraph
from conformance.extraction.facts.schema_facts import state_cells
from conformance.extraction.facts.segments import Paragraph, ValueList, segments
from conformance.extraction.facts.special_values import widen_bounds
from conformance.extraction.facts.stated import StatedFacts
from conformance.extraction.headings import depends_mark, required_mark
from conformance.extraction.page import Damage
from conformance.extraction.plain_text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from conformance.contract.model import Fact
    from conformance.extraction.facts.literals import TypeWord
    from conformance.extraction.facts.segments import Segment
    from conformance.extraction.page import Block, Note, Row
    from conformance.extraction.phrases.table import Lexicon

_NO_EXAMPLE: Final = frozenset({"-", "无", "None"})


class Reading(Struct, frozen=True):
    """What one row states.

    Attributes:
        type: Its type, `None` where the row does not say it.
        facts: The stated facts only.
        damage: What the row lost, by layout or by prose.
        notes: What was not understood.
        conditional: What it promises on a condition only.
    """

    type: TypeWord | None
    facts: Mapping[str, Fact] = field(default_factory=dict)
    damage: tuple[Damage, ...] = ()
    notes: tuple[Note, ...] = ()
    conditional: tuple[ConditionalPromise, ...] = ()


def read_row(row: Row, lexicon: Lexicon, names: Collection[str] = (), *, rules: bool = True) -> Reading:
    """Read one row.

    Args:
        row: The row as its layout cut it.
        lexicon: The phrases of the document's language.
        names: The names of all parameters: a list of them is no list of values.
        rules: Whether rules matter; a field of a response has none to break.

    Returns:
        The facts that it states, what it lost, and what was not understood.
    """
    context = RowContext.of(row, lexicon, names)
    stated = StatedFacts(context)
    _state_cells(row, stated)
    parts = tuple(segments(row.description, context))
    _state_segments(parts, stated)
    widen_bounds(row.description, stated)
    values = stated.facts.get("enum")
    if values is not None and isinstance(values.value, tuple) and row.example.text in values.value:
        _state_example(row, stated)  # a word for "none" that is a value
    for block in row.description:
        if block.kind == "note" and rules:
            read_aside(block, stated)
    lost = (*_lost_lists(parts, row, stated), *_cut_clauses(row.description, lexicon))
    return Reading(
        type=context.type,
        facts=_with_whole_charset(stated.facts, stated.counted),
        damage=(*row.damage, *lost),
        notes=tuple(stated.notes) if rules else (),
        conditional=tuple(dict.fromkeys(_conditional(parts, row, context, rules=rules))),
    )


def _conditional(
    parts: Iterable[Segment], row: Row, context: RowContext, *, rules: bool
) -> Iterator[ConditionalPromise]:
    """Yield what the row promises on a condition: in prose, in bullets that are no values, in lists, and in asides."""
    if rules and row.required is not None:
        yield from read_required_mark(clean(row.required.text), row.required.line, context)
    found = list(_of_description(parts, row, context, rules=rules))
    yield from found
    told = any(promise.kind == "fact" and promise.name == "required" for promise in found)
    if rules and row.required is not None and depends_mark(row.required.text) and not told:
        yield ConditionalPromise("fact", (), row.required.line, "required", value=True)


def _of_description(
    parts: Iterable[Segment], row: Row, context: RowContext, *, rules: bool
) -> Iterator[ConditionalPromise]:
    for part in parts:
        if isinstance(part, ValueList) and rules:
            yield from read_conditional_list(part, context)
        for block in conditional_blocks(part):
            yield from read_conditions(block, context, rules=rules)
    for block in row.description:
        if block.kind == "note":
            yield from read_conditions(block, context, rules=rules)


def _state_cells(row: Row, stated: StatedFacts) -> None:
    """State the type, the required mark and the example."""
    kind = stated.context.type
    if kind is not None:
        stated.state("type", kind.name, row.type.line)
    elif row.type.text:
        stated.note_named(row.type.line, f"a type that is not known: {row.type.text[:40]!r}")
    if row.required is not None and row.required.text:
        mark = required_mark(row.required.text)
        conditional = says_condition(row.required.text, stated.context)
        if mark is not None and not (mark and conditional):
            stated.state("required", mark, row.required.line)
        elif not (depends_mark(row.required.text) or conditional):
            stated.note_named(row.required.line, "a required mark that is not known")
    if row.example.text not in _NO_EXAMPLE:
        _state_example(row, stated)
    state_cells(row.cells, stated)


def _state_example(row: Row, stated: StatedFacts) -> None:
    """State the example; one that breaks its own type is kept as it is (reading rule 11)."""
    example = row.example.text
    if example:
        typed = coerce(example, stated.context.scalar)
        stated.state("example", example if typed is None else typed, row.example.line)


def _state_segments(parts: Iterable[Segment], stated: StatedFacts) -> None:
    """State the facts of each segment; once a list of values was read, further values join it."""
    joins = False
    for part in parts:
        if isinstance(part, Paragraph):
            read_paragraph(part.block, stated, joins=joins)
        elif isinstance(part, ValueList):
            read_value_list(part, stated, joins=joins)
            joins = joins or holds_values(part)
        else:
            read_bullets(part, stated, joins=joins)


def _lost_lists(parts: Iterable[Segment], row: Row, stated: StatedFacts) -> Iterator[Damage]:
    """Yield the loss that the first cue without a list shows, unless the values are stated elsewhere in the row."""
    lists = (part for part in parts if isinstance(part, ValueList))
    cue = next((each.cue for each in lists if not each.items and not each.one_case), None)
    if cue is None or stated.has("enum", "minimum"):
        return
    if row.whole and cue != row.description[-1]:
        return  # the document went on without its list
    yield Damage(cue.line, "list", "a cue for a list has nothing after it")


def _cut_clauses(description: Sequence[Block], lexicon: Lexicon) -> Iterator[Damage]:
    """Yield the losses that clauses without their object show."""
    own = [block for block in description if block.kind != "note"]
    for block in own:
        if lexicon.hollow.search(block.text):
            yield Damage(block.line, "tail", "a clause has lost what it is about")
    if own and lexicon.tail.search(own[-1].text):
        yield Damage(own[-1].line, "tail", "the last clause stops where its object should follow")


def _is_told_already(item: str, members: Collection[object]) -> bool:
    """Whether a class of letters says nothing new: "a letter" among lower-case letters is one of those."""
    if item == "letter":
        return "lower" in members or "upper" in members
    return item in ("lower", "upper") and "letter" in members


def _with_whole_charset(facts: Mapping[str, Fact], counted: Collection[str] = ()) -> dict[str, Fact]:
    """Let the characters of the beginning, the end and the length count among those that are allowed."""
    charset = facts.get("charset")
    if charset is None or not isinstance(charset.value, tuple):
        return dict(facts)
    members = {*charset.value, *counted}
    for name in ("startsWith", "endsWith"):
        fact = facts.get(name)
        if fact is not None and isinstance(fact.value, tuple):
            members |= {item for item in fact.value if not _is_told_already(str(item), members)}
    if {"lower", "upper"} <= members:
        members = members - {"lower", "upper"} | {"letter"}
    return {**facts, "charset": replace(charset, value=tuple(sorted(map(str, members))))}
