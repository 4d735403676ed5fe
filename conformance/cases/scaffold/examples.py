"""The value that stands for each parameter: the account's, a document's good example, or an invented one.

What is chosen takes the place of the documents' examples, which every other part of a skeleton tries first.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

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
    from conformance.cases.meanings.words import Words
    from conformance.cases.scaffold.requests import Rows
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract, Parameter

_HIDDEN: Final = re.compile(
    r"\*{2,}|[xX]{3,}|(?<![A-Za-z0-9])[xX]{1,3}(?![A-Za-z0-9])|\.\.\.|…|^\s|\s$|<\w+>|\d\s*\.\s+\d"
)
"""What shows that an example hides something, or was torn: `eip-25****`, `eni-xxxx`, `10.0.XX.XX`, `10. 0. 0`."""

_TYPE_FORMS: Final = {"integer": INTEGER, "number": NUMBER, "boolean": re.compile("true|false")}


@dataclass(frozen=True)
class AccountThings:
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
    rows = rows_of(contracts)
    things: dict[str, NamedValue] = {}
    chosen: dict[str, str] = {}
    invented: set[str] = set()
    for path, own in rows.items():
        line = _line(path, own, next(iter(contracts.values())), meant, table)
        value = _of_account(path, own, line, defaults, things)
        if value is None:
            value, is_invented = _free(own, line)
            if is_invented:
                invented.add(path)
        if value is not None:
            chosen[path] = value
    _fill_structures(rows, chosen, table, things)
    new = {
        language: replace(contract, parameters=tuple(_with_example(row, chosen) for row in contract.parameters))
        for language, contract in contracts.items()
    }
    existing: dict[str, frozenset[str]] = {}
    for path, text in chosen.items():
        for each in _members(text):
            if each in things and things[each].thing:
                existing[each] = existing.get(each, frozenset()) | {path}
    return new, AccountThings(things, _kinds(rows), frozenset(invented), existing)


def _members(text: str) -> list[str]:
    """Return the texts of a list that one text is in JSON; the text itself where it is none."""
    inner = decoded(text, "json") if text.startswith("[") else None
    return [each for each in inner if isinstance(each, str)] if isinstance(inner, list) else [text]


def _line(
    path: str,
    own: Sequence[Parameter],
    contract: Contract,
    meant: Mapping[Language, Sequence[MeantRow]],
    table: ValueTable,
) -> NamedValue | None:
    """Return what is known of a parameter, by its name and by what the error rows say of it."""
    line, words = table.of(path), table.words
    name = singular(leaf_of(path))
    role, noun = words.role_and_noun(contract.operation)
    stem = next((name.removesuffix(end) for end in words.ids if name.endswith(end) and name != end), "")
    created = role == "create" and capitalised(stem) == noun
    made_before = created and name.endswith(words.ids[0]) and _is_there_before(path, own, contract, meant)
    if not stem or (line is not None and line.thing and not created):
        return line
    if created and not made_before:
        return line if line is None or not line.thing else None
    if name.endswith(words.ids[0]):
        return table.named_thing(path) if _is_missed_id(path, meant, words) else line
    missed = any(each.kind == "not_found" and each.parameter == path for rows in meant.values() for each in rows)
    told_apart = any(contract.parameter(f"{noun}{words.ids[0]}{end}") for end in ("", "s", "[]"))
    # What is changed or shown goes by the name that it must have, where no id is asked for.
    by_name = (
        role not in ("", "create") and required_by_any(own) and "[" not in path and not _asks_for_id(contract, words)
    )
    if missed or (stem == noun and role and not told_apart) or by_name:
        return table.named_thing(path)
    return line


def _is_there_before(
    path: str, own: Sequence[Parameter], contract: Contract, meant: Mapping[Language, Sequence[MeantRow]]
) -> bool:
    """Whether an operation with a verb of creation does something with what there is: it must be told the id."""
    kinds = {each.kind for rows in meant.values() for each in rows if each.parameter in ("", path)}
    answered = {leaf_of(row.path) for row in contract.responses}
    return required_by_any(own) and leaf_of(path) not in answered and "not_found" in kinds and "exists" not in kinds


def _is_missed_id(path: str, meant: Mapping[Language, Sequence[MeantRow]], words: Words) -> bool:
    """Whether a row says plainly that there is none with this id, of what usually is no resource: a task, an order."""
    name = leaf_of(path)
    if words.known_values(path) is not None or words.means("apart", name) or words.means("idempotent_by", name):
        return False
    return words.means("never_ids", name) and any(naming_rows("not_found", path, rows) for rows in meant.values())


def _asks_for_id(contract: Contract, words: Words) -> bool:
    """Whether an operation requires the id of something."""
    return any(
        row.fact("required").value is True and words.is_id(row.path) and not words.means("never_ids", leaf_of(row.path))
        for row in contract.parameters
    )


def _of_account(
    path: str,
    own: Sequence[Parameter],
    line: NamedValue | None,
    defaults: Mapping[str, str],
    things: dict[str, NamedValue],
) -> str | None:
    """Return the value of a target for a parameter, `None` where it names nothing of the account."""
    if line is None or not line.target or any(row.fact("enum").stated for row in own):
        return None
    value = defaults.get(line.target) or invented_default(line.target)
    if not keeps_rules(own, value):
        if not line.thing:
            return None
        literal = next((each for each in _examples(own) if keeps_rules(own, each)), None)
        if literal is None or len(literal) < _SHORTEST_ID:
            return None
        things.setdefault(literal, replace(line, target=""))
        return None
    things.setdefault(value, line)
    if own[0].encoding == "plain" and leaf_of(path).endswith("s") and any("[" in each for each in _examples(own)):
        return json.dumps([value])
    return value


_SHORTEST_ID: Final = 4


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


def _fill_structures(rows: Rows, chosen: dict[str, str], table: ValueTable, things: Mapping[str, NamedValue]) -> None:
    """Put the account's own into the values that are lists and objects written as one text."""
    for path, own in rows.items():
        if own[0].encoding not in CARRYING:
            continue
        # What is inside such a value has its encoding too, and is itself a list only where its example is one.
        named = table.of(path) is not None and carrier_path(path, rows) is None
        text = _structure(path, own, chosen, things, named=named)
        if text is not None:
            chosen[path] = text


def _structure(
    path: str,
    own: Sequence[Parameter],
    chosen: Mapping[str, str],
    things: Mapping[str, NamedValue],
    *,
    named: bool,
) -> str | None:
    """Return the example of a list or object, with what is the account's in it; `None` to leave it as it is.

    Args:
        path: Its path.
        own: Its rows.
        chosen: The values that were chosen for all paths.
        things: By value, what must exist.
        named: Whether its name alone says what is in it.
    """
    encoding = "json" if own[0].encoding == "map" else own[0].encoding
    for text in _examples(own):
        value = decoded(text, encoding)
        if isinstance(value, list | dict) and value:
            filled = _filled(path, value, chosen, things)
            if encoding == "csv" and isinstance(filled, list):
                return ",".join(map(str, filled))
            return json.dumps(filled, ensure_ascii=False)
    inner = chosen.get(path)
    if named and inner is not None and inner in things:
        return json.dumps([inner]) if encoding == "json" else inner
    return None


def _filled(path: str, value: object, chosen: Mapping[str, str], things: Mapping[str, NamedValue]) -> object:
    if isinstance(value, dict):
        return {name: _filled(f"{path}.{name}", each, chosen, things) for name, each in value.items()}
    if isinstance(value, list):
        return [_filled(f"{path}[]", each, chosen, things) for each in value[:1]]
    if isinstance(value, str):
        own = chosen.get(path, chosen.get(path.partition("[")[0], ""))
        if own and (own in things or _HIDDEN.search(value)):
            return own
        return unmasked(value)
    return value


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
