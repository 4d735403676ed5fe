"""What changed in one case from one report to another. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.core.terminal import printable
from conformance.judging.answer_places import CODE, STATUS, succeeded
from conformance.judging.causes import cause_at, causes_of
from conformance.judging.texts.varying_texts import masked
from conformance.judging.verdicts import SUCCESS
from conformance.reports.formats.text import value_text
from conformance.reports.gate.caller_changes import caller_changes
from conformance.reports.gate.consequences import joined
from conformance.reports.gate.difference import Difference, DifferenceKind, is_sent, named
from conformance.reports.gate.unsent import lacked, sent_nothing

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from conformance.judging.report_entries import CaseEntry, MismatchEntry


_RANK: Final = {"pass": 3, "divergent": 2, "not_run": 1, "not_applicable": 1, "mismatch": 0, "error": 0}
"""How well a case conforms: a lower rank is worse."""
_KNOWN_TO_DIFFER: Final = ("mismatch", "divergent")
_FAILING: Final = ("mismatch", "error")


class Keys(NamedTuple):
    """Gives mismatches the keys that the two reports have for their causes.

    Attributes:
        before: What the cases of the baseline that conform prove; see `conformance.judging.causes`.
        after: The same of the report.
    """

    before: Container[str] = ()
    after: Container[str] = ()

    def was(self, case: CaseEntry, mismatch: MismatchEntry) -> str:
        """Return the key of what differed in the baseline."""
        return cause_at(case, mismatch).level(self.before).key

    def now(self, case: CaseEntry, mismatch: MismatchEntry) -> str:
        """Return the key of what differs in the report."""
        return cause_at(case, mismatch).level(self.after).key

    def error(self, case: CaseEntry) -> str:
        """Return the key of a case of the report that has an error; empty for any other."""
        return causes_of(case)[0].level(self.after).key if case["verdict"] == "error" else ""


def case_changes(was: CaseEntry, now: CaseEntry, keys: Keys) -> list[Difference]:
    """Return what changed in a case that both reports have."""
    differences = list(_verdict_changes(was, now, keys))
    # Where something was fixed, what the caller sees otherwise is how it was fixed; who could not call before, loses
    # nothing.
    fixed = any(each.kind == "better" for each in differences) and not any(each.fails for each in differences)
    for change in caller_changes(was.get("caller"), now.get("caller")):
        fails = change.worse and not fixed and not sent_nothing(was)
        kind: DifferenceKind = "caller" if fails else "changed"
        differences.append(Difference(now["id"], kind, change.where, change.text, fails=fails))
    return joined(differences)


def _verdict_changes(was: CaseEntry, now: CaseEntry, keys: Keys) -> Iterator[Difference]:
    before, after = was["verdict"], now["verdict"]
    if before in _KNOWN_TO_DIFFER and after in _KNOWN_TO_DIFFER:
        yield from _mismatch_changes(was, now, keys)
    elif before != after:
        yield from _changes_with_verdict(was, now, keys)
    elif masked(was["reason"] or "", numbers=True) != masked(now["reason"] or "", numbers=True):
        text = f"{_verdict_text(now)}, was {_verdict_text(was)}"
        yield Difference(now["id"], "changed", after, text, fails=False)


def _mismatch_changes(was: CaseEntry, now: CaseEntry, keys: Keys) -> Iterator[Difference]:
    """Yield the mismatches that came, went and changed in a case that differs from a document in both reports."""
    before, after = _by_place(was), _by_place(now)
    rank = _RANK[now["verdict"]] - _RANK[was["verdict"]]
    yield from _new_mismatches(was, now, rank, keys)
    for where, mismatch in after.items():
        if where in before and (text := _observed(mismatch)) != (old := _observed(before[where])):
            text = f"{where} is {text}, was {old}"
            yield _difference(now, "changed", mismatch, text, keys.now(now, mismatch), since=old)
    # What nothing was sent for was not answered either: nothing shows that it is right now.
    gone = [
        mismatch
        for where, mismatch in before.items()
        if where not in after and not sent_nothing(now) and not lacked(now, where)
    ]
    for mismatch in _telling(gone):
        yield _gone_mismatch(was, "changed" if rank < 0 else "better", mismatch, keys)
    if not (gone and sent_nothing(was)):
        yield from _follows_changes(was, now, rank, any_new=bool(after.keys() - before.keys()))


def _new_mismatches(was: CaseEntry, now: CaseEntry, rank: int, keys: Keys) -> Iterator[Difference]:
    """Yield the mismatches in places that had none.

    What was not sent before, whole or at all, cannot be lost: that a part of it is not sent is no change for the worse.
    """
    before, unsent = _by_place(was), sent_nothing(was)
    # While a server follows one document and not the other, what it differs in is no fault.
    fails = not unsent and (rank < 0 or (rank == 0 and now["verdict"] == "mismatch"))
    if unsent and now["verdict"] != "mismatch":
        return
    new = [mismatch for where, mismatch in _by_place(now).items() if where not in before]
    for mismatch in _telling(new):
        key = keys.now(now, mismatch)
        if mismatch["observed"] is None and mismatch["where"] != CODE and (unsent or lacked(was, mismatch["where"])):
            where = named(mismatch["where"])
            text = f"{where} is not {'sent' if is_sent(where) else 'there'}, nor was it before"
            yield _difference(now, "changed", mismatch, text, key, since="lacking")
        else:
            kind: DifferenceKind = "worse" if fails else "changed"
            yield _difference(now, kind, mismatch, _appeared(mismatch), key, fails=fails)


def _follows_changes(was: CaseEntry, now: CaseEntry, rank: int, *, any_new: bool) -> Iterator[Difference]:
    """Yield what changed in the documents that a server follows; none now is worse, unless a new mismatch shows it."""
    name, verdict = now["id"], now["verdict"]
    followed, follows = " and ".join(was["follows"]), " and ".join(now["follows"])
    if rank < 0:
        if not any_new:
            yield Difference(name, "worse", verdict, f"mismatch, followed {followed}", fails=True)
    elif rank > 0:
        yield Difference(name, "better", verdict, f"follows {follows} now", fails=False)
    elif was["follows"] != now["follows"]:
        yield Difference(name, "changed", verdict, f"follows {follows} now, followed {followed}", fails=False)


def _changes_with_verdict(was: CaseEntry, now: CaseEntry, keys: Keys) -> Iterator[Difference]:
    before, after = was["verdict"], now["verdict"]
    fall = _RANK[after] - _RANK[before]
    # After an error nothing was known: a mismatch may have been there or not, and it is there now.
    worse = fall < 0 or (before == "error" and after == "mismatch")
    better = after == "pass" or (after == "divergent" and fall > 0)
    kind: DifferenceKind = "worse" if worse else "better" if better else "changed"
    if worse and after in _KNOWN_TO_DIFFER:
        for mismatch in _telling(now["mismatches"]):
            where = mismatch["where"]
            passed = before == "pass"
            text = _appeared(mismatch) if passed else f"{where} is {_observed(mismatch)}, was {before}"
            since = "" if passed else before
            yield _difference(now, kind, mismatch, text, keys.now(now, mismatch), fails=True, since=since)
    elif better and was["mismatches"]:
        for mismatch in _telling(was["mismatches"]):
            yield _gone_mismatch(was, kind, mismatch, keys)
    else:
        old = _verdict_text(was)
        text, key = f"{_verdict_text(now)}, was {old}", keys.error(now)
        yield Difference(now["id"], kind, after, text, fails=worse, key=key, since=old)


def gone_case(was: CaseEntry) -> Difference:
    """Return the change of a case that is in the baseline only."""
    fails = _RANK[was["verdict"]] >= _RANK["divergent"]
    return Difference(was["id"], "gone", was["verdict"], f"not in the report, was {was['verdict']}", fails=fails)


def new_case(now: CaseEntry, keys: Keys) -> list[Difference]:
    """Return the changes of a case that is not in the baseline."""
    return joined(_new_case(now, keys))


def _new_case(now: CaseEntry, keys: Keys) -> Iterator[Difference]:
    fails = now["verdict"] in _FAILING
    if now["mismatches"]:
        for mismatch in _telling(now["mismatches"]):
            text = f"{now['verdict']}: {mismatch['where']} is {_observed(mismatch)}"
            yield _difference(now, "new", mismatch, text, keys.now(now, mismatch), fails=fails, since=now["verdict"])
    else:
        key = keys.error(now)
        yield Difference(now["id"], "new", now["verdict"], _verdict_text(now), fails=fails, key=key)


def _verdict_text(case: CaseEntry) -> str:
    reason = f": {masked(printable(case['reason']))}" if case["reason"] else ""
    return f"{case['verdict']}{reason}"


def _telling(mismatches: Sequence[MismatchEntry]) -> Sequence[MismatchEntry]:
    """Return mismatches without the status that follows from a success where an error is documented."""
    if not any(succeeded(mismatch) for mismatch in mismatches):
        return mismatches
    return [mismatch for mismatch in mismatches if mismatch["where"] != STATUS]


def _difference(
    case: CaseEntry,
    kind: DifferenceKind,
    mismatch: MismatchEntry,
    text: str,
    key: str,
    *,
    fails: bool = False,
    since: str = "",
) -> Difference:
    """Return the change that a mismatch of the report is."""
    return Difference(
        case["id"], kind, mismatch["where"], text, fails=fails, expected=_expected(mismatch), key=key, since=since
    )


def _gone_mismatch(was: CaseEntry, kind: DifferenceKind, mismatch: MismatchEntry, keys: Keys) -> Difference:
    """Return the change that a mismatch of the baseline is which the report has no more."""
    text, key = _disappeared(mismatch), keys.was(was, mismatch)
    return Difference(was["id"], kind, mismatch["where"], text, fails=False, key=key, since="gone")


def _by_place(case: CaseEntry) -> dict[str, MismatchEntry]:
    return {mismatch["where"]: mismatch for mismatch in case["mismatches"]}


def _appeared(mismatch: MismatchEntry) -> str:
    where = named(mismatch["where"])
    if mismatch["observed"] is None and where != CODE:
        return f"{where} is no longer sent" if is_sent(where) else f"{where} is no longer there"
    return f"{where} is {_observed(mismatch)} now"


def _disappeared(mismatch: MismatchEntry) -> str:
    where = named(mismatch["where"])
    if mismatch["observed"] is None and where != CODE:
        return f"{where} is sent now" if is_sent(where) else f"{where} is there now"
    return f"{where} is as promised now, was {_observed(mismatch)}"


def _observed(mismatch: MismatchEntry) -> str:
    return SUCCESS if succeeded(mismatch) else masked(value_text(mismatch["observed"]))


def _expected(mismatch: MismatchEntry) -> str:
    return masked(" or ".join(value_text(value) for value in mismatch["expected"]))
