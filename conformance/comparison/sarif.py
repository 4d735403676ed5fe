"""Comparisons as SARIF 2.1.0, for tools that show findings beside the documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from conformance.comparison.baseline import FINGERPRINT
from conformance.comparison.comparison_text import fact_text
from conformance.comparison.contract_comparison import CAVEAT, Agreement
from conformance.comparison.levels import rule_of
from conformance.comparison.witness import ask

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.comparison.contract_comparison import ComparedFact, Comparison
    from conformance.comparison.overview import UnreadFile
    from conformance.contract.model import Fact

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_MEANING: Final = {
    Agreement.DISAGREE: "The two documents contradict each other.",
    Agreement.ONLY_LEFT: "Only the left document has it.",
    Agreement.ONLY_RIGHT: "Only the right document has it.",
    Agreement.DIFFERS_IN_SCOPE: "The documents differ without contradicting each other.",
    Agreement.UNKNOWN_LOST: "A capture lost what would have to be compared.",
}

_Place = tuple[str, int | None, str]
"""A file, a line and what is there."""


def sarif(
    comparisons: Sequence[Comparison],
    *,
    version: str,
    lone: Sequence[ComparedFact] = (),
    faults: Sequence[UnreadFile] = (),
) -> dict[str, object]:
    """Return comparisons as one SARIF log; what agrees is no result.

    Args:
        comparisons: The comparisons, of any operations.
        version: The version of this tool.
        lone: The findings for operations that only one side has.
        faults: The files that could not be read, which become notifications of the run.
    """
    reported: list[tuple[ComparedFact, Comparison | None]] = [
        (finding, comparison)
        for comparison in comparisons
        for finding in comparison.findings
        if finding.verdict is not Agreement.AGREE
    ]
    reported += [(finding, None) for finding in lone]
    rules = {finding.rule: finding for finding, _ in reported}
    order = {rule: index for index, rule in enumerate(rules)}
    run: dict[str, object] = {
        "tool": {
            "driver": {
                "name": "conformance",
                "version": version,
                "rules": [_rule(rule, finding) for rule, finding in rules.items()],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, comparison, order[finding.rule]) for finding, comparison in reported],
    }
    if faults:
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": _notifications(faults)}]
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: str, finding: ComparedFact) -> dict[str, object]:
    why = rule_of(finding.subject, finding.fact, finding.verdict, finding.kind).why
    return {
        "id": rule,
        "shortDescription": {"text": _MEANING[finding.verdict]},
        "fullDescription": {"text": f"{_MEANING[finding.verdict]} Level {finding.level}: {why}."},
        "help": {"text": CAVEAT},
        "defaultConfiguration": {"level": finding.level},
    }


def _result(finding: ComparedFact, comparison: Comparison | None, index: int) -> dict[str, object]:
    places = _places(finding, comparison)
    name = {"fullyQualifiedName": finding.name, "kind": "member"}
    first: dict[str, object] = {"logicalLocations": [name]}
    shown = [_location(*place) for place in places if place[1] is not None]
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.level,
        "message": {"text": _message(finding, places)},
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "locations": [first | (shown[0] if shown else {})],
    }
    if shown[1:]:
        result["relatedLocations"] = [{"id": number, **place} for number, place in enumerate(shown[1:], 1)]
    return result


def _places(finding: ComparedFact, comparison: Comparison | None) -> list[_Place]:
    if comparison is None:
        return [("left", None, fact_text(finding.left)), ("right", None, fact_text(finding.right))]
    sides = zip(comparison.sources, (comparison.left, comparison.right), (finding.left, finding.right), strict=True)
    places = [_place(file, contract.language, fact) for file, contract, fact in sides]
    witness = comparison.witness
    answer = ask(finding, witness)
    if witness is not None and answer is not None:
        places.append((witness.source.file, answer.fact.line, f"witness: {fact_text(answer.fact)}, {answer.words}"))
    return places


def _place(file: str, language: str, fact: Fact) -> _Place:
    return file, fact.line, f"{language}: {fact_text(fact)}"


def _message(finding: ComparedFact, places: Iterable[_Place]) -> str:
    sides = "; ".join(f"{file}: {text}" for file, _, text in places)
    note = f" ({finding.note})" if finding.note else ""
    return f"{finding.name} {finding.fact}: {sides}{note}"


def _location(file: str, line: int | None, text: str) -> dict[str, object]:
    return {
        "physicalLocation": {"artifactLocation": {"uri": _uri(file)}, "region": {"startLine": line}},
        "message": {"text": text},
    }


def _uri(file: str) -> str:
    # The name of a file may hold bytes that are no UTF-8; Python has them as halves of surrogate pairs.
    path = quote(file.replace("\\", "/").encode("utf-8", "surrogateescape"))
    return f"file://{path}" if path.startswith("/") else path


def _notifications(faults: Iterable[UnreadFile]) -> list[dict[str, object]]:
    return [
        {
            "level": "error",
            "message": {"text": f"{fault.side}: not read: {fault.message}"},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": _uri(fault.file)},
                        **({"region": {"startLine": fault.line}} if fault.line else {}),
                    }
                }
            ],
        }
        for fault in faults
    ]
