"""From one row whose value holds others to the facts of the value as a whole, and of each thing inside it.

A limit goes to what it speaks of: a number of items to the list, a range or a set of values to the item, what follows
the name of a member to that member. Where the words leave it open nothing is stated.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.contract.model import FACT_NAMES
from conformance.extraction.facts.description import Reading, read_row
from conformance.extraction.facts.literals import NAMED, parse_type
from conformance.extraction.facts.value_forms import each_alone, sentence_blocks, whole_alone
from conformance.extraction.page import Note, Text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from conformance.contract.model import Fact
    from conformance.extraction.facts.value_forms import ValueForm
    from conformance.extraction.page import Block, Row
    from conformance.extraction.phrases.table import Lexicon

_OF_THE_WHOLE: Final = frozenset({"type", "required", "default", "example", "allowEmpty", "maxItems"})
_OF_AN_OBJECT: Final = _OF_THE_WHOLE - {"maxItems", "allowEmpty"}
_OF_AN_ITEM: Final = frozenset(FACT_NAMES) - _OF_THE_WHOLE - {"minLength", "maxLength"}
_LENGTHS: Final = frozenset({"minLength", "maxLength"})


class Carried(Struct, frozen=True):
    """Something inside the value of a row.

    Attributes:
        inside: Its path inside the value: `[]`, `[].Id`, `.Id`.
        row: The row that says it.
        reading: What it states.
    """

    inside: str
    row: Row
    reading: Reading


def read_form(form: ValueForm, lexicon: Lexicon, names: Collection[str]) -> tuple[Reading, tuple[Carried, ...]]:
    """Read the row of a value that holds others, or several values in one text.

    Args:
        form: The row and its form.
        lexicon: The phrases of the document's language.
        names: The names of all parameters of the table.

    Returns:
        What is stated of the value as a whole, and what of each thing inside it.
    """
    if form.encoding == "plain":
        return _without(read_row(form.whole, lexicon, names), _OF_AN_ITEM | _LENGTHS), ()
    return (_read_list if form.shape == "list" else _read_object)(form, lexicon, names)


def _read_list(form: ValueForm, lexicon: Lexicon, names: Collection[str]) -> tuple[Reading, tuple[Carried, ...]]:
    reading = read_row(_as_list(form, form.whole.description), lexicon, names)
    own = _with_own_type(_only(reading.facts, _OF_THE_WHOLE), form)
    if _counts_values(form, lexicon, names):
        own.pop("maxItems", None)
    item = None if form.of_objects else _item(reading, form, lexicon, names)
    of_item = item.reading.facts.keys() if item is not None else ()
    carried = (*([item] if item is not None else []), *_members(form, "[].", lexicon, names))
    return _whole(reading, own, _OF_THE_WHOLE, form, reading.facts.keys() - of_item), carried


def _read_object(form: ValueForm, lexicon: Lexicon, names: Collection[str]) -> tuple[Reading, tuple[Carried, ...]]:
    reading = read_row(form.whole, lexicon, names)
    own = _with_own_type(_only(reading.facts, _OF_AN_OBJECT), form) | _of_the_text(form, lexicon, names)
    carried = _members(form, ".", lexicon, names) if form.shape != "unknown" else ()
    return _whole(reading, own, _OF_AN_OBJECT, form, reading.facts.keys()), carried


def _whole(
    reading: Reading, own: dict[str, Fact], of_whole: frozenset[str], form: ValueForm, said: AbstractSet[str]
) -> Reading:
    """Return what was read, as that of the whole alone.

    Args:
        reading: What was read in the row.
        own: The facts of the whole.
        of_whole: The names of facts that hold for the whole where they hold on a condition.
        form: The row and its form.
        said: The names of the facts in the row, but for those that are said of an item.
    """
    kept = tuple(each for each in reading.conditional if each.kind != "fact" or each.name in of_whole)
    whole = replace(reading, type=parse_type(form.whole.type.text), facts=own, conditional=kept)
    return _noted(whole, form.whole, sorted(said - own.keys()))


def _members(form: ValueForm, prefix: str, lexicon: Lexicon, names: Collection[str]) -> tuple[Carried, ...]:
    return tuple(Carried(f"{prefix}{row.name}", row, read_row(row, lexicon, names)) for row in form.members)


def _item(reading: Reading, form: ValueForm, lexicon: Lexicon, names: Collection[str]) -> Carried | None:
    """Return what is stated of each item of a list, `None` for nothing."""
    facts = _of_each(_with_values(reading.facts, form, lexicon, names), form, lexicon, names)
    scalar = _scalar(form.whole)
    if scalar != "string" and "type" in reading.facts:
        facts["type"] = replace(reading.facts["type"], value=scalar)
    on_items = [each for each in reading.conditional if each.name in _OF_AN_ITEM]
    if not facts and not on_items:
        return None
    gates = [each for each in reading.conditional if each.kind != "fact"]
    of_item = replace(reading, type=None, facts=facts, notes=(), conditional=(*gates, *on_items))
    return Carried("[]", form.whole, of_item)


def _only(facts: Mapping[str, Fact], names: frozenset[str]) -> dict[str, Fact]:
    return {name: fact for name, fact in facts.items() if name in names}


def _counts_values(form: ValueForm, lexicon: Lexicon, names: Collection[str]) -> bool:
    """Whether a number of items may as well be the greatest value: "maximum value: 100" of a text says neither."""
    facts = read_row(form.whole, lexicon, names).facts
    return "maximum" in facts and "minimum" not in facts and "maxItems" not in facts


def _as_list(form: ValueForm, description: Iterable[Block]) -> Row:
    """Return the row with a part of its description, read as what it is: a list."""
    row = form.whole
    return replace(row, type=Text(row.type.line, f"array<{_scalar(row)}>"), description=tuple(description))


def _scalar(row: Row) -> str:
    """Return the type of one item of a list."""
    kind = parse_type(row.type.text)
    each = kind.item if kind is not None and kind.name == "array" else kind.name if kind is not None else None
    return "string" if each is None or each in ("array", "object", NAMED) else each


def _with_own_type(facts: Mapping[str, Fact], form: ValueForm) -> dict[str, Fact]:
    """Let the type be the document's; that of numbers with commas between them is the type of each number."""
    own = dict(facts)
    kind = parse_type(form.whole.type.text)
    of_each = form.encoding == "csv" and kind is not None and kind.name in ("integer", "number")
    if kind is None or of_each:
        own.pop("type", None)
    else:
        own["type"] = replace(own["type"], value=kind.name)
    return own


def _of_the_text(form: ValueForm, lexicon: Lexicon, names: Collection[str]) -> dict[str, Fact]:
    """Return the facts of the text of an object: what is said of no single key or value in it."""
    alone = replace(form.whole, description=tuple(whole_alone(form.whole.description, lexicon.forms)))
    facts = read_row(alone, lexicon, names).facts
    return {name: fact for name, fact in facts.items() if name in _LENGTHS or name == "allowEmpty"}


def _with_values(
    facts: Mapping[str, Fact], form: ValueForm, lexicon: Lexicon, names: Collection[str]
) -> dict[str, Fact]:
    """Add the values that are listed in prose behind a number of items, which else ends the search for them."""
    if "maxItems" not in facts or "enum" in facts:
        return dict(facts)
    alone = tuple(
        block
        for block in sentence_blocks(form.whole.description)
        if block.kind == "bullet" or "maxItems" not in read_row(_as_list(form, [block]), lexicon, names).facts
    )
    enum = read_row(_as_list(form, alone), lexicon, names).facts.get("enum")
    return {**facts, **({} if enum is None else {"enum": enum})}


def _of_each(facts: Mapping[str, Fact], form: ValueForm, lexicon: Lexicon, names: Collection[str]) -> dict[str, Fact]:
    """Return the facts of an item: a length only where the words say that it is that of each."""
    alone = _as_list(form, each_alone(form.whole.description, lexicon.forms))
    lengths = {name: fact for name, fact in read_row(alone, lexicon, names).facts.items() if name in _LENGTHS}
    return {name: fact for name, fact in facts.items() if name in _OF_AN_ITEM} | lengths


def _without(reading: Reading, names: frozenset[str]) -> Reading:
    kept = {name: fact for name, fact in reading.facts.items() if name not in names}
    return replace(
        reading, facts=kept, conditional=tuple(each for each in reading.conditional if each.name not in names)
    )


def _noted(reading: Reading, row: Row, dropped: list[str]) -> Reading:
    """Add a note of the rules that may be about the whole text or about what is inside it."""
    if not dropped:
        return reading
    note = Note(row.line, f"{row.name}: a rule that may be about the text or about what is in it: {', '.join(dropped)}")
    return replace(reading, notes=(*reading.notes, note))
