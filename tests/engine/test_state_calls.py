"""Calls that set provider states, and take them back."""

from __future__ import annotations

import gc
import json
import weakref
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from loops import drive
from servers import Link, Server, closed_port, whole

from conformance.core.exchange import Credentials
from conformance.engine.effects import ChangeState
from conformance.engine.loop import Loop
from conformance.target.model import Target
from conformance.target.states import StateFailure

if TYPE_CHECKING:
    from conformance.engine.effects import Steps

STATE = "resource.exists"
PARAMS = {"type": "VPC", "id": "vpc-流"}


def change(url: str, action: str = "setup", timeout_s: float = 5, times: int = 1) -> list[StateFailure | None]:
    def steps() -> Steps[None]:
        for _ in range(times):
            outcomes.append((yield ChangeState(STATE, PARAMS, action, Credentials("LTAIx", "secret"))))  # noqa: PERF401 - no comprehension yields

    target = Target("http://127.0.0.1:1", states_url=url, timeout_s=timeout_s)
    outcomes: list[StateFailure | None] = []
    loop: Loop[None] = Loop(target)
    with closing(loop):
        drive(loop, steps())
    return outcomes


def failure_of(url: str, timeout_s: float = 5) -> StateFailure:
    (failure,) = change(url, timeout_s=timeout_s)
    assert failure is not None
    return failure


@pytest.mark.parametrize("action", ["setup", "teardown"])
@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_call_says_what_is_to_hold_for_whom(action: str, status: int) -> None:
    def answer(link: Link) -> bool:
        link.send(whole(b"" if status == 204 else b"{}", status))
        return True

    with Server(answer) as server:
        assert change(f"{server.endpoint}/any/path", action) == [None]
        (request,) = server.operations
    assert (request.method, request.target) == ("POST", "/any/path")
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept-encoding"] == "identity"
    assert json.loads(request.body) == {
        "state": STATE,
        "params": {"type": "VPC", "id": "vpc-流", "access_key_id": "LTAIx"},
        "action": action,
    }


def test_what_made_a_call_is_freed_without_the_garbage_collector() -> None:
    """In a run of thousands of cases it would look over all of them again and again."""

    def answer(link: Link) -> bool:
        link.send(whole(b"{}"))
        return True

    def steps() -> Steps[None]:
        yield ChangeState(STATE, PARAMS, "setup", Credentials("LTAIx", "secret"))

    with Server(answer) as server:
        loop: Loop[None] = Loop(Target("http://127.0.0.1:1", states_url=f"{server.endpoint}/states", timeout_s=5))
        work = steps()
        left = weakref.ref(work)
        gc.disable()
        try:
            with closing(loop):
                drive(loop, work)
                del work
                assert left() is None
        finally:
            gc.enable()


@pytest.mark.parametrize(("status", "refused"), [(400, True), (499, True), (500, False), (302, False), (300, False)])
def test_another_status_is_told_with_what_the_server_said(status: int, *, refused: bool) -> None:
    def answer(link: Link) -> bool:
        link.send(whole(b" no\xff ", status))
        return True

    with Server(answer) as server:
        failure = failure_of(f"{server.endpoint}/states")
    why = f"setup of state {STATE} was answered with {status}: no\ufffd"
    assert failure == StateFailure(why, refused, answered=str(status))


@pytest.mark.parametrize(
    ("status", "headers", "says"),
    [
        (308, {"Location": "/_states/"}, "a redirect to /_states/, which is not followed"),
        (302, {}, "nothing"),
        (500, {}, "nothing"),
    ],
)
def test_an_answer_without_a_body_is_told_in_words(status: int, headers: dict[str, str], says: str) -> None:
    def answer(link: Link) -> bool:
        link.send(whole(b"", status, **headers))
        return True

    with Server(answer) as server:
        failure = failure_of(server.endpoint)
    assert failure.text == f"setup of state {STATE} was answered with {status}: {says}"
    assert failure.answered == str(status)


def test_a_connection_that_the_server_closes_between_two_calls_is_opened_again() -> None:
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
        assert change(f"{server.endpoint}/states", times=4) == [None] * 4
        assert len(server.operations) > 4


def test_a_server_that_never_answers_is_asked_twice_at_the_most() -> None:
    with Server(lambda _: False) as server:
        failure = failure_of(f"{server.endpoint}/states")
        assert failure.text.startswith(f"setup of state {STATE} failed: ")
        assert failure.text.endswith(" closed the connection without an answer")
        assert len(server.operations) == 2


def test_a_server_that_takes_too_long_is_asked_once() -> None:
    def hang(link: Link) -> None:
        link.stopping.wait()

    with Server(hang) as server:
        assert "no answer within 0.2 s" in failure_of(f"{server.endpoint}/states", timeout_s=0.2).text
        assert len(server.operations) == 1


def test_nobody_there_is_told() -> None:
    failure = failure_of(f"http://127.0.0.1:{closed_port()}/states")
    assert "refuses the connection" in failure.text
    assert not failure.refused
