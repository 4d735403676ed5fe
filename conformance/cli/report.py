"""`conformance report`: what a run left, shown again; and the reports of shards joined."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Final

import typer
from typer.core import TyperGroup

from conformance.cli.support.plain_options import PlainCommand
from conformance.core.errors import ExitStatus, UsageError
from conformance.core.system_failures import not_written
from conformance.core.yamlfile import near
from conformance.reports.exit_status import exit_status
from conformance.reports.formats.terminal import print_summary, summary_console
from conformance.reports.merge import merge_reports
from conformance.reports.report_reader import read_report
from conformance.reports.store import write_json
from conformance.reports.whole_files import output_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.judging.report_entries import Report

FORMATS: Final = ("text", "html", "junit", "ctrf", "markdown", "json")
_HELP: Final = ("-h", "--help")


class _Group(TyperGroup):
    """Lets `report DIR` mean `report show DIR`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]  # typer.Context is its public name
        words = args if not args or args[0] in (*self.commands, *_HELP) else ["show", *args]
        return super().parse_args(ctx, words)


report = typer.Typer(cls=_Group, no_args_is_help=True, rich_markup_mode=None)


@report.callback()
def _report() -> None:
    """Show the report of a run (`report DIR`), or join those of shards (`report merge DIR... -o DIR`)."""


@report.command(cls=PlainCommand)
def show(
    folder: Annotated[Path, typer.Argument(help="The folder of a run, e.g. reports/latest.")],
    *,
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "text",
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write to this file.  [default: standard output]")
    ] = None,
) -> None:
    """Show the report of a run, also of one that was killed, in any format. The word `show` may be left out."""
    if form not in FORMATS:
        raise UsageError(f"--format {form!r} is unknown", hint=near(form, FORMATS))
    loaded = read_report(folder)
    if form == "text":
        if output is not None:
            raise UsageError("-o goes with another format than text", hint="e.g. --format html")
        print_summary(summary_console(), loaded, folder)
        return
    if output is None:
        sys.stdout.flush()
        write(loaded, form, sys.stdout.buffer)
        return
    try:
        with output_file(output) as stream:
            write(loaded, form, stream)
    except OSError as fault:
        raise not_written(output, fault, None) from None


@report.command(cls=PlainCommand)
def merge(
    folders: Annotated[list[Path], typer.Argument(help="The folders of all shards of one run.")],
    *,
    output: Annotated[Path, typer.Option("-o", "--output", help="Write the reports of the whole into this folder.")],
    strict: Annotated[bool, typer.Option("--strict", help="Divergent cases fail the whole too.")] = False,
) -> None:
    """Join the reports of the shards of one run (`conformance run --shard I/N`), each case once.

    Exit status: as that of a run; 2 when a shard is missing, is there twice, or is of another run.
    """
    merged = merge_reports(folders, output)
    console = summary_console()
    print_summary(console, merged.report, output)
    for note in merged.cut_short:
        console.print(note, style="magenta", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(ExitStatus.INTERRUPTED if merged.cut_short else exit_status(merged.report, strict=strict))


def write(loaded: Report, form: str, stream: IO[bytes]) -> None:
    """Write a report in one of `FORMATS` but text."""
    if form == "json":
        write_json(loaded, stream)
        return
    for part in _parts(loaded, form):
        stream.write(part.encode("utf-8", "backslashreplace"))
    if form == "ctrf":
        stream.write(b"\n")


def _parts(loaded: Report, form: str) -> Iterable[str]:
    # Each format pays for its own libraries.
    match form:
        case "html":
            from conformance.reports.formats.html import html_parts  # noqa: PLC0415

            return html_parts(loaded)
        case "junit":
            from conformance.reports.formats.junit import junit_parts  # noqa: PLC0415

            return junit_parts(loaded)
        case "ctrf":
            from conformance.reports.formats.ctrf import ctrf  # noqa: PLC0415

            return json.JSONEncoder(ensure_ascii=False, indent=1).iterencode(ctrf(loaded))
    from conformance.reports.formats.markdown import markdown_page  # noqa: PLC0415

    return [markdown_page(loaded)]
