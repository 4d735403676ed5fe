"""Whom a server follows where documents disagree, as the report of a run has it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.comparison.compared_fact import ComparedFact
    from conformance.judging.report_entries import Report


class FollowedPoint(NamedTuple):
    """What a run shows of one disagreement.

    Attributes:
        follows: A language, or `both`, `neither`, `not observed`.
        observed: What the server answered.
    """

    follows: str
    observed: Sequence[str]


Followed = dict[tuple[str, str], FollowedPoint]
"""By operation and point, `Name.maxLength`."""


def followed_in(report: Report) -> Followed:
    """Return what a report says of each point."""
    return {
        (point["operation"], point["point"]): FollowedPoint(point.get("follows", ""), point.get("observed", []))
        for point in report["disagreements"]
    }


def followed_of(finding: ComparedFact, followed: Mapping[tuple[str, str], FollowedPoint]) -> FollowedPoint | None:
    """Return whom the server follows in a finding; `None` where the report says nothing of it.

    A run knows disagreements that hold for all requests. Its operation may have the product before it, or not.
    """
    if finding.when is not None:
        return None
    point = f"{finding.path}.{finding.fact}"
    name = finding.operation
    exact = followed.get((name, point))
    if exact is not None or ":" not in name:
        return exact
    return followed.get((name.partition(":")[2], point))
