"""`conformance selftest`: does the suite catch every fault of the reference server, and nothing else?"""

from __future__ import annotations

import json
import os
from collections import Counter
from functools import cache, partial
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace
from rich.console import Console
from rich.progress import track
from rich.text import Text

from conformance.cases.suite import operations_in
from conformance.cli.support.plan_template import default_values, load_plan
from conformance.cli.support.selftest_output import print_generated
from conformance.contract.catalogue import contract_files, find_operation, own_operations
from conformance.core.errors import ExitStatus, UsageError
from conformance.core.sentences.recognition import in_reader_language
from conformance.core.sentences.sentence import sentence
from conformance.core.workspace import workspace_root
from conformance.reports.formats.words import said, spoken
from conformance.selftest.bench import bench_target
from conformance.selftest.generated import tasks_of, try_faults
from conformance.selftest.matrix import selftest as run_selftest
from conformance.selftest.tally import FaultTally, matrix_of
from conformance.server.behaviour.choice import load_behaviour
from conformance.server.faults.catalogue import conforming_variants, find_fault, has_table
from conformance.server.faults.catalogue import faults as known_faults
from conformance.server.faults.generated.catalogue import is_generated, operation_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conformance.contract.languages import Language
    from conformance.engine.plan import Plan
    from conformance.selftest.generated import OperationTask, TriedOperation
    from conformance.selftest.matrix import Caught
    from conformance.target.model import Target

_CONCURRENCY = 16
_SHOWN = 2
_MANY = 40
_MOST_IN_ALL = 4000
_FEWEST = 10
_LABELS = {
    (False, True): ("caught", "green"),
    (False, False): ("NOT CAUGHT", "bold red"),
    (True, True): ("FALSE ALARM", "bold red"),
    (True, False): ("passes", "green"),
}
"""By (whether it is a conforming variant, whether cases caught it)."""


def selftest(
    *,
    faults: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="OPERATION|FAULT",
            help="Operations whose cases run, and names of faults and conforming variants.  [default: the workspace's]",
        ),
    ] = None,
    most: Annotated[
        int | None,
        typer.Option(
            "--faults",
            metavar="N",
            help="Of each operation, try so many generated faults at the most, drawn by --seed.  "
            f"[default: all; of more than {_MANY} operations about {_MOST_IN_ALL} in all]",
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Decides which generated faults are drawn.")] = 0,
    jobs: Annotated[int | None, typer.Option(help="Faults at once.  [default: one a processor]")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole matrix as JSON.")] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Name every case that catches a fault, not only the first found.")
    ] = False,
) -> None:
    """Run the suite against the reference server with one fault at a time: each must be caught.

    Then with one conforming variant at a time, a choice that the documents leave open: nothing may be caught.

    Beside the faults that have a name in `behaviours/`, faults are made of what the documents of every operation state.
    Of those at least 90% must be caught; what no case can catch is told with the reason.

    Exit status: 0 when every named fault and enough of the generated ones are caught and every variant passes, 1
    otherwise.
    """
    for option, number in (("--jobs", jobs), ("--faults", most)):
        if number is not None and number < 1:
            raise UsageError(f"{option} {number} is not a number above 0")
    served, asked = _operations_first(faults or ())
    jobs = jobs or os.cpu_count() or 1
    named = [word for word in asked if not is_generated(word)]
    made = [word for word in asked if is_generated(word)]
    if not asked and has_table(served or _own_names()):
        named = [*known_faults(served), *conforming_variants(served)]
    names = [find_fault(name, served).name for name in named]
    console = Console(stderr=True)
    tasks = _tasks(served, made, most, seed) if made or not asked else []
    found: dict[str, Caught] = {}
    whole = as_json or verbose
    maker = partial(make_plan, operations=served)
    running = run_selftest(names, maker, jobs, served, whole=whole) if names else iter(())
    for caught in track(running, "faults", total=len(names), console=console, disable=not console.is_terminal):
        found[caught.name] = caught
    ordered = [found[name] for name in names]
    tried = _tried(tasks, jobs, console)
    idle = _idle(ordered, served) if whole and names and not asked else []
    if as_json:
        matrix = {
            kind: {
                caught.name: {"follow": caught.follow, "cases": caught.cases}
                for caught in ordered
                if caught.conforming == (kind == "styles")
            }
            for kind in ("faults", "styles")
        }
        generated = {"generated": matrix_of(tried)} if tasks else {}
        typer.echo(json.dumps({**matrix, "cases_that_catch_nothing": idle, **generated}, indent=1))
    else:
        if ordered:
            _print(ordered, idle, served, verbose=verbose)
        if tasks:
            print_generated(Console(highlight=False), tried, verbose=verbose)
    right = all(caught.right for caught in ordered) and _enough(tried, made)
    raise typer.Exit(ExitStatus.CONFORMS if right else ExitStatus.MISMATCH)


def _own_names() -> tuple[str, ...]:
    """Return the operations of the workspace, or of the project where there is none, as words that mean them."""
    return tuple(str(each) for each in own_operations((), contract_files()))


def _tasks(served: tuple[str, ...], made: Sequence[str], most: int | None, seed: int) -> list[OperationTask]:
    """Return whose faults are tried: of the operations asked for, or of those of the faults asked for."""
    words = served or tuple(dict.fromkeys(map(operation_in, made)))
    plan = _workspace_plan(words)
    having = operations_in(plan.contracts.values())
    operations = own_operations(words, contract_files()) if words else having
    lacking = [str(each) for each in operations if each not in having]
    if lacking:
        raise UsageError(f"{lacking[0]} has no cases", hint="write some, or `conformance scaffold` them from its page")
    maker = partial(make_workspace_plan, operations=words)
    limit = most if most is not None or len(operations) <= _MANY else max(_FEWEST, _MOST_IN_ALL // len(operations))
    return [
        replace(task, names=tuple(name for name in made if operation_in(name) == task.prefix), most=limit, seed=seed)
        for task in tasks_of(plan, operations, maker)
    ]


def _tried(tasks: Sequence[OperationTask], jobs: int, console: Console) -> list[TriedOperation]:
    running = try_faults(tasks, jobs)
    shown = track(running, "operations", total=len(tasks), console=console, disable=not console.is_terminal)
    done = {each.subject: each for each in shown}
    return [done[task.subject] for task in tasks]


def _enough(tried: Sequence[TriedOperation], made: Sequence[str]) -> bool:
    """Whether enough generated faults are caught; of those that were asked for by name, all."""
    tally = FaultTally.of(tried)
    return tally.right and not (made and tally.missed)


def _operations_first(words: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return the operations among words, and the others, which are names of faults."""
    known = contract_files()
    operations = [word for word in words if any(each.is_named(word) for each in known)]
    return (
        tuple(str(find_operation(word, known)) for word in operations),
        [word for word in words if word not in operations],
    )


@cache
def _loaded(operations: tuple[str, ...]) -> Plan:
    """Return the plan of a run of every case, read once in each process; its target is replaced."""
    from conformance.target.model import Target  # noqa: PLC0415 - beside its only use

    behaviour = load_behaviour(operations)
    words = operations or [f"{behaviour.product.lower()}:{behaviour.create.name}"]
    return load_plan("both", _CONCURRENCY, words=words)(Target("http://127.0.0.1", values=default_values()))


def make_plan(target: Target, docs: tuple[Language, ...], operations: tuple[str, ...] = ()) -> Plan:
    """Return the plan of a run against a target, judged by some languages, of the cases of some operations."""
    plan = _loaded(operations)
    return replace(plan, target=replace(target, values=plan.target.values), docs=docs)


def _workspace_plan(operations: tuple[str, ...]) -> Plan:
    """Return the plan of every case of the workspace, for a case may call several operations.

    Operations that are not the workspace's own are read alone.
    """
    return _plan_in(workspace_root(), operations)


@cache
def _plan_in(_root: Path | None, operations: tuple[str, ...]) -> Plan:
    target = bench_target(default_values())
    plan = load_plan("both", _CONCURRENCY)(target)
    having = operations_in(plan.contracts.values())
    if all(any(each.is_named(word) for each in having) for word in operations):
        return plan
    return load_plan("both", _CONCURRENCY, words=operations)(target)


def make_workspace_plan(target: Target, docs: tuple[Language, ...], operations: tuple[str, ...] = ()) -> Plan:
    """Return the plan of a run of all cases that generated faults of some operations may show in."""
    plan = _workspace_plan(operations)
    return replace(plan, target=replace(target, values=plan.target.values), docs=docs)


def _idle(found: Sequence[Caught], operations: tuple[str, ...]) -> list[str]:
    """Return the cases that catch no fault at all: of no harm, but of no proven use."""
    used = Counter(case for caught in found if not caught.conforming for case in caught.cases)
    return [case.id for case in _loaded(operations).cases if case.id not in used]


def _print(found: Sequence[Caught], idle: Sequence[str], served: tuple[str, ...], *, verbose: bool) -> None:
    console = Console(highlight=False)
    width = max(len(caught.name) for caught in found)
    for caught in found:
        line = Text(f"{caught.name:<{width}}  ")
        label, style = _LABELS[caught.conforming, bool(caught.cases)]
        line.append(spoken(label), style)
        if caught.cases:
            shown = caught.cases if verbose else caught.cases[:_SHOWN]
            more = f" and {len(caught.cases) - len(shown)} more" if len(caught.cases) > len(shown) else ""
            line.append(said(sentence(" by {cases}{more}", cases=", ".join(shown), more=in_reader_language(more))))
        else:
            fault = find_fault(caught.name, served)
            line.append(f": {in_reader_language(fault.conforms or fault.about)}")
        console.print(line, soft_wrap=True)
    if idle:
        console.print(in_reader_language(f"\n{len(idle)} cases catch no fault:"))
        for case in idle:
            console.print(f"  {case}", soft_wrap=True)
    console.print()
    for conforming, what in (
        (False, "{right} of {count} faults caught"),
        (True, "{right} of {count} conforming variants passed"),
    ):
        own = [caught for caught in found if caught.conforming == conforming]
        if own:
            told = sentence(what, right=sum(each.right for each in own), count=len(own))
            console.print(said(told))
