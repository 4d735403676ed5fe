"""What of each document the cases reach: rows of its table of errors, parameters, constraints. Pure; nothing is run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.cases.expand import mentioned_paths, wire_parameters
from conformance.cases.promises import promises
from conformance.contract.condition_text import condition_text
from conformance.contract.in_force import defaults_of, meets
from conformance.contract.languages import LANGUAGES
from conformance.contract.model import CONSTRAINT_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from conformance.cases.model import Case
    from conformance.cases.promises import Promise
    from conformance.cases.suite import Suite
    from conformance.contract.languages import Language
    from conformance.contract.model import CitedLine, Contract, Fact
    from conformance.contract.when import When

_BOTH_SIDES: Final = ("enum", "minLength", "maxLength", "minimum", "maximum", "maxItems", "charset")
"""Constraints that need two cases: a value that must pass and one that must not."""


class CoverageEntry(Struct, frozen=True):
    """One thing that a document promises, and the cases that are there for it.

    Attributes:
        kind: `error`, `parameter` or `constraint`.
        name: `CODE: message`, the path of a parameter, or `Name.maxLength = 128`, with its condition if it has one.
        line: The line of the document.
        cases: The ids of the cases.
        missing: What no case does; empty when the promise is covered.
        operation: The operation that promises it, of `product` and the `version` of its API.
    """

    language: Language
    kind: str
    name: str
    line: CitedLine | None
    cases: tuple[str, ...]
    missing: str = ""
    operation: str = ""
    product: str = ""
    version: str = ""

    def as_dict(self) -> dict[str, object]:
        """Return its form in `conformance coverage --json`."""
        return {
            "product": self.product,
            "version": self.version,
            "operation": self.operation,
            "language": self.language,
            "kind": self.kind,
            "name": self.name,
            "line": self.line,
            "cases": list(self.cases),
            "missing": self.missing or None,
        }


def coverage(suite: Suite, cases: Sequence[Case]) -> list[CoverageEntry]:
    """Return an entry for every error row, parameter and stated constraint of each document of an operation."""
    entries: list[CoverageEntry] = []
    own = [case for case in cases if case.subject == suite.subject and case.trigger != "todo"]
    for language in LANGUAGES:
        contract = suite.contracts.get(language)
        if contract is None:
            continue
        promised = {case.id: promises(case, {language: contract}, [language]).found[language] for case in own}
        speaking = [case for case in own if promised[case.id] is not None]
        found = [*_rows(contract, language, speaking, promised), *_parameters(contract, language, speaking)]
        found += [*_constraints(contract, language, speaking), *_conditional(contract, language, speaking)]
        entries += [
            replace(entry, operation=suite.operation, product=suite.product, version=suite.version) for entry in found
        ]
    return entries


def _rows(
    contract: Contract, language: Language, cases: Iterable[Case], promised: Mapping[str, Promise | None]
) -> Iterable[CoverageEntry]:
    exact: dict[tuple[int, str, str], list[str]] = {}
    for case in cases:
        promise = promised[case.id]
        if promise is not None and promise.exact_row is not None:
            exact.setdefault(promise.exact_row, []).append(case.id)
    for row in contract.errors:
        found = tuple(exact.get(row.key, ()))
        yield CoverageEntry(
            language,
            "error",
            f"{row.code}: {row.message}",
            row.cited,
            found,
            "" if found else "no case is there for it",
        )


def _parameters(contract: Contract, language: Language, cases: Sequence[Case]) -> Iterable[CoverageEntry]:
    mentioned = {case.id: set(_mentioned(case)) for case in cases}
    for parameter in contract.parameters:
        path = parameter.path
        found = tuple(
            case.id
            for case in cases
            if any(fact.startswith(f"{path}.") for fact in case.facts) or path in mentioned[case.id]
        )
        yield CoverageEntry(
            language, "parameter", parameter.path, parameter.cited, found, "" if found else "no case sends or tests it"
        )


def _mentioned(case: Case) -> Iterator[str]:
    """Yield the folded path of everything that a case sends, also of what is inside a value."""
    for step in case.steps:
        yield from mentioned_paths(step.params, step.encodings)


def _constraints(contract: Contract, language: Language, cases: Sequence[Case]) -> Iterable[CoverageEntry]:
    for parameter, name, fact in contract.constraints():
        label = f"{parameter.path}.{name}"
        found = [case for case in cases if label in case.facts]
        yield CoverageEntry(
            language,
            "constraint",
            f"{label} = {_value(fact)}",
            fact.cited,
            tuple(case.id for case in found),
            _lacking(name, fact, found, language),
        )


def _conditional(contract: Contract, language: Language, cases: Sequence[Case]) -> Iterator[CoverageEntry]:
    """Yield the constraints that hold on a condition; one that is not known can be met by no case, and lacks none."""
    defaults = defaults_of(contract)
    for parameter in contract.parameters:
        for each in parameter.conditional:
            if each.name not in CONSTRAINT_NAMES:
                continue
            label = f"{parameter.path}.{each.name}"
            found = [case for case in cases if label in case.facts and _meets(case, each.when, contract, defaults)]
            yield CoverageEntry(
                language,
                "constraint",
                f"{label} = {_value(each.fact)} {condition_text(each.when)}",
                each.fact.cited,
                tuple(case.id for case in found),
                _lacking(each.name, each.fact, found, language) if each.when.known else "",
            )


def _meets(case: Case, when: When, contract: Contract, defaults: Mapping[str, str]) -> bool:
    own = (step for step in case.steps if step.operation == contract.operation)
    return any(meets(when, defaults, wire_parameters(step.params, {})) for step in own)


def _lacking(name: str, fact: Fact, cases: Sequence[Case], language: Language) -> str:
    outcomes = [outcome for case in cases for step in case.steps for outcome in step.outcomes.get(language, ())]
    refused = any(outcome.code is not None for outcome in outcomes)
    passed = any(outcome.code is None for outcome in outcomes)
    # No text has less than no characters.
    if not refused and (name, fact.value) != ("minLength", 0):
        return "no case breaks it"
    if name in _BOTH_SIDES and not passed:
        return "no case has the last value that keeps it"
    return ""


def _value(fact: Fact) -> str:
    return ", ".join(map(str, fact.value)) if isinstance(fact.value, tuple) else str(fact.value)
