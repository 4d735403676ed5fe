"""`conformance report`: what a run left, shown again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conformance.errors import ReportError, UsageError
from conformance.reports.folder import read_report
from conformance.reports.terminal import print_summary, summary_console
from conformance.yamlfile import near

if TYPE_CHECKING:
    from conformance.reports.build import Report

FORMATS = ("text", "html", "junit", "ctrf", "markdown", "json")


def report(
    folder: Annotated[Path, typer.Argument(help="The folder of a run, e.g. reports/latest.")],
    *,
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "text",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write to this file.  [default: standard output]")
    ] = None,
) -> None:
    """Show the report of a run, also of one that was killed, in any format."""
    if form not in FORMATS:
        raise UsageError(f"--format {form!r} is unknown", hint=near(form, FORMATS))
    found = read_report(folder)
    if form == "text":
        if output is not None:
            raise UsageError("-o goes with another format than text", hint="e.g. --format html")
        print_summary(summary_console(), found, folder)
        return
    text = render(found, form)
    if output is None:
        typer.echo(text)
        return
    try:
        output.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as fault:
        raise ReportError(f"cannot be written: {fault.strerror}", where=output) from None


def render(found: Report, form: str) -> str:
    """Return a report in one of `FORMATS` but text."""
    # Each format pays for its own libraries.
    match form:
        case "html":
            from conformance.reports.html import html_page  # noqa: PLC0415

            return html_page(found)
        case "junit":
            from conformance.reports.junit import junit_xml  # noqa: PLC0415

            return junit_xml(found)
        case "ctrf":
            from conformance.reports.ctrf import ctrf  # noqa: PLC0415

            return json.dumps(ctrf(found), ensure_ascii=False, indent=1)
        case "markdown":
            from conformance.reports.markdown import markdown_page  # noqa: PLC0415

            return markdown_page(found)
    return json.dumps(found, ensure_ascii=False, indent=1)
