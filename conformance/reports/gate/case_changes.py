"""What changed in one case from one report to another. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.reports.formats.text import value_text
from conformance.reports.gate.caller_changes import caller_changes, masked
from conformance.reports.gate.difference import Difference, DifferenceKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.judging.report_entries import CaseEntry, MismatchEntry


_RANK: Final = {"pass": 3, "divergent": 2, "not_run": 1, "not_applicable": 1, "mismatch": 0, "error": 0}
"""How well a case conforms: a lower rank is worse."""
_KNOWN_TO_DIFFER: Final = ("mismatch", "divergent")
_FAILING: Final = ("mismatch", "error")


def case_changes(was: CaseEntry, now: CaseEntry) -> list[Difference]:
    """Return what changed in a case that both reports have."""
    differences = list(_verdict_changes(was, now))
    # Where something was fixed, what the caller sees otherwise is how it was fixed.
    fixed = any(each.kind == "better" for each in differences) and not any(each.fails for each in differences)
    for change in caller_changes(was.get("caller"), now.get("caller")):
        fails = change.worse and not fixed
        kind: DifferenceKind = "caller" if fails else "changed"
        differences.append(Difference(now["id"], kind, change.where, change.text, fails=fails))
    return differences


def _verdict_changes(was: CaseEntry, now: CaseEntry) -> Iterator[Difference]:
    before, after = was["verdict"], now["verdict"]
    if before in _KNOWN_TO_DIFFER and after in _KNOWN_TO_DIFFER:
        yield from _mismatch_changes(was, now)
    elif before != after:
        yield from _changes_with_verdict(was, now)
    elif masked(was["reason"] or "", numbers=True) != masked(now["reason"] or "", numbers=True):
        text = f"{_verdict_text(now)}, was {_verdict_text(was)}"
        yield Difference(now["id"], "changed", after, text, fails=False)


def _mismatch_changes(was: CaseEntry, now: CaseEntry) -> Iterator[Difference]:
    """Yield the mismatches that came, went and changed in a case that differs from a document in both reports."""
    before, after = _by_place(was), _by_place(now)
    rank = _RANK[now["verdict"]] - _RANK[was["verdict"]]
    # While a server follows one document and not the other, what it differs in is no fault.
    fails = rank < 0 or (rank == 0 and now["verdict"] == "mismatch")
    for where, mismatch in after.items():
        if where not in before:
            kind: DifferenceKind = "worse" if fails else "changed"
            yield Difference(now["id"], kind, where, _appeared(mismatch), fails=fails, expected=_expected(mismatch))
        elif (text := _observed(mismatch)) != (old := _observed(before[where])):
            text = f"{where} is {text}, was {old}"
            yield Difference(now["id"], "changed", where, text, fails=False, expected=_expected(mismatch))
    for where, mismatch in before.items():
        if where not in after:
            yield Difference(now["id"], "changed" if rank < 0 else "better", where, _disappeared(mismatch), fails=False)
    yield from _follows_changes(was, now, rank, any_new=bool(after.keys() - before.keys()))


def _follows_changes(was: CaseEntry, now: CaseEntry, rank: int, *, any_new: bool) -> Iterator[Difference]:
    """Yield what changed in the documents that a server follows; none now is worse, unless a new mismatch shows it."""
    name, verdict = now["id"], now["verdict"]
    followed, follows = " and ".join(was["follows"]), " and ".join(now["follows"])
    if rank < 0 and not any_new:
        yield Difference(name, "worse", verdict, f"mismatch, followed {followed}", fails=True)
    elif rank > 0:
        yield Difference(name, "better", verdict, f"follows {follows} now", fails=False)
    elif was["follows"] != now["follows"]:
        yield Difference(name, "changed", verdict, f"follows {follows} now, followed {followed}", fails=False)


def _changes_with_verdict(was: CaseEntry, now: CaseEntry) -> Iterator[Difference]:
    before, after = was["verdict"], now["verdict"]
    fall = _RANK[after] - _RANK[before]
    # After an error nothing was known: a mismatch may have been there or not, and it is there now.
    worse = fall < 0 or (before == "error" and after == "mismatch")
    better = after == "pass" or (after == "divergent" and fall > 0)
    kind: DifferenceKind = "worse" if worse else "better" if better else "changed"
    if worse and after in _KNOWN_TO_DIFFER:
        for mismatch in now["mismatches"]:
            where = mismatch["where"]
            text = _appeared(mismatch) if before == "pass" else f"{where} is {_observed(mismatch)}, was {before}"
            yield Difference(now["id"], kind, where, text, fails=True, expected=_expected(mismatch))
    elif better and was["mismatches"]:
        for mismatch in was["mismatches"]:
            yield Difference(now["id"], kind, mismatch["where"], _disappeared(mismatch), fails=False)
    else:
        yield Difference(now["id"], kind, after, f"{_verdict_text(now)}, was {_verdict_text(was)}", fails=worse)


def gone_case(was: CaseEntry) -> Difference:
    """Return the change of a case that is in the baseline only."""
    fails = _RANK[was["verdict"]] >= _RANK["divergent"]
    return Difference(was["id"], "gone", was["verdict"], f"not in the report, was {was['verdict']}", fails=fails)


def new_case(now: CaseEntry) -> Iterator[Difference]:
    """Yield the changes of a case that is not in the baseline."""
    fails = now["verdict"] in _FAILING
    if now["mismatches"]:
        for mismatch in now["mismatches"]:
            text = f"{now['verdict']}: {mismatch['where']} is {_observed(mismatch)}"
            yield Difference(now["id"], "new", mismatch["where"], text, fails=fails, expected=_expected(mismatch))
    else:
        yield Difference(now["id"], "new", now["verdict"], _verdict_text(now), fails=fails)


def _verdict_text(case: CaseEntry) -> str:
    reason = f": {masked(case['reason'])}" if case["reason"] else ""
    return f"{case['verdict']}{reason}"


def _by_place(case: CaseEntry) -> dict[str, MismatchEntry]:
    return {mismatch["where"]: mismatch for mismatch in case["mismatches"]}


def _appeared(mismatch: MismatchEntry) -> str:
    where = mismatch["where"]
    if mismatch["observed"] is None:
        return f"{where} is no longer {_presence_word(where)}"
    return f"{where} is {_observed(mismatch)} now"


def _disappeared(mismatch: MismatchEntry) -> str:
    where = mismatch["where"]
    if mismatch["observed"] is None:
        return f"{where} is {_presence_word(where)} now"
    return f"{where} is as promised now, was {_observed(mismatch)}"


def _presence_word(where: str) -> str:
    """Return the word for a value that is there: `sent` in a request, else `there`."""
    return "sent" if f".{where}".removeprefix(".sdk").startswith(".request.") else "there"


def _observed(mismatch: MismatchEntry) -> str:
    return masked(value_text(mismatch["observed"]))


def _expected(mismatch: MismatchEntry) -> str:
    return masked(" or ".join(value_text(value) for value in mismatch["expected"]))
