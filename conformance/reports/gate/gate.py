"""What changed from one report to another, case by case, grouped by cause. Pure: no clock, no environment."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from conformance.reports.gate.case_changes import Keys, case_changes, gone_case, new_case
from conformance.reports.gate.consequences import CALLER, with_models
from conformance.reports.gate.difference import KINDS, Difference, DifferenceKind, named
from conformance.reports.stored_cases import StoredCases, tallied_cases

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from conformance.judging.report_entries import CaseEntry, GroupEntry, Report, SdkEntry
    from conformance.reports.gate.difference import Allowed
    from conformance.reports.tally import TalliedCase


class Consequence(NamedTuple):
    """What a cause changes beside the place that it is named by: where, in which words, and in which cases."""

    where: str
    text: str
    cases: tuple[str, ...]


class CauseGroup(Struct, frozen=True):
    """The cases that changed in one way for one cause.

    Attributes:
        expected: Each different value that would conform.
        allowed: The entry of the allow file that accepts it.
        key: The key of the cause, as a run has it; empty for a change that is no mismatch.
        cause: The cause as the report has it, or of what got better the baseline.
        places: Each different `where` of its cases.
        brings: What else it changes, above all for callers.
    """

    kind: DifferenceKind
    where: str
    text: str
    fails: bool
    cases: tuple[str, ...]
    expected: tuple[str, ...]
    allowed: Allowed | None
    key: str = ""
    cause: GroupEntry | None = None
    places: tuple[str, ...] = ()
    brings: tuple[Consequence, ...] = ()

    @property
    def seen(self) -> tuple[Consequence, ...]:
        """What callers see otherwise because of it."""
        return tuple(each for each in self.brings if each.where.startswith(CALLER))


_IN_NONE: Final = "which no document has"
_NAMED: Final = "which a document names, though not among the parameters"


class Gate(Struct, frozen=True):
    """The result of comparing two reports.

    Attributes:
        groups: What changed, by cause; what fails first.
        unchanged: How many cases are as they were.
        expired: Entries of the allow file that are past their day, and allow nothing.
        stale: Entries that are not, and match nothing that fails.
    """

    groups: tuple[CauseGroup, ...]
    unchanged: int
    expired: tuple[Allowed, ...] = ()
    stale: tuple[Allowed, ...] = ()

    @property
    def worse(self) -> bool:
        """Whether the gate fails."""
        return any(group.fails and group.allowed is None for group in self.groups)

    def cases(self, kind: DifferenceKind) -> int:
        """Return how many cases have a change of a kind; what a cause changes for callers counts as such."""
        found = {name for group in self.groups if group.kind == kind for name in group.cases}
        if kind == "caller":
            found.update(*(each.cases for group in self.groups if group.fails for each in group.seen))
        return len(found)


def compare(baseline: Report, report: Report, allowed: Sequence[Allowed], today: date, *, whole: bool = True) -> Gate:
    """Compare a report with the one it is measured by.

    Args:
        baseline: The report to measure by.
        report: The report that is measured.
        allowed: Changes for the worse that are accepted.
        today: The day by which entries expire.
        whole: Whether these are all the cases that the allow file is for. Of a part, such as a shard, an entry that
            matches nothing may be for another part.
    """
    before = {entry.id: entry for entry in tallied_cases(baseline)}
    after = {entry.id: entry for entry in tallied_cases(report)}
    both = [name for name in before if name in after]
    keys = Keys(_proofs(before.values()), _proofs(after.values()))
    differences: list[Difference] = [*_run_differences(report), *_model_differences(baseline, report)]
    unchanged = 0
    for was, now in zip(_read(baseline, before, both), _read(report, after, both), strict=True):
        changes = case_changes(was, now, keys)
        unchanged += not changes
        differences += changes
    for was in _read(baseline, before, [name for name in before if name not in after]):
        differences.append(gone_case(was))
    for now in _read(report, after, [name for name in after if name not in before]):
        differences += new_case(now, keys)
    causes = {group["key"]: group for each in (baseline, report) for group in each.get("groups", [])}
    gate = _grouped(with_models(differences), unchanged, allowed, today, causes)
    return gate if whole and "shard" not in report else replace(gate, stale=())


def _proofs(entries: Iterable[TalliedCase]) -> frozenset[str]:
    return frozenset(proof for entry in entries for proof in entry.shape.proofs)


def _read(report: Report, entries: Mapping[str, TalliedCase], names: Iterable[str]) -> Iterator[CaseEntry]:
    cases = report["cases"]
    if isinstance(cases, StoredCases):
        yield from cases.read(entries[name] for name in names)
        return
    by_id = {case["id"]: case for case in cases}
    yield from (by_id[name] for name in names)


def _run_differences(report: Report) -> Iterator[Difference]:
    if not report["complete"]:
        ran = f"{report['summary']['total']} of {report['selected']} cases have a verdict"
        yield Difference("", "worse", "run", f"the run did not end: {ran}", fails=True)


def _model_differences(baseline: Report, report: Report) -> Iterator[Difference]:
    """Yield the request fields that one of the two SDKs has, and no document's table; those of a table have a case."""
    before, after = (_unlisted_fields(each["target"]) for each in (baseline, report))
    for (operation, name), which in {**after, **before}.items():
        if (operation, name) not in before:
            text = f"the SDK's field {operation}.{name}, {which}, came"
        elif (operation, name) not in after:
            text = f"the SDK's field {operation}.{name}, {which}, went"
        else:
            continue
        yield Difference("", "changed", f"sdk.model.{name}", text, fails=False)


def _unlisted_fields(target: SdkEntry) -> dict[tuple[str, str], str]:
    """Return the request fields of an SDK's models that no table of parameters has, each with what documents say."""
    found = ((target.get("undocumented_fields") or {}, _IN_NONE), (target.get("named_fields") or {}, _NAMED))
    return {
        (operation, name): which
        for by_operation, which in found
        for operation, names in by_operation.items()
        for name in names
    }


class _Cause(NamedTuple):
    """What the members of a group have in common; `name` is the key of the cause, or where and in which words."""

    kind: DifferenceKind
    name: tuple[str, ...]
    fails: bool
    allowed: Allowed | None


def _cause_of(each: Difference, entry: Allowed | None) -> _Cause:
    name = (each.key, each.since) if each.key else (each.where, each.text)
    return _Cause(each.kind, name, each.fails, entry)


def _group(cause: _Cause, members: Sequence[Difference], causes: Mapping[str, GroupEntry]) -> CauseGroup:
    first = members[0]
    of_run = causes.get(first.key)
    same = of_run is None or all(each.text == first.text for each in members)
    return CauseGroup(
        cause.kind,
        named(first.where),
        first.text if same or of_run is None else of_run["title"],
        cause.fails,
        tuple(dict.fromkeys(each.case for member in members for each in (member, *member.brings) if each.case)),
        tuple(dict.fromkeys(each.expected for each in members if each.expected is not None)) if same else (),
        cause.allowed,
        first.key,
        of_run,
        tuple(dict.fromkeys(named(each.where) for each in members)),
        _consequences(members),
    )


def _consequences(members: Sequence[Difference]) -> tuple[Consequence, ...]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in (follower for member in members for follower in member.brings):
        found[each.where, each.text].append(each.case)
    listed = [Consequence(where, text, tuple(dict.fromkeys(cases))) for (where, text), cases in found.items()]
    return tuple(sorted(listed, key=lambda each: -len(each.cases)))


def _rank(group: CauseGroup) -> tuple[bool, bool, int, int]:
    """Return the place of a group: what fails first, then by kind, then the largest."""
    return not group.fails, group.allowed is not None, KINDS.index(group.kind), -len(group.cases)


def _grouped(
    differences: Iterable[Difference],
    unchanged: int,
    allowed: Sequence[Allowed],
    today: date,
    causes: Mapping[str, GroupEntry],
) -> Gate:
    by_cause: dict[_Cause, list[Difference]] = defaultdict(list)
    used: set[Allowed] = set()
    for each in differences:
        accepting = [entry for entry in allowed if entry.accepts(each, today)] if each.fails else []
        by_cause[_cause_of(each, next(iter(accepting), None))].append(each)
        # An entry for what another one accepts too, or for what follows from it, is not wrong.
        used.update(accepting)
        followers = [follower for follower in each.brings if follower.fails]
        used.update(entry for entry in allowed if any(entry.accepts(follower, today) for follower in followers))
    groups = sorted((_group(cause, members, causes) for cause, members in by_cause.items()), key=_rank)
    return Gate(
        tuple(groups),
        unchanged,
        tuple(entry for entry in allowed if entry.expired(today)),
        tuple(entry for entry in allowed if entry not in used and not entry.expired(today)),
    )
