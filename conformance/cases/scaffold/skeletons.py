"""Skeletons of cases for an operation that has none: a valid request, every error row, both sides of every rule.

What a document does not say is left to a person, and says so: `trigger: todo`, which a run reports as not run.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.cases.scaffold.requests import carrier_path, every_row, needed, rows_of, top_of
from conformance.cases.scaffold.rules import StatedRule, bad_case, good_case, slug, value_key
from conformance.cases.scaffold.situations import (
    changed,
    conditional_facts,
    contracts_in_force,
    fulfilled,
    in_a_name,
    in_words,
    situation,
)
from conformance.cases.scaffold.structures import number_of_items, request_of, set_of, valid_structure, without
from conformance.cases.scaffold.values import broken_facts, pair
from conformance.contract.encodings import is_carrier
from conformance.core.errors import CaseError
from conformance.core.yamlwriter import comment_text, dump_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.cases.scaffold.requests import Rows
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
_NAMEABLE: Final = re.compile(r"[A-Za-z][A-Za-z0-9.\[\]{}_]*")
"""The paths that the field `fact` of a case can hold."""


def scaffold(contracts: Mapping[Language, Contract]) -> dict[str, str]:
    """Return the case files of an operation by name: `base.yaml`, `errors.yaml`, `boundaries.yaml`.

    Args:
        contracts: The contracts of one operation by language, at least one.

    Returns:
        Texts that `conformance.cases.load` reads with these contracts. A file that would have no case is left out.
    """
    rows = rows_of(contracts)
    request = fulfilled(contracts, request_of(rows, [row for row in rows if needed(row, rows)]))
    files = {
        "base.yaml": _base(contracts, rows, request),
        "errors.yaml": _file(contracts, _errors(contracts), "say what triggers each row, or delete the case."),
        "boundaries.yaml": _file(contracts, _boundaries(contracts, request), "name the one code where it is known."),
    }
    return {name: text for name, text in files.items() if text}


def _base(contracts: Mapping[Language, Contract], rows: Rows, request: dict[str, object]) -> str:
    operation = next(iter(contracts.values())).operation
    unsure = [path for path in rows if needed(path, rows) and valid_structure(path, rows) is None]
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
    sources = [source for contract in contracts.values() for source in (contract.source, *contract.also)]
    return " and ".join(source.file.encode("unicode_escape").decode() for source in sources)


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


def _errors(contracts: Mapping[Language, Contract]) -> Iterator[dict[str, object]]:
    """Yield a case for every row of the tables of errors; rows that differ in language alone share one."""
    codes = dict.fromkeys(row.code for contract in contracts.values() for row in contract.errors)
    for code in codes:
        messages = dict.fromkeys(row.message for contract in contracts.values() for row in contract.rows(code))
        several = any(len(contract.rows(code)) > 1 for contract in contracts.values())
        for number, message in enumerate(messages if several else [None], start=1):
            which = f", message {number} of {len(messages)}" if several else ""
            yield {
                "id": slug(code),
                "title": f"The documented error {code}{which}",
                "expect": {"error": code, **({} if message is None or "${" in message else {"message": message})},
                "trigger": "todo",
            }


def _rules(contracts: Mapping[Language, Contract], rows: Rows) -> Iterator[StatedRule]:
    """Yield every stated rule, once for each value that the documents give it."""
    stated: dict[tuple[str, str], list[tuple[Language, Parameter, Fact]]] = {}
    for language, contract in contracts.items():
        for row, name, fact in contract.constraints():
            counted = name == "maxItems" and row.path.endswith("[]")  # also of a list of objects, which is a group
            if (row.path in rows or counted) and _NAMEABLE.fullmatch(row.path):
                stated.setdefault((row.path, name), []).append((language, row, fact))
    for (_, name), entries in stated.items():
        values: dict[tuple[str, ...], tuple[Parameter, Fact]] = {}
        for _, row, fact in entries:
            values.setdefault(value_key(fact), (row, fact))
        for key, (row, fact) in values.items():
            yield StatedRule(
                row, name, fact, tuple(language for language, _, each in entries if value_key(each) == key)
            )


def _boundaries(contracts: Mapping[Language, Contract], request: dict[str, object]) -> Iterator[dict[str, object]]:
    """Yield both sides of every rule that holds for the valid request, then of those that hold on a condition."""
    now = contracts_in_force(contracts, request)
    rows = rows_of(now)
    for rule in _rules(now, rows):
        for case in _sides(rule, now, rows, request):
            yield changed(case, request, contracts)
    for path, each in conditional_facts(contracts, request):
        meant = situation(contracts, request, path, each.when)
        if meant is None:
            continue
        then = contracts_in_force(contracts, meant)
        rows = rows_of(then)
        for rule in _rules(then, rows):
            if (rule.row.path, rule.name, value_key(rule.fact)) == (path, each.name, value_key(each.fact)):
                for case in _sides(rule, then, rows, meant):
                    named = {
                        "id": f"{case['id']}-{in_a_name(each.when)}",
                        "title": f"{case['title']}, when {in_words(each.when)}",
                    }
                    yield changed({**case, **named}, request, contracts, meant)


def _sides(
    rule: StatedRule, contracts: Mapping[Language, Contract], rows: Rows, request: dict[str, object]
) -> Iterator[dict[str, object]]:
    if rule.name == "required":
        yield from _presence(rule, contracts, rows, request)
    elif rule.name == "maxItems":
        yield from _items(rule, contracts, rows)
    elif is_carrier(rule.row, every_row(rows)):
        # A text of another length is no longer JSON, or has other items: only an empty one has one fault.
        empty: dict[str, object] | None = (
            {"set": set_of(rule.row.path, "", rows)} if rule.name == "allowEmpty" else None
        )
        yield good_case(rule, None, contracts)
        yield bad_case(rule, empty, contracts, ())
    else:
        good, bad = pair(rule.row, rule.name)
        yield good_case(rule, None if good is None else {"set": set_of(rule.row.path, good, rows)}, contracts)
        facts = broken_facts(rule.row, bad) if bad is not None else ()
        yield bad_case(rule, None if bad is None else {"set": set_of(rule.row.path, bad, rows)}, contracts, facts)


def _presence(
    rule: StatedRule, contracts: Mapping[Language, Contract], rows: Rows, request: dict[str, object]
) -> Iterator[dict[str, object]]:
    path = rule.row.path
    top = top_of(path)
    value = valid_structure(path, rows)
    if carrier_path(path, rows) is not None:
        left_out = without(path, rows)
        known = value is not None and left_out is not None
        yield good_case(rule, {"set": set_of(path, value, rows)} if known else None, contracts, suffix="given")
        yield bad_case(rule, {"set": left_out} if known else None, contracts, ("required",), suffix="omitted")
        return
    if "[]." not in path:
        own = [other for other in rows if top_of(other) == top and carrier_path(other, rows) is None]
        alone = own == [path] and top in request
        yield good_case(rule, {}, contracts, suffix="given")
        yield bad_case(rule, {"unset": [top]} if alone else None, contracts, ("required",), suffix="omitted")
        return
    prefix = path.rpartition("[].")[0]
    others = [other for other in rows if other.startswith(f"{prefix}[].") and other != path]
    yield good_case(rule, {"set": set_of(path, value, rows)} if value is not None else None, contracts, suffix="given")
    rest = {name: item for name, item in request_of(rows, others[:1]).items() if name == top}
    yield bad_case(rule, {"set": rest} if rest else None, contracts, ("required",), suffix="omitted")


def _items(rule: StatedRule, contracts: Mapping[Language, Contract], rows: Rows) -> Iterator[dict[str, object]]:
    most = rule.fact.value
    counts = (most, most + 1) if isinstance(most, int) else ()
    changes = [number_of_items(rule.row, count, rows) for count in counts]
    if not changes or None in changes:
        yield good_case(rule, None, contracts)
        yield bad_case(rule, None, contracts, ())
        return
    yield good_case(rule, {"set": changes[0]}, contracts)
    yield bad_case(rule, {"set": changes[1]}, contracts, ("maxItems",))
