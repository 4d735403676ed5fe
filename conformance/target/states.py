"""Provider states: the call that puts a server into a state before a case runs, and out of it afterwards."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.core.exchange import NO_CODING, WireRequest
from conformance.core.lazy_patterns import lazy_pattern
from conformance.protocol.retry_after import asks_to_wait
from conformance.transport.outcome import ClosedError, ExchangeError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.core.exchange import WireResponse
    from conformance.transport.outcome import TransferOutcome

_SHOWN: Final = 10_000
"""Bytes of an answer that are kept, until secrets are removed and it is shortened for a person."""

_PASSING: Final = (502, 503, 504)
"""Statuses of a server, or of a gateway before it, that is not available for now."""

_PAGE: Final = lazy_pattern(rb"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)


class StateFailure(Struct, frozen=True):
    """Why a state is not as asked for.

    Attributes:
        text: Why, for a person.
        refused: Whether the server answered that it does not do it (4xx), rather than failing to.
        lost: Whether no answer came, so that it may be done all the same, perhaps later.
        answer: What the server answered, when it may help to try again: a state that is set twice is set.
        answered: What it answered, for a person: `404`, or `200 and an HTML page`; `None` when there was no answer.
        unreachable: Whether nothing accepts connections at the states URL.
    """

    text: str
    refused: bool = False
    lost: bool = False
    answer: WireResponse | None = None
    answered: str | None = None
    unreachable: bool = False


def _message(state: str, params: Mapping[str, object], access_key_id: str, action: str) -> str:
    scoped = {**params, "access_key_id": access_key_id}
    return json.dumps({"state": state, "params": scoped, "action": action}, ensure_ascii=False)


def state_request(
    states_url: str, state: str, params: Mapping[str, object], *, access_key_id: str, action: str
) -> WireRequest:
    """Return the request that sets (`action="setup"`) or takes back (`"teardown"`) one state for one account."""
    body = _message(state, params, access_key_id, action).encode()
    return WireRequest("POST", states_url, (("Content-Type", "application/json"), NO_CODING), body)


def state_failure(state: str, action: str, outcome: TransferOutcome) -> StateFailure | None:
    """Return why a state is not as asked for, or `None` when the call was answered with 2xx.

    An HTML page is no such answer, whatever its status: a web server shows one for any address.
    """
    if isinstance(outcome, ExchangeError):
        unreachable = isinstance(outcome, RefusedError)
        return StateFailure(f"{action} of state {state} failed: {outcome}", lost=outcome.lost, unreachable=unreachable)
    page = _PAGE.match(outcome.body) is not None
    if 200 <= outcome.status < 300 and not page:  # noqa: PLR2004 - RFC 9110: 2xx is success
        return None
    text = "an HTML page" if page else _said(outcome)
    answered = f"{outcome.status} and an HTML page" if page else str(outcome.status)
    said = f"{action} of state {state} was answered with {outcome.status}: {text}"
    if asks_to_wait(outcome) or outcome.status in _PASSING:
        return StateFailure(said, answer=outcome, answered=answered)
    refused = 400 <= outcome.status < 500  # noqa: PLR2004 - RFC 9110: the client's fault
    return StateFailure(said, refused=refused, answered=answered)


def _said(response: WireResponse) -> str:
    """Return what an answer says, for a person."""
    place = response.headers.get("location")
    if 300 <= response.status < 400 and place:  # noqa: PLR2004 - RFC 9110: 3xx is a redirection
        return f"a redirect to {place[:_SHOWN]}, which is not followed"
    return response.body[:_SHOWN].decode(errors="replace").strip() or "nothing"


def may_be_repeated(outcome: TransferOutcome) -> bool:
    """Whether a call for a state is to be sent once more.

    A server may close a connection that was kept open at the very moment of the next call. A state that is set twice is
    set, so this call can be sent again; no other ever is.
    """
    return isinstance(outcome, ClosedError)


def curl_state(
    states_url: str, state: str, params: Mapping[str, object], access_key_id: str, action: str = "setup"
) -> str:
    """Return a `curl` line that sets a state, or takes it back, for a person."""
    data = _message(state, params, access_key_id, action)
    return shlex.join(["curl", "-sS", "-X", "POST", states_url, "-H", "Content-Type: application/json", "-d", data])
