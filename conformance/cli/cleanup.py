"""`conformance cleanup`: deletes what an interrupted live run left behind."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from conformance.cases.choosing.suite_folders import load_suites
from conformance.cli.support.standard_streams import say
from conformance.core.cache import user_cache
from conformance.core.errors import ExitStatus, UsageError
from conformance.core.redaction import RunSecrets
from conformance.core.resources import case_dirs
from conformance.core.terminal import printable
from conformance.engine.cleanup.sweep import cleanups_of, sweep
from conformance.target.load import load_target, with_options
from conformance.target.options import with_credentials


def cleanup(
    ledger: Annotated[Path, typer.Argument(help="The ledger of the run, e.g. reports/latest/ledger.ndjson.")],
    *,
    target: Annotated[Path, typer.Option(help="The target file that the run had.")],
    live: Annotated[bool, typer.Option("--live", help="Allow an endpoint that is not on this machine.")] = False,
) -> None:
    """Delete what an interrupted run left behind on a real account, and say what could not be deleted.

    What a request may have created whose answer never came is looked for too. Only what the run created is deleted.

    Exit status: 0 when all of it is seen to be gone, 1 when something is, or may be, still there.
    """
    suites = load_suites(case_dirs(), user_cache("cases"))
    opened = with_options(
        load_target(target),
        endpoint=None,
        states_url=None,
        signature=None,
        rate=None,
        timeout_s=None,
        defaults=suites[0].defaults if suites else {},
        live=live,
    )
    if opened is None or (opened.credentials is None and not opened.profiles):
        raise UsageError(f"{target} names no credentials", hint="give the target file that the run had")
    opened = with_credentials(opened)
    secrets = RunSecrets(opened.accounts)
    left = total = 0
    try:
        for swept in sweep(ledger, opened, cleanups_of(suites)):
            total += 1
            left += swept.failure is not None
            line = f"deleted: {swept.what}" if swept.failure is None else f"still there: {swept.what}: {swept.failure}"
            say(printable(secrets.redactor().text(line)))
    except KeyboardInterrupt:
        say("stopped: what is not named here is, or may be, still there")
        raise
    say(f"{total - left} of {total} deleted")
    raise typer.Exit(ExitStatus.MISMATCH if left else ExitStatus.CONFORMS)
