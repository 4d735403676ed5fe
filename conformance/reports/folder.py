"""The folder of a run: events as they come, and reports that are readable at any moment, also after a kill."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from conformance.errors import ReportError
from conformance.reports.build import build_report
from conformance.reports.junit import junit_xml
from conformance.runner.results import CaseResult

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.reports.build import Report

EVENTS: Final = "events.ndjson"
REPORT: Final = "report.json"
JUNIT: Final = "junit.xml"
LEDGER: Final = "ledger.ndjson"
PAGE: Final = "report.html"
_FIELDS: Final = frozenset({"docs", "summary", "coverage", "disagreements", "cases", "selected", "complete"})
_A_CASE: Final = CaseResult("", "", "", "pass", {}).as_dict()
_SNAPSHOT_EVERY_S: Final = 1.0
_SNAPSHOT_SHARE: Final = 20
"""A snapshot may take one part in so many of the time of a run."""


class RunFolder:
    """Writes the reports of one run.

    Args:
        folder: Where to write; made if it is not there. What an earlier run left there is replaced.

    Raises:
        ReportError: When the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._events: list[dict[str, Any]] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
            # A lone surrogate in an answer becomes the escape that JSON has for it.
            self._stream = (folder / EVENTS).open("w", encoding="utf-8", errors="backslashreplace")
        except OSError as fault:
            raise ReportError(
                f"cannot be written: {fault.strerror}", where=folder, hint="give another --report-dir"
            ) from None
        self._next_snapshot = 0.0

    def add(self, event: dict[str, Any]) -> None:
        """Write one event at once, and a snapshot of the reports about every second."""
        self._events.append(event)
        self._stream.write(json.dumps(event, ensure_ascii=False) + "\n")
        self._stream.flush()
        now = time.monotonic()
        if now >= self._next_snapshot:
            self.snapshot()
            cost = time.monotonic() - now
            self._next_snapshot = time.monotonic() + max(_SNAPSHOT_EVERY_S, _SNAPSHOT_SHARE * cost)

    def snapshot(self) -> Report:
        """Write the reports as they stand and return the report."""
        report = build_report(self._events)
        write_reports(self.folder, report)
        return report

    def close(self) -> Report:
        """Write the last reports, the HTML page among them, and return the report."""
        from conformance.reports.html import html_page  # noqa: PLC0415 - once, at the end of a run

        report = self.snapshot()
        _replace(self.folder / PAGE, html_page(report))
        self._stream.close()
        return report


def write_reports(folder: Path, report: Report) -> None:
    """Write `report.json` and `junit.xml` into a folder, each whole or not at all."""
    _replace(folder / REPORT, json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    _replace(folder / JUNIT, junit_xml(report))


def new_run_folder(parent: Path, run_id: str) -> Path:
    """Make a folder for a run below `parent`, named by moment and run, and point the link `latest` to it.

    Raises:
        ReportError: When it cannot be made.
    """
    folder = parent / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{run_id}"
    try:
        folder.mkdir(parents=True)
        link = parent / f".latest-{run_id}"
        with suppress(OSError):  # a file system without links still holds the reports
            link.symlink_to(folder.name)
            link.replace(parent / "latest")
    except OSError as fault:
        raise ReportError(f"cannot be made: {fault.strerror}", where=folder, hint="give --report-dir") from None
    return folder


def read_report(folder: Path) -> Report:
    """Return the report of a run's folder, from its events: what a killed run left is read too.

    Raises:
        ReportError: When the folder holds no run, or its files are damaged.
    """
    events = folder / EVENTS
    if events.is_file():
        try:
            return build_report(_read_events(events))
        except (LookupError, TypeError, ValueError, AttributeError) as fault:
            what = f"holds what no run writes: {type(fault).__name__} {fault}"
            raise ReportError(what, where=events, hint="the file was changed after the run") from None
    path = folder / REPORT if folder.is_dir() else folder
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise ReportError(f"cannot be read: {fault.strerror}", where=path, hint="give the folder of a run") from None
    except ValueError as fault:
        raise ReportError(f"is not JSON: {fault}", where=path, hint="give the folder of a run") from None
    if not isinstance(report, dict) or not report.keys() >= _FIELDS or not all(map(_is_whole, report["cases"])):
        raise ReportError("is no report of a run", where=path, hint="give the folder of a run")
    return report


def _read_events(path: Path) -> Iterator[dict[str, Any]]:
    # By bytes: a killed run may have cut a character in two, and characters that other readers take for the end of a
    # line, such as U+2028, may stand in an answer.
    lines = path.read_bytes().rstrip(b"\n").split(b"\n")
    for number, line in enumerate(lines, start=1):
        try:
            event = json.loads(line)
        except ValueError:
            if number == len(lines):
                return  # the run was killed in the middle of its last line
            raise _damaged(path, number) from None
        if not isinstance(event, dict) or not _is_whole(event.get("case", _A_CASE)):
            raise _damaged(path, number)
        yield event


def _is_whole(case: Any) -> bool:
    return isinstance(case, dict) and case.keys() >= _A_CASE.keys()


def _damaged(path: Path, number: int) -> ReportError:
    return ReportError("is no event", where=f"{path}:{number}", hint="the file was changed after the run")


def _replace(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8", errors="backslashreplace")
    temporary.replace(path)
