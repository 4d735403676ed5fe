"""CTRF, the Common Test Report Format (ctrf.io), version 0.0.0 of its schema: what many CI dashboards read.

Written part by part, so that of a hundred thousand cases one is in memory at a time.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Final, NotRequired, TypedDict

from conformance.reports.formats.bounded import bounded_line, bounded_lines, bounded_text, bounded_value
from conformance.reports.formats.case_text import causes_by_case, follows_of, message_of
from conformance.reports.formats.identity import identity, tested_text
from conformance.reports.formats.text import mismatch_line
from conformance.reports.stored_cases import cases_where, tallied_cases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.judging.report_entries import CaseEntry, Report
    from conformance.reports.tally import TalliedCase

_STATUS: Final = {
    "pass": "passed",
    "divergent": "other",
    "mismatch": "failed",
    "error": "failed",
    "not_run": "skipped",
    "not_applicable": "skipped",
}
_STATUSES: Final = ("passed", "failed", "skipped", "pending", "other")


class CtrfTestExtra(TypedDict, total=False):
    """What a case has beside the fields of the format: the keys of its causes, and the commands that show it again."""

    causes: list[str]
    follows: list[str]
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


def ctrf_parts(report: Report) -> Iterator[str]:
    """Yield a report as CTRF: milliseconds, and one status of passed, failed, skipped, other for each case."""
    entries = tallied_cases(report)
    head = {
        "tool": {"name": bounded_line(report["tool"]["name"]), "version": bounded_line(report["tool"]["version"])},
        "summary": _summary(report, entries),
        "environment": _environment(report),
        "extra": bounded_value(
            {"identity": dict(identity(report)), "notes": report.get("notes", []), "causes": report.get("groups", [])}
        ),
    }
    yield '{"reportFormat":"CTRF","specVersion":"0.0.0","results":{\n'
    for name, value in head.items():
        yield f"{json.dumps(name)}:{_json(value)},\n"
    yield '"tests":['
    causes = causes_by_case(report)
    told = cases_where(report, _is_told)
    separator = "\n"
    for entry in entries:
        test = _test(entry)
        if _is_told(entry):
            _add_outcome(test, next(told), [key for key, _ in causes.get(entry.id, ())])
        yield separator + _json(test)
        separator = ",\n"
    yield "\n]}}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _summary(report: Report, entries: Sequence[TalliedCase]) -> dict[str, int]:
    """Return the counts, and the start and the end in milliseconds since the epoch."""
    statuses = [_status(entry) for entry in entries]
    start = round(datetime.fromisoformat(report["started_at"]).timestamp() * 1000)
    return {
        "tests": len(entries),
        **{status: statuses.count(status) for status in _STATUSES},
        "start": start,
        "stop": start + round((report["duration_s"] or 0) * 1000),
    }


def _environment(report: Report) -> dict[str, object]:
    about = dict(identity(report))
    sdk = report["target"].get("sdk")
    return {
        "reportName": bounded_line(f"conformance {report['docs']}"),
        "appName": bounded_line(sdk["name"]) if sdk else tested_text(report),
        **({"appVersion": bounded_line(sdk["version"])} if sdk else {}),
        "testEnvironment": about.get("endpoint") or about.get("driver", ""),
        "extra": about,
    }


def _status(entry: TalliedCase) -> str:
    if entry.known_failing is not None:
        return "failed" if entry.verdict == "pass" else "skipped"
    return _STATUS[entry.verdict]


def _is_told(entry: TalliedCase) -> bool:
    """Whether there is more to tell of a case than its verdict."""
    return entry.verdict != "pass" or entry.known_failing is not None


def _test(entry: TalliedCase) -> CtrfTest:
    test: CtrfTest = {
        "name": bounded_line(entry.id),
        "status": _status(entry),
        "duration": round(entry.elapsed_ms),
        "rawStatus": entry.verdict,
        "suite": [bounded_line(part) for part in entry.id.split("/")[:-1] or [entry.id]],
    }
    if entry.file:
        test["filePath"], test["line"] = bounded_line(entry.file), entry.line
    return test


def _add_outcome(test: CtrfTest, case: CaseEntry, causes: list[str]) -> None:
    lines = [mismatch_line(mismatch) for mismatch in case["mismatches"]] if case["known_failing"] is None else []
    message = bounded_text(lines) or message_of(case)
    if message:
        test["message"] = message
    extra: CtrfTestExtra = {}
    if causes:
        extra["causes"] = causes
        if command := case["reproduce"]:
            extra["reproduce"] = bounded_lines(command)
        if again := case.get("rerun"):
            extra["rerun"] = bounded_lines(again)
    if case["follows"]:
        extra["follows"] = list(case["follows"])
        test["message"] = bounded_text([follows_of(case), *lines])
    if extra:
        test["extra"] = extra
