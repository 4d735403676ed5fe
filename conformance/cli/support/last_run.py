"""The run before this one: which cases failed in it, and what changed since."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson

from conformance.core.errors import UsageError
from conformance.judging.verdicts import FAILING, JUDGED
from conformance.reports.store import REPORT
from conformance.reports.stored_cases import tallied_cases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.judging.report_entries import Report
    from conformance.reports.tally import TalliedCase

_LATEST: Final = Path("reports", "latest")
_LARGEST: Final = 50_000_000
"""Bytes of a report above which it is not read only to say what changed."""
_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class LastRun:
    """What an earlier run found.

    Attributes:
        folder: Where its reports are.
        verdicts: Per case, its verdict.
        known: The ids of those that were known to fail.
    """

    folder: Path
    verdicts: dict[str, str]
    known: frozenset[str]

    @property
    def failed(self) -> frozenset[str]:
        """The ids of the cases that failed, but for those that were known to."""
        failing = (name for name, verdict in self.verdicts.items() if verdict in FAILING)
        return frozenset(failing) - self.known


def read_last_run(folder: Path | None) -> LastRun | None:
    """Return what the last run found.

    Args:
        folder: The folder into which this run will write; `None` for one of its own, beside that of the last.

    Returns:
        `None` when there was no run, or what it left cannot be read.
    """
    folder = folder or _LATEST
    try:
        if not (folder / REPORT).is_file() or (folder / REPORT).stat().st_size > _LARGEST:
            return None
        cases = orjson.loads((folder / REPORT).read_bytes())["cases"]
        verdicts = {str(case["id"]): str(case["verdict"]) for case in cases}
        known = frozenset(str(case["id"]) for case in cases if case["known_failing"] is not None)
    except (OSError, ValueError, LookupError, TypeError):
        return None
    return LastRun(folder, verdicts, known)


def failed_before(last: LastRun | None, folder: Path | None) -> frozenset[str]:
    """Return the ids of the cases that failed in the last run; raises `UsageError` when there is none to read."""
    if last is None:
        raise UsageError(
            f"there is no earlier run in {folder or _LATEST}", hint="run once without --last-failed and --failed-first"
        )
    return last.failed


def changes_since(last: LastRun | None, report: Report) -> list[str]:
    """Return what changed since the last run, in lines; nothing when no case has another outcome.

    Only cases that were judged both times count.
    """
    if last is None:
        return []
    now = {entry.id: entry for entry in tallied_cases(report) if entry.id in last.verdicts}
    fixed = [name for name in now if name in last.failed and now[name].verdict in JUDGED and not _fails(now[name])]
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
