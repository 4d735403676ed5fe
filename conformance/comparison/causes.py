"""Equal findings of several operations as one cause: what a person decides once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.comparison.compared_fact import ComparedFact


class SharedFinding(Struct, frozen=True):
    """Findings that say the same of the same parameter, in the order in which they were found.

    Attributes:
        findings: The findings, at least one.
    """

    findings: tuple[ComparedFact, ...]

    @property
    def first(self) -> ComparedFact:
        """The finding that stands for all of them."""
        return self.findings[0]

    @property
    def others(self) -> tuple[str, ...]:
        """The operations of all findings but the first."""
        return tuple(dict.fromkeys(finding.operation for finding in self.findings[1:]))

    def data(self) -> dict[str, object]:
        """Return the cause as JSON data: what was found, how often, and in which operations."""
        first = self.first
        return {
            "path": first.path,
            "rule": first.rule,
            "level": first.level,
            "left": first.left.value,
            "right": first.right.value,
            "count": len(self.findings),
            "operations": list(dict.fromkeys(finding.operation for finding in self.findings)),
            "fingerprints": [finding.fingerprint for finding in self.findings],
        }


def causes(findings: Iterable[ComparedFact]) -> list[SharedFinding]:
    """Group findings by what they say: rule, parameter, both values and the condition, whatever the operation.

    Args:
        findings: The findings, in any order.

    Returns:
        The causes, in the order of the first finding of each.
    """
    groups: dict[object, list[ComparedFact]] = {}
    for finding in findings:
        values = tuple((fact.state, _ordered(fact.value)) for fact in (finding.left, finding.right))
        key = (
            finding.path if finding.subject != "operation" else finding.operation,
            finding.rule,
            values,
            _when(finding),
        )
        groups.setdefault(key, []).append(finding)
    return [SharedFinding(tuple(group)) for group in groups.values()]


def _ordered(value: object) -> object:
    """Return a value with no order in it: two documents may list the same values in two orders."""
    return tuple(sorted(map(repr, value))) if isinstance(value, tuple) else repr(value)


def _when(finding: ComparedFact) -> str:
    return repr(finding.when.data) if finding.when is not None else ""
