"""`conformance replay`: recorded exchanges, judged again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from conformance.cases.select import select
from conformance.cli.support.plan_template import load_plan
from conformance.core.errors import ReportError
from conformance.core.sentences.recognition import in_reader_language
from conformance.core.wording import shorten
from conformance.engine.events import case_finished, run_finished, run_started
from conformance.reports.exit_status import exit_status
from conformance.reports.formats.rich_screen import RichScreen, summary_console
from conformance.reports.formats.terminal import print_summary
from conformance.reports.inputs import refuse_inputs
from conformance.reports.replay import NOT_KEPT, Replay, implemented_documents
from conformance.reports.report_reader import read_report
from conformance.reports.store import RunFolder
from conformance.reports.stored_cases import StoredCases, cases_where, tallied_cases
from conformance.reports.tally import build_report
from conformance.target.load import load_target
from conformance.target.model import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from conformance.cases.model import Case
    from conformance.cli.support.plan_template import PlanTemplate
    from conformance.engine.events import Event
    from conformance.engine.plan import Plan
    from conformance.judging.report_entries import Report
    from conformance.judging.results import CaseResult
    from conformance.reports.tally import TalliedCase

_SHOWN = 50


def replay(
    folder: Annotated[Path, typer.Argument(help="The folder of a run, or its report.json.")],
    cases: Annotated[
        list[str] | None,
        typer.Argument(help="Full ids, their beginnings, case files or folders.  [default: all that were recorded]"),
    ] = None,
    *,
    target: Annotated[
        Path | None, typer.Option(help="The target file of the run, for the values that its cases send.")
    ] = None,
    known_failing: Annotated[
        Path | None, typer.Option(help="A list of cases that the target is known to fail, each with a reason.")
    ] = None,
    report_dir: Annotated[
        Path | None, typer.Option(help="Write the reports into this folder.  [default: none]")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Divergent cases fail too.")] = False,
) -> None:
    """Judge the recorded exchanges of a run again, by today's cases and contracts. Nothing is sent.

    Exit status: 0 conforms; 1 something differs; 2 bad usage or a bad file; 3 nothing that could be judged.
    """
    refuse_inputs(report_dir, [folder])
    report = read_report(folder)
    if report["target"]["driver"] != "http" or "fuzz" in report:
        what = "property tests" if "fuzz" in report else f"the driver {shorten(report['target']['driver'])}"
        raise ReportError(
            f"is a run of {what}", where=folder, hint="only what was sent over plain HTTP can be replayed"
        )
    words = cases or sorted({entry.id.partition("/")[0] for entry in tallied_cases(report)})
    plan_for = load_plan(report["docs"], None, known_failing, words)
    by_id = {case.id: case for case in select(plan_for.cases, plan_for.words if cases else [], None)}
    again = [entry for entry in _as_they_ended(report) if entry.id in by_id]
    plan = _plan(plan_for, report, target)
    results = [*_results(plan, report, again, by_id)]
    events = _events(plan, results)
    if report_dir is None:
        replayed = build_report(events)
    else:
        reports = RunFolder(report_dir)
        for event in events:
            reports.add(event)
        replayed = reports.close()
    console = summary_console()
    print_summary(RichScreen(console), replayed, report_dir)
    _print_changes(console, again, results)
    gone = [] if cases else [entry.id for entry in tallied_cases(report) if entry.id not in by_id]
    if gone:
        told = f"{len(gone)} recorded cases are in the suite no more: {', '.join(gone[:5])}"
        console.print(in_reader_language(told), soft_wrap=True)
    raise typer.Exit(exit_status(replayed, strict=strict))


def _as_they_ended(report: Report) -> list[TalliedCase]:
    """Return the recorded cases in the order in which they ended, as far as it is known: a RequestId is used once."""
    entries = tallied_cases(report)
    return sorted(entries, key=lambda entry: entry.at) if isinstance(report["cases"], StoredCases) else list(entries)


def _plan(plan_for: PlanTemplate, report: Report, target_file: Path | None) -> Plan:
    given = load_target(target_file) if target_file is not None else Target("http://127.0.0.1")
    recorded = report["target"]
    opened = replace(
        given,
        endpoint=recorded["endpoint"],
        signature=recorded["signature"] or "none",
        credentials=None,
        profiles={},
        # What had to hold did, and a case that could not be run has nothing recorded.
        states=given.states if given.canned else {},
        states_url=recorded["endpoint"],
        values={**plan_for.defaults, **given.values},
    )
    return replace(plan_for(opened), keep_all=True)


def _results(plan: Plan, report: Report, again: list[TalliedCase], by_id: dict[str, Case]) -> Iterator[CaseResult]:
    implemented = implemented_documents(tallied_cases(report), plan.contracts, plan.docs)
    judge = Replay(plan, implemented)
    stored = report["cases"]
    recorded = stored.read(again) if isinstance(stored, StoredCases) else cases_where(report, lambda e: e.id in by_id)
    results = {case["id"]: judge.run(by_id[case["id"]], case) for case in recorded}
    for entry in again:
        yield results[entry.id]


def _events(plan: Plan, results: list[CaseResult]) -> Iterator[Event]:
    yield run_started(plan, selected=len(results))
    for result in results:
        yield case_finished(result)
    yield run_finished(duration_s=0.0, interrupted=False)


def _print_changes(console: Console, again: list[TalliedCase], results: list[CaseResult]) -> None:
    """Print the cases that were judged again and have another verdict than when they were recorded."""
    changed = [
        f"{result.id}: was {entry.verdict}, is {result.verdict}"
        for entry, result in zip(again, results, strict=True)
        if entry.verdict != result.verdict and result.reason != NOT_KEPT
    ]
    kept = sum(result.reason != NOT_KEPT for result in results)
    told = f"judged again: {kept} of {len(results)} cases; {len(changed)} have another verdict"
    console.print(in_reader_language(told), highlight=False)
    for line in changed[:_SHOWN]:
        console.print(f"    {in_reader_language(line)}", highlight=False, markup=False, soft_wrap=True)
    if len(changed) > _SHOWN:
        console.print(in_reader_language(f"    and {len(changed) - _SHOWN} more"), highlight=False)
