"""The rows of the documents' tables of errors: each row against each language, operation by operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.judging.verdicts import JUDGED
from conformance.reports.formats.bounded import bounded_line
from conformance.reports.stored_cases import tallied_cases

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.contract.languages import Language
    from conformance.judging.report_entries import Report
    from conformance.reports.shapes import TalliedRow
    from conformance.reports.tally import TalliedCase

_LONGEST: Final = 200
"""Characters of a code or a message that a table shows."""
_MOST_ROWS: Final = 1_500
"""Rows of a page above which operations whose rows all passed are shown by their counts alone."""
_WORSE_FIRST: Final = ("mismatch", "error", "not_run", "divergent", "not_applicable", "pass")


class RowCell(Struct, frozen=True):
    """How a row fared by one document.

    Attributes:
        verdict: `pass` when an answer was this row in a case that follows the document, else the case's verdict.
        case: The id of a case that shows it.
    """

    verdict: str
    case: str


class MatrixRow(Struct, frozen=True):
    """One row of tables of errors; a language whose table lacks it has `None`."""

    status: int | str
    code: str
    message: str
    cells: Mapping[Language, RowCell | None]


class OperationRows(Struct, frozen=True):
    """The rows of one operation that cases are there for.

    Attributes:
        operation: What the ids of its cases begin with.
        rows: Its rows; none where all passed and a page has too many.
        passed: By language, how many passed.
        exercised: By language, of how many.
    """

    operation: str
    rows: Sequence[MatrixRow]
    passed: Mapping[Language, int]
    exercised: Mapping[Language, int]

    @property
    def languages(self) -> Sequence[Language]:
        """The languages whose documents were asked."""
        return list(self.exercised)

    @property
    def differs(self) -> bool:
        """Whether a row did not pass."""
        return self.passed != self.exercised


def error_rows(report: Report) -> list[OperationRows]:
    """Return the rows by operation, those of operations where one did not pass first."""
    languages = list(report["coverage"])
    found = row_cells(report)
    whole = sum(map(len, found.values())) <= _MOST_ROWS
    tables = [_table(operation, rows, languages, whole=whole) for operation, rows in found.items()]
    return sorted(tables, key=lambda each: not each.differs)


def row_cells(report: Report) -> dict[str, dict[TalliedRow, dict[Language, RowCell]]]:
    """Return how each row that cases are there for fared by each document asked, by operation and row."""
    found: dict[str, dict[TalliedRow, dict[Language, RowCell]]] = {}
    seen: set[int] = set()
    for entry in tallied_cases(report):
        if id(entry.shape) in seen:
            continue  # of those that show the same, the first is named
        seen.add(id(entry.shape))
        for language, row, cell in _cells(entry):
            if language in report["coverage"]:
                cells = found.setdefault(entry.id.partition("/")[0], {}).setdefault(row, {})
                cells[language] = _better(cells.get(language), cell)
    return found


def _cells(entry: TalliedCase) -> Iterator[tuple[Language, TalliedRow, RowCell]]:
    """Yield what one case shows of rows: of that which it is there for, and of those which it was answered."""
    verdicts = dict(entry.shape.verdicts)
    for language, row in entry.shape.exact:
        verdict = verdicts.get(language, entry.verdict)
        # Only the answer itself shows that a row passed: a case may pass by another.
        yield language, row, RowCell("not_run" if verdict == "pass" else verdict, entry.id)
    if entry.verdict in JUDGED:
        for language, rows in entry.shape.observed:
            if verdicts.get(language) == "pass":
                for row in rows:
                    yield language, row, RowCell("pass", entry.id)


def _better(known: RowCell | None, cell: RowCell) -> RowCell:
    """Return the cell that says more: a row that passed once has passed; before that the first one."""
    if known is None or (cell.verdict == "pass" and known.verdict != "pass"):
        return cell
    if known.verdict != "pass" and _WORSE_FIRST.index(cell.verdict) < _WORSE_FIRST.index(known.verdict):
        return cell
    return known


def _table(
    operation: str,
    rows: Mapping[TalliedRow, Mapping[Language, RowCell]],
    languages: Sequence[Language],
    *,
    whole: bool,
) -> OperationRows:
    cells = [cell for each in rows.values() for cell in each.items()]
    exercised = {language: sum(each == language for each, _ in cells) for language in languages}
    passed = {
        language: sum(each == language and cell.verdict == "pass" for each, cell in cells) for language in languages
    }
    shown = rows if whole or passed != exercised else {}
    return OperationRows(
        operation,
        [
            MatrixRow(
                row[0],
                bounded_line(str(row[1]), _LONGEST),
                bounded_line(str(row[2]), _LONGEST),
                {language: each.get(language) for language in languages},
            )
            for row, each in sorted(shown.items(), key=lambda item: (_passed(item[1]), str(item[0][1]), str(item[0])))
        ],
        passed,
        exercised,
    )


def _passed(cells: Mapping[Language, RowCell]) -> bool:
    return all(cell.verdict == "pass" for cell in cells.values())
