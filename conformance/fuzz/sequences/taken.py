"""What the documents say of a creation of what is there already. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cases.meanings.rows import any_rows, meant_rows
from conformance.cases.meanings.words import load_words
from conformance.cases.model import Outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.cases.model import Outcomes
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract, ErrorCode
    from conformance.fuzz.findings.step_rule import Lines


def taken_outcomes(contracts: Mapping[Language, Contract]) -> dict[Language, Outcomes]:
    """Return, per document, the refusals that a second creation of the same may have; none where it does not say."""
    return {
        language: tuple(Outcome(code) for code in dict.fromkeys(row.code for row in _taken_rows(contract)))
        for language, contract in contracts.items()
    }


def taken_lines(contracts: Mapping[Language, Contract]) -> Lines:
    """Return, per document, the line of the first row that says so."""
    found = {language: _taken_rows(contract) for language, contract in contracts.items()}
    return {language: rows[0].cited for language, rows in found.items() if rows}


def _taken_rows(contract: Contract) -> tuple[ErrorCode, ...]:
    """Return the rows for what is there already: those that say so by their words, first those of what is there."""
    meant = any_rows("exists", meant_rows(contract, load_words()))
    already = tuple(row for row in contract.errors if "already" in row.message.lower())
    rows = tuple(row for row in (*meant, *already) if row.error_class == "state") or (*meant, *already)
    return tuple(dict.fromkeys(rows))
