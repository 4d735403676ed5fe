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
_HANDSHAKES: Final = 3
"""How often a TLS connection is tried that breaks off: one that is reset says nothing about the next."""

_WRONG_BY_ITSELF: Final = (9, 10, 62, 64)
"""Codes of OpenSSL for a certificate that does not hold yet or any more, or is for another name or address."""

_ANOTHER: Final = "the server needs another certificate; none is trusted all the same"
_NAME_ITS_AUTHORITY: Final = "if it is right, let SSL_CERT_FILE name a file with that of its authority"


def is_localhost(host: str) -> bool:
    """Whether a host is `localhost` or a name below it: always this machine (RFC 6761, section 6.3)."""
    name = host.lower().removesuffix(".")
    return name == "localhost" or name.endswith(".localhost")


def check_reachable(url: str, timeout_s: float) -> None:
    """Return when something accepts connections at the host and port of `url`, for https with a certificate to trust.

    No request is sent.

    Raises:
        TargetError: When nothing does, or not within `timeout_s` seconds, and for a certificate that is not trusted.
    """
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    host = parts.hostname or ""
    try:
        if parts.scheme == "https":
            _shake_hands(host, port, timeout_s)
        else:
            _connect(host, port, timeout_s).close()
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


def _connect(host: str, port: int, timeout_s: float) -> socket.socket:
    if is_localhost(host):  # as libcurl does: not every resolver knows the names below it, or both addresses
        with suppress(OSError):
            return socket.create_connection(("::1", port), timeout=timeout_s)
        host = "127.0.0.1"
    return socket.create_connection((host, port), timeout=timeout_s)


def _shake_hands(host: str, port: int, timeout_s: float) -> None:
    """Make a TLS connection and close it.

    Raises:
        TargetError: When the certificate is not trusted.
        OSError: When there is no connection.
    """
    import ssl  # noqa: PLC0415 - a target without TLS does not pay for it

    context = ssl.create_default_context()
    # From Python 3.13 on this would refuse what libcurl, which sends the requests, takes.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    for left in reversed(range(_HANDSHAKES)):
        with _connect(host, port, timeout_s) as plain:
            try:
                context.wrap_socket(plain, server_hostname=host).close()
            except ssl.SSLCertVerificationError as fault:
                where = f"[{host}]" if ":" in host else host
                raise TargetError(
                    f"no TLS connection to {where}:{port}: the certificate is not trusted: {fault.verify_message}",
                    hint=_ANOTHER if fault.verify_code in _WRONG_BY_ITSELF else _NAME_ITS_AUTHORITY,
                ) from None
            except TimeoutError:
                raise
            except OSError:
                if not left:
                    raise
            else:
                return


def _reason(fault: OSError, host: str) -> str:
    match fault:
        case ConnectionRefusedError():
            return f"{host} refuses the connection"
        case ConnectionResetError() | BrokenPipeError():
            return f"{host} closed the connection without an answer"
        case _ if hasattr(fault, "library"):  # of the ssl module, which is not imported for this
            return f"no TLS connection to {host}: {getattr(fault, 'reason', None) or fault}"
        case socket.gaierror():
            return f"the name of {host} is not known"
        case _:
            return f"{host}: {str(fault) or type(fault).__name__}"
