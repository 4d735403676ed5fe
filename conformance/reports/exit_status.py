"""The exit status of a run, from its report, and why nothing could be judged. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from conformance.core.errors import ExitStatus
from conformance.judging.denials import SAYS
from conformance.judging.verdicts import JUDGED, NO_ENVELOPE
from conformance.reports.stored_cases import cases_where, counted_shapes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.common_codes import CommonClass
    from conformance.judging.report_entries import Report
    from conformance.reports.shapes import Shape

_WAYS_OUT: Final[Mapping[CommonClass, str]] = {
    "credentials": "check the AccessKey that the target names, and the clock",
    "permission": "check what the account of the AccessKey may call",
    "throttle": "--rate N sends at most N requests a second",
    "unavailable": "try again later",
}


def exit_status(report: Report, *, strict: bool) -> ExitStatus:
    """Return the exit status that a report leads to.

    An expected failure does not fail a run; an expected failure that passes does, because the list is out of date.
    """
    failing = ("mismatch", "divergent", "error") if strict else ("mismatch", "error")
    if _nothing_judged(report):
        return ExitStatus.NO_ANSWER
    failed = any(shape.verdict in failing and shape.known_failing is None for shape, _ in counted_shapes(report))
    return ExitStatus.MISMATCH if failed or report["summary"]["stale"] else ExitStatus.CONFORMS


def no_answer_reason(report: Report) -> str | None:
    """Return why no answer of a run could be judged and what to do, for a person; `None` when the cases say it."""
    if not _nothing_judged(report):
        return None
    for case in cases_where(report, lambda entry: _without_envelope(entry.shape)):
        observed = next((each["observed"] for each in case["mismatches"] if each["where"] == "response.body"), None)
        return f"nothing there speaks the API: it answers with {observed}; check the endpoint"
    reasons = Counter(str(case["reason"]) for case in cases_where(report, lambda entry: entry.verdict == "error"))
    for reason, _ in reasons.most_common():
        kind = next((kind for kind, text in SAYS.items() if reason.startswith(text)), None)
        if kind is not None:
            return f"no answer could be judged: {reason.rstrip('.')}; {_WAYS_OUT[kind]}"
    return None


def _nothing_judged(report: Report) -> bool:
    """Whether no case has an answer of the API that could be judged."""
    if not any(report["summary"][verdict] for verdict in JUDGED):
        return True
    return all(shape.verdict not in JUDGED or _without_envelope(shape) for shape, _ in counted_shapes(report))


def _without_envelope(shape: Shape) -> bool:
    return shape.verdict in JUDGED and shape.answered == NO_ENVELOPE
