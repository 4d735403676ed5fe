"""`conformance report`: what a run left, shown again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from conformance.errors import UsageError
from conformance.reports.folder import read_report
from conformance.reports.junit import junit_xml
from conformance.reports.terminal import print_summary
from conformance.yamlfile import near

FORMATS = ("text", "junit")


def report(
    folder: Annotated[Path, typer.Argument(help="The folder of a run, e.g. reports/latest.")],
    *,
    form: Annotated[str, typer.Option("--format", help="text or junit.")] = "text",
) -> None:
    """Show the report of a run, also of one that was killed."""
    if form not in FORMATS:
        raise UsageError(f"--format {form!r} is unknown", hint=near(form, FORMATS))
    found = read_report(folder)
    if form == "junit":
        typer.echo(junit_xml(found))
    else:
        print_summary(Console(), found, folder)
