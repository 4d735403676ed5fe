"""From the events of a run to its report. Pure: the same events give the same report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.core.errors import ExitStatus
from conformance.judging.verdicts import JUDGED
from conformance.reports.cases import entries_of
from conformance.reports.tally import Report, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable


def build_report(events: Iterable[dict[str, Any]]) -> Report:
    """Return the report of a run; of a run that was killed, of what it did until then.

    Raises:
        ReportError: When there is no first event to tell what was tested.
    """
    tally = Tally()
    cases: dict[str, dict[str, Any]] = {}
    for event in events:
        tally.add(event)
        if event.get("event") == "case_finished":
            cases[event["case"]["id"]] = event["case"]
    entries = tally.ordered()
    return tally.report(entries, [cases[entry.id] for entry in entries])


def exit_status(report: Report, *, strict: bool) -> ExitStatus:
    """Return the exit status that a report stands for.

    A known failure does not fail a run; a known failure that passes does, because the list is out of date.
    """
    failing = ("mismatch", "divergent", "error") if strict else ("mismatch", "error")
    if not any(report["summary"][verdict] for verdict in JUDGED):
        return ExitStatus.NO_ANSWER
    failed = any(entry.verdict in failing and entry.known_failing is None for entry in entries_of(report))
    return ExitStatus.MISMATCH if failed or report["summary"]["stale"] else ExitStatus.CONFORMS
