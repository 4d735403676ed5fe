"""What a run prints, and when it stops: the options that `run` and `fuzz` share."""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Annotated, Final

import typer

from conformance.core.errors import UsageError
from conformance.reports.store import write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from conformance.judging.report_entries import Report

WATCH: Final = "--watch"
"""The option by which a run is made again and again."""

ExitFirstOption = Annotated[bool, typer.Option("-x", "--exit-first", help="Stop at the first case that fails.")]
MaxfailOption = Annotated[int | None, typer.Option(metavar="N", help="Stop when N cases have failed.")]
WaitOption = Annotated[
    float | None, typer.Option(metavar="SECONDS", help="Wait so long for the server to listen.  [default: 0]")
]
QuietOption = Annotated[bool, typer.Option("-q", "--quiet", help="Print the counts and the place of the report alone.")]
VerboseOption = Annotated[bool, typer.Option("-v", "--verbose", help="Print each case when it ends.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print report.json instead of the summary.")]


def check_output(wait: float | None, *, quiet: bool, verbose: bool, as_json: bool) -> None:
    """Refuse options that cannot be; raises `UsageError`."""
    if wait is not None and wait < 0:
        raise UsageError(f"--wait {wait:g} is below 0")
    if wait is not None and not math.isfinite(wait):
        raise UsageError(f"--wait {wait:g} is not a number of seconds")
    if sum((quiet, verbose, as_json)) > 1:
        raise UsageError("-q, -v and --json exclude each other", hint="give one of them")


def most_failures_of(maxfail: int | None, *, exit_first: bool) -> int | None:
    """Return after how many failures a run ends, `None` for never; raises `UsageError` for a number that cannot be."""
    if maxfail is not None and maxfail < 1:
        raise UsageError(f"--maxfail {maxfail} is not a number above 0")
    return 1 if exit_first else maxfail


def print_outcome(
    report: Report,
    folder: Path,
    changes: Callable[[], Sequence[str]] = tuple,
    *,
    quiet: bool,
    as_json: bool,
) -> None:
    """Print what a run found.

    Args:
        report: Its report.
        folder: Where that is.
        changes: Makes the lines that say what changed since the run before; called when they are shown.
        quiet: Whether the counts and the place are all.
        as_json: Whether the report itself is printed, and nothing else.
    """
    # What prints is loaded while the first answers are waited for.
    from conformance.reports.formats.plain_screen import summary_screen  # noqa: PLC0415
    from conformance.reports.formats.terminal import print_counts, print_summary  # noqa: PLC0415

    if as_json:
        sys.stdout.flush()
        write_json(report, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    elif quiet:
        print_counts(summary_screen(), report, folder)
    else:
        print_summary(summary_screen(), report, folder, changes())
