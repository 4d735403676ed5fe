"""Whether anything listens at an address, before the first request."""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import Final
from urllib.parse import urlsplit

from conformance.core.errors import TargetError

_ONE_TRY_S: Final = 2.0
_LEAST_TRY_S: Final = 0.1
_BETWEEN_S: Final = 0.05


def is_localhost(host: str) -> bool:
    """Whether a host is `localhost` or a name below it: always this machine (RFC 6761, section 6.3)."""
    name = host.lower().removesuffix(".")
    return name == "localhost" or name.endswith(".localhost")


def check_reachable(url: str, timeout_s: float) -> None:
    """Return when something accepts connections at the host and port of `url`.

    Raises:
        TargetError: When nothing does, or not within `timeout_s` seconds.
    """
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        _connect(parts.hostname or "", port, timeout_s)
    except TimeoutError:
        reason = f"{parts.netloc} does not accept a connection within {timeout_s:g} s"
    except OSError as fault:
        reason = _reason(fault, parts.netloc)
    else:
        return
    raise TargetError(f"cannot reach {url}: {reason}", hint="is the server running?")


def wait_until_reachable(url: str, seconds: float) -> None:
    """Return when something accepts connections at the host and port of `url`, which may be started meanwhile.

    Raises:
        TargetError: When nothing does within so many seconds.
    """
    deadline = time.monotonic() + seconds
    while True:
        left = deadline - time.monotonic()
        try:
            return check_reachable(url, max(min(left, _ONE_TRY_S), _LEAST_TRY_S))
        except TargetError:
            if left <= 0:
                raise
        time.sleep(min(_BETWEEN_S, max(left, 0)))


def _connect(host: str, port: int, timeout_s: float) -> None:
    if is_localhost(host):  # as libcurl does: not every resolver knows the names below it, or both addresses
        with suppress(OSError):
            socket.create_connection(("::1", port), timeout=timeout_s).close()
            return
        host = "127.0.0.1"
    socket.create_connection((host, port), timeout=timeout_s).close()


def _reason(fault: OSError, host: str) -> str:
    match fault:
        case ConnectionRefusedError():
            return f"{host} refuses the connection"
        case ConnectionResetError() | BrokenPipeError():
            return f"{host} closed the connection without an answer"
        case socket.gaierror():
            return f"the name of {host} is not known"
        case _:
            return f"{host}: {str(fault) or type(fault).__name__}"
