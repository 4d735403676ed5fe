"""What a command reads is not written over by what it writes: one check for the outputs of all commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.core.errors import UsageError
from conformance.reports.store import EVENTS, JUNIT, LEDGER, PAGE, REPORT, STILL_FAILING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_OF_RUN: Final = (EVENTS, REPORT, LEDGER, STILL_FAILING, JUNIT, PAGE)
"""The files of a run. One that is not there, as a killed run leaves no page, is the run's all the same."""
FORMS: Final = {"json": REPORT, "junit": JUNIT, "html": PAGE}
"""The files of a run that are made of its events, by their form: they may be made again."""


def refuse_inputs(output: Path | None, inputs: Iterable[Path | None], *, remade: str | None = None) -> None:
    """Refuse an output that is an input, or a file of a run that is one, before anything is written.

    Args:
        output: The file, or folder, that a command is to write; `None` for standard output.
        inputs: The files and folders that it reads; of a folder only the files of a run in it count, and itself.
        remade: The form of `FORMS` in which a run's own report is written.

    Raises:
        UsageError: When it is one.
    """
    if output is None:
        return
    for path in inputs:
        if path is None:
            continue
        folder = path if path.is_dir() else path.parent if path.name in (EVENTS, REPORT) else None
        if folder is not None and _is_same(output, folder):
            raise UsageError("is a folder that this command reads", where=output, hint="give another folder")
        spared = {FORMS[remade]} if remade in FORMS and path.is_dir() else set()
        run = [folder / name for name in _OF_RUN if name not in spared] if folder is not None else []
        if any(_is_same(output, each) for each in (path, *run)):
            raise UsageError("is a file that this command reads", where=output, hint="give another file")


def _is_same(one: Path, other: Path) -> bool:
    """Whether two paths lead to one place, also by a link, and also where nothing is yet."""
    try:
        if one.exists() and other.exists():
            return one.samefile(other)
        return one.resolve() == other.resolve()
    except (OSError, RuntimeError):  # a link that leads to itself: what writes there says so
        return False
