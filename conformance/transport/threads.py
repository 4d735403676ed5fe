"""Many requests at once by `http.client` on threads, where libcurl is not installed; a connection for each thread."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, Any

from conformance.transport.client import Done
from conformance.transport.connection import ExchangeError
from conformance.transport.http_connection import HttpConnection

if TYPE_CHECKING:
    from conformance.core.exchange import WireRequest, WireResponse
    from conformance.transport.client import Client
    from conformance.transport.connection import Connection


class ConnectionPool:
    """One connection for each thread."""

    def __init__(self) -> None:
        self._local = threading.local()
        self._all: list[Connection] = []
        self._lock = threading.Lock()

    def get(self) -> Connection:
        """Return this thread's connection."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = HttpConnection()
            with self._lock:
                self._all.append(connection)
        return connection

    def close(self) -> None:
        """Close the connections of every thread."""
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()


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
