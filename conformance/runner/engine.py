"""The engine: takes cases and a target, keeps many requests in flight, yields results. It knows nothing of pytest."""

from __future__ import annotations

import queue
import secrets
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.runner.executor import Executor
from conformance.targets.caller import ConnectionPool, HttpCaller
from conformance.targets.rate import RateLimit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.cases.model import Case
    from conformance.contract.model import Contract, Language
    from conformance.runner.results import CaseResult
    from conformance.targets.model import Target


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is: a target, the contracts it is judged by, and how hard it may be driven.

    Attributes:
        target: The target.
        contracts: The contracts by operation and language.
        docs: The languages to judge by.
        cases: Every case of the operation, also those not selected: some verdicts rest on what the server shows in
            other cases.
        concurrency: Cases in flight at once.
        run_id: Makes the accounts of this run its own; a run in several processes shares it.
    """

    target: Target
    contracts: Mapping[str, Mapping[Language, Contract]]
    docs: tuple[Language, ...]
    cases: tuple[Case, ...]
    concurrency: int
    run_id: str


def new_run_id() -> str:
    """Return a text that no other run has."""
    return secrets.token_hex(6)


class Engine:
    """Runs cases of one plan. Use as a context manager: leaving it closes the connections."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._pool = ConnectionPool()
        version = next(contract.version for each in plan.contracts.values() for contract in each.values())
        caller = HttpCaller(plan.target, version, self._pool, RateLimit(plan.target.rate))
        self._executor = Executor(plan.target, plan.contracts, plan.docs, caller, self._pool, plan.run_id, plan.cases)
        self._stop = threading.Event()

    def __enter__(self) -> Engine:
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
        return self._plan.target.isolation == "global" and bool(case.given)

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

