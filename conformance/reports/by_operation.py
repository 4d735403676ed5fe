"""A report by operation: what differs where, for runs of a whole product."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.judging.verdicts import VERDICTS
from conformance.reports.stored_cases import counted_shapes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.judging.report_entries import Report

_QUIET = frozenset({"pass", "not_applicable"})
"""Verdicts of operations of which nothing has to be told."""


class OperationCounts(Struct, frozen=True):
    """How the cases of one operation fared.

    Attributes:
        operation: What the ids of its cases begin with: its name, and the product where that is needed.
        counts: How many cases have each verdict; those that occur, in the order of `VERDICTS`.
    """

    operation: str
    counts: Mapping[str, int]

    @property
    def differs(self) -> bool:
        """Whether there is more to tell than cases that pass."""
        return not _QUIET.issuperset(self.counts)


def counts_by_operation(report: Report) -> list[OperationCounts]:
    """Return the counts of each operation, in the order of the cases; nothing where all are of one operation."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for shape, count in counted_shapes(report):
        found[shape.subject][shape.verdict] += count
    if len(found) == 1:
        return []
    return [
        OperationCounts(name, {verdict: own[verdict] for verdict in VERDICTS if own[verdict]})
        for name, own in found.items()
    ]


def of_several_operations(report: Report) -> bool:
    """Whether what a report says has to name the operation."""
    named = {point["operation"] for point in report["disagreements"]}
    return len(named) > 1 or bool(counts_by_operation(report))
