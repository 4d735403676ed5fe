"""Where the text of a command goes: to the file that `-o` names, else to standard output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from conformance.core.failures.system_failures import not_written
from conformance.reports.whole_files import output_file

if TYPE_CHECKING:
    from pathlib import Path


def write_text(text: str, path: Path | None) -> None:
    """Write a text with its ends of lines; the folders of its file are made.

    Raises:
        ReportError: If the file cannot be written.
    """
    if path is None:
        typer.echo(text, nl=False)
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with output_file(path) as stream:
            stream.write(text.encode("utf-8"))
    except OSError as fault:
        raise not_written(path, fault, None) from None
