"""Skeletons of cases for an operation that has none: a valid request, every error row, both sides of every rule.

Nobody need say what triggers a case: a row is forced, a fault is made, a situation is a state of the server. Of what no
value is known there is no case, and the file says why.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.cases.meanings.values import load_values
from conformance.cases.scaffold.candidates import Candidates
from conformance.cases.scaffold.error_rows import error_row_cases
from conformance.cases.scaffold.examples import with_examples
from conformance.cases.scaffold.natural import NaturalCases
from conformance.cases.scaffold.requests import (
    is_top_list,
    needed,
    needed_lists,
    rows_of,
    top_of,
)
from conformance.cases.scaffold.rule_sides import RuleSides
from conformance.cases.scaffold.rules import CaseMaker, StatedRule, value_key
from conformance.cases.scaffold.situations import (
    broken_in,
    changed,
    conditional_facts,
    contracts_in_force,
    fulfilled,
    in_a_name,
    in_words,
    situation,
    with_alternatives,
)
from conformance.cases.scaffold.structures import (
    UNKNOWN_VALUE,
    request_of,
    valid_structure,
    with_lists,
)
from conformance.cases.scaffold.writing import COMMENT, CaseDraft, base_text, cases_text
from conformance.contract.wire import wire_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.cases.meanings.values import ValueTable
    from conformance.cases.scaffold.examples import AccountThings
    from conformance.cases.scaffold.requests import Rows
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract, Fact, Parameter


_NAMEABLE: Final = re.compile(r"[A-Za-z][A-Za-z0-9.\[\]{}_]*")
"""The paths that the field `fact` of a case can hold."""


def scaffold(
    contracts: Mapping[Language, Contract],
    defaults: Mapping[str, str] | None = None,
    table: ValueTable | None = None,
) -> dict[str, str]:
    """Return the case files of an operation by name: `base.yaml`, `errors.yaml`, `situations.yaml`, `boundaries.yaml`.

    Args:
        contracts: The contracts of one operation by language, at least one.
        defaults: The values of targets that there are; others are made of their names (`invented_default`).
        table: What is known of parameters by their names; that of the workspace and the project when left out.

    Returns:
        Texts that `conformance.cases.load` reads with these contracts. A file that would have no case is left out.

    Raises:
        CaseError: When a table of values is wrong; with the line.
    """
    table = load_values() if table is None else table
    candidates = Candidates(contracts, table.words)
    contracts, account = with_examples(contracts, candidates.meant, table, defaults or {})
    rows = rows_of(contracts)
    plain = request_of(rows, [row for row in rows if needed(row, rows)])
    request = fulfilled(contracts, with_lists(plain, needed_lists(contracts, rows), rows))
    request = fulfilled(contracts, with_alternatives(contracts, request, rows, table.words))
    states = account.states(request)
    unsure = [path for path in rows if needed(path, rows) and valid_structure(path, rows) is None]
    unsure += broken_in(contracts, request)
    maker = CaseMaker(contracts, candidates, request)
    sure = maker.speaking and not unsure
    boundaries = [_plain_case(), *_boundaries(contracts, request, maker, account)] if sure else []
    speaking = {language: contracts[language] for language in maker.speaking}
    natural = list(NaturalCases(speaking, candidates, request, account, table).cases(rows)) if sure else []
    told = list(error_row_cases(contracts, request))
    if [len(boundaries), len(natural), len(told)] == [1, 0, 0]:
        boundaries.append(_called_twice())

    def written(cases: Iterable[CaseDraft]) -> Iterator[CaseDraft]:
        return (_finished(case, account, states, request) for case in cases)

    lacking = ["No case could be made of:", *[f"- {each}" for each in maker.lacking]] if maker.lacking else []
    files = {
        "base.yaml": base_text(contracts, _shown(request, account), states, _remarks(request, account, unsure, maker)),
        "errors.yaml": cases_text(contracts, written(told), "The server is told each row, and must answer it."),
        "situations.yaml": cases_text(
            contracts,
            written(changed(case, request, contracts) for case in natural),
            "Situations that a documented row names. Where more than one row may be meant, each passes.",
        ),
        "boundaries.yaml": cases_text(
            contracts,
            written(_once(boundaries)),
            "Of every rule the last value that keeps it, and the first that breaks it.",
            lacking,
        ),
    }
    return {name: text for name, text in files.items() if text}


def _plain_case() -> CaseDraft:
    return {
        "id": "plain",
        "title": "The valid request",
        "expect": {"success": True},
        "trigger": "documented",
    }


def _once(cases: Iterable[CaseDraft]) -> Iterator[CaseDraft]:
    """Leave out cases that send and expect what an earlier one does: two documents may state one rule in two ways."""
    seen: list[CaseDraft] = []
    for case in cases:
        what = {name: value for name, value in case.items() if name not in ("id", "title")}
        if what not in seen:
            seen.append(what)
            yield case


def _called_twice() -> CaseDraft:
    """Return the case in which an operation of which there is no other answer is called again."""
    again = {"name": "again", "expect": {"any_of": [{"success": True}, {"error": "any"}]}}
    return {
        "id": "called-twice",
        "title": "Two answers have ids of their own",
        "group": "success",
        "steps": [{"name": "first", "expect": {"success": True}}, again],
        "trigger": "inferred",
    }


def _shown(request: Mapping[str, object], account: AccountThings) -> Mapping[str, object]:
    return {name: account.shown(value) for name, value in request.items()}


def _remarks(
    request: Mapping[str, object], account: AccountThings, unsure: Iterable[str], maker: CaseMaker
) -> list[str]:
    invented = [path for path in account.invented if top_of(path) in request]
    remarks = [f"Invented: {', '.join(sorted(invented))}"] if invented else []
    if unsure:
        remarks.append(
            f"No value keeps the rules of every document, so that no request is surely valid: {', '.join(unsure)}"
        )
    if not maker.speaking:
        remarks.append("No document names all of these parameters, so none says whether the request is valid.")
    return remarks


def _finished(
    case: CaseDraft, account: AccountThings, states: list[CaseDraft], request: Mapping[str, object]
) -> CaseDraft:
    """Return a case with the target's values and the states that make exist what it names beside the base."""
    own, left_out, given = _mapping(case.get("set")), _list(case.get("unset")), _list(case.get("given"))
    named = {name: value for name, value in own.items() if name not in request or request[name] != value}
    more = account.states({**request, **own}, states) if named else []
    result: CaseDraft = {}
    for name, value in case.items():
        if name == "set":
            if more:
                result["given"] = [*more, *given]
            result["set"] = _shown(own, account)
        elif name != "given" or not more:
            result[name] = value
    tops = set(own) | (set(request) - set(left_out))
    invented = sorted(path for path in account.invented if top_of(path) in tops)
    if invented and case["trigger"] == "documented":
        result["trigger"] = "inferred"
    mine = [path for path in invented if top_of(path) in own]
    if mine:
        result[COMMENT] = " ".join(filter(None, (str(case.get(COMMENT, "")), f"Invented: {', '.join(mine)}.")))
    return result


def _mapping(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _rules(contracts: Mapping[Language, Contract], rows: Rows) -> Iterator[StatedRule]:
    """Yield every stated rule, once for each value that the documents give it."""
    stated: dict[tuple[str, str], list[tuple[Language, Parameter, Fact]]] = {}
    for language, contract in contracts.items():
        for row, name, fact in contract.constraints():
            # Also of a list of objects, which is a group.
            counted = (name == "maxItems" and row.path.endswith("[]")) or (name == "required" and is_top_list(row.path))
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


def _boundaries(
    contracts: Mapping[Language, Contract], request: dict[str, object], maker: CaseMaker, account: AccountThings
) -> Iterator[dict[str, object]]:
    """Yield both sides of every rule that holds for the valid request, then of those that hold on a condition."""
    now = contracts_in_force(contracts, request)
    rows = rows_of(now)
    sides = RuleSides(maker, rows, account)
    for rule in _rules(now, rows):
        for case in sides.of(rule):
            yield from _complete(changed(case, request, contracts), rule, maker)
    for path, each in conditional_facts(contracts, request):
        meant = situation(contracts, request, path, each.when)
        if meant is None:
            continue
        then = contracts_in_force(contracts, meant)
        rows = rows_of(then)
        sides = RuleSides(maker.in_situation(then, meant), rows, account)
        about = (path, each.name, value_key(each.fact))
        for rule in [rule for rule in _rules(then, rows) if rule.about == about]:
            for case in sides.of(rule, otherwise=_otherwise(path, each.name, contracts)):
                named = {
                    "id": f"{case['id']}-{in_a_name(each.when)}",
                    "title": f"{case['title']}, when {in_words(each.when)}",
                }
                whole = changed({**case, **named}, request, contracts, meant)
                yield from _complete(whole, rule, maker)


def _complete(case: CaseDraft, rule: StatedRule, maker: CaseMaker) -> Iterator[CaseDraft]:
    """Yield a case, unless its values make something required of which no value is known."""
    added = _mapping(case.get("set"))
    unknown = [name for name, value in added.items() if value == UNKNOWN_VALUE]
    if unknown:
        maker.lacks(rule, f"no value is known of {', '.join(unknown)}, which it requires")
    else:
        yield case


def _otherwise(path: str, name: str, contracts: Mapping[Language, Contract]) -> list[str]:
    """Return the values that a parameter may have in all other requests, where a rule lists those of one condition."""
    rows = (contract.parameter(path) for contract in contracts.values()) if name == "enum" else ()
    values = (row.fact(name).value for row in rows if row is not None and row.fact(name).stated)
    return list(dict.fromkeys(wire_text(each) for value in values if isinstance(value, tuple) for each in value))
