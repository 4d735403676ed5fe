"""Running ahead of whoever asks for the results one after another, as pytest does with its items."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Final

from conformance.engine.interrupts import Interrupts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.cases.model import Case
    from conformance.engine.engine import Engine, Flight
    from conformance.engine.loop import Ended
    from conformance.judging.results import CaseResult

_AHEAD: Final = 4
"""How many times the cases in flight may lie ready: one slow case must not stop the others."""

_EVERY: Final = 8
"""While results lie ready, the network is looked after once for so many of them."""


class Ahead:
    """Gives the result of one case after another, while those that come next are under way already.

    Args:
        engine: Runs the cases.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._stack = ExitStack()
        self._flight: Flight | None = None
        self._asked = 0
        self._begun: set[str] = set()
        self._ended: dict[str, Ended] = {}

    def result(self, case: Case, following: Iterable[Case]) -> CaseResult:
        """Return the result of a case, and begin as many of those that follow as may be in flight.

        A case that must run alone runs when nothing else does, and nothing that follows it is begun before.

        Args:
            case: The case.
            following: What will be asked for next, in this order; read no further than needed.
        """
        if self._engine.alone(case):
            self._finish()
            return self._engine.run_one(case)
        flight = self._open()
        with Interrupts() as interrupts:
            with interrupts.held():
                if case.id not in self._begun:
                    self._begin(flight, case)
                self._asked += 1
                if case.id not in self._ended or self._asked % _EVERY == 0:
                    self._take(flight, following)
            while case.id not in self._ended:
                flight.wait()
                with interrupts.held():
                    self._take(flight, following)
        self._begun.discard(case.id)
        ended = self._ended.pop(case.id)
        if ended.fault is not None:
            raise ended.fault
        result: CaseResult = ended.result
        return result

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

    def _take(self, flight: Flight, following: Iterable[Case]) -> None:
        for ended in flight.ended(partial(self._fill, flight, following)):
            self._ended[ended.token] = ended
        self._fill(flight, following)

    def _fill(self, flight: Flight, following: Iterable[Case]) -> None:
        most = self._engine.concurrency
        if flight.active >= most or len(self._begun) >= _AHEAD * most:
            return
        for case in following:
            if self._engine.alone(case):
                return
            if case.id not in self._begun:
                self._begin(flight, case)
                if flight.active >= most or len(self._begun) >= _AHEAD * most:
                    return

    def _finish(self) -> None:
        if self._flight is not None:
            with Interrupts() as interrupts:
                while self._flight.active:
                    self._flight.wait()
                    with interrupts.held():
                        self._take(self._flight, ())
