"""Calling through a driver, with the recorder on the wire of its process."""

from __future__ import annotations

import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from driving import ACCOUNT, PROGRAMS
from msgspec.structs import replace
from servers import Link, Server, whole

from conformance.cases.model import Transport
from conformance.cases.sdk import Scripted
from conformance.contract.catalogue import OperationId
from conformance.engine.calls import Send
from conformance.sdk.driver_process import DriverProcess
from conformance.sdk.pool import DriverPool
from conformance.sdk.sdk_caller import SdkCaller
from conformance.transport.rate import RateLimit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.core.exchange import DriverAnswer

CALL = ("CreateFlowLog", "2016-04-28")
SUCCESS = b'{"RequestId": "R", "FlowLogId": "fl-1"}'


def succeed(link: Link) -> bool:
    link.send(whole(SUCCESS))
    return True


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(succeed) as server:
        yield server


def caller_of(server: Server, *faults: str, rate: RateLimit | None = None, timeout_s: float = 20) -> SdkCaller:
    process = DriverProcess((sys.executable, str(PROGRAMS / "model_sdk.py"), *faults))
    return SdkCaller(DriverPool([process]), server.endpoint, timeout_s, rate or RateLimit(None))


def test_a_call_names_the_product_where_it_is_clear(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    kept = DriverProcess.call

    def call(process: DriverProcess, *arguments: Any, **more: Any) -> DriverAnswer:
        asked.append(arguments[-1])
        return kept(process, *arguments, **more)

    monkeypatch.setattr(DriverProcess, "call", call)
    vpc, ess = OperationId("vpc", CALL[1], CALL[0]), OperationId("ess", CALL[1], "CreateThing")
    for operations in ((), (vpc,), (ess,), (vpc, ess)):
        process = DriverProcess((sys.executable, str(PROGRAMS / "model_sdk.py")))
        with closing(SdkCaller(DriverPool([process]), server.endpoint, 20, RateLimit(None), operations)) as caller:
            assert caller.call(CALL, {"A": "1"}, ACCOUNT).failure is None
            if len(operations) > 1:
                assert caller.call(("DeleteFlowLog", CALL[1]), {"A": "1"}, ACCOUNT).failure is None
    assert asked == ["", "vpc", "ess", "vpc", ""]


def test_after_a_driver_died_nothing_of_its_connections_counts_for_the_next(server: Server) -> None:
    with closing(caller_of(server, "breaks-off")) as caller:
        before = caller.call(CALL, {"A": "1"}, ACCOUNT)
        again = caller.call(CALL, {"A": "1"}, ACCOUNT)
        died = caller.call(CALL, {"Description": "x"}, ACCOUNT)
        after = caller.call(CALL, {"A": "2"}, ACCOUNT)
    assert died.answer is None
    assert "ended with status 9" in (died.failure or "")
    assert died.recorded == ()
    hosts = [dict(each.recorded[0].request.headers)["Host"] for each in (before, again, after)]
    assert hosts[0] == hosts[1] != hosts[2]
    assert [len(each.recorded) for each in (before, again, after)] == [1, 1, 1]
    assert after.answer is not None
    assert after.answer.outcome == "success"


def test_a_call_after_its_turn_was_taken_back_is_not_sent(server: Server) -> None:
    rate = RateLimit(0.001)
    with closing(caller_of(server, rate=rate)) as caller:
        assert caller.call(CALL, {}, ACCOUNT).answer is not None
        threading.Timer(0.1, rate.stop).start()
        waited = caller.call(CALL, {}, ACCOUNT)
        assert (waited.answer, waited.failure) == (None, "not sent: the run was stopped")
        # A scripted answer costs the server nothing.
        assert caller.call(CALL, {}, ACCOUNT, script=Scripted(200, {}, SUCCESS)).answer is not None
    assert len(server.operations) == 1


def test_after_a_stop_only_what_cleans_up_is_sent(server: Server) -> None:
    with closing(caller_of(server)) as caller:
        caller.stop()
        refused = caller.call(CALL, {}, ACCOUNT)
        assert (refused.answer, refused.failure) == (None, "not sent: the run was stopped")
        assert server.operations == []
        assert caller.call(CALL, {}, ACCOUNT, cleaning=True).answer is not None
    assert len(server.operations) == 1


def test_a_closed_caller_fails_and_does_not_wait(server: Server) -> None:
    caller = caller_of(server)
    caller.close()
    closed = caller.call(CALL, {}, ACCOUNT)
    assert closed.answer is None
    assert "has been closed" in (closed.failure or "")
    assert server.operations == []


def test_a_mock_is_told_which_answer_is_wanted_in_that_call_alone(server: Server) -> None:
    with closing(caller_of(server)) as caller:
        told = Send(CALL, {"A": "1"}, Transport(), ACCOUNT, {"Prefer": "code=400, example=A"}, {"A": "1"})
        assert caller.send(told).failure is None
        assert caller.send(replace(told, headers={})).failure is None
    assert [each.headers.get("prefer") for each in server.operations] == ["code=400, example=A", None]
