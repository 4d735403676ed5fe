"""The proxy between an SDK and the server: with real sockets, a real client, and a real server behind it."""

from __future__ import annotations

import gzip
import http.client
import socket
import threading
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from servers import Link, Server, closed_port, eventually, whole

from conformance.cases.sdk import Scripted
from conformance.core.exchange import Recorded, WireRequest
from conformance.sdk.recording_proxy import RecordingProxy, passed_on

if TYPE_CHECKING:
    from collections.abc import Iterator

JSON = {"Content-Type": "application/json;charset=utf-8"}
WAIT_S = 60
"""Long enough for a machine that is busy; a test that waits so long fails."""


def echo(link: Link) -> bool:
    """Answer with the target and the body as they arrived."""
    link.send(whole(link.request.target.encode() + b"|" + link.request.body, 203, "text/x-echo", X_Own="it's ñ"))
    return True


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(echo) as server:
        yield server


@pytest.fixture
def proxy(server: Server) -> Iterator[RecordingProxy]:
    with RecordingProxy(server.endpoint, WAIT_S) as proxy:
        proxy.begin()
        yield proxy


def connect(proxy: RecordingProxy) -> socket.socket:
    parts = urlsplit(proxy.endpoint)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=WAIT_S)


def client(proxy: RecordingProxy) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(urlsplit(proxy.endpoint).netloc, timeout=WAIT_S)


def received(sock: socket.socket) -> bytes:
    """Return everything up to the end of the connection."""
    data = b""
    while more := sock.recv(65536):
        data += more
    return data


def answers(sock: socket.socket, count: int) -> list[tuple[int, bytes]]:
    """Return the status and the body of the next answers, also when several arrive before the first is read."""
    found = []
    with sock.makefile("rb") as stream:
        for _ in range(count):
            status = int(stream.readline().split()[1])
            headers = http.client.parse_headers(stream)
            found.append((status, stream.read(int(headers["Content-Length"]))))
    return found


def answer(sock: socket.socket) -> tuple[int, bytes]:
    """Return the status and the body of the one answer that is to come."""
    return answers(sock, 1)[0]


# Passing on.


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "//",
        "//x//y",
        "/?",
        "/?A=%E6%B5%81&B=a+b%20c&C=*~%2A&=&D",
        "/path;p=1/../x?A=b?c=/d",
        "/?A=[1]&B={2}|\\^`",
    ],
)
def test_a_request_is_passed_on_as_it_came(proxy: RecordingProxy, server: Server, target: str) -> None:
    with closing(connect(proxy)) as sock:
        body = b"\x00\xff=%zz&A=\r\n\r\n"
        head = f"POST {target} HTTP/1.1\r\nhOsT: here:1\r\nX-Acs-Date:  now \r\nContent-Length: {len(body)}\r\n\r\n"
        sock.sendall(head.encode() + body)
        status, came = answer(sock)
    at_server = "/" if target == "/?" else target  # an empty query is none
    assert (status, came) == (203, at_server.encode() + b"|" + body)
    (record,) = proxy.end()
    assert (record.request.method, record.request.url) == ("POST", proxy.endpoint + target)
    assert record.request.body == body
    assert record.request.headers[:2] == (("hOsT", "here:1"), ("X-Acs-Date", "now"))
    assert server.operations[0].headers["host"] == "here:1"
    assert server.operations[0].headers["x-acs-date"] == "now"
    assert server.operations[0].headers["content-length"] == str(len(body))
    assert record.response is not None
    assert (record.response.status, record.response.body) == (203, came)
    assert record.failure is None


def test_headers_of_the_harness_reach_the_server_and_are_none_of_the_sdk(proxy: RecordingProxy, server: Server) -> None:
    proxy.end()
    proxy.begin(headers={"Prefer": "code=400, example=A"})
    with closing(client(proxy)) as connection:
        connection.request("GET", "/?Action=X")
        assert connection.getresponse().read() == b"/?Action=X|"
    assert server.operations[-1].headers["prefer"] == "code=400, example=A"
    (recorded,) = proxy.end()
    assert "prefer" not in {name.lower() for name, _ in recorded.request.headers}


def test_an_answer_is_passed_back_with_its_headers(proxy: RecordingProxy) -> None:
    with closing(client(proxy)) as sdk:
        sdk.request("GET", "/?A=1")
        came = sdk.getresponse()
        assert came.read() == b"/?A=1|"
        assert (came.status, came.getheader("content-type")) == (203, "text/x-echo")
        assert (came.getheader("X-Own") or "").encode("latin-1").decode() == "it's ñ"


def test_an_answer_in_a_coding_is_passed_back_decoded_without_its_name() -> None:
    def coded(link: Link) -> bool:
        link.send(whole(gzip.compress(b"{}"), Content_Encoding="gzip"))
        return True

    with Server(coded) as server, RecordingProxy(server.endpoint, WAIT_S) as proxy:
        proxy.begin()
        with closing(client(proxy)) as sdk:
            sdk.request("GET", "/?A=1")
            came = sdk.getresponse()
            assert (came.read(), came.getheader("Content-Encoding")) == (b"{}", None)
        (record,) = proxy.end()
    assert record.response is not None
    assert (record.response.body, record.response.headers["content-encoding"]) == (b"{}", "gzip")


@pytest.mark.parametrize("chunks", [b"0\r\n\r\n", b"3\r\nA=1\r\n2;x=y\r\n&B\r\n0\r\nTrailer: t\r\n\r\n"])
def test_a_body_in_chunks_is_passed_on_whole(proxy: RecordingProxy, server: Server, chunks: bytes) -> None:
    """Java's SDK sends an empty one."""
    with closing(connect(proxy)) as sock:
        sock.sendall(b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
        answer(sock)
    (record,) = proxy.end()
    assert record.request.body == (b"A=1&B" if len(chunks) > 5 else b"")
    assert server.operations[0].body == record.request.body
    assert "transfer-encoding" not in server.operations[0].headers


def test_a_client_that_waits_to_be_told_to_go_on_is_told(proxy: RecordingProxy) -> None:
    with closing(connect(proxy)) as sock:
        sock.sendall(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert sock.recv(100).startswith(b"HTTP/1.1 100 ")
        sock.sendall(b"A=1")
        assert answer(sock) == (203, b"/|A=1")


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        ((("Connection", "Keep-Alive, X-Mine"), ("X-Mine", "1"), ("Keep-Alive", "5"), ("A", "b")), {"A"}),
        ((("accept-encoding", "gzip"), ("Accept", "*/*")), {"Accept"}),
        (
            (("Accept-Encoding", "gzip"), ("Authorization", "X SignedHeaders=accept-encoding;host")),
            {"Authorization"},
        ),
        ((("Content-Length", "3"), ("Transfer-Encoding", "chunked"), ("Host", "h")), {"Host"}),
    ],
)
def test_headers_of_one_connection_are_not_passed_on(sent: tuple[tuple[str, str], ...], arrives: set[str]) -> None:
    request = passed_on(WireRequest("GET", "http://here:1/", sent), "http://there:2")
    assert {name for name, _ in request.headers} == {*arrives, "Accept-Encoding"}
    # What the SDK signed arrives as it was signed; else no coding is asked for.
    assert dict(request.headers)["Accept-Encoding"] == ("gzip" if "Authorization" in arrives else "identity")


@pytest.mark.parametrize(
    ("endpoint", "target", "expected"),
    [
        ("http://there:2", "/?A=1", "http://there:2/?A=1"),
        ("http://there:2", "//x", "http://there:2//x"),
        # As over HTTP, the path of the endpoint is the whole path of an RPC request.
        ("http://there:2/base", "/?A=1", "http://there:2/base?A=1"),
        ("http://there:2/base", "/", "http://there:2/base"),
        ("http://there:2/base", "/x?A=1", "http://there:2/base/x?A=1"),
        ("https://there", "/?A=/", "https://there/?A=/"),
        ("http://[::1]:80", "/?A=http://x/", "http://[::1]:80/?A=http://x/"),
    ],
)
def test_the_endpoint_of_the_server_takes_the_place_of_the_harness(endpoint: str, target: str, expected: str) -> None:
    assert passed_on(WireRequest("GET", f"http://127.0.0.1:1{target}"), endpoint).url == expected


def test_a_target_in_absolute_form_is_understood(proxy: RecordingProxy, server: Server) -> None:
    with closing(connect(proxy)) as sock:
        sock.sendall(b"GET http://[bad/x?A=1 HTTP/1.1\r\nHost: [bad\r\n\r\n")
        assert answer(sock) == (203, b"/x?A=1|")
    assert proxy.end()[0].request.url == f"{proxy.endpoint}/x?A=1"
    assert server.operations[0].headers["host"] == "[bad"


def test_a_server_on_ipv6_is_reached() -> None:
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 on this machine")

    def serve() -> None:
        sock, _ = listener.accept()
        with sock:
            sock.recv(65536)
            sock.sendall(whole(b"six"))

    threading.Thread(target=serve, daemon=True).start()
    endpoint = f"http://[::1]:{listener.getsockname()[1]}"
    with closing(listener), RecordingProxy(endpoint, WAIT_S) as proxy, closing(client(proxy)) as sdk:
        proxy.begin()
        sdk.request("GET", "/")
        assert sdk.getresponse().read() == b"six"


def test_one_connection_carries_many_requests_also_at_once(proxy: RecordingProxy) -> None:
    with closing(connect(proxy)) as sock:
        sock.sendall(b"".join(f"GET /?n={n} HTTP/1.1\r\nHost: h\r\n\r\n".encode() for n in range(3)))
        assert [body for _, body in answers(sock, 3)] == [b"/?n=0|", b"/?n=1|", b"/?n=2|"]
        sock.sendall(b"GET /?n=3 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        assert received(sock).endswith(b"/?n=3|")
    assert [record.request.url[-1] for record in proxy.end()] == list("0123")


def test_connections_at_the_same_time_do_not_wait_for_each_other(proxy: RecordingProxy) -> None:
    with closing(connect(proxy)) as idle, closing(connect(proxy)) as half:
        half.sendall(b"GET /?half")
        with closing(client(proxy)) as sdk:
            sdk.request("GET", "/?whole")
            assert sdk.getresponse().read() == b"/?whole|"
        half.sendall(b" HTTP/1.1\r\nHost: h\r\n\r\n")
        assert answer(half)[1] == b"/?half|"
        idle.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert received(idle).endswith(b"/|")
    assert len(proxy.end()) == 3


# Answers by script.


def test_a_scripted_answer_is_given_and_nothing_is_passed_on(proxy: RecordingProxy, server: Server) -> None:
    proxy.begin(Scripted(299, {"Content-Type": "text/odd", "X-Own": "1"}, b"body"))
    with closing(connect(proxy)) as sock:
        for _ in range(2):
            sock.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            # One write, so one segment on the loopback device.
            assert sock.recv(65536) == (
                b"HTTP/1.1 299 \r\nContent-Type: text/odd\r\nX-Own: 1\r\nContent-Length: 4\r\n\r\nbody"
            )
    first, second = proxy.end()
    assert first.response is not None
    assert (first.response.status, first.response.headers["x-own"], first.response.body) == (299, "1", b"body")
    assert second.response == first.response
    assert server.operations == []


@pytest.mark.parametrize("sent", [0, 3])
def test_a_body_that_breaks_off_is_followed_by_the_end_of_the_connection(proxy: RecordingProxy, sent: int) -> None:
    proxy.begin(Scripted(200, JSON, b"0123456789", sent=sent))
    with closing(connect(proxy)) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        head, _, body = received(sock).partition(b"\r\n\r\n")
    assert b"Content-Length: 10" in head
    assert body == b"0123456789"[:sent]
    (record,) = proxy.end()
    assert record.response is not None
    assert record.response.body == body


def test_a_late_answer_is_not_waited_for_by_the_next_call(proxy: RecordingProxy) -> None:
    proxy.begin(Scripted(200, JSON, b"late", delay_s=60))
    gave_up = connect(proxy)
    gave_up.sendall(b"GET /?first HTTP/1.1\r\nHost: h\r\n\r\n")
    calls = proxy._call  # noqa: SLF001 - else nothing tells that it arrived
    assert calls is not None
    assert eventually(lambda: bool(calls.arrived))
    gave_up.close()
    assert len(proxy.end()) == 1
    proxy.begin(Scripted(200, JSON, b"soon"))
    with closing(client(proxy)) as sdk:
        sdk.request("GET", "/?second")
        assert sdk.getresponse().read() == b"soon"
    assert [record.request.url[-6:] for record in proxy.end()] == ["second"]


# What goes wrong.


@pytest.mark.parametrize(
    "bytes_sent",
    [
        b"",
        b"GET / HT",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET /\x80 HTTP/1.1\r\nHost: h\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf",
        b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_a_client_that_speaks_no_whole_http_harms_nobody(proxy: RecordingProxy, bytes_sent: bytes) -> None:
    with closing(connect(proxy)) as sock:
        sock.sendall(bytes_sent)
        sock.shutdown(socket.SHUT_WR)
        assert received(sock) == b""
    with closing(client(proxy)) as sdk:
        sdk.request("GET", "/?after")
        assert sdk.getresponse().read() == b"/?after|"
    assert [record.request.url[-5:] for record in proxy.end()] == ["after"]


def test_a_server_that_is_gone_is_told_and_the_client_sees_no_answer() -> None:
    port = closed_port()
    with RecordingProxy(f"http://127.0.0.1:{port}", WAIT_S) as proxy, closing(connect(proxy)) as sock:
        proxy.begin()
        sock.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert received(sock) == b""
        (record,) = proxy.end()
    assert (record.response, record.failure) == (None, f"127.0.0.1:{port} refuses the connection")


def test_what_the_server_answers_after_the_sdk_gave_up_belongs_to_its_call() -> None:
    asked, go = threading.Event(), threading.Event()

    def wait(link: Link) -> bool:
        if "first" in link.request.target:
            asked.set()
            go.wait(WAIT_S)
        return echo(link)

    with Server(wait) as server, RecordingProxy(server.endpoint, WAIT_S) as proxy:
        proxy.begin()
        with closing(connect(proxy)) as sock:
            sock.sendall(b"GET /?first HTTP/1.1\r\nHost: h\r\n\r\n")
            assert asked.wait(WAIT_S)
        ended: list[Recorded] = []
        waiting = threading.Thread(target=lambda: ended.extend(proxy.end()))
        waiting.start()
        assert eventually(lambda: proxy._call is None)  # noqa: SLF001 - it waits for what the server still owes
        go.set()
        waiting.join()
        (first,) = ended
        assert first.response is not None
        assert first.response.body == b"/?first|"
        proxy.begin()
        with closing(client(proxy)) as sdk:
            sdk.request("GET", "/?second")
            sdk.getresponse().read()
        assert [record.request.url[-6:] for record in proxy.end()] == ["second"]


def test_what_arrives_when_no_call_is_under_way_is_neither_recorded_nor_passed_on(
    proxy: RecordingProxy, server: Server
) -> None:
    with closing(connect(proxy)) as sock:
        sock.sendall(b"GET /?in HTTP/1.1\r\nHost: h\r\n\r\n")
        answer(sock)
        assert len(proxy.end()) == 1
        sock.sendall(b"GET /?late HTTP/1.1\r\nHost: h\r\n\r\n")
        assert received(sock) == b""
    assert proxy.end() == ()
    proxy.begin()
    assert proxy.end() == ()
    assert [request.target for request in server.operations] == ["/?in"]


@pytest.mark.parametrize("script", [None, Scripted(200, JSON, b"", delay_s=60)], ids=["server", "script"])
def test_closing_wakes_whatever_waits(script: Scripted | None) -> None:
    def hang(link: Link) -> None:
        link.stopping.wait()

    with Server(hang) as server:
        before = set(threading.enumerate())
        proxy = RecordingProxy(server.endpoint, 60)
        proxy.begin(script)
        idle, busy = connect(proxy), connect(proxy)
        busy.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        calls = proxy._call  # noqa: SLF001 - else nothing tells that it arrived
        assert calls is not None
        assert eventually(lambda: bool(calls.arrived))
        ended: list[tuple[object, ...]] = []
        waiting = threading.Thread(target=lambda: ended.append(proxy.end()), daemon=True)
        waiting.start()
        proxy.close()
        waiting.join(WAIT_S)
        assert len(ended[0]) == 1
        for sock in (idle, busy):
            with closing(sock):
                assert received(sock) == b""
        with pytest.raises(OSError):  # noqa: PT011 - refused or reset: nobody listens
            connect(proxy).sendall(b"x")
        proxy.close()
        if script is not None:  # the server is waited for in vain, but only by a thread that dies with the process
            assert eventually(lambda: set(threading.enumerate()) <= before)


paths = st.text("abcXYZ019%+*~-._!$&'()=:@,;/?[]", max_size=30)


@given(paths, st.sampled_from(["", "/base", "/a/b"]))
def test_whatever_the_target_is_the_server_gets_it_below_its_path(rest: str, base: str) -> None:
    url = passed_on(WireRequest("GET", f"http://127.0.0.1:1/{rest}"), f"http://there:2{base}").url
    below = rest if base and rest.startswith("?") else f"/{rest}"
    assert url == f"http://there:2{base}" + ("" if base and not rest else below)
