"""The summary of a run for a person: what differs first, counts last."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from conformance.reports.build import FAILED
from conformance.reports.text import (
    LANGUAGE_NAMES,
    coverage_lines,
    mismatch_line,
    printable,
    promise_text,
    shown_counts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from conformance.reports.build import Report

_STYLES: Final = {
    "pass": "green",
    "mismatch": "red",
    "divergent": "yellow",
    "not_run": "cyan",
    "error": "magenta",
    "not_applicable": "dim",
}
_PIPE_WIDTH: Final = 120
_NAMED: Final = 5
"""How many cases that failed for one reason are named; the report has them all."""


def summary_console() -> Console:
    """Return the console of a summary: as wide as the terminal, and in a pipe wide enough for its table."""
    console = Console()
    return console if console.is_terminal else Console(width=_PIPE_WIDTH)


def print_summary(console: Console, report: Report, folder: Path | None) -> None:
    """Print each mismatch, what the server follows where the documents differ, what did not run, and the counts."""
    by_verdict: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for case in report["cases"]:
        by_verdict[case["verdict"]].append(case)
    for case in by_verdict["mismatch"]:
        if case["known_failing"] is not None:
            continue
        _print_case(console, case, "MISMATCH", "red")
        _line(console, "reproduce: ", "dim", case["reproduce"] or "", indent=4)
        console.print()
    for case in by_verdict["divergent"]:
        followed = " and ".join(LANGUAGE_NAMES[language] for language in case["follows"])
        _print_case(console, case, f"DIVERGENT, follows {followed}", "yellow")
        console.print()
    _print_reasons(console, [case for case in by_verdict["error"] if not case["known_failing"]], "ERROR", "magenta")
    _print_known(console, report)
    _print_reasons(console, by_verdict["not_run"], "NOT RUN", "cyan")
    if not report["complete"]:
        console.print(Text(f"incomplete: {len(report['cases'])} of {report['selected']} cases were run", "magenta"))
    _print_points(console, report)
    for line in coverage_lines(report):
        console.print(line, highlight=False)
    console.print(_counts(report), highlight=False)
    if folder is not None:
        _line(console, "report: ", "dim", str(folder))


def _print_case(console: Console, case: dict[str, Any], label: str, style: str) -> None:
    _line(console, f"{label} ", f"bold {style}", case["id"])
    _line(console, case["title"], "", f" ({case['where']})", indent=4)
    for mismatch in case["mismatches"]:
        _line(console, "", "", mismatch_line(mismatch), indent=4)


def _print_points(console: Console, report: Report) -> None:
    """Print the table of the points on which the documents disagree, and whom the server follows in each."""
    if not report["disagreements"]:
        return
    table = Table(title="Where the documents disagree", title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    table.add_column("point", no_wrap=True)
    for heading in ("English", "Chinese", "the server"):
        table.add_column(heading, overflow="fold")
    table.add_column("follows", no_wrap=True)
    for point in report["disagreements"]:
        table.add_row(
            Text(point["point"]),
            Text(promise_text(point["en"])),
            Text(promise_text(point["zh"])),
            Text(printable(", ".join(point["observed"])) or "-"),
            Text(LANGUAGE_NAMES.get(point["follows"], point["follows"])),
        )
    console.print(table)


def _print_known(console: Console, report: Report) -> None:
    for case in report["cases"]:
        if case["known_failing"] is None:
            continue
        if case["verdict"] in FAILED:
            _line(console, "KNOWN TO FAIL ", "dim", f"{case['id']}: {case['known_failing']}")
        elif case["verdict"] == "pass":
            _line(console, "STALE ", "bold red", f"{case['id']} passes: take it from the list of known failures")


def _print_reasons(console: Console, cases: Iterable[dict[str, Any]], label: str, style: str) -> None:
    """Print cases that share a reason together: a server that is down would say the same of each."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        by_reason[case["reason"] or ""].append(case["id"])
    for reason, names in sorted(by_reason.items(), key=lambda pair: -len(pair[1])):
        _line(console, f"{label} ", f"bold {style}", f"{len(names)} × {reason}")
        for name in names[:_NAMED]:
            _line(console, "", "", name, indent=4)
        if len(names) > _NAMED:
            _line(console, "", "", f"and {len(names) - _NAMED} more", indent=4)


def _counts(report: Report) -> Text:
    text = Text(f"{report['summary']['total']} cases: ")
    for index, (name, count) in enumerate(shown_counts(report)):
        text.append(", " if index else "")
        text.append(f"{count} {name.replace('_', ' ')}", _STYLES[name] if count else "")
    if report["duration_s"] is not None:
        text.append(f" in {report['duration_s']:.1f} s")
    return text


def _line(console: Console, label: str, style: str, text: str, *, indent: int = 0) -> None:
    """Print one line of plain text: never cut, never read as markup, so that it can be copied."""
    line = Text(" " * indent)
    line.append(printable(label), style)
    line.append(printable(text))
    console.print(line, soft_wrap=True, highlight=False)
