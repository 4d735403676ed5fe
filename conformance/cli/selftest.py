"""`conformance selftest`: does the suite catch every fault of the reference server, and nothing else?"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.text import Text

from conformance.cli.support.plan_template import default_values, load_plan
from conformance.contract.catalogue import contract_files, find_operation
from conformance.core.errors import ExitStatus, UsageError
from conformance.selftest.matrix import selftest as run_selftest
from conformance.server.behaviour.choice import load_behaviour
from conformance.server.faults.catalogue import conforming_variants, find_fault
from conformance.server.faults.catalogue import faults as known_faults

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.contract.languages import Language
    from conformance.engine.plan import Plan
    from conformance.selftest.matrix import Caught
    from conformance.target.model import Target

_CONCURRENCY = 16
_SHOWN = 2
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
            metavar="[OPERATION|FAULT]...",
            help="Operations whose cases run, and names of faults and conforming variants.  [default: all]",
        ),
    ] = None,
    jobs: Annotated[int | None, typer.Option(help="Faults at once.  [default: one a processor]")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole matrix as JSON.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Name every case that caught a fault.")] = False,
) -> None:
    """Run the suite against the reference server with one fault at a time: each must be caught.

    Then with one conforming variant at a time, a choice that the documents leave open: nothing may be caught.

    Exit status: 0 when every fault is caught and every variant passes, 1 otherwise.
    """
    if jobs is not None and jobs < 1:
        raise UsageError(f"--jobs {jobs} is not a number above 0")
    served, asked = _operations_first(faults or ())
    names = [find_fault(name, served).name for name in asked or (*known_faults(served), *conforming_variants(served))]
    found: dict[str, Caught] = {}
    running = run_selftest(names, partial(make_plan, operations=served), jobs or os.cpu_count() or 1, served)
    console = Console(stderr=True)
    for caught in track(running, "faults", total=len(names), console=console, disable=not console.is_terminal):
        found[caught.name] = caught
    ordered = [found[name] for name in names]
    idle = _idle(ordered, served) if not asked else []
    if as_json:
        matrix = {
            kind: {
                caught.name: {"follow": caught.follow, "cases": caught.cases}
                for caught in ordered
                if caught.conforming == (kind == "styles")
            }
            for kind in ("faults", "styles")
        }
        typer.echo(json.dumps({**matrix, "cases_that_catch_nothing": idle}, indent=1))
    else:
        _print(ordered, idle, served, verbose=verbose)
    right = all(caught.right for caught in ordered)
    raise typer.Exit(ExitStatus.CONFORMS if right else ExitStatus.MISMATCH)


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


def _idle(found: Sequence[Caught], operations: tuple[str, ...]) -> list[str]:
    """Return the cases that catch no fault at all: of no harm, but of no proven use."""
    used = Counter(case for caught in found if not caught.conforming for case in caught.cases)
    return [case.id for case in _loaded(operations).cases if case.id not in used]


def _print(found: Sequence[Caught], idle: Sequence[str], served: tuple[str, ...], *, verbose: bool) -> None:
    console = Console(highlight=False)
    width = max(len(caught.name) for caught in found)
    for caught in found:
        line = Text(f"{caught.name:<{width}}  ")
        line.append(*_LABELS[caught.conforming, bool(caught.cases)])
        if caught.cases:
            shown = caught.cases if verbose else caught.cases[:_SHOWN]
            more = f" and {len(caught.cases) - len(shown)} more" if len(caught.cases) > len(shown) else ""
            line.append(f" by {', '.join(shown)}{more}")
        else:
            fault = find_fault(caught.name, served)
            line.append(f": {fault.conforms or fault.about}")
        console.print(line, soft_wrap=True)
    if idle:
        console.print(f"\n{len(idle)} cases catch no fault:")
        for case in idle:
            console.print(f"  {case}", soft_wrap=True)
    console.print()
    for conforming, what in ((False, "faults caught"), (True, "conforming variants passed")):
        own = [caught for caught in found if caught.conforming == conforming]
        if own:
            console.print(f"{sum(caught.right for caught in own)} of {len(own)} {what}")
