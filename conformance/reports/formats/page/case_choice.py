"""Which cases of a report a page shows in full: enough of every cause, and not more than a browser opens at once."""

from __future__ import annotations

from itertools import chain, islice, zip_longest
from typing import TYPE_CHECKING, Final

from conformance.reports.stored_cases import counted_shapes, tallied_cases

if TYPE_CHECKING:
    from conformance.judging.report_entries import Report

_IN_FULL: Final = ("mismatch", "error", "divergent")
"""Verdicts of which cases are shown in full."""
_MOST_IN_FULL: Final = 400
"""Cases that are shown in full."""
_MOST_TITLED: Final = 6_000
"""Cases that are shown with their titles; of the others a page has the ids."""


def in_full(report: Report) -> frozenset[str]:
    """Return the ids of the cases that are shown in full: of every cause in turn the next one, then any."""
    if not any(shape.verdict in _IN_FULL for shape, _ in counted_shapes(report)):
        return frozenset()
    by_cause = [group["cases"] for group in report.get("groups", [])]
    examples = [group["example"] for group in report.get("groups", [])]
    turns = (name for turn in zip_longest(*by_cause) for name in turn if name is not None)
    entries = tallied_cases(report)
    others = (entry.id for verdict in _IN_FULL for entry in entries if entry.verdict == verdict)
    wanted = {entry.id for entry in entries if entry.verdict in _IN_FULL}
    known = (name for name in chain(examples, turns, others) if name in wanted)
    return frozenset(islice(dict.fromkeys(known), _MOST_IN_FULL))


def titled(report: Report, full: frozenset[str]) -> bool:
    """Whether the cases that are not shown in full are shown with their titles."""
    return len(tallied_cases(report)) - len(full) <= _MOST_TITLED
