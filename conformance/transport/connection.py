"""The seam between the harness and the network: one request out, one answer in, byte for byte.

`conformance.transport.http_connection` has what waits for each answer, `conformance.transport.client` what keeps many
requests under way.
"""

from __future__ import annotations

import select
import socket
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from conformance.core.errors import TargetError

if TYPE_CHECKING:
    from conformance.core.exchange import WireRequest, WireResponse

MAX_BODY_BYTES = 4 * 1024 * 1024
"""An answer of an RPC operation has a few hundred bytes; what is larger than this is no answer."""


class ExchangeError(Exception):
    """No answer that can be judged; the text says why, for a person."""


class ClosedError(ExchangeError):
    """The other side closed the connection without an answer; it may have done so before it got the request."""


class Connection(Protocol):
    """Sends requests one after another. Not for use by two threads at once."""

    def send(self, request: WireRequest, timeout_s: float) -> WireResponse:
        """Send a request and return the whole answer; raises `ExchangeError` when there is none."""

    def close(self) -> None:
        """Let go of the network."""


def check_reachable(url: str, timeout_s: float) -> None:
    """Return when something accepts connections at the host and port of `url`.

    Raises:
        TargetError: When nothing does, or not within `timeout_s` seconds.
    """
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        socket.create_connection((parts.hostname or "", port), timeout=timeout_s).close()
    except TimeoutError:
        reason = f"{parts.netloc} does not accept a connection within {timeout_s:g} s"
    except OSError as fault:
        reason = reason_of(fault, parts.netloc)
    else:
        return
    raise TargetError(f"cannot reach {url}: {reason}", hint="is the server running?")


def is_stale(sock: int) -> bool:
    """Whether a socket on which nothing is to come can be read: the other side has closed it."""
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return bool(poll.poll(0))


def reason_of(fault: Exception, host: str) -> str:
    """Return why nothing came of talking to a host, for a person."""
    match fault:
        case ConnectionRefusedError():
            return f"{host} refuses the connection"
        case ConnectionResetError() | BrokenPipeError():
            return f"{host} closed the connection without an answer"
        case socket.gaierror():
            return f"the name of {host} is not known"
        case _:
            return f"{host}: {str(fault) or type(fault).__name__}"
