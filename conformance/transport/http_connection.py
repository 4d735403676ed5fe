"""One request after another by `http.client`, byte for byte.

`http.client` writes the query and the body exactly as given; clients that normalise a URL would hide what the cases
send. Every read has the deadline of the whole exchange, so a server that drips a byte a second cannot hold a case.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.core.exchange import WireResponse
from conformance.transport.connection import MAX_BODY_BYTES, ClosedError, ExchangeError, is_stale, reason_of

if TYPE_CHECKING:
    from conformance.core.exchange import WireRequest


class _DeadlineReader(io.RawIOBase):
    """Reads from a socket until the deadline of the exchange under way."""

    def __init__(self, owner: _DeadlineSocket) -> None:
        self._owner = owner

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        left = self._owner.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._owner.raw.settimeout(left)
        return self._owner.raw.recv_into(buffer)  # type: ignore[arg-type]  # a writable buffer, as RawIOBase promises

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._owner.reader_closed()


class _DeadlineSocket:
    """What `http.client` needs of a socket, with the deadline of the exchange under way.

    As with a socket of the standard library, what was made by `makefile` can be read on after `close`: `http.client`
    closes at once when the connection is to end with the answer.
    """

    def __init__(self, sock: socket.socket) -> None:
        self.raw = sock
        self.deadline = 0.0
        self._readers = 0
        self._closing = False

    def makefile(self, _mode: str) -> io.BufferedReader:
        self._readers += 1
        return io.BufferedReader(_DeadlineReader(self))

    def sendall(self, data: bytes) -> None:
        self.raw.settimeout(max(self.deadline - time.monotonic(), 0.001))
        self.raw.sendall(data)

    def close(self) -> None:
        self._closing = True
        if not self._readers:
            self.raw.close()

    def reader_closed(self) -> None:
        self._readers -= 1
        if self._closing and not self._readers:
            self.raw.close()


class HttpConnection:
    """Keeps one connection open per host, by `http.client`."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, str], tuple[http.client.HTTPConnection, _DeadlineSocket]] = {}

    def send(self, request: WireRequest, timeout_s: float) -> WireResponse:
        """Send a request and return the whole answer; see `Connection.send`."""
        parts = urlsplit(request.url)
        key = (parts.scheme, parts.netloc)
        deadline = time.monotonic() + timeout_s
        try:
            connection, sock = self._connection(key, timeout_s)
            sock.deadline = deadline
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            own_host = any(name.lower() == "host" for name, _ in request.headers)
            connection.putrequest(request.method, target, skip_host=own_host, skip_accept_encoding=True)
            for name, value in request.headers:
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(request.body)))
            connection.endheaders(request.body or None)
            with connection.getresponse() as response:
                body = self._body(response)
                headers = {name.lower(): value for name, value in response.getheaders()}
                keep = not response.will_close
        except TimeoutError:
            self._drop(key)
            raise ExchangeError(f"no complete answer within {timeout_s:g} s") from None
        except (ConnectionResetError, BrokenPipeError) as fault:
            self._drop(key)
            raise ClosedError(_reason(fault, key[1])) from None
        except (http.client.HTTPException, OSError, ValueError) as fault:
            self._drop(key)
            raise ExchangeError(_reason(fault, key[1])) from None
        except ExchangeError:
            self._drop(key)
            raise
        if not keep:
            self._drop(key)
        return WireResponse(response.status, headers, body)

    def close(self) -> None:
        """Close every connection."""
        for key in list(self._open):
            self._drop(key)

    def _connection(self, key: tuple[str, str], timeout_s: float) -> tuple[http.client.HTTPConnection, _DeadlineSocket]:
        if key in self._open and is_stale(self._open[key][1].raw.fileno()):
            # The server closed it after the last answer. Seen before sending, so that no request is ever sent twice.
            self._drop(key)
        if key not in self._open:
            scheme, netloc = key
            connection: http.client.HTTPConnection
            if scheme == "https":
                context = ssl.create_default_context()
                connection = http.client.HTTPSConnection(netloc, timeout=timeout_s, context=context)
            else:
                connection = http.client.HTTPConnection(netloc, timeout=timeout_s)
            connection.connect()
            connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock = connection.sock = _DeadlineSocket(connection.sock)
            self._open[key] = connection, sock
        return self._open[key]

    def _drop(self, key: tuple[str, str]) -> None:
        if key in self._open:
            self._open.pop(key)[0].close()

    @staticmethod
    def _body(response: http.client.HTTPResponse) -> bytes:
        chunks: list[bytes] = []
        size = 0
        try:
            while chunk := response.read1(65536):
                size += len(chunk)
                if size > MAX_BODY_BYTES:
                    raise ExchangeError(f"the answer is larger than {MAX_BODY_BYTES // 1024 // 1024} MiB")
                chunks.append(chunk)
        except http.client.IncompleteRead as fault:
            raise ExchangeError(f"the answer broke off after {size + len(fault.partial)} bytes of body") from None
        if response.length:
            raise ExchangeError(f"the answer broke off after {size} of {size + response.length} bytes of body")
        return b"".join(chunks)


def _reason(fault: Exception, host: str) -> str:
    match fault:
        case http.client.RemoteDisconnected():
            return reason_of(fault, host)
        case http.client.BadStatusLine() | http.client.LineTooLong() | http.client.UnknownProtocol():
            return f"{host} did not answer in HTTP"
        case ssl.SSLError():
            return f"no TLS connection to {host}: {fault.reason or fault}"
        case _:
            return reason_of(fault, host)
