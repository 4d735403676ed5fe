"""A comparison as SARIF 2.1.0, for tools that show findings beside the documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from conformance.contract.diff import CAVEAT, Verdict
from conformance.contract.diff_text import fact_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.contract.diff import Comparison, Finding
    from conformance.contract.model import Contract, Fact

_SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_MEANING: Final = {
    Verdict.DISAGREE: "The two documents contradict each other.",
    Verdict.ONLY_LEFT: "Only the left document has it.",
    Verdict.ONLY_RIGHT: "Only the right document has it.",
    Verdict.DIFFERS_IN_SCOPE: "The documents differ without contradicting each other.",
    Verdict.UNKNOWN_LOST: "A capture lost what would have to be compared.",
}


def sarif(comparisons: Sequence[Comparison], *, version: str) -> dict[str, Any]:
    """Return comparisons as one SARIF log; what agrees is no result.

    Args:
        comparisons: The comparisons, of any operations.
        version: The version of this tool.
    """
    found = [
        (comparison, finding)
        for comparison in comparisons
        for finding in comparison.findings
        if finding.verdict is not Verdict.AGREE
    ]
    rules = {finding.rule: finding for _, finding in found}
    order = {rule: index for index, rule in enumerate(rules)}
    return {
        "$schema": _SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "conformance",
                        "version": version,
                        "rules": [_rule(rule, finding) for rule, finding in rules.items()],
                    }
                },
                "results": [_result(comparison, finding, order[finding.rule]) for comparison, finding in found],
            }
        ],
    }


def _rule(rule: str, finding: Finding) -> dict[str, Any]:
    return {
        "id": rule,
        "shortDescription": {"text": _MEANING[finding.verdict]},
        "help": {"text": CAVEAT},
        "defaultConfiguration": {"level": finding.level},
    }


def _result(comparison: Comparison, finding: Finding, index: int) -> dict[str, Any]:
    sides = ((comparison.left, finding.left), (comparison.right, finding.right))
    places = [_location(contract, fact) for contract, fact in sides if fact.line is not None]
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.level,
        "message": {"text": _message(comparison, finding)},
        "partialFingerprints": {"conformance/v1": finding.fingerprint},
        "locations": places[:1],
    }
    if places[1:]:
        result["relatedLocations"] = [{"id": number, **place} for number, place in enumerate(places[1:], 1)]
    return result


def _message(comparison: Comparison, finding: Finding) -> str:
    sides = ((comparison.left, finding.left), (comparison.right, finding.right))
    said = "; ".join(f"{contract.source.file}: {fact_text(fact)}" for contract, fact in sides)
    note = f" ({finding.note})" if finding.note else ""
    return f"{finding.operation} {finding.path} {finding.fact}: {said}{note}"


def _location(contract: Contract, fact: Fact) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(contract.source.file)},
            "region": {"startLine": fact.line},
        },
        "message": {"text": f"{contract.language}: {fact_text(fact)}"},
    }
