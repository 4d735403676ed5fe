"""The summary of a run for a person: what differs first, counts last."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from conformance.contract.languages import LANGUAGES
from conformance.core.sentences.sentence import sentence
from conformance.core.sentences.widths import wrapped
from conformance.core.terminal import printable
from conformance.judging.causes import causes_of
from conformance.judging.divergence import NOT_OBSERVED, promise_at
from conformance.judging.exchange_entries import MAX_TEXT, shortened
from conformance.judging.texts.near_texts import differ_in, marked
from conformance.judging.verdicts import FAILED, VERDICTS
from conformance.reports.by_operation import counts_by_operation, of_several_operations
from conformance.reports.exit_status import no_answer_reason
from conformance.reports.formats.bounded import bounded_line
from conformance.reports.formats.cause_text import LONGEST, changes_words, heading_of, overview_lines, sources_words
from conformance.reports.formats.reasons import grouped_by_reason
from conformance.reports.formats.words import (
    answers_words,
    coverage_words,
    follows_words,
    language_words,
    languages_words,
    mismatch_words,
    promise_words,
    said,
    shown_counts,
    spoken,
    text_words,
    total_words,
    verdict_words,
)
from conformance.reports.stored_cases import cases_where, cases_with_verdict, tallied_cases

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from conformance.judging.report_entries import CaseEntry, GroupEntry, PointEntry, Report

_STYLES: Final = {
    "pass": "green",
    "mismatch": "red",
    "divergent": "yellow",
    "not_run": "cyan",
    "error": "magenta",
    "not_applicable": "dim",
}
_PIPE_WIDTH: Final = 120
_ANY_WIDTH: Final = 10_000
"""Columns that no table needs."""
_SHOWN: Final = 500
"""How many causes, and how many divergent cases, are shown one by one."""
_NAMED: Final = 5
"""How many cases that failed for one reason are named; the report has them all."""


def summary_console() -> Console:
    """Return the console of a summary: as wide as the terminal, and in a pipe wide enough for its table."""
    console = Console()
    return console if console.is_terminal else Console(width=_PIPE_WIDTH)


def print_summary(console: Console, report: Report, folder: Path | None, changes: Sequence[str] = ()) -> None:
    """Print each cause, what the server follows where the documents differ, what did not run, and the counts.

    Args:
        console: Where to.
        report: The report.
        folder: Where it is; `None` for nowhere.
        changes: What changed since the run before, in lines.
    """
    _print_causes(console, report)
    _print_divergent(console, report)
    _print_expected_failures(console, report)
    _print_reasons(console, cases_with_verdict(report, "not_run"), spoken("NOT RUN"), "cyan")
    if not report["complete"]:
        ran = sentence(
            "incomplete: {total} of {selected} cases were run",
            total=report["summary"]["total"],
            selected=report["selected"],
        )
        console.print(Text(said(ran), "magenta"))
    _print_divergence(console, report)
    _print_operations(console, report)
    for note in report.get("notes", []):
        console.print(
            Text(said(sentence("note: {text}", text=shortened(printable(_told(note["text"]))))), "yellow"),
            soft_wrap=True,
        )
    for each in coverage_words(report):
        for line in wrapped(said(each), console.width):
            console.print(line, highlight=False, markup=False, soft_wrap=True)
    for change in changes:
        _line(console, "", "", _told(change))
    print_counts(console, report, folder)


def print_counts(console: Console, report: Report, folder: Path | None) -> None:
    """Print how many cases have which verdict, why nothing could be judged, and where the report is."""
    console.print(_counts(report), highlight=False)
    reason = no_answer_reason(report)
    if reason is not None:
        _line(console, "", "magenta", _told(reason))
    if folder is not None:
        _line(console, spoken("report: "), "dim", str(folder))


def _print_causes(console: Console, report: Report) -> None:
    """Print each cause once, that of most cases first, with the case that shows it best; before them, a short list."""
    groups = report.get("groups", [])
    if len(groups) > 1:
        for line in overview_lines(groups, console.width):
            _line(console, "", "", line)
        console.print()
    examples = {group["example"] for group in groups[:_SHOWN]}
    cases = {case["id"]: case for case in cases_where(report, lambda entry: entry.id in examples)}
    for group in groups[:_SHOWN]:
        if group.get("verdict") == "error":
            _print_error(console, group, cases[group["example"]])
        else:
            _print_mismatch(console, group, cases[group["example"]])
    if len(groups) > _SHOWN:
        more = sentence("{count} causes more; the report has them", count=len(groups) - _SHOWN)
        _line(console, spoken("MISMATCH "), "bold red", said(more))


def _print_mismatch(console: Console, group: GroupEntry, example: CaseEntry) -> None:
    _line(console, spoken("MISMATCH "), "bold red", heading_of(group))
    expected, observed = group["expected"][0], group["observed"]
    if differ_in(expected, observed):
        _print_marked(console, str(expected), str(observed))
    if sources := sources_words(group):
        _line(console, "", "", said(sources), indent=4)
    _line(console, "", "", f"{example['id']} ({example['where']})", indent=4)
    _line(console, "", "", shortened(_told(example["title"]), LONGEST), indent=8)
    _print_situation(console, group, example)
    if example["reason"]:
        _line(console, spoken("rule: "), "dim", _told(example["reason"]), indent=8)
    _print_names(console, [name for name in group["cases"] if name != example["id"]])
    _print_commands(console, group)
    console.print()


def _print_error(console: Console, group: GroupEntry, example: CaseEntry) -> None:
    _line(console, spoken("ERROR "), "bold magenta", heading_of(group))
    if sources := sources_words(group):
        _line(console, "", "", said(sources), indent=4)
    _print_names(console, group["cases"])
    _print_situation(console, group, example)
    _print_commands(console, group)


def _print_situation(console: Console, group: GroupEntry, example: CaseEntry) -> None:
    """Print what the example of a cause changes, and the states that are set for it."""
    if changes := changes_words(group):
        _line(console, spoken("changes "), "dim", said(changes), indent=8)
    if states := example.get("states"):
        _line(console, spoken("states "), "dim", ", ".join(dict.fromkeys(state["name"] for state in states)), indent=8)


def _print_names(console: Console, names: Sequence[str]) -> None:
    for name in names[:_NAMED]:
        _line(console, "", "", name, indent=4)
    if len(names) > _NAMED:
        _line(console, "", "", said(sentence("and {count} more", count=len(names) - _NAMED)), indent=4)


def _print_commands(console: Console, group: GroupEntry) -> None:
    if group["reproduce"]:
        _line(console, spoken("reproduce: "), "dim", group["reproduce"], indent=4)
    if rerun := group.get("rerun"):
        _line(console, spoken("run again: "), "dim", rerun, indent=4)


def _print_points(console: Console, points: Sequence[PointEntry]) -> None:
    """Print the points at which the documents disagree where a table would break their names."""
    _line(console, spoken("Where the documents disagree"), "bold", "")
    for point in points:
        _line(console, "", "", f"{point['operation']} {point['point']}", indent=2)
        sides = [(language_words(language), promise_words(promise_at(point, language))) for language in LANGUAGES]
        server = (sentence("the server"), answers_words(point["observed"]))
        for label, text in (*sides, server, (sentence("follows"), follows_words(point["follows"]))):
            _line(console, "", "", said(sentence("{before}: {rest}", before=label, rest=text)), indent=6)


def _print_marked(console: Console, expected: str, observed: str) -> None:
    """Print two texts that differ a little, and a line below each that points to what differs."""
    labels = spoken("expected: "), spoken("observed: ")
    for label, segments in zip(labels, marked(expected, observed), strict=True):
        line, below = Text(" " * 4 + label, "dim"), " " * (4 + cell_len(label))
        for segment in segments:
            text = printable(segment.text)
            line.append(text, "underline" if segment.differs else "not dim")
            below += ("^" if segment.differs else " ") * cell_len(text)
        console.print(line, soft_wrap=True, highlight=False)
        if "^" in below:
            console.print(Text(below.rstrip()), soft_wrap=True, highlight=False)


def _print_divergent(console: Console, report: Report) -> None:
    """Print the cases that diverge, those that do it in one way together."""
    alike: dict[tuple[object, ...], list[CaseEntry]] = {}
    for case in islice(cases_with_verdict(report, "divergent"), _SHOWN):
        way = *case["follows"], *(cause.levels[-1].key for cause in causes_of(case))
        alike.setdefault(way, []).append(case)
    for first, *others in alike.values():
        label = sentence("DIVERGENT, follows {languages}", languages=languages_words(first["follows"]))
        _print_case(console, first, said(label), "yellow")
        _print_names(console, [case["id"] for case in others])
        console.print()
    more = report["summary"]["divergent"] - _SHOWN
    if more > 0:
        said_more = said(sentence("{count} cases more; the report has them", count=more))
        _line(console, spoken("DIVERGENT "), "bold yellow", said_more)


def _print_case(console: Console, case: CaseEntry, label: str, style: str) -> None:
    _line(console, f"{label} ", f"bold {style}", case["id"])
    _line(console, _told(case["title"]), "", f" ({case['where']})", indent=4)
    for mismatch in case["mismatches"]:
        _line(console, "", "", said(mismatch_words(mismatch)), indent=4)
    if case["reason"]:
        _line(console, spoken("rule: "), "dim", _told(case["reason"]), indent=4)


def _print_divergence(console: Console, report: Report) -> None:
    """Print the table of the points on which the documents disagree, and whom the server follows in each."""
    points, several = report["disagreements"], of_several_operations(report)
    if several:
        points = [point for point in points if point["follows"] != NOT_OBSERVED]
    if not points:
        return
    table = Table(
        title=spoken("Where the documents disagree"), title_justify="left", title_style="bold", box=SIMPLE_HEAD
    )
    if several:
        table.add_column(spoken("operation"), overflow="fold")
    table.add_column(spoken("point"), no_wrap=not several, overflow="fold")
    for heading in (*(said(language_words(language)) for language in LANGUAGES), spoken("the server")):
        table.add_column(heading, overflow="fold")
    table.add_column(spoken("follows"), no_wrap=True)
    for point in points[:_SHOWN]:
        table.add_row(
            *([Text(printable(point["operation"]))] if several else []),
            Text(printable(point["point"])),
            *(Text(said(promise_words(promise_at(point, language)))) for language in LANGUAGES),
            Text(said(answers_words(point["observed"]))),
            Text(said(follows_words(point["follows"]))),
        )
    whole = console.options.update(width=_ANY_WIDTH)
    if several and Measurement.get(console, whole, table).maximum > console.width:
        _print_points(console, points[:_SHOWN])
    else:
        console.print(table)
    if len(points) > _SHOWN or len(points) < len(report["disagreements"]):
        shown = min(len(points), _SHOWN)
        told = sentence(
            "{shown} of {total} points are shown; the report has them all",
            shown=shown,
            total=len(report["disagreements"]),
        )
        _line(console, "", "", said(told))


def _print_operations(console: Console, report: Report) -> None:
    """Print the counts of each operation with cases that do not pass, where the report is about several."""
    every = counts_by_operation(report)
    differing = [each for each in every if each.differs]
    if not differing:
        return
    verdicts = [name for name in VERDICTS if any(name in each.counts for each in differing)]
    told = sentence(
        "{count} of {total} operations have cases that did not pass", count=len(differing), total=len(every)
    )
    _line(console, said(told), "bold", "")
    table = Table(box=SIMPLE_HEAD)
    table.add_column(spoken("operation"), overflow="fold")
    for name in verdicts:
        table.add_column(said(verdict_words(name)), justify="right", no_wrap=True)
    for each in differing[:_SHOWN]:
        counts = (Text(str(each.counts.get(name, "")), _STYLES[name]) for name in verdicts)
        table.add_row(Text(printable(each.operation)), *counts)
    console.print(table)


def _print_expected_failures(console: Console, report: Report) -> None:
    for entry in tallied_cases(report):
        if entry.known_failing is None:
            continue
        if entry.verdict in FAILED:
            _line(console, spoken("KNOWN TO FAIL "), "dim", f"{entry.id}: {entry.known_failing}")
        elif entry.verdict == "pass":
            told = sentence("{case} passes: take it from the list of known failures", case=entry.id)
            _line(console, spoken("STALE "), "bold red", said(told))


def _print_reasons(console: Console, cases: Iterable[CaseEntry], label: str, style: str) -> None:
    """Print cases that share a reason together: a server that is down gives the same reason for each."""
    for reason, alike in grouped_by_reason(cases):
        _line(console, f"{label} ", f"bold {style}", f"{len(alike)} × {said(reason)}")
        _print_names(console, [case["id"] for case in alike])
        commands = [case["reproduce"] for case in alike if case["reproduce"]]
        if commands:
            _line(console, spoken("reproduce: "), "dim", min(commands, key=len), indent=4)


def _counts(report: Report) -> Text:
    text = Text(said(sentence("{total}: ", total=total_words(report))))
    for index, (name, count) in enumerate(shown_counts(report)):
        text.append(spoken(", ") if index else "")
        told = sentence("{count} {verdict}", count=count, verdict=verdict_words(name))
        text.append(said(told), _STYLES[name] if count else "")
    if report["duration_s"] is not None:
        seconds = f"{report['duration_s']:.1f}"
        text.append(said(sentence(" in {seconds} s", seconds=seconds)))
    return text


def _told(text: str) -> str:
    """Return a text of a report in the language of the reader."""
    return said(text_words(text))


def _line(console: Console, label: str, style: str, text: str, *, indent: int = 0) -> None:
    """Print one line of plain text: never cut, never read as markup, so that it can be copied."""
    line = Text(" " * indent)
    line.append(bounded_line(label), style)
    line.append(bounded_line(text, MAX_TEXT))
    console.print(line, soft_wrap=True, highlight=False)
