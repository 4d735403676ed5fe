"""A proxy between an SDK and the server: every request is recorded and passed on, or answered by script.

A small HTTP/1.1 server on 127.0.0.1 of its own for each driver process, so that what arrives belongs to the call under
way. Requests are parsed by h11; answers are written in one write, because an SDK may pay 40 ms for a second one.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, Self

import h11
from msgspec import Struct
from msgspec.structs import replace

from conformance.core.exchange import NO_CODING, Recorded, WireRequest, WireResponse
from conformance.core.redaction import RECENT
from conformance.transport.blocking import BlockingClient
from conformance.transport.outcome import ExchangeError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.cases.sdk import Scripted

_HOP_BY_HOP: Final = frozenset({"connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"})
"""RFC 9110, section 7.6.1: headers that are about one connection and are not passed on."""

_CHUNK: Final = 65536
_LONGEST_IDLE_S: Final = 60.0
_LARGEST_HEAD: Final = 1024 * 1024
_GRACE_S: Final = 2.0
"""How much longer than its timeout the server is waited for: that counts from when the request reached it."""
_HOST: Final = re.compile("^https?://[^/?#]*", re.IGNORECASE)


class _Arrived(Struct):
    """A request as long as its answer is under way."""

    request: WireRequest
    received_at: float
    response: WireResponse | None = None
    failure: str | None = None
    elapsed_ms: float = 0.0
    answered: bool = False

    def recorded(self) -> Recorded:
        failure = self.failure if self.answered else "no answer yet"
        return Recorded(self.request, self.response, failure, self.received_at, self.elapsed_ms)


class _Call(Struct):
    """What belongs to one call: the answer to give, and what arrived."""

    script: Scripted | None
    arrived: list[_Arrived]
    headers: Mapping[str, str]


class RecordingProxy:
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
        self._call: _Call | None = None
        self._open: set[socket.socket] = set()
        self._changed = threading.Condition()
        self._closing = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def begin(self, script: Scripted | None = None, headers: Mapping[str, str] | None = None) -> None:
        """Begin a call: until `end`, every request is recorded, and gets the scripted answer, or the server's.

        Args:
            script: An answer to give in the server's place.
            headers: Headers that the server gets beside those of the SDK, which does not know of them.
        """
        with self._changed:
            self._call = _Call(script, [], headers or {})

    def end(self) -> tuple[Recorded, ...]:
        """Return what arrived since `begin`, in its order; nothing when no call was begun.

        Waits for answers that the server has not sent yet: an SDK may give up before the server does, and what the
        server did is part of the call. What arrives from now on belongs to no call, and is neither recorded nor passed
        on.
        """
        with self._changed:
            call, self._call = self._call, None
            if call is None:
                return ()
            self._changed.wait_for(
                lambda: self._closing.is_set() or all(each.answered for each in call.arrived),
                self._timeout_s + _GRACE_S,
            )
            return tuple(each.recorded() for each in call.arrived)

    def close(self) -> None:
        """Stop listening and close every connection."""
        self._closing.set()
        # Closing alone does not wake a thread that waits in accept().
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._changed:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._changed.notify_all()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._changed:
                if self._closing.is_set():  # accepted while `close` was at work, which does not know of it
                    connection.close()
                    return
                self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        upstream = BlockingClient()
        try:
            connection.settimeout(_LONGEST_IDLE_S)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            rest = b""
            while True:
                received = self._read(connection, rest)
                if received is None:
                    return
                request, rest, keep = received
                if not (self._answer(connection, request, upstream) and keep):
                    return
        except (OSError, h11.RemoteProtocolError):
            pass  # the SDK went away, or speaks no HTTP: the outcome of its call shows it
        finally:
            upstream.close()
            with self._changed:
                self._open.discard(connection)
                connection.close()

    def _answer(self, connection: socket.socket, request: WireRequest, upstream: BlockingClient) -> bool:
        """Answer one request; return whether the connection can be used again."""
        arrived = _Arrived(request, time.time())
        with self._changed:
            call = self._call
            if call is None:
                return False
            script = call.script
            if script is not None:
                headers = {name.lower(): value for name, value in script.headers.items()}
                arrived.response = WireResponse(script.status, headers, script.body[: script.sent])
                arrived.answered = True
            call.arrived.append(arrived)
        if script is not None:
            if self._closing.wait(script.delay_s):
                return False  # the run ended first
            connection.sendall(_head(script.status, script.headers, len(script.body)) + script.body[: script.sent])
            return script.sent is None
        answer = self._pass_on(arrived, upstream, call.headers)
        if answer is None:
            return False
        headers = {name.title(): value for name, value in answer.headers.items() if name != "content-encoding"}
        connection.sendall(_head(answer.status, headers, len(answer.body)) + answer.body)
        return True

    def _pass_on(self, arrived: _Arrived, upstream: BlockingClient, added: Mapping[str, str]) -> WireResponse | None:
        """Ask the server, and note what it answered before the SDK learns of it."""
        started = time.perf_counter()
        answer, failure = None, "the harness did not pass it on"
        try:
            request = passed_on(arrived.request, self._upstream)
            answer = upstream.send(replace(request, headers=(*request.headers, *added.items())), self._timeout_s)
        except ExchangeError as fault:
            failure = str(fault)
        finally:
            with self._changed:
                arrived.response, arrived.failure = answer, None if answer else failure
                arrived.elapsed_ms = (time.perf_counter() - started) * 1000
                arrived.answered = True
                self._changed.notify_all()
        return answer

    def _read(self, connection: socket.socket, rest: bytes) -> tuple[WireRequest, bytes, bool] | None:
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
                if parser.they_are_waiting_for_100_continue:
                    go_on = h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue")
                    connection.sendall(parser.send(go_on) or b"")
                parser.receive_data(connection.recv(_CHUNK))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                keep = parser.their_state is h11.DONE
                return self._request(head, bytes(body)), parser.trailing_data[0], keep
            else:  # ConnectionClosed
                return None

    def _request(self, head: h11.Request, body: bytes) -> WireRequest:
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers.raw_items())
        # RFC 9112, section 3.2.2: a server takes a target in absolute form too.
        target = _HOST.sub("", head.target.decode("latin-1"))
        slash = "" if target.startswith("/") else "/"
        request = WireRequest(head.method.decode(), f"{self.endpoint}{slash}{target}", headers, body)
        RECENT.note(request)
        return request


def passed_on(request: WireRequest, upstream: str) -> WireRequest:
    """Return a request for the server: the same bytes and headers, the `Host` that the SDK signed included. Pure.

    Left out are headers that are about one connection. An `Accept-Encoding` that is not signed asks for no coding: the
    answer is read on its way.

    Args:
        request: The request as it arrived.
        upstream: The server's endpoint.
    """
    left_out = {*_HOP_BY_HOP, "content-length", "accept-encoding"}
    for name, value in request.headers:
        if name.lower() == "connection":
            left_out.update(token.strip().lower() for token in value.split(","))
        if name.lower() == "authorization" and "accept-encoding" in value:
            left_out.discard("accept-encoding")
    headers = tuple((name, value) for name, value in request.headers if name.lower() not in left_out)
    if "accept-encoding" in left_out:
        headers += (NO_CODING,)
    target = _HOST.sub("", request.url)
    if "/" in upstream.partition("://")[2]:
        # The path of the endpoint is the whole path: the SDK knows of none.
        target = re.sub("^/(?=[?]|$)", "", target)
    return WireRequest(request.method, upstream + target, headers, request.body)


def _head(status: int, headers: Mapping[str, str], length: int) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    left_out = _HOP_BY_HOP | {"content-length"}
    lines = [f"{name}: {value}" for name, value in headers.items() if name.lower() not in left_out]
    lines = [f"HTTP/1.1 {status} {phrase}", *lines, f"Content-Length: {length}", "", ""]
    return "\r\n".join(lines).encode("latin-1", errors="replace")
