"""Calling an operation of the target: over HTTP here; an SDK driver is another caller."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Protocol

from conformance.targets.connection import ExchangeError, HttpConnection
from conformance.targets.http import build_request
from conformance.targets.model import Exchange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.cases.model import Transport
    from conformance.targets.connection import Connection
    from conformance.targets.model import Credentials, Target
    from conformance.targets.rate import RateLimit


class Caller(Protocol):
    """Calls operations of one target. May be used by many threads at once."""

    def call(
        self,
        call: tuple[str, str],
        params: Mapping[str, str],
        transport: Transport,
        credentials: Credentials,
        headers: Mapping[str, str] | None = None,
    ) -> Exchange:
        """Send one request and return what happened; a failure of the network is in the exchange, never raised.

        Args:
            call: The operation and the version of its API, e.g. `2016-04-28`.
            params: Its parameters, flat.
            transport: How the request travels.
            credentials: The account that calls.
            headers: Headers beside those of the protocol.
        """

    def close(self) -> None:
        """Let go of everything."""


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


class HttpCaller:
    """Calls operations over HTTP.

    Args:
        target: The target.
        pool: The connections to use.
        rate: The limit on requests a second.
    """

    def __init__(self, target: Target, pool: ConnectionPool, rate: RateLimit) -> None:
        self._target = target
        self._pool = pool
        self._rate = rate

    def call(
        self,
        call: tuple[str, str],
        params: Mapping[str, str],
        transport: Transport,
        credentials: Credentials,
        headers: Mapping[str, str] | None = None,
    ) -> Exchange:
        """Send one request; see `Caller.call`."""
        may_go = self._rate.wait()
        target = self._target
        request = build_request(
            target.endpoint,
            call,
            params,
            transport,
            signature=target.signature,
            credentials=credentials,
            extra_headers=headers,
        )
        if not may_go:
            return Exchange(call[0], params, request, None, "not sent: the run was stopped", 0)
        response = None
        failure = None
        started = time.perf_counter()
        try:
            response = self._pool.get().send(request, target.timeout_s)
        except ExchangeError as fault:
            failure = str(fault)
        elapsed_ms = (time.perf_counter() - started) * 1000
        return Exchange(call[0], params, request, response, failure, elapsed_ms)

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()
