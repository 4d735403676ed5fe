"""A server that misbehaves in a chosen way: the bytes that no well-made server would send."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DRIP_S = 0.2
STATES_PATH = "/_states"


@dataclass(frozen=True)
class Received:
    """One request, byte for byte, and its parameters decoded."""

    head: bytes
    body: bytes

    @property
    def target(self) -> str:
        return self.head.split(b" ", 2)[1].decode("latin-1")

    @property
    def method(self) -> str:
        return self.head.split(b" ", 1)[0].decode("latin-1")

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    @cached_property
    def params(self) -> dict[str, str]:
        form = self.body.decode() if b"x-www-form-urlencoded" in self.head else ""
        return dict(parse_qsl("&".join(part for part in (self.query, form) if part), keep_blank_values=True))

    @cached_property
    def headers(self) -> dict[str, str]:
        lines = self.head.decode("latin-1").split("\r\n")[1:]
        return {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}


@dataclass
class Link:
    """One connection of a client, for a behaviour to write to. A behaviour that returns True keeps it open."""

    sock: socket.socket
    request: Received
    stopping: threading.Event
    memory: dict[str, Any] = field(default_factory=dict)

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def drip(self, data: bytes) -> None:
        for position in range(len(data)):
            self.send(data[position : position + 1])
            if self.stopping.wait(DRIP_S):
                return


Behaviour = "Callable[[Link], bool | None]"


def head(status: int = 200, length: int | None = None, **headers: str) -> bytes:
    """Return the head of an answer; `Content_Type="text/html"` gives `Content-Type: text/html`."""
    lines = [f"HTTP/1.1 {status} Whatever"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {length}"] if length is not None else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def whole(body: bytes, status: int = 200, content_type: str = "application/json", **headers: str) -> bytes:
    """Return a whole answer."""
    return head(status, len(body), Content_Type=content_type, **headers) + body


class Server:
    """A threaded raw-socket server on 127.0.0.1.

    Args:
        behave: What is done with a request for an operation.
        only: Which requests it is done with; the others are answered by `upstream`.
        upstream: The endpoint of a server that behaves; it also gets the calls for provider states.
    """

    def __init__(
        self,
        behave: Callable[[Link], bool | None],
        *,
        only: Callable[[Mapping[str, str]], bool] = lambda _params: True,
        upstream: str | None = None,
    ) -> None:
        self._behave = behave
        self._only = only
        self._upstream = upstream
        self._stopping = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._threads: list[threading.Thread] = []
        self._socks: list[socket.socket] = []
        self.connections = 0
        self.operations: list[Received] = []
        self.state_calls: list[dict[str, Any]] = []
        self.memory: dict[str, Any] = {}

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def states_url(self) -> str:
        return self.endpoint + STATES_PATH

    def __enter__(self) -> Self:
        self._spawn(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for sock in self._socks:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)

    def _spawn(self, work: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._socks.append(sock)
            self._spawn(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        # A client that has gone away is what these servers provoke.
        with sock, suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            early = b""
            while not self._stopping.is_set():
                request, early = _receive(sock, early)
                if request is None or not self._answer(sock, request):
                    return

    def _answer(self, sock: socket.socket, request: Received) -> bool:
        if request.path == STATES_PATH:
            self.state_calls.append(json.loads(request.body))
            sock.sendall(forward(self._upstream, request) if self._upstream else whole(b"{}"))
            return True
        self.operations.append(request)
        if self._upstream is not None and not self._only(request.params):
            sock.sendall(forward(self._upstream, request))
            return True
        return bool(self._behave(Link(sock, request, self._stopping, self.memory)))

    def held(self) -> set[str]:
        """Return the provider states that were set and never taken back, by account."""
        held: set[str] = set()
        for call in self.state_calls:
            key = json.dumps([call["state"], call["params"]], sort_keys=True)
            if call["state"].startswith("conformance.unknown-state"):
                continue  # the preflight sets it to see it refused
            if call["action"] == "setup":
                held.add(key)
            else:
                held.discard(key)
        return held


def _receive(sock: socket.socket, data: bytes) -> tuple[Received | None, bytes]:
    """Return a request, of which `data` came already, and what came of the next.

    A client that takes a late byte for the answer to its request sends the next before this server has read the first.
    """
    while b"\r\n\r\n" not in data:
        more = sock.recv(65536)
        if not more:
            return None, b""
        data += more
    top, _, body = data.partition(b"\r\n\r\n")
    request = Received(top, body)
    length = int(request.headers.get("content-length", "0"))
    while len(body) < length:
        more = sock.recv(65536)
        if not more:
            return None, b""
        body += more
    return Received(top, body[:length]), body[length:]


def forward(upstream: str, request: Received) -> bytes:
    connection = http.client.HTTPConnection(urlsplit(upstream).netloc, timeout=60)
    try:
        headers = {
            name: value for name, value in request.headers.items() if name not in ("content-length", "connection")
        }
        connection.request(request.method, request.target, request.body or None, headers)
        answer = connection.getresponse()
        body = answer.read()
        return whole(body, answer.status, answer.getheader("Content-Type") or "")
    finally:
        connection.close()


def closed_port() -> int:
    """Return a port of this machine that nothing listens on as long as this process lives.

    One that is only free may be that of the next server that another process starts.
    """
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))  # and does not listen, so that a connection is refused
    port: int = taken.getsockname()[1]
    taken.detach()  # it stays taken
    return port


def free_port() -> int:
    """Return a port that was free just now, for who cannot take port 0."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def eventually(holds: Callable[[], bool], within_s: float = 60) -> bool:
    """Wait until something holds; return whether it did in time, which is long enough for a machine that is busy."""
    deadline = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
