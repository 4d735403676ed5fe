"""The folder of a run: events as they come, and reports that are readable at any moment, also after a kill."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress
from typing import IO, TYPE_CHECKING, Final

from conformance.core.errors import ReportError
from conformance.reports.formats.junit import junit_parts
from conformance.reports.json_encoding import json_line
from conformance.reports.stored_cases import StoredCases, case_lines
from conformance.reports.tally import NOWHERE, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.engine.events import Event
    from conformance.judging.report_entries import Report

EVENTS: Final = "events.ndjson"
REPORT: Final = "report.json"
JUNIT: Final = "junit.xml"
LEDGER: Final = "ledger.ndjson"
PAGE: Final = "report.html"
CASE_BEFORE: Final = b'{"event":"case_finished","case":'
"""What is before a case in the event that has it."""
CASES_BEFORE: Final = b' "cases":['
"""The line of `report.json` after which each case has a line of its own."""
_SNAPSHOT_EVERY_S: Final = 1.0
_SNAPSHOT_SHARE: Final = 20
"""A snapshot may take one part in so many of the time of a run."""
_SNAPSHOT_UP_TO: Final = 16_000_000
"""Bytes of events above which no snapshot is made: writing them all again each time costs more than it is worth."""


class RunFolder:
    """Writes the reports of one run. Of a case that was written, only what its numbers need stays in memory.

    Args:
        folder: Where to write; made if it is not there. What an earlier run left there is replaced.

    Raises:
        ReportError: When the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._tally = Tally()
        self._size = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._stream = (folder / EVENTS).open("wb")
        except OSError as fault:
            raise ReportError(
                f"cannot be written: {fault.strerror}", where=folder, hint="give another --report-dir"
            ) from None
        self._next_snapshot = 0.0

    def add(self, event: Event) -> None:
        """Write one event at once, and in a run that is not large a snapshot of the reports about every second."""
        span = NOWHERE
        if event["event"] == "case_finished":
            case = json_line(event["case"])
            rest = {name: value for name, value in event.items() if name not in ("event", "case")}
            line = CASE_BEFORE + case + (b"," + json_line(rest)[1:] if rest else b"}") + b"\n"
            span = (self._size + len(CASE_BEFORE), len(case))
        else:
            line = json_line(event) + b"\n"
        self._stream.write(line)
        self._stream.flush()
        self._size += len(line)
        self._tally.add(event, span)
        now = time.monotonic()
        if now >= self._next_snapshot and self._size <= _SNAPSHOT_UP_TO:
            self.snapshot()
            cost = time.monotonic() - now
            self._next_snapshot = time.monotonic() + max(_SNAPSHOT_EVERY_S, _SNAPSHOT_SHARE * cost)

    def abandon(self) -> None:
        """Write nothing more: what there is stays, and says that it is incomplete."""
        self._stream.close()

    def snapshot(self) -> Report:
        """Write `report.json` and `junit.xml` of what there is so far and return the report."""
        entries = self._tally.ordered()
        report = self._tally.report(entries, StoredCases(self.folder / EVENTS, entries))
        with replaced(self.folder / REPORT) as stream:
            write_json(report, stream)
        with replaced(self.folder / JUNIT) as stream:
            stream.writelines(part.encode() for part in junit_parts(report))
        return report

    def close(self) -> Report:
        """Write the last reports, the HTML page among them, and return the report.

        Its cases are read from `events.ndjson` when they are asked for.
        """
        from conformance.reports.formats.html import html_parts  # noqa: PLC0415 - once, at the end of a run

        report = self.snapshot()
        with replaced(self.folder / PAGE) as stream:
            stream.writelines(part.encode() for part in html_parts(report))
        self._stream.close()
        return report


def write_json(report: Report, stream: IO[bytes]) -> None:
    """Write a report as JSON: a line for each field, then a line for each case."""
    stream.write(b"{\n")
    for name, value in report.items():
        if name != "cases":
            stream.write(b" " + json_line(name) + b":" + json_line(value) + b",\n")
    stream.write(CASES_BEFORE)
    separator = b"\n"
    for line in case_lines(report):
        stream.write(separator)
        stream.write(line)
        separator = b",\n"
    stream.write(b"\n]}\n")


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


@contextmanager
def replaced(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write that takes the place of `path` when it is whole, and never in part."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as stream:
            yield stream
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
