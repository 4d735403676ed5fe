"""What holds for one request of an operation whose documents state some things on a condition only."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from msgspec.structs import replace

from conformance.cases.expand import wire_parameters
from conformance.cases.meanings.alternatives import alternatives
from conformance.cases.scaffold.requests import (
    encodings_of,
    every_row,
    put,
    required_by_any,
    rows_of,
)
from conformance.cases.scaffold.rules import slug, value_key
from conformance.cases.scaffold.structures import UNKNOWN_VALUE, valid_structure
from conformance.contract.constraints import violations
from conformance.contract.encodings import CARRYING, carrier_of, wire_values
from conformance.contract.in_force import in_force
from conformance.contract.wire import wire_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.cases.meanings.words import Words
    from conformance.cases.scaffold.requests import Rows
    from conformance.contract.languages import Language
    from conformance.contract.model import ConditionalFact, Contract
    from conformance.contract.when import When

    ByLanguage = Mapping[Language, Contract]
    Request = dict[str, object]


def contracts_in_force(contracts: ByLanguage, request: Request) -> ByLanguage:
    """Return contracts that state for every request what these state for one request."""
    if not any(contract.condition_paths for contract in contracts.values()):
        return contracts
    sent = wire_parameters(request, {}, encodings_of(rows_of(contracts)))
    return {
        language: replace(contract, parameters=tuple(in_force(contract, row, sent) for row in contract.parameters))
        for language, contract in contracts.items()
    }


def fulfilled(contracts: ByLanguage, request: Request, tested: frozenset[str] = frozenset()) -> Request:
    """Return a request with all that its own values make required, and with values that keep what then holds.

    Args:
        contracts: The contracts of the operation by language.
        request: The request, as a case file has it.
        tested: The paths that stay as they are, there or not.
    """
    if not any(contract.condition_paths for contract in contracts.values()):
        return request
    result = deepcopy(request)
    # What is added may require more; nothing is added twice.
    for _ in range(1 + sum(len(contract.parameters) for contract in contracts.values())):
        rows = rows_of(contracts_in_force(contracts, result))
        sent = wire_parameters(result, {}, encodings_of(rows))
        carriers = [row for row in every_row(rows) if row.encoding in CARRYING]
        for path, own in rows.items():
            required = required_by_any(own)
            if "[]" in path or path in tested or not (required or any(row.conditional for row in own)):
                continue
            if carrier_of(path, carriers) is not None:
                continue
            given = wire_values(own[0], carriers, sent)
            lacking = required and not given
            wrong = bool(given) and any(violations(row, given) for row in own if row.conditional)
            value = valid_structure(path, rows) if lacking or wrong else None
            if lacking or value is not None:
                put(result, path, UNKNOWN_VALUE if value is None else value)
                break
        else:
            return result
    return result


def with_alternatives(contracts: ByLanguage, request: Request, rows: Rows, words: Words) -> Request:
    """Return a request with one of the parameters of which a document requires one, whichever; the first that is known.

    One that every document has comes before others, for else a document says nothing of the request; then one that
    names nothing which must exist.
    """
    result = deepcopy(request)
    for contract in contracts.values():
        for each in alternatives(contract, words):
            known = [name for name in each.names if name in rows and valid_structure(name, rows) is not None]
            known.sort(key=lambda name: (len(contracts) - len(rows[name]), words.is_id(name)))
            if known and not any(name in result for name in each.names):
                put(result, known[0], valid_structure(known[0], rows))
    return result


def broken_in(contracts: ByLanguage, request: Request) -> list[str]:
    """Return the paths of what a request has that breaks a rule which holds on a condition that it meets."""
    if not any(contract.condition_paths for contract in contracts.values()):
        return []
    rows = rows_of(contracts_in_force(contracts, request))
    sent = wire_parameters(request, {}, encodings_of(rows))
    every = every_row(rows)
    return [
        path
        for path, own in rows.items()
        if any(row.conditional and violations(row, wire_values(row, every, sent)) for row in own)
    ]


def conditional_facts(contracts: ByLanguage, request: Request) -> Iterator[tuple[str, ConditionalFact]]:
    """Yield path and fact of what holds on a known condition that a request does not meet, each once."""
    now = contracts_in_force(contracts, request)
    seen: set[object] = set()
    for language, contract in contracts.items():
        for row, each in contract.conditional_constraints():
            held = now[language].parameter(row.path)
            key = (row.path, each.name, value_key(each.fact), each.when)
            if key not in seen and (held is None or held.fact(each.name) != each.fact):
                seen.add(key)
                yield row.path, each


def situation(contracts: ByLanguage, request: Request, path: str, when: When) -> Request | None:
    """Return a valid request that meets a condition; `None` where a case cannot send what it takes.

    Where the parameter that it is about is required on a condition only, that one is met too where both can be: then
    surely the parameter counts.
    """
    wanted = {name: values[0] for name, values in when.needs}
    for contract in contracts.values():
        row = contract.parameter(path)
        for each in row.conditional if row is not None else ():
            needs = dict(each.when.needs)
            fits = all(wanted.get(name, values[0]) in values for name, values in needs.items())
            if each.name == "required" and fits:
                wanted = {name: values[0] for name, values in needs.items()} | wanted
    known = set(rows_of(contracts))
    if not known.issuperset(wanted) or any("[]" in name for name in wanted):
        return None
    result = deepcopy(request)
    for name, value in wanted.items():
        put(result, name, value)
    return fulfilled(contracts, result, frozenset(wanted))


def in_words(when: When) -> str:
    """Return a condition for the title of a case."""
    return " and ".join(f"{path} is {wire_text(values[0])}" for path, values in when.needs)


def in_a_name(when: When) -> str:
    """Return a condition for the id of a case."""
    return "-".join(slug(f"{path}-{wire_text(values[0])}") for path, values in when.needs)


def changed(
    case: dict[str, object], base: Request, contracts: ByLanguage, meant: Request | None = None
) -> dict[str, object]:
    """Return a case with what its values make required, and with what is meant to hold beside them.

    Args:
        case: A case of a skeleton, about the request `base`.
        base: The valid request that its file names.
        contracts: The contracts of the operation by language.
        meant: The valid request that the case was made for, where that is another one.
    """
    own, left_out = case.get("set", {}), case.get("unset", [])
    if ("set" not in case and "unset" not in case) or not isinstance(own, dict) or not isinstance(left_out, list):
        return case if meant is None else _with_set(case, _difference(meant, base))
    facts = case.get("fact", [])
    tested = {str(fact).rpartition(".")[0] for fact in (facts if isinstance(facts, list) else [facts])}
    request = {name: value for name, value in (meant or base).items() if name not in left_out} | own
    whole = fulfilled(contracts, request, frozenset(tested) | frozenset(map(str, left_out)))
    kept = [name for name in left_out if name in base]
    result = _with_set(case, _difference(whole, base) | own)
    if not kept:
        result.pop("unset", None)
    return result


def _difference(request: Request, base: Request) -> Request:
    return {name: value for name, value in request.items() if name not in base or base[name] != value}


def _with_set(case: dict[str, object], values: Request) -> dict[str, object]:
    """Return a case that sets these values, before its expectation."""
    if not values:
        return case
    rest = {name: value for name, value in case.items() if name != "set"}
    result: dict[str, object] = {}
    for name, value in rest.items():
        if name in ("unset", "expect") and "set" not in result:
            result["set"] = values
        result[name] = value
    return result
