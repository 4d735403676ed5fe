"""From the events of a run to `report.json`. Pure: the same events give the same report."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from conformance.errors import ExitStatus, ReportError
from conformance.runner.points import observe
from conformance.runner.results import VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Report = dict[str, Any]

JUDGED = ("pass", "mismatch", "divergent")
"""The verdicts of cases about which something is known."""

FAILED = ("mismatch", "divergent", "error")
"""The verdicts that a list of known failures may speak of."""


def build_report(events: Iterable[dict[str, Any]]) -> Report:
    """Return the report of a run; of a run that was killed, of what it did until then.

    Raises:
        ReportError: When there is no first event to tell what was tested.
    """
    started: dict[str, Any] | None = None
    finished: dict[str, Any] | None = None
    fuzz: dict[str, Any] = {}
    cases: dict[str, dict[str, Any]] = {}
    for event in events:
        match event.get("event"):
            case "run_started":
                started = event
            case "case_finished":
                cases[event["case"]["id"]] = event["case"]
            case "fuzz":
                fuzz = {name: value for name, value in event.items() if name != "event"}
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
        "disagreements": observe(started["points"], ordered),
        **({"fuzz": fuzz} if fuzz else {}),
        "cases": ordered,
    }


def summarise(cases: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Count the verdicts, and of the cases listed as known failures those that fail and those that pass (stale)."""
    counts = Counter(case["verdict"] for case in cases)
    known = [case["verdict"] for case in cases if case["known_failing"] is not None]
    return {
        "total": len(cases),
        **{verdict: counts[verdict] for verdict in VERDICTS},
        "known_failing": sum(verdict in FAILED for verdict in known),
        "stale": known.count("pass"),
    }


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
    """Return the exit status that a report stands for.

    A known failure does not fail a run; a known failure that passes does, because the list is out of date.
    """
    failing = ("mismatch", "divergent", "error") if strict else ("mismatch", "error")
    if not any(case["verdict"] in JUDGED for case in report["cases"]):
        return ExitStatus.NO_ANSWER
    failed = any(case["verdict"] in failing and case["known_failing"] is None for case in report["cases"])
    return ExitStatus.MISMATCH if failed or report["summary"]["stale"] else ExitStatus.CONFORMS
