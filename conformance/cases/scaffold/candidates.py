"""Which documented rows may answer a fault, by language, and how a case expects them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.cases.meanings.rows import answering_rows, meant_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.cases.meanings.rows import MeantRow
    from conformance.cases.meanings.words import Words
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract

ExpectedOutcome = dict[str, object]
"""What one document expects, as a case file has it."""

ANY: Final[ExpectedOutcome] = {"error": "any"}


class Candidates:
    """The rows of an operation's documents, and what they are about."""

    def __init__(self, contracts: Mapping[Language, Contract], words: Words) -> None:
        self.meant: Mapping[Language, Sequence[MeantRow]] = {
            language: meant_rows(contract, words) for language, contract in contracts.items()
        }

    def codes(self, kind: str, path: str, language: Language, also: Sequence[str] = ()) -> list[str]:
        """Return the codes that one document may answer a fault with; none where it says nothing of it."""
        rows = answering_rows(kind, path, self.meant[language], also)
        return list(dict.fromkeys(row.code for row in rows))

    def of_kind(self, kind: str, language: Language) -> list[str]:
        """Return the codes of all rows of a kind, whatever parameter they name."""
        return list(dict.fromkeys(each.row.code for each in self.meant[language] if each.kind == kind))


def error(codes: Sequence[str]) -> ExpectedOutcome:
    """Return the outcome of one of some codes; of none, that of a refusal whose code no document gives."""
    if not codes:
        return dict(ANY)
    return {"error": codes[0] if len(codes) == 1 else {"one_of": list(codes)}}


def expectation(outcomes: Mapping[Language, ExpectedOutcome]) -> ExpectedOutcome:
    """Return what a case expects of documents of which those that are left out say nothing of it."""
    first, *others = outcomes.values()
    if all(outcome == first for outcome in others):
        return dict(first)
    if ANY in outcomes.values() or not all("error" in outcome for outcome in outcomes.values()):
        return {language: dict(outcome) for language, outcome in outcomes.items()}
    # A code that a document does not have falls away for its language.
    return error(list(dict.fromkeys(code for outcome in outcomes.values() for code in _codes(outcome))))


def _codes(outcome: ExpectedOutcome) -> list[str]:
    code = outcome["error"]
    return list(code["one_of"]) if isinstance(code, dict) else [str(code)]
