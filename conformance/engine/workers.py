"""Several processes for one run, where one processor is not enough: each has an engine of its own.

Processes do not buy latency: 64 cases are in flight in one (docs/performance.md). They cost their start, and what it
takes to carry cases there and results back.
"""

from __future__ import annotations

import os
import signal
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import replace
from multiprocessing import active_children, get_context
from typing import TYPE_CHECKING, Final, Self

from conformance.core.errors import HarnessError
from conformance.core.termination import TERMINATION
from conformance.engine.engine import Engine
from conformance.engine.notes import RunNote, RunNotes
from conformance.engine.plan import new_run_id
from conformance.engine.preflight.findings import PreflightFindings

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    from conformance.cases.model import Case
    from conformance.engine.plan import Plan
    from conformance.judging.results import CaseResult

_PARTS: Final = 4
"""How many parts each process gets, one after another, so that a slow one does not hold up the end."""

_POOLS: Final = 3
"""How many times processes are started in all, when some are killed."""

_LOST: Final = RunNote("workers.killed", "a process of --workers was killed; others ran its cases again")

_Done = tuple["list[CaseResult]", "list[RunNote]"]
"""What a process gives back: results, and the notes that it took meanwhile."""

_engine: Engine | None = None
"""The engine of this process, when it is one of several."""


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
        self._pool = self._started(plan)  # no process is started before there is work

    def _started(self, plan: Plan) -> ProcessPoolExecutor:
        rate = plan.target.rate
        each = replace(
            plan,
            target=replace(plan.target, rate=rate / self._count if rate else None),
            concurrency=-(-plan.concurrency // self._count),
            notes=RunNotes(),
        )
        return ProcessPoolExecutor(self._count, get_context("spawn"), _begin, (each, self._findings))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._own.__exit__(*details)

    def run(self, cases: Sequence[Case]) -> Generator[CaseResult, None, None]:
        """Run cases and yield their results as they come; those that must run alone come last, in this process.

        The target is asked the few things that go before the cases once, in this process. The cases of a process that
        is killed are run again by others, under accounts of their own. After Ctrl-C what is under way takes its states
        back first.

        Raises:
            HarnessError: When processes are killed again and again.
        """
        self._findings = self._own.prepare(cases)
        self._pool = self._started(self.plan)
        together = [case for case in cases if not self._own.alone(case)]
        for _ in range(_POOLS):
            lost: list[Case] = []
            yield from self._shared(together, lost)
            if not lost:
                break
            self.plan.notes.add(_LOST)
            together = lost
            self._pool.shutdown(cancel_futures=True)
            # What a lost process set or created must not be there for another try.
            self._pool = self._started(replace(self.plan, run_id=new_run_id()))
        else:
            raise HarnessError(
                f"processes of --workers were killed again and again: {len(together)} cases have no verdict",
                hint="see what kills them, such as a lack of memory, or lower --workers",
            )
        yield from self._own.run([case for case in cases if self._own.alone(case)])

    def _shared(self, cases: Sequence[Case], lost: list[Case]) -> Iterator[CaseResult]:
        """Yield the results of cases that the processes share; those of a process that was killed go to `lost`."""
        parts = [cases[start :: self._count * _PARTS] for start in range(self._count * _PARTS)]
        waiting: dict[Future[_Done], Sequence[Case]] = {}
        with _ctrl_c_blocked():  # which the processes that are started inherit
            for part in filter(None, parts):
                try:
                    waiting[self._pool.submit(_run, part)] = part
                except BrokenExecutor:
                    lost.extend(part)
        try:
            while waiting:
                done, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in done:
                    part = waiting.pop(future)
                    try:
                        results = self._taken(future)
                    except BrokenExecutor:
                        lost.extend(part)
                    else:
                        yield from results
        except KeyboardInterrupt:
            yield from self._broken_off(waiting)
            raise

    def _broken_off(self, waiting: Iterable[Future[_Done]]) -> Iterator[CaseResult]:
        """End the processes, and yield what they found until then."""
        if TERMINATION.arrived:  # Ctrl-C at a terminal reaches every process by itself
            for child in active_children():
                with suppress(ProcessLookupError):
                    _interrupt(child.pid)
        self._pool.shutdown(cancel_futures=True)
        for future in waiting:
            if not future.cancelled():
                with suppress(BrokenExecutor, KeyboardInterrupt):
                    yield from self._taken(future)

    def _taken(self, future: Future[_Done]) -> list[CaseResult]:
        results, notes = future.result()
        self.plan.notes.extend(notes)
        return results


def _interrupt(number: int | None) -> None:
    if number is not None:
        os.kill(number, signal.SIGINT)


@contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(plan: Plan, findings: PreflightFindings) -> None:
    global _engine  # noqa: PLW0603 - a process of the pool has no other place for what outlives a task
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    _engine = Engine(plan)
    _engine.learn(findings)


def _run(part: Sequence[Case]) -> _Done:
    """Run a part of the cases in this process; after Ctrl-C, return what was found out until then.

    Only here is Ctrl-C let in: elsewhere Python would print where it struck, as when this process still starts.
    """
    assert _engine is not None  # noqa: S101 - every process begins with it
    found: list[CaseResult] = []
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        found.extend(_engine.run(part))
    except KeyboardInterrupt:
        _engine.stop()
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    return found, _engine.plan.notes.take()
