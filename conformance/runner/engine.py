"""The engine: takes cases and a target, keeps many requests in flight, yields results. It knows nothing of pytest."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, Self

from conformance.runner.executor import Executor
from conformance.targets.caller import ConnectionPool, HttpCaller
from conformance.targets.rate import RateLimit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.cases.model import Case
    from conformance.runner.plan import Plan
    from conformance.runner.results import CaseResult


class Engine:
    """Runs cases of one plan. Use as a context manager: leaving it closes the connections."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._pool = ConnectionPool()
        self._stop = threading.Event()
        caller = HttpCaller(plan.target, self._pool, RateLimit(plan.target.rate, self._stop))
        self._executor = Executor(plan, caller, self._pool, self._stop.is_set)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._pool.close()

    def run_one(self, case: Case) -> CaseResult:
        """Run one case in this thread."""
        return self._executor.run(case)

    def run(self, cases: Sequence[Case]) -> Iterator[CaseResult]:
        """Run cases and yield their results as they come; those that must run alone come last.

        When the caller stops early (Ctrl-C), no further case is begun, and those under way take their states back
        before this returns.
        """
        together = [case for case in cases if not self._alone(case)]
        alone = [case for case in cases if self._alone(case)]
        yield from self._in_parallel(together)
        for case in alone:
            yield self._executor.run(case)

    def _alone(self, case: Case) -> bool:
        target = self._plan.target
        return target.credentials is not None or (target.isolation == "global" and bool(case.given))

    def _in_parallel(self, cases: Sequence[Case]) -> Iterator[CaseResult]:
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
                    done.put(self._executor.run(case))
                except BaseException as fault:  # noqa: BLE001 - a fault of the harness is raised in the main thread
                    done.put(fault)
                    return

        threads = [threading.Thread(target=work, daemon=True) for _ in range(min(self._plan.concurrency, len(cases)))]
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
