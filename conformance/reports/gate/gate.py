"""What changed from one report to another, case by case, grouped by cause. Pure: no clock, no environment."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from conformance.core.errors import ReportError
from conformance.reports.formats.text import value_text
from conformance.reports.gate.caller_changes import caller_changes, masked
from conformance.reports.gate.model import KINDS, Difference, Kind
from conformance.reports.stored_cases import StoredCases, tallied_cases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from conformance.reports.gate.model import Allowed
    from conformance.reports.stored_cases import Case
    from conformance.reports.tally import Report, TalliedCase


_RANK: Final = {"pass": 3, "divergent": 2, "not_run": 1, "not_applicable": 1, "mismatch": 0, "error": 0}
"""How much is known to be right: what falls is worse."""
_KNOWN_TO_DIFFER: Final = ("mismatch", "divergent")
_FAILING: Final = ("mismatch", "error")


@dataclass(frozen=True, slots=True)
class CauseGroup:
    """The cases that changed in one way for one cause.

    Attributes:
        expected: Each different value that would conform.
        allowed: The entry of the allow file that accepts it.
    """

    kind: Kind
    where: str
    text: str
    fails: bool
    cases: tuple[str, ...]
    expected: tuple[str, ...]
    allowed: Allowed | None


@dataclass(frozen=True, slots=True)
class Gate:
    """What came of comparing two reports.

    Attributes:
        groups: What changed, by cause; what fails first.
        unchanged: How many cases are as they were.
        expired: Entries of the allow file that are past their day, and allow nothing.
        stale: Entries that are not, and speak of nothing that fails.
    """

    groups: tuple[CauseGroup, ...]
    unchanged: int
    expired: tuple[Allowed, ...] = ()
    stale: tuple[Allowed, ...] = ()

    @property
    def worse(self) -> bool:
        """Whether the gate fails."""
        return any(group.fails and group.allowed is None for group in self.groups)

    def cases(self, kind: Kind) -> int:
        """Return how many cases have a change of a kind."""
        return len({name for group in self.groups if group.kind == kind for name in group.cases})


def compare(baseline: Report, report: Report, allowed: Sequence[Allowed], today: date) -> Gate:
    """Compare a report with the one it is measured by.

    Args:
        baseline: The report to measure by.
        report: The report that is measured.
        allowed: Changes for the worse that are accepted.
        today: The day by which entries expire.
    """
    before = {entry.id: entry for entry in tallied_cases(baseline)}
    after = {entry.id: entry for entry in tallied_cases(report)}
    both = [name for name in before if name in after]
    found: list[Difference] = [*_of_the_run(report), *_of_the_model(baseline, report)]
    unchanged = 0
    for was, now in zip(_read(baseline, before, both), _read(report, after, both), strict=True):
        differences = _of_a_case(was, now)
        unchanged += not differences
        found += differences
    for was in _read(baseline, before, [name for name in before if name not in after]):
        found.append(_gone(was))
    for now in _read(report, after, [name for name in after if name not in before]):
        found += _new(now)
    return _grouped(found, unchanged, allowed, today)


def _read(report: Report, entries: Mapping[str, TalliedCase], names: Iterable[str]) -> Iterator[Case]:
    cases = report["cases"]
    if isinstance(cases, StoredCases):
        yield from cases.read(entries[name] for name in names)
        return
    by_id = {case["id"]: case for case in cases}
    yield from (by_id[name] for name in names)


def _of_the_run(report: Report) -> Iterator[Difference]:
    if not report["complete"]:
        ran = f"{report['summary']['total']} of {report['selected']} cases have a verdict"
        yield Difference("", "worse", "run", f"the run did not end: {ran}", fails=True)


def _of_the_model(baseline: Report, report: Report) -> Iterator[Difference]:
    """Yield the request fields that no document has and one of the two SDKs has; those of a document have a case."""
    before, after = (each["target"].get("undocumented_fields") or {} for each in (baseline, report))
    for operation in dict.fromkeys((*before, *after)):
        old, new = before.get(operation) or (), after.get(operation) or ()
        for names, others, what in ((new, old, "came"), (old, new, "went")):
            for name in (name for name in names if name not in others):
                text = f"the SDK's field {operation}.{name}, which no document has, {what}"
                yield Difference("", "changed", f"sdk.model.{name}", text, fails=False)


def _of_a_case(was: Case, now: Case) -> list[Difference]:
    """Return what changed in a case that both reports have."""
    found = list(_of_the_verdict(was, now))
    # Where something was mended, what the caller sees otherwise is how it was mended.
    mended = any(each.kind == "better" for each in found) and not any(each.fails for each in found)
    for change in caller_changes(was.get("caller"), now.get("caller")):
        fails = change.worse and not mended
        kind: Kind = "caller" if fails else "changed"
        found.append(Difference(now["id"], kind, change.where, change.text, fails=fails))
    return found


def _of_the_verdict(was: Case, now: Case) -> Iterator[Difference]:
    before, after = was["verdict"], now["verdict"]
    if before in _KNOWN_TO_DIFFER and after in _KNOWN_TO_DIFFER:
        yield from _other_mismatches(was, now)
    elif before != after:
        yield from _other_verdict(was, now)
    elif masked(was["reason"] or "", numbers=True) != masked(now["reason"] or "", numbers=True):
        text = f"{_stands(now)}, was {_stands(was)}"
        yield Difference(now["id"], "changed", after, text, fails=False)


def _other_mismatches(was: Case, now: Case) -> Iterator[Difference]:
    """Yield the mismatches that came, went and changed in a case that differs from a document in both reports."""
    name = now["id"]
    before, after = _by_place(was), _by_place(now)
    rank = _RANK[now["verdict"]] - _RANK[was["verdict"]]
    # While a server follows one document and not the other, what it differs in is no fault.
    fails = rank < 0 or (rank == 0 and now["verdict"] == "mismatch")
    any_came = False
    for where, mismatch in after.items():
        if where not in before:
            any_came = True
            kind: Kind = "worse" if fails else "changed"
            yield Difference(name, kind, where, _came(mismatch), fails=fails, expected=_expected(mismatch))
        elif (text := _observed(mismatch)) != (old := _observed(before[where])):
            text = f"{where} is {text}, was {old}"
            yield Difference(name, "changed", where, text, fails=False, expected=_expected(mismatch))
    for where, mismatch in before.items():
        if where not in after:
            yield Difference(name, "changed" if rank < 0 else "better", where, _went(mismatch), fails=False)
    if rank < 0 and not any_came:
        text = f"mismatch, followed {' and '.join(was['follows'])}"
        yield Difference(name, "worse", now["verdict"], text, fails=True)
    elif rank > 0:
        yield Difference(name, "better", now["verdict"], f"follows {' and '.join(now['follows'])} now", fails=False)
    elif was["follows"] != now["follows"]:
        text = f"follows {' and '.join(now['follows'])} now, followed {' and '.join(was['follows'])}"
        yield Difference(name, "changed", now["verdict"], text, fails=False)


def _other_verdict(was: Case, now: Case) -> Iterator[Difference]:
    before, after = was["verdict"], now["verdict"]
    fall = _RANK[after] - _RANK[before]
    # After an error nothing was known: a mismatch may have been there or not, and it is there now.
    worse = fall < 0 or (before == "error" and after == "mismatch")
    better = after == "pass" or (after == "divergent" and fall > 0)
    kind: Kind = "worse" if worse else "better" if better else "changed"
    if worse and after in _KNOWN_TO_DIFFER:
        for mismatch in now["mismatches"]:
            where = mismatch["where"]
            text = _came(mismatch) if before == "pass" else f"{where} is {_observed(mismatch)}, was {before}"
            yield Difference(now["id"], kind, where, text, fails=True, expected=_expected(mismatch))
    elif better and was["mismatches"]:
        for mismatch in was["mismatches"]:
            yield Difference(now["id"], kind, mismatch["where"], _went(mismatch), fails=False)
    else:
        yield Difference(now["id"], kind, after, f"{_stands(now)}, was {_stands(was)}", fails=worse)


def _gone(was: Case) -> Difference:
    fails = _RANK[was["verdict"]] >= _RANK["divergent"]
    return Difference(was["id"], "gone", was["verdict"], f"not in the report, was {was['verdict']}", fails=fails)


def _new(now: Case) -> Iterator[Difference]:
    fails = now["verdict"] in _FAILING
    if now["mismatches"]:
        for mismatch in now["mismatches"]:
            text = f"{now['verdict']}: {mismatch['where']} is {_observed(mismatch)}"
            yield Difference(now["id"], "new", mismatch["where"], text, fails=fails, expected=_expected(mismatch))
    else:
        yield Difference(now["id"], "new", now["verdict"], _stands(now), fails=fails)


def _stands(case: Case) -> str:
    reason = f": {masked(case['reason'])}" if case["reason"] else ""
    return f"{case['verdict']}{reason}"


def _by_place(case: Case) -> dict[str, dict[str, Any]]:
    return {mismatch["where"]: mismatch for mismatch in case["mismatches"]}


def _came(mismatch: Mapping[str, Any]) -> str:
    where = mismatch["where"]
    if mismatch["observed"] is None:
        return f"{where} is no longer {_given(where)}"
    return f"{where} is {_observed(mismatch)} now"


def _went(mismatch: Mapping[str, Any]) -> str:
    where = mismatch["where"]
    if mismatch["observed"] is None:
        return f"{where} is {_given(where)} now"
    return f"{where} is as promised now, was {_observed(mismatch)}"


def _given(where: str) -> str:
    """Return what becomes of a value that is there, on the side that `where` speaks of."""
    return "sent" if f".{where}".removeprefix(".sdk").startswith(".request.") else "there"


def _observed(mismatch: Mapping[str, Any]) -> str:
    return masked(value_text(mismatch["observed"]))


def _expected(mismatch: Mapping[str, Any]) -> str:
    return masked(" or ".join(value_text(value) for value in mismatch["expected"]))


def _grouped(found: Iterable[Difference], unchanged: int, allowed: Sequence[Allowed], today: date) -> Gate:
    groups: dict[tuple[Any, ...], list[Difference]] = defaultdict(list)
    used: set[Allowed] = set()
    for each in found:
        entry = next((entry for entry in allowed if entry.accepts(each, today)), None) if each.fails else None
        if entry is not None:
            used.add(entry)
        groups[(each.kind, each.where, each.text, each.fails, entry)].append(each)
    made = [
        CauseGroup(
            kind,
            where,
            text,
            fails,
            tuple(dict.fromkeys(each.case for each in members if each.case)),
            tuple(dict.fromkeys(each.expected for each in members if each.expected is not None)),
            entry,
        )
        for (kind, where, text, fails, entry), members in groups.items()
    ]
    made.sort(
        key=lambda group: (not group.fails, group.allowed is not None, KINDS.index(group.kind), -len(group.cases))
    )
    return Gate(
        tuple(made),
        unchanged,
        tuple(entry for entry in allowed if entry.expired(today)),
        tuple(entry for entry in allowed if entry not in used and not entry.expired(today)),
    )


def check_comparable(baseline: Report, report: Report, baseline_at: Path, report_at: Path) -> None:
    """Refuse two reports of which the second says nothing about the first.

    Raises:
        ReportError: When they are of different documents, operations, suites or shards.
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


def _seed(report: Report) -> Any:
    return report["fuzz"].get("seed") if "fuzz" in report else None


def _shard(report: Report) -> list[Any]:
    shard = report.get("shard") or {}
    return [shard.get(name) for name in ("index", "count", "suite")] if shard else ["none"]


def _words(values: Sequence[Any]) -> str:
    return ", ".join("none" if value is None else str(value) for value in values) or "none"
