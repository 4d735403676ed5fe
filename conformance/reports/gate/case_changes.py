"""What changed in one case from one report to another. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.reports.formats.text import value_text
from conformance.reports.gate.caller_changes import caller_changes, masked
from conformance.reports.gate.model import Difference, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.judging.report_entries import CaseEntry, MismatchEntry


_RANK: Final = {"pass": 3, "divergent": 2, "not_run": 1, "not_applicable": 1, "mismatch": 0, "error": 0}
"""How well a case conforms: a lower rank is worse."""
_KNOWN_TO_DIFFER: Final = ("mismatch", "divergent")
_FAILING: Final = ("mismatch", "error")


def case_changes(was: CaseEntry, now: CaseEntry) -> list[Difference]:
    """Return what changed in a case that both reports have."""
    found = list(_of_the_verdict(was, now))
    # Where something was fixed, what the caller sees otherwise is how it was fixed.
    fixed = any(each.kind == "better" for each in found) and not any(each.fails for each in found)
    for change in caller_changes(was.get("caller"), now.get("caller")):
        fails = change.worse and not fixed
        kind: Kind = "caller" if fails else "changed"
        found.append(Difference(now["id"], kind, change.where, change.text, fails=fails))
    return found


def _of_the_verdict(was: CaseEntry, now: CaseEntry) -> Iterator[Difference]:
    before, after = was["verdict"], now["verdict"]
    if before in _KNOWN_TO_DIFFER and after in _KNOWN_TO_DIFFER:
        yield from _other_mismatches(was, now)
    elif before != after:
        yield from _other_verdict(was, now)
    elif masked(was["reason"] or "", numbers=True) != masked(now["reason"] or "", numbers=True):
        text = f"{_verdict_text(now)}, was {_verdict_text(was)}"
        yield Difference(now["id"], "changed", after, text, fails=False)


def _other_mismatches(was: CaseEntry, now: CaseEntry) -> Iterator[Difference]:
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


def _other_verdict(was: CaseEntry, now: CaseEntry) -> Iterator[Difference]:
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


def _came(mismatch: MismatchEntry) -> str:
    where = mismatch["where"]
    if mismatch["observed"] is None:
        return f"{where} is no longer {_given(where)}"
    return f"{where} is {_observed(mismatch)} now"


def _went(mismatch: MismatchEntry) -> str:
    where = mismatch["where"]
    if mismatch["observed"] is None:
        return f"{where} is {_given(where)} now"
    return f"{where} is as promised now, was {_observed(mismatch)}"


def _given(where: str) -> str:
    """Return the word for a value that is there: `sent` in a request, else `there`."""
    return "sent" if f".{where}".removeprefix(".sdk").startswith(".request.") else "there"


def _observed(mismatch: MismatchEntry) -> str:
    return masked(value_text(mismatch["observed"]))


def _expected(mismatch: MismatchEntry) -> str:
    return masked(" or ".join(value_text(value) for value in mismatch["expected"]))
