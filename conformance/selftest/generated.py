"""The faults that are made of an operation's documents, tried against the cases of the operation, one at a time.

A fault of an operation shows in the cases that call it, and in no others; those that are about the same fact or code
come first, and the first that catches it is enough. Cases that differ from a server without faults prove nothing.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from conformance.cases.suite import operations_in
from conformance.core.errors import UsageError
from conformance.core.wording import near
from conformance.selftest.bench import Bench, bench_target
from conformance.selftest.processes import spread
from conformance.selftest.servers import CATCHING, SERVERS, faultless
from conformance.server.faults.generated.catalogue import families, faults_of, prefix_of
from conformance.server.faults.mutations import NotThere

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.cases.model import Case
    from conformance.contract.catalogue import OperationId
    from conformance.contract.languages import Docs, Language
    from conformance.engine.plan import Plan
    from conformance.selftest.matrix import PlanMaker
    from conformance.server.faults.generated.catalogue import Family
    from conformance.server.faults.generated.fault import GeneratedFault

_NO_CASE = "the operation has no case that can be run"


class TriedFault(Struct, frozen=True):
    """What the suite made of a fault, or of a style, that was made of an operation's documents.

    Attributes:
        name: Its name.
        kind: What it is about, in a word.
        about: What the server does otherwise.
        conforming: Whether it is a style: a choice that the documents leave open, which nothing may catch.
        silent: Why no case can catch it; empty where one can.
        follow: What the server followed when it was caught; `None` when nothing caught it.
        cases: The cases that caught it: of a fault the first one, of a style all.
    """

    name: str
    kind: str
    about: str
    conforming: bool
    silent: str
    follow: Docs | None
    cases: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether the suite did what it must."""
        return bool(self.cases or self.silent) if not self.conforming else not self.cases


class TriedOperation(NamedTuple):
    """One operation with all that was tried on it.

    Attributes:
        subject: What the ids of its cases begin with.
        tried: The faults and styles, in their order.
        differing: The cases that differ from the server without a fault: they prove nothing.
    """

    subject: str
    tried: tuple[TriedFault, ...]
    differing: tuple[str, ...]


class OperationTask(Struct, frozen=True):
    """Which faults of which operation are tried.

    Attributes:
        operation: The operation.
        subject: What the ids of its cases begin with.
        prefix: What the names of its faults begin with.
        family: The operations that are about the same kind of resource.
        make_plan: Makes the plan for a target and the languages to judge by; picklable.
        names: The names of the faults; none: all.
        most: How many are tried at the most, drawn with `seed`; `None`: all.
        seed: What decides which are drawn.
    """

    operation: OperationId
    subject: str
    prefix: str
    family: Family
    make_plan: PlanMaker
    names: tuple[str, ...] = ()
    most: int | None = None
    seed: int = 0


def tasks_of(plan: Plan, operations: Sequence[OperationId], make_plan: PlanMaker) -> list[OperationTask]:
    """Return a task for each operation that has cases; `plan` is one of all cases of the workspace."""
    known = families(plan.contracts.values())
    subjects = dict(zip(operations_in(plan.contracts.values()), plan.contracts, strict=True))
    return [
        OperationTask(each, subjects[each], prefix_of(each), known.get(each, {}), make_plan)
        for each in operations
        if each in subjects
    ]


def try_faults(tasks: Sequence[OperationTask], jobs: int) -> Iterator[TriedOperation]:
    """Try the faults of operations and yield each operation when it is done, in the order in which they end.

    Raises:
        HarnessError: When processes are killed again and again.
        UsageError: For a name that no fault of an operation has.
    """
    yield from spread(_tried, {each.subject: each for each in tasks}, jobs)


def _tried(task: OperationTask) -> TriedOperation:
    trial = _Trial(task)
    return TriedOperation(task.subject, tuple(map(trial.tried, _drawn(task))), trial.differing)


def _drawn(task: OperationTask) -> list[GeneratedFault]:
    found = faults_of(faultless(SERVERS[0][0]), task.operation, task.family)
    if task.names:
        known = {each.name: each for each in found}
        for name in task.names:
            if name not in known:
                raise UsageError(f"there is no fault {name!r}", hint=near(name, known))
        return [known[name] for name in task.names]
    if task.most is None or len(found) <= task.most:
        return found
    chosen = set(random.Random(f"{task.seed}/{task.subject}").sample(range(len(found)), task.most))  # noqa: S311 - no secret
    return [each for index, each in enumerate(found) if index in chosen]


class _Trial:
    """The cases that a fault of one operation can show in, and what they say of servers."""

    def __init__(self, task: OperationTask) -> None:
        self._task = task
        call = task.operation.name, task.operation.version
        whole = task.make_plan(bench_target({}), SERVERS[0][1])
        self._cases = [
            case
            for case in whole.cases
            if case.trigger != "todo"
            and (case.subject == task.subject or any(step.call == call for step in case.steps))
        ]
        subjects = {task.subject, *(case.subject for case in self._cases)}
        target = bench_target(whole.target.values)
        contracts = {name: own for name, own in whole.contracts.items() if name in subjects}
        self._plan = replace(whole, target=target, cases=tuple(self._cases), contracts=contracts)
        self._differ: dict[Docs, frozenset[str]] = {}
        self._runs: dict[Docs, frozenset[str]] = {}

    @property
    def differing(self) -> tuple[str, ...]:
        """The cases that differ from a server without faults, whatever it followed."""
        return tuple(sorted(set().union(*self._differ.values()))) if self._differ else ()

    def tried(self, fault: GeneratedFault) -> TriedFault:
        """Try one fault or style."""
        flaw = fault.flaw
        follow, cases = (None, ()) if flaw.silent and not self._can_show(fault) else self._caught(fault)
        silent = flaw.silent or ("" if self._any_runs() else _NO_CASE)
        return TriedFault(fault.name, flaw.kind, flaw.about, bool(flaw.conforms), silent, follow, cases)

    def _can_show(self, fault: GeneratedFault) -> bool:
        """Whether there is a server with this fault at all: of a rule that nobody knows there is none."""
        try:
            fault.named.mutation.apply(faultless(SERVERS[0][0]))
        except NotThere:
            return False
        return True

    def _any_runs(self) -> bool:
        return any(self._runs.values())

    def _caught(self, fault: GeneratedFault) -> tuple[Docs | None, tuple[str, ...]]:
        for follow, docs in SERVERS:
            try:
                served = fault.named.mutation.apply(faultless(follow))
            except NotThere:
                continue  # these documents do not promise what the fault breaks
            self._look_without_faults(follow, docs)
            bench = Bench(replace(self._plan, docs=docs), served)
            ordered = sorted(self._cases, key=lambda case: _rank(case, fault))
            caught = (
                case.id for case in ordered if case.id in self._runs[follow] and bench.run(case).verdict in CATCHING
            )
            first = next(caught, None)
            if first is not None:
                return follow, (first, *(caught if fault.flaw.conforms else ()))
            if fault.flaw.conforms:
                break  # it is the same style for every document
        return None, ()

    def _look_without_faults(self, follow: Docs, docs: tuple[Language, ...]) -> None:
        if follow in self._differ:
            return
        bench = Bench(replace(self._plan, docs=docs), faultless(follow))
        verdicts = {case.id: bench.run(case).verdict for case in self._cases}
        self._differ[follow] = frozenset(name for name, verdict in verdicts.items() if verdict in CATCHING)
        self._runs[follow] = frozenset(name for name, verdict in verdicts.items() if verdict in ("pass", "divergent"))


def _rank(case: Case, fault: GeneratedFault) -> int:
    """Return how soon a case is tried: what is about the same fact or code first, then sequences, then successes."""
    flaw = fault.flaw
    if flaw.facts and set(flaw.facts) & set(case.facts):
        return 0
    codes = {outcome.code for step in case.steps for allowed in step.outcomes.values() for outcome in allowed}
    if flaw.code and flaw.code in codes:
        return 1 if len(codes) == 1 else 2
    if len(case.steps) > 1:
        return 3
    return 4 if (None in codes) is (flaw.kind not in ("state", "envelope")) else 5
