"""A run as it goes: the line of progress with the failures so far, each case as it ends, when enough have failed."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Protocol

from conformance.core.sentences.recognition import in_reader_language
from conformance.core.sentences.widths import padded
from conformance.core.terminal import printable
from conformance.judging.verdicts import FAILED, FAILING
from conformance.reports.formats.words import said, verdict_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress, TaskID

    from conformance.judging.verdicts import Verdict

_VERDICT: Final = 14
"""Columns of a verdict."""


class EndedCase(Protocol):
    """What is looked at of a verdict: a result, or its record."""

    @property
    def id(self) -> str:
        """The id of the case."""

    @property
    def verdict(self) -> Verdict:
        """The verdict of the case as a whole."""

    @property
    def known_failing(self) -> str | None:
        """Why the case is expected to fail, if it is."""

    @property
    def reason(self) -> str | None:
        """Why there is no verdict of the documents, if so."""


class Watched:
    """Looks at the results of a run when they come. For one thread.

    Args:
        most_failures: After how many failures the run ends; `None` for never.
        verbose: Whether each case is printed when it ends.
        strict: Whether divergent cases fail, too.
    """

    def __init__(self, most_failures: int | None = None, *, verbose: bool = False, strict: bool = False) -> None:
        self._most = most_failures
        self._failing = FAILED if strict else FAILING
        self._verbose = verbose
        self._failures = 0
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    @property
    def may_end_early(self) -> bool:
        """Whether a number of failures ends the run."""
        return self._most is not None

    @contextmanager
    def shown(self, title: str, count: int | None) -> Iterator[None]:
        """Show how far the run is, on standard error where that is a terminal.

        Args:
            title: What is tested.
            count: How many cases there are; `None` when nobody knows.
        """
        self._progress = _progress()
        if self._progress is None:
            yield
            return
        with self._progress:
            self._task = self._progress.add_task(title, total=count, failures="")
            yield

    def ends_with(self, result: EndedCase) -> bool:
        """Take a result; return whether enough cases have failed."""
        if result.verdict in self._failing and result.known_failing is None:
            self._failures += 1
        if self._progress is not None and self._task is not None:
            shown = in_reader_language(f"{self._failures} failed") if self._failures else ""
            self._progress.update(self._task, advance=1, failures=shown)
        if self._verbose:
            self._print(_line(result))
        return self._most is not None and self._failures >= self._most

    def _print(self, line: str) -> None:
        if self._progress is not None and sys.stdout.isatty():
            # Above the line of progress, which is in the same terminal.
            self._progress.console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            print(line, flush=True)  # noqa: T201 - what the option asks for


def _line(result: EndedCase) -> str:
    verdict = said(verdict_words(result.verdict)).upper()
    reason = f": {printable(in_reader_language(result.reason))}" if result.reason else ""
    return f"{padded(verdict, _VERDICT)} {printable(result.id)}{reason}"


def _progress() -> Progress | None:
    """Return a progress bar on standard error, or nothing when that is no terminal."""
    if not sys.stderr.isatty():
        return None
    from rich.console import Console  # noqa: PLC0415 - a run in a pipe does not pay for it
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    console = Console(stderr=True)
    if not console.is_terminal:
        return None
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("[red]{task.fields[failures]}"),
        TimeElapsedColumn(),
    )
    # What is printed stays on standard output: that may be a file.
    return Progress(*columns, console=console, transient=True, redirect_stdout=False)
