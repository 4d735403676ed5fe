"""Calling an operation of the target: over HTTP here; an SDK driver is another caller."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from conformance.cases.expand import sdk_parameters
from conformance.protocol.request import build_request
from conformance.target.model import Exchange
from conformance.transport.connection import ExchangeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.cases.model import Transport
    from conformance.target.model import Credentials, Target, WireRequest, WireResponse
    from conformance.transport.connection import Connection
    from conformance.transport.rate import RateLimit


@dataclass(frozen=True, slots=True)
class Send:
    """One call of an operation that is to be sent.

    Attributes:
        call: The operation and the version of its API, e.g. `2016-04-28`.
        wire: Its parameters, flat, as they travel over HTTP.
        transport: How the request travels.
        credentials: The account that calls.
        headers: Headers beside those of the protocol.
        written: The same parameters as the case has them, nested.
        values: What `${...}` stands for in `written`.
    """

    call: tuple[str, str]
    wire: Mapping[str, str]
    transport: Transport
    credentials: Credentials
    headers: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def params(self) -> dict[str, Any]:
        """The parameters as an SDK takes them: nested, with everything filled in and long texts written out."""
        return sdk_parameters(self.written, self.values)


class Caller(Protocol):
    """Calls operations of one target and waits for the answers. May be used by many threads at once."""

    def send(self, send: Send) -> Exchange:
        """Send one request and return what happened; a failure of the network is in the exchange, never raised."""

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
            from conformance.transport.http_connection import HttpConnection  # noqa: PLC0415 - a run by libcurl needs none

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
    """Calls operations over HTTP, each in the thread that asks for it.

    Args:
        target: The target.
        pool: The connections to use.
        rate: The limit on requests a second.
    """

    def __init__(self, target: Target, pool: ConnectionPool, rate: RateLimit) -> None:
        self._target = target
        self._pool = pool
        self._rate = rate

    def send(self, send: Send) -> Exchange:
        """Send one request; see `Caller.send`."""
        may_go = self._rate.wait()
        request = signed(send, self._target)
        if not may_go:
            return unsent(send, request)
        started = time.perf_counter()
        outcome: WireResponse | ExchangeError
        try:
            outcome = self._pool.get().send(request, self._target.timeout_s)
        except ExchangeError as fault:
            outcome = fault
        return exchanged(send, request, outcome, (time.perf_counter() - started) * 1000)

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


def signed(send: Send, target: Target) -> WireRequest:
    """Return the request on the wire for a call, signed at this moment."""
    return build_request(
        target.endpoint,
        send.call,
        send.wire,
        send.transport,
        signature=target.signature,
        credentials=send.credentials,
        extra_headers=send.headers,
    )


def exchanged(send: Send, request: WireRequest, outcome: WireResponse | ExchangeError, elapsed_ms: float) -> Exchange:
    """Return the exchange that a call has come to."""
    if isinstance(outcome, ExchangeError):
        return Exchange(send.call[0], send.wire, request, None, str(outcome), elapsed_ms)
    return Exchange(send.call[0], send.wire, request, outcome, None, elapsed_ms)


def unsent(send: Send, request: WireRequest) -> Exchange:
    """Return the exchange of a call that waited for its turn when the run ended."""
    return Exchange(send.call[0], send.wire, request, None, "not sent: the run was stopped", 0)
