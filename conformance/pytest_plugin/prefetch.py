"""Results one after another, as pytest asks for them, while the requests of the cases that come next are under way."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Final

from conformance.engine.interrupts import Interrupts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.cases.model import Case
    from conformance.engine.effects import FinishedWork
    from conformance.engine.engine import Engine, Flight
    from conformance.judging.results import CaseResult

_READY_PER_SLOT: Final = 4
"""How many times the cases in flight may lie ready: one slow case must not stop the others."""

_LOOK_EVERY: Final = 8
"""While results lie ready, the network is looked after once for so many of them."""


class Prefetcher:
    """Gives the result of one case after another, and keeps as many of those that come next in flight as is allowed.

    A case is waiting for its turn, in flight, or ended and ready; `_begun` holds the last two.

    Args:
        engine: Runs the cases.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stack = ExitStack()
        self._flight: Flight | None = None
        self._requests = 0
        self._begun: set[str] = set()
        self._ready: dict[str, FinishedWork[CaseResult]] = {}

    def result(self, case: Case, upcoming: Iterable[Case]) -> CaseResult:
        """Return the result of a case, and begin as many of those that follow as may be in flight.

        A case that must run alone runs when nothing else does, and nothing that follows it is begun before it ended.

        Args:
            case: The case.
            upcoming: What will be asked for next, in this order; read no further than needed, and more than once.
        """
        flight = self._open()
        with Interrupts() as interrupts:
            if self._engine.alone(case):
                upcoming = ()
                self._wait_until_idle(flight, interrupts)
            with interrupts.held():
                if case.id not in self._begun:
                    self._begin(flight, case)
                self._requests += 1
                if case.id not in self._ready or self._requests % _LOOK_EVERY == 0:
                    self._advance(flight, upcoming)
            while case.id not in self._ready:
                flight.wait()
                with interrupts.held():
                    self._advance(flight, upcoming)
        self._begun.discard(case.id)
        return self._ready.pop(case.id).result()

    def close(self) -> None:
        """Let what is under way end, so that it takes its states back, and begin nothing more."""
        self._stack.close()
        self._flight = None

    def _open(self) -> Flight:
        if self._flight is None:
            self._flight = self._stack.enter_context(self._engine.flight())
        return self._flight

    def _begin(self, flight: Flight, case: Case) -> None:
        self._begun.add(case.id)
        flight.start(case)

    def _advance(self, flight: Flight, upcoming: Iterable[Case]) -> None:
        """Take what has ended, and fill the places that became free."""
        for ended in flight.ended(partial(self._fill, flight, upcoming)):
            self._ready[ended.token] = ended
        self._fill(flight, upcoming)

    def _fill(self, flight: Flight, upcoming: Iterable[Case]) -> None:
        if self._is_full(flight):
            return
        for case in upcoming:
            if self._engine.alone(case):
                return
            if case.id not in self._begun:
                self._begin(flight, case)
                if self._is_full(flight):
                    return

    def _is_full(self, flight: Flight) -> bool:
        most = self._engine.concurrency
        return not flight.has_room or flight.active >= most or len(self._begun) >= _READY_PER_SLOT * most

    def _wait_until_idle(self, flight: Flight, interrupts: Interrupts) -> None:
        while flight.active:
            flight.wait()
            with interrupts.held():
                self._advance(flight, ())
