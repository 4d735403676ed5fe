"""From the events of a run to `report.json`. Pure: the same events give the same report."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from conformance.errors import ExitStatus, ReportError
from conformance.runner.results import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Report = dict[str, Any]

JUDGED = ("pass", "mismatch", "divergent")
"""The verdicts of cases about which something is known."""


def build_report(events: Iterable[dict[str, Any]]) -> Report:
    """Return the report of a run; of a run that was killed, of what it did until then.

    Raises:
        ReportError: When there is no first event to tell what was tested.
    """
    started: dict[str, Any] | None = None
    finished: dict[str, Any] | None = None
    cases: dict[str, dict[str, Any]] = {}
    for event in events:
        match event.get("event"):
            case "run_started":
                started = event
            case "case_finished":
                cases[event["case"]["id"]] = event["case"]
            case "run_finished":
                finished = event
    if started is None:
        raise ReportError("holds no run: its first event is missing", hint="give the folder of a run")
    place = {name: index for index, name in enumerate(started["order"])}
    ordered = sorted(cases.values(), key=lambda case: place.get(case["id"], len(place)))
    return {
        "schema_version": started["schema_version"],
        "tool": started["tool"],
        "docs": started["docs"],
        "target": started["target"],
        "started_at": started["started_at"],
        "duration_s": finished["duration_s"] if finished else None,
        "complete": finished is not None and not finished["interrupted"] and len(ordered) == started["selected"],
        "selected": started["selected"],
        "summary": summarise(ordered),
        "coverage": {
            language: {"documented": documented, **_reached(ordered, language)}
            for language, documented in started["documented"].items()
        },
        "cases": ordered,
    }


def summarise(cases: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Count the verdicts."""
    counts = Counter(case["verdict"] for case in cases)
    return {"total": len(cases), **{verdict: counts[verdict] for verdict in VERDICTS}}


def _reached(cases: Iterable[dict[str, Any]], language: str) -> dict[str, int]:
    """Count the rows of a document's table of errors that cases exercised, and those that the server answered with.

    A row is exercised when a case that is there for it ran, or when an answer matched it; it is passed when an answer
    matched it in a case that follows this document.
    """
    exercised: set[tuple[Any, ...]] = set()
    passed: set[tuple[Any, ...]] = set()
    for case in cases:
        if case["verdict"] not in JUDGED:
            continue
        if language in case["exact"]:
            exercised.add(tuple(case["exact"][language]))
        rows = {tuple(row) for row in case["observed"].get(language, ())}
        exercised |= rows
        if case["verdicts"].get(language) == "pass":
            passed |= rows
    return {"exercised": len(exercised), "passed": len(passed)}


def exit_status(report: Report, *, strict: bool) -> ExitStatus:
    """Return the exit status that a report stands for."""
    summary = report["summary"]
    if summary["mismatch"] or (strict and summary["divergent"]):
        return ExitStatus.MISMATCH
    judged = sum(summary[verdict] for verdict in JUDGED)
    if not judged:
        return ExitStatus.NO_ANSWER
    return ExitStatus.MISMATCH if summary["error"] else ExitStatus.CONFORMS
