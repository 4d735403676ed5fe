"""The server of the benchmarks: a bare ASGI application that answers every request with one documented error.

It does next to nothing, so that what is measured is the client: no framework, no routing, one JSON body with a
RequestId that never repeats, at once or after a latency. It counts the requests, so that a benchmark can tell that each
of them was sent, and it can be told to answer with a wrong status, code or message, so that a benchmark can tell that
each of them is judged.

As a program it serves on a free port of 127.0.0.1, prints the port, and ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import threading
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import parse_qs, urlencode

from generate import CODE, MESSAGE, STATUS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import TracebackType

WRONG: Final = ("status", "code", "message")
"""What the server can be told to answer wrongly."""

_CONTROL: Final = "/_benchmark"
_HEADERS: Final = [(b"content-type", b"application/json;charset=utf-8")]


class Application:
    """The ASGI application."""

    def __init__(self) -> None:
        self._latency_s = 0.0
        self._requests = 0
        self._status = STATUS
        self._rest = b""
        self._number = count(1)
        self._set({})

    async def __call__(
        self,
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[dict[str, Any]]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        """Answer one request, after all of it has come."""
        while (await receive()).get("more_body"):
            pass
        if scope["path"] == _CONTROL:
            body = b"%d" % self._set(parse_qs(scope["query_string"].decode()))
            status = 200
        else:
            self._requests += 1
            if self._latency_s:
                await asyncio.sleep(self._latency_s)
            body = b'{"RequestId":"54B48E3D-DF70-471B-AA93-%012X%b' % (next(self._number), self._rest)
            status = self._status
        headers = [*_HEADERS, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _set(self, options: dict[str, list[str]]) -> int:
        """Answer differently from now on, and return how many requests there were until now."""
        wrong = options.get("wrong", [""])[0]
        self._latency_s = float(options.get("latency_s", ["0"])[0])
        self._status = 403 if wrong == "status" else STATUS
        code = "WrongCode" if wrong == "code" else CODE
        message = "A wrong message" if wrong == "message" else MESSAGE
        self._rest = f'","Code":{json.dumps(code)},"Message":{json.dumps(message)}}}'.encode()
        counted, self._requests = self._requests, 0
        return counted


class Server:
    """The server in a process of its own, as long as a `with` block lasts.

    Args:
        python: The interpreter; it needs uvicorn, and is faster with httptools and uvloop.
    """

    def __init__(self, python: str = sys.executable) -> None:
        self._python = python
        self._port = 0
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it; raises `OSError` when it does not start."""
        self._child = subprocess.Popen(  # noqa: S603 - this very file
            [self._python, str(Path(__file__))], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._child.stdout is not None  # noqa: S101 - a pipe
        line = self._child.stdout.readline()
        if not line:
            self.__exit__(None, None, None)
            raise OSError(f"the server does not start with {self._python}")
        self._port = int(line)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            for pipe in (self._child.stdin, self._child.stdout):
                if pipe is not None:
                    pipe.close()

    @property
    def endpoint(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._port}"

    def set(self, latency_s: float = 0.0, wrong: str = "") -> int:
        """Say how it answers from now on, and return how many requests it had since it was told the last time.

        Args:
            latency_s: Seconds until it answers.
            wrong: One of `WRONG`, or nothing.
        """
        connection = HTTPConnection("127.0.0.1", self._port, timeout=30)
        connection.request("GET", f"{_CONTROL}?{urlencode({'latency_s': latency_s, 'wrong': wrong})}")
        counted = int(connection.getresponse().read())
        connection.close()
        return counted


def serve() -> None:
    """Serve until standard input ends."""
    import uvicorn  # noqa: PLC0415 - who only starts this process does not need it

    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(1024)
    print(listening.getsockname()[1], flush=True)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    config = uvicorn.Config(Application(), lifespan="off", log_level="error", access_log=False)
    uvicorn.Server(config).run(sockets=[listening])


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    serve()
