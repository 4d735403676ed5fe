"""The exit status of a run, from its report. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.core.errors import ExitStatus
from conformance.judging.verdicts import JUDGED
from conformance.reports.stored_cases import tallied_cases

if TYPE_CHECKING:
    from conformance.judging.report_entries import Report


def exit_status(report: Report, *, strict: bool) -> ExitStatus:
    """Return the exit status that a report leads to.

    An expected failure does not fail a run; an expected failure that passes does, because the list is out of date.
    """
    failing = ("mismatch", "divergent", "error") if strict else ("mismatch", "error")
    if not any(report["summary"][verdict] for verdict in JUDGED):
        return ExitStatus.NO_ANSWER
    failed = any(case.verdict in failing and case.known_failing is None for case in tallied_cases(report))
    return ExitStatus.MISMATCH if failed or report["summary"]["stale"] else ExitStatus.CONFORMS
