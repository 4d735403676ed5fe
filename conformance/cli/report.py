"""`conformance report`: what a run left, shown again; several side by side; and the reports of shards joined."""

from __future__ import annotations

import sys
from io import StringIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console

from conformance.cli.support.plain_options import PlainCommand, PlainGroup
from conformance.core.errors import ExitStatus, UsageError
from conformance.core.failures.system_failures import not_written
from conformance.core.sentences.recognition import in_reader_language
from conformance.core.wording import near
from conformance.reports.exit_status import exit_status
from conformance.reports.formats.rich_screen import RichScreen, summary_console
from conformance.reports.formats.terminal import print_summary
from conformance.reports.formats.words import fuzz_words, said
from conformance.reports.inputs import refuse_inputs
from conformance.reports.json_encoding import json_readable
from conformance.reports.merge import merge_reports
from conformance.reports.report_reader import read_report
from conformance.reports.store import write_json
from conformance.reports.whole_files import output_file, write_page

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.judging.report_entries import Report
    from conformance.reports.compare.side_by_side import SideBySide

FORMATS: Final = (
    *("text", "html", "markdown", "junit", "xunit", "ctrf", "sarif", "github", "counts", "badge", "allure", "json"),
)
_WIDTH: Final = 120
"""Characters of a line of the summary in a file."""
_HELP: Final = ("-h", "--help")


class _Group(PlainGroup):
    """Lets `report DIR` mean `report show DIR`."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]  # typer.Context is its public name
        words = args if not args or args[0] in (*self.commands, *_HELP) else ["show", *args]
        return super().parse_args(ctx, words)


report = typer.Typer(cls=_Group, no_args_is_help=True, rich_markup_mode=None)


@report.callback()
def _report() -> None:
    """Show a report (`report DIR`), or several side by side (`report compare A B`), or join shards (`report merge`)."""


@report.command(cls=PlainCommand)
def show(
    folder: Annotated[Path, typer.Argument(help="The folder of a run, e.g. reports/latest.")],
    *,
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "text",
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", help="Write to this file; of allure, into this folder.  [default: standard output]"
        ),
    ] = None,
) -> None:
    """Show the report of a run, also of one that was killed, in any format. The word `show` may be left out."""
    if form not in FORMATS:
        raise UsageError(f"--format {form!r} is unknown", hint=near(form, FORMATS))
    refuse_inputs(output, [folder], remade=form)
    loaded = read_report(folder)
    if form == "allure":
        _write_folder(loaded, output)
    elif output is None and form == "text":
        _print_text(summary_console(), loaded, folder)
    elif output is None:
        sys.stdout.flush()
        write(loaded, form, sys.stdout.buffer)
    else:
        try:
            with output_file(output) as stream:
                if form == "text":
                    stream.write(_text(loaded, folder).encode("utf-8", "backslashreplace"))
                else:
                    write(loaded, form, stream)
        except OSError as fault:
            raise not_written(output, fault, None) from None


def _write_folder(loaded: Report, output: Path | None) -> None:
    """Write the format that is many files."""
    from conformance.reports.formats.allure import write_allure  # noqa: PLC0415

    if output is None:
        raise UsageError("--format allure is a folder of files", hint="give the folder, e.g. -o allure-results")
    if output.exists() and not output.is_dir():
        raise UsageError("is no folder", where=output, hint="give a folder, e.g. -o allure-results")
    try:
        write_allure(loaded, output)
    except OSError as fault:
        raise not_written(output, fault, None) from None


def _print_text(console: Console, loaded: Report, folder: Path) -> None:
    print_summary(RichScreen(console), loaded, folder)
    for line in fuzz_words(loaded["fuzz"]) if "fuzz" in loaded else ():
        console.print(said(line), highlight=False, markup=False, soft_wrap=True)


def _text(loaded: Report, folder: Path) -> str:
    """Return the summary as a text without colours."""
    stream = StringIO()
    _print_text(Console(file=stream, width=_WIDTH, color_system=None), loaded, folder)
    return stream.getvalue()


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
    print_summary(RichScreen(console), merged.report, output)
    for note in merged.cut_short:
        console.print(in_reader_language(note), style="magenta", highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(ExitStatus.INTERRUPTED if merged.cut_short else exit_status(merged.report, strict=strict))


@report.command(cls=PlainCommand)
def compare(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(help="Folders of runs, or their report.json, two or more."),
    ] = None,
    *,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="Write a page to this file; with --json or --markdown, that."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
) -> None:
    """Show targets, releases or days side by side: what changed from each report to the next.

    Exit status: 0, whatever changed (`conformance gate` fails on what got worse); 2 bad usage, or reports that cannot
    be compared.
    """
    if as_json and markdown:
        raise UsageError("--json and --markdown exclude each other")
    refuse_inputs(output, folders or [])
    compared = _side_by_side(folders or [])
    if output is None and not (as_json or markdown):
        from conformance.reports.compare.compare_forms import print_comparison  # noqa: PLC0415

        print_comparison(summary_console(), compared)
        return
    text = _comparison(compared, "json" if as_json else "markdown" if markdown else "html")
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_page(output, text)


def _side_by_side(folders: list[Path]) -> SideBySide:
    from conformance.reports.compare.columns import check_number, columns_of  # noqa: PLC0415
    from conformance.reports.compare.side_by_side import side_by_side  # noqa: PLC0415

    check_number(len(folders))
    return side_by_side(columns_of([read_report(folder) for folder in folders], folders))


def _comparison(compared: SideBySide, form: str) -> str:
    from conformance.reports.compare.compare_forms import comparison_json, comparison_markdown  # noqa: PLC0415
    from conformance.reports.compare.compare_page import comparison_page  # noqa: PLC0415

    if form == "json":
        return json_readable(comparison_json(compared)) + "\n"
    return comparison_markdown(compared) if form == "markdown" else comparison_page(compared)


def write(loaded: Report, form: str, stream: IO[bytes]) -> None:
    """Write a report in one of `FORMATS` but text and allure."""
    if form == "json":
        write_json(loaded, stream)
        return
    for part in _parts(loaded, form):
        stream.write(part.encode("utf-8", "backslashreplace"))


def _parts(loaded: Report, form: str) -> Iterable[str]:
    # Each format pays for its own libraries.
    match form:
        case "html":
            from conformance.reports.formats.html import html_parts  # noqa: PLC0415

            return html_parts(loaded)
        case "junit" | "xunit":
            from conformance.reports.formats.junit import junit_parts  # noqa: PLC0415

            return junit_parts(loaded, places=form == "junit")
        case "ctrf":
            from conformance.reports.formats.ctrf import ctrf_parts  # noqa: PLC0415

            return ctrf_parts(loaded)
        case "markdown":
            from conformance.reports.formats.markdown import markdown_page  # noqa: PLC0415

            return [markdown_page(loaded)]
    return _parts_for_github(loaded, form)


def _parts_for_github(loaded: Report, form: str) -> Iterable[str]:
    # GitHub runs a step in the root of the repository, and names files relative to it.
    root = str(Path.cwd())
    match form:
        case "sarif":
            from conformance.reports.formats.sarif import sarif_parts  # noqa: PLC0415

            return sarif_parts(loaded, root)
        case "badge":
            from conformance.reports.formats.badge import badge  # noqa: PLC0415

            return [badge(loaded)]
    from conformance.reports.formats.github import annotation_lines, output_lines  # noqa: PLC0415

    return annotation_lines(loaded, root) if form == "github" else output_lines(loaded)
