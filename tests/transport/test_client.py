"""Many requests at once: both clients send the same bytes as the one that waits, and say the same of what fails."""

from __future__ import annotations

import socket
import struct
import time
from typing import TYPE_CHECKING, Any

import pytest
from servers import Link, Server, closed_port, whole

from conformance.cases.model import Transport
from conformance.core.exchange import Credentials, WireRequest, WireResponse
from conformance.protocol.request import build_request
from conformance.transport.connection import ClosedError, ExchangeError
from conformance.transport.curl import CurlClient
from conformance.transport.http_connection import HttpConnection
from conformance.transport.threads import ThreadClient, open_client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.protocol.signing import Signature
    from conformance.transport.client import Client, Done

BODY = b'{"RequestId": "1"}'


def answer(link: Link) -> bool:
    link.send(whole(BODY))
    return True


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(answer) as server:
        yield server


@pytest.fixture(params=[CurlClient, ThreadClient])
def client(request: pytest.FixtureRequest) -> Iterator[Client]:
    client: Client = request.param()
    yield client
    client.close()


def finish(client: Client, count: int = 1, within_s: float = 10) -> list[Done]:
    """Return so many outcomes, in the order in which they come."""
    done: list[Done] = []
    deadline = time.monotonic() + within_s
    while len(done) < count and time.monotonic() < deadline:
        client.wait(0.5)
        done += client.process()
    assert len(done) == count
    return done


def send(client: Client, request: WireRequest, timeout_s: float = 5) -> Any:
    client.start(request, timeout_s, "it")
    (done,) = finish(client)
    assert (done.token,) == ("it",)
    assert done.elapsed_ms >= 0
    return done.outcome


def get(server: Server, target: str = "/?a=b", **headers: str) -> WireRequest:
    return WireRequest("GET", server.endpoint + target, tuple(headers.items()))


def test_the_fast_one_is_taken_and_the_other_where_it_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    fast = open_client()
    assert isinstance(fast, CurlClient)
    fast.close()
    monkeypatch.setitem(__import__("sys").modules, "conformance.transport.curl", None)
    slow = open_client()
    assert isinstance(slow, ThreadClient)
    slow.close()


@pytest.mark.parametrize(
    "asked",
    [
        ("GET", "/?Action=A", b"", ()),
        ("POST", "/?Action=A", b"", (("Accept", "text/xml"), ("User-Agent", "me"))),
        ("POST", "/", b"Action=A&B=%2f+c", (("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "a/b"))),
        ("POST", "/", b"{}", (("Content-Type", "application/json"),)),
        ("POST", "/", b"no type", ()),
        ("GET", "/?a=%2f%2F+[b]{c}|d'e\"&&=%", b"", ()),
        ("GET", "/a/../b/./c//d?x", b"", ()),
        ("GET", "", b"", ()),
        ("GET", "?a=b", b"", ()),
        ("GET", "/?a=b", b"", (("X-Empty", ""), ("x-Case", " spaced "), ("Prefer", 'code=400, example="x"'))),
        ("POST", "/", b"x" * 2_000_000, (("Content-Type", "text/plain"),)),
        ("DELETE", "/?a=b", b"", ()),
    ],
)
def test_what_travels_is_what_the_waiting_connection_sends(
    client: Client, server: Server, asked: tuple[str, str, bytes, tuple[tuple[str, str], ...]]
) -> None:
    method, target, body, headers = asked
    request = WireRequest(method, server.endpoint + target, headers, body)
    connection = HttpConnection()
    expected = connection.send(request, 5)
    connection.close()
    # Twice, because a handle that is used again must not keep anything.
    assert [send(client, request), send(client, request)] == [expected, expected]
    first, *others = server.operations
    # A header without a value may end in a space, or not.
    assert [(other.head.replace(b": \r\n", b":\r\n"), other.body) for other in others] == [
        (first.head.replace(b": \r\n", b":\r\n"), first.body)
    ] * 2


@pytest.mark.parametrize("signature", ["v1", "acs3", "none"])
@pytest.mark.parametrize("transport", [Transport(), Transport("GET"), Transport(place="form"), Transport(format="XML")])
def test_signed_requests_travel_as_they_were_signed(
    client: Client, server: Server, signature: Signature, transport: Transport
) -> None:
    account = Credentials("LTAIx", "secret")
    params = {"Name": "a b/c+流", "Tag.1.Key": "[", "Empty": ""}
    call = ("CreateFlowLog", "2016-04-28")
    request = build_request(server.endpoint, call, params, transport, signature=signature, credentials=account)
    connection = HttpConnection()
    connection.send(request, 5)
    connection.close()
    send(client, request)
    first, second = server.operations
    assert (second.target, second.body) == (first.target, first.body)
    # Those of ACS3 name the host themselves, and its place among the headers is no matter.
    assert sorted(second.head.lower().split(b"\r\n")) == sorted(first.head.lower().split(b"\r\n"))


def test_different_requests_on_one_connection_do_not_mix(client: Client, server: Server) -> None:
    with_body = WireRequest("POST", f"{server.endpoint}/one", (("Content-Type", "text/plain"),), b"body")
    for request in (with_body, get(server, "/two"), with_body, get(server, "/three", Accept="a/b")):
        send(client, request)
    assert [(each.method, each.target, each.body) for each in server.operations] == [
        ("POST", "/one", b"body"),
        ("GET", "/two", b""),
        ("POST", "/one", b"body"),
        ("GET", "/three", b""),
    ]
    assert "content-type" not in server.operations[1].headers
    assert "accept" not in server.operations[2].headers


def connections(server_: Server, client: Client, rounds: int, at_once: int) -> int:
    for _ in range(rounds):
        for number in range(at_once):
            client.start(get(server_), 5, number)
        assert {done.token for done in finish(client, at_once)} == set(range(at_once))
    return len(server_.memory["connections"])


def test_connections_are_used_again(client: Client) -> None:
    def count(link: Link) -> bool:
        link.memory.setdefault("connections", set()).add(link.sock.getpeername())
        link.stopping.wait(0.01)
        return answer(link)

    with Server(count) as server:
        assert connections(server, client, rounds=5, at_once=8) == 8
        assert len(server.operations) == 40


def test_each_request_gets_its_own_answer(client: Client) -> None:
    def echo(link: Link) -> bool:
        link.send(whole(link.request.target.encode()))
        return True

    with Server(echo) as server:
        for number in range(50):
            client.start(get(server, f"/?n={number}"), 5, number)
        done = finish(client, 50)
    assert {each.token: each.outcome.body for each in done if isinstance(each.outcome, WireResponse)} == {
        number: f"/?n={number}".encode() for number in range(50)
    }


def test_no_request_is_sent_twice(client: Client) -> None:
    def once(link: Link) -> bool:
        # The connection is kept after the first answer, and closed instead of the second.
        link.memory["asked"] = link.memory.get("asked", 0) + 1
        return answer(link) if link.memory["asked"] == 1 else False

    with Server(once) as server:
        assert send(client, get(server)).body == BODY
        outcome = send(client, get(server))
        assert isinstance(outcome, ClosedError)
        assert str(outcome) == f"{server.endpoint[7:]} closed the connection without an answer"
        assert len(server.operations) == 2


def test_a_connection_that_the_server_closed_between_two_requests_is_opened_again(client: Client) -> None:
    def close(link: Link) -> bool:
        answer(link)
        return False

    with Server(close) as server:
        for _ in range(3):
            assert send(client, get(server)).body == BODY
            time.sleep(0.05)
        assert len(server.operations) == 3


def reset(link: Link) -> None:
    link.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.parametrize(
    ("behave", "says"),
    [
        (lambda _: None, "HOST closed the connection without an answer"),
        (reset, "HOST closed the connection without an answer"),
        (lambda link: link.send(b"SSH-2.0-OpenSSH_9.2\r\n"), "HOST did not answer in HTTP"),
        (lambda link: link.send(b"HTTP/3.0 200 OK\r\n\r\n"), "HOST did not answer in HTTP"),
        (
            lambda link: link.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"),
            "broke off after 3 of 9 bytes of body",
        ),
        (lambda link: link.stopping.wait(), "no complete answer within 0.3 s"),
    ],
)
def test_a_failure_has_the_words_of_the_waiting_connection(
    client: Client, behave: Callable[[Link], bool | None], says: str
) -> None:
    with Server(behave) as server:
        expected = says.replace("HOST", server.endpoint.removeprefix("http://"))
        outcome = send(client, get(server), 0.3)
        assert isinstance(outcome, ExchangeError)
        assert expected in str(outcome)
        connection = HttpConnection()
        with pytest.raises(ExchangeError) as fault:
            connection.send(get(server), 0.3)
        connection.close()
        assert str(fault.value) == str(outcome)


@pytest.mark.parametrize(
    ("url", "says"),
    [("http://127.0.0.1:{port}/", "127.0.0.1:{port} refuses the connection"), ("http://x.invalid/", "the name of")],
)
def test_nobody_there_is_told(client: Client, url: str, says: str) -> None:
    port = closed_port()
    outcome = send(client, WireRequest("GET", url.format(port=port)))
    assert isinstance(outcome, ExchangeError)
    assert says.format(port=port) in str(outcome)


@pytest.mark.parametrize(
    "request_",
    [
        WireRequest("GET", "http://127.0.0.1:1/a b"),
        WireRequest("GET", "http://127.0.0.1:1/é"),
        WireRequest("GET", "http://127.0.0.1:1/", (("X", "a\r\nInjected: b"),)),
        WireRequest("GET", "http://127.0.0.1:1/", (("X", "流"),)),
    ],
)
def test_what_http_cannot_say_is_a_failure_and_is_not_sent(client: Client, request_: WireRequest) -> None:
    assert isinstance(send(client, request_), ExchangeError)


def test_the_time_in_which_nobody_listens_is_not_the_servers(server: Server) -> None:
    client = CurlClient()
    client.start(get(server), 0.3, "it")
    client.process()
    time.sleep(0.6)  # the answer came long ago
    (done,) = finish(client)
    client.close()
    assert isinstance(done.outcome, WireResponse)


def test_closing_in_the_middle_of_a_request_does_not_wait() -> None:
    def hang(link: Link) -> None:
        link.stopping.wait()

    with Server(hang) as server:
        client = CurlClient()
        client.start(get(server), 60, "it")
        client.process()
        client.close()


def test_proxies_of_the_environment_are_not_used(
    client: Client, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert send(client, get(server)).body == BODY


def test_headers_come_in_lower_case_and_interim_answers_and_trailers_are_left_out(client: Client) -> None:
    def behave(link: Link) -> bool:
        link.send(b"HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n")
        link.send(
            b"HTTP/1.1 200 OK\r\nContent-Type:  a/b\r\nX-Twice: 1\r\nX-TWICE: 2\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        link.send(b"3\r\nabc\r\n0\r\nX-Trailer: 1\r\n\r\n")
        return True

    with Server(behave) as server:
        outcome = send(client, get(server))
        assert outcome == WireResponse(
            200, {"content-type": "a/b", "x-twice": "2", "transfer-encoding": "chunked"}, b"abc"
        )
