"""From the words of a command line to an exit status: the module of the command is imported, and called."""

from __future__ import annotations

import atexit
import importlib
import os
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn, get_type_hints

import typer

from conformance import __version__
from conformance.cli.support.option_defaults import take_option
from conformance.cli.support.plain_options import PlainCommand, PlainGroup
from conformance.cli.support.reader import in_language_of_reader
from conformance.cli.support.standard_streams import finish_streams, open_streams, say_fault
from conformance.core.errors import ConformanceError, ExitStatus, UsageError
from conformance.core.failures.own_failures import own_failure
from conformance.core.failures.uncaught import redact_uncaught
from conformance.core.termination import TERMINATION
from conformance.core.workspace import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

COMMANDS: Final = (
    "init",
    "run",
    "fuzz",
    "derive",
    "contract",
    "diff",
    "scaffold",
    "coverage",
    "check",
    "drivers",
    "states",
    "mock",
    "report",
    "gate",
    "replay",
    "selftest",
    "cleanup",
)
"""Every command: the function or group of this name, in the module of this name below `conformance.cli`."""


_WORKSPACE: Final = "--workspace"
_COMPLETES: Final = "_CONFORMANCE_COMPLETE"
"""The environment variable by which a shell asks what a word may become."""
_COMPLETION: Final = frozenset({"--install-completion", "--show-completion"})
"""The options that have a shell complete words."""


def run_program() -> NoReturn:
    """Run the command line of this process and exit with its status."""
    open_streams()
    redact_uncaught()
    try:
        status = run_command(sys.argv[1:], begin=TERMINATION.install)
    except KeyboardInterrupt:  # one more, while the first was told of
        status = int(ExitStatus.INTERRUPTED)
    TERMINATION.end()
    if status == ExitStatus.INTERRUPTED and TERMINATION.arrived:
        status = int(ExitStatus.TERMINATED)
    atexit._run_exitfuncs()  # noqa: SLF001 - what `_end` leaves out
    try:
        finish_streams()
    except OSError as fault:
        say_fault(own_failure(fault))
        status = int(ExitStatus.HARNESS_FAILED)
    _end(status)


def _end(status: int) -> NoReturn:
    """End this process as it is: Python would first take each object apart, which takes longer than a case."""
    if any(not each.daemon for each in threading.enumerate() if each is not threading.current_thread()):
        sys.exit(status)  # which waits for their work
    os._exit(status)


def run_command(words: Sequence[str], begin: Callable[[], None] = lambda: None) -> int:
    """Run one command and return its exit status; a fault is one message, never a traceback.

    That holds for a fault of the input and for one of the harness itself, such as a bug. A run that Ctrl-C stops
    reports what it has.

    Args:
        words: Those of the command line.
        begin: Called when the command is there, before it does anything.
    """
    try:
        with _in_workspace(in_language_of_reader(words)) as rest:
            return _run_command(rest, begin)
    except UsageError as fault:
        say_fault(fault)
        return int(fault.exit_status)


@contextmanager
def _in_workspace(words: Sequence[str]) -> Iterator[list[str]]:
    """Take `--workspace DIR` out of the words, wherever it is; it holds in processes that are started, too.

    Raises:
        UsageError: When its folder is missing.
    """
    rest, folders = take_option(words, _WORKSPACE)
    if "" in folders:
        raise UsageError(f"{_WORKSPACE} has no folder", hint=f"{_WORKSPACE} DIR")
    folder = folders[-1] if folders else None
    before = os.environ.get(VARIABLE)
    if folder is not None:
        os.environ[VARIABLE] = str(Path(folder).absolute())
    try:
        yield rest
    finally:
        if folder is not None:
            os.environ.pop(VARIABLE)
            if before is not None:
                os.environ[VARIABLE] = before


def _run_command(words: Sequence[str], begin: Callable[[], None]) -> int:
    named = next((word for word in words if not word.startswith("-")), None)
    # The version is shown without any command, each of which brings libraries of its own.
    wanted = (named,) if named in COMMANDS else () if named is None and "--version" in words else COMMANDS
    completes = _COMPLETES in os.environ or not _COMPLETION.isdisjoint(words) or wanted == COMMANDS
    try:
        application = _application(COMMANDS if completes else wanted, completes=completes)
        begin()
        application(list(words), prog_name="conformance")
    except ConformanceError as fault:
        say_fault(fault)
        return int(fault.exit_status)
    except KeyboardInterrupt:
        return int(ExitStatus.INTERRUPTED)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is no verdict, and a person reads one message
        say_fault(own_failure(fault))
        return int(ExitStatus.HARNESS_FAILED)
    return 0


def _application(commands: Sequence[str], *, completes: bool = False) -> typer.Typer:
    # No markup: usage errors stay one plain line, and rich is imported by those commands alone that print with it.
    app = typer.Typer(
        cls=PlainGroup,
        add_completion=completes,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_conformance)
    if commands:
        # What tells of a failure must be there before one: later there may be no memory or no file left for it.
        importlib.import_module("conformance.core.redaction")
    for command in commands:
        module = importlib.import_module(f"conformance.cli.{command}")
        found = getattr(module, command)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=command)
        else:
            # Else typer makes types of these texts four times.
            found.__annotations__ = get_type_hints(found, include_extras=True)
            app.command(command, cls=PlainCommand)(found)
    return app


def _show_version(asked: bool) -> None:  # noqa: FBT001 - called by typer with the option's value
    if asked:
        sys.stdout.write(f"conformance {__version__}\n")
        raise typer.Exit


def _conformance(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    workspace: Annotated[
        Path | None,
        typer.Option(help="The folder of the workspace; else the nearest one upwards with a conformance.yaml."),
    ] = None,
    lang: Annotated[
        str | None,
        typer.Option(help="The language of what is shown, e.g. zh.  [default: that of the locale, else English]"),
    ] = None,
) -> None:
    """Contract tests for Alibaba Cloud RPC operations: what the documents promise, and what a server does."""
