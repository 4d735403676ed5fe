"""Many cases under way at once in one thread: what each asks for is started, and the outcomes are given back."""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any, Generic, NamedTuple

from conformance.engine.calls import Send, exchanged, signed, unsent
from conformance.engine.effects import ChangeState, Once, Sleep, Steps, T, Together
from conformance.target.states import may_be_repeated, state_fault, state_request
from conformance.transport.threads import open_client

if TYPE_CHECKING:
    from conformance.core.exchange import Exchange, WireRequest, WireResponse
    from conformance.target.model import Target
    from conformance.transport.connection import ExchangeError
    from conformance.transport.rate import RateLimit

_IDLE_S = 1.0
_REFILL_EVERY = 8

Arrived = Callable[["WireResponse | ExchangeError", float], None]
"""What is done with an outcome and the milliseconds that it took."""


class Ended(NamedTuple):
    """Work that has ended: in a result, or in a fault of the harness."""

    token: Any
    result: Any
    fault: BaseException | None


@dataclass(slots=True)
class _Task:
    """Work under way, and what is done with its end."""

    steps: Steps[Any]
    end: Callable[[Any, BaseException | None], None]


@dataclass(slots=True)
class _Shared:
    """What several tasks wait for together."""

    waiting: list[_Task] = field(default_factory=list)
    over: bool = False
    result: Any = None
    fault: BaseException | None = None


class Loop(Generic[T]):
    """Drives work of `conformance.engine.effects`, as much of it at once as is started. For one thread.

    Args:
        target: The target.
        rate: The limit on requests a second.
    """

    def __init__(self, target: Target, rate: RateLimit) -> None:
        self._target = target
        self._rate = rate
        self._client = open_client()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._turns: dict[int, tuple[Send, Callable[[Exchange], None]]] = {}
        self._numbers = count()
        self._shared: dict[tuple[str, ...], _Shared] = {}
        self._ended: list[Ended] = []
        self.active = 0

    def start(self, steps: Steps[T], token: Any) -> None:
        """Start work; it goes as far as it can without waiting."""
        self.active += 1
        self._advance(_Task(steps, partial(self._end, token)))

    def wait(self) -> None:
        """Return when there may be something to process. May be interrupted: nothing is lost."""
        if not self._ended:
            due = self._timers[0][0] - time.monotonic() if self._timers else _IDLE_S
            self._client.wait(max(min(due, _IDLE_S), 0))

    def process(self, refill: Callable[[], None] | None = None) -> list[Ended]:
        """Do what can be done without waiting, and return the work that has ended. Must not be interrupted.

        Args:
            refill: Starts more work, where there is room. Called again and again between the outcomes: when many come
                at once, those that are started first must not wait until the last has been judged.
        """
        for number, (arrived, outcome, elapsed_ms) in enumerate(self._client.process(), start=1):
            arrived(outcome, elapsed_ms)
            if number % _REFILL_EVERY == 0:
                if refill is not None:
                    refill()
                self._client.flush()
        while self._timers and self._timers[0][0] <= time.monotonic():
            heapq.heappop(self._timers)[2]()
        ended, self._ended = self._ended, []
        return ended

    def stop_waiting(self) -> None:
        """Let the requests that wait for their turn go unsent: with a low rate it may be minutes ahead."""
        if self._turns:
            turns, self._turns = self._turns, {}
            self._rate.give_back()
            for send, deliver in turns.values():
                deliver(unsent(send, signed(send, self._target)))

    def close(self) -> None:
        """Drop everything under way."""
        self._client.close()

    def _end(self, token: Any, result: Any, fault: BaseException | None) -> None:
        self.active -= 1
        self._ended.append(Ended(token, result, fault))

    def _advance(self, task: _Task, outcome: Any = None, fault: BaseException | None = None) -> None:
        """Give work the outcome that it waits for, and start what it asks for next."""
        try:
            effect = task.steps.send(outcome) if fault is None else task.steps.throw(fault)
        except StopIteration as end:
            task.end(end.value, None)
            return
        except Exception as raised:  # noqa: BLE001 - a fault of the harness, raised by whoever started the work
            task.end(None, raised)
            return
        match effect:
            case Send():
                self._send(effect, partial(self._advance, task))
            case ChangeState():
                self._change(task, effect)
            case Sleep(seconds):
                self._at(time.monotonic() + seconds, partial(self._advance, task))
            case Together(sends):
                self._together(task, sends)
            case Once():
                self._once(task, effect)

    def _at(self, due: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._timers, (due, next(self._numbers), act))

    def _send(self, send: Send, deliver: Callable[[Exchange], None]) -> None:
        due = self._rate.turn()
        if due <= time.monotonic():
            self._go(send, deliver)
            return
        number = next(self._numbers)
        self._turns[number] = send, deliver
        self._at(due, partial(self._turn, number))

    def _turn(self, number: int) -> None:
        waited = self._turns.pop(number, None)
        if waited is not None:
            self._go(*waited)

    def _go(self, send: Send, deliver: Callable[[Exchange], None]) -> None:
        request = signed(send, self._target)

        def arrived(outcome: WireResponse | ExchangeError, elapsed_ms: float) -> None:
            deliver(exchanged(send, request, outcome, elapsed_ms))

        self._start(request, arrived)

    def _together(self, task: _Task, sends: tuple[Send, ...]) -> None:
        exchanges: list[Exchange | None] = [None] * len(sends)
        left = len(sends)

        def deliver(index: int, exchange: Exchange) -> None:
            nonlocal left
            exchanges[index] = exchange
            left -= 1
            if not left:
                self._advance(task, exchanges)

        for index, send in enumerate(sends):
            self._send(send, partial(deliver, index))

    def _change(self, task: _Task, change: ChangeState) -> None:
        assert self._target.states_url is not None  # noqa: S101 - a case with states does not come here without
        request = state_request(
            self._target.states_url,
            change.name,
            change.params,
            access_key_id=change.credentials.access_key_id,
            action=change.action,
        )

        def arrived(outcome: WireResponse | ExchangeError, _: float) -> None:
            if may_be_repeated(outcome):
                self._start(request, finished)
            else:
                finished(outcome, 0.0)

        def finished(outcome: WireResponse | ExchangeError, _: float) -> None:
            self._advance(task, state_fault(change.name, change.action, outcome))

        self._start(request, arrived)

    def _start(self, request: WireRequest, arrived: Arrived) -> None:
        self._client.start(request, self._target.timeout_s, arrived)

    def _once(self, task: _Task, once: Once) -> None:
        shared = self._shared.get(once.key)
        if shared is None:
            shared = self._shared[once.key] = _Shared([task])
            self._advance(_Task(once.steps(), partial(self._tell, shared)))
        elif shared.over:
            self._at(0.0, partial(self._advance, task, shared.result, shared.fault))
        else:
            shared.waiting.append(task)

    def _tell(self, shared: _Shared, result: Any, fault: BaseException | None) -> None:
        shared.over, shared.result, shared.fault = True, result, fault
        waiting, shared.waiting = shared.waiting, []
        for task in waiting:
            self._at(0.0, partial(self._advance, task, result, fault))
