"""Many cases under way at once in one thread: what each asks for is started, and the outcomes are given back.

Requests wait here until the client has room for them: what cleans up first, then cases that have begun, then others.

After `stop`, work gets a `StoppedError` for all that it waits for or comes to ask for, except what cleans up. What is
under way is waited for a little.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from conformance.core.redaction import RECENT
from conformance.engine.caller_threads import CallerThreads
from conformance.engine.calls import CLEANING_GRACE_S, Send
from conformance.engine.effects import ChangeState, FinishedWork, Once, Sleep, Steps, StoppedError, T, Together
from conformance.engine.notes import RunNote
from conformance.engine.sending.asked import AskedCall, AskedRequest
from conformance.target.states import may_be_repeated, state_failure, state_request
from conformance.transport.client import Client
from conformance.transport.contact import Contact, address_of
from conformance.transport.keeping import Keeping
from conformance.transport.outcome import LateError
from conformance.transport.pace import Pace
from conformance.transport.rate import RateLimit

if TYPE_CHECKING:
    from conformance.core.exchange import Exchange
    from conformance.engine.caller_threads import Deliver
    from conformance.engine.calls import Caller
    from conformance.engine.effects import Effect
    from conformance.engine.sending.asked import Asked
    from conformance.target.model import Target
    from conformance.transport.outcome import TransferOutcome

_IDLE_S = 1.0
_REFILL_EVERY = 8
_NEXT_BURST_S = 0.001
_TRY_AGAIN_S = 0.1
_HURRY_S = 0.7
"""How long a request may still take after a stop, and after that what takes back its states."""

_LASTING_HURRY_S = 1.2
"""The same on an account that outlives the run: what it created has to be known."""

_DOUBTED_S = 0.5
"""How long a request may take to an address that never answered, after one that had all of its time."""

_CLEANING, _BEGUN, _FIRST = range(3)
"""In which order requests go out."""

R = TypeVar("R")

Arrived = Callable[["TransferOutcome", float], None]
"""What is done with an outcome and the milliseconds that it took."""


class _Task(Struct, Generic[R]):
    """Work under way, and what is done with its end."""

    steps: Steps[R]
    end: Callable[[R | BaseException], None]
    begun: bool = False


class _Shared(Struct):
    """What several tasks wait for together."""

    waiting: list[Callable[[object], None]] = field(default_factory=list)
    over: bool = False
    outcome: object = None


class _Timer(Struct, frozen=True):
    """What is done when its time has come, and what instead if the run is stopped before (`None`: nothing)."""

    act: Callable[[], None]
    at_stop: Callable[[], None] | None


class Loop(Generic[T]):
    """Drives work of `conformance.engine.effects`, as much of it at once as is started. For one thread.

    Args:
        target: The target.
        caller: Carries the calls instead of the HTTP client, in threads, and limits their rate itself.
        most: How many requests may be under way at once.
        keeping: What an earlier loop learned of the hosts' connections, which is not to be learned twice.

    Attributes:
        keeping: What is known of them.
        contact: What is known of whether they are there.
    """

    def __init__(
        self, target: Target, caller: Caller | None = None, most: int = 1, keeping: Keeping | None = None
    ) -> None:
        self._target = target
        self._rate = RateLimit(target.rate)
        self._pace = Pace(most, target.timeout_s)
        self.keeping = keeping or Keeping()
        self._client: Client[Arrived] = Client(self._pace, self.keeping)
        self.contact = Contact()
        self._queue: list[tuple[int, int, Asked]] = []
        self._caller = caller
        self._threads = CallerThreads(caller, self._client.waker()) if caller is not None else None
        self._due: list[tuple[float, int]] = []
        self._timers: dict[int, _Timer] = {}
        self._numbers = count()
        self._shared: dict[tuple[str, ...], _Shared] = {}
        self._ended: list[FinishedWork[T]] = []
        self._stopped = False
        self._probing = 0
        self.active = 0

    def start(self, steps: Steps[T], token: str) -> None:
        """Start work; it goes as far as it can without waiting."""
        self.active += 1
        self._advance(_Task(steps, partial(self._end, token)), None)

    def wait(self) -> None:
        """Return when there may be something to process. May be interrupted: nothing is lost."""
        if not self._ended:
            due = self._due[0][0] - time.monotonic() if self._due else _IDLE_S
            if self._queue and not self._client.crowded:
                due = min(due, _NEXT_BURST_S)
            self._client.wait(max(min(due, _IDLE_S), 0))

    def process(self, refill: Callable[[], None] | None = None) -> list[FinishedWork[T]]:
        """Do what can be done without waiting, and return the work that has ended. Must not be interrupted.

        Args:
            refill: Starts more work, where there is room. Called again and again between the outcomes: when many come
                at once, those that are started first must not wait until the last has been judged.
        """
        RECENT.share()
        for number, done in enumerate(self._client.process(), start=1):
            done.token(done.outcome, done.elapsed_ms)
            if number % _REFILL_EVERY == 0:
                self._send_queued()
                if refill is not None:
                    refill()
                RECENT.share()
                self._client.flush()
        if self._threads is not None:
            for deliver, end in self._threads.ended():
                deliver(end)
        while self._due and self._due[0][0] <= time.monotonic():
            timer = self._timers.pop(heapq.heappop(self._due)[1], None)
            if timer is not None:
                timer.act()
        self._send_queued()
        ended, self._ended = self._ended, []
        return ended

    def stop(self) -> None:
        """Break off what waits, and whatever comes to wait, except what cleans up."""
        self._stopped = True
        self._rate.stop()
        if self._caller is not None:
            self._caller.stop()
        for number, timer in list(self._timers.items()):
            if timer.at_stop is not None:
                del self._timers[number]
                timer.at_stop()
        self._client.hurry(_HURRY_S if self._forgets else _LASTING_HURRY_S)

    @property
    def _forgets(self) -> bool:
        """Whether nothing that a case creates outlives its run, so that nobody has to know of it."""
        return self._target.credentials is None and not self._target.profiles

    def is_stopped(self) -> bool:
        """Whether `stop` was called."""
        return self._stopped

    @property
    def busy(self) -> bool:
        """Whether anything is under way: work that was started, or what several wait for together."""
        return bool(self.active or self._probing)

    @property
    def has_room(self) -> bool:
        """Whether the next request of new work would go out at once, or very soon."""
        if self._threads is not None:
            return True
        return not self._queue and not self._client.crowded

    @property
    def outages(self) -> int:
        """How often a server lost connections or refused them: what it knew before may be forgotten."""
        return self.contact.outages

    def notes(self) -> list[RunNote]:
        """Return what was learned about the server's way to answer."""
        notes = [RunNote(f"engine.connections {host}", text) for host, text in self._client.notes()]
        held = self._pace.held_at
        if held is not None:
            number = "one request at a time is" if held == 1 else f"about {held} requests at once are"
            text = f"{number} answered soon; of more, some stayed unanswered for a while"
            notes.append(RunNote("engine.pace", text))
        return notes

    def close(self) -> None:
        """Drop everything under way."""
        self._client.close()
        if self._threads is not None:
            self._threads.close()

    def _end(self, token: str, outcome: T | BaseException) -> None:
        self.active -= 1
        self._ended.append(FinishedWork(token, outcome))

    def _advance(self, task: _Task[R], outcome: object) -> None:
        """Give work the outcome that it waits for, or throw the fault in it, and start what it asks for next."""
        try:
            effect = task.steps.throw(outcome) if isinstance(outcome, BaseException) else task.steps.send(outcome)
        except StopIteration as end:
            task.end(end.value)
        except Exception as fault:  # noqa: BLE001 - a fault of the harness, raised by those who started the work
            task.end(fault)
        else:
            if self._stopped and not effect.cleaning:
                self._advance(task, StoppedError())
            else:
                urgency = _CLEANING if effect.cleaning else _BEGUN if task.begun else _FIRST
                task.begun = True
                self._do(effect, partial(self._advance, task), urgency)

    def _do(self, effect: Effect, go_on: Callable[[object], None], urgency: int) -> None:
        match effect:
            case Send():
                self._send(effect, go_on, urgency)
            case ChangeState():
                self._change(effect, go_on, urgency)
            case Sleep(seconds, cleaning):
                stopped = partial(go_on, True if cleaning else StoppedError())
                self._at(time.monotonic() + seconds, lambda: go_on(self._stopped), stopped)
            case Together(sends):
                self._together(sends, go_on)
            case Once():
                self._once(effect, go_on)

    def _at(self, due: float, act: Callable[[], None], at_stop: Callable[[], None] | None = None) -> None:
        number = next(self._numbers)
        self._timers[number] = _Timer(act, at_stop)
        heapq.heappush(self._due, (due, number))

    def _send(self, send: Send, deliver: Deliver, urgency: int | None = None) -> None:
        """Send a request when it is its turn; at once, whatever else is under way, when it has no `urgency`."""
        if self._threads is not None:
            self._threads.start(send, deliver)
            return
        due = None
        if send.cleaning or not self._stopped:
            due = self._rate.turn(CLEANING_GRACE_S)
        if due is None:
            deliver(StoppedError())
        elif not due or due <= time.monotonic():
            self._go(send, deliver, urgency)
        else:
            # What cleans up takes its turn anew: at a stop, the turns that were taken are free again.
            at_stop = None if self._stopped else partial(self._send, send, deliver, urgency)
            self._at(due, partial(self._go, send, deliver, urgency), at_stop)

    def _go(self, send: Send, deliver: Deliver, urgency: int | None) -> None:
        self._start(AskedCall(send, self._target, deliver), urgency)

    def _together(self, sends: tuple[Send, ...], go_on: Callable[[object], None]) -> None:
        ends: list[Exchange | BaseException | None] = [None] * len(sends)
        left = len(sends)

        def deliver(index: int, end: Exchange | BaseException) -> None:
            nonlocal left
            ends[index] = end
            left -= 1
            if not left:
                faults = (each for each in ends if isinstance(each, BaseException))
                go_on(next(faults, ends))

        for index, send in enumerate(sends):
            self._send(send, partial(deliver, index))

    def _change(self, change: ChangeState, go_on: Callable[[object], None], urgency: int) -> None:
        assert self._target.states_url is not None  # noqa: S101 - a case with states does not come here without
        request = state_request(
            self._target.states_url,
            change.name,
            change.params,
            access_key_id=change.credentials.access_key_id,
            action=change.action,
        )

        def arrived(outcome: TransferOutcome, _: float) -> None:
            if may_be_repeated(outcome):
                self._start(again, urgency)
            else:
                finished(outcome, 0.0)

        def finished(outcome: TransferOutcome, _: float) -> None:
            go_on(state_failure(change.name, change.action, outcome))

        stopped = partial(go_on, StoppedError())
        # One that referred to itself would stay, with all of its case, until the garbage collector looks for it.
        again = AskedRequest(lambda: request, finished, stopped, cleaning=change.cleaning)
        self._start(replace(again, arrived=arrived), urgency)

    # Requests on their way out.

    def _start(self, asked: Asked, urgency: int | None) -> None:
        """Send a request as soon as there is room for it; at once when it has no `urgency`."""
        if urgency is None or (not self._queue and self._client.has_room()):
            self._begin(asked)
        else:
            heapq.heappush(self._queue, (urgency, next(self._numbers), asked))

    def _send_queued(self) -> None:
        while self._queue and (self._stopped or self._client.has_room()):
            self._begin(heapq.heappop(self._queue)[2])

    def _begin(self, asked: Asked) -> None:
        if self._stopped and not asked.cleaning:
            asked.stopped()
            return
        request = asked.request()
        address = address_of(request.url)
        gone = self.contact.gone(address)
        if gone is not None:
            asked.arrived(gone, 0.0)
            return
        self._client.start(request, self._time_for(address), partial(self._arrived, asked, address))

    def _time_for(self, address: str) -> float:
        """Return how long a request may take that is sent now, in seconds."""
        whole = self._target.timeout_s
        if self._stopped:
            return min(whole, _HURRY_S if self._forgets and self._target.isolation == "account" else _LASTING_HURRY_S)
        # Where a request waited in vain and none was ever answered, the next waits only a little.
        return min(whole, _DOUBTED_S) if self.contact.silence_of(address) else whole

    def _arrived(self, asked: Asked, address: str, outcome: TransferOutcome, elapsed_ms: float) -> None:
        if isinstance(outcome, LateError):
            outcome = self.contact.silence_of(address) or outcome
        again = self.contact.note(address, outcome, time.monotonic(), patient=not self._stopped, took_ms=elapsed_ms)
        if again:
            at_stop = partial(self._begin, asked)
            self._at(time.monotonic() + _TRY_AGAIN_S, partial(self._begin, asked), at_stop)
        elif self._stopped and not asked.cleaning and self._forgets and isinstance(outcome, LateError):
            asked.stopped()  # it was not given the time that it has else
        else:
            asked.arrived(outcome, elapsed_ms)

    def _once(self, once: Once, go_on: Callable[[object], None]) -> None:
        shared = self._shared.get(once.key)
        if shared is None:
            shared = self._shared[once.key] = _Shared([go_on])
            self._probing += 1
            self._advance(_Task(once.steps(), partial(self._publish, shared)), None)
        elif shared.over:
            self._at(0.0, partial(go_on, shared.outcome))
        else:
            shared.waiting.append(go_on)

    def _publish(self, shared: _Shared, outcome: object) -> None:
        self._probing -= 1
        shared.over, shared.outcome = True, outcome
        waiting, shared.waiting = shared.waiting, []
        for go_on in waiting:
            self._at(0.0, partial(go_on, outcome))
