"""A comparison of reports as one HTML page: what changed first, and every case to look into."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from markupsafe import escape

from conformance.core.sentences.sentence import sentence
from conformance.reports.compare.change import CHANGES, Change
from conformance.reports.compare.compare_sentences import (
    CHANGE_NAMES,
    IDENTITY_NAMES,
    STEP_NAMES,
    cause_cell_words,
    cell_words,
    notes,
    verdict_sentences,
)
from conformance.reports.compare.compared_causes import MEANING
from conformance.reports.formats.page.facets import facets_of_case, facets_of_cause
from conformance.reports.formats.page.shell import both, encodable, foot, head, in_all, render
from conformance.reports.formats.words import Wording, counts_words, languages_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.core.sentences.sentence import Sentence
    from conformance.judging.report_entries import CaseEntry
    from conformance.reports.compare.compared_causes import ComparedCause
    from conformance.reports.compare.compared_rows import ComparedRow
    from conformance.reports.compare.side_by_side import ComparedCase, SideBySide
    from conformance.reports.formats.page.facets import Facets

_MOST_CAUSES: Final = 200
_MOST_ROWS: Final = 1_500
"""Rows above which those that are the same in every column are counted alone."""
_MOST_IN_FULL: Final = 300
_MOST_CASES: Final = 5_000
"""Cases of one kind that are named."""
_WORST: Final[dict[Change, str]] = {
    "worse": "mismatch",
    "mixed": "mismatch",
    "unknown": "not_run",
    "better": "pass",
    "same": "pass",
}
_HEADINGS: Final[dict[Change, Sentence]] = {
    "worse": sentence("Worse"),
    "mixed": sentence("Worse and better"),
    "unknown": sentence("Cannot be told: a column did not judge it"),
    "better": sentence("Better"),
    "same": sentence("The same in every column, and no pass"),
}


class _ShownCause(NamedTuple):
    cause: ComparedCause
    facets: Facets
    name: Wording
    meaning: Change


class _Rows(NamedTuple):
    operation: str
    total: int
    differs: int
    rows: Sequence[ComparedRow]
    left_out: int


class _ShownCase(NamedTuple):
    case: ComparedCase
    title: str
    parts: Sequence[tuple[str, CaseEntry]]
    absent: Sequence[str]
    codes: Sequence[str]
    params: Sequence[str]


class _Section(NamedTuple):
    change: Change
    heading: Sentence
    number: int
    cases: Sequence[_ShownCase]
    left_out: int
    open: bool


def comparison_page(compared: SideBySide) -> str:
    """Return a comparison as one self-contained HTML page; whatever a server or a report said is escaped and cut."""
    return "".join(map(encodable, _parts(compared)))


def _parts(compared: SideBySide) -> Iterator[str]:
    names = " · ".join(f"{column.letter} {column.name}" for column in compared.columns)
    title = sentence("Reports side by side")
    yield head(sentence("{title}: {names}", title=title, names=names), both(title), escape(names))
    sections = list(_sections(compared))
    rows = list(_rows_by_operation(compared))
    causes = [_shown_cause(each) for each in compared.causes[:_MOST_CAUSES]]
    listed = {each.case.id for section in sections for each in section.cases}
    found = {
        *(each.cause.change for each in causes),
        *(row.change for each in rows for row in each.rows),
        *(section.change for section in sections if section.cases),
    }
    parts = [
        ("causes", sentence("Causes"), causes),
        ("rows", sentence("Error rows"), rows),
        ("cases", sentence("Cases"), True),
        ("columns", sentence("What is compared"), True),
    ]
    yield render(
        "compare",
        columns=compared.columns,
        letters=[column.letter for column in compared.columns],
        sentences=verdict_sentences(compared),
        worst=_WORST[compared.change],
        notes=notes(compared.columns),
        parts=[(name, text) for name, text, there in parts if there],
        identities=_identities(compared),
        changes=[(change, CHANGE_NAMES[change]) for change in CHANGES],
        shown_changes=found,
        entries=len(causes) + sum(len(each.rows) for each in rows) + len(listed),
        causes=causes,
        total_causes=len(compared.causes),
        rows=rows,
        sections=sections,
        listed=listed,
        quiet=sum(each.is_quiet for each in compared.cases),
        cell_name=lambda verdict: in_all(cell_words(verdict)),
        cause_cell=lambda cell: in_all(cause_cell_words(cell)),
        change_name=lambda change: in_all(CHANGE_NAMES[change]),
    )
    yield foot()


def _identities(compared: SideBySide) -> list[tuple[Wording, list[Wording], bool]]:
    """Return what the columns are of: a name, a text for each column, and whether they differ; what differs first."""
    columns = compared.columns
    names = list(dict.fromkeys(name for column in columns for name in column.identity))
    found: list[tuple[Wording, list[Wording], bool]] = []
    for name in names:
        texts: list[Wording] = [column.identity.get(name, "–") for column in columns]
        differs = len(set(map(str, texts))) > 1
        if name == "documents":
            texts = [languages_words(column.report["coverage"]) or column.report["docs"] for column in columns]
        found.append((IDENTITY_NAMES.get(name, name), texts, differs))
    found.sort(key=lambda each: not each[2])
    counts: list[Wording] = [counts_words(column.report) for column in columns]
    paths: list[Wording] = [column.path for column in columns]
    return [(sentence("Cases"), counts, True), *found, (sentence("Read from"), paths, True)]


def _shown_cause(cause: ComparedCause) -> _ShownCause:
    steps = [each for each in cause.steps if each not in ("nowhere", "same")]
    if not steps or cause.is_error:
        return _ShownCause(cause, facets_of_cause(cause.group), CHANGE_NAMES[cause.change], cause.change)
    return _ShownCause(cause, facets_of_cause(cause.group), STEP_NAMES[steps[-1]], MEANING[steps[-1]])


def _rows_by_operation(compared: SideBySide) -> Iterator[_Rows]:
    """Yield the rows by operation, those of operations in which something differs first."""
    tables = [(operation, list(rows)) for operation, rows in groupby(compared.rows, key=lambda row: row.operation)]
    tables.sort(key=lambda each: not any(row.change != "same" for row in each[1]))
    whole = len(compared.rows) <= _MOST_ROWS
    for operation, rows in tables:
        rows.sort(key=lambda row: CHANGES.index(row.change))
        differing = [row for row in rows if row.change != "same"]
        shown = (rows if whole else differing)[:_MOST_ROWS]
        yield _Rows(operation, len(rows), len(differing), shown, len(rows) - len(shown))


def _sections(compared: SideBySide) -> Iterator[_Section]:
    """Yield the cases by how they changed; those that pass everywhere are in none."""
    full = _in_full(compared)
    read: dict[str, list[tuple[str, CaseEntry]]] = {}
    for column in compared.columns:
        for case in column.read(full):
            read.setdefault(case["id"], []).append((column.letter, case))
    for change in CHANGES:
        cases = [each for each in compared.cases if each.change == change and not each.is_quiet]
        if cases:
            shown = [_shown_case(each, read.get(each.id, []), compared) for each in cases[:_MOST_CASES]]
            yield _Section(change, _HEADINGS[change], len(cases), shown, len(cases) - len(shown), open=change != "same")


def _in_full(compared: SideBySide) -> set[str]:
    """Return the cases that are shown with what each column observed: what changed first."""
    wanted = [each for change in CHANGES for each in compared.cases if each.change == change and not each.is_quiet]
    return {each.id for each in wanted[:_MOST_IN_FULL]}


def _shown_case(case: ComparedCase, parts: Sequence[tuple[str, CaseEntry]], compared: SideBySide) -> _ShownCase:
    there = {letter for letter, _ in parts}
    absent = [column.letter for column in compared.columns if parts and column.letter not in there]
    facets = [facets_of_case(each) for _, each in parts]
    return _ShownCase(
        case,
        parts[-1][1]["title"] if parts else "",
        parts,
        absent,
        list(dict.fromkeys(code for each in facets for code in each.codes)),
        list(dict.fromkeys(name for each in facets for name in each.params)),
    )
