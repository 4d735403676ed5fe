"""Calling an operation of the target: over HTTP here; an SDK driver is another caller."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from conformance.cases.expand import sdk_parameters
from conformance.core.exchange import Exchange
from conformance.protocol.request import build_request
from conformance.transport.connection import ExchangeError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.cases.model import Transport
    from conformance.cases.promises import PromisedField
    from conformance.core.exchange import Credentials, WireRequest, WireResponse
    from conformance.judging.findings import Finding
    from conformance.target.model import Target
    from conformance.transport.rate import RateLimit
    from conformance.transport.threads import ConnectionPool


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


class Review(Protocol):
    """Judges calls that something else than the engine sent, such as an SDK. May be used by many threads at once."""

    def require_sent(self, send: Send, exchange: Exchange, tested: str) -> None:
        """Raise `NotSentError` when nothing was sent of a call; `tested` is the operation under test."""

    def differences(self, send: Send, exchanges: Sequence[Exchange], fields: Sequence[PromisedField]) -> list[Finding]:
        """Return what is wrong with calls that were answered; `fields` are those that a success promises."""


class Caller(Protocol):
    """Calls operations of one target and waits for the answers. May be used by many threads at once."""

    def send(self, send: Send) -> Exchange:
        """Send one request and return what happened; a failure of the network is in the exchange, never raised."""

    def close(self) -> None:
        """Let go of everything."""


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


class NotSentError(Exception):
    """The SDK sent nothing, so there is no answer to judge.

    Args:
        reason: Why the case cannot be run, for a person; empty when the SDK is to blame.
        findings: What the SDK is to blame for.
    """

    def __init__(self, reason: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.findings = tuple(findings)
