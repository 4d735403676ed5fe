"""The reports of the shards of one run, joined: each case once, in the order of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.core.errors import ReportError
from conformance.core.wording import shorten
from conformance.reports.inputs import refuse_inputs
from conformance.reports.report_reader import read_events
from conformance.reports.store import RunFolder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from conformance.engine.events import Event, RunFinished, RunStarted
    from conformance.judging.report_entries import Report, ShardEntry

_SHARDS_ONLY: Final = "merge joins the shards of one run (conformance run --shard I/N)"


class Merged(Struct, frozen=True):
    """The result of joining shards.

    Attributes:
        report: The report of the whole.
        cut_short: A sentence for each shard that was killed or interrupted.
    """

    report: Report
    cut_short: tuple[str, ...]


class _Shard(Struct, frozen=True):
    """One shard: its folder, its first event, and how it ended."""

    folder: Path
    started: RunStarted
    index: int
    count: int
    duration_s: float | None
    interrupted: bool
    finished: int

    @property
    def cut_short(self) -> str | None:
        if self.duration_s is not None and not self.interrupted and self.finished == self.started["selected"]:
            return None
        how = "was killed" if self.duration_s is None else "was interrupted" if self.interrupted else "lost cases"
        ran = f"{self.finished} of its {self.started['selected']} cases were run"
        return f"shard {self.index} ({self.folder}) {how}: {ran}"


def merge_reports(folders: Sequence[Path], output: Path) -> Merged:
    """Join the reports of the shards of one run, and write the reports of the whole.

    Args:
        folders: The folders of the shards, in any order.
        output: Where to write the same files as a run.

    Raises:
        UsageError: When the folder to write is one that is read.
        ReportError: When a folder holds no shard, shards are of different runs, or one is missing or there twice; then
            nothing is written.
    """
    refuse_inputs(output, folders)
    shards = sorted((_read_shard(folder) for folder in folders), key=lambda shard: shard.index)
    _check(shards)
    _check_cases(shards)
    reports = RunFolder(output)
    for event in _whole(shards):
        reports.add(event)
    return Merged(reports.close(), tuple(shard.cut_short for shard in shards if shard.cut_short))


def _read_shard(folder: Path) -> _Shard:
    started: RunStarted | None = None
    finished: RunFinished | None = None
    names: set[str] = set()
    for event in read_events(folder):
        if event["event"] == "run_started":
            started = event
        elif event["event"] == "run_finished":
            finished = event
        elif event["event"] == "case_finished":
            names.add(event["case"]["id"])
    if started is None:
        raise ReportError("holds no run: its first event is missing", where=folder, hint="run the shard again")
    shard = started.get("shard")
    if shard is None:
        raise ReportError("is no shard but a whole run", where=folder, hint=_SHARDS_ONLY)
    if not _is_whole(started, shard):
        raise ReportError("holds what no run writes", where=folder, hint="the file was changed after the run")
    duration_s = finished.get("duration_s") if finished is not None else None
    interrupted = finished is not None and bool(finished.get("interrupted"))
    return _Shard(folder, started, shard["index"], shard["count"], duration_s, interrupted, len(names))


def _is_whole(started: RunStarted, shard: ShardEntry) -> bool:
    """Whether a first event has all that shards are compared by."""
    try:
        _identity(started)
        numbers: tuple[object, ...] = (started["selected"], shard["index"], shard["count"])
    except (LookupError, TypeError, AttributeError):
        return False
    return all(isinstance(number, int) for number in numbers)


def _check(shards: Sequence[_Shard]) -> None:
    """Refuse shards that do not make one whole."""
    first = shards[0]
    for shard in shards[1:]:
        for what, mine, theirs in zip(_NAMES, _identity(first.started), _identity(shard.started), strict=True):
            if mine != theirs:
                raise ReportError(
                    f"is of another run than {first.folder}: {what} {_shown(theirs)}, not {_shown(mine)}",
                    where=shard.folder,
                    hint="merge shards of the same cases, documents, version and target",
                )
    count = first.count
    by_index: dict[int, _Shard] = {}
    for shard in shards:
        other = by_index.setdefault(shard.index, shard)
        if other is not shard:
            what = f"is shard {shard.index} of {count}, and so is {other.folder}"
            raise ReportError(what, where=shard.folder, hint="give each shard once")
    missing = [str(index) for index in range(1, count + 1) if index not in by_index]
    if missing or len(shards) != count:
        named = f"shard {', '.join(missing)} of {count} is missing" if missing else f"more than {count} shards"
        raise ReportError(named, hint="give the folders of all shards; run one that has none again")


_NAMES: Final = ("schema version", "tool version", "documents", "driver", "signature", "SDK", "core", "shards", "cases")


def _identity(started: RunStarted) -> tuple[object, ...]:
    """Return what the shards of one run have in common, in the order of `_NAMES`."""
    target, shard = started["target"], started["shard"]
    return (
        started["schema_version"],
        started["tool"]["version"],
        started["docs"],
        target["driver"],
        target["signature"],
        target.get("sdk"),
        target.get("core"),
        shard["count"],
        shard.get("suite"),
    )


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return shorten(f"{value.get('name')} {value.get('version')}")
    return shorten(str(value))


def _check_cases(shards: Sequence[_Shard]) -> None:
    """Refuse a case that two shards ran: it would be counted for one of them."""
    of: dict[str, Path] = {}
    for shard in shards:
        for event in read_events(shard.folder):
            if event["event"] == "case_finished":
                name = event["case"]["id"]
                if of.setdefault(name, shard.folder) != shard.folder:
                    what = f"has the case {shorten(name)}, and so has {of[name]}"
                    raise ReportError(what, where=shard.folder, hint="run all shards with the same version")


def _whole(shards: Sequence[_Shard]) -> Iterator[Event]:
    """Yield the events of the run that the shards are parts of."""
    first = shards[0].started.copy()
    first.pop("shard", None)
    first["started_at"] = min(shard.started["started_at"] for shard in shards)
    first["selected"] = sum(shard.started["selected"] for shard in shards)
    yield first
    noted: set[str] = set()
    for shard in shards:
        for event in read_events(shard.folder):
            if event["event"] == "note":
                if event["key"] in noted:
                    continue
                noted.add(event["key"])
            if event["event"] not in ("run_started", "run_finished"):
                yield event
    durations = [shard.duration_s for shard in shards if shard.duration_s is not None]
    if len(durations) == len(shards):
        # They ran beside each other: the whole took as long as the longest.
        interrupted = any(shard.interrupted for shard in shards)
        yield {"event": "run_finished", "duration_s": max(durations), "interrupted": interrupted}
