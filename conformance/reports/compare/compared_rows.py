"""The rows of the documents' tables of errors in several reports: each row by each document, column by column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.reports.compare.change import Change, whole
from conformance.reports.formats.bounded import bounded_line
from conformance.reports.formats.page.error_rows import row_cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.contract.languages import Language
    from conformance.reports.compare.columns import ReportColumn
    from conformance.reports.formats.page.error_rows import RowCell
    from conformance.reports.shapes import TalliedRow

_LONGEST: Final = 200


class ComparedRow(NamedTuple):
    """A row of tables of errors.

    Attributes:
        operation: What the ids of its cases begin with.
        status: The status.
        code: The code.
        message: The message.
        languages: The documents that have it and by which it fared alike in every column.
        cells: By column; `None` where no case is there for it.
    """

    operation: str
    status: int | str
    code: str
    message: str
    languages: Sequence[Language]
    cells: Sequence[RowCell | None]

    @property
    def change(self) -> Change:
        """What changed over all columns."""
        return whole([cell.verdict if cell else None for cell in self.cells])


def compared_rows(columns: Sequence[ReportColumn]) -> list[ComparedRow]:
    """Return every row that any report has cases for, in the order of the operations."""
    of_columns = [row_cells(column.report) for column in columns]
    found: dict[str, dict[TalliedRow, None]] = {}
    for each in of_columns:
        for operation, rows in each.items():
            found.setdefault(operation, {}).update(dict.fromkeys(rows))
    return [
        compared
        for operation, rows in found.items()
        for row in sorted(rows, key=lambda each: (str(each[1]), str(each)))
        for compared in _by_document(operation, row, [each.get(operation, {}).get(row, {}) for each in of_columns])
    ]


def _by_document(operation: str, row: TalliedRow, by_column: Sequence[dict[Language, RowCell]]) -> list[ComparedRow]:
    """Return a row once for all documents by which it fared alike."""
    languages = list(dict.fromkeys(language for cells in by_column for language in cells))
    alike: dict[tuple[str | None, ...], list[Language]] = {}
    for language in languages:
        verdicts = tuple(cells[language].verdict if language in cells else None for cells in by_column)
        alike.setdefault(verdicts, []).append(language)
    return [
        ComparedRow(
            operation,
            row[0],
            bounded_line(str(row[1]), _LONGEST),
            bounded_line(str(row[2]), _LONGEST),
            of_it,
            [cells.get(of_it[0]) for cells in by_column],
        )
        for of_it in alike.values()
    ]
