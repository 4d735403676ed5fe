"""The causes of several reports as one list: which report shows which, in how many cases. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from conformance.judging.verdicts import FAILED, JUDGED
from conformance.reports.compare.change import Change, together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.judging.report_entries import GroupEntry
    from conformance.reports.compare.columns import ReportColumn

    _Placed = tuple[int, GroupEntry]

CauseStep = Literal["new", "gone", "more", "fewer", "moved", "unknown", "same", "nowhere"]
"""What became of a cause from one column to the next; `nowhere` where neither has it."""
MEANING: Final[dict[CauseStep, Change]] = {
    "new": "worse",
    "more": "worse",
    "gone": "better",
    "fewer": "better",
    "moved": "mixed",
    "unknown": "unknown",
    "same": "same",
    "nowhere": "same",
}


class CauseCell(NamedTuple):
    """A cause in one column; of all cases that show it anywhere.

    Attributes:
        shown: Those that show it here.
        clear: Those that were judged here and do not show it.
        unknown: Those of which nothing is known here: not run, no answer, or not there.
    """

    shown: frozenset[str]
    clear: frozenset[str]
    unknown: frozenset[str]


class ComparedCause(NamedTuple):
    """One cause.

    Attributes:
        group: The cause as the report has it that shows it in most cases.
        operation: The operation of its example.
        cells: By column.
        steps: What became of it from each column to the next.
        cases: All cases that show it, each once.
    """

    group: GroupEntry
    operation: str
    cells: Sequence[CauseCell]
    steps: Sequence[CauseStep]
    cases: Sequence[str]

    @property
    def is_error(self) -> bool:
        """Whether it is why nothing is known, and no difference."""
        return self.group.get("verdict") == "error"

    @property
    def change(self) -> Change:
        """What changed over all columns; of an error nobody can tell."""
        if self.is_error:
            return "unknown"
        return together(MEANING[each] for each in self.steps)


def compared_causes(columns: Sequence[ReportColumn]) -> list[ComparedCause]:
    """Return every cause of every report, each once, that of most cases first.

    What is one cause in one report may be several in another that proves more. They are one here: a cause takes in
    those that its own cases may be narrowed to.
    """
    found = [
        _cause(members, columns) for members in _joined([(place, group) for place, group in _groups(columns)], columns)
    ]
    return sorted(found, key=lambda each: -max(len(cell.shown) for cell in each.cells))


def _groups(columns: Sequence[ReportColumn]) -> Iterator[_Placed]:
    for place, column in enumerate(columns):
        for group in column.report.get("groups", []):
            yield place, group


def _joined(groups: Sequence[_Placed], columns: Sequence[ReportColumn]) -> list[list[tuple[int, GroupEntry]]]:
    """Return the groups that are one cause together."""
    leader = list(range(len(groups)))

    def first(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    by_key: dict[str, int] = {}
    for place, (_, group) in enumerate(groups):
        leader[place] = first(by_key.setdefault(group["key"], place))
    for place, (column, group) in enumerate(groups):
        for key in _levels(group, columns[column]):
            if key in by_key:
                one, other = sorted((first(place), first(by_key[key])))
                leader[other] = one
    found: dict[int, list[_Placed]] = {}
    for place, each in enumerate(groups):
        found.setdefault(first(place), []).append(each)
    return list(found.values())


def _levels(group: GroupEntry, column: ReportColumn) -> set[str]:
    """Return the keys of what the cases of a group may be put down to, wider and narrower ones."""
    keys = set()
    for cause in {
        cause for name in group["cases"] if name in column.cases for cause in column.cases[name].shape.causes
    }:
        levels = {level.key for level in cause.levels}
        if group["key"] in levels:
            keys |= levels
    return keys


def _cause(members: Sequence[_Placed], columns: Sequence[ReportColumn]) -> ComparedCause:
    keys = {group["key"] for _, group in members}
    named = [
        {name for place, group in members if place == index for name in group["cases"]} for index in range(len(columns))
    ]
    cases = list(dict.fromkeys(name for _, group in members for name in group["cases"]))
    is_error = members[0][1].get("verdict") == "error"
    cells = [
        _cell(cases, keys, of_it, column, known=(*FAILED, "pass") if is_error else JUDGED)
        for of_it, column in zip(named, columns, strict=True)
    ]
    largest = max(members, key=lambda each: each[1]["count"])[1]
    steps = [_step(was, now) for was, now in pairwise(cells)]
    return ComparedCause(largest, largest["example"].partition("/")[0], cells, steps, cases)


def _cell(
    cases: Sequence[str], keys: set[str], named: set[str], column: ReportColumn, *, known: Sequence[str]
) -> CauseCell:
    shown, clear, unknown = set(), set(), set()
    for name in cases:
        entry = column.cases.get(name)
        if entry is None:
            unknown.add(name)
        elif name in named or any(level.key in keys for cause in entry.shape.causes for level in cause.levels):
            # A case that is known to fail is in no group, and shows it all the same.
            shown.add(name)
        elif entry.verdict in known:
            clear.add(name)
        else:
            unknown.add(name)
    return CauseCell(frozenset(shown), frozenset(clear), frozenset(unknown))


def _step(was: CauseCell, now: CauseCell) -> CauseStep:
    came, went = was.clear & now.shown, was.shown & now.clear
    if not was.shown and not now.shown:
        return "nowhere"
    if not was.shown:
        return "new" if came else "unknown"
    if not now.shown:
        return "gone" if went == was.shown else "unknown"
    if came and went:
        return "moved"
    if came or went:
        return "more" if came else "fewer"
    return "same"
