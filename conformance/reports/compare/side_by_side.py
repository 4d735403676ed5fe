"""Several reports side by side: what each column shows, and what changed from one to the next. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.judging.verdicts import JUDGED
from conformance.reports.compare.change import CHANGES, Change, step, together, whole
from conformance.reports.compare.compared_causes import compared_causes
from conformance.reports.compare.compared_rows import compared_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.judging.verdicts import Verdict
    from conformance.reports.compare.columns import ReportColumn
    from conformance.reports.compare.compared_causes import ComparedCause
    from conformance.reports.compare.compared_rows import ComparedRow

_TOLD: Final = ("worse", "better", "unknown")


class ComparedCase(NamedTuple):
    """A case.

    Attributes:
        id: Its id.
        verdicts: By column; `None` where the report does not have it.
    """

    id: str
    verdicts: Sequence[Verdict | None]

    @property
    def operation(self) -> str:
        """What its id begins with."""
        return self.id.partition("/")[0]

    @property
    def change(self) -> Change:
        """What changed over all columns."""
        return whole(self.verdicts)

    @property
    def is_quiet(self) -> bool:
        """Whether it passes wherever it is, and is everywhere, so that there is nothing to tell."""
        return set(self.verdicts) <= {"pass", "not_applicable"}


class ColumnStep(NamedTuple):
    """What changed from one column to the next.

    Attributes:
        before: The letter of the earlier column.
        after: That of the later one.
        causes: How many causes are new, gone, more, fewer, moved, unknown, and the same.
        cases: How many cases are worse, better, unknown, and the same.
    """

    before: str
    after: str
    causes: Mapping[str, int]
    cases: Mapping[str, int]

    @property
    def change(self) -> Change:
        """What it is as a whole."""
        found = [name for name in _TOLD if self.cases.get(name)]
        if self.causes.get("new") or self.causes.get("more"):
            found.append("worse")
        return together(found)


class SideBySide(NamedTuple):
    """The comparison.

    Attributes:
        columns: The reports.
        steps: From each column to the next.
        causes: Every cause, what got worse first.
        rows: Every error row, in the order of the operations.
        cases: Every case, in the order of the first report that has it.
    """

    columns: Sequence[ReportColumn]
    steps: Sequence[ColumnStep]
    causes: Sequence[ComparedCause]
    rows: Sequence[ComparedRow]
    cases: Sequence[ComparedCase]

    @property
    def change(self) -> Change:
        """What changed over all steps: something that got worse anywhere comes before all else."""
        found = {each.change for each in self.steps}
        if found & {"worse", "mixed"}:
            return "worse"
        return together(found)


def side_by_side(columns: Sequence[ReportColumn]) -> SideBySide:
    """Compare the columns, each with the one before it."""
    names = dict.fromkeys(name for column in columns for name in column.cases)
    cases = [
        ComparedCase(name, [column.cases[name].verdict if name in column.cases else None for column in columns])
        for name in names
    ]
    causes = sorted(compared_causes(columns), key=lambda each: CHANGES.index(each.change))
    return SideBySide(columns, _steps(columns, causes, cases), causes, compared_rows(columns), cases)


def _steps(
    columns: Sequence[ReportColumn], causes: Sequence[ComparedCause], cases: Sequence[ComparedCase]
) -> list[ColumnStep]:
    found = []
    for place in range(1, len(columns)):
        of_causes: Counter[str] = Counter(each.steps[place - 1] for each in causes if not each.is_error)
        of_cases: Counter[str] = Counter(step(each.verdicts[place - 1], each.verdicts[place]) for each in cases)
        of_cases["judged"] = sum(set(each.verdicts[place - 1 : place + 1]) <= set(JUDGED) for each in cases)
        found.append(ColumnStep(columns[place - 1].letter, columns[place].letter, of_causes, of_cases))
    return found
