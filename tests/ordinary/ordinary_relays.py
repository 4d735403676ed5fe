"""Ordinary servers, as people write them, in front of the reference server: each answers in its own manner."""

from __future__ import annotations

import asyncio
import gzip
import http.client
import itertools
import json
import random
import socket
import struct
import threading
import time
import zlib
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from werkzeug.serving import make_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from socketserver import BaseServer

Headers = dict[str, str]
_POLL_S = 0.02


@dataclass(frozen=True)
class Answer:
    """What the reference server answered."""

    status: int
    content_type: str
    body: bytes


def ask(upstream: str, method: str, target: str, headers: Headers, body: bytes) -> Answer:
    """Ask the reference server."""
    connection = http.client.HTTPConnection(urlsplit(upstream).netloc, timeout=60)
    try:
        own = ("host", "content-length", "connection", "transfer-encoding")
        kept = {name: value for name, value in headers.items() if name.lower() not in own}
        connection.request(method, target, body or None, kept)
        answer = connection.getresponse()
        return Answer(answer.status, answer.getheader("Content-Type") or "text/plain", answer.read())
    finally:
        connection.close()


def envelope(code: str, message: str, number: int) -> bytes:
    return json.dumps({"RequestId": f"relay-{number}", "Code": code, "Message": message}).encode()


class Relay(BaseHTTPRequestHandler):
    """The plain server of the standard library: threads, an accept queue of 5, head and body in two writes."""

    protocol_version = "HTTP/1.1"
    server_class: type[BaseServer] = ThreadingHTTPServer
    delay_s = 0.0
    upstream = ""
    count: Iterator[int]
    made: dict[str, float]

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        time.sleep(self.delay_s)
        self.reply(ask(self.upstream, self.command, self.path, dict(self.headers.items()), body))

    do_GET = do_POST  # noqa: N815 - the name that http.server calls

    @property
    def is_call(self) -> bool:
        """Whether the request is for an operation, and not for a provider state."""
        return "_states" not in self.path

    def reply(self, answer: Answer) -> None:
        self.give(answer.status, {"Content-Type": answer.content_type}, answer.body)

    def give(self, status: int, headers: Headers, body: bytes) -> None:
        self.head(status, {**headers, "Content-Length": str(len(body))})
        self.wfile.write(body)

    def head(self, status: int, headers: Headers) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


class OneThread(Relay):
    """Takes one connection after the other, and keeps each."""

    server_class = HTTPServer


class OneThreadAnOldVersion(OneThread):
    protocol_version = "HTTP/1.0"


class OneThread20(OneThread):
    delay_s = 0.02


class OneThread100(OneThread):
    delay_s = 0.1


class ShortestQueue(Relay):
    class Server(ThreadingHTTPServer):
        request_queue_size = 1

    server_class = Server


class ClosesSilently(Relay):
    def give(self, status: int, headers: Headers, body: bytes) -> None:
        super().give(status, headers, body)
        self.close_connection = True


class ClosesAndSaysSo(ClosesSilently):
    def give(self, status: int, headers: Headers, body: bytes) -> None:
        super().give(status, {**headers, "Connection": "close"}, body)


class BodyUntilTheEnd(Relay):
    def give(self, status: int, headers: Headers, body: bytes) -> None:
        self.head(status, {**headers, "Connection": "close"})
        self.wfile.write(body)
        self.close_connection = True


class FiveRequests(Relay):
    """Keeps a connection for five requests, and for 50 ms between two."""

    timeout = 0.05
    requests = 0

    def give(self, status: int, headers: Headers, body: bytes) -> None:
        super().give(status, headers, body)
        self.requests += 1
        self.close_connection = self.requests >= 5


class OneWrite(Relay):
    wbufsize = -1


class Chunked(Relay):
    trailer = b""

    def give(self, status: int, headers: Headers, body: bytes) -> None:
        self.head(status, {**headers, "Transfer-Encoding": "chunked"})
        half = len(body) // 2
        for part in (body[:half], body[half:]):
            if part:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n" + self.trailer + b"\r\n")


class Trailers(Chunked):
    trailer = b"X-Checksum: 1\r\nContent-Type: text/x-other\r\n"


class LowerCase(Relay):
    def send_header(self, keyword: str, value: str) -> None:
        super().send_header(keyword.lower(), value)


class Mark(Relay):
    """Begins each body with a byte order mark."""

    def give(self, status: int, headers: Headers, body: bytes) -> None:
        super().give(status, headers, b"\xef\xbb\xbf" + body)


class Gzip(Relay):
    def give(self, status: int, headers: Headers, body: bytes) -> None:
        super().give(status, {**headers, "Content-Encoding": "gzip"}, gzip.compress(body))


class Deflate(Relay):
    def give(self, status: int, headers: Headers, body: bytes) -> None:
        super().give(status, {**headers, "content-encoding": "Deflate"}, zlib.compress(body))


class Throttles(Relay):
    """Refuses every seventh call, as the API does."""

    every = 7
    refusal = 400
    more: Headers = {}  # noqa: RUF012 - nobody changes it

    def reply(self, answer: Answer) -> None:
        number = next(self.count)
        if self.is_call and number % self.every == 0:
            headers = {"Content-Type": "application/json", **self.more}
            self.give(self.refusal, headers, envelope("Throttling.User", "Request was denied.", number))
        else:
            super().reply(answer)


class ThrottlesInHttp(Throttles):
    every = 25
    refusal = 429
    more: Headers = {"Retry-After": "1"}  # noqa: RUF012 - nobody changes it


class ThrottlesWhatItDid(Relay):
    """Carries out the first request that creates after one that deletes, and refuses it for now all the same."""

    def reply(self, answer: Answer) -> None:
        if "Action=Delete" in self.path:
            self.made.setdefault("deleted", 0)
        if "Action=Create" in self.path and self.made.get("deleted") == 0:
            self.made["deleted"] = 1
            refusal = envelope("Throttling.User", "Request was denied.", next(self.count))
            self.give(400, {"Content-Type": "application/json"}, refusal)
        else:
            super().reply(answer)


class RefusesKeys(Relay):
    def reply(self, answer: Answer) -> None:
        if not self.is_call:
            super().reply(answer)
            return
        body = envelope("InvalidAccessKeyId.NotFound", "Specified access key is not found.", next(self.count))
        self.give(404, {"Content-Type": "application/json"}, body)


class Late(Relay):
    """Shows what was made 1.5 s later."""

    def reply(self, answer: Answer) -> None:
        body = json.loads(answer.body) if self.is_call and answer.body[:1] == b"{" else {}
        if "FlowLogId" in body:
            self.made[body["FlowLogId"]] = time.monotonic()
        listed = body.get("FlowLogs", {}).get("FlowLog")
        if listed is not None:
            shown = [entry for entry in listed if time.monotonic() - self.made.get(entry["FlowLogId"], 0) > 1.5]
            body["FlowLogs"]["FlowLog"], body["TotalCount"] = shown, str(len(shown))
            answer = Answer(answer.status, answer.content_type, json.dumps(body).encode())
        super().reply(answer)


class Resets(Relay):
    """Resets one connection in a hundred before it does anything."""

    chance = random.Random(13)  # noqa: S311 - the same each time

    def do_POST(self) -> None:
        if self.chance.random() < 0.01:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            with suppress(OSError):
                self.connection.close()
            return
        super().do_POST()

    do_GET = do_POST  # noqa: N815 - the name that http.server calls


@contextmanager
def running(relay: type[Relay], upstream: str) -> Iterator[str]:
    """Serve by a relay of the standard library; give the endpoint."""
    own = type(relay.__name__, (relay,), {"upstream": upstream, "count": itertools.count(1), "made": {}})
    server_class: Any = relay.server_class
    quiet = type(server_class.__name__, (server_class,), {"handle_error": lambda *_: None, "daemon_threads": True})
    server = quiet(("127.0.0.1", 0), own)
    with serving(server, server.server_address[1]) as endpoint:
        yield endpoint


@contextmanager
def serving(server: BaseServer, port: int) -> Iterator[str]:
    thread = threading.Thread(target=partial(server.serve_forever, _POLL_S), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def application(upstream: str) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """Return the relay as a WSGI application."""

    def answer(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = {name[5:].replace("_", "-"): value for name, value in environ.items() if name[:5] == "HTTP_"}
        if environ.get("CONTENT_TYPE"):
            headers["Content-Type"] = environ["CONTENT_TYPE"]
        query = environ["QUERY_STRING"]
        target = environ["PATH_INFO"] + (f"?{query}" if query else "")
        came = ask(upstream, environ["REQUEST_METHOD"], target, headers, body)
        start(f"{came.status} Whatever", [("Content-Type", came.content_type), ("Content-Length", str(len(came.body)))])
        return [came.body]

    return answer


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def wsgi(upstream: str) -> Iterator[str]:
    """Serve by the WSGI server of the standard library: one thread."""
    server = WSGIServer(("127.0.0.1", 0), _Quiet)
    server.set_app(application(upstream))
    with serving(server, server.server_address[1]) as endpoint:
        yield endpoint


@contextmanager
def werkzeug(upstream: str, *, threaded: bool) -> Iterator[str]:
    """Serve by what Flask serves with in development."""
    from werkzeug.serving import WSGIRequestHandler as Handler  # noqa: PLC0415 - of the same name as that of wsgiref

    quiet = type("Quiet", (Handler,), {"log": lambda *_: None})
    server = make_server("127.0.0.1", 0, application(upstream), threaded=threaded, request_handler=quiet)
    with serving(server, server.port) as endpoint:
        yield endpoint


async def _serve_stream(upstream: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            method, target, _ = lines[0].split(" ")
            headers = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:] if line)
            }
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            came = await asyncio.to_thread(ask, upstream, method, target, headers, body)
            head = f"HTTP/1.1 {came.status} OK\r\ncontent-type: {came.content_type}\r\n"
            writer.write(f"{head}content-length: {len(came.body)}\r\n\r\n".encode() + came.body)
            await writer.drain()
    writer.close()


@contextmanager
def asynchronous(upstream: str) -> Iterator[str]:
    """Serve by asyncio."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    start = asyncio.start_server(partial(_serve_stream, upstream), "127.0.0.1", 0)
    server = asyncio.run_coroutine_threadsafe(start, loop).result(10)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:

        async def stop() -> None:
            server.close()
            others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
