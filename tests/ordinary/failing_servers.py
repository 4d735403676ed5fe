"""Servers that fail as a whole: one that goes down in the middle of a run, and one that never reads."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_HOST = "127.0.0.1"


class GoesDown:
    """Passes bytes on to another server, until it has passed on some requests; then it is down.

    Args:
        upstream: The endpoint of the other server.
        after: How many requests it passes on, about: what comes in one read counts as one.
        down_s: After how many seconds it is there again, on the same port; `None` for never.
    """

    def __init__(self, upstream: str, after: int, down_s: float | None) -> None:
        place = urlsplit(upstream)
        self._upstream = (place.hostname or "", place.port or 0)
        self._left = after
        self._down_s = down_s
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._socks: list[socket.socket] = []
        self._listener = socket.create_server((_HOST, 0), backlog=64)
        self._port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []

    @property
    def endpoint(self) -> str:
        return f"http://{_HOST}:{self._port}"

    @property
    def went_down(self) -> bool:
        return self._left <= 0

    def __enter__(self) -> Self:
        self._start(self._accept, self._listener)
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._close()
        for thread in self._threads:
            thread.join(10)

    def _start(self, work: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=work, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                server = socket.create_connection(self._upstream)
                with self._lock:
                    self._socks += [client, server]
                self._start(self._to_server, client, server)
                self._start(self._pump, server, client)

    def _to_server(self, client: socket.socket, server: socket.socket) -> None:
        self._pump(client, server, self._goes_down)

    def _pump(self, source: socket.socket, sink: socket.socket, ends: Callable[[], bool] = lambda: False) -> None:
        with suppress(OSError):
            while (data := source.recv(65536)) and not ends():
                sink.sendall(data)
        for sock in (source, sink):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _goes_down(self) -> bool:
        with self._lock:
            self._left -= 1
            if self._left != 0:
                return False
        self._close()
        if self._down_s is not None:
            self._start(self._come_back)
        return True

    def _come_back(self) -> None:
        if not self._ended.wait(self._down_s):
            self._listener = socket.create_server((_HOST, self._port), backlog=64)
            self._accept(self._listener)

    def _close(self) -> None:
        with self._lock:
            socks, self._socks = self._socks, []
        for sock in (self._listener, *socks):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()


@contextmanager
def never_reads() -> Iterator[str]:
    """Take connections and read nothing; give the endpoint."""
    taken: list[socket.socket] = []

    def accept(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                taken.append(listener.accept()[0])

    with socket.create_server((_HOST, 0), backlog=64) as listener:
        thread = threading.Thread(target=accept, args=(listener,), daemon=True)
        thread.start()
        try:
            yield f"http://{_HOST}:{listener.getsockname()[1]}"
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)
            for sock in taken:
                sock.close()
