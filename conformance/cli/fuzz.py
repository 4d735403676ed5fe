"""`conformance fuzz`: property tests against a target."""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from conformance.cases.suite import operations_in
from conformance.cli.support.plan_template import LoadedOperations, default_values, load_named, load_operations
from conformance.cli.support.run_output import (
    ExitFirstOption,
    JsonOption,
    MaxfailOption,
    QuietOption,
    VerboseOption,
    WaitOption,
    check_output,
    most_failures_of,
    print_outcome,
)
from conformance.cli.support.standard_streams import say_fault
from conformance.cli.support.target_options import (
    DocsOption,
    EndpointOption,
    LiveOption,
    RateOption,
    ReportDirOption,
    SignatureOption,
    StatesUrlOption,
    TargetFileOption,
    TimeoutOption,
)
from conformance.cli.support.watched import Watched
from conformance.contract.languages import check_docs, languages_of
from conformance.core.errors import CaseError, ExitStatus, UsageError
from conformance.core.sentences.recognition import in_reader_language
from conformance.engine.cleanup.sweep import check_earlier, cleanups_of, settle
from conformance.engine.events import note_added
from conformance.engine.plan import Plan, new_run_id
from conformance.fuzz.fuzz_limits import FuzzLimits
from conformance.fuzz.fuzz_run import FuzzedOperation, fuzz_operations
from conformance.fuzz.operation_data import load_operation_data
from conformance.reports.exit_status import exit_status
from conformance.reports.formats.rich_screen import summary_console
from conformance.reports.store import RunFolder, new_run_folder
from conformance.server.target import open_target
from conformance.target.ledger import Ledger
from conformance.target.options import TargetOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.cases.model import Case

_MOST_SEED = 2**32
_SECONDS_EACH = 10.0
"""How long each of several operations may take where no `--max-time` is given."""


def fuzz(
    operations: Annotated[list[str] | None, typer.Argument(help="The operations.  [default: all]")] = None,
    *,
    max_examples: Annotated[
        int, typer.Option(help="Random requests of each operation, beside those at the limits of each fact.")
    ] = 100,
    max_time: Annotated[
        float | None,
        typer.Option(help="Seconds after which nothing more is sent.  [default: of several operations 10 each]"),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed sends the same requests.  [default: random]")] = None,
    save_cases: Annotated[
        Path | None, typer.Option(help="Write each finding as a case for `conformance run` into this folder.")
    ] = None,
    endpoint: EndpointOption = None,
    docs: DocsOption = "both",
    states_url: StatesUrlOption = None,
    target: TargetFileOption = None,
    signature: SignatureOption = None,
    rate: RateOption = None,
    timeout: TimeoutOption = None,
    report_dir: ReportDirOption = None,
    strict: Annotated[bool, typer.Option("--strict", help="Divergent findings fail the run too.")] = False,
    live: LiveOption = False,
    only_list: Annotated[bool, typer.Option("--list", help="Print the operations; send nothing.")] = False,
    exit_first: ExitFirstOption = False,
    maxfail: MaxfailOption = None,
    wait: WaitOption = None,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make requests from the documents and say where a server answers otherwise than they promise.

    Exit status: 0 nothing found; 1 findings; 2 bad usage or a bad file; 3 no answer that could be judged; 130
    interrupted.
    """
    if max_examples < 0:
        raise UsageError(f"--max-examples {max_examples} is below 0")
    if max_time is not None and not max_time > 0:
        raise UsageError(f"--max-time {max_time:g} is not a number above 0")
    most_failures = most_failures_of(maxfail, exit_first=exit_first)
    check_output(wait, quiet=quiet, verbose=verbose, as_json=as_json)
    judged_by = languages_of(docs)
    if only_list:
        return _print_operations(operations or [])
    loaded = load_operations(operations or [])
    if not loaded.suites:
        raise UsageError("there is no operation with cases", hint="conformance scaffold makes them of its pages")
    chosen_operations = list(_with_data(loaded))
    contracts = {suite.subject: suite.contracts for suite in loaded.suites}
    chosen = secrets.randbelow(_MOST_SEED) if seed is None else seed
    named = TargetOptions(
        endpoint=endpoint,
        states_url=states_url,
        target_file=target,
        signature=signature,
        rate=rate,
        timeout_s=timeout,
        live=live,
    )
    with open_target(
        named,
        defaults=default_values(),
        docs=check_docs(docs),
        wait_s=wait or 0.0,
        operations=operations_in(contracts.values()),
        tell=lambda text: say_fault(UsageError(text)),
    ) as opened:
        if opened.canned:
            raise UsageError("the target answers with examples, whatever is asked", hint="fuzz a server that judges")
        run_id = new_run_id()
        folder = report_dir or new_run_folder(Path("reports"), run_id)
        check_earlier(folder / "ledger.ndjson", opened)
        reports = RunFolder(folder)
        plan = Plan(
            target=opened,
            contracts=contracts,
            docs=tuple(language for language in judged_by if any(language in each for each in contracts.values())),
            cases=(),
            concurrency=1,
            run_id=run_id,
            ledger=Ledger(folder / "ledger.ndjson", run_id, opened.endpoint),
        )
        several = len(chosen_operations) > 1
        seconds = max_time or (_SECONDS_EACH * len(chosen_operations) if several else None)
        deadline = None if seconds is None else time.monotonic() + seconds
        limits = FuzzLimits(chosen, max_examples, deadline)
        watched = Watched(most_failures, verbose=verbose, strict=strict)
        with watched.shown(opened.endpoint, None):
            outcome = fuzz_operations(plan, chosen_operations, limits, reports.add, ends_with=watched.ends_with)
        cleanups = cleanups_of(loaded.suites)
        notes, interrupted = settle(cleanups, opened, folder / "ledger.ndjson", hurried=outcome.interrupted)
        for note in notes:
            reports.add(note_added(note))
        report = reports.close()
    print_outcome(report, folder, quiet=quiet, as_json=as_json)
    written = ", ".join(map(str, outcome.save(save_cases))) if save_cases is not None else ""
    if not quiet and not as_json:
        saved = [] if save_cases is None else [f"cases: {written or 'none to write'}"]
        console = summary_console()
        for line in (*outcome.lines, *saved):
            console.print(in_reader_language(line), highlight=False, markup=False, soft_wrap=True)
    raise typer.Exit(ExitStatus.INTERRUPTED if interrupted else exit_status(report, strict=strict))


def _print_operations(operations: list[str]) -> None:
    for suite in load_operations(operations).suites if operations else load_named().suites:
        typer.echo(suite.subject)


def _with_data(loaded: LoadedOperations) -> Iterator[FuzzedOperation]:
    """Yield the operations; one whose `fuzz.yaml` is wrong, or that cannot be read, stops no other."""
    for fault in loaded.faults:
        say_fault(fault)
    cases: dict[str, list[Case]] = {}
    for case in loaded.cases:
        cases.setdefault(case.id.partition("/")[0], []).append(case)
    for suite in loaded.suites:
        try:
            yield FuzzedOperation(suite, load_operation_data(suite), cases.get(suite.subject, ()))
        except CaseError as fault:
            if len(loaded.suites) == 1:
                raise
            say_fault(fault)
