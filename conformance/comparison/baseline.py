"""A baseline: the findings that a person has looked at and accepted, recognised by their fingerprints."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from conformance.comparison.agreement import Agreement
from conformance.core.errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from conformance.comparison.compared_fact import ComparedFact
    from conformance.contract.model import Fact

FINGERPRINT: Final = "conformance/v1"
"""The name of the fingerprint in a SARIF log."""

_VERSION: Final = 1
_HINT: Final = "give a file that --write-baseline wrote, or what --json or --sarif printed"


class Accepted(Struct, frozen=True):
    """One entry of a baseline.

    Attributes:
        fingerprint: The finding's fingerprint.
        operation: Its operation; empty where the file does not say it.
        what: What it was, for a person.
        reason: Why it was accepted; empty where nobody wrote it down.
    """

    fingerprint: str
    operation: str
    what: str
    reason: str = ""


class Baseline(Struct, frozen=True):
    """The accepted findings of one file."""

    entries: tuple[Accepted, ...]

    def hides(self, findings: Iterable[ComparedFact]) -> frozenset[str]:
        """Return the fingerprints of those findings that the baseline accepts."""
        known = {entry.fingerprint for entry in self.entries}
        return frozenset(finding.fingerprint for finding in findings) & known

    def stale(self, findings: Iterable[ComparedFact], operations: Collection[str]) -> tuple[Accepted, ...]:
        """Return the entries that no finding has, of operations that were compared.

        Args:
            findings: All findings, before the baseline hid any.
            operations: What was compared; an entry that does not name its operation counts as compared.
        """
        present = {finding.fingerprint for finding in findings}
        return tuple(
            entry
            for entry in self.entries
            if entry.fingerprint not in present and (not entry.operation or entry.operation in operations)
        )


def write_baseline(findings: Iterable[ComparedFact]) -> str:
    """Return the text of a baseline that accepts these findings; what agrees is never in it.

    The entries are in the order of their names and carry both values, so that a change of the file reads as what was
    accepted. `reason` is empty, for people to fill in.
    """
    accepted = [finding for finding in findings if finding.verdict is not Agreement.AGREE]
    accepted.sort(key=lambda finding: (finding.operation, finding.path, finding.rule, finding.fingerprint))
    entries = [
        {
            "fingerprint": finding.fingerprint,
            "operation": finding.operation,
            "path": finding.path,
            "rule": finding.rule,
            "level": finding.level,
            "left": _value(finding.left),
            "right": _value(finding.right),
            "reason": "",
        }
        for finding in accepted
    ]
    return json.dumps({"schema_version": _VERSION, "accepted": entries}, ensure_ascii=False, indent=1) + "\n"


def _value(fact: Fact) -> object:
    return list(fact.value) if isinstance(fact.value, tuple) else fact.value if fact.stated else fact.state.value


def read_baseline(text: str, name: str) -> Baseline:
    """Read a baseline: what `write_baseline` returns, a SARIF log, or the JSON of a comparison.

    Args:
        text: The text of the file.
        name: Its name, for messages.

    Raises:
        ContractError: If it is no JSON, or none of these.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as fault:
        line = getattr(fault, "lineno", 1)
        raise ContractError(f"line {line}: is not JSON", where=name, hint=_HINT) from None
    try:
        entries = tuple(_entries(data))
    except (KeyError, TypeError, AttributeError, IndexError):
        raise ContractError("is not a baseline", where=name, hint=_HINT) from None
    return Baseline(entries)


def _entries(data: Any) -> Iterator[Accepted]:
    if "runs" in data:
        for result in (result for run in data["runs"] for result in run["results"]):
            place = result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]
            fingerprint = result["partialFingerprints"][FINGERPRINT]
            yield Accepted(str(fingerprint), place.partition("#")[0], f"{place} {result['ruleId']}")
    elif "accepted" in data:
        for entry in data["accepted"]:
            what = f"{entry['operation']}#{entry['path']} {entry['rule']}"
            yield Accepted(str(entry["fingerprint"]), str(entry["operation"]), what, str(entry.get("reason") or ""))
    else:
        for owner in data.get("operations", [data]):
            for finding in owner["findings"]:
                operation = finding.get("operation") or owner["left"]["operation"]
                path = finding["path"].removeprefix(f"{operation}#")
                if finding["verdict"] != Agreement.AGREE:
                    yield Accepted(str(finding["fingerprint"]), str(operation), f"{operation}#{path} {finding['rule']}")
