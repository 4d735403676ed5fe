"""CTRF, the Common Test Report Format (ctrf.io), version 0.0.0 of its schema: what many CI dashboards read."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, NotRequired, TypedDict

from conformance.reports.formats.text import mismatch_line

if TYPE_CHECKING:
    from conformance.judging.report_entries import CaseEntry, GroupEntry, NoteEntry, Report, ToolEntry

_STATUS: Final = {
    "pass": "passed",
    "divergent": "passed",
    "mismatch": "failed",
    "error": "failed",
    "not_run": "skipped",
    "not_applicable": "skipped",
}


class CtrfTestExtra(TypedDict, total=False):
    """What a case has beside the fields of the format: the keys of its causes, and the commands that show it again."""

    causes: list[str]
    reproduce: str
    rerun: str


class CtrfTest(TypedDict):
    """One case; `duration` is in milliseconds, `suite` from the operation downwards."""

    name: str
    status: str
    duration: int
    rawStatus: str
    suite: list[str]
    filePath: NotRequired[str]
    line: NotRequired[int]
    message: NotRequired[str]
    extra: NotRequired[CtrfTestExtra]


class CtrfExtra(TypedDict, total=False):
    """What a run has to say beside its cases: its notes, and its causes as `groups` of `report.json` has them."""

    notes: list[NoteEntry]
    causes: list[GroupEntry]


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
    groups = report.get("groups", [])
    causes: dict[str, list[str]] = {}
    for group in groups:
        for name in group["cases"]:
            causes.setdefault(name, []).append(group["key"])
    tests = [_test(case, causes.get(case["id"], [])) for case in report["cases"]]
    start = round(datetime.fromisoformat(report["started_at"]).timestamp() * 1000)
    said: CtrfExtra = {}
    if notes := report.get("notes"):
        said["notes"] = notes
    if groups:
        said["causes"] = groups
    extra: _Extra = {"extra": said} if said else {}
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


def _test(case: CaseEntry, causes: list[str]) -> CtrfTest:
    listed = case["known_failing"] is not None
    stale = listed and case["verdict"] == "pass"
    test: CtrfTest = {
        "name": case["id"],
        "status": "failed" if stale else "skipped" if listed else _STATUS[case["verdict"]],
        "duration": round(case["elapsed_ms"]),
        "rawStatus": case["verdict"],
        "suite": case["id"].split("/")[:-1] or [case["id"]],
    }
    file, _, place = case["where"].partition(":")
    if file and place.partition(":")[0].isdecimal():
        test["filePath"], test["line"] = file, int(place.partition(":")[0])
    message = "\n".join([mismatch_line(mismatch) for mismatch in case["mismatches"]] or [case["reason"] or ""])
    if message:
        test["message"] = message
    if causes:
        test["extra"] = {"causes": causes}
        if command := case["reproduce"]:
            test["extra"]["reproduce"] = command
        if again := case.get("rerun"):
            test["extra"]["rerun"] = again
    return test
