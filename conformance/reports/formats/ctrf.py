"""CTRF, the Common Test Report Format (ctrf.io), version 0.0.0 of its schema: what many CI dashboards read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, NotRequired, TypedDict

from conformance.reports.formats.text import mismatch_line

if TYPE_CHECKING:
    from conformance.judging.report_entries import CaseEntry, NoteEntry, Report, ToolEntry

_STATUS: Final = {
    "pass": "passed",
    "divergent": "passed",
    "mismatch": "failed",
    "error": "failed",
    "not_run": "skipped",
    "not_applicable": "skipped",
}


class CtrfTest(TypedDict):
    """One case; `duration` is in milliseconds."""

    name: str
    status: str
    duration: int
    rawStatus: str
    suite: str
    message: NotRequired[str]


class CtrfExtra(TypedDict):
    """What a run has to say beside its cases."""

    notes: list[NoteEntry]


class CtrfResults(TypedDict):
    """All cases; in `summary` the counts, and the start and the end in milliseconds since the epoch."""

    tool: ToolEntry
    summary: dict[str, int]
    tests: list[CtrfTest]
    extra: NotRequired[CtrfExtra]


class _Extra(TypedDict, total=False):
    extra: CtrfExtra


class Ctrf(TypedDict):
    """A whole file."""

    reportFormat: str
    specVersion: str
    results: CtrfResults


def ctrf(report: Report) -> Ctrf:
    """Return a report as CTRF: milliseconds, and one status of passed, failed, skipped for each case."""
    tests = [_test(case) for case in report["cases"]]
    start = round(datetime.fromisoformat(report["started_at"]).timestamp() * 1000)
    extra: _Extra = {"extra": {"notes": notes}} if (notes := report.get("notes")) else {}
    statuses = [test["status"] for test in tests]
    return {
        "reportFormat": "CTRF",
        "specVersion": "0.0.0",
        "results": {
            "tool": {"name": report["tool"]["name"], "version": report["tool"]["version"]},
            "summary": {
                "tests": len(tests),
                "passed": statuses.count("passed"),
                "failed": statuses.count("failed"),
                "pending": 0,
                "skipped": statuses.count("skipped"),
                "other": 0,
                "start": start,
                "stop": start + round((report["duration_s"] or 0) * 1000),
            },
            "tests": tests,
            **extra,
        },
    }


def _test(case: CaseEntry) -> CtrfTest:
    listed = case["known_failing"] is not None
    stale = listed and case["verdict"] == "pass"
    test: CtrfTest = {
        "name": case["id"],
        "status": "failed" if stale else "skipped" if listed else _STATUS[case["verdict"]],
        "duration": round(case["elapsed_ms"]),
        "rawStatus": case["verdict"],
        "suite": case["id"].rpartition("/")[0],
    }
    message = "\n".join([mismatch_line(mismatch) for mismatch in case["mismatches"]] or [case["reason"] or ""])
    if message:
        test["message"] = message
    return test
