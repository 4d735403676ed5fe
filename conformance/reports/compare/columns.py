"""The columns of a comparison: what each report is of, and what tells it from the others."""

from __future__ import annotations

from string import ascii_uppercase
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.core.errors import ReportError, UsageError
from conformance.reports.formats.bounded import bounded_line
from conformance.reports.formats.identity import identity, tested_text
from conformance.reports.stored_cases import cases_where, tallied_cases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from conformance.judging.report_entries import CaseEntry, Report
    from conformance.reports.tally import TalliedCase

_LONGEST: Final = 120
_LEAST: Final = 2
_MOST: Final = 26
"""Columns: a letter each, and more than anybody reads."""
_TOLD_BY: Final = ("driver", "documents", "runtime", "signature", "date", "tool")
"""What tells two columns of one name apart: the first of these in which they differ."""


class ReportColumn(NamedTuple):
    """One report.

    Attributes:
        letter: What it is called in a sentence: `A`, `B`.
        name: What was tested, with what tells it from other columns of that name.
        path: Where it was read from.
        report: The report.
        identity: What it is about, as names and texts.
        cases: What it counts of each case, by its id.
    """

    letter: str
    name: str
    path: str
    report: Report
    identity: Mapping[str, str]
    cases: Mapping[str, TalliedCase]

    def read(self, wanted: set[str]) -> Iterator[CaseEntry]:
        """Yield some of its cases, whole, in its order."""
        return cases_where(self.report, lambda entry: entry.id in wanted)


def columns_of(reports: Sequence[Report], paths: Sequence[Path]) -> list[ReportColumn]:
    """Return a column for each report, in the order given.

    Raises:
        UsageError: When there are fewer than two, or more than letters.
        ReportError: When a report has no case in common with any other.
    """
    check_number(len(reports))
    identities = [dict(identity(report)) for report in reports]
    names = _told_apart([tested_text(report) for report in reports], identities, paths)
    columns = [
        ReportColumn(
            ascii_uppercase[place],
            bounded_line(names[place], _LONGEST),
            bounded_line(str(paths[place]), _LONGEST),
            report,
            identities[place],
            {entry.id: entry for entry in tallied_cases(report)},
        )
        for place, report in enumerate(reports)
    ]
    for place, column in enumerate(columns):
        others = [other for other in columns if other is not column]
        if not any(column.cases.keys() & other.cases.keys() for other in others):
            raise ReportError(
                "has no case in common with the other reports",
                where=paths[place],
                hint="give reports of the same operations",
            )
    return columns


def check_number(count: int) -> None:
    """Refuse too few reports or too many; raises `UsageError`."""
    if count < _LEAST:
        raise UsageError("two reports at least are needed", hint="give folders of runs: conformance report compare A B")
    if count > _MOST:
        raise UsageError(f"{count} reports are too many", hint=f"give at most {_MOST}")


def _told_apart(names: Sequence[str], identities: Sequence[Mapping[str, str]], paths: Sequence[Path]) -> list[str]:
    """Return the names, each with what tells it from others that are the same."""
    told = []
    for place, name in enumerate(names):
        twins = [other for other, each in enumerate(names) if each == name]
        told_by = next(
            (field for field in _TOLD_BY if len({identities[twin].get(field) for twin in twins}) == len(twins)),
            None,
        )
        mark = identities[place].get(told_by, "") if told_by else paths[place].name
        told.append(f"{name} ({mark})" if len(twins) > 1 and mark else name)
    return told
