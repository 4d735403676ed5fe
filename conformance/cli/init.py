"""`conformance init`: a workspace of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from conformance.cli.support.scaffolding.new_workspace import FOLDERS, workspace_text
from conformance.cli.support.standard_streams import say
from conformance.core.errors import UsageError
from conformance.core.failures.system_failures import not_written
from conformance.core.workspace import FILE


def init(folder: Annotated[Path, typer.Argument(help="The folder; made if need be.")] = Path()) -> None:
    """Make a workspace: the file conformance.yaml, and folders for contracts, cases, behaviours and targets."""
    file = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in FOLDERS:
            (folder / name).mkdir(exist_ok=True)
        with file.open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(workspace_text())
    except FileExistsError as fault:
        where = Path(fault.filename) if fault.filename else file
        raise UsageError("is there already", where=where, hint="this is a workspace, or give another folder") from None
    except OSError as fault:
        raise not_written(file, fault, "give another folder", error=UsageError) from None
    say(f"{file}: a workspace")
    say("Next: conformance derive PAGE..., or conformance scaffold PAGE... for contracts and cases to start from")
