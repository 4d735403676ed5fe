"""`conformance cleanup`: deletes what an interrupted live run left behind."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from conformance.cases.model import Transport
from conformance.core.errors import ExitStatus, UsageError
from conformance.engine.calls import HttpCaller, Send
from conformance.engine.steps import NothingKnownError, read_exchange
from conformance.target.ledger import Ledger, left_behind
from conformance.target.load import load_target
from conformance.target.model import is_loopback
from conformance.transport.rate import RateLimit
from conformance.transport.threads import ConnectionPool


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
    pool = ConnectionPool()
    caller = HttpCaller(opened, pool, RateLimit(opened.rate))
    leaked = 0
    for call in calls:
        what = (call["operation"], call["version"])
        exchange = caller.send(Send(what, call["params"], Transport(), opened.credentials))
        shown = f"{call['operation']} {' '.join(f'{name}={value}' for name, value in call['params'].items())}"
        try:
            code = read_exchange(exchange, opened.credentials).code
        except NothingKnownError as fault:
            code = str(fault)
        if code is None:
            writer.deleted(call)
            typer.echo(f"deleted: {shown}")
        else:
            leaked += 1
            typer.echo(f"still there: {shown}: {code}")
    pool.close()
    typer.echo(f"{len(calls) - leaked} of {len(calls)} deleted")
    raise typer.Exit(ExitStatus.MISMATCH if leaked else ExitStatus.CONFORMS)
