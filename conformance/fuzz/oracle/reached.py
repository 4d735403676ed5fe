"""How far the requests of a run reached: which codes, parameters and constraints. Apart from the cases' coverage."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from conformance.contract.wire import folded_path
from conformance.fuzz.oracle.oracle import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.fuzz.generation.candidates import Violation
    from conformance.fuzz.oracle.oracle import Expectation
    from conformance.judging.results import CaseResult


class Reached:
    """Counts what requests reached, per document.

    Args:
        contracts: The documents judged by.
    """

    def __init__(self, contracts: Mapping[Language, Contract]) -> None:
        self._contracts = contracts
        self._codes: dict[Language, Counter[str]] = defaultdict(Counter)
        self._parameters: dict[Language, set[str]] = defaultdict(set)
        self._violations: dict[Language, set[Violation]] = defaultdict(set)
        self.requests = 0

    def add(self, params: Iterable[str], expectations: Mapping[Language, Expectation], result: CaseResult) -> None:
        """Count one request, what it breaks by each document, and what it was answered."""
        self.requests += 1
        paths = {folded_path(name) for name in params}
        for language, expectation in expectations.items():
            if language not in self._contracts:
                continue
            self._parameters[language] |= paths
            self._violations[language] |= set(expectation.broken)
            if result.answered is not None and self._contracts[language].rows(result.answered):
                self._codes[language][result.answered] += 1

    def add_answer(self, result: CaseResult) -> None:
        """Count the last answer of a sequence."""
        self.requests += 1
        for language, contract in self._contracts.items():
            if result.answered is not None and contract.rows(result.answered):
                self._codes[language][result.answered] += 1

    def as_dict(self) -> dict[str, Any]:
        """Return the figures as `report.json` has them."""
        return {
            language: {
                "codes": _figure({row.code for row in contract.errors}, self._codes[language]),
                "parameters": _figure(_paths(contract), self._parameters[language]),
                "violations": _figure(
                    {f"{row.path}.{name}" for row, name, _ in contract.constraints() if row.path in _paths(contract)},
                    {f"{path}.{fact}" for path, fact in self._violations[language]},
                ),
            }
            for language, contract in self._contracts.items()
        }


def _paths(contract: Contract) -> set[str]:
    return {row.path for row in rows_of(contract)}


def _figure(documented: Iterable[str], reached: Iterable[str]) -> dict[str, Any]:
    everything, found = set(documented), set(reached)
    return {
        "documented": len(everything),
        "reached": sorted(everything & found),
        "not_reached": sorted(everything - found),
    }
