"""A comparison of reports in sentences: what changed, and what makes the columns unequal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.core.sentences.sentence import Sentence, counted_sentence, sentence
from conformance.reports.formats.words import Wording, counts_words, joined_words, languages_words, verdict_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conformance.judging.report_entries import Report
    from conformance.reports.compare.change import Change
    from conformance.reports.compare.columns import ReportColumn
    from conformance.reports.compare.compared_causes import CauseCell, CauseStep
    from conformance.reports.compare.side_by_side import ColumnStep, SideBySide

CHANGE_NAMES: Final[dict[Change, Sentence]] = {
    "worse": sentence("worse"),
    "mixed": sentence("worse and better"),
    "unknown": sentence("cannot be told"),
    "better": sentence("better"),
    "same": sentence("the same"),
}
STEP_NAMES: Final[dict[CauseStep, Sentence]] = {
    "new": sentence("new"),
    "gone": sentence("gone"),
    "more": sentence("in more cases"),
    "fewer": sentence("in fewer cases"),
    "moved": sentence("in other cases"),
    "unknown": sentence("cannot be told"),
    "same": sentence("the same"),
}
IDENTITY_NAMES: Final = {
    "SDK": sentence("SDK"),
    "core": sentence("Core library"),
    "language": sentence("Programming language"),
    "runtime": sentence("Runtime"),
    "driver": sentence("Driver"),
    "endpoint": sentence("Endpoint"),
    "signature": sentence("Signature"),
    "documents": sentence("Documents"),
    "date": sentence("Date"),
    "tool": sentence("Made by"),
}


def verdict_sentences(compared: SideBySide) -> list[Sentence]:
    """Return in a sentence for each step what changed, the last step first, then what nobody can tell."""
    return [each for step in reversed(compared.steps) for each in _of_step(step)]


def _of_step(step: ColumnStep) -> Iterator[Sentence]:
    places = {"before": step.before, "after": step.after}
    if not step.cases.get("judged"):
        yield sentence("{after} against {before}: nothing can be told, for no case was judged in both.", **places)
        return
    changes = [text for name, text in _cause_counts(step) if step.causes.get(name)]
    changes += [text for name, text in _case_counts(step) if step.cases.get(name)]
    if changes:
        yield sentence(
            "{after} against {before}: {changes}.", **places, changes=joined_words(changes, "{one}, {other}")
        )
    elif step.cases.get("unknown"):
        yield sentence("{after} against {before}: nothing differs in what both judged.", **places)
    else:
        yield sentence("{after} against {before}: nothing differs.", **places)
    if unknown := step.cases.get("unknown"):
        yield counted_sentence(
            "Of {count} case nothing can be told: {before} or {after} did not judge it.",
            "Of {count} cases nothing can be told: {before} or {after} did not judge them.",
            unknown,
            **places,
        )


def _cause_counts(step: ColumnStep) -> list[tuple[str, Sentence]]:
    number = {name: step.causes.get(name, 0) for name in STEP_NAMES}
    return [
        ("new", counted_sentence("{count} cause is new", "{count} causes are new", number["new"])),
        ("gone", counted_sentence("{count} cause is gone", "{count} causes are gone", number["gone"])),
        (
            "more",
            counted_sentence("{count} cause is in more cases", "{count} causes are in more cases", number["more"]),
        ),
        (
            "fewer",
            counted_sentence("{count} cause is in fewer cases", "{count} causes are in fewer cases", number["fewer"]),
        ),
        (
            "moved",
            counted_sentence("{count} cause is in other cases", "{count} causes are in other cases", number["moved"]),
        ),
        ("same", counted_sentence("{count} cause is the same", "{count} causes are the same", number["same"])),
        (
            "unknown",
            counted_sentence(
                "of {count} cause it cannot be told", "of {count} causes it cannot be told", number["unknown"]
            ),
        ),
    ]


def _case_counts(step: ColumnStep) -> list[tuple[str, Sentence]]:
    number = {name: step.cases.get(name, 0) for name in ("worse", "better")}
    return [
        ("worse", counted_sentence("{count} case is worse", "{count} cases are worse", number["worse"])),
        ("better", counted_sentence("{count} case is better", "{count} cases are better", number["better"])),
    ]


def cause_cell_words(cell: CauseCell) -> Wording:
    """Return how many of the cases of a cause show it in a column, and of how many nothing is known there."""
    total = len(cell.shown) + len(cell.clear) + len(cell.unknown)
    if len(cell.unknown) == total:
        return sentence("not judged")
    shown = sentence("{count} of {total}", count=len(cell.shown), total=total)
    if not cell.unknown:
        return shown
    return sentence("{shown}, {count} not judged", shown=shown, count=len(cell.unknown))


def cell_words(verdict: str | None) -> Wording:
    """Return a verdict; of what a report does not have, that it is not there."""
    return sentence("not there") if verdict is None else verdict_words(verdict)


def column_words(column: ReportColumn) -> Sentence:
    """Return a column on one line: its letter, what was tested, by which documents, when, and the counts."""
    report = column.report
    return sentence(
        "{letter}: {name}, {documents}, {date}; {counts}",
        letter=column.letter,
        name=column.name,
        documents=languages_words(report["coverage"]),
        date=report["started_at"],
        counts=counts_words(report),
    )


def notes(columns: Sequence[ReportColumn]) -> list[Sentence]:
    """Return what makes the columns unequal, so that a difference may say nothing of what was tested."""
    return [*_of_runs(columns), *_of_sets(columns), *_of_kinds(columns)]


def _of_runs(columns: Sequence[ReportColumn]) -> Iterator[Sentence]:
    for column in columns:
        report = column.report
        if not report["complete"]:
            yield sentence(
                "The run of {letter} did not end: {total} of {selected} cases have a verdict.",
                letter=column.letter,
                total=report["summary"]["total"],
                selected=report["selected"],
            )
        if "groups" not in report:
            yield sentence("The report of {letter} is of an older version and names no causes.", letter=column.letter)


def _of_sets(columns: Sequence[ReportColumn]) -> Iterator[Sentence]:
    every = {name for column in columns for name in column.cases}
    for column in columns:
        if missing := len(every) - len(column.cases):
            yield counted_sentence(
                "{letter} lacks {count} case that another report has. It is no pass.",
                "{letter} lacks {count} cases that another report has. They are no passes.",
                missing,
                letter=column.letter,
            )
        if number := column.report["summary"].get("not_run", 0):
            yield sentence("{letter} did not run {count} of its cases.", letter=column.letter, count=number)
        if number := column.report["summary"].get("error", 0):
            yield counted_sentence(
                "{letter} had no answer that could be judged in {count} case.",
                "{letter} had no answer that could be judged in {count} cases.",
                number,
                letter=column.letter,
            )


def _of_kinds(columns: Sequence[ReportColumn]) -> Iterator[Sentence]:
    if _differ(columns, lambda report: sorted(report["coverage"])):
        yield sentence("The columns are judged by different documents.")
    if _differ(columns, lambda report: report["tool"]["version"]):
        yield sentence("The columns are made by different versions of the suite, whose cases may differ.")
    if _differ(columns, lambda report: report["fuzz"]["seed"] if "fuzz" in report else None):
        yield sentence(
            "The columns are of property tests with different seeds, or of cases and of property tests: what only "
            "one of them has says nothing of the other."
        )
    if _differ(columns, lambda report: report.get("shard")):
        yield sentence("The columns are different parts of a run; `conformance report merge` joins parts.")


def _differ(columns: Sequence[ReportColumn], what: Callable[[Report], object]) -> bool:
    first = what(columns[0].report)
    return any(what(column.report) != first for column in columns)
