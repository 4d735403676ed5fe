"""`conformance gate`: what a release made worse."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conformance.core.errors import ExitStatus, UsageError
from conformance.reports.formats.rich_screen import summary_console
from conformance.reports.gate.allow import load_allowed
from conformance.reports.gate.comparable import check_comparable
from conformance.reports.gate.gate import compare
from conformance.reports.gate.output import allow_lines, gate_json, gate_markdown, header_lines, print_gate, side_line
from conformance.reports.gate.selection import chosen_subjects, only_operations
from conformance.reports.inputs import refuse_inputs
from conformance.reports.json_encoding import json_readable
from conformance.reports.report_reader import read_report
from conformance.reports.whole_files import write_page

if TYPE_CHECKING:
    from conformance.judging.report_entries import Report
    from conformance.reports.gate.gate import Gate


def gate(
    baseline: Annotated[Path, typer.Argument(help="What to measure by: the folder of a run, or its report.json.")],
    report: Annotated[Path, typer.Argument(help="What is measured: the folder of a run, or its report.json.")],
    operations: Annotated[list[str] | None, typer.Argument(help="Only the cases of these.  [default: all]")] = None,
    *,
    allow: Annotated[
        Path | None, typer.Option(help="A list of accepted changes, each with a reason and a day on which it expires.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what changed as JSON.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print what changed as Markdown.")] = False,
    html: Annotated[Path | None, typer.Option("--html", help="Write a page to this file, too.")] = None,
) -> None:
    """Say what changed from one report to another, case by case, and fail on what got worse.

    Exit status: 0 nothing got worse; 1 something did; 2 bad usage, or reports that cannot be compared.
    """
    if as_json and markdown:
        raise UsageError("--json and --markdown exclude each other")
    refuse_inputs(html, (baseline, report, allow))
    allowed = load_allowed(allow) if allow is not None else ()
    old, new = read_report(baseline), read_report(report)
    if operations:
        subjects = chosen_subjects(operations, (old, new))
        old, new = only_operations(old, subjects), only_operations(new, subjects)
    check_comparable(old, new, baseline, report)
    today = _today()
    result = compare(old, new, allowed, today, whole=not operations)
    if html is not None:
        _write_page(html, result, old, new)
    if as_json:
        typer.echo(json_readable(gate_json(result, old, new, today)))
    else:
        head = [*header_lines(old, new), *_sides(old, new, baseline, report)]
        foot = allow_lines(result, today.isoformat())
        if markdown:
            typer.echo(gate_markdown(result, head, foot, today), nl=False)
        else:
            print_gate(summary_console(), result, head, foot, today)
    raise typer.Exit(ExitStatus.MISMATCH if result.worse else ExitStatus.CONFORMS)


def _write_page(path: Path, result: Gate, baseline: Report, report: Report) -> None:
    from conformance.reports.gate.gate_page import gate_page  # noqa: PLC0415 - only a page needs its templates

    write_page(path, gate_page(result, baseline, report, _today()))


def _sides(old: Report, new: Report, baseline: Path, report: Path) -> list[str]:
    lines = [f"baseline: {side_line(old, baseline)}", f"report: {side_line(new, report)}"]
    if not old["complete"]:
        lines.append("the run of the baseline did not end: what it has not tried, nothing can be measured by")
    return lines


def _today() -> date:
    return datetime.now(UTC).date()
