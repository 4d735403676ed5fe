"""Reading what a run left: its events, else its `report.json`; one case at a time, whatever the size."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final, TypeGuard

from conformance.core.errors import ReportError
from conformance.judging.verdicts import VERDICTS
from conformance.reports.store import CASE_BEFORE, CASES_BEFORE, EVENTS, REPORT
from conformance.reports.stored_cases import StoredCases
from conformance.reports.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from conformance.engine.events import Event
    from conformance.judging.report_entries import CaseEntry, Report

    Span = tuple[int, int]

_FIELDS: Final = frozenset({"docs", "target", "summary", "coverage", "disagreements", "cases", "selected", "complete"})
_CASE_FIELDS: Final = frozenset(
    {
        *("id", "title", "trigger", "verdict", "verdicts", "follows", "reason", "mismatches", "exchanges", "reproduce"),
        *("where", "lines", "exact", "observed", "answered", "known_failing", "elapsed_ms"),
    }
)
"""What a case has had since the first version of the schema; later fields may be missing in an older report."""
_MISMATCH_FIELDS: Final = frozenset({"where", "expected", "observed", "lines"})
_ELSEWHERE: Final = "give the folder of a run"
_CHANGED: Final = "the file was changed after the run"


def read_report(path: Path) -> Report:
    """Return the report of a run, from the events in its folder: what a killed run left is read too.

    Args:
        path: The folder of a run, or a `report.json`. It must stay as it is as long as the report's cases are used.

    Raises:
        ReportError: When there is no run, or its files are damaged.
    """
    events = path / EVENTS
    if events.is_file():
        tally = Tally()
        return _damaged_if(events, lambda: _tallied(tally, events))
    return _damaged_if(file := path / REPORT if path.is_dir() else path, lambda: _read_json(file))


def read_events(folder: Path) -> Iterator[Event]:
    """Yield the events of a run.

    Raises:
        ReportError: When the folder holds none, or they are damaged.
    """
    path = folder / EVENTS
    if not path.is_file():
        raise ReportError(f"holds no {EVENTS}", where=folder, hint=_ELSEWHERE)
    for event, _ in _events(path):
        yield event


def _damaged_if(path: Path, read: Callable[[], Report]) -> Report:
    """Read a file; raise one `ReportError` for whatever no run writes."""
    try:
        return read()
    except OSError as fault:
        raise ReportError(f"cannot be read: {fault.strerror}", where=path, hint=_ELSEWHERE) from None
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as fault:
        what = f"holds what no run writes: {type(fault).__name__} {fault}"
        raise ReportError(what, where=path, hint=_CHANGED) from None


def _tallied(tally: Tally, path: Path) -> Report:
    for event, span in _events(path):
        tally.add(event, span)
    entries = tally.ordered()
    return tally.report(entries, StoredCases(path, entries))


def _events(path: Path) -> Iterator[tuple[Event, Span]]:
    """Yield each event, and the place of its case: as `report.json` has it where that can be, else as the event."""
    # By bytes: a killed run may have cut a character in two, and characters that other readers take for the end of a
    # line, such as U+2028, may be in an answer.
    at = 0
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            start, at = at, at + len(line)
            try:
                event = json.loads(line)
            except ValueError:
                if not stream.read(1):
                    return  # the run was killed in the middle of its last line
                raise _no_event(path, number) from None
            if not _is_event(event):
                raise _no_event(path, number)
            span = (start, len(line))
            if len(event) == 2 and line.startswith(CASE_BEFORE) and line.endswith(b"}\n"):  # noqa: PLR2004 - no more than the case
                span = (start + len(CASE_BEFORE), len(line) - len(CASE_BEFORE) - 2)
            if "event" in event:
                yield event, span


def _read_json(path: Path) -> Report:
    if (report := _read_lines(path)) is not None:
        return report
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise ReportError(f"is not JSON: {fault}", where=path, hint=_ELSEWHERE) from None
    if not _is_report(loaded) or not all(map(_is_whole, loaded["cases"])):
        raise ReportError("is no report of a run", where=path, hint=_ELSEWHERE)
    return loaded


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
        for line in stream:
            text = line.rstrip(b",\n")
            if text == b"]}":
                break
            case = json.loads(text) if text.startswith(b'{"id":') and text.endswith(b"}") else None
            if case is None or not _is_whole(case):
                return None
            tally.add_case(case, (at, len(text)))
            at += len(line)
        else:
            return None
    report = json.loads(b"".join(head) + b"]}")
    return {**report, "cases": StoredCases(path, tally.ordered())} if _is_report(report) else None


def _is_report(report: object) -> TypeGuard[Report]:
    return isinstance(report, dict) and report.keys() >= _FIELDS and isinstance(report["target"], dict)


def _is_event(event: object) -> TypeGuard[Event]:
    return isinstance(event, dict) and ("case" not in event or _is_whole(event["case"]))


def _is_whole(case: object) -> TypeGuard[CaseEntry]:
    return (
        isinstance(case, dict)
        and case.keys() >= _CASE_FIELDS
        and isinstance(case["id"], str)
        and case["verdict"] in VERDICTS
        and isinstance(case["elapsed_ms"], (int, float))
        and all(isinstance(each, dict) and each.keys() >= _MISMATCH_FIELDS for each in case["mismatches"])
    )


def _no_event(path: Path, number: int) -> ReportError:
    return ReportError("is no event", where=f"{path}:{number}", hint=_CHANGED)
