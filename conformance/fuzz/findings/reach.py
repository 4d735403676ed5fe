"""How far the requests of a run reach: which codes, parameters and constraints. Apart from the cases' coverage."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from conformance.contract.encodings import wire_values
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
        self._sendable = {language: request_parameters(contract) for language, contract in contracts.items()}
        self._codes: dict[Language, set[str]] = defaultdict(set)
        self._parameters: dict[Language, set[str]] = defaultdict(set)
        self._violations: dict[Language, set[str]] = defaultdict(set)

    def add_request(self, params: Mapping[str, str], expectations: Mapping[Language, Expectation]) -> None:
        """Note what a request, wire name to text, sends and breaks."""
        for language, expectation in expectations.items():
            rows = self._contracts[language].parameters
            self._parameters[language] |= {
                row.path
                for row in self._sendable[language]
                if any(each is not None for each in wire_values(row, rows, params))
            }
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
