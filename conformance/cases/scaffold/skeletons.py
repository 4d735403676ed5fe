"""Skeletons of cases for an operation that has none: a valid request, every error row, both sides of every rule.

What a document does not say is left to a person, and says so: `trigger: todo`, which a run reports as not run.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.cases.scaffold.values import broken_facts, pair, valid_value
from conformance.contract.wire import SYSTEM_PARAMETERS, is_container
from conformance.core.errors import CaseError
from conformance.core.yamlwriter import comment_text, dump_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract, Fact, Parameter

BASE: Final = "plain"
"""The name of the valid request that the cases start from."""

_HEADER: Final = """\
# yaml-language-server: $schema=../../case.schema.json
#
# Written by `conformance scaffold` from {sources}. It is yours now: {advice}
operation: {operation}
base: plain
cases:
"""
_NAMEABLE: Final = re.compile(r"[A-Za-z][A-Za-z0-9.\[\]_]*")
"""The paths that the field `fact` of a case can hold."""

_SUCCESS: Final[dict[str, object]] = {"success": True}


class _Rule(NamedTuple):
    """One stated rule: the parameter, the fact, and the documents that state this value."""

    row: Parameter
    name: str
    fact: Fact
    languages: tuple[Language, ...]


def scaffold(contracts: Mapping[Language, Contract]) -> dict[str, str]:
    """Return the case files of an operation by name: `base.yaml`, `errors.yaml`, `boundaries.yaml`.

    Args:
        contracts: The contracts of one operation by language, at least one.

    Returns:
        Texts that `conformance.cases.load` reads with these contracts. A file that would have no case is left out.
    """
    rows = _rows(contracts)
    request = _request(rows, [row for row in rows if _needed(row, rows)])
    files = {
        "base.yaml": _base(contracts, rows, request),
        "errors.yaml": _file(contracts, _errors(contracts), "say what triggers each row, or delete the case."),
        "boundaries.yaml": _file(
            contracts, _boundaries(contracts, rows, request), "name the one code where it is known."
        ),
    }
    return {name: text for name, text in files.items() if text}


_Rows = dict[str, list["Parameter"]]
"""A parameter's path to its row in each document that has it."""


def _rows(contracts: Mapping[Language, Contract]) -> _Rows:
    rows: _Rows = {}
    for contract in contracts.values():
        paths = frozenset(row.path for row in contract.parameters)
        for row in contract.parameters:
            # `times` is what a case file calls the length of a list: no case can send a parameter of this name.
            spelt = re.split(r"[.\[\]]+", row.path)
            if row.path not in SYSTEM_PARAMETERS and not is_container(row.path, paths) and "times" not in spelt:
                rows.setdefault(row.path, []).append(row)
    return rows


def _required(rows: Sequence[Parameter]) -> bool:
    return any(row.fact("required").stated and row.fact("required").value is True for row in rows)


def _needed(path: str, rows: _Rows) -> bool:
    """Whether a valid request carries a parameter; a member of a list is needed only in an item that is there."""
    return _required(rows[path]) and "[]." not in path


def _request(rows: _Rows, paths: Sequence[str]) -> dict[str, object]:
    request: dict[str, object] = {}
    for path in paths:
        value = valid_value(rows[path])
        _put(request, path, "todo" if value is None else value)
    return request


def _put(request: dict[str, object], path: str, value: object) -> None:
    """Put a value at a folded path: `Tag[].Key` goes into the first item of the list `Tag`."""
    steps = re.findall(r"[^.\[\]]+|\[\]", path)
    place: dict[str, object] | list[object] = request
    for step, after in zip(steps, [*steps[1:], None], strict=True):
        if after is None:
            _set_in(place, step, value)
            return
        # One document may call a plain text what the other calls a list: the later one holds.
        there = _get_in(place, step)
        if after == "[]":
            inner: dict[str, object] | list[object] = there if isinstance(there, list) else []
        else:
            inner = there if isinstance(there, dict) else {}
        _set_in(place, step, inner)
        place = inner


def _get_in(place: dict[str, object] | list[object], step: str) -> object:
    """Return what is in a mapping under a name, or in a list as its first item; `None` where nothing is."""
    if isinstance(place, list):
        return place[0] if place else None
    return place.get(step)


def _set_in(place: dict[str, object] | list[object], step: str, value: object) -> None:
    if isinstance(place, list):
        place[:1] = [value]
    else:
        place[step] = value


def _base(contracts: Mapping[Language, Contract], rows: _Rows, request: dict[str, object]) -> str:
    operation = next(iter(contracts.values())).operation
    unsure = [path for path in rows if _needed(path, rows) and valid_value(rows[path]) is None]
    lines = [
        f"# Written by `conformance scaffold` from {_sources(contracts)}. It is yours now.",
        "# Values are the documents' examples; hidden characters are plain ones.",
        f"operation: {_flow(operation)}",
        "bases:",
        f"  {BASE}:",
        f"    title: {_flow(f'The parameters that {operation} requires, and no others')}",
        "    # What must hold on the server first: add states of cases/states.yaml, as resource.exists.",
        "    given: []",
    ]
    if unsure:
        lines.append(f"    # No document gives a value that keeps its own rules for: {comment_text(', '.join(unsure))}")
    if not request:
        return "\n".join([*lines, "    parameters: {}"]) + "\n"
    lines.append("    parameters:")
    lines += [f"      {_flow(name)}: {_flow(value)}" for name, value in request.items()]
    return "\n".join(lines) + "\n"


def _sources(contracts: Mapping[Language, Contract]) -> str:
    # A line end in a file's name must not end the comment.
    return " and ".join(contract.source.file.encode("unicode_escape").decode() for contract in contracts.values())


def _file(contracts: Mapping[Language, Contract], cases: Iterator[dict[str, object]], advice: str) -> str:
    operation = next(iter(contracts.values())).operation
    body = _unique(cases)
    if not body:
        return ""
    text = _HEADER.format(sources=_sources(contracts), advice=advice, operation=_flow(operation))
    for case in body:
        comment = case.pop("#", None)
        lead = "  - "
        for name, value in case.items():
            if name == "expect" and comment:
                text += f"    # {comment}\n"
            text += f"{lead}{name}: {_flow(value)}\n"
            lead = "    "
    return text


def _unique(cases: Iterator[dict[str, object]]) -> list[dict[str, object]]:
    """Number the ids that more than one case would have; the group is a part of the full id, but need not be."""
    seen: dict[str, int] = {}
    found = []
    for case in cases:
        name = str(case["id"])
        seen[name] = seen.get(name, 0) + 1
        found.append(case if seen[name] == 1 else {**case, "id": f"{name}-{seen[name]}"})
    return found


def _flow(value: object) -> str:
    return dump_line(value, CaseError)


def _slug(text: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", text)
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "case"


def _errors(contracts: Mapping[Language, Contract]) -> Iterator[dict[str, object]]:
    """Yield a case for every row of the tables of errors; rows that differ in language alone share one."""
    codes = dict.fromkeys(row.code for contract in contracts.values() for row in contract.errors)
    for code in codes:
        messages = dict.fromkeys(row.message for contract in contracts.values() for row in contract.rows(code))
        several = any(len(contract.rows(code)) > 1 for contract in contracts.values())
        for number, message in enumerate(messages if several else [None], start=1):
            which = f", message {number} of {len(messages)}" if several else ""
            yield {
                "id": _slug(code),
                "title": f"The documented error {code}{which}",
                "expect": {"error": code, **({} if message is None or "${" in message else {"message": message})},
                "trigger": "todo",
            }


def _rules(contracts: Mapping[Language, Contract], rows: _Rows) -> Iterator[_Rule]:
    """Yield every stated rule, once for each value that the documents give it."""
    stated: dict[tuple[str, str], list[tuple[Language, Parameter, Fact]]] = {}
    for language, contract in contracts.items():
        for row, name, fact in contract.constraints():
            if row.path in rows and _NAMEABLE.fullmatch(row.path):
                stated.setdefault((row.path, name), []).append((language, row, fact))
    for (_, name), entries in stated.items():
        values: dict[tuple[str, ...], tuple[Parameter, Fact]] = {}
        for _, row, fact in entries:
            values.setdefault(_key(fact), (row, fact))
        for key, (row, fact) in values.items():
            yield _Rule(row, name, fact, tuple(language for language, _, each in entries if _key(each) == key))


def _key(fact: Fact) -> tuple[str, ...]:
    return tuple(sorted(map(str, fact.value if isinstance(fact.value, tuple) else (fact.value,))))


def _boundaries(
    contracts: Mapping[Language, Contract], rows: _Rows, request: dict[str, object]
) -> Iterator[dict[str, object]]:
    for rule in _rules(contracts, rows):
        if rule.name == "required":
            yield from _presence(rule, contracts, rows, request)
        elif rule.name == "maxItems":
            yield from _items(rule, contracts, rows)
        else:
            good, bad = pair(rule.row, rule.name)
            yield _good(rule, None if good is None else {"set": _set(rule.row.path, good, rows)}, contracts)
            facts = broken_facts(rule.row, bad) if bad is not None else ()
            yield _bad(rule, None if bad is None else {"set": _set(rule.row.path, bad, rows)}, contracts, facts)


def _set(path: str, value: object, rows: _Rows) -> dict[str, object]:
    """Return the parameter at the top of a path with this value, and with what else an item needs to be valid."""
    top = re.split(r"[.\[]", path)[0]
    prefix = path.rpartition("[].")[0]
    siblings = [
        other
        for other in rows
        if prefix and other.startswith(f"{prefix}[].") and "[" not in other.removeprefix(f"{prefix}[].")
    ]
    request = _request(rows, [other for other in siblings if other != path and _required(rows[other])])
    _put(request, path, value)
    return {top: request[top]}


def _presence(
    rule: _Rule, contracts: Mapping[Language, Contract], rows: _Rows, request: dict[str, object]
) -> Iterator[dict[str, object]]:
    path = rule.row.path
    top = re.split(r"[.\[]", path)[0]
    if "[]." not in path:
        own = [other for other in rows if re.split(r"[.\[]", other)[0] == top]
        alone = own == [path] and top in request
        yield _good(rule, {}, contracts, suffix="given")
        yield _bad(rule, {"unset": [top]} if alone else None, contracts, ("required",), suffix="omitted")
        return
    prefix = path.rpartition("[].")[0]
    others = [other for other in rows if other.startswith(f"{prefix}[].") and other != path]
    value = valid_value(rows[path])
    yield _good(rule, {"set": _set(path, value, rows)} if value is not None else None, contracts, suffix="given")
    without = {name: item for name, item in _request(rows, others[:1]).items() if name == top}
    yield _bad(rule, {"set": without} if without else None, contracts, ("required",), suffix="omitted")


def _items(rule: _Rule, contracts: Mapping[Language, Contract], rows: _Rows) -> Iterator[dict[str, object]]:
    most = rule.fact.value
    path = rule.row.path
    list_path, _, member = path.removesuffix("[]").partition("[]")
    value = valid_value(rows[path])
    if not isinstance(most, int) or member.count("[]") or "." in list_path or value is None:
        yield _good(rule, None, contracts)
        yield _bad(rule, None, contracts, ())
        return
    item: object = value
    if isinstance(value, str) and not rule.row.fact("enum").stated and not broken_facts(rule.row, f"{value[:1]}1"):
        item = f"{value[:1]}${{index}}"  # the items of a list are usually told apart
    if member:
        filled = _set(path, item, rows)[list_path]
        item = filled[0] if isinstance(filled, list) else filled
    for times, make in ((most, _good), (most + 1, None)):
        change: dict[str, object] = {"set": {list_path: {"item": item, "times": times}}}
        yield make(rule, change, contracts) if make else _bad(rule, change, contracts, ("maxItems",))


def _good(
    rule: _Rule, change: dict[str, object] | None, contracts: Mapping[Language, Contract], *, suffix: str = "kept"
) -> dict[str, object]:
    known = change is not None
    comment = None if known else "No value was found that keeps it and every other rule: set one."
    return {
        "id": _id(rule, suffix, contracts),
        "title": f"{rule.row.path}: the last value that keeps {rule.name}",
        "fact": f"{rule.row.path}.{rule.name}",
        "group": "success",
        **(change or {}),
        "expect": _expect(rule, _SUCCESS, contracts),
        "trigger": "documented" if known else "todo",
        **({"#": comment} if comment else {}),
    }


def _bad(
    rule: _Rule,
    change: dict[str, object] | None,
    contracts: Mapping[Language, Contract],
    broken: Sequence[str],
    *,
    suffix: str = "broken",
) -> dict[str, object]:
    errors = [row for language in rule.languages for row in contracts[language].errors]
    codes = list(dict.fromkeys(row.code for row in errors if row.error_class == "syntax"))
    facts = [f"{rule.row.path}.{name}" for name in dict.fromkeys((rule.name, *broken))]
    outcome: dict[str, object] = {"error": {"one_of": codes} if len(codes) > 1 else codes[0]} if codes else _SUCCESS
    comment = None
    if not codes:
        comment = "No document names a code for a wrong request: replace this by what the server must answer."
    elif change is None:
        comment = "No value was found that breaks it: set one, or delete the case."
    elif len(codes) == 1:
        comment = "The only documented code for a wrong request: say whether it is this one."
    elif len(facts) > 1:
        comment = "It cannot be broken alone."
    return {
        "id": _id(rule, suffix, contracts),
        "title": f"{rule.row.path}: the first value that breaks {rule.name}",
        "fact": facts if len(facts) > 1 else facts[0],
        "group": "refused",
        **(change or {}),
        "expect": _expect(rule, outcome, contracts),
        "trigger": "inferred" if change is not None and len(codes) > 1 else "todo",
        **({"#": comment} if comment else {}),
    }


def _expect(rule: _Rule, outcome: dict[str, object], contracts: Mapping[Language, Contract]) -> dict[str, object]:
    """Return what must come: apart for each language where another document states another value."""
    return {language: dict(outcome) for language in rule.languages} if _apart(rule, contracts) else dict(outcome)


def _apart(rule: _Rule, contracts: Mapping[Language, Contract]) -> bool:
    others = (contract for language, contract in contracts.items() if language not in rule.languages)
    rows = (contract.parameter(rule.row.path) for contract in others)
    return any(row is not None and row.fact(rule.name).stated for row in rows)


def _id(rule: _Rule, suffix: str, contracts: Mapping[Language, Contract]) -> str:
    words = [_slug(rule.row.path), _slug(rule.name), suffix]
    return "-".join([*words, *(rule.languages if _apart(rule, contracts) else ())])
