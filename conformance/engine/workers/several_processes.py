"""Several processes for one run, where one processor is not enough: each has an engine of its own.

Processes do not buy latency: 64 cases are in flight in one (docs/performance.md). They cost their start, and what it
takes to carry cases there and results back.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, Protocol, Self, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from conformance.core.errors import HarnessError
from conformance.core.redaction import RECENT
from conformance.core.termination import TERMINATION
from conformance.engine.engine import Engine
from conformance.engine.interrupts import Interrupts
from conformance.engine.notes import RunNote, RunNotes
from conformance.engine.plan import new_run_id
from conformance.engine.preflight.findings import PreflightFindings
from conformance.engine.workers.case_parts import CaseParts
from conformance.engine.workers.child_process import WorkerLostError
from conformance.engine.workers.trial import SharingTrial
from conformance.engine.workers.worker_process import NewWorker, WorkerCopy, WorkerTold

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

    from conformance.cases.model import Case
    from conformance.core.redaction import SharedFile
    from conformance.engine.plan import Plan
    from conformance.engine.workers.worker_process import PartFound, WorkerProcess
    from conformance.judging.results import CaseResult

_TRIES: Final = 3
"""How many times processes are started in all, when some are killed."""

_LOST: Final = RunNote("workers.killed", "a process of the run was killed; others ran its cases again")


class _HasId(Protocol):
    @property
    def id(self) -> str:
        """The id of the case."""


R = TypeVar("R", bound=_HasId)


class _AtWork(Struct, Generic[R]):
    """A process, the part that it runs, and the ids of the cases of which it gave back the result."""

    process: WorkerProcess[R]
    part: Sequence[Case]
    done: set[str] = field(default_factory=set)

    def left(self) -> list[Case]:
        """Return the cases of which nobody knows the result."""
        return [case for case in self.part if case.id not in self.done]


class _Round(Struct, Generic[R]):
    """Cases that processes share.

    Attributes:
        parts: What no process has.
        trial: Shows whether several are of use; `None` when they are used in any case.
        busy: Who is at work.
        lost: Cases of processes that were killed.
    """

    parts: CaseParts
    trial: SharingTrial | None
    busy: dict[Connection, _AtWork[R]] = field(default_factory=dict)
    lost: list[Case] = field(default_factory=list)

    def wants_another(self) -> bool:
        """Whether a process that has nothing to do is to go on."""
        too_many = self.trial is not None and self.trial.failed and bool(self.busy)
        return bool(self.parts) and not too_many

    def note(self, done: int, *, last: bool) -> None:
        """Note how many cases a process did, and whether its part is done."""
        if self.trial is not None:
            self.trial.done += done
            if last:
                self.trial.part_done(time.monotonic())


class RunBefore(NamedTuple):
    """What has run cases in this process: the engine, which is left open, and how many cases it did in a second."""

    engine: Engine
    per_s: float


class Workers(Generic[R]):
    """Runs cases of one plan in several processes, with the face of the engine.

    Args:
        plan: The run. `plan.concurrency` and the target's rate hold for all processes together.
        count: How many processes.
        record: Makes what is yielded of a result, in the process that has it; picklable.
        before: What has run cases of the plan in this process. Then the processes are forked: they have the cases and
            know what it learned. When they do not do more than it did, one of them goes on alone.

    Attributes:
        plan: The run.
    """

    def __init__(
        self, plan: Plan, count: int, record: Callable[[CaseResult], R], before: RunBefore | None = None
    ) -> None:
        self.plan = plan
        self._count = count
        self._record = record
        self._before = before
        self._own = before.engine if before is not None else Engine(plan)
        self._findings = PreflightFindings()
        self._processes: list[WorkerProcess[R]] = []
        self._stack = ExitStack()
        self._signatures: SharedFile | None = None

    def _start(self, plan: Plan, cases: Sequence[Case]) -> None:
        rate = plan.target.rate
        each = replace(
            plan,
            target=replace(plan.target, rate=rate / self._count if rate else None),
            concurrency=-(-plan.concurrency // self._count),
            notes=RunNotes(),
        )
        told = WorkerTold(each, self._findings, self._signatures, self._record)
        if self._before is None:
            self._start_anew(told)
        else:
            self._own.renew(plan)  # a connection that it leaves idle may keep a server from all others
            self._start_copies(told, {case.id: case for case in cases})

    def _start_anew(self, told: WorkerTold[R]) -> None:
        while len(self._processes) < self._count:  # all start before the first is waited for
            self._processes.append(NewWorker())
        for process in tuple(self._processes):
            try:
                process.send(told)
            except WorkerLostError:
                self._end(process)

    def _start_copies(self, told: WorkerTold[R], cases: Mapping[str, Case]) -> None:
        with suppress(OSError):  # the system has no more processes, memory or descriptors: fewer go on, or none
            while len(self._processes) < self._count:
                own = told._replace(plan=replace(told.plan, run_id=new_run_id()))  # it probes under accounts of its own
                self._processes.append(WorkerCopy(own, self._own, cases, tuple(self._processes)))

    def _end(self, process: WorkerProcess[R]) -> None:
        self._processes.remove(process)
        process.close()

    def __enter__(self) -> Self:
        self._signatures = self._stack.enter_context(RECENT.shared())
        return self

    def __exit__(self, *details: object) -> None:
        with self._stack:
            self._end_all()
            if self._before is None:
                self._own.__exit__(*details)

    def _end_all(self) -> None:
        for process in self._processes:
            process.let_go()  # all of them end at the same time
        while self._processes:
            self._end(self._processes[-1])

    def run(self, cases: Sequence[Case], before_wait: Callable[[], None] = lambda: None) -> Generator[R, None, None]:
        """Run cases and yield what is made of their results as they come; those that must run alone come last.

        These run in this process. The target is asked the few things that go before the cases once, in this process,
        too. The cases of a process that is killed are run again by others, or in this one where it made copies, under
        accounts of their own. After Ctrl-C what is under way takes its states back first.

        Args:
            cases: The cases.
            before_wait: Called when all results that there are were yielded.

        Raises:
            HarnessError: When processes that are not copies are killed again and again.
        """
        self._findings = self._own.prepare(cases)
        together, alone = self._own.divided(cases)
        by_others = self._by_new_ones if self._before is None else self._by_copies
        yield from by_others(together, before_wait)
        yield from map(self._record, self._own.run(alone, before_wait))

    def _by_new_ones(self, cases: Sequence[Case], before_wait: Callable[[], None]) -> Iterator[R]:
        plan = self.plan
        for _ in range(_TRIES):
            self._start(plan, cases)
            sharing = self._round(cases)
            yield from self._shared(sharing, before_wait)
            if not sharing.lost:
                return
            self.plan.notes.add(_LOST)
            cases = sharing.lost
            self._end_all()
            # What a lost process set or created must not be there for another try.
            plan = replace(self.plan, run_id=new_run_id())
        raise HarnessError(
            f"processes of the run were killed again and again: {len(cases)} cases have no verdict",
            hint="see what kills them, such as a lack of memory, or give --workers 1",
        )

    def _by_copies(self, cases: Sequence[Case], before_wait: Callable[[], None]) -> Iterator[R]:
        """Yield what copies find. Nobody asked for them, so what they cannot do is done in this process."""
        self._start(self.plan, cases)
        started = bool(self._processes)
        sharing = self._round(cases)
        yield from self._shared(sharing, before_wait)
        if not sharing.lost:
            return
        if started:
            self.plan.notes.add(_LOST)
        self._end_all()
        self._own.renew(replace(self.plan, run_id=new_run_id()))
        yield from map(self._record, self._own.run(sharing.lost, before_wait))

    def _round(self, cases: Sequence[Case]) -> _Round[R]:
        rate = self.plan.target.rate
        if self._before is None:
            return _Round(CaseParts(cases, self._count, rate), None)
        trial = SharingTrial(self._before.per_s, time.monotonic(), self._count)
        return _Round(CaseParts(cases, self._count, rate, trial.first), trial)

    def _shared(self, sharing: _Round[R], before_wait: Callable[[], None]) -> Iterator[R]:
        """Yield what the processes find, until none is at work."""
        results: Iterator[R] = iter(())
        try:
            with Interrupts() as interrupts:
                for process in tuple(self._processes):
                    with interrupts.held():
                        self._give(process, sharing)
                while sharing.busy:
                    before_wait()
                    for ready in wait(list(sharing.busy)):
                        assert isinstance(ready, Connection)  # noqa: S101 - nothing else is waited for
                        with interrupts.held():  # who gave back its last and was still busy here would be waited for
                            results = iter(self._results(ready, sharing))
                        yield from results
        except KeyboardInterrupt:
            yield from results
            if not TERMINATION.at_once:
                yield from self._broken_off(each.process for each in sharing.busy.values())
            raise
        sharing.lost.extend(sharing.parts.rest())  # no process is left that could run it

    def _results(self, ready: Connection, sharing: _Round[R]) -> Sequence[R]:
        """Take what a process gives back; give it another part when it is done, and end it when it was killed."""
        at_work = sharing.busy[ready]
        try:
            found = self._taken(at_work.process)
        except WorkerLostError:
            sharing.lost.extend(at_work.left())
            del sharing.busy[ready]
            self._end(at_work.process)
            return ()
        at_work.done.update(each.id for each in found.results)
        sharing.note(len(found.results), last=found.last)
        if found.last:
            del sharing.busy[ready]
            if left := at_work.left():  # Ctrl-C came to it alone, and it begins nothing more
                sharing.lost.extend(left)
                self._end(at_work.process)
            else:
                self._give(at_work.process, sharing)
        return found.results

    def _give(self, process: WorkerProcess[R], sharing: _Round[R]) -> None:
        """Give a process its next part, if it is wanted; else it has nothing more to do."""
        if not sharing.parts:
            process.let_go()  # it takes a while to end, in which others work
        if not sharing.wants_another():
            return
        part = sharing.parts.take()
        try:
            process.give(part)
        except WorkerLostError:
            sharing.parts.give_back(part)
            self._end(process)
        else:
            sharing.busy[process.connection] = _AtWork(process, part)

    def _broken_off(self, busy: Iterable[WorkerProcess[R]]) -> Iterator[R]:
        """End what the processes do, and yield what they found until then."""
        at_work = list(busy)
        for process in at_work:  # Ctrl-C at a terminal reached them by itself: the second is nothing to them
            process.interrupt()
        for process in at_work:
            last = False
            while not last:
                try:
                    found = self._taken(process)
                except (WorkerLostError, KeyboardInterrupt):
                    if TERMINATION.at_once:
                        return
                    break
                last = found.last
                yield from found.results

    def _taken(self, process: WorkerProcess[R]) -> PartFound[R]:
        found = process.take()
        self.plan.notes.extend(found.notes)
        return found
