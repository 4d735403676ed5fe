"""The value that stands for each parameter: the account's, a document's good example, or an invented one.

What is chosen takes the place of the documents' examples, which every other part of a skeleton tries first.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.cases.meanings.rows import leaf_of, naming_rows
from conformance.cases.meanings.values import EXISTS, NamedValue, invented_default
from conformance.cases.meanings.words import capitalised, singular
from conformance.cases.scaffold.requests import carrier_path, required_by_any, rows_of, top_of
from conformance.cases.scaffold.values import unmasked
from conformance.contract.constraints import INTEGER, NUMBER, violations
from conformance.contract.encodings import CARRYING, decoded
from conformance.contract.model import Fact, State
from conformance.contract.wire import canonical_type, wire_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.cases.meanings.rows import MeantRow
    from conformance.cases.meanings.values import ValueTable
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract, Parameter

_HIDDEN: Final = re.compile(
    r"\*{2,}|[xX]{3,}|(?<![A-Za-z0-9])[xX]{1,3}(?![A-Za-z0-9])|\.\.\.|…|^\s|\s$|<\w+>|\d\s*\.\s+\d"
)
"""What shows that an example hides something, or was torn: `eip-25****`, `eni-xxxx`, `10.0.XX.XX`, `10. 0. 0`."""

_SHORTEST_ID: Final = 4
"""Characters that an example has at the least to be taken for what names something."""

_TYPE_FORMS: Final = {"integer": INTEGER, "number": NUMBER, "boolean": re.compile("true|false")}


class AccountThings(Struct, frozen=True, dict=True):
    """What requests name of the account under test.

    Attributes:
        things: By the value that stands for it, what must exist or is the account's own.
        kinds: By the name of a parameter at the top of a request, another one whose value is the type of what it names.
        invented: The paths whose value no document and no account has.
        by_value: By such a value of what must exist, the paths of the parameters that have it.
    """

    things: Mapping[str, NamedValue]
    kinds: Mapping[str, str]
    invented: frozenset[str]
    by_value: Mapping[str, frozenset[str]]

    def shown(self, value: object) -> object:
        """Return a value as a case file has it, with `${target.NAME}` for what is the account's."""
        if isinstance(value, str):
            return self._pattern.sub(self._reference, value)
        if isinstance(value, dict):
            return {name: self.shown(each) for name, each in value.items()}
        return [self.shown(each) for each in value] if isinstance(value, list) else value

    def paths_of(self, value: str) -> frozenset[str]:
        """Return the paths of the parameters that name a thing by this value."""
        return self.by_value.get(value, frozenset())

    def _reference(self, match: re.Match[str]) -> str:
        target = self.things[match[0]].target
        return f"${{target.{target}}}" if target else match[0]

    def states(self, request: Mapping[str, object], but: Sequence[object] = ()) -> list[dict[str, object]]:
        """Return the provider states that make exist what a request names, each once, without those of `but`."""
        found: list[dict[str, object]] = []
        for name, value in request.items():
            for text in _texts(value):
                for match in self._pattern.finditer(text):
                    thing = self.things[match[0]]
                    if thing.thing:
                        state = self._state(thing, match[0], request.get(self.kinds.get(name, "")))
                        if state not in found and state not in but:
                            found.append(state)
        return found

    def _state(self, thing: NamedValue, value: str, kind: object) -> dict[str, object]:
        named: dict[str, object] = (
            {"type": kind if isinstance(kind, str) else thing.thing} if thing.state == EXISTS else {}
        )
        return {thing.state: {**named, "id": self.shown(value)}}

    @cached_property
    def paths(self) -> frozenset[str]:
        """The paths whose value names something that must exist."""
        return frozenset(path for paths in self.by_value.values() for path in paths)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        words = sorted(map(re.escape, self.things), key=len, reverse=True)
        return re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?![\w$-])" if words else r"(?!)")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(each)


def with_examples(
    contracts: Mapping[Language, Contract],
    meant: Mapping[Language, Sequence[MeantRow]],
    table: ValueTable,
    defaults: Mapping[str, str],
) -> tuple[Mapping[Language, Contract], AccountThings]:
    """Return contracts whose examples are the values to send, and what these name of the account.

    Args:
        contracts: The contracts of one operation by language.
        meant: What their error rows are about.
        table: What is known of parameters by their names.
        defaults: The values of targets that there are.
    """
    choice = _Choice(contracts, meant, table, defaults)
    choice.choose()
    new = {
        language: replace(contract, parameters=tuple(_with_example(row, choice.chosen) for row in contract.parameters))
        for language, contract in contracts.items()
    }
    existing: dict[str, frozenset[str]] = {}
    for path, text in choice.chosen.items():
        for each in _members(text):
            if each in choice.things and choice.things[each].thing:
                existing[each] = existing.get(each, frozenset()) | {path}
    return new, AccountThings(choice.things, _kinds(choice.rows), frozenset(choice.invented), existing)


def _members(text: str) -> list[str]:
    """Return the texts of a list that one text is in JSON; the text itself where it is none."""
    inner = decoded(text, "json") if text.startswith("[") else None
    return [each for each in inner if isinstance(each, str)] if isinstance(inner, list) else [text]


class _Choice:
    """Chooses the value that stands for each parameter of an operation.

    Args:
        contracts: The contracts of the operation by language.
        meant: What their error rows are about.
        table: What is known of parameters by their names.
        defaults: The values of targets that there are.

    Attributes:
        rows: By path, each document's row of a parameter.
        chosen: By path, the value; a path that is left to the rules of the parameter has none.
        things: By value, what must exist or is the account's own.
        invented: The paths whose value no document and no account has.
    """

    def __init__(
        self,
        contracts: Mapping[Language, Contract],
        meant: Mapping[Language, Sequence[MeantRow]],
        table: ValueTable,
        defaults: Mapping[str, str],
    ) -> None:
        self.rows = rows_of(contracts)
        self.chosen: dict[str, str] = {}
        self.things: dict[str, NamedValue] = {}
        self.invented: set[str] = set()
        self._contract = next(iter(contracts.values()))
        self._meant = meant
        self._table = table
        self._defaults = defaults
        self._words = table.words
        self._role, self._noun = table.words.role_and_noun(self._contract.operation)

    def choose(self) -> None:
        """Choose all values, those that are lists and objects in one text last: they have others in them."""
        for path, own in self.rows.items():
            known = self._known(path, own)
            value = self._of_account(path, own, known)
            if value is None:
                value, is_invented = _free(own, known)
                if is_invented:
                    self.invented.add(path)
            if value is not None:
                self.chosen[path] = value
        self._fill_structures()

    def _known(self, path: str, own: Sequence[Parameter]) -> NamedValue | None:
        """Return what is known of a parameter, by its name and by what the error rows say of it."""
        known = self._table.of(path)
        name = singular(leaf_of(path))
        is_id = name.endswith(self._words.ids[0])
        stem = next((name.removesuffix(end) for end in self._words.ids if name.endswith(end) and name != end), "")
        if not stem:
            return known
        if self._role == "create" and capitalised(stem) == self._noun:
            if not (is_id and self._is_there_before(path, own)):
                return None if known is not None and known.thing else known
        elif known is not None and known.thing:
            return known
        names_a_thing = self._is_missed_id(path) if is_id else self._is_name_of_a_thing(path, own, stem)
        return self._table.named_thing(path) if names_a_thing else known

    def _is_there_before(self, path: str, own: Sequence[Parameter]) -> bool:
        """Whether an operation with a verb of creation does something with what there is: it must be told the id."""
        kinds = {each.kind for rows in self._meant.values() for each in rows if each.parameter in ("", path)}
        answered = {leaf_of(row.path) for row in self._contract.responses}
        return required_by_any(own) and leaf_of(path) not in answered and "not_found" in kinds and "exists" not in kinds

    def _is_missed_id(self, path: str) -> bool:
        """Whether a row plainly says that there is none with this id, of what usually is no resource, as a task."""
        name, words = leaf_of(path), self._words
        if words.known_values(path) is not None or words.means("apart", name) or words.means("idempotent_by", name):
            return False
        return words.means("never_ids", name) and any(
            naming_rows("not_found", path, rows) for rows in self._meant.values()
        )

    def _is_name_of_a_thing(self, path: str, own: Sequence[Parameter], stem: str) -> bool:
        """Whether a parameter names what must exist: a row misses it, or no id tells which one is meant."""
        if any(each.kind == "not_found" and each.parameter == path for rows in self._meant.values() for each in rows):
            return True
        id_end = self._words.ids[0]
        told_apart = any(self._contract.parameter(f"{self._noun}{id_end}{end}") for end in ("", "s", "[]"))
        if stem == self._noun and self._role and not told_apart:
            return True
        # What is changed or shown goes by the name that it must have, where no id is asked for.
        changed_or_shown = self._role not in ("", "create")
        return changed_or_shown and required_by_any(own) and "[" not in path and not self._asks_for_id()

    def _asks_for_id(self) -> bool:
        """Whether the operation requires the id of something."""
        return any(
            row.fact("required").value is True
            and self._words.is_id(row.path)
            and not self._words.means("never_ids", leaf_of(row.path))
            for row in self._contract.parameters
        )

    def _of_account(self, path: str, own: Sequence[Parameter], known: NamedValue | None) -> str | None:
        """Return the value of a target for a parameter, `None` where it names nothing of the account.

        Where the rules of the parameter refuse that value, an example of the document is noted as what must exist.
        """
        if known is None or not known.target or any(row.fact("enum").stated for row in own):
            return None
        value = self._defaults.get(known.target) or invented_default(known.target)
        if not keeps_rules(own, value):
            literal = next((each for each in _examples(own) if keeps_rules(own, each)), None) if known.thing else None
            if literal is not None and len(literal) >= _SHORTEST_ID:
                self.things.setdefault(literal, replace(known, target=""))
            return None
        self.things.setdefault(value, known)
        if own[0].encoding == "plain" and leaf_of(path).endswith("s") and any("[" in each for each in _examples(own)):
            return json.dumps([value])
        return value

    def _fill_structures(self) -> None:
        """Put the account's own into the values that are lists and objects written as one text."""
        for path, own in self.rows.items():
            text = self._structure(path, own) if own[0].encoding in CARRYING else None
            if text is not None:
                self.chosen[path] = text

    def _structure(self, path: str, own: Sequence[Parameter]) -> str | None:
        """Return the example of a list or object, with what is the account's in it; `None` to leave it as it is."""
        encoding = "json" if own[0].encoding == "map" else own[0].encoding
        for text in _examples(own):
            value = decoded(text, encoding)
            if isinstance(value, list | dict) and value:
                filled = self._filled(path, value)
                if encoding == "csv" and isinstance(filled, list):
                    return ",".join(map(str, filled))
                return json.dumps(filled, ensure_ascii=False)
        inner = self.chosen.get(path)
        # What is inside such a value has its encoding too, and is itself a list only where its example is one.
        named = self._table.of(path) is not None and carrier_path(path, self.rows) is None
        if named and inner is not None and inner in self.things:
            return json.dumps([inner]) if encoding == "json" else inner
        return None

    def _filled(self, path: str, value: object) -> object:
        if isinstance(value, dict):
            return {name: self._filled(f"{path}.{name}", each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._filled(f"{path}[]", each) for each in value[:1]]
        if isinstance(value, str):
            own = self.chosen.get(path, self.chosen.get(path.partition("[")[0], ""))
            if own and (own in self.things or _HIDDEN.search(value)):
                return own
            return unmasked(value)
        return value


def _free(own: Sequence[Parameter], line: NamedValue | None) -> tuple[str | None, bool]:
    """Return a value that need not exist anywhere, and whether it is invented; `None` to leave it to the rules."""
    form = line.form if line is not None else None
    texts = [text for text in _examples(own) if keeps_rules(own, text)]
    good = next((text for text in texts if not _HIDDEN.search(text) and (form is None or form.fullmatch(text))), None)
    if good is not None:
        return good, False
    documented = any(row.fact(name).stated for row in own for name in ("enum", "default"))
    if not documented and line is not None:
        value = next((text for text in line.values if keeps_rules(own, text)), None)
        if value is not None:
            return value, True
    plain = next((text for text in map(unmasked, texts) if keeps_rules(own, text)), None)
    return plain, plain is None and not documented


def _examples(own: Sequence[Parameter]) -> Iterator[str]:
    for row in own:
        fact = row.fact("example")
        if fact.stated and isinstance(fact.value, str | int | float) and "${" not in str(fact.value):
            yield wire_text(fact.value)


def keeps_rules(own: Sequence[Parameter], text: str) -> bool:
    """Whether a text keeps every rule of a parameter in every document, its type too."""
    for row in own:
        form = _TYPE_FORMS.get(canonical_type(str(row.fact("type").value)))
        if form is not None and not form.fullmatch(text):
            return False
        if row.encoding not in CARRYING and violations(row, [text]):
            return False
    return True


def _with_example(row: Parameter, chosen: Mapping[str, str]) -> Parameter:
    value, own = chosen.get(row.path), row.fact("example").value
    if value is None or (isinstance(own, str | int | float) and wire_text(own) == value):
        return row
    return replace(row, facts={**row.facts, "example": Fact(State.STATED, value, row.line)})


def _kinds(rows: Mapping[str, Sequence[Parameter]]) -> dict[str, str]:
    """Return which parameters say the type of what another one names: `ThingType` of `ThingId`."""
    found = {}
    for path in rows:
        top = top_of(path)
        stem = singular(top).removesuffix("Id")
        kind = f"{stem}Type"
        if stem != top and kind in rows and any(row.fact("enum").stated for row in rows[kind]):
            found[top] = kind
    return found
