"""`--watch`: a run again whenever a file that it depends on changes, of what failed in the one before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.cli.support.last_run import LATEST, moment_of_last
from conformance.cli.support.run_output import WATCH
from conformance.cli.support.standard_streams import say
from conformance.cli.support.watch.file_changes import FileChanges
from conformance.cli.support.watch.loaded_runs import LoadedRuns
from conformance.core.errors import ExitStatus
from conformance.core.option_sources import variable_of
from conformance.core.resources import layers
from conformance.core.terminal import printable
from conformance.core.workspace import workspace_file

if TYPE_CHECKING:
    from collections.abc import Sequence

_AGAIN: Final = "--last-failed"
_SHOWN: Final = 3
_WAITING: Final = "waiting for a change (Ctrl-C ends)"


def watch(
    words: Sequence[str],
    paths: Sequence[Path],
    report_dir: Path | None,
    *,
    all_again: bool = False,
    on_stderr: bool = False,
) -> ExitStatus:
    """Run, wait for a change, and run again what failed, until Ctrl-C.

    Each run is a process of its own, so that nothing that was read before a change is used after it; only the code of
    the harness is loaded before.

    Args:
        words: The words of the command, without `WATCH`.
        paths: The files and folders whose changes count.
        report_dir: The folder of the reports; `None` for one of its own for each run.
        all_again: Whether each run is of all cases.
        on_stderr: Whether standard output is for the runs alone.

    Returns:
        The status of an interrupted run.
    """
    environment = {variable_of(WATCH): "false"}  # the run itself watches nothing, also when its variable is set
    before = moment_of_last(report_dir)
    try:
        with LoadedRuns() as runs, FileChanges(paths, [report_dir or LATEST.parent]) as changes:
            runs.run(words, environment)
            say(_WAITING, to_stderr=on_stderr)
            for names in changes:
                # Only after a run that has a report is there anything that failed in it.
                if not all_again and moment_of_last(report_dir) != before:
                    environment[variable_of(_AGAIN)] = "true"
                more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
                say(f"\nchanged: {printable(', '.join(names[:_SHOWN]))}{more}", to_stderr=on_stderr)
                runs.run(words, environment)
                say(_WAITING, to_stderr=on_stderr)
    except KeyboardInterrupt:
        pass
    return ExitStatus.INTERRUPTED


def watched_paths(cases: Sequence[str], *files: Path | None) -> list[Path]:
    """Return what a run depends on: the files of the project, and those that its options name."""
    named = [path for path in map(Path, cases) if path.suffix == ".yaml" or path.exists()]
    file = workspace_file(Path.cwd())
    data = [folder for name in ("cases", "openapi", "behaviours") for folder in layers(name)]
    return [*data, *named, *(path for path in files if path is not None), *([] if file is None else [file])]
