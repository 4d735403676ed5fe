"""`conformance selftest`: does the suite catch every fault of the reference server?"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.text import Text

from conformance.cli.plan import default_values, load_plan
from conformance.errors import ExitStatus, UsageError
from conformance.mock.faults import FAULTS, find_fault
from conformance.runner.selftest import selftest as run_selftest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.contract.model import Language
    from conformance.runner.plan import Plan
    from conformance.runner.selftest import Caught
    from conformance.targets.model import Target

_CONCURRENCY = 16
_SHOWN = 2


def selftest(
    *,
    faults: Annotated[list[str] | None, typer.Argument(help="Names of faults.  [default: every fault]")] = None,
    jobs: Annotated[int | None, typer.Option(help="Faults at once.  [default: one a processor]")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole matrix as JSON.")] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Name every case that caught a fault.")] = False,
) -> None:
    """Run the suite against the reference server with one fault at a time: each must be caught.

    Exit status: 0 when every fault is caught, 1 when one is not.
    """
    if jobs is not None and jobs < 1:
        raise UsageError(f"--jobs {jobs} is not a number above 0")
    names = [find_fault(name).name for name in faults or FAULTS]
    found: dict[str, Caught] = {}
    running = run_selftest(names, make_plan, jobs or os.cpu_count() or 1)
    console = Console(stderr=True)
    for caught in track(running, "faults", total=len(names), console=console, disable=not console.is_terminal):
        found[caught.fault] = caught
    ordered = [found[name] for name in names]
    idle = _idle(ordered) if not faults else []
    if as_json:
        matrix = {caught.fault: {"follow": caught.follow, "cases": caught.cases} for caught in ordered}
        typer.echo(json.dumps({"faults": matrix, "cases_that_catch_nothing": idle}, indent=1))
    else:
        _print(ordered, idle, verbose=verbose)
    missed = any(not caught.cases for caught in ordered)
    raise typer.Exit(ExitStatus.MISMATCH if missed else ExitStatus.CONFORMS)


@cache
def _loaded() -> Plan:
    """Return the plan of a run of every case, read once in each process; its target is replaced."""
    from conformance.targets.model import Target  # noqa: PLC0415 - beside its only use

    return load_plan("both", _CONCURRENCY)(Target("http://127.0.0.1", values=default_values()))


def make_plan(target: Target, docs: tuple[Language, ...]) -> Plan:
    """Return the plan of a run against a target, judged by some languages."""
    plan = _loaded()
    return replace(plan, target=replace(target, values=plan.target.values), docs=docs)


def _idle(found: Sequence[Caught]) -> list[str]:
    """Return the cases that catch no fault at all: of no harm, but of no proven use."""
    used = Counter(case for caught in found for case in caught.cases)
    return [case.id for case in _loaded().cases if case.id not in used]


def _print(found: Sequence[Caught], idle: Sequence[str], *, verbose: bool) -> None:
    console = Console(highlight=False)
    width = max(len(caught.fault) for caught in found)
    for caught in found:
        line = Text(f"{caught.fault:<{width}}  ")
        if caught.cases:
            shown = caught.cases if verbose else caught.cases[:_SHOWN]
            more = f" and {len(caught.cases) - len(shown)} more" if len(caught.cases) > len(shown) else ""
            line.append("caught", "green")
            line.append(f" by {', '.join(shown)}{more}")
        else:
            line.append("NOT CAUGHT", "bold red")
            line.append(f": {FAULTS[caught.fault].about}")
        console.print(line, soft_wrap=True)
    if idle:
        console.print(f"\n{len(idle)} cases catch no fault:")
        for case in idle:
            console.print(f"  {case}", soft_wrap=True)
    caught_count = sum(bool(caught.cases) for caught in found)
    console.print(f"\n{caught_count} of {len(found)} faults caught")
