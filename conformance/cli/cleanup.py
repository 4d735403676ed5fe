"""`conformance cleanup`: deletes what an interrupted live run left behind."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from conformance.core.errors import ExitStatus, UsageError
from conformance.engine.cleanup import delete_leftovers
from conformance.target.ledger import Ledger, left_behind
from conformance.target.load import load_target
from conformance.target.model import is_loopback


def cleanup(
    ledger: Annotated[Path, typer.Argument(help="The ledger of the run, e.g. reports/latest/ledger.ndjson.")],
    *,
    target: Annotated[Path, typer.Option(help="The target file that the run had.")],
    live: Annotated[bool, typer.Option("--live", help="Allow an endpoint that is not on this machine.")] = False,
) -> None:
    """Delete what an interrupted run left behind on a real account, and say what could not be deleted.

    Exit status: 0 when nothing is left, 1 when something is.
    """
    opened = load_target(target)
    if opened.credentials is None:
        raise UsageError(f"{target} names no credentials", hint="give the target file that the run had")
    if not live and not is_loopback(opened.endpoint):
        raise UsageError(f"{opened.endpoint} is not on this machine", hint="add --live to delete there all the same")
    calls = left_behind(ledger)
    writer = Ledger(ledger)
    leaked = 0
    for call, failure in delete_leftovers(calls, opened, opened.credentials):
        shown = f"{call['operation']} {' '.join(f'{name}={value}' for name, value in call['params'].items())}"
        if failure is None:
            writer.deleted(call)
            typer.echo(f"deleted: {shown}")
        else:
            leaked += 1
            typer.echo(f"still there: {shown}: {failure}")
    typer.echo(f"{len(calls) - leaked} of {len(calls)} deleted")
    raise typer.Exit(ExitStatus.MISMATCH if leaked else ExitStatus.CONFORMS)
