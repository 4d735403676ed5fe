"""The summary of a run for a person: what differs first, counts last."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, Final

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.contract.languages import LANGUAGES, REGISTRY
from conformance.core.terminal import printable
from conformance.judging.causes import causes_of
from conformance.judging.divergence import NOT_OBSERVED, promise_at
from conformance.judging.exchange_entries import MAX_TEXT, shortened
from conformance.judging.near_texts import differ_in, marked
from conformance.judging.verdicts import FAILED, VERDICTS
from conformance.reports.by_operation import counts_by_operation, of_several_operations
from conformance.reports.exit_status import no_answer_reason
from conformance.reports.formats.bounded import bounded_line
from conformance.reports.formats.cause_text import LONGEST, changes_of, heading_of, overview_lines, sources_of
from conformance.reports.formats.text import (
    coverage_lines,
    follows_text,
    languages_text,
    mismatch_line,
    note_lines,
    promise_text,
    shown_counts,
    total_text,
)
from conformance.reports.stored_cases import cases_where, cases_with_verdict, tallied_cases

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from conformance.judging.report_entries import CaseEntry, GroupEntry, Report

_STYLES: Final = {
    "pass": "green",
    "mismatch": "red",
    "divergent": "yellow",
    "not_run": "cyan",
    "error": "magenta",
    "not_applicable": "dim",
}
_PIPE_WIDTH: Final = 120
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
    _print_reasons(console, cases_with_verdict(report, "not_run"), "NOT RUN", "cyan")
    if not report["complete"]:
        ran = f"{report['summary']['total']} of {report['selected']}"
        console.print(Text(f"incomplete: {ran} cases were run", "magenta"))
    _print_divergence(console, report)
    _print_operations(console, report)
    for line in note_lines(report):
        console.print(Text(shortened(line), "yellow"), soft_wrap=True)
    for line in coverage_lines(report):
        console.print(line, highlight=False)
    for line in changes:
        _line(console, "", "", line)
    print_counts(console, report, folder)


def print_counts(console: Console, report: Report, folder: Path | None) -> None:
    """Print how many cases have which verdict, why nothing could be judged, and where the report is."""
    console.print(_counts(report), highlight=False)
    reason = no_answer_reason(report)
    if reason is not None:
        _line(console, "", "magenta", reason)
    if folder is not None:
        _line(console, "report: ", "dim", str(folder))


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
        _line(console, "MISMATCH ", "bold red", f"{len(groups) - _SHOWN} causes more; the report has them")


def _print_mismatch(console: Console, group: GroupEntry, example: CaseEntry) -> None:
    _line(console, "MISMATCH ", "bold red", heading_of(group))
    expected, observed = group["expected"][0], group["observed"]
    if differ_in(expected, observed):
        _print_marked(console, str(expected), str(observed))
    if sources := sources_of(group):
        _line(console, "", "", sources, indent=4)
    _line(console, "", "", f"{example['id']} ({example['where']})", indent=4)
    _line(console, "", "", shortened(example["title"], LONGEST), indent=8)
    _print_situation(console, group, example)
    if example["reason"]:
        _line(console, "rule: ", "dim", example["reason"], indent=8)
    _print_names(console, [name for name in group["cases"] if name != example["id"]])
    _print_commands(console, group)
    console.print()


def _print_error(console: Console, group: GroupEntry, example: CaseEntry) -> None:
    _line(console, "ERROR ", "bold magenta", heading_of(group))
    if sources := sources_of(group):
        _line(console, "", "", sources, indent=4)
    _print_names(console, group["cases"])
    _print_situation(console, group, example)
    _print_commands(console, group)


def _print_situation(console: Console, group: GroupEntry, example: CaseEntry) -> None:
    """Print what the example of a cause changes, and the states that are set for it."""
    if changes := changes_of(group):
        _line(console, "changes ", "dim", changes, indent=8)
    if states := example.get("states"):
        _line(console, "states ", "dim", ", ".join(dict.fromkeys(state["name"] for state in states)), indent=8)


def _print_names(console: Console, names: Sequence[str]) -> None:
    for name in names[:_NAMED]:
        _line(console, "", "", name, indent=4)
    if len(names) > _NAMED:
        _line(console, "", "", f"and {len(names) - _NAMED} more", indent=4)


def _print_commands(console: Console, group: GroupEntry) -> None:
    if group["reproduce"]:
        _line(console, "reproduce: ", "dim", group["reproduce"], indent=4)
    if rerun := group.get("rerun"):
        _line(console, "run again: ", "dim", rerun, indent=4)


def _print_marked(console: Console, expected: str, observed: str) -> None:
    """Print two texts that differ a little, and a line below each that points to what differs."""
    for label, segments in zip(("expected: ", "observed: "), marked(expected, observed), strict=True):
        line, below = Text(" " * 4 + label, "dim"), " " * (4 + len(label))
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
        _print_case(console, first, f"DIVERGENT, follows {languages_text(first['follows'])}", "yellow")
        _print_names(console, [case["id"] for case in others])
        console.print()
    more = report["summary"]["divergent"] - _SHOWN
    if more > 0:
        _line(console, "DIVERGENT ", "bold yellow", f"{more} cases more; the report has them")


def _print_case(console: Console, case: CaseEntry, label: str, style: str) -> None:
    _line(console, f"{label} ", f"bold {style}", case["id"])
    _line(console, case["title"], "", f" ({case['where']})", indent=4)
    for mismatch in case["mismatches"]:
        _line(console, "", "", mismatch_line(mismatch), indent=4)
    if case["reason"]:
        _line(console, "rule: ", "dim", case["reason"], indent=4)


def _print_divergence(console: Console, report: Report) -> None:
    """Print the table of the points on which the documents disagree, and whom the server follows in each."""
    points, several = report["disagreements"], of_several_operations(report)
    if several:
        points = [point for point in points if point["follows"] != NOT_OBSERVED]
    if not points:
        return
    table = Table(title="Where the documents disagree", title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    if several:
        table.add_column("operation", overflow="fold")
    table.add_column("point", no_wrap=not several, overflow="fold")
    for heading in (*(language.name for language in REGISTRY), "the server"):
        table.add_column(heading, overflow="fold")
    table.add_column("follows", no_wrap=True)
    for point in points[:_SHOWN]:
        table.add_row(
            *([Text(printable(point["operation"]))] if several else []),
            Text(printable(point["point"])),
            *(Text(promise_text(promise_at(point, language))) for language in LANGUAGES),
            Text(printable(", ".join(point["observed"])) or "-"),
            Text(follows_text(point["follows"])),
        )
    console.print(table)
    if len(points) > _SHOWN or len(points) < len(report["disagreements"]):
        shown = min(len(points), _SHOWN)
        _line(console, "", "", f"{shown} of {len(report['disagreements'])} points are shown; the report has them all")


def _print_operations(console: Console, report: Report) -> None:
    """Print the counts of each operation with cases that do not pass, where the report is about several."""
    every = counts_by_operation(report)
    differing = [each for each in every if each.differs]
    if not differing:
        return
    verdicts = [name for name in VERDICTS if any(name in each.counts for each in differing)]
    _line(console, f"{len(differing)} of {len(every)} operations have cases that did not pass", "bold", "")
    table = Table(box=SIMPLE_HEAD)
    table.add_column("operation", overflow="fold")
    for name in verdicts:
        table.add_column(name.replace("_", " "), justify="right", no_wrap=True)
    for each in differing[:_SHOWN]:
        counts = (Text(str(each.counts.get(name, "")), _STYLES[name]) for name in verdicts)
        table.add_row(Text(printable(each.operation)), *counts)
    console.print(table)


def _print_expected_failures(console: Console, report: Report) -> None:
    for entry in tallied_cases(report):
        if entry.known_failing is None:
            continue
        if entry.verdict in FAILED:
            _line(console, "KNOWN TO FAIL ", "dim", f"{entry.id}: {entry.known_failing}")
        elif entry.verdict == "pass":
            _line(console, "STALE ", "bold red", f"{entry.id} passes: take it from the list of known failures")


def _print_reasons(console: Console, cases: Iterable[CaseEntry], label: str, style: str) -> None:
    """Print cases that share a reason together: a server that is down gives the same reason for each."""
    names: dict[str, list[str]] = defaultdict(list)
    commands: dict[str, str] = {}
    for case in cases:
        reason, command = case["reason"] or "", case["reproduce"]
        names[reason].append(case["id"])
        if command and len(command) < len(commands.get(reason, command + " ")):
            commands[reason] = command
    for reason, alike in sorted(names.items(), key=lambda pair: -len(pair[1])):
        _line(console, f"{label} ", f"bold {style}", f"{len(alike)} × {reason}")
        _print_names(console, alike)
        if reason in commands:
            _line(console, "reproduce: ", "dim", commands[reason], indent=4)


def _counts(report: Report) -> Text:
    text = Text(f"{total_text(report)}: ")
    for index, (name, count) in enumerate(shown_counts(report)):
        text.append(", " if index else "")
        text.append(f"{count} {name.replace('_', ' ')}", _STYLES[name] if count else "")
    if report["duration_s"] is not None:
        text.append(f" in {report['duration_s']:.1f} s")
    return text


def _line(console: Console, label: str, style: str, text: str, *, indent: int = 0) -> None:
    """Print one line of plain text: never cut, never read as markup, so that it can be copied."""
    line = Text(" " * indent)
    line.append(bounded_line(label), style)
    line.append(bounded_line(text, MAX_TEXT))
    console.print(line, soft_wrap=True, highlight=False)
