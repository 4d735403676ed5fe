"""One request after another, for a thread that waits for each answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.transport.client import Client
from conformance.transport.outcome import ExchangeError

if TYPE_CHECKING:
    from conformance.core.exchange import WireRequest, WireResponse

_LONGEST_WAIT_S = 60.0


class BlockingClient:
    """Sends requests one after another, and keeps connections open. For one thread.

    Not for the main thread of a program that handles Ctrl-C: it would be lost in a callback of libcurl.
    """

    def __init__(self) -> None:
        self._client: Client[None] | None = None

    def send(self, request: WireRequest, timeout_s: float) -> WireResponse:
        """Send a request and return the whole answer.

        Raises:
            ExchangeError: When there is none; `ClosedError` when the connection was closed without one.
        """
        if self._client is None:
            self._client = Client()
        self._client.start(request, timeout_s, None)
        while not (completed := self._client.process()):
            self._client.wait(_LONGEST_WAIT_S)
        outcome = completed[0].outcome
        if isinstance(outcome, ExchangeError):
            raise outcome
        return outcome

    def close(self) -> None:
        """Close every connection."""
        if self._client is not None:
            self._client.close()
            self._client = None
