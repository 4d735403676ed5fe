"""`conformance run`: the cases against a target."""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from conformance.cases.collect import select
from conformance.cli.plan import default_values, load_plan
from conformance.errors import ExitStatus
from conformance.reports.build import exit_status
from conformance.reports.folder import LEDGER, RunFolder, new_run_folder
from conformance.reports.terminal import print_summary, summary_console
from conformance.runner.engine import Engine
from conformance.runner.events import case_finished, run_finished, run_started
from conformance.runner.target import check_docs, open_target
from conformance.targets.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.cases.model import Case
    from conformance.reports.build import Report
    from conformance.runner.plan import Plan


def run(
    *,
    cases: Annotated[
        list[str] | None,
        typer.Argument(help="Full ids, their beginnings (CreateFlowLog/MissingParameter), case files or folders."),
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option(help="The server, e.g. http://127.0.0.1:8080; without it, the reference server.")
    ] = None,
    docs: Annotated[str, typer.Option(help="The documents to judge by: en, zh or both.")] = "both",
    states_url: Annotated[str | None, typer.Option(help="Where the server's provider states are set.")] = None,
    target: Annotated[Path | None, typer.Option(help="A target file; the options given beside it win.")] = None,
    signature: Annotated[str | None, typer.Option(help="v1, acs3 or none.  [default: v1]")] = None,
    concurrency: Annotated[int | None, typer.Option(help="Cases in flight at once.  [default: 64]")] = None,
    rate: Annotated[float | None, typer.Option(help="Requests a second at the most.")] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds that one answer may take.  [default: 10]")] = None,
    report_dir: Annotated[
        Path | None, typer.Option(help="Write the reports into this folder.  [default: reports/<run>]")
    ] = None,
    expression: Annotated[str | None, typer.Option("-k", help="Only cases whose id matches, as pytest's -k.")] = None,
    known_failing: Annotated[
        Path | None, typer.Option(help="A list of cases that the target is known to fail, each with a reason.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Divergent cases fail the run too.")] = False,
    live: Annotated[bool, typer.Option("--live", help="Allow an endpoint that is not on this machine.")] = False,
) -> None:
    """Run the cases against a server and say where it differs from the documents.

    Exit status: 0 conforms; 1 something differs; 2 bad usage or a bad file; 3 no answer that could be judged.
    """
    plan_for = load_plan(docs, concurrency, known_failing, cases or [])
    chosen = select(plan_for.keywords["cases"], cases or [], expression)
    with open_target(
        endpoint=endpoint,
        states_url=states_url,
        target_file=target,
        signature=signature,
        rate=rate,
        timeout_s=timeout,
        live=live,
        defaults=default_values(),
        docs=check_docs(docs),
    ) as opened:
        plan = plan_for(opened)
        folder = report_dir or new_run_folder(Path("reports"), plan.run_id)
        report, interrupted = run_cases(plan, chosen, folder)
    print_summary(summary_console(), report, folder)
    raise typer.Exit(ExitStatus.INTERRUPTED if interrupted else exit_status(report, strict=strict))


def run_cases(plan: Plan, chosen: Sequence[Case], folder: Path) -> tuple[Report, bool]:
    """Run cases and write their reports.

    Returns:
        The report, and whether Ctrl-C ended the run early.

    Raises:
        ReportError: When the folder cannot be written.
    """
    reports = RunFolder(folder)
    plan = replace(plan, ledger=Ledger(folder / LEDGER))
    started = time.monotonic()
    interrupted = False
    reports.add(run_started(plan, selected=len(chosen)))
    progress = _progress()
    try:
        with progress or nullcontext(), Engine(plan) as engine:
            task = progress.add_task(plan.target.endpoint, total=len(chosen)) if progress else None
            for result in engine.run(chosen):
                reports.add(case_finished(result))
                if progress and task is not None:
                    progress.advance(task)
    except KeyboardInterrupt:
        interrupted = True
    reports.add(run_finished(duration_s=time.monotonic() - started, interrupted=interrupted))
    return reports.close(), interrupted


def _progress() -> Progress | None:
    """Return a progress bar on standard error, or nothing when that is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        return None
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True)
