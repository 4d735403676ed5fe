"""The folder of a run: events as they come, and reports that are readable at any moment, also after a kill."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager, suppress
from itertools import islice
from typing import IO, TYPE_CHECKING, Final

from conformance.core.errors import ConformanceError, HarnessError, ReportError
from conformance.core.failures.system_failures import not_written
from conformance.reports.formats.junit import junit_parts
from conformance.reports.json_encoding import json_line
from conformance.reports.stored_cases import StoredCases, case_lines
from conformance.reports.tally import Tally, tallied_case
from conformance.reports.whole_files import growing_file, replaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from conformance.engine.events import Event
    from conformance.judging.report_entries import Report
    from conformance.reports.case_records import RecordedCase
    from conformance.reports.tally import TalliedCase

EVENTS: Final = "events.ndjson"
REPORT: Final = "report.json"
JUNIT: Final = "junit.xml"
LEDGER: Final = "ledger.ndjson"
PAGE: Final = "report.html"
STILL_FAILING: Final = "last-failed.json"
"""Which cases failed when they were run last, for `conformance run --last-failed`."""
CASE_BEFORE: Final = b'{"event":"case_finished","case":'
"""What is before a case in the event that has it."""
CASES_BEFORE: Final = b' "cases":['
"""The line of `report.json` after which each case has a line of its own."""
_ELSEWHERE: Final = "give another --report-dir"
_SNAPSHOT_EVERY_S: Final = 1.0
_SNAPSHOT_SHARE: Final = 20
"""A snapshot may take one part in so many of the time of a run."""
_SNAPSHOT_UP_TO: Final = 16_000_000
"""Bytes of events above which no snapshot is made: writing them all again each time costs more than it is worth."""

_PARTS_AT_ONCE: Final = 200


class RunFolder:
    """Writes the reports of one run. Of a case that was written, only what its numbers need stays in memory.

    Args:
        folder: Where to write; made if it is not there. What an earlier run left there is replaced.

    Raises:
        ReportError: When the folder has a name that none can have, something else is there, or it, its ledger or a
            folder above is a link, which somebody else could have put there.
        HarnessError: When it cannot be written for another reason, or another run writes into it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._tally = Tally()
        self._size = 0
        self._lock: int | None = None
        try:
            _refuse_links(folder)
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(folder)
            # Of an earlier run; these are written at the end of this one, which may never come.
            for name in (PAGE, STILL_FAILING):
                (folder / name).unlink(missing_ok=True)
            self._stream = growing_file(folder / EVENTS)
        except OSError as fault:
            self._unlock()
            raise not_written(folder, fault, _ELSEWHERE) from None
        self._next_snapshot = 0.0

    def add(self, event: Event) -> None:
        """Write one event at once, and in a run that is not large a snapshot of the reports about every second.

        Raises:
            HarnessError: When it cannot be written.
        """
        if event["event"] == "case_finished":
            rest = {name: value for name, value in event.items() if name not in ("event", "case")}
            self._add_case(json_line(event["case"]), tallied_case(event["case"]), rest)
        else:
            self._write(json_line(event) + b"\n")
            self._tally.add(event)
        self.flush()
        self._renew(last=event["event"] == "run_finished")

    def record(self, case: RecordedCase) -> None:
        """Write one verdict that is recorded already, in the same way, but for `flush`, which many of them share.

        Raises:
            HarnessError: When it cannot be written.
        """
        self._add_case(case.line, case.tallied, {})
        self._renew()

    def flush(self) -> None:
        """Let all that was written be in the file, whatever happens to this process; raises `HarnessError`."""
        with self._written(EVENTS):
            self._stream.flush()

    def _add_case(self, case: bytes, tallied: TalliedCase, rest: Mapping[str, object]) -> None:
        """Write and count a verdict; `rest` is what a later version writes beside its case."""
        span = (self._size + len(CASE_BEFORE), len(case))
        self._write(b"".join((CASE_BEFORE, case, b"," + json_line(rest)[1:] if rest else b"}", b"\n")))
        self._tally.put(tallied, span)

    def _write(self, line: bytes) -> None:
        try:
            self._stream.write(line)
        except OSError as fault:
            raise self._not_written(EVENTS, fault) from None
        self._size += len(line)

    def _renew(self, *, last: bool = False) -> None:
        """Make a snapshot when it is time for one; after the `last` event comes the last one anyway."""
        now = time.monotonic()
        if now >= self._next_snapshot and self._size <= _SNAPSHOT_UP_TO and not last:
            self.snapshot()
            cost = time.monotonic() - now
            self._next_snapshot = time.monotonic() + max(_SNAPSHOT_EVERY_S, _SNAPSHOT_SHARE * cost)

    def abandon(self) -> None:
        """Write nothing more: what there is stays, and says that it is incomplete."""
        self._stream.close()

    def snapshot(self) -> Report:
        """Write `report.json` and `junit.xml` of what there is so far and return the report."""
        self.flush()  # its cases are read from there
        entries = self._tally.ordered()
        report = self._tally.report(entries, StoredCases(self.folder / EVENTS, entries))
        with self._written(REPORT), replaced(self.folder / REPORT) as stream:
            write_json(report, stream)
        with self._written(JUNIT), replaced(self.folder / JUNIT) as stream:
            _write_parts(junit_parts(report), stream)
        return report

    def close(self) -> Report:
        """Write the last reports, the HTML page among them, and return the report.

        Its cases are read from `events.ndjson` when they are asked for.
        """
        from conformance.reports.formats.html import html_parts  # noqa: PLC0415 - once, at the end of a run

        try:
            report = self.snapshot()
            with self._written(PAGE), replaced(self.folder / PAGE) as stream:
                _write_parts(html_parts(report), stream)
        finally:
            self.release()
        return report

    def release(self) -> None:
        """Write nothing more, and let another run write into the folder; the end of this process does so, too."""
        with suppress(OSError):  # what a full disk did not take
            self._stream.close()
        self._unlock()

    @contextmanager
    def _written(self, name: str) -> Iterator[None]:
        """Turn what the system refuses while a file is written into one message."""
        try:
            yield
        except OSError as fault:
            raise self._not_written(name, fault) from None

    def _not_written(self, name: str, fault: OSError) -> ConformanceError:
        self.release()
        return not_written(self.folder / name, fault, _ELSEWHERE, given=False)

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _write_parts(parts: Iterable[str], stream: IO[bytes]) -> None:
    """Write a text, many parts at a time."""
    left = iter(parts)
    while some := list(islice(left, _PARTS_AT_ONCE)):
        stream.write("".join(some).encode())


def write_json(report: Report, stream: IO[bytes]) -> None:
    """Write a report as JSON: a line for each field, then a line for each case."""
    stream.write(b"{\n")
    for name, value in report.items():
        if name != "cases":
            stream.write(b" " + json_line(name) + b":" + json_line(value) + b",\n")
    stream.write(CASES_BEFORE)
    separator = b"\n"
    lines = case_lines(report)
    while some := list(islice(lines, _PARTS_AT_ONCE)):
        stream.write(separator + b",\n".join(some))
        separator = b",\n"
    stream.write(b"\n]}\n")


def new_run_folder(parent: Path, run_id: str) -> Path:
    """Make a folder for a run below `parent`, named by moment and run, and point the link `latest` to it.

    Raises:
        ReportError: When something else is in its way.
        HarnessError: When it cannot be made for another reason.
    """
    folder = run_folder(parent, run_id)
    try:
        _refuse_links(folder)
        folder.mkdir(parents=True)
    except OSError as fault:
        raise not_written(folder, fault, "give --report-dir") from None
    point_latest(folder)
    return folder


def run_folder(parent: Path, run_id: str) -> Path:
    """Return the folder of a run below `parent`, named by moment and run, which is not made yet."""
    return parent / f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{run_id}"


def point_latest(folder: Path) -> None:
    """Point the link `latest`, beside the folder of a run, to it."""
    link = folder.with_name(f".latest-{folder.name}")
    with suppress(OSError):  # without it, as on a file system without links, the reports are there all the same
        link.symlink_to(folder.name)
        try:
            link.replace(folder.with_name("latest"))
        finally:
            link.unlink(missing_ok=True)


def _refuse_links(folder: Path) -> None:
    if folder.is_symlink():
        raise ReportError("cannot be written: it is a link, and none is followed", where=folder, hint=_ELSEWHERE)
    given = folder.absolute()
    for parent in given.parents[:-2]:  # not those of the system, such as /tmp
        if parent.is_symlink() and not _is_of_the_system(parent):
            raise ReportError(
                f"cannot be written: {parent} is a link, and none is followed",
                where=folder,
                hint=f"give --report-dir {given.parent.resolve() / given.name}, if that is what you want",
            )
    if (folder / LEDGER).is_symlink():
        raise ReportError("the ledger cannot be written: it is a link", where=folder / LEDGER, hint=_ELSEWHERE)


def _is_of_the_system(link: Path) -> bool:
    """Whether only the administrator can have put a link there, and this is somebody else."""
    return link.lstat().st_uid == 0 != os.geteuid()


def _locked(folder: Path) -> int | None:
    """Lock a folder for one run; return what closes the lock, or `None` where a file system has none.

    Raises:
        HarnessError: When another run writes into it.
    """
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(opened)
        raise HarnessError("another run is writing its reports here", where=folder, hint=_ELSEWHERE) from None
    except OSError:
        os.close(opened)
        return None
    return opened
