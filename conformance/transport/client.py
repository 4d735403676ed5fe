"""The seam for many requests at once: what starts them, and gives their outcomes as they come.

`open_client` gives the one by libcurl, or where pycurl is not installed the one by `http.client` on threads. Both send
the same bytes; `docs/decisions/0012-http-client.md` says why there are two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from conformance.core.exchange import WireRequest, WireResponse
    from conformance.transport.connection import ExchangeError


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
