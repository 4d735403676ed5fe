"""Sending one request until the server takes it: an attempt that was refused for now is made again, signed anew."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from conformance.core.exchange import Retry
from conformance.engine.effects import Sleep
from conformance.engine.sending.backoff import Patience
from conformance.engine.sending.spacing import Spacing
from conformance.engine.sent import NothingKnownError, SentExchange
from conformance.protocol.retry_after import asks_to_wait, retry_after_s

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.cases.promises import PromisedAnswer
    from conformance.core.exchange import Exchange, WireResponse
    from conformance.engine.calls import Send
    from conformance.engine.effects import ChangeState, Steps
    from conformance.judging.denials import Denials
    from conformance.target.states import StateFailure


_MOST_OF_CODE: Final = 10_000
"""Characters of the code of a refused attempt that are kept."""


class _Refused(Struct, frozen=True):
    """An attempt that the server refused for now."""

    why: Literal["throttle", "unavailable"]
    response: WireResponse
    code: str | None


class Attempts:
    """Sends requests, again and again when the server throttles them, and calls for states as well.

    Only what the server says that it did not execute is sent again, never a request whose answer was lost. What it
    answers by saying that it is not available for now is so under an account of one case alone, and only by a server
    that takes other requests.

    Args:
        refusals: Knows which answers are such.
        timeout_s: How long one answer may take.

    Attributes:
        held_up: Whether a request was refused for now.
    """

    def __init__(self, refusals: Denials, timeout_s: float) -> None:
        self._refusals = refusals
        self._patience = Patience(timeout_s)
        self._patience_for_states = Patience(timeout_s)
        self._spacing = Spacing()
        self.held_up = False
        self._away = True
        """Whether the server took nothing yet, or nothing since a request was refused to the end."""

    def send(self, send: Send, allowed: Sequence[PromisedAnswer] = ()) -> Steps[SentExchange]:
        """Send a request; ends in the last attempt, which has the others.

        Args:
            send: The request.
            allowed: The answers that the documents allow; those are never asked for again.
        """
        wait = self._spacing.wait_s()
        if wait:
            yield Sleep(wait, send.cleaning)
        sent = SentExchange((yield send), send.credentials)
        refused = self._refused_for_now(send, sent, allowed)
        return sent if refused is None else (yield from self._until_taken(send, sent, refused, allowed))

    def again(self, send: Send, exchange: Exchange, allowed: Sequence[PromisedAnswer] = ()) -> Steps[SentExchange]:
        """Go on with a request of which the first attempt was made; see `send`."""
        sent = SentExchange(exchange, send.credentials)
        refused = self._refused_for_now(send, sent, allowed)
        return sent if refused is None else (yield from self._until_taken(send, sent, refused, allowed))

    def _until_taken(
        self, send: Send, sent: SentExchange, first: _Refused, allowed: Sequence[PromisedAnswer]
    ) -> Steps[SentExchange]:
        """Make a request again that was refused for now, until it is taken or given up."""
        refused: _Refused | None = first
        backoff = self._patience.backoff()
        retries: list[Retry] = []
        while refused is not None:
            self.held_up = True
            self._spacing.refused()
            # It may have been executed: under an account of the case alone that changes nothing for others.
            if refused.why == "unavailable" and (self._away or not send.credentials.generated):
                break
            wait = backoff.next_wait(retry_after_s(refused.response, time.time()))
            if wait is None:
                self._patience.given_up()
                self._away = True
                break
            wait = max(wait, self._spacing.wait_s())
            retries.append(Retry(refused.response.status, refused.code, wait))
            yield Sleep(wait, send.cleaning)
            sent = SentExchange((yield send), send.credentials)
            refused = self._refused_for_now(send, sent, allowed)
        return SentExchange(replace(sent.exchange, retries=tuple(retries)), send.credentials) if retries else sent

    def change_state(self, change: ChangeState) -> Steps[StateFailure | None]:
        """Set or take back a state, again when that may help; ends in why it is not so, or `None`."""
        patience = self._patience_for_states
        failure: StateFailure | None = yield change
        backoff = patience.backoff()
        while failure is not None and failure.answer is not None:
            wait = backoff.next_wait(retry_after_s(failure.answer, time.time()))
            if wait is None:
                patience.given_up()
                return failure
            yield Sleep(wait, change.cleaning)
            failure = yield change
        if failure is None:
            patience.served()
        return failure

    def _refused_for_now(self, send: Send, sent: SentExchange, allowed: Sequence[PromisedAnswer]) -> _Refused | None:
        """Return why an answer gives reason to send the request again, or note that the server took the request.

        No answer gives none, and neither does a recording, which has the last attempt.
        """
        response = sent.exchange.response
        if response is None or sent.exchange.retries:
            return None
        refused = self._refusal(send, sent, response, allowed)
        if refused is None:
            self._spacing.served()
            if self._away:
                self._patience.served()
                self._away = False
        return refused

    def _refusal(
        self, send: Send, sent: SentExchange, response: WireResponse, allowed: Sequence[PromisedAnswer]
    ) -> _Refused | None:
        if 200 <= response.status < 300 and b"Code" not in response.body:  # noqa: PLR2004 - RFC 9110: 2xx is success
            return None
        code: object = None
        try:
            answered = sent.answered()
        except NothingKnownError:
            refusal = self._refusals.of_status(response.status)
        else:
            code = answered.code
            refusal = self._refusals.of(send.call[0], answered, allowed)
            if refusal is None:
                return None
        kind = refusal.kind if refusal is not None else None
        if kind == "throttle" or asks_to_wait(response):
            return _Refused("throttle", response, _shown(code))
        return _Refused("unavailable", response, _shown(code)) if kind == "unavailable" else None


def _shown(code: object) -> str | None:
    return str(code)[:_MOST_OF_CODE] if code is not None else None
