"""Calls that block, such as those of an SDK, each in a thread beside the loop."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.core.exchange import Exchange
    from conformance.engine.calls import Caller, Send

    Deliver = Callable[[Exchange | BaseException], None]
    """What is done with the end of a call: its exchange, or the fault of the harness that broke it off."""


class CallerThreads:
    """Has a caller carry calls in as many threads as calls are under way, and keeps the threads for further ones.

    Args:
        caller: Carries the calls.
        wake: Called, in one of the threads, when a call has ended.
    """

    def __init__(self, caller: Caller, wake: Callable[[], None]) -> None:
        self._caller = caller
        self._wake = wake
        self._asked: queue.SimpleQueue[tuple[Send, Deliver] | None] = queue.SimpleQueue()
        self._ended: queue.SimpleQueue[tuple[Deliver, Exchange | BaseException]] = queue.SimpleQueue()
        self._threads = 0
        self._under_way = 0

    def start(self, send: Send, deliver: Deliver) -> None:
        """Start a call; `deliver` comes back with its end."""
        self._under_way += 1
        if self._under_way > self._threads:
            self._threads += 1
            threading.Thread(target=self._work, daemon=True).start()
        self._asked.put((send, deliver))

    def ended(self) -> list[tuple[Deliver, Exchange | BaseException]]:
        """Return the calls that have ended: what `start` was given, and what that is to be given."""
        ended = []
        while not self._ended.empty():
            ended.append(self._ended.get())
        self._under_way -= len(ended)
        return ended

    def close(self) -> None:
        """End the threads; those in the middle of a call end when that does, and nobody waits for them."""
        for _ in range(self._threads):
            self._asked.put(None)

    def _work(self) -> None:
        while (asked := self._asked.get()) is not None:
            send, deliver = asked
            end: Exchange | BaseException
            try:
                end = self._caller.send(send)
            except BaseException as fault:  # noqa: BLE001 - raised by those who started the work
                end = fault
            self._ended.put((deliver, end))
            self._wake()
