"""What running a case asks of the world, as values, and how to do it while a thread waits.

Running a case is a generator that yields effects and gets their outcomes back. So the same logic runs in a thread that
waits for each answer (`Waiting`, below) and in a loop that keeps many cases under way at once
(`conformance.engine.loop`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from conformance.engine.calls import Send
from conformance.target.states import StateError, change_state

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.core.exchange import Credentials, Exchange
    from conformance.engine.calls import Caller
    from conformance.target.model import Target
    from conformance.transport.threads import ConnectionPool


@dataclass(frozen=True, slots=True)
class ChangeState:
    """Set (`action="setup"`) or take back (`"teardown"`) a provider state; its outcome is a `StateError` or `None`."""

    name: str
    params: Mapping[str, Any]
    action: str
    credentials: Credentials


@dataclass(frozen=True, slots=True)
class Sleep:
    """Wait; no outcome."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Together:
    """Send several requests at the same moment; the outcome is the list of their exchanges."""

    sends: tuple[Send, ...]


@dataclass(frozen=True, slots=True)
class Once:
    """Do something that all who ask under one key share: done once, and the outcome given to all."""

    key: tuple[str, ...]
    steps: Callable[[], Steps[Any]]


Effect = Send | ChangeState | Sleep | Together | Once
"""What can be asked. The outcome of `Send` is its `Exchange`."""

T = TypeVar("T")
Steps = Generator[Effect, Any, T]
"""Work that asks for effects and ends in a `T`. Whoever drives it may drop it at any moment, by closing it."""


class Waiting:
    """Does what is asked for one effect at a time, in the thread that calls; many threads may use one.

    Args:
        target: The target.
        caller: Sends the requests.
        pool: The connections for provider states.
    """

    def __init__(self, target: Target, caller: Caller, pool: ConnectionPool) -> None:
        self._target = target
        self._caller = caller
        self._pool = pool
        self._known: dict[tuple[str, ...], Any] = {}
        self._lock = threading.RLock()

    def run(self, steps: Steps[T]) -> T:
        """Run work to its end and return what it ends in; what interrupts it is raised after its cleanup."""
        outcome: Any = None
        fault: BaseException | None = None
        while True:
            try:
                effect = steps.throw(fault) if fault is not None else steps.send(outcome)
            except StopIteration as end:
                result: T = end.value
                return result
            outcome, fault = None, None
            try:
                outcome = self._do(effect)
            except BaseException as raised:  # noqa: BLE001 - Ctrl-C too: the work takes its states back, and raises it
                fault = raised

    def _do(self, effect: Effect) -> Any:
        match effect:
            case Send():
                return self._caller.send(effect)
            case ChangeState():
                return self._change(effect)
            case Sleep(seconds):
                return time.sleep(seconds)
            case Together(sends):
                return self._together(sends)
            case Once(key, steps):
                with self._lock:
                    if key not in self._known:
                        self._known[key] = self.run(steps())
                    return self._known[key]

    def _change(self, change: ChangeState) -> StateError | None:
        assert self._target.states_url is not None  # noqa: S101 - a case with states does not come here without
        try:
            change_state(
                self._pool.get(),
                self._target.states_url,
                change.name,
                change.params,
                access_key_id=change.credentials.access_key_id,
                action=change.action,
                timeout_s=self._target.timeout_s,
            )
        except StateError as fault:
            return fault
        return None

    def _together(self, sends: tuple[Send, ...]) -> list[Exchange]:
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - most runs wait for no request in a thread

        barrier = threading.Barrier(len(sends))

        def go(send: Send) -> Exchange:
            barrier.wait(self._target.timeout_s)
            return self._caller.send(send)

        with ThreadPoolExecutor(len(sends)) as pool:
            return [future.result() for future in [pool.submit(go, send) for send in sends]]
