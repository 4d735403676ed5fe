"""Calls that set provider states, and take them back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from servers import Link, Server, closed_port, whole

from conformance.target.states import StateError, change_state
from conformance.transport.http_connection import HttpConnection

if TYPE_CHECKING:
    from collections.abc import Iterator

STATE = "resource.exists"
PARAMS = {"type": "VPC", "id": "vpc-流"}


@pytest.fixture
def connection() -> Iterator[HttpConnection]:
    connection = HttpConnection()
    yield connection
    connection.close()


def change(connection: HttpConnection, url: str, action: str = "setup", timeout_s: float = 5) -> None:
    change_state(connection, url, STATE, PARAMS, access_key_id="LTAIx", action=action, timeout_s=timeout_s)


@pytest.mark.parametrize("action", ["setup", "teardown"])
@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_call_says_what_is_to_hold_for_whom(action: str, status: int, connection: HttpConnection) -> None:
    def answer(link: Link) -> bool:
        link.send(whole(b"" if status == 204 else b"{}", status))
        return True

    with Server(answer) as server:
        change(connection, f"{server.endpoint}/any/path", action)
        (request,) = server.operations
    assert (request.method, request.target) == ("POST", "/any/path")
    assert request.headers["content-type"] == "application/json"
    assert json.loads(request.body) == {
        "state": STATE,
        "params": {"type": "VPC", "id": "vpc-流", "access_key_id": "LTAIx"},
        "action": action,
    }


@pytest.mark.parametrize(("status", "refused"), [(400, True), (499, True), (500, False), (302, False), (300, False)])
def test_another_status_is_told_with_what_the_server_said(
    status: int, connection: HttpConnection, *, refused: bool
) -> None:
    def answer(link: Link) -> bool:
        link.send(whole(b" no\xff ", status))
        return True

    with Server(answer) as server, pytest.raises(StateError) as raised:
        change(connection, f"{server.endpoint}/states")
    assert str(raised.value) == f"setup of state {STATE} was answered with {status}: no\ufffd"
    assert raised.value.refused is refused


def test_a_connection_that_the_server_closes_between_two_calls_is_opened_again(connection: HttpConnection) -> None:
    """The answer may cross the end of the connection: a state may be set twice, so the call is sent again."""
    seen: dict[int, int] = {}

    def once_for_each_connection(link: Link) -> bool:
        key = link.sock.fileno()
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:
            seen[key] = 0
            return False
        link.send(whole(b"{}"))
        return True

    with Server(once_for_each_connection) as server:
        for _ in range(4):
            change(connection, f"{server.endpoint}/states")
        assert len(server.operations) > 4


def test_a_server_that_never_answers_is_asked_twice_at_the_most(connection: HttpConnection) -> None:
    with Server(lambda _: False) as server:
        with pytest.raises(
            StateError, match=f"setup of state {STATE} failed: .* closed the connection without an answer"
        ):
            change(connection, f"{server.endpoint}/states")
        assert len(server.operations) == 2


def test_a_server_that_takes_too_long_is_asked_once(connection: HttpConnection) -> None:
    def hang(link: Link) -> None:
        link.stopping.wait()

    with Server(hang) as server:
        with pytest.raises(StateError, match=r"no complete answer within 0\.2 s"):
            change(connection, f"{server.endpoint}/states", timeout_s=0.2)
        assert len(server.operations) == 1


def test_nobody_there_is_told(connection: HttpConnection) -> None:
    with pytest.raises(StateError, match="refuses the connection"):
        change(connection, f"http://127.0.0.1:{closed_port()}/states")
