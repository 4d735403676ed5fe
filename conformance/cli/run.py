"""`conformance run`: the cases against a target."""

from __future__ import annotations

import gc
import sys
import threading
import time
from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from conformance.cases.model import Case
from conformance.cases.select import select
from conformance.cli.support.driver_options import PLAIN, check_driver, check_workers, installed_driver
from conformance.cli.support.last_run import (
    READ_TO_COMPARE,
    changes_since,
    failing_before,
    read_last_run,
    to_run_again,
    write_failing,
)
from conformance.cli.support.plan_template import load_plan, named_operations
from conformance.cli.support.run_output import (
    WATCH,
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
from conformance.cli.support.standard_streams import say, say_fault
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
from conformance.contract.languages import BOTH, check_docs
from conformance.core.cache import NO_CACHE, Cache, user_cache
from conformance.core.errors import ExitStatus, InputError, UsageError
from conformance.engine.cleanup.sweep import check_earlier, cleanups_of_cases, settle
from conformance.engine.engine import Engine
from conformance.engine.events import note_added, run_finished, run_started
from conformance.engine.plan import command_again, keeps_all
from conformance.engine.shard import read_shard
from conformance.engine.workers.shared_when_busy import load_for, run_shared
from conformance.reports.case_records import CaseRecorder
from conformance.reports.exit_status import exit_status
from conformance.reports.store import LEDGER, RunFolder, point_latest, run_folder
from conformance.server.target import begun_server, open_target
from conformance.target.ledger import Ledger
from conformance.target.options import TargetOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from conformance.engine.plan import Plan
    from conformance.judging.report_entries import Report, ShardEntry
    from conformance.judging.results import CaseResult
    from conformance.reports.case_records import RecordedCase
    from conformance.sdk.driver_run import Driver, Runnable

    _BeforeWait = Callable[[], None]
    _Records = Generator[RecordedCase, None, None]


def run(
    *,
    cases: Annotated[
        list[str] | None,
        typer.Argument(help="Full ids, their beginnings (Operation/Code), case files or folders."),
    ] = None,
    endpoint: EndpointOption = None,
    docs: DocsOption = BOTH,
    states_url: StatesUrlOption = None,
    target: TargetFileOption = None,
    signature: SignatureOption = None,
    concurrency: Annotated[int | None, typer.Option(help="Cases in flight at once.  [default: 64]")] = None,
    workers: Annotated[
        int | None, typer.Option(help="Processes that share the cases.  [default: one, more when it is too slow]")
    ] = None,
    rate: RateOption = None,
    timeout: TimeoutOption = None,
    report_dir: ReportDirOption = None,
    expression: Annotated[
        str | None, typer.Option("-k", "--expression", help="Only cases whose id matches, as pytest's -k.")
    ] = None,
    known_failing: Annotated[
        Path | None, typer.Option(help="A list of cases that the target is known to fail, each with a reason.")
    ] = None,
    keep_exchanges: Annotated[
        str, typer.Option(help="failing: a pass keeps a digest of its exchanges; all: it keeps them too.")
    ] = "failing",
    strict: Annotated[bool, typer.Option("--strict", help="Divergent cases fail the run too.")] = False,
    live: LiveOption = False,
    shard: Annotated[
        str | None, typer.Option(metavar="I/N", help="Only the cases of part I of N, for several machines.")
    ] = None,
    driver: Annotated[
        str | None, typer.Option(help="Run through an SDK: a driver of `conformance drivers`, or a program.")
    ] = None,
    sdk: Annotated[str | None, typer.Option(help="The version of the SDK.  [default: the driver's locked one]")] = None,
    core: Annotated[str | None, typer.Option(help="The version of the library below the SDK.")] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Read every case file anew, and keep nothing of it for the next run.")
    ] = False,
    show_plan: Annotated[
        bool, typer.Option("--plan", help="Say what would be sent and created, and by whom; send nothing.")
    ] = False,
    only_list: Annotated[bool, typer.Option("--list", help="Print the ids of the cases; send nothing.")] = False,
    last_failed: Annotated[
        bool, typer.Option("--last-failed", help="Only the cases that failed in the last run; all, if none did.")
    ] = False,
    failed_first: Annotated[
        bool, typer.Option("--failed-first", help="Begin with the cases that failed in the last run.")
    ] = False,
    exit_first: ExitFirstOption = False,
    maxfail: MaxfailOption = None,
    wait: WaitOption = None,
    quiet: QuietOption = False,
    verbose: VerboseOption = False,
    as_json: JsonOption = False,
    watching: Annotated[
        bool, typer.Option(WATCH, help="Run again what failed whenever a case, contract or named file changes.")
    ] = False,
    watch_path: Annotated[
        list[Path] | None,
        typer.Option(metavar="PATH", help="A file or folder that --watch watches too; may be given several times."),
    ] = None,
) -> None:
    """Run the cases against a server and say where it differs from the documents.

    Exit status: 0 conforms; 1 something differs; 2 bad usage or a bad file; 3 no answer that could be judged; 4 the
    harness itself failed.
    """
    keep_all = keeps_all(keep_exchanges)
    part = read_shard(shard)
    most_failures = most_failures_of(maxfail, exit_first=exit_first)
    check_output(wait, quiet=quiet, verbose=verbose, as_json=as_json)
    check_driver(driver, sdk, core, signature)
    check_workers(workers, driver)
    failing = to_run_again(report_dir, strict=strict) if last_failed or failed_first else failing_before(report_dir)
    if watching:
        check_docs(docs)
        from conformance.cli.support.watch.watching import watch, watched_paths  # noqa: PLC0415 - a single run does not pay for it

        words = [word for word in sys.argv[1:] if word != WATCH]
        paths = watched_paths(cases or (), target, known_failing, *(watch_path or ()))
        raise typer.Exit(watch(words, paths, report_dir, all_again=failed_first, on_stderr=as_json))
    last = None if quiet or as_json else read_last_run(report_dir, largest=READ_TO_COMPARE)
    cases_cache, pages_cache = (NO_CACHE, NO_CACHE) if no_cache else (user_cache("cases"), user_cache("pages"))
    named = TargetOptions(
        endpoint=endpoint,
        states_url=states_url,
        target_file=target,
        signature=signature,
        rate=rate,
        timeout_s=timeout,
        live=live,
    )
    sends_elsewhere = endpoint is not None or target is not None
    nothing_begun = nullcontext() if sends_elsewhere or only_list or show_plan else None
    with nothing_begun or begun_server(check_docs(docs), named_operations(cases or [])) as begun:
        plan_for = load_plan(
            docs, concurrency, known_failing, cases or [], cases_cache, through_sdk=driver not in PLAIN
        )
        for fault in plan_for.faults:
            say_fault(fault)
        whole = select([*plan_for.of_sdks, *plan_for.cases], plan_for.words, expression)
        chosen = [case for case in whole if part.has(case.id)] if part else whole
        if last_failed or failed_first:
            chosen = _failed_first(chosen, failing, alone=last_failed)
        if only_list:
            return _print_lines(each.id for each in chosen)
        if show_plan:
            from conformance.cli.support.forecast import forecast  # noqa: PLC0415 - only who asks for it pays for it

            return _print_lines(forecast(chosen, named, plan_for, driver, each=verbose))
        judged = {"--docs": docs if docs != BOTH else None, "--known-failing": known_failing}
        again = command_again({**named.by_name, **judged, "--concurrency": concurrency}, live=live)
        unread: list[InputError] = list(plan_for.faults)
        through = None if driver in PLAIN else installed_driver(driver, sdk, core, target, plan_for, again)
        with open_target(
            named,
            defaults=dict(plan_for.defaults),
            docs=check_docs(docs),
            wait_s=wait or 0.0,
            begun=begun,
            tell=lambda text: _tell(UsageError(text), unread),
        ) as opened:
            plan = replace(plan_for(opened), keep_all=keep_all, command=again)
            folder = report_dir or run_folder(Path("reports"), plan.run_id)
            of_shard = part.as_dict(case.id for case in whole) if part else None
            report, interrupted = run_cases(
                plan,
                chosen,
                folder,
                of_shard,
                through,
                workers=workers,
                pages_cache=pages_cache,
                watched=Watched(most_failures, verbose=verbose, strict=strict),
                latest=report_dir is None,
            )
        write_failing(folder, failing, report)
        print_outcome(report, folder, lambda: changes_since(last, report), quiet=quiet, as_json=as_json)
        status = ExitStatus.INTERRUPTED if interrupted else _status(report, strict=strict, whole=part is None)
        if unread and status in (ExitStatus.CONFORMS, ExitStatus.MISMATCH):
            status = ExitStatus.BAD_INPUT  # some could not be read, so nothing is known of them
        gc.freeze()  # what is there goes with the process: looking it over once more at the end would only take time
        raise typer.Exit(status)


def _status(report: Report, *, strict: bool, whole: bool) -> ExitStatus:
    status = exit_status(report, strict=strict)
    if not whole and status is ExitStatus.NO_ANSWER and not report["summary"]["error"]:
        return ExitStatus.CONFORMS  # a part may hold nothing that can be judged; the whole is judged when merged
    return status


def _tell(fault: InputError, unread: list[InputError]) -> None:
    say_fault(fault)
    unread.append(fault)


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        say(line)


def _failed_first(chosen: Sequence[Runnable], failed: frozenset[str], *, alone: bool) -> list[Runnable]:
    """Return the cases that failed, and after them the others, unless they are to run alone."""
    first = [each for each in chosen if each.id in failed]
    if alone and first:
        return first
    return [*first, *(each for each in chosen if each.id not in failed)]


def run_cases(
    plan: Plan,
    chosen: Sequence[Runnable],
    folder: Path,
    shard: ShardEntry | None = None,
    through: Driver | None = None,
    *,
    workers: int | None = None,
    pages_cache: Cache = NO_CACHE,
    watched: Watched | None = None,
    latest: bool = False,
) -> tuple[Report, bool]:
    """Run cases and write their reports.

    Args:
        plan: The run.
        chosen: The cases; with a driver also cases for SDKs and checks of its model.
        folder: Where the reports go. It is made when what sends the requests has started.
        shard: Which part of a whole they are, if they are one.
        through: The driver that sends the requests; `None` for plain HTTP.
        workers: How many processes share the cases; `None` for one, and several where one is too slow for the target.
        pages_cache: Where the templates of the HTML page are kept, compiled.
        watched: Looks at each result when it comes.
        latest: Whether the link `latest` beside the folder is to lead to it.

    Returns:
        The report, and whether Ctrl-C ended the run early.

    Raises:
        ReportError: When the folder cannot be written.
        DriverError: When the driver does not start.
    """
    watched = watched or Watched()
    check_earlier(folder / LEDGER, plan.target)
    started = time.monotonic()
    may_share = workers is None and not watched.may_end_early
    preparing = threading.Thread(
        target=_prepare_output, args=(pages_cache, len(chosen) if may_share else 0), daemon=True
    )
    preparing.start()
    plan_of_run = replace(plan, ledger=Ledger(folder / LEDGER, plan.run_id, plan.target.endpoint))
    with ExitStack() as at_end:  # processes end while the reports are written
        before_fork = partial(_ready_to_fork, preparing)
        shared = partial(run_shared, before_fork=before_fork, at_end=at_end) if may_share else None
        with _running(plan_of_run, chosen, through, workers or 1, shared) as (run_plan, run_all):
            of_plan = {case.id for case in plan.cases}
            others = [each.id for each in chosen if each.id not in of_plan]
            reports = RunFolder(folder)
            if latest:
                point_latest(folder)
            reports.add(run_started(run_plan, selected=len(chosen), shard=shard, others=others))
            interrupted = False
            try:
                # It ends before what it needs is closed, also when interrupted or when enough have failed.
                with watched.shown(plan.target.endpoint, len(chosen)), closing(run_all(reports.flush)) as results:
                    for result in results:
                        _report_notes(run_plan, reports)
                        reports.record(result)
                        if watched.ends_with(result):
                            break
            except KeyboardInterrupt:
                interrupted = True
            except BaseException:
                reports.abandon()
                raise
            reports.flush()
        notes, interrupted = settle(cleanups_of_cases(plan.cases), plan.target, folder / LEDGER, hurried=interrupted)
        plan.notes.extend(notes)
        _report_notes(run_plan, reports)
        reports.add(run_finished(duration_s=time.monotonic() - started, interrupted=interrupted))
        preparing.join()
        return reports.close(), interrupted


def _report_notes(plan: Plan, reports: RunFolder) -> None:
    for note in plan.notes.take():
        reports.add(note_added(note))


def _ready_to_fork(preparing: threading.Thread) -> None:
    preparing.join()  # copies have all that is loaded, but for what another thread is just about to load
    gc.freeze()  # or the copies would look over all that is there, and so each get all of its memory


def _prepare_output(cache: Cache, shared: int) -> None:
    """Load what comes later while the first answers are waited for.

    Args:
        cache: Where the templates of the HTML page are kept, compiled.
        shared: How many cases several processes may come to share.
    """
    # Where the machine has no more descriptors or memory, the run itself says so.
    with suppress(OSError, ImportError, MemoryError):
        import conformance.reports.formats.terminal  # noqa: F401, PLC0415
        from conformance.reports.formats.html import prepare  # noqa: PLC0415
        from conformance.reports.formats.plain_screen import summary_screen  # noqa: PLC0415

        load_for(shared)
        summary_screen()
        prepare(cache)


@contextmanager
def _running(
    plan: Plan,
    chosen: Sequence[Runnable],
    through: Driver | None,
    workers: int,
    shared: Callable[[Engine, Sequence[Case], CaseRecorder, _BeforeWait], _Records] | None,
) -> Iterator[tuple[Plan, Callable[[_BeforeWait], _Records]]]:
    """Give the plan, with what a driver reports of itself, and what runs the cases and yields their verdicts.

    That is given what is to be done when all verdicts that there are were yielded.
    """
    record = CaseRecorder()
    if through is not None:
        from conformance.sdk.driver_run import SdkRun  # noqa: PLC0415 - only a run through an SDK pays for it

        with SdkRun(plan, through) as sdk_run:
            yield sdk_run.plan, lambda each_time: _recorded(sdk_run.run(chosen), record, each_time)
        return
    cases = [each for each in chosen if isinstance(each, Case)]
    # More would have nothing to do, or together more cases in flight than are allowed.
    workers = min(workers, len(cases), plan.concurrency)
    if workers > 1:
        from conformance.engine.workers.several_processes import Workers  # noqa: PLC0415 - only a run in several processes pays for it

        with Workers(plan, workers, record) as processes:
            yield plan, partial(processes.run, cases)
        return
    with Engine(plan) as engine:
        engine.prepare(cases)
        if shared is None:
            yield plan, lambda before_wait: _recorded(engine.run(cases, before_wait), record)
        else:
            yield plan, partial(shared, engine, cases, record)


def _recorded(
    results: Generator[CaseResult, None, None], record: CaseRecorder, after_each: _BeforeWait = lambda: None
) -> _Records:
    with closing(results):
        for result in results:
            yield record(result)
            after_each()
