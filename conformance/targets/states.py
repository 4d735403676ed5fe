"""Provider states: the call that puts a server into a state before a case runs, and out of it afterwards."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from conformance.targets.connection import ClosedError, ExchangeError
from conformance.targets.model import WireRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.targets.connection import Connection


class StateError(Exception):
    """A state could not be set; the text says why, for a person.

    Args:
        text: Why.
        refused: Whether the server answered that it does not do it (4xx), rather than failing to.
    """

    def __init__(self, text: str, *, refused: bool = False) -> None:
        super().__init__(text)
        self.refused = refused


def _message(state: str, params: Mapping[str, Any], access_key_id: str, action: str) -> str:
    scoped = {**params, "access_key_id": access_key_id}
    return json.dumps({"state": state, "params": scoped, "action": action}, ensure_ascii=False)


def change_state(
    connection: Connection,
    states_url: str,
    state: str,
    params: Mapping[str, Any],
    *,
    access_key_id: str,
    action: str,
    timeout_s: float,
) -> None:
    """Set (`action="setup"`) or take back (`"teardown"`) one state for one account.

    Raises:
        StateError: When the call fails or is not answered with 2xx.
    """
    body = _message(state, params, access_key_id, action).encode()
    request = WireRequest("POST", states_url, (("Content-Type", "application/json"),), body)
    try:
        try:
            response = connection.send(request, timeout_s)
        except ClosedError:
            # A server may close a connection that was kept open at the very moment of the next call. A state that is
            # set twice is set, so this call can be sent again; no other ever is.
            response = connection.send(request, timeout_s)
    except ExchangeError as fault:
        raise StateError(f"{action} of state {state} failed: {fault}") from None
    if not 200 <= response.status < 300:  # noqa: PLR2004 - RFC 9110: 2xx is success
        text = response.body.decode(errors="replace").strip()
        refused = 400 <= response.status < 500  # noqa: PLR2004 - RFC 9110: the client's fault
        raise StateError(f"{action} of state {state} was answered with {response.status}: {text}", refused=refused)


def curl_state(states_url: str, state: str, params: Mapping[str, Any], access_key_id: str) -> str:
    """Return a `curl` line that sets a state, for a person."""
    data = _message(state, params, access_key_id, "setup")
    return shlex.join(["curl", "-sS", "-X", "POST", states_url, "-H", "Content-Type: application/json", "-d", data])
