"""A call of an operation as a value, and who may carry it: the engine's own client, or a caller such as an SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct, field

from conformance.cases.expand import sdk_parameters
from conformance.core.exchange import Exchange
from conformance.core.redaction import RECENT
from conformance.protocol.request import build_request
from conformance.transport.outcome import ExchangeError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.cases.model import Transport
    from conformance.cases.promised_fields import PromisedField
    from conformance.contract.model import Encoding
    from conformance.core.exchange import Credentials, WireRequest
    from conformance.judging.findings import Finding
    from conformance.target.model import Target
    from conformance.transport.outcome import TransferOutcome

CLEANING_GRACE_S: Final = 15.0
"""How long a call that cleans up may still wait for its turn after the run was stopped."""


class Send(Struct, frozen=True):
    """One call of an operation that is to be sent.

    Attributes:
        call: The operation and the version of its API, a date.
        wire: Its parameters, flat, as they travel over HTTP.
        transport: How the request travels.
        credentials: The account that calls.
        headers: Headers beside those of the protocol.
        written: The same parameters as the case has them, nested.
        values: What `${...}` stands for in `written`.
        cleaning: Whether it deletes what a case left behind, which is done even after the run was stopped.
        as_text: By folded path, the encodings of the lists and objects that a caller of an SDK writes as one text.
        nested: The folded paths of those that the SDK itself writes as one text, in its own form of JSON.
    """

    call: tuple[str, str]
    wire: Mapping[str, str]
    transport: Transport
    credentials: Credentials
    headers: Mapping[str, str] = field(default_factory=dict)
    written: Mapping[str, object] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)
    cleaning: bool = False
    as_text: Mapping[str, Encoding] = field(default_factory=dict)
    nested: tuple[str, ...] = ()

    @property
    def params(self) -> dict[str, object]:
        """The parameters as an SDK takes them: nested, with everything filled in and long texts written out."""
        return sdk_parameters(self.written, self.values, self.as_text)


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

    def stop(self) -> None:
        """Let no call wait for its turn any more, now or later, unless it cleans up: those end unsent."""

    def close(self) -> None:
        """Let go of everything."""


def signed(send: Send, target: Target) -> WireRequest:
    """Return the request on the wire for a call, signed at this moment; its signature is known as one from now on.

    It is for who sends it to call `RECENT.share` before: a server may return it to another process of the run.
    """
    request = build_request(
        target.endpoint,
        send.call,
        send.wire,
        send.transport,
        signature=target.signature,
        credentials=send.credentials,
        extra_headers=send.headers,
    )
    RECENT.note_unsent(request)
    return request


def exchanged(send: Send, request: WireRequest, outcome: TransferOutcome, elapsed_ms: float) -> Exchange:
    """Return the exchange of a call that ended in an answer, or in none."""
    if isinstance(outcome, ExchangeError):
        return Exchange(send.call[0], send.wire, request, None, str(outcome), elapsed_ms, lost=outcome.lost)
    return Exchange(send.call[0], send.wire, request, outcome, None, elapsed_ms)


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
