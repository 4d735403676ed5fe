"""On the wire between an SDK and the server: every request is recorded and passed on, or answered by script.

A small HTTP/1.1 server on 127.0.0.1 of its own for each driver process, so that what arrives belongs to the call under
way. Requests are parsed by h11; answers are written in one write, because an SDK may pay 40 ms for a second one.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Self

import h11

from conformance.targets.connection import ExchangeError, HttpConnection
from conformance.targets.model import WireRequest, WireResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.cases.sdk import Scripted

_HOP_BY_HOP: Final = frozenset({"connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"})
"""RFC 9110, section 7.6.1: headers that speak of one connection and are not passed on."""

_CHUNK: Final = 65536
_LONGEST_IDLE_S: Final = 60.0
_LARGEST_HEAD: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Recorded:
    """One request of an SDK, as it arrived, and what was answered.

    Attributes:
        request: The request; its URL names the harness as the SDK addressed it.
        response: The answer of the server, `None` when there was none.
        failure: Why the server gave none that can be passed on.
        received_at: Seconds since the epoch.
        elapsed_ms: How long the server took.
    """

    request: WireRequest
    response: WireResponse | None
    failure: str | None
    received_at: float
    elapsed_ms: float


class WireRecorder:
    """Records what one driver process sends, and passes it on to the server. A context manager.

    Args:
        endpoint: The server: scheme, host, port and perhaps a path, which is put before the path of each request.
        timeout_s: How long the server may take for one answer.
    """

    def __init__(self, endpoint: str, timeout_s: float) -> None:
        self._upstream = endpoint
        self._timeout_s = timeout_s
        self._listener = socket.create_server(("127.0.0.1", 0))
        host, port = self._listener.getsockname()[:2]
        self.endpoint: str = f"http://{host}:{port}"
        self._records: list[Recorded] = []
        self._script: Scripted | None = None
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._closing = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self, script: Scripted | None = None) -> None:
        """Forget what was recorded; until `end`, every request gets the scripted answer, or the server's."""
        with self._lock:
            self._records = []
            self._script = script

    def end(self) -> tuple[Recorded, ...]:
        """Return what arrived since `begin`, in its order."""
        with self._lock:
            return tuple(self._records)

    def close(self) -> None:
        """Stop listening and close every connection."""
        self._closing.set()
        # Closing alone does not wake a thread that waits in accept().
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        upstream = HttpConnection()
        try:
            connection.settimeout(_LONGEST_IDLE_S)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            rest = b""
            while True:
                found = _read(connection, rest)
                if found is None:
                    return
                request, rest, keep = found
                if not (self._answer(connection, request, upstream) and keep):
                    return
        except (OSError, h11.RemoteProtocolError):
            pass  # the SDK went away, or speaks no HTTP: its call tells
        finally:
            upstream.close()
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _answer(self, connection: socket.socket, request: WireRequest, upstream: HttpConnection) -> bool:
        """Answer one request; return whether the connection can be used again."""
        received_at = time.time()
        with self._lock:
            script = self._script
        if script is not None:
            response = WireResponse(script.status, {k.lower(): v for k, v in script.headers.items()}, script.body)
            self._keep(Recorded(request, response, None, received_at, 0.0))
            # An SDK that gave up, or a run that ends, does not hold the thread.
            self._closing.wait(script.delay_s)
            connection.sendall(_head(script.status, script.headers, len(script.body)) + script.body[: script.sent])
            return script.sent is None
        started = time.perf_counter()
        answer, failure = None, None
        try:
            answer = upstream.send(self._passed_on(request), self._timeout_s)
        except ExchangeError as fault:
            failure = str(fault)
        elapsed_ms = (time.perf_counter() - started) * 1000
        self._keep(Recorded(request, answer, failure, received_at, elapsed_ms))
        if answer is None:
            return False
        headers = {name.title(): value for name, value in answer.headers.items()}
        connection.sendall(_head(answer.status, headers, len(answer.body)) + answer.body)
        return True

    def _keep(self, record: Recorded) -> None:
        with self._lock:
            self._records.append(record)

    def _passed_on(self, request: WireRequest) -> WireRequest:
        """Return the request for the server: the same bytes and headers, the `Host` that the SDK signed included."""
        path = request.url.partition("://")[2].partition("/")[2]
        left_out = _HOP_BY_HOP | {"content-length"}
        headers = tuple((name, value) for name, value in request.headers if name.lower() not in left_out)
        return WireRequest(request.method, f"{self._upstream}/{path}", headers, request.body)


def _read(connection: socket.socket, rest: bytes) -> tuple[WireRequest, bytes, bool] | None:
    """Return the next request, the bytes that came after it, and whether the client keeps the connection open.

    `None` when the client closed it. Raises `OSError` when it breaks off, and h11's error for what is no HTTP.
    """
    parser = h11.Connection(h11.SERVER, max_incomplete_event_size=_LARGEST_HEAD)
    if rest:
        parser.receive_data(rest)
    head: h11.Request | None = None
    body = bytearray()
    while True:
        event = parser.next_event()
        if event is h11.NEED_DATA:
            parser.receive_data(connection.recv(_CHUNK))
        elif isinstance(event, h11.Request):
            head = event
            if parser.they_are_waiting_for_100_continue:
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            keep = parser.their_state is h11.DONE
            return _request(head, bytes(body)), parser.trailing_data[0], keep
        else:  # ConnectionClosed
            return None


def _request(head: h11.Request, body: bytes) -> WireRequest:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers.raw_items())
    host = next((value for name, value in headers if name.lower() == "host"), "")
    return WireRequest(head.method.decode(), f"http://{host}{head.target.decode('latin-1')}", headers, body)


def _head(status: int, headers: Mapping[str, str], length: int) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    left_out = _HOP_BY_HOP | {"content-length"}
    lines = [f"{name}: {value}" for name, value in headers.items() if name.lower() not in left_out]
    lines = [f"HTTP/1.1 {status} {phrase}", *lines, f"Content-Length: {length}", "", ""]
    return "\r\n".join(lines).encode("latin-1", errors="replace")
