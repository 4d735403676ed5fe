"""The seam for many requests at once: what starts them, and gives their outcomes as they come.

`open_client` gives the one by libcurl, or where pycurl is not installed the one by `http.client` on threads. Both send
the same bytes; `docs/decisions/0012-http-client.md` says why there are two.
"""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from conformance.engine.calls import ConnectionPool
from conformance.transport.connection import ExchangeError

if TYPE_CHECKING:
    from conformance.target.model import WireRequest, WireResponse


class Done(NamedTuple):
    """A request that has come to an end.

    Attributes:
        token: What `start` was given.
        outcome: The answer, or why there is none that can be judged.
        elapsed_ms: From the first byte sent to the last byte received.
    """

    token: Any
    outcome: WireResponse | ExchangeError
    elapsed_ms: float


class Client(Protocol):
    """Keeps many requests under way, each on a connection of its own. For one thread."""

    def start(self, request: WireRequest, timeout_s: float, token: Any) -> None:
        """Start a request; `token` comes back with its outcome."""

    def flush(self) -> None:
        """Let what was started go out at once; else it goes with the next `process`."""

    def wait(self, seconds: float) -> None:
        """Return when something may have happened, or after so many seconds. May be interrupted: nothing is lost."""

    def process(self) -> list[Done]:
        """Do what can be done without waiting, and return what has come to an end. Must not be interrupted."""

    def close(self) -> None:
        """Drop everything under way and let go of the network."""


class ThreadClient:
    """Keeps requests under way by `http.client`, each in a thread, which it keeps with its connection."""

    def __init__(self) -> None:
        self._pool = ConnectionPool()
        self._waiting: queue.SimpleQueue[tuple[WireRequest, float, Any] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[Done] = queue.SimpleQueue()
        self._first: list[Done] = []
        self._threads: list[threading.Thread] = []
        self._under_way = 0

    def start(self, request: WireRequest, timeout_s: float, token: Any) -> None:
        """Start a request; see `Client.start`."""
        self._under_way += 1
        if self._under_way > len(self._threads):
            thread = threading.Thread(target=self._work, daemon=True)
            self._threads.append(thread)
            thread.start()
        self._waiting.put((request, timeout_s, token))

    def flush(self) -> None:
        """Do nothing: a thread begins as soon as it can."""

    def wait(self, seconds: float) -> None:
        """Wait for an outcome; see `Client.wait`."""
        if self._under_way and not self._first and self._done.empty():
            try:
                self._first.append(self._done.get(timeout=seconds))
            except queue.Empty:
                return
        elif not self._under_way and seconds > 0:
            time.sleep(seconds)

    def process(self) -> list[Done]:
        """Return the outcomes; see `Client.process`."""
        ended, self._first = self._first, []
        while not self._done.empty():
            ended.append(self._done.get())
        self._under_way -= len(ended)
        return ended

    def close(self) -> None:
        """End the threads; those in the middle of a request end when that does."""
        for _ in self._threads:
            self._waiting.put(None)
        if not self._under_way:
            for thread in self._threads:
                thread.join()
        self._pool.close()

    def _work(self) -> None:
        while (asked := self._waiting.get()) is not None:
            request, timeout_s, token = asked
            started = time.perf_counter()
            outcome: WireResponse | ExchangeError
            try:
                outcome = self._pool.get().send(request, timeout_s)
            except ExchangeError as fault:
                outcome = fault
            self._done.put(Done(token, outcome, (time.perf_counter() - started) * 1000))


def open_client() -> Client:
    """Return a client: the fastest that can be had here."""
    try:
        from conformance.transport.curl import CurlClient  # noqa: PLC0415 - pycurl may be missing
    except ImportError:
        return ThreadClient()
    return CurlClient()
