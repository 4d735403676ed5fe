"""A stop is seen by who waits and by who comes to wait later, whatever is waited for; what cleans up is still done."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from loops import WORK, drive, finish
from servers import Link, Server, whole

from conformance.cases.model import Transport
from conformance.core.exchange import Credentials, Exchange, WireRequest, WireResponse
from conformance.engine.calls import Send
from conformance.engine.effects import ChangeState, Effect, Once, Sleep, StoppedError, Together
from conformance.engine.loop import Loop
from conformance.target.model import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.engine.effects import Steps

ACCOUNT = Credentials("LTAIx", "secret")
MINUTES_S = 300.0
SOON_S = 60.0
SEND = Send(("DoThing", "2020-01-01"), {}, Transport(), ACCOUNT)
DELETE = Send(("DeleteThing", "2020-01-01"), {}, Transport(), ACCOUNT, cleaning=True)


def wait_long() -> Steps[object]:
    yield Sleep(MINUTES_S)
    return None


# Each is answered at once, or waits for minutes: for its turn, its time, or others.
WAITS: dict[str, tuple[Effect, ...]] = {
    "a call": (SEND,),
    "a turn": (SEND, SEND),
    "turns of several calls": (SEND, Together((SEND, SEND))),
    "a sleep": (Sleep(MINUTES_S),),
    "a state": (Sleep(MINUTES_S), ChangeState("s", {}, "setup", ACCOUNT)),
    "what others find out": (Once(("key",), wait_long),),
}


@pytest.fixture
def server() -> Iterator[Server]:
    def answer(link: Link) -> bool:
        link.send(whole(b"{}"))
        return True

    with Server(answer) as server:
        yield server


@pytest.fixture
def loop(server: Server) -> Iterator[Loop[str]]:
    # With this rate, the second call has its turn after minutes.
    loop: Loop[str] = Loop(Target(server.endpoint, states_url=server.states_url, rate=1 / MINUTES_S))
    with closing(loop):
        yield loop


def work(*effects: Effect, clean: tuple[Effect, ...] = ()) -> Steps[str]:
    """Ask for effects; end in whether the run was stopped, after cleaning up."""
    result = "done"
    try:
        for effect in effects:
            yield effect
    except StoppedError:
        result = "stopped"
    for effect in clean:
        yield effect
    return result


@pytest.mark.parametrize("what", WAITS)
def test_who_comes_to_wait_after_the_stop_does_not_wait(what: str, loop: Loop[str], server: Server) -> None:
    started = time.monotonic()
    loop.stop()
    assert drive(loop, work(*WAITS[what])) == "stopped"
    assert time.monotonic() - started < SOON_S
    assert server.operations == []
    assert server.state_calls == []


@pytest.mark.parametrize("what", [name for name in WAITS if name != "a call"])
def test_who_waits_at_the_stop_goes_away(what: str, loop: Loop[str], server: Server) -> None:
    loop.start(work(*WAITS[what]), WORK)
    until = time.monotonic() + 0.3
    while time.monotonic() < until:
        loop.wait()
        assert loop.process() == []
    started = time.monotonic()
    loop.stop()
    assert finish(loop) == "stopped"
    assert time.monotonic() - started < SOON_S
    assert len(server.operations) <= 1


@pytest.mark.parametrize("stop_first", [True, False])
def test_states_are_taken_back_after_the_stop(loop: Loop[str], server: Server, *, stop_first: bool) -> None:
    clean = (ChangeState("s", {}, "teardown", ACCOUNT), Sleep(0.01, cleaning=True))
    if stop_first:
        loop.stop()
    loop.start(work(Sleep(MINUTES_S), clean=clean), WORK)
    loop.stop()
    assert finish(loop) == "stopped"
    assert [call["action"] for call in server.state_calls] == ["teardown"]


def test_a_request_under_way_is_waited_for() -> None:
    def slowly(link: Link) -> bool:
        link.stopping.wait(0.5)
        link.send(whole(b"{}"))
        return True

    with Server(slowly) as server:
        loop: Loop[str] = Loop(Target(server.endpoint))
        with closing(loop):
            loop.start(work(SEND), WORK)
            loop.process()
            loop.stop()
            assert finish(loop) == "done"


def test_what_was_created_is_deleted_after_the_stop_if_its_turn_is_near(server: Server) -> None:
    loop: Loop[str] = Loop(Target(server.endpoint, rate=2))
    with closing(loop):
        loop.start(work(SEND, Sleep(MINUTES_S), clean=(DELETE, DELETE)), WORK)
        loop.process()
        # The turns of those who go away are free again.
        for number in range(100):
            loop.start(work(SEND), f"other {number}")
        loop.stop()
        ended = []
        while loop.active:
            ended += loop.process()
            loop.wait()
        ended += loop.process()
    assert {each.result() for each in ended} == {"stopped"}
    assert [call.params["Action"] for call in server.operations] == ["DoThing", "DeleteThing", "DeleteThing"]


def test_what_cannot_be_deleted_in_time_is_left(loop: Loop[str], server: Server) -> None:
    assert drive(loop, work(SEND)) == "done"
    loop.stop()
    started = time.monotonic()
    assert drive(loop, work(DELETE)) == "stopped"
    assert time.monotonic() - started < SOON_S
    assert len(server.operations) == 1


class Slow:
    """A caller that blocks until it is stopped, as one that waits for a free process does."""

    def __init__(self) -> None:
        self.stopped = threading.Event()

    def send(self, send: Send) -> Exchange:
        failure = None
        if not send.cleaning:
            assert self.stopped.wait(60)
            failure = "not sent"
        return Exchange(send.call[0], {}, WireRequest("GET", "/"), WireResponse(200, {}, b"{}"), failure, 0)

    def stop(self) -> None:
        self.stopped.set()

    def close(self) -> None:
        pass


def test_a_caller_in_threads_is_told_of_the_stop() -> None:
    caller = Slow()
    loop: Loop[str] = Loop(Target("http://127.0.0.1:1"), caller)
    with closing(loop):
        loop.start(work(SEND, SEND, clean=(DELETE,)), WORK)
        loop.process()
        loop.stop()
        assert caller.stopped.is_set()
        assert finish(loop) == "stopped"


def test_a_fault_of_a_caller_is_thrown_into_the_work() -> None:
    class Broken(Slow):
        def send(self, send: Send) -> Exchange:
            raise ZeroDivisionError(send.call[0])

    loop: Loop[str] = Loop(Target("http://127.0.0.1:1"), Broken())
    with closing(loop):
        for effect in (SEND, Together((SEND, SEND))):
            with pytest.raises(ZeroDivisionError):
                drive(loop, work(effect))
