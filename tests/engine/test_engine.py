"""The engine: every case once, no more at once than allowed, and nothing swallowed."""

from __future__ import annotations

import json
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from misbehaviours import right
from msgspec.structs import replace
from servers import Link, Server, whole

from conformance.cases.expand import wire_parameters
from conformance.cli.support.plan_template import default_values, load_plan
from conformance.core.exchange import Credentials
from conformance.engine.calls import exchanged, signed
from conformance.engine.engine import Engine
from conformance.target.model import Target
from conformance.transport.blocking import BlockingClient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.cases.model import Case
    from conformance.core.exchange import Exchange
    from conformance.engine.calls import Send
    from conformance.engine.plan import Plan


class Busy:
    """How many requests are under way, and were at the most."""

    def __init__(self, takes_s: float = 0.02) -> None:
        self.most = 0
        self._now = 0
        self._takes_s = takes_s
        self._lock = threading.Lock()

    def __call__(self, link: Link) -> bool:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        link.stopping.wait(self._takes_s)
        with self._lock:
            self._now -= 1
        link.send(whole(json.dumps(right(link)).encode(), 400))
        return True


@pytest.fixture
def busy() -> Busy:
    return Busy()


@pytest.fixture
def server(busy: Busy) -> Iterator[Server]:
    with Server(busy) as server:
        yield server


@pytest.fixture
def plan(server: Server) -> Plan:
    return load_plan("both", None)(Target(server.endpoint, states_url=server.states_url, values=default_values()))


def omitted(plan: Plan) -> list[Case]:
    """Return cases of one request each that the server answers as a document says."""
    return [
        case
        for case in plan.cases
        if case.id.startswith("CreateFlowLog/MissingParameter/")
        and len(case.steps) == 1
        and case.steps[0].transport.format == "JSON"
    ]


def created(server: Server) -> int:
    """Return how many requests there were, without those that ask which signatures the server takes."""
    return sum(
        "CreateFlowLog" in (request.params.get("Action"), request.headers.get("x-acs-action"))
        for request in server.operations
    )


@pytest.mark.parametrize("concurrency", [1, 3, 64])
def test_every_case_comes_once_and_no_more_run_at_once_than_allowed(concurrency: int, plan: Plan, busy: Busy) -> None:
    cases = omitted(plan)
    with Engine(replace(plan, concurrency=concurrency)) as engine:
        results = list(engine.run(cases))
    assert sorted(result.id for result in results) == sorted(case.id for case in cases)
    assert 1 <= busy.most <= concurrency
    if concurrency > 1:
        assert busy.most > 1


def test_nothing_to_run_is_nothing(plan: Plan) -> None:
    with Engine(plan) as engine:
        assert list(engine.run([])) == []


def test_cases_whose_states_hold_for_everybody_run_alone(plan: Plan, busy: Busy) -> None:
    shared = replace(plan, target=replace(plan.target, isolation="global"))
    cases = omitted(plan)
    assert len(cases) > 3
    with Engine(shared) as engine:
        assert len(list(engine.run(cases))) == len(cases)
    assert busy.most == 1


def test_a_fault_of_the_harness_is_raised_and_nobody_waits_for_the_rest(
    plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("conformance.engine.steps.StepRunner.run", broken)
    started = time.monotonic()
    with pytest.raises(ZeroDivisionError), Engine(plan) as engine:
        list(engine.run(omitted(plan)))
    assert time.monotonic() - started < 60


def test_who_stops_early_leaves_no_state_behind_and_no_thread(plan: Plan, server: Server) -> None:
    before = threading.active_count()
    with Engine(replace(plan, concurrency=4)) as engine:
        results = engine.run(omitted(plan))
        next(results)
        results.close()
        assert server.held() == set()
    asked = len(server.operations)
    assert asked < len(omitted(plan))
    # The server's own threads, one a connection, end with theirs.
    assert threading.active_count() - before <= 4


def test_a_rate_is_kept_over_all_cases_in_flight(plan: Plan, server: Server) -> None:
    cases = omitted(plan)[:6]
    started = time.monotonic()
    with Engine(replace(plan, target=replace(plan.target, rate=20))) as engine:
        list(engine.run(cases))
    # Six requests have five gaps of 50 ms; calls for states are not counted.
    assert time.monotonic() - started >= 0.25
    assert len(server.operations) == 6


def test_each_case_has_an_account_of_its_own_and_no_run_has_that_of_another(plan: Plan, server: Server) -> None:
    cases = omitted(plan)[:5]
    seen: list[set[str]] = []
    for number in range(2):
        server.operations.clear()
        with Engine(replace(plan, run_id=f"run{number}")) as engine:
            list(engine.run(cases))
        seen.append({request.params["AccessKeyId"] for request in server.operations})
    assert [len(accounts) for accounts in seen] == [5, 5]
    assert not seen[0] & seen[1]


def test_one_case_alone_gives_what_it_gives_among_others(plan: Plan) -> None:
    cases = omitted(plan)[:5]
    with Engine(plan) as engine:
        together = {result.id: (result.verdict, result.mismatches) for result in engine.run(cases)}
        alone = {case.id: engine.run_one(case) for case in cases}
    assert {name: (result.verdict, result.mismatches) for name, result in alone.items()} == together


def test_there_are_no_more_connections_than_cases_in_flight(plan: Plan) -> None:
    peers = set()

    def behave(link: Link) -> bool:
        peers.add(link.sock.getpeername())
        link.send(whole(json.dumps(right(link)).encode(), 400))
        return True

    with Server(behave) as server:
        target = replace(plan.target, endpoint=server.endpoint, states_url=server.states_url)
        cases = omitted(plan) * 5
        with Engine(replace(plan, target=target, concurrency=3)) as engine:
            assert len(list(engine.run(cases))) == len(cases)
        assert created(server) == len(cases)
    assert 1 <= len(peers) <= 3


def test_cases_that_run_alone_on_an_account_that_lasts_take_one_connection(plan: Plan) -> None:
    """A new one, with TLS, costs more than to wait once until it was quiet; elsewhere the last answer is not held."""
    peers = []

    def behave(link: Link) -> bool:
        peers.append(link.sock.getpeername())
        link.send(whole(json.dumps(right(link)).encode(), 400))
        return True

    with Server(behave) as server:
        real = Credentials("id", "secret")
        target = replace(plan.target, endpoint=server.endpoint, states_url=server.states_url, credentials=real)
        with Engine(replace(plan, target=target)) as engine:
            verdicts = [result.verdict for result in engine.run(omitted(plan)[:6])]
    assert set(verdicts) <= {"pass", "divergent"}
    assert len(peers) >= 6
    assert len(set(peers)) == 1


def test_a_caller_of_ones_own_sends_the_requests_from_threads(plan: Plan, server: Server) -> None:
    seen: list[Send] = []
    threads = set()

    class Own:
        def send(self, send: Send) -> Exchange:
            seen.append(send)
            threads.add(threading.get_ident())
            request = signed(send, plan.target)
            with closing(BlockingClient()) as client:
                return exchanged(send, request, client.send(request, 5), 1)

        def stop(self) -> None:
            raise AssertionError("nobody stops")

        def close(self) -> None:
            raise AssertionError("who made it closes it")

    cases = omitted(plan)
    with Engine(replace(plan, concurrency=3), Own()) as engine:
        assert {result.id for result in engine.run(cases)} == {case.id for case in cases}
    assert len(seen) == len(server.operations)
    assert [send.call for send in seen].count(("CreateFlowLog", "2016-04-28")) == created(server) == len(cases)
    assert threading.get_ident() not in threads
    # Nested for an SDK, flat for the wire; nothing is left to be filled in.
    assert all(wire_parameters(send.params, {}) == send.wire for send in seen)
    assert "${" not in str([send.params for send in seen])


@pytest.mark.parametrize(("keep_all", "kept"), [(False, {"digest", "elapsed_ms"}), (True, {"request", "response"})])
def test_a_pass_keeps_a_digest_of_its_exchange_unless_told_otherwise(
    plan: Plan, *, keep_all: bool, kept: set[str]
) -> None:
    with Engine(replace(plan, keep_all=keep_all)) as engine:
        results = list(engine.run(omitted(plan)[:3]))
    for result in results:
        assert result.verdict == "pass"
        assert kept <= set(result.exchanges[0])
        assert (result.reproduce is not None) is keep_all
    if not keep_all:
        exchange = results[0].exchanges[0]
        assert "digest" in exchange
        assert exchange["digest"]["status"] == 400
        assert len(exchange["digest"]["sha256"] or "") == 64


def test_what_a_mismatch_says_rests_on_is_kept(plan: Plan) -> None:
    def wrong(link: Link) -> bool:
        link.send(whole(json.dumps(right(link, Code="Wrong")).encode(), 400))
        return True

    with Server(wrong) as server:
        target = replace(plan.target, endpoint=server.endpoint, states_url=server.states_url)
        with Engine(replace(plan, target=target)) as engine:
            (result,) = engine.run(omitted(plan)[:1])
    assert result.verdict == "mismatch"
    (exchange,) = result.exchanges
    assert "response" in exchange
    assert exchange["response"] is not None
    assert json.loads(exchange["response"]["body"])["Code"] == "Wrong"
    assert "curl" in (result.reproduce or "")
