"""How far the requests of a run reach: which codes, parameters and constraints. Apart from the cases' coverage."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from conformance.contract.wire import folded_path
from conformance.fuzz.oracle.parameters import request_parameters

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.fuzz.oracle.oracle import Expectation
    from conformance.judging.report_entries import FigureEntry, ReachedEntry
    from conformance.judging.results import CaseResult


class Reach:
    """Notes what requests reach, per document.

    Args:
        contracts: The documents judged by.
    """

    def __init__(self, contracts: Mapping[Language, Contract]) -> None:
        self._contracts = contracts
        self._codes: dict[Language, set[str]] = defaultdict(set)
        self._parameters: dict[Language, set[str]] = defaultdict(set)
        self._violations: dict[Language, set[str]] = defaultdict(set)

    def add_request(self, params: Iterable[str], expectations: Mapping[Language, Expectation]) -> None:
        """Note what a request, by its wire names, sends and breaks."""
        paths = {folded_path(name) for name in params}
        for language, expectation in expectations.items():
            self._parameters[language] |= paths
            self._violations[language] |= {f"{path}.{fact}" for path, fact in expectation.broken}

    def add_answer(self, result: CaseResult, languages: Iterable[Language]) -> None:
        """Note the last answer of a request or a sequence, for the documents that say something about it."""
        if result.answered is not None:
            for language in languages:
                self._codes[language].add(result.answered)

    def figures(self) -> dict[Language, ReachedEntry]:
        """Return the figures as `report.json` has them."""
        return {language: self._of(language, contract) for language, contract in self._contracts.items()}

    def _of(self, language: Language, contract: Contract) -> ReachedEntry:
        paths = {parameter.path for parameter in request_parameters(contract)}
        constraints = {f"{row.path}.{name}" for row, name, _ in contract.constraints() if row.path in paths}
        return {
            "codes": _reached({row.code for row in contract.errors}, self._codes[language]),
            "parameters": _reached(paths, self._parameters[language]),
            "violations": _reached(constraints, self._violations[language]),
        }


def _reached(documented: set[str], reached: set[str]) -> FigureEntry:
    return {
        "documented": len(documented),
        "reached": sorted(documented & reached),
        "not_reached": sorted(documented - reached),
    }
