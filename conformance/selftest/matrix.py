"""The suite, tested on the reference server: it must catch every fault, and let every conforming variant pass.

Faults are tried on a bench first, where cases and server share a process. What shows only in time, as a race does, and
what a bench does not show, is tried over HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from conformance.engine.engine import Engine
from conformance.selftest.bench import Bench, bench_target, needs_time
from conformance.selftest.processes import spread
from conformance.selftest.ranking import most_likely_first
from conformance.selftest.servers import ACTIVATION_DELAY_S, CATCHING, SERVERS, faultless
from conformance.server.faults.catalogue import find_fault
from conformance.server.faults.mutations import NotThere
from conformance.server.process import EFFECTS_WITHIN_S, ReferenceServer
from conformance.target.model import Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.contract.languages import Docs, Language
    from conformance.engine.plan import Plan
    from conformance.server.faults.catalogue import NamedMutation
    from conformance.server.server_plan import ServerPlan

PlanMaker = Callable[[Target, tuple["Language", ...]], "Plan"]


class Caught(Struct, frozen=True):
    """What the suite made of one fault, or of one conforming variant.

    Attributes:
        name: Its name.
        conforming: Whether it is a conforming variant: a choice that the documents leave open, which nothing may catch.
        follow: What the server followed when it was caught; `None` when nothing caught it.
        cases: The ids of the cases that caught it, the first one or all.
    """

    name: str
    conforming: bool
    follow: Docs | None
    cases: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether the suite did what it must: caught a fault, or let a conforming variant pass."""
        return bool(self.cases) != self.conforming


class NamedTask(Struct, frozen=True):
    """What is tried of one fault or conforming variant.

    Attributes:
        name: Its name.
        make_plan: Makes the plan for a target and the languages to judge by; picklable.
        operations: What the server is asked for.
        whole: Whether all cases are run, and not only until the first that catches the fault.
    """

    name: str
    make_plan: PlanMaker
    operations: tuple[str, ...] = ()
    whole: bool = True


def selftest(
    names: Sequence[str], make_plan: PlanMaker, jobs: int, operations: tuple[str, ...] = (), *, whole: bool = True
) -> Iterator[Caught]:
    """Run the suite against each fault or conforming variant and yield what caught it, in the order in which they end.

    Args:
        names: Names of faults and conforming variants.
        make_plan: Makes the plan for a target and the languages to judge by; must be picklable.
        jobs: Processes at once; a single one is this process.
        operations: What the server is asked for.
        whole: Whether to name every case that catches a fault. Otherwise the first is enough.

    Raises:
        HarnessError: When processes are killed again and again.
    """
    yield from spread(_caught, {name: NamedTask(name, make_plan, operations, whole) for name in names}, jobs)


def _caught(task: NamedTask) -> Caught:
    fault = find_fault(task.name, task.operations)
    servers = [*_having(fault, task.operations)]
    here = not any(needs_time(server.plan) for server in servers)
    # What a bench lets pass may be seen on the network. What conforms has the same bytes there.
    ways = [*([_on_bench] if here else []), *([_over_http] if not (here and fault.conforms) else [])]
    for run in ways:
        for server in servers:
            cases = run(task, fault, server)
            if cases:
                return Caught(task.name, bool(fault.conforms), server.follow, cases)
    return Caught(task.name, bool(fault.conforms), None, ())


class _Server(NamedTuple):
    """A server with a fault: what it follows, what it is judged by, and its plan."""

    follow: Docs
    docs: tuple[Language, ...]
    plan: ServerPlan


def _having(fault: NamedMutation, operations: tuple[str, ...]) -> Iterator[_Server]:
    """Yield the servers that can have a fault: others follow documents that do not promise what it breaks."""
    for follow, docs in SERVERS:
        with suppress(NotThere):
            yield _Server(follow, docs, fault.mutation.apply(faultless(follow, operations)))


def _on_bench(task: NamedTask, fault: NamedMutation, server: _Server) -> tuple[str, ...]:
    """Return the ids of the cases that find something wrong with a server: all, or the first one."""
    plan = task.make_plan(bench_target({}), server.docs)
    bench = Bench(plan, server.plan)
    if task.whole:
        return tuple(sorted(case.id for case in plan.cases if bench.run(case).verdict in CATCHING))
    ordered = most_likely_first(plan.cases, fault)
    return tuple(islice((case.id for case in ordered if bench.run(case).verdict in CATCHING), 1))


def _over_http(task: NamedTask, fault: NamedMutation, server: _Server) -> tuple[str, ...]:
    """Return the same of a server in a process of its own."""
    started = ReferenceServer(server.follow, (fault.name,), ACTIVATION_DELAY_S, operations=task.operations)
    with started as running:
        target = Target(running.endpoint, states_url=running.states_url, effects_within_s=EFFECTS_WITHIN_S)
        plan = task.make_plan(target, server.docs)
        with Engine(plan) as engine:
            found = sorted(result.id for result in engine.run(plan.cases) if result.verdict in CATCHING)
    return tuple(found if task.whole else found[:1])
