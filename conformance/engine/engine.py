"""The engine: takes cases and a target, keeps many requests in flight, yields results. It knows nothing of pytest."""

from __future__ import annotations

import queue
import threading
from collections import deque
from contextlib import closing
from typing import TYPE_CHECKING, Self

from conformance.engine.calls import HttpCaller
from conformance.engine.effects import Waiting
from conformance.engine.executor import Executor
from conformance.engine.interrupts import Interrupts
from conformance.engine.loop import Loop
from conformance.transport.rate import RateLimit
from conformance.transport.threads import ConnectionPool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conformance.cases.model import Case
    from conformance.engine.calls import Caller, Review
    from conformance.engine.loop import Ended
    from conformance.engine.plan import Plan
    from conformance.judging.results import CaseResult


class Engine:
    """Runs cases of one plan. Use as a context manager: leaving it closes the connections.

    Args:
        plan: The run.
        caller: Sends the requests instead of the HTTP client; it waits for each answer, so cases run in threads.
        stop: Set while nothing more is to be begun; for a caller that waits for something else than answers.
        review: Judges what `caller` sent.

    Attributes:
        plan: The run.
    """

    def __init__(
        self,
        plan: Plan,
        caller: Caller | None = None,
        stop: threading.Event | None = None,
        review: Review | None = None,
    ) -> None:
        self.plan = plan
        self._pool = ConnectionPool()
        self._stop = stop or threading.Event()
        self._rate = RateLimit(plan.target.rate, self._stop)
        self._caller = caller
        sender = caller or HttpCaller(plan.target, self._pool, self._rate)
        self._waiting = Waiting(plan.target, sender, self._pool)
        self._executor = Executor(plan, self._stop.is_set, review=review)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._pool.close()

    @property
    def concurrency(self) -> int:
        """How many cases are in flight at once, at the most."""
        return self.plan.concurrency

    def run_one(self, case: Case) -> CaseResult:
        """Run one case in this thread."""
        return self._waiting.run(self._executor.run(case))

    def run(self, cases: Sequence[Case]) -> Iterator[CaseResult]:
        """Run cases and yield their results as they come; those that must run alone come last.

        When the caller stops early (Ctrl-C), no further case is begun, and those under way take their states back
        before this returns.
        """
        together: list[Case] = []
        alone: list[Case] = []
        for case in cases:
            (alone if self.alone(case) else together).append(case)
        yield from self._in_threads(together) if self._caller else self._in_a_loop(together)
        for case in alone:
            yield self.run_one(case)

    def alone(self, case: Case) -> bool:
        """Whether a case must run while no other does."""
        target = self.plan.target
        return target.credentials is not None or (target.isolation == "global" and bool(case.given))

    def _in_a_loop(self, cases: Sequence[Case]) -> Iterator[CaseResult]:
        with self.flight() as flight, Interrupts() as interrupts:
            waiting = deque(cases)

            def refill() -> None:
                while waiting and flight.active < self.plan.concurrency:
                    flight.start(waiting.popleft())

            while waiting or flight.active:
                with interrupts.held():
                    refill()
                flight.wait()
                with interrupts.held():
                    ended = flight.ended(refill)
                for each in ended:
                    if each.fault is not None:
                        raise each.fault
                    yield each.result

    def flight(self) -> Flight:
        """Return what keeps several cases under way in this thread. Use as a context manager."""
        return Flight(self._executor, Loop(self.plan.target, self._rate), self._stop)

    def _in_threads(self, cases: Sequence[Case]) -> Iterator[CaseResult]:
        waiting: queue.SimpleQueue[Case] = queue.SimpleQueue()
        done: queue.SimpleQueue[CaseResult | BaseException] = queue.SimpleQueue()
        for case in cases:
            waiting.put(case)

        def work() -> None:
            while not self._stop.is_set():
                try:
                    case = waiting.get_nowait()
                except queue.Empty:
                    return
                try:
                    done.put(self.run_one(case))
                except BaseException as fault:  # noqa: BLE001 - a fault of the harness is raised in the main thread
                    done.put(fault)
                    return

        threads = [threading.Thread(target=work, daemon=True) for _ in range(min(self.plan.concurrency, len(cases)))]
        for thread in threads:
            thread.start()
        try:
            for _ in cases:
                result = done.get()
                if isinstance(result, BaseException):
                    raise result
                yield result
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()
            self._stop.clear()


class Flight:
    """Cases under way at once in one thread. Leaving it lets them end, so that they take their states back.

    Args:
        executor: Runs the cases.
        loop: Sends their requests.
        stop: Set while nothing more is to be begun.
    """

    def __init__(self, executor: Executor, loop: Loop[CaseResult], stop: threading.Event) -> None:
        self._executor = executor
        self._loop = loop
        self._stop = stop

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        try:
            with closing(self._loop), Interrupts() as interrupts:
                with interrupts.held():
                    self._loop.stop_waiting()
                while self._loop.active:
                    self._loop.wait()
                    with interrupts.held():
                        self._loop.process()
        finally:
            self._stop.clear()

    @property
    def active(self) -> int:
        """How many cases are under way."""
        return self._loop.active

    def start(self, case: Case) -> None:
        """Begin a case; what ends bears its id."""
        self._loop.start(self._executor.run(case), case.id)

    def wait(self) -> None:
        """Return when something may have happened. May be interrupted."""
        self._loop.wait()

    def ended(self, refill: Callable[[], None]) -> list[Ended]:
        """Go on with what has come, and return what has ended; see `Loop.process`."""
        return self._loop.process(refill)
