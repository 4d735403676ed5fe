"""Reading what a run left: its events, else its `report.json`; one case at a time, whatever the size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from conformance.core.errors import ReportError
from conformance.core.redaction import Redactor, named_secrets
from conformance.reports.report_schema import NotValidError, check_case, check_event, check_report, read_json
from conformance.reports.store import CASE_BEFORE, CASES_BEFORE, EVENTS, REPORT
from conformance.reports.stored_cases import StoredCases, counted_shapes
from conformance.reports.tally import Tally, summarise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conformance.engine.events import Event
    from conformance.judging.report_entries import CaseEntry, Report

    Span = tuple[int, int]

_ELSEWHERE: Final = "give the folder of a run"
_CHANGED: Final = "the file was changed after the run"


def read_report(path: Path) -> Report:
    """Return the report of a run, from the events in its folder: what a killed run left is read too.

    A file that was written elsewhere may name secrets: they are removed, in whatever form they are there.

    Args:
        path: The folder of a run, or a `report.json`. It must stay as it is as long as the report's cases are used.

    Raises:
        ReportError: When there is no run, or its files are damaged.
    """
    events = path / EVENTS
    if events.is_file():
        tally = Tally()
        return _damaged_if(events, lambda: _without_secrets(_tallied(tally, events), events))
    file = path / REPORT if path.is_dir() else path
    if file.exists() and not file.is_file() and not file.is_dir():
        # A pipe or a device may have no end.
        raise ReportError("is no file", where=file, hint=_ELSEWHERE)
    return _damaged_if(file, lambda: _without_secrets(_read_json(file), file))


def read_events(folder: Path) -> Iterator[Event]:
    """Yield the events of a run.

    Raises:
        ReportError: When the folder holds none, or they are damaged.
    """
    path = folder / EVENTS
    if not path.is_file():
        raise ReportError(f"holds no {EVENTS}", where=folder, hint=_ELSEWHERE)
    redactor = _redactor(path)
    for event, _ in _events(path):
        yield event if redactor is None else cast("Event", redactor.value(event))


def _redactor(path: Path) -> Redactor | None:
    """Return what removes the secrets that a file names; `None` when it names none, as no run writes any."""
    with path.open("rb") as lines:
        secrets = named_secrets(lines)
    return Redactor(secrets) if secrets else None


def _without_secrets(report: Report, path: Path) -> Report:
    redactor = _redactor(path)
    if redactor is None:
        return report
    head = cast("Report", redactor.value({name: value for name, value in report.items() if name != "cases"}))
    return {**head, "cases": [cast("CaseEntry", redactor.value(case)) for case in report["cases"]]}


def _damaged_if(path: Path, read: Callable[[], Report]) -> Report:
    """Read a file; raise one `ReportError` for what cannot be read, and for whatever no run writes."""
    try:
        return read()
    except OSError as fault:
        raise ReportError(f"cannot be read: {fault.strerror}", where=path, hint=_ELSEWHERE) from None
    except NotValidError as fault:
        raise ReportError(str(fault), where=path, hint=fault.hint or _ELSEWHERE) from None


def _tallied(tally: Tally, path: Path) -> Report:
    for event, span in _events(path):
        tally.add(event, span)
    entries = tally.ordered()
    try:
        return tally.report(entries, StoredCases(path, entries))
    except ReportError as fault:  # the tally knows no file
        raise ReportError(fault.message, where=path, hint=fault.hint) from None


def _events(path: Path) -> Iterator[tuple[Event, Span]]:
    """Yield each event, and the place of its case: as `report.json` has it where that can be, else as the event."""
    # By bytes: a killed run may have cut a character in two, and characters that other readers take for the end of a
    # line, such as U+2028, may be in an answer.
    at = 0
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            start, at = at, at + len(line)
            try:
                event = _read_event(line)
            except NotValidError as fault:
                if not line.endswith(b"\n"):
                    return  # the run was killed in the middle of its last line
                raise ReportError(str(fault), where=f"{path}:{number}", hint=fault.hint or _CHANGED) from None
            span = (start, len(line))
            if len(event) == 2 and line.startswith(CASE_BEFORE) and line.endswith(b"}\n"):  # noqa: PLR2004 - no more than the case
                span = (start + len(CASE_BEFORE), len(line) - len(CASE_BEFORE) - 2)
            yield event, span


def _read_event(line: bytes) -> Event:
    event = read_json(line)
    check_event(event)
    return cast("Event", event)


def _read_json(path: Path) -> Report:
    report = _read_lines(path) or _read_whole(path)
    _check_counts(report)
    return report


def _read_whole(path: Path) -> Report:
    """Read a report in any layout of JSON."""
    loaded = read_json(path.read_bytes())
    check_report(loaded)
    report = cast("Report", loaded)
    for index, case in enumerate(report["cases"]):
        check_case(case, f"/cases/{index}")
    return report


def _read_lines(path: Path) -> Report | None:
    """Read a file that has each case on a line of its own, as a run writes it; `None` if it is another."""
    head = []
    tally = Tally()
    at = 0
    with path.open("rb") as stream:
        for line in stream:
            at += len(line)
            head.append(line)
            if line.rstrip(b"\n") == CASES_BEFORE:
                break
        else:
            return None
        for index, line in enumerate(stream):
            text = line.rstrip(b",\n")
            if text == b"]}":
                break
            if not (text.startswith(b'{"id":') and text.endswith(b"}")):
                return None
            case = read_json(text)
            check_case(case, f"/cases/{index}")
            tally.add_case(cast("CaseEntry", case), (at, len(text)))
            at += len(line)
        else:
            return None
    report = read_json(b"".join(head) + b"]}")
    check_report(report)
    return {**cast("Report", report), "cases": StoredCases(path, tally.ordered())}


def _check_counts(report: Report) -> None:
    """Refuse a report whose numbers are not those of its cases: an exit status rests on them."""
    counted = summarise(counted_shapes(report))
    for name, number in counted.items():
        if (written := report["summary"].get(name)) != number:
            raise NotValidError(f"holds what no run writes: /summary/{name}: is {written}, and the cases say {number}")
