"""From one row to its facts: the row's cells, its sentences through the phrases, its lists by their content."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from conformance.contract.model import Fact, State
from conformance.extraction.facts.values import LITERAL, TypeWord, coerce, parse_type
from conformance.extraction.headings import required_mark
from conformance.extraction.page import Block, Damage, Note, Row
from conformance.extraction.text import sentences

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from conformance.contract.model import FactValue, Scalar
    from conformance.extraction.phrases.table import Lexicon

_HEAD = re.compile(
    rf"[\"']?(?P<value>-?{LITERAL}|[<>=!]=?)[\"']?\s*(?P<aside>\([^()]*\))?\s*(?=$|[:,;。、–—]|\.\s|\.$|-\s|-(?=[^\w]))",
    re.ASCII,
)
_HEAD_WITH_COLON = re.compile(rf"[\"']?-?{LITERAL}[\"']?\s*(?:\([^()]*\))?\s*:", re.ASCII)
_MARKED_HEAD = re.compile(rf"{LITERAL}(?: {LITERAL}){{0,2}}(?:\({LITERAL}\))?", re.ASCII)
"""A head that its mark holds together, blanks and brackets included: `MS SQL`, `ICMP(IPv4)`."""
_AFTER_HEAD = re.compile(r"\s*(?:\([^()]*\)\s*)?:")
_INDEXED = re.compile(r"\.(?:[NnMm]|\d+)$")
_MEMBER = re.compile(r"(?:\w+\.\s?\w[\w.]*|[A-Za-z]\w*[a-z0-9_][A-Z]\w*)\s*:", re.ASCII)
"""The head of a bullet that is about a member of the parameter's own JSON, not about the parameter."""
_ITEM = re.compile(rf"[\"']?(?P<value>-?{LITERAL})[\"']?\s*(?P<aside>(?:\([^()]*\)\s*)*)\.?", re.ASCII)
_ITEM_EXPLAINED = re.compile(
    rf"[\"']?(?P<value>-?{LITERAL})[\"']?\s*(?P<aside>(?:\([^()]*\)\s*)*(?:, which is the default(?: value)?\b)?)"
    r"(?:(?::|,(?=[^\x00-\x7f]|\s+which\b)).*|(?<=default)\.?|(?<=default value)\.?)",
    re.ASCII,
)
_RANGE_LIKE = re.compile(r"-?\d[\d,.]*\s*(?:~|-|–|to|至|到)\s*-?\d", re.IGNORECASE)
_LONGEST_SENTENCE: Final = 2000
"""Nothing longer is prose, and patterns may take the square of a text's length."""

_NO_VALUE: Final = frozenset({"null", "empty", "n/a", "-", "unspecified"})
"""What documents write for "there is no default" (reading rule 5); the Chinese word is no literal to begin with."""


@dataclass(slots=True)
class Reading:
    """What one row states.

    Attributes:
        type: Its type, `None` where the row does not say it.
        facts: The stated facts only.
        damage: What the row lost, by layout or by prose.
        notes: What was not understood.
    """

    type: TypeWord | None
    facts: dict[str, Fact] = field(default_factory=dict)
    damage: list[Damage] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def state(self, name: str, value: FactValue, line: int) -> None:
        """State a fact unless it is stated already: a document's first word holds."""
        if name not in self.facts:
            self.facts[name] = Fact(State.STATED, value, line)

    @property
    def scalar(self) -> str:
        """The type that single values of this row have."""
        if self.type is None:
            return "string"
        if self.type.name == "array":
            return self.type.item if self.type.item not in (None, "object", "array") else "string"
        return "string" if self.type.name == "object" else self.type.name


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
    reading = Reading(parse_type(row.type.text), damage=list(row.damage))
    _read_cells(row, reading)
    _Description(reading, lexicon, row.name, names).read(row.description, whole=row.whole)
    _complete(reading)
    if not rules:
        reading.notes.clear()
    return reading


def _read_cells(row: Row, reading: Reading) -> None:
    if reading.type is not None:
        reading.state("type", reading.type.name, row.type.line)
    elif row.type.text:
        reading.notes.append(Note(row.type.line, f"{row.name}: a type that is not known: {row.type.text[:40]!r}"))
    if row.required is not None and row.required.text:
        mark = required_mark(row.required.text)
        if mark is None:
            reading.notes.append(Note(row.required.line, f"{row.name}: a required mark that is not known"))
        else:
            reading.state("required", mark, row.required.line)
    example = row.example.text
    if example and example not in {"-", "无", "None"}:
        # An example that breaks its own type is kept as it stands (reading rule 11).
        typed = coerce(example, reading.scalar)
        reading.state("example", example if typed is None else typed, row.example.line)


class _Description:
    """Walks the blocks of one description; holds the list that is being collected."""

    def __init__(self, reading: Reading, lexicon: Lexicon, name: str, names: Collection[str]) -> None:
        self._reading = reading
        self._lexicon = lexicon
        self._name = name
        self._names = names
        self._array = reading.type is not None and (reading.type.name == "array" or _INDEXED.search(name) is not None)
        own = "|".join(map(re.escape, (name, _INDEXED.sub("", name).rsplit(".", 1)[-1]))) if name else "(?!)"
        self._own_name = re.compile(rf"(?<![\w.])(?:{own})(?![\w.]*\w)", re.ASCII)
        # The cue of the list that is being collected, and whether that list holds in one case only.
        self._cue: Block | None = None
        self._case = False
        self._items: list[Block] = []
        # Bullets without a cue, and whether the paragraph above them announces values all the same.
        self._loose: list[Block] = []
        self._announced = False
        self._first = True
        # Whether a list of values was read, and the first cue that had none.
        self._listed = False
        self._empty: Block | None = None

    def read(self, description: tuple[Block, ...], *, whole: bool = False) -> None:
        for block in description:
            if block.kind == "note":
                continue
            if block.kind == "bullet":
                self._bullet(block)
            else:
                self._prose(block)
        self._end_loose()
        self._end_list()
        if whole and self._empty is not None and self._empty != description[-1]:
            self._empty = None  # the document went on without its list
        if self._empty is not None and not {"enum", "minimum"} & self._reading.facts.keys():
            self._reading.damage.append(Damage(self._empty.line, "list", "a cue for a list has nothing after it"))
        self._look_for_a_cut(description)

    def _bullet(self, block: Block) -> None:
        if block.depth:
            return  # nothing in a nested bullet is the parameter's own (reading rule 5)
        if self._cue is not None:
            self._items.append(block)
        else:
            self._loose.append(block)

    def _end_loose(self) -> None:
        """Read bullets that no cue announces: a list of values by its content, else a list of rules."""
        items, self._loose = self._loose, []
        heads = [head for head in (_HEAD.match(item.text) for item in items) if head is not None]
        if len(heads) == len(items) > 1 and self._shows_values(items, heads):
            values = zip(heads, items, strict=True)
            self._enum(
                [(head["value"].rstrip("."), item.text[head.end("value") :], item.line) for head, item in values]
            )
            return
        if any(item.text.startswith(f"{self._name}.") for item in items):
            return  # the parameter is a structure, and these are its members
        for item in items:
            # A bullet about a member of a structure or about one case states nothing of the parameter itself.
            if _MEMBER.match(item.text) is None and self._unconditional(next(iter(sentences(item.text)), "")):
                self._sentences(item)

    def _shows_values(self, items: list[Block], heads: list[re.Match[str]]) -> bool:
        marked = any(self._lexicon.default_mark.search(item.text) for item in items)
        boolean = self._reading.scalar == "boolean" and {head["value"].lower() for head in heads} == {"true", "false"}
        foreign = any(head["value"] in self._names or head["value"].startswith(f"{self._name}.") for head in heads)
        return not foreign and (marked or boolean or self._announced)

    def _prose(self, block: Block) -> None:
        if self._cue is not None and not self._items_have_bullets() and _is_item(block.text):
            # Some captures drop the marks of bullets: the head with its colon is what shows them.
            self._items.append(block)
            return
        if self._announced and self._loose and not block.text.endswith(":"):
            # A paragraph between the bullets of an announced list explains the one above it.
            self._sentences(block)
            return
        self._end_loose()
        if self._lexicon.cue.search(self._own_name.sub(self._lexicon.itself, block.text)):
            self._end_list()
            self._cue = block
            self._case = self._lexicon.case.match(sentences(block.text)[-1]) is not None
        elif self._cue is not None and (not self._items or block.text.endswith(":")):
            self._end_list()
        # Only the words that say what the parameter is announce its values; later ones may announce anything.
        self._announced = self._first and block.text.endswith(":") and len(sentences(block.text)) == 1
        self._announced = self._announced and bool(self._unconditional(block.text))
        self._first = False
        self._sentences(block)

    def _items_have_bullets(self) -> bool:
        return any(item.kind == "bullet" for item in self._items)

    def _sentences(self, block: Block) -> None:
        for said in sentences(self._own_name.sub(self._lexicon.itself, block.text)):
            if len(said) > _LONGEST_SENTENCE:
                self._reading.notes.append(Note(block.line, f"{self._name}: a sentence of {len(said)} characters"))
                continue
            sentence = self._unconditional(said)
            if not sentence:
                continue
            understood = self._phrases(sentence, block.line)
            understood = self._inline(sentence, block.line) or self._sole(sentence, block) or understood
            if not understood and self._seems_to_promise(sentence):
                self._reading.notes.append(Note(block.line, f"{self._name}: a sentence that seems to state a rule"))

    def _seems_to_promise(self, sentence: str) -> bool:
        lexicon = self._lexicon
        known = (lexicon.cue, lexicon.reference, lexicon.tail, lexicon.hollow)
        return lexicon.constraint.search(sentence) is not None and not any(each.search(sentence) for each in known)

    def _unconditional(self, sentence: str) -> str:
        """Return what a sentence says before its condition; nothing where the condition governs all of it."""
        own = self._lexicon.own_condition.sub("", sentence)
        condition = self._lexicon.condition.search(own)
        if condition is None:
            return sentence
        before = own[: condition.start()].rstrip()
        return before if before.endswith((",", ";")) else ""

    def _phrases(self, sentence: str, line: int, *, only: str | None = None) -> bool:
        """State what the phrases find, only facts named `only` where it is given; tell whether any phrase holds."""
        understood = False
        for phrase in self._lexicon.phrases:
            for match in phrase.pattern.finditer(sentence):
                if phrase.arrays_only and not self._array:
                    continue
                if phrase.consumes:
                    sentence = sentence.replace(match[0], " ; ", 1)
                    understood = True
                for name, value in self._of_items(phrase.build(match)).items():
                    understood = True
                    if only is not None and name != only:
                        continue
                    if name == "default":
                        self._default(str(value), line)
                    elif name not in ("minimum", "maximum") or "minLength" not in self._reading.facts:
                        self._reading.state(name, value, line)
        return understood

    def _of_items(self, built: Mapping[str, FactValue]) -> Mapping[str, FactValue]:
        """Let a maximum alone, on a list of no numbers, count the items of the list."""
        if not self._array or built.keys() != {"maximum"} or "minimum" in self._reading.facts:
            return built
        return built if self._reading.scalar in ("integer", "number") else {"maxItems": built["maximum"]}

    def _default(self, text: str, line: int) -> None:
        if text.lower() in _NO_VALUE:
            return
        value = coerce(text, self._reading.scalar)
        if value is None:
            self._reading.notes.append(Note(line, f"a default that is no value of its type: {text[:40]!r}"))
        else:
            self._reading.state("default", value, line)

    def _inline(self, sentence: str, line: int) -> bool:
        """State an enumeration that stands in the sentence of its cue."""
        match = self._lexicon.inline.search(sentence)
        if match is None or "minimum" in self._reading.facts or "maxItems" in self._reading.facts:
            return False
        rest = match["rest"].strip().rstrip("。")
        explained = _ITEM_EXPLAINED.fullmatch(rest)
        items: list[re.Match[str] | None]
        items = [_ITEM.fullmatch(part) for part in self._lexicon.conjunctions.split(rest.rstrip(".")) if part]
        if (not items or None in items) and explained and ";" not in rest:
            items = [explained]
        elif None in items:
            items = [_ITEM.fullmatch(part) or _ITEM_EXPLAINED.fullmatch(part) for part in re.split(r"\s*;\s*", rest)]
        matched = [item for item in items if item is not None]
        return len(matched) == len(items) and self._enum(
            [(item["value"].rstrip("."), item["aside"] or "", line) for item in matched]
        )

    def _sole(self, sentence: str, block: Block) -> bool:
        """State the only value, where words of its own follow it and nothing but its mark shows where it ends."""
        match = self._lexicon.sole.search(sentence) if self._lexicon.sole is not None else None
        if match is None or match["value"] not in block.marked or {"minimum", "enum"} & self._reading.facts.keys():
            return False
        rest = sentence[match.end() :]
        if any(mark in rest for mark in block.marked):
            return False
        return self._enum([(match["value"], rest, block.line)])

    def _end_list(self) -> None:
        cue, items = self._cue, self._items
        self._cue, self._items = None, []
        if cue is None or self._case:
            return
        if not items:
            self._empty = self._empty or cue
            return
        heads = [_HEAD.match(item.text) for item in items]
        matched = [(head, item) for head, item in zip(heads, items, strict=True) if head is not None]
        if heads[0] is None or 2 * len(matched) < len(items) or any(_RANGE_LIKE.match(item.text) for item in items):
            # Bullets may be ranges, formats or prose (reading rule 3): none of them is a list of values. What they say
            # holds for one case each, but a unit is the same in all.
            for item in items:
                self._phrases(item.text, item.line, only="unit")
            for head, item in matched:
                if self._lexicon.default_mark.search(item.text):
                    self._default(head["value"], item.line)
            if heads[0] is None and not any(map(self._explains_itself, items)):
                self._reading.notes.append(Note(cue.line, f"{self._name}: a list that is no list of values"))
            return
        # The words after the head may also make it the default.
        ends = [
            (self._marked_head(item) or (head.end("value") if head is not None else 0), item)
            for head, item in zip(heads, items, strict=True)
        ]
        values = [(item.text[:end].strip("\"'").rstrip("."), item.text[end:], item.line) for end, item in ends if end]
        understood = self._enum(values)
        self._listed = True
        if not understood and not any(map(self._explains_itself, items)):
            self._reading.notes.append(Note(cue.line, f"{self._name}: a list of values of another type"))

    def _marked_head(self, item: Block) -> int:
        """Return where a head ends that holds blanks or brackets inside its mark; 0 where it is none."""
        head = item.marked[0] if item.marked else ""
        if re.search(r"[ (]", head) is None or not item.text.startswith(head):
            return 0
        whole = _MARKED_HEAD.fullmatch(head) is not None and self._lexicon.default_mark.search(head) is None
        return len(head) if whole and _AFTER_HEAD.match(item.text, len(head)) is not None else 0

    def _explains_itself(self, item: Block) -> bool:
        """Whether a bullet that is no value is a range or holds in one case only."""
        return _RANGE_LIKE.search(item.text) is not None or not self._unconditional(item.text)

    def _enum(self, values: list[tuple[str, str, int]]) -> bool:
        """State an enumeration of (literal, words beside it, line); false when one is no value of the type."""
        read = [(coerce(text, self._reading.scalar), aside, line) for text, aside, line in values]
        typed: list[Scalar] = [value for value, _, _ in read if value is not None]
        if len(typed) < len(read):
            return False
        for value, aside, line in read:
            if value is not None and self._lexicon.default_mark.search(aside):
                self._reading.state("default", value, line)
        known = self._reading.facts.get("enum")
        if self._listed and known is not None and isinstance(known.value, tuple):
            # Two lists hold for two cases: together they are what the parameter takes.
            typed, line = [*known.value, *typed], known.line or values[0][2]
            self._reading.facts["enum"] = Fact(State.STATED, tuple(dict.fromkeys(typed)), line)
        else:
            self._reading.state("enum", tuple(dict.fromkeys(typed)), values[0][2])
        return bool(typed)

    def _look_for_a_cut(self, description: tuple[Block, ...]) -> None:
        own = [block for block in description if block.kind != "note"]
        for block in own:
            if self._lexicon.hollow.search(block.text):
                self._reading.damage.append(Damage(block.line, "tail", "a clause has lost what it is about"))
        if own and self._lexicon.tail.search(own[-1].text):
            self._reading.damage.append(
                Damage(own[-1].line, "tail", "the last clause stops where its object should follow")
            )


def _is_item(text: str) -> bool:
    """Whether a paragraph is one value of a list: a value and its explanation, or a value alone."""
    return _HEAD_WITH_COLON.match(text) is not None or _ITEM.fullmatch(text.rstrip("。.")) is not None


def _complete(reading: Reading) -> None:
    """Let the characters that a value may begin and end with count among those that it may contain."""
    charset = reading.facts.get("charset")
    if charset is None or not isinstance(charset.value, tuple):
        return
    members = set(charset.value)
    for name in ("startsWith", "endsWith"):
        fact = reading.facts.get(name)
        if fact is not None and isinstance(fact.value, tuple):
            members |= {item for item in fact.value if not (item in ("lower", "upper") and "letter" in members)}
    if {"lower", "upper"} <= members:
        members = members - {"lower", "upper"} | {"letter"}
    reading.facts["charset"] = Fact(State.STATED, tuple(sorted(map(str, members))), charset.line)
