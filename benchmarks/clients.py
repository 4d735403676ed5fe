"""What one request costs with each HTTP client: `uv run --with aiohttp --with wreq python benchmarks/clients.py`.

A bare HTTP server in a process of its own answers every request with the same 200 bytes, at once or after 50 ms. Each
client sends the same requests to it, one after another and 64 at a time, and the microseconds a request are printed: of
the wall clock, and of this process's processor, which hardly depends on what else the machine does. The rounds are run
in turn, so that a drift of the machine hits all alike, and medians are printed. A client that is not installed is named
and left out. The figures are in `docs/decisions/0012-http-client.md`.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import importlib
import importlib.util
import multiprocessing
import select
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

IN_FLIGHT = 64
TARGET = "/?Action=CreateFlowLog&Version=2016-04-28&Name=a%2fb+[c]"
HEADERS = {"Accept": "application/json", "User-Agent": "benchmark"}
BODY = b'{"RequestId": "54B48E3D-DF70-471B-AA93-08E683A1B457", "Code": "MissingParameter", "Message": "Missing"}'
ANSWER = b"HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
    len(BODY),
    BODY,
)


class Answering(asyncio.Protocol):
    """The server's side of one connection: an answer for every request without a body."""

    delay_s = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        """Answer as many requests as have come."""
        for _ in range(data.count(b"\r\n\r\n")):
            if self.delay_s:
                asyncio.get_running_loop().call_later(self.delay_s, self._transport.write, ANSWER)
            else:
                self._transport.write(ANSWER)


def serve(delay_s: float, port_sender: Connection) -> None:
    """Run the server until the process is ended, and say at which port."""

    async def run() -> None:
        Answering.delay_s = delay_s
        server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", 0, backlog=256)
        port_sender.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def by_http_client(port: int, count: int) -> None:
    """Send requests one after another on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(count):
        connection.putrequest("GET", TARGET, skip_accept_encoding=True)
        for name, value in HEADERS.items():
            connection.putheader(name, value)
        connection.endheaders()
        assert connection.getresponse().read() == BODY  # noqa: S101 - a wrong answer is no measurement
    connection.close()


def by_http_client_threads(port: int, count: int) -> None:
    """Send requests on one connection a thread."""
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        for future in [pool.submit(by_http_client, port, count // IN_FLIGHT) for _ in range(IN_FLIGHT)]:
            future.result()


def easy(port: int, body: list[bytes]) -> Any:
    """Return a handle of libcurl that writes what it receives into `body`."""
    import pycurl  # noqa: PLC0415 - may not be installed

    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, f"http://127.0.0.1:{port}/")
    curl.setopt(pycurl.REQUEST_TARGET, TARGET.encode())
    curl.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in HEADERS.items()])
    curl.setopt(pycurl.WRITEFUNCTION, body.append)
    return curl


def by_pycurl(port: int, count: int) -> None:
    """Send requests one after another on one connection."""
    body: list[bytes] = []
    curl = easy(port, body)
    for _ in range(count):
        body.clear()
        curl.perform()
        assert b"".join(body) == BODY  # noqa: S101
    curl.close()


def _begin(multi: Any, port: int) -> dict[Any, list[bytes]]:
    """Put as many requests in flight as there may be; return where the body of each goes."""
    bodies: dict[Any, list[bytes]] = {}
    for _ in range(IN_FLIGHT):
        body: list[bytes] = []
        curl = easy(port, body)
        bodies[curl] = body
        multi.add_handle(curl)
    return bodies


def _go_on(multi: Any, bodies: dict[Any, list[bytes]], done: Sequence[Any], left: int) -> int:
    """Check what has come, send again as long as `left` lasts, and return how many were sent again."""
    again = min(left, len(done))
    for number, curl in enumerate(done):
        assert b"".join(bodies[curl]) == BODY  # noqa: S101
        bodies[curl].clear()
        multi.remove_handle(curl)
        if number < again:
            multi.add_handle(curl)
    return again


def by_pycurl_multi(port: int, count: int) -> None:
    """Send requests with the multi interface that looks through all transfers each time: `perform` and `select`."""
    import pycurl  # noqa: PLC0415

    multi = pycurl.CurlMulti()
    bodies = _begin(multi, port)
    left, under_way = count - IN_FLIGHT, IN_FLIGHT
    while under_way:
        multi.perform()
        _, done, failed = multi.info_read()
        assert not failed  # noqa: S101
        again = _go_on(multi, bodies, done, left)
        left -= again
        under_way -= len(done) - again
        if not done:
            multi.select(1.0)


def by_pycurl_socket_action(port: int, count: int) -> None:
    """Send requests with the multi interface that learns which socket is ready, by epoll."""
    import pycurl  # noqa: PLC0415

    multi = pycurl.CurlMulti()
    epoll = select.epoll()
    known: set[int] = set()
    masks = {pycurl.POLL_IN: select.EPOLLIN, pycurl.POLL_OUT: select.EPOLLOUT}
    both = select.EPOLLIN | select.EPOLLOUT

    def on_socket(what: int, sock: int, _multi: Any, _data: Any) -> None:
        if what == pycurl.POLL_REMOVE:
            known.discard(sock)
            epoll.unregister(sock)
        elif sock in known:
            epoll.modify(sock, masks.get(what, both))
        else:
            known.add(sock)
            epoll.register(sock, masks.get(what, both))

    multi.setopt(pycurl.M_SOCKETFUNCTION, on_socket)
    bodies = _begin(multi, port)
    left, under_way = count - IN_FLIGHT, IN_FLIGHT
    multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)
    while under_way:
        for sock, events in epoll.poll(1.0):
            ready = (1 if events & ~select.EPOLLOUT else 0) | (2 if events & select.EPOLLOUT else 0)
            multi.socket_action(sock, ready)
        _, done, failed = multi.info_read()
        assert not failed  # noqa: S101
        again = _go_on(multi, bodies, done, left)
        left -= again
        under_way -= len(done) - again
        if done:
            multi.socket_action(pycurl.SOCKET_TIMEOUT, 0)


def by_aiohttp(port: int, count: int) -> None:
    """Send requests from tasks of one event loop."""
    aiohttp: Any = importlib.import_module("aiohttp")
    yarl: Any = importlib.import_module("yarl")

    async def run() -> None:
        url = yarl.URL(f"http://127.0.0.1:{port}{TARGET}", encoded=True)
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=IN_FLIGHT)) as session:

            async def some() -> None:
                for _ in range(count // IN_FLIGHT):
                    async with session.get(url, headers=HEADERS) as answer:
                        assert await answer.read() == BODY  # noqa: S101

            await asyncio.gather(*(some() for _ in range(IN_FLIGHT)))

    asyncio.run(run())


def by_wreq(port: int, count: int) -> None:
    """Send requests from tasks of one event loop."""
    wreq: Any = importlib.import_module("wreq")

    async def run() -> None:
        client = wreq.Client()

        async def some() -> None:
            for _ in range(count // IN_FLIGHT):
                answer = await client.get(f"http://127.0.0.1:{port}{TARGET}", headers=HEADERS)
                assert await answer.bytes() == BODY  # noqa: S101

        await asyncio.gather(*(some() for _ in range(IN_FLIGHT)))

    asyncio.run(run())


def by_this_project(port: int, count: int) -> None:
    """Send requests with the client of the engine: libcurl, and the rules of `conformance.transport` on top."""
    from conformance.core.exchange import WireRequest, WireResponse  # noqa: PLC0415
    from conformance.transport.client import Client  # noqa: PLC0415

    request = WireRequest("GET", f"http://127.0.0.1:{port}{TARGET}", tuple(HEADERS.items()))
    client: Client[None] = Client()
    for _ in range(IN_FLIGHT):
        client.start(request, 10, None)
    left, under_way = count - IN_FLIGHT, IN_FLIGHT
    while under_way:
        client.wait(1)
        for done in client.process():
            assert isinstance(done.outcome, WireResponse) and done.outcome.body == BODY  # noqa: S101, PT018
            if left:
                client.start(request, 10, None)
                left -= 1
            else:
                under_way -= 1
    client.close()


ALONE: dict[str, Callable[[int, int], None]] = {"http.client": by_http_client, "pycurl": by_pycurl}
MANY: dict[str, Callable[[int, int], None]] = {
    "http.client on threads": by_http_client_threads,
    "pycurl multi, perform": by_pycurl_multi,
    "pycurl multi, socket_action": by_pycurl_socket_action,
    "conformance (by pycurl)": by_this_project,
    "aiohttp": by_aiohttp,
    "wreq": by_wreq,
}


def main() -> None:
    """Print a table."""
    options = argparse.ArgumentParser(description="The cost of one request with each HTTP client.")
    options.add_argument("--rounds", type=int, default=5, metavar="N", help="rounds (default 5)")
    options.add_argument("--requests", type=int, default=3200, metavar="N", help="requests a round (default 3200)")
    chosen = options.parse_args()
    named = {name: name.split()[0] for name in (*ALONE, *MANY)}
    missing = {name for name, package in named.items() if importlib.util.find_spec(package) is None}
    for name in sorted(missing):
        print(f"left out: {name} is not installed")
    many = {name: client for name, client in MANY.items() if name not in missing}
    alone = {name: client for name, client in ALONE.items() if name not in missing}
    print(f"{'':38}  µs/request, µs of processor")
    for title, delay_s, clients in (
        ("one after another, fast", 0.0, alone),
        (f"{IN_FLIGHT} in flight, fast", 0.0, many),
        (f"{IN_FLIGHT} in flight, 50 ms", 0.05, many),
    ):
        for name, (wall, processor) in measure(delay_s, clients, chosen.rounds, chosen.requests).items():
            print(f"{title:24} {name:28} {wall:7.0f} {processor:7.0f}")
        if delay_s:
            print(f"{title:24} {'the limit':28} {delay_s / IN_FLIGHT * 1e6:7.0f}")


def measure(
    delay_s: float, clients: dict[str, Callable[[int, int], None]], rounds: int, requests: int
) -> dict[str, tuple[float, float]]:
    """Return for each client the medians of wall clock and processor time, in microseconds a request."""
    port_receiver, port_sender = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(delay_s, port_sender), daemon=True)
    server.start()
    port = port_receiver.recv()
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in clients}
    for _ in range(rounds):
        for name, client in clients.items():
            wall, processor = time.perf_counter(), time.process_time()
            client(port, requests)
            each = (time.perf_counter() - wall, time.process_time() - processor)
            taken[name].append((each[0] / requests * 1e6, each[1] / requests * 1e6))
            assert threading.active_count() < IN_FLIGHT  # noqa: S101 - else the next client is not alone
    server.terminate()
    server.join()
    return {
        name: (statistics.median(wall for wall, _ in pairs), statistics.median(cpu for _, cpu in pairs))
        for name, pairs in taken.items()
    }


if __name__ == "__main__":
    main()
