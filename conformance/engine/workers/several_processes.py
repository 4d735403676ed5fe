"""Several processes for one run, where one processor is not enough: each has an engine of its own.

Processes do not buy latency: 64 cases are in flight in one (docs/performance.md). They cost their start, and what it
takes to carry cases there and results back.
"""

from __future__ import annotations

from collections import deque
from contextlib import ExitStack
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Final, Self

from conformance.core.errors import HarnessError
from conformance.core.redaction import RECENT
from conformance.core.termination import TERMINATION
from conformance.engine.engine import Engine
from conformance.engine.notes import RunNote, RunNotes
from conformance.engine.plan import new_run_id
from conformance.engine.preflight.findings import PreflightFindings
from conformance.engine.workers.child_process import WorkerLostError
from conformance.engine.workers.worker_process import WorkerProcess

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    from conformance.cases.model import Case
    from conformance.core.redaction import SharedFile
    from conformance.engine.plan import Plan
    from conformance.judging.results import CaseResult

_PARTS: Final = 4
"""How many parts each process gets, one after another, so that a slow one does not hold up the end."""

_MOST_PART_S: Final = 3.0
"""How long a part may take by the rate alone: as long as that, the share of a process that has ended is not used."""

_TRIES: Final = 3
"""How many times processes are started in all, when some are killed."""

_LOST: Final = RunNote("workers.killed", "a process of --workers was killed; others ran its cases again")


def parts(cases: Sequence[Case], count: int, rate: float | None) -> list[Sequence[Case]]:
    """Share out cases among processes; with a rate, in small parts: so no process is at work long after another.

    Args:
        cases: The cases.
        count: How many processes.
        rate: Requests a second of all together; `None` for no limit.
    """
    number = count * _PARTS
    if rate:
        at_once = max(int(rate / count * _MOST_PART_S), 1)
        number = max(number, -(-len(cases) // at_once))
    return [cases[start::number] for start in range(min(number, len(cases)))]


class Workers:
    """Runs cases of one plan in several processes, with the face of the engine.

    Args:
        plan: The run. `plan.concurrency` and the target's rate hold for all processes together.
        count: How many processes.

    Attributes:
        plan: The run.
    """

    def __init__(self, plan: Plan, count: int) -> None:
        self.plan = plan
        self._count = count
        self._own = Engine(plan)
        self._findings = PreflightFindings()
        self._processes: list[WorkerProcess] = []
        self._stack = ExitStack()
        self._signatures: SharedFile | None = None

    def _start(self, plan: Plan) -> None:
        rate = plan.target.rate
        each = replace(
            plan,
            target=replace(plan.target, rate=rate / self._count if rate else None),
            concurrency=-(-plan.concurrency // self._count),
            notes=RunNotes(),
        )
        while len(self._processes) < self._count:  # all start before the first is waited for
            self._processes.append(WorkerProcess())
        for process in tuple(self._processes):
            try:
                process.send((each, self._findings, self._signatures))
            except WorkerLostError:
                self._end(process)

    def _end(self, process: WorkerProcess) -> None:
        self._processes.remove(process)
        process.close()

    def __enter__(self) -> Self:
        self._signatures = self._stack.enter_context(RECENT.shared())
        return self

    def __exit__(self, *details: object) -> None:
        with self._stack:
            self._end_all()
            self._own.__exit__(*details)

    def _end_all(self) -> None:
        while self._processes:
            self._end(self._processes[-1])

    def run(self, cases: Sequence[Case]) -> Generator[CaseResult, None, None]:
        """Run cases and yield their results as they come; those that must run alone come last, in this process.

        The target is asked the few things that go before the cases once, in this process. The cases of a process that
        is killed are run again by others, under accounts of their own. After Ctrl-C what is under way takes its states
        back first.

        Raises:
            HarnessError: When processes are killed again and again.
        """
        self._findings = self._own.prepare(cases)
        plan = self.plan
        together = [case for case in cases if not self._own.alone(case)]
        for _ in range(_TRIES):
            lost: list[Case] = []
            self._start(plan)
            yield from self._shared(together, lost)
            if not lost:
                break
            self.plan.notes.add(_LOST)
            together = lost
            self._end_all()
            # What a lost process set or created must not be there for another try.
            plan = replace(self.plan, run_id=new_run_id())
        else:
            raise HarnessError(
                f"processes of --workers were killed again and again: {len(together)} cases have no verdict",
                hint="see what kills them, such as a lack of memory, or lower --workers",
            )
        yield from self._own.run([case for case in cases if self._own.alone(case)])

    def _shared(self, cases: Sequence[Case], lost: list[Case]) -> Iterator[CaseResult]:
        """Yield the results of cases that the processes share; those of a process that was killed go to `lost`."""
        waiting = deque(parts(cases, self._count, self.plan.target.rate))
        busy: dict[Connection, tuple[WorkerProcess, Sequence[Case]]] = {}
        try:
            for process in tuple(self._processes):
                self._give(process, waiting, busy)
            while busy:
                for ready in wait(list(busy)):
                    assert isinstance(ready, Connection)  # noqa: S101 - nothing else is waited for
                    process, part = busy.pop(ready)
                    try:
                        results = self._taken(process)
                    except WorkerLostError:
                        lost.extend(part)
                        self._end(process)
                    else:
                        self._give(process, waiting, busy)
                        yield from results
        except KeyboardInterrupt:
            yield from self._broken_off(process for process, _ in busy.values())
            raise
        for part in waiting:  # no process is left that could run it
            lost.extend(part)

    def _give(
        self,
        process: WorkerProcess,
        waiting: deque[Sequence[Case]],
        busy: dict[Connection, tuple[WorkerProcess, Sequence[Case]]],
    ) -> None:
        """Give a process its next part, if there is one."""
        if waiting:
            part = waiting.popleft()
            try:
                process.send(part)
            except WorkerLostError:
                waiting.appendleft(part)
                self._end(process)
            else:
                busy[process.connection] = process, part

    def _broken_off(self, busy: Iterable[WorkerProcess]) -> Iterator[CaseResult]:
        """End what the processes do, and yield what they found until then."""
        at_work = list(busy)
        for process in at_work:  # Ctrl-C at a terminal reached them by itself: the second is nothing to them
            process.interrupt()
        for process in at_work:
            try:
                results = self._taken(process)
            except (WorkerLostError, KeyboardInterrupt):
                if TERMINATION.at_once:
                    return
                continue
            yield from results

    def _taken(self, process: WorkerProcess) -> list[CaseResult]:
        results, notes = process.take()
        self.plan.notes.extend(notes)
        return results
