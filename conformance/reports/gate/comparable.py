"""Whether two reports can be compared: the same documents, operations, suite and shard. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.core.errors import ReportError
from conformance.core.wording import shorten
from conformance.reports.stored_cases import tallied_cases

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conformance.judging.report_entries import Report

_AGAIN: Final = "run it again"
_GOOD: Final = ("pass", "divergent")
_JUDGED: Final = (*_GOOD, "mismatch")
"""The verdicts that say something of a case."""


def check_comparable(baseline: Report, report: Report, baseline_at: Path, report_at: Path) -> None:
    """Refuse two reports that have nothing in common to compare.

    Raises:
        ReportError: When they are of different documents, operations, suites or shards, or one has no case, or the
            baseline none that was judged, or the other none either where nothing could be lost.
    """
    pairs = (
        ("schema version", [baseline["schema_version"]], [report["schema_version"]]),
        ("documents", [baseline["docs"]], [report["docs"]]),
        ("seed of property tests", [_seed(baseline)], [_seed(report)]),
        ("shard", _shard(baseline), _shard(report)),
    )
    for what, old, new in pairs:
        if old != new:
            raise ReportError(
                f"cannot be compared with {baseline_at}: {what} {_words(new)}, not {_words(old)}",
                where=report_at,
                hint="join shards by `conformance report merge`"
                if what == "shard"
                else "run both with the same options",
            )
    old_names, new_names = ({entry.id for entry in tallied_cases(each)} for each in (baseline, report))
    for names, path in ((old_names, baseline_at), (new_names, report_at)):
        if not names:
            raise ReportError("has no case: its run ended before the first one", where=path, hint=_AGAIN)
    if not old_names & new_names:
        operations = [_words(sorted({name.partition("/")[0] for name in names})) for names in (new_names, old_names)]
        what = (
            "they have no case in common" if operations[0] == operations[1] else f"cases of {' and '.join(operations)}"
        )
        raise ReportError(
            f"cannot be compared with {baseline_at}: {what}",
            where=report_at,
            hint="give two reports of the same suite",
        )

    old_verdicts, new_verdicts = ({entry.verdict for entry in tallied_cases(each)} for each in (baseline, report))
    if old_verdicts.isdisjoint(_JUDGED):
        what = "no case of it was judged, so nothing can be measured by it"
        raise ReportError(what, where=baseline_at, hint=f"`conformance report {baseline_at}` says why; run it again")
    if new_verdicts.isdisjoint(_JUDGED) and old_verdicts.isdisjoint(_GOOD):
        # Whatever passed before would be lost now, and the gate says so; here nothing did.
        what = "no case of it was judged, so nothing is known of it"
        raise ReportError(what, where=report_at, hint=f"`conformance report {report_at}` says why; run it again")


def _seed(report: Report) -> object:
    return report["fuzz"].get("seed") if "fuzz" in report else None


def _shard(report: Report) -> list[object]:
    shard = report.get("shard")
    return [shard.get(name) for name in ("index", "count", "suite")] if shard else ["none"]


def _words(values: Sequence[object]) -> str:
    return ", ".join("none" if value is None else shorten(str(value)) for value in values) or "none"
