"""One stated rule as two cases of a skeleton: the last value that keeps it, the first that breaks it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract, Fact, Parameter

_SUCCESS: Final[dict[str, object]] = {"success": True}


class StatedRule(NamedTuple):
    """One stated rule: the parameter, the fact, and the documents that state this value."""

    row: Parameter
    name: str
    fact: Fact
    languages: tuple[Language, ...]


def slug(text: str) -> str:
    """Return a text as a part of an id: lower-case words with hyphens between them."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", text)
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-") or "case"


def value_key(fact: Fact) -> tuple[str, ...]:
    """Return what two facts have alike that state the same; the order of a list says nothing."""
    return tuple(sorted(map(str, fact.value if isinstance(fact.value, tuple) else (fact.value,))))


def good_case(
    rule: StatedRule, change: dict[str, object] | None, contracts: Mapping[Language, Contract], *, suffix: str = "kept"
) -> dict[str, object]:
    """Return the case of a value that keeps a rule.

    Args:
        rule: The rule.
        change: The fields of the case that change the valid request; `None` where no such value was found.
        contracts: The contracts of the operation by language.
        suffix: The last word of its id.
    """
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


def bad_case(
    rule: StatedRule,
    change: dict[str, object] | None,
    contracts: Mapping[Language, Contract],
    broken: Sequence[str],
    *,
    suffix: str = "broken",
) -> dict[str, object]:
    """Return the case of a value that breaks a rule.

    Args:
        rule: The rule.
        change: The fields of the case that change the valid request; `None` where no such value was found.
        contracts: The contracts of the operation by language.
        broken: The names of all rules that the value breaks.
        suffix: The last word of its id.
    """
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


def _expect(rule: StatedRule, outcome: dict[str, object], contracts: Mapping[Language, Contract]) -> dict[str, object]:
    """Return what must come: apart for each language where another document states another value."""
    return {language: dict(outcome) for language in rule.languages} if _apart(rule, contracts) else dict(outcome)


def _apart(rule: StatedRule, contracts: Mapping[Language, Contract]) -> bool:
    others = (contract for language, contract in contracts.items() if language not in rule.languages)
    rows = (contract.parameter(rule.row.path) for contract in others)
    return any(row is not None and row.fact(rule.name).stated for row in rows)


def _id(rule: StatedRule, suffix: str, contracts: Mapping[Language, Contract]) -> str:
    words = [slug(rule.row.path), slug(rule.name), suffix]
    return "-".join([*words, *(rule.languages if _apart(rule, contracts) else ())])
