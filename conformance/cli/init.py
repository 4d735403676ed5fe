"""`conformance init`: a workspace of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from conformance.core.errors import UsageError
from conformance.core.system_failures import not_written
from conformance.core.workspace import FILE

_FOLDERS: Final = ("openapi", "cases", "behaviours", "targets")
_TEXT: Final = """\
# The root of a workspace: contracts, cases, behaviours and targets of one owner. Commands that are called in this
# folder or below it read these before those that come with the package, and write nowhere else.
#
# Options of the command line can have their values here, by their long names:
#   endpoint: http://127.0.0.1:8080
#   states-url: http://127.0.0.1:8080/_states
#   docs: both
#
# The version of a product's API, for pages that name the product alone:
#   products: {farm: '2020-01-02'}
"""


def init(folder: Annotated[Path, typer.Argument(help="The folder; made if need be.")] = Path()) -> None:
    """Make a workspace: the file conformance.yaml, and folders for contracts, cases, behaviours and targets."""
    file = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name in _FOLDERS:
            (folder / name).mkdir(exist_ok=True)
        with file.open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(_TEXT)
    except FileExistsError as fault:
        where = Path(fault.filename) if fault.filename else file
        raise UsageError("is there already", where=where, hint="this is a workspace, or give another folder") from None
    except OSError as fault:
        raise not_written(file, fault, "give another folder", error=UsageError) from None
    typer.echo(f"{file}: a workspace")
    typer.echo(
        "Next: conformance derive PAGE..., or conformance scaffold PAGE... for contracts and cases to start from"
    )
