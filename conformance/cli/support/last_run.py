"""The run before this one: which cases failed in it, and what changed since."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson
from msgspec import Struct
from msgspec.json import Decoder, decode

from conformance.core.errors import ReportError, UsageError
from conformance.core.failures.system_failures import not_written
from conformance.judging.verdicts import FAILED, FAILING, JUDGED
from conformance.reports.store import CASES_BEFORE, REPORT, STILL_FAILING
from conformance.reports.stored_cases import tallied_cases
from conformance.reports.whole_files import replaced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.judging.report_entries import Report
    from conformance.reports.tally import TalliedCase

LATEST: Final = Path("reports", "latest")
"""Where the last run is that was given no folder."""
READ_TO_COMPARE: Final = 50_000_000
"""Bytes of a report above which it is not read only to say what changed."""
_NAMED: Final = 5


class LastRun(Struct, frozen=True):
    """What an earlier run found.

    Attributes:
        folder: Where its reports are.
        verdicts: Per case, its verdict.
        known: The ids of those that were known to fail.
    """

    folder: Path
    verdicts: dict[str, str]
    known: frozenset[str]

    def failed(self, *, strict: bool = False) -> frozenset[str]:
        """Return the ids of the cases that failed, but for those that were known to.

        Args:
            strict: Whether divergent cases failed, too.
        """
        failing = FAILED if strict else FAILING
        return frozenset(name for name, verdict in self.verdicts.items() if verdict in failing) - self.known

    @property
    def judged(self) -> frozenset[str]:
        """The ids of the cases whose answers could be judged."""
        return frozenset(name for name, verdict in self.verdicts.items() if verdict in JUDGED)


def read_last_run(folder: Path | None, *, largest: int | None = None) -> LastRun | None:
    """Return what the last run found.

    Args:
        folder: The folder into which this run will write; `None` for one of its own, beside that of the last.
        largest: Bytes of a report above which it is not read.

    Returns:
        `None` when there was no run, or what it left cannot be read.
    """
    folder = folder or LATEST
    try:
        path = folder / REPORT
        if not path.is_file() or (largest is not None and path.stat().st_size > largest):
            return None
        verdicts, known = {}, set()
        for case in _cases_of(path):
            verdicts[case.id] = case.verdict
            if case.known_failing is not None:
                known.add(case.id)
    except (OSError, ValueError, RecursionError):
        return None
    return LastRun(folder, verdicts, frozenset(known))


class _EndedCase(Struct):
    """What is read of a case: to pass over all else takes a third of reading it."""

    id: str
    verdict: str
    known_failing: object


class _WholeReport(Struct):
    cases: list[_EndedCase]


_CASE: Final = Decoder(_EndedCase)


def _cases_of(path: Path) -> Iterator[_EndedCase]:
    """Yield the cases of a report, one after another where each has a line of its own: all at once would take memory.

    Raises:
        ValueError: When it is no JSON, or none with cases.
    """
    with path.open("rb") as stream:
        if any(line == CASES_BEFORE + b"\n" for line in stream):
            for line in stream:
                if line == b"]}\n":
                    return
                yield _CASE.decode(line.rstrip(b",\n"))
            raise ValueError(path)  # it ends in the midst
    yield from decode(path.read_bytes(), type=_WholeReport).cases  # as another program may have written it


def moment_of_last(folder: Path | None) -> int | None:
    """Return when the last run wrote its report, in nanoseconds; `None` when there is none.

    Args:
        folder: As in `read_last_run`.
    """
    try:
        return ((folder or LATEST) / REPORT).stat().st_mtime_ns
    except (OSError, ValueError):
        return None


def failing_before(folder: Path | None) -> frozenset[str]:
    """Return the ids of the cases that failed when they were run last, in whichever run that was.

    The report of the last run is read only when that run left nothing shorter, as one that was killed or one of pytest.

    Args:
        folder: As in `read_last_run`.
    """
    kept = _kept(folder)
    if kept is not None:
        return kept
    last = read_last_run(folder, largest=READ_TO_COMPARE)
    return frozenset() if last is None else last.failed()


def to_run_again(folder: Path | None, *, strict: bool = False) -> frozenset[str]:
    """Return the ids of `failing_before`, with `strict` also of what was divergent in the last run.

    Raises:
        UsageError: When there is no report of an earlier run.
        ReportError: When it cannot be read.
    """
    last = read_last_run(folder)
    path = (folder or LATEST) / REPORT
    if last is None and os.path.lexists(path):
        raise ReportError("is no report that can be read", where=path, hint="run once without --last-failed")
    if last is None:
        raise UsageError(
            f"there is no earlier run in {folder or LATEST}", hint="run once without --last-failed and --failed-first"
        )
    return last.failed(strict=strict) | ((_kept(folder) or frozenset()) - last.judged)


def write_failing(folder: Path, before: frozenset[str], report: Report) -> None:
    """Write which cases fail, for the run after this one: those of this run, and those before that it did not judge.

    Args:
        folder: Where the reports of this run are.
        before: What failed before it.
        report: Its report.

    Raises:
        HarnessError: When it cannot be written.
    """
    entries = tallied_cases(report)
    passed = {entry.id for entry in entries if entry.verdict in JUDGED}
    failing = (before - passed) | {entry.id for entry in entries if _fails(entry)}
    try:
        with replaced(folder / STILL_FAILING) as stream:
            stream.write(orjson.dumps({"cases": sorted(failing)}))
    except OSError as fault:
        raise not_written(folder / STILL_FAILING, fault, None, given=False) from None


def _kept(folder: Path | None) -> frozenset[str] | None:
    path = (folder or LATEST) / STILL_FAILING
    try:
        if not path.is_file() or path.stat().st_size > READ_TO_COMPARE:
            return None
        return _ids(orjson.loads(path.read_bytes()))
    except (OSError, ValueError):
        return None


def _ids(read: object) -> frozenset[str]:
    ids = read.get("cases") if isinstance(read, dict) else None
    if not isinstance(ids, list) or not all(isinstance(each, str) for each in ids):
        raise ValueError("these are no ids")
    return frozenset(ids)


def changes_since(last: LastRun | None, report: Report) -> list[str]:
    """Return what changed since the last run, in lines; nothing when no case has another outcome.

    Only cases that were judged both times count.
    """
    if last is None:
        return []
    failed = last.failed()
    now = {entry.id: entry for entry in tallied_cases(report) if entry.id in last.verdicts}
    fixed = [name for name in now if name in failed and now[name].verdict in JUDGED and not _fails(now[name])]
    broken = [name for name, entry in now.items() if _fails(entry) and last.verdicts[name] in ("pass", "divergent")]
    return [
        *([f"since the last run {_count(fixed)} no longer: {_names(fixed)}"] if fixed else []),
        *([f"since the last run {_count(broken)} that did not: {_names(broken)}"] if broken else []),
    ]


def _fails(entry: TalliedCase) -> bool:
    return entry.verdict in FAILING and entry.known_failing is None


def _count(names: Sequence[str]) -> str:
    return "1 case fails" if len(names) == 1 else f"{len(names)} cases fail"


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
