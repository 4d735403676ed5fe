"""`--watch`: a run again whenever a file that it depends on changes, of what failed in the one before."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import typer

from conformance.cli.support.last_run import read_last_run
from conformance.core.errors import ExitStatus
from conformance.core.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

OPTION: Final = "--watch"
_AGAIN: Final = "--last-failed"
_QUIET_MS: Final = 50
"""After so long without another change the run begins: an editor writes a file in several steps."""


def watch(words: Sequence[str], paths: Sequence[Path], report_dir: Path | None) -> ExitStatus:
    """Run, wait for a change, and run again what failed, until Ctrl-C.

    Each run is a process of its own, so that nothing that was read before a change is used after it.

    Args:
        words: The words of the command, without `OPTION`.
        paths: The files and folders whose changes count.
        report_dir: The folder of the reports; `None` for one of its own for each run.

    Returns:
        The status of an interrupted run.
    """
    from watchfiles import watch as changes_of  # noqa: PLC0415 - only who watches pays for it

    try:
        _run(words)
        for changes in changes_of(*paths, debounce=4 * _QUIET_MS, step=_QUIET_MS, raise_interrupt=True):
            names = sorted({path for _, path in changes})
            typer.echo(f"\nchanged: {printable(', '.join(names[:3]))}{' and more' if len(names) > 3 else ''}")  # noqa: PLR2004
            ran = read_last_run(report_dir) is not None
            _run([*words, _AGAIN] if ran and _AGAIN not in words else words)
    except KeyboardInterrupt:
        pass
    return ExitStatus.INTERRUPTED


def _run(words: Sequence[str]) -> None:
    import subprocess  # noqa: PLC0415 - only who watches pays for it

    # It takes Ctrl-C by itself, and takes back its states.
    with subprocess.Popen([sys.executable, "-m", "conformance.cli", *words]) as process:  # noqa: S603 - this program
        try:
            process.wait()
        except KeyboardInterrupt:
            process.wait()
            raise
    typer.echo("waiting for a change (Ctrl-C ends)")
