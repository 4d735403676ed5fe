"""A comparison of reports for a terminal, as Markdown, and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from conformance.core.sentences.sentence import sentence
from conformance.core.terminal import printable
from conformance.judging.exchange_entries import shortened
from conformance.reports.compare.compare_sentences import (
    CHANGE_NAMES,
    cause_cell_words,
    cell_words,
    column_words,
    notes,
    verdict_sentences,
)
from conformance.reports.formats.bounded import bounded_line
from conformance.reports.formats.cause_text import name_words
from conformance.reports.formats.markdown import code, code_in_table, fitting
from conformance.reports.formats.words import said, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from conformance.reports.compare.change import Change
    from conformance.reports.compare.compared_causes import ComparedCause
    from conformance.reports.compare.compared_rows import ComparedRow
    from conformance.reports.compare.side_by_side import ComparedCase, SideBySide

_Named = tuple["Change", list[str], str]
"""How something changed, the cell of each column, and what it is."""
_LONGEST: Final = 300
_MOST: Final = 50
"""Causes, rows and cases of each kind that a text names."""
_STYLES: Final = {"worse": "bold red", "mixed": "bold red", "unknown": "yellow", "better": "green", "same": "dim"}


def print_comparison(console: Console, compared: SideBySide) -> None:
    """Print what changed: sentences, then causes, error rows and cases in which the columns differ."""
    for text in verdict_sentences(compared):
        _print(console, said(text), "bold")
    for column in compared.columns:
        _print(console, f"{said(column_words(column))} [{column.path}]")
    for text in notes(compared.columns):
        _print(console, said(text), "magenta")
    for heading, lines in _parts(compared):
        if lines:
            _print(console, "")
            _print(console, said(sentence("{heading} ({count})", heading=heading, count=len(lines))), "bold")
        for change, cells, name in lines[:_MOST]:
            label = sentence("{before}: {rest}", before=CHANGE_NAMES[change], rest=name)
            _print(console, said(label), _STYLES[change])
            _print(console, f"    {'  '.join(cells)}")
        if len(lines) > _MOST:
            _print(console, said(sentence("and {count} more", count=len(lines) - _MOST)))


def comparison_markdown(compared: SideBySide) -> str:
    """Return a comparison as GitHub-flavoured Markdown, never longer than a comment may be."""
    return fitting(_markdown_lines(compared))


def _markdown_lines(compared: SideBySide) -> Iterator[str]:
    yield f"## {spoken('Reports side by side')}"
    yield ""
    for text in verdict_sentences(compared):
        yield f"**{said(text)}**  "
    yield ""
    for column in compared.columns:
        yield f"- {code(said(column_words(column)), _LONGEST)}"
    yield ""
    for text in notes(compared.columns):
        yield f"> {said(text)}  "
    for heading, lines in _parts(compared):
        if lines:
            letters = [column.letter for column in compared.columns]
            yield ""
            yield f"### {said(sentence('{heading} ({count})', heading=heading, count=len(lines)))}"
            yield ""
            yield f"| | | {' | '.join(letters)} |"
            yield f"|---|---|{'---|' * len(letters)}"
        for change, cells, name in lines[:_MOST]:
            shown = [cell.partition(" ")[2] for cell in cells]
            yield f"| {said(CHANGE_NAMES[change])} | {code_in_table(name)} | {' | '.join(shown)} |"
        if len(lines) > _MOST:
            yield ""
            yield said(sentence("and {count} more", count=len(lines) - _MOST))


def _parts(compared: SideBySide) -> Iterator[tuple[str, list[_Named]]]:
    """Yield each part with what it names: how it changed, each column's cell, what it is."""
    letters = [column.letter for column in compared.columns]
    causes: list[_Named] = [(each.change, _cause_cells(letters, each), _cause_name(each)) for each in compared.causes]
    rows: list[_Named] = [
        (each.change, _cells(letters, [cell.verdict if cell else None for cell in each.cells]), _row_name(each))
        for each in compared.rows
        if each.change != "same"
    ]
    cases: list[_Named] = [(each.change, _cells(letters, each.verdicts), each.id) for each in differing(compared.cases)]
    yield spoken("Causes"), causes
    yield spoken("Error rows in which the columns differ"), rows
    yield spoken("Cases in which the columns differ"), cases


def differing(cases: Sequence[ComparedCase]) -> list[ComparedCase]:
    """Return the cases that did not fare alike in every column."""
    return [each for each in cases if each.change != "same"]


def _cause_name(cause: ComparedCause) -> str:
    return shortened(printable(said(name_words(cause.group))), _LONGEST)


def _row_name(row: ComparedRow) -> str:
    return shortened(f"{row.operation} {row.status} {row.code}: {row.message}", _LONGEST)


def _cause_cells(letters: Sequence[str], cause: ComparedCause) -> list[str]:
    return [f"{letter} {said(cause_cell_words(cell))}" for letter, cell in zip(letters, cause.cells, strict=True)]


def _cells(letters: Sequence[str], verdicts: Sequence[str | None]) -> list[str]:
    return [f"{letter} {said(cell_words(verdict))}" for letter, verdict in zip(letters, verdicts, strict=True)]


def _print(console: Console, text: str, style: str = "") -> None:
    console.print(Text(bounded_line(text), style), soft_wrap=True, highlight=False)


def comparison_json(compared: SideBySide) -> dict[str, object]:
    """Return a comparison as data; of cases those alone that differ, with the number of all."""
    return {
        "columns": [
            {
                "letter": column.letter,
                "name": column.name,
                "path": column.path,
                "complete": column.report["complete"],
                "summary": column.report["summary"],
                **column.identity,
            }
            for column in compared.columns
        ],
        "steps": [step._asdict() | {"change": step.change} for step in compared.steps],
        "notes": [text.in_language("") for text in notes(compared.columns)],
        "causes": [
            {
                "key": each.group["key"],
                "title": each.group["title"],
                "operation": each.operation,
                "change": each.change,
                "steps": list(each.steps),
                "columns": [
                    {"shown": len(cell.shown), "clear": len(cell.clear), "unknown": len(cell.unknown)}
                    for cell in each.cells
                ],
                "cases": list(each.cases),
            }
            for each in compared.causes
        ],
        "rows": [
            {
                "operation": each.operation,
                "status": each.status,
                "code": each.code,
                "message": each.message,
                "languages": list(each.languages),
                "change": each.change,
                "columns": [cell.verdict if cell else None for cell in each.cells],
            }
            for each in compared.rows
        ],
        "total": len(compared.cases),
        "cases": [
            {"id": each.id, "change": each.change, "columns": list(each.verdicts)} for each in differing(compared.cases)
        ],
    }
