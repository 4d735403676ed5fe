"""Comparisons as SARIF 2.1.0, for tools that show findings beside the documents.

What a capture lost cannot be compared: it is no finding, and no result unless it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.comparison.baseline import FINGERPRINT
from conformance.comparison.comparison_text import fact_text
from conformance.comparison.contract_comparison import CAVEAT, Agreement
from conformance.comparison.levels import rule_of
from conformance.comparison.witness import ask
from conformance.core.sarif_log import (
    SARIF_SCHEMA,
    SARIF_VERSION,
    sarif_head,
    sarif_message,
    sarif_notification,
    sarif_place,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.comparison.contract_comparison import ComparedFact, Comparison
    from conformance.comparison.overview import UnreadFile
    from conformance.contract.model import Contract, Fact
_MEANING: Final = {
    Agreement.DISAGREE: "The two documents contradict each other.",
    Agreement.ONLY_LEFT: "Only the left document has it.",
    Agreement.ONLY_RIGHT: "Only the right document has it.",
    Agreement.DIFFERS_IN_SCOPE: "The documents differ without contradicting each other.",
    Agreement.UNKNOWN_LOST: "A capture lost what would have to be compared.",
}

_Place = tuple[str, int | None, str]
"""A file, a line and what is there."""


class FindingPlaces:
    """Where documents, and what is found in them, are: as the findings have it."""

    def file(self, file: str) -> str:
        """Return the name of a file."""
        return file

    def place(
        self,
        file: str,
        contract: Contract | None,  # noqa: ARG002 - others need it
        finding: ComparedFact,  # noqa: ARG002 - see above
        fact: Fact,
    ) -> tuple[str, int | None]:
        """Return the file and the line where a finding is shown in one document.

        Args:
            file: The file of the document.
            contract: What the document says; `None` for an operation on one side alone.
            finding: The finding.
            fact: What this document has of it.
        """
        return file, fact.line


AS_GIVEN: Final = FindingPlaces()


def sarif(
    comparisons: Sequence[Comparison],
    *,
    version: str,
    lone: Sequence[ComparedFact] = (),
    faults: Sequence[UnreadFile] = (),
    files: Mapping[str, str] | None = None,
    at: FindingPlaces = AS_GIVEN,
    unknown: bool = False,
) -> dict[str, object]:
    """Return comparisons as one SARIF log; what agrees is no result.

    Args:
        comparisons: The comparisons, of any operations.
        version: The version of this tool.
        lone: The findings for operations that only one side has.
        faults: The files that could not be read, which become notifications of the run.
        files: The file of each of `lone`, by its fingerprint.
        at: Says where in which file a finding is shown.
        unknown: Whether what could not be compared is a result, of the kind `open`. Else its number is a notification.
    """
    reported: list[tuple[ComparedFact, Comparison | None]] = [
        (finding, comparison)
        for comparison in comparisons
        for finding in comparison.findings
        if finding.verdict is not Agreement.AGREE
    ]
    reported += [(finding, None) for finding in lone]
    shown = [pair for pair in reported if unknown or not _is_unknown(pair[0])]
    rules = {finding.rule: finding for finding, _ in shown}
    order = {rule: index for index, rule in enumerate(rules)}
    own = files or {}
    run = sarif_head(version, [_rule(rule, finding) for rule, finding in rules.items()])
    run["results"] = [
        _result(finding, _places(finding, comparison, at, own), order[finding.rule]) for finding, comparison in shown
    ]
    notifications = _notifications(faults, at)
    if left_out := len(reported) - len(shown):
        text = "1 fact could not be compared" if left_out == 1 else f"{left_out} facts could not be compared"
        notifications.append(sarif_notification(f"{text}; --verbose shows more", "note"))
    if notifications:
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": notifications}]
    return {"$schema": SARIF_SCHEMA, "version": SARIF_VERSION, "runs": [run]}


def _is_unknown(finding: ComparedFact) -> bool:
    return finding.verdict is Agreement.UNKNOWN_LOST


def _places(
    finding: ComparedFact, comparison: Comparison | None, at: FindingPlaces, files: Mapping[str, str]
) -> list[_Place]:
    """Return each side of a finding, and what the witness has: its file, line and words."""
    if comparison is None:
        stated = finding.left if finding.left.stated else finding.right
        file = files.get(finding.fingerprint, str(stated.value))
        words = f"left: {fact_text(finding.left)}; right: {fact_text(finding.right)}"
        return [(*at.place(file, None, finding, stated), words)]
    sides = zip(comparison.sources, (comparison.left, comparison.right), (finding.left, finding.right), strict=True)
    places = [
        (*at.place(file, contract, finding, fact), f"{_said_at(contract.language, fact)}: {fact_text(fact)}")
        for file, contract, fact in sides
    ]
    witness = comparison.witness
    answer = ask(finding, witness)
    if witness is not None and answer is not None:
        said = f"witness: {fact_text(answer.fact)}, {answer.words}"
        places.append((*at.place(witness.source.file, witness, finding, answer.fact), said))
    return places


def _said_at(language: str, fact: Fact) -> str:
    return f"{language} line {fact.line}" if fact.line is not None else language


def _rule(rule: str, finding: ComparedFact) -> dict[str, object]:
    why = rule_of(finding.subject, finding.fact, finding.verdict, finding.kind).why
    return {
        "id": rule,
        "shortDescription": {"text": _MEANING[finding.verdict]},
        "fullDescription": {"text": f"{_MEANING[finding.verdict]} Level {finding.level}: {why}."},
        "help": {"text": CAVEAT},
        "defaultConfiguration": {"level": finding.level},
    }


def _result(finding: ComparedFact, places: Sequence[_Place], index: int) -> dict[str, object]:
    # What one side does not have is shown where the other has it.
    shown = [place for place in places if place[1] is not None] or places[:1]
    name = {"fullyQualifiedName": sarif_message(finding.name)["text"], "kind": "member"}
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        **({"kind": "open", "level": "none"} if _is_unknown(finding) else {"level": finding.level}),
        "message": sarif_message(_message(finding, places)),
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "locations": [{"logicalLocations": [name], **_location(*shown[0])}],
    }
    if shown[1:]:
        result["relatedLocations"] = [{"id": number, **_location(*place)} for number, place in enumerate(shown[1:], 1)]
    return result


def _message(finding: ComparedFact, places: Iterable[_Place]) -> str:
    sides = "; ".join(text for _, _, text in places)
    note = f" ({finding.note})" if finding.note else ""
    return f"{finding.name} {finding.fact}: {sides}{note}"


def _location(file: str, line: int | None, text: str) -> dict[str, object]:
    return {"physicalLocation": sarif_place(file, line), "message": sarif_message(text)}


def _notifications(faults: Iterable[UnreadFile], at: FindingPlaces) -> list[dict[str, object]]:
    return [
        sarif_notification(
            f"{fault.side}: not read: {fault.message}", "error", sarif_place(at.file(fault.file), fault.line)
        )
        for fault in faults
    ]
