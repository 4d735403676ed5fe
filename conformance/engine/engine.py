"""The engine: takes cases and a target, keeps many requests in flight, yields results. It knows nothing of pytest."""

from __future__ import annotations

from collections import deque
from contextlib import closing
from typing import TYPE_CHECKING, Final, Self, TypeVar

from msgspec.structs import replace

from conformance.core.termination import TERMINATION
from conformance.engine.executor import Executor
from conformance.engine.interrupts import Interrupts
from conformance.engine.loop import Loop
from conformance.engine.notes import RunNote
from conformance.transport.descriptors import affordable_connections
from conformance.transport.pace import FIRST

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from conformance.cases.model import Case
    from conformance.engine.calls import Caller, Review
    from conformance.engine.effects import FinishedWork, Steps
    from conformance.engine.plan import Plan
    from conformance.engine.preflight.findings import PreflightFindings
    from conformance.judging.results import CaseResult


T = TypeVar("T")

_TOLD: Final = RunNote(
    "target.told",
    "each request tells the target which answer to give (states: prefer): a pass shows that it can, not when it does",
)


class Engine:
    """Runs cases of one plan, for one thread. Use as a context manager: leaving it closes the connections.

    An engine whose run was broken off, by Ctrl-C or by an early end, stays stopped: it begins nothing more.

    Args:
        plan: The run.
        caller: Carries the calls instead of the HTTP client.
        review: Judges what `caller` sent.

    Attributes:
        plan: The run, with no more cases in flight than this process may have connections.
    """

    def __init__(self, plan: Plan, caller: Caller | None = None, review: Review | None = None) -> None:
        if caller is None:
            plan = replace(plan, concurrency=affordable_connections(plan.concurrency))
        self.plan = plan
        if plan.target.canned:
            plan.notes.add(_TOLD)
        self._caller = caller
        self._loop: Loop[CaseResult] = Loop(plan.target, caller, plan.concurrency)
        self._waiting: deque[Case] = deque()
        self._findings: PreflightFindings | None = None
        self._executor = Executor(plan, review=review, outages=lambda: self._loop.outages)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._note()
        self._loop.close()

    def stop(self) -> None:
        """Begin nothing more."""
        self._loop.stop()

    def prepare(self, cases: Sequence[Case]) -> PreflightFindings:
        """Ask the target a few things before the first case, once; what was found is noted, and holds for the cases.

        Args:
            cases: Those that will be run.
        """
        if self._findings is not None:
            return self._findings
        before: Loop[PreflightFindings] = Loop(self.plan.target, keeping=self._loop.keeping)
        findings = _finished(before, self._executor.preflight(cases))
        self._loop.contact.expect_silence(before.contact.silent())
        self.learn(findings)
        self.plan.notes.extend(findings.notes)
        return findings

    def learn(self, findings: PreflightFindings) -> None:
        """Take what a preflight found, instead of asking again."""
        self._findings = findings
        self._executor.learn(findings)

    @property
    def concurrency(self) -> int:
        """How many cases are in flight at once, at the most."""
        return self.plan.concurrency

    def run_one(self, case: Case) -> CaseResult:
        """Run one case, while no other is under way."""
        (result,) = self._run(deque([case]))
        return result

    def run(
        self, cases: Sequence[Case], before_wait: Callable[[], None] = lambda: None
    ) -> Generator[CaseResult, None, None]:
        """Run cases and yield their results as they come; those that must run alone come last.

        When the caller stops early (Ctrl-C), no further case is begun, and those under way take their states back
        before this returns.

        Args:
            cases: The cases.
            before_wait: Called when all results that there are were yielded.
        """
        if self._loop.is_stopped():
            return
        together, alone = self.divided(cases)
        self._waiting = deque(together)
        if len(cases) <= FIRST and not alone:
            self._loop.keeping.use_once()
        yield from self._run(self._waiting, before_wait)
        for case in alone:
            yield from self._run(deque([case]), before_wait)
        self._note()

    def withdraw(self) -> list[Case]:
        """Return the cases that `run` has not begun, which will not be run; for somebody else to do it.

        Those that must run alone are not among them.
        """
        withdrawn = list(self._waiting)
        self._waiting.clear()
        return withdrawn

    def renew(self, plan: Plan) -> None:
        """Go on with new connections, and with another share of the run; those that there are, are closed.

        Nothing may be under way.

        Args:
            plan: The run, of which only the id and what limits requests may be other than before.
        """
        self._note()
        self._loop.close()
        self.plan = plan
        self._loop = Loop(plan.target, self._caller, plan.concurrency, self._loop.keeping)
        self._executor.renew(plan)

    @property
    def serves_many(self) -> bool:
        """Whether the target takes as many requests at once as it is sent, on connections that are kept."""
        return not self._loop.notes() and not self._executor.held_up

    def alone(self, case: Case) -> bool:
        """Whether a case must run while no other does."""
        target = self.plan.target
        if self._findings is not None and self._findings.one_by_one:
            return True
        return target.credentials is not None or (target.isolation == "global" and bool(case.states))

    def divided(self, cases: Iterable[Case]) -> tuple[list[Case], list[Case]]:
        """Return the cases that may run beside others, and those that must run alone."""
        together: list[Case] = []
        alone: list[Case] = []
        for case in cases:
            (alone if self.alone(case) else together).append(case)
        return together, alone

    def flight(self) -> Flight:
        """Return what keeps several cases under way in this thread. Use as a context manager."""
        return Flight(self._executor, self._loop)

    def _note(self) -> None:
        """Note what the run learned about the server's way to answer."""
        self.plan.notes.extend(self._loop.notes())

    def _run(self, waiting: deque[Case], before_wait: Callable[[], None] = lambda: None) -> Iterator[CaseResult]:
        with self.flight() as flight, Interrupts() as interrupts:

            def refill() -> None:
                while waiting and flight.active < self.plan.concurrency and flight.has_room:
                    flight.start(waiting.popleft())

            while waiting or flight.active:
                with interrupts.held():
                    refill()
                before_wait()
                flight.wait()
                with interrupts.held():
                    ended = flight.ended(refill)
                for each in ended:
                    yield each.result()


def _finished(loop: Loop[T], steps: Steps[T]) -> T:
    """Do work to its end and close the loop: a connection that it leaves idle may keep a server from all others."""
    with closing(loop), Interrupts() as interrupts:
        with interrupts.held():
            loop.start(steps, "")
        ended: list[FinishedWork[T]] = []
        try:
            while not ended:
                loop.wait()
                with interrupts.held():
                    ended = loop.process()
        except KeyboardInterrupt:
            if not TERMINATION.at_once:
                with interrupts.held():
                    loop.stop()
                _drain(loop, interrupts)
            raise
        return ended[0].result()


def _drain(loop: Loop[T], interrupts: Interrupts) -> None:
    """Let what is under way in a loop that was stopped take its states back."""
    with interrupts.held():
        loop.process()
    while loop.busy:
        loop.wait()
        with interrupts.held():
            loop.process()


class Flight:
    """Cases under way at once in one thread. Leaving it breaks them off, and lets them take their states back.

    Args:
        executor: Runs the cases.
        loop: Does what they ask for.
    """

    def __init__(self, executor: Executor, loop: Loop[CaseResult]) -> None:
        self._executor = executor
        self._loop = loop

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if TERMINATION.at_once or (kind is None and not self._loop.busy):
            return
        with Interrupts() as interrupts:
            with interrupts.held():
                self._loop.stop()
            _drain(self._loop, interrupts)

    @property
    def active(self) -> int:
        """How many cases are under way."""
        return self._loop.active

    @property
    def has_room(self) -> bool:
        """Whether the server would take the request of another case at once."""
        return self._loop.has_room

    def start(self, case: Case) -> None:
        """Begin a case; its end has its id."""
        self._loop.start(self._executor.run(case), case.id)

    def wait(self) -> None:
        """Return when something may have happened. May be interrupted."""
        self._loop.wait()

    def ended(self, refill: Callable[[], None]) -> list[FinishedWork[CaseResult]]:
        """Go on with what has come, and return what has ended; see `Loop.process`."""
        return self._loop.process(refill)
