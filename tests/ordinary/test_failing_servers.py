"""Servers that die, restart, are slow or never read: the run ends in bounded time, with honest reasons."""

from __future__ import annotations

import os
import signal
import threading
from typing import TYPE_CHECKING

import ordinary_relays as relays
from failing_servers import GoesDown, never_reads

if TYPE_CHECKING:
    from commands import Command

    from conformance.server.process import ReferenceServer

SOME = "success or MissingParameter"
ONE = "CreateFlowLog/MissingParameter/region-omitted"


def test_a_server_that_restarts_is_judged(quick: Command, reference: ReferenceServer) -> None:
    with GoesDown(reference.endpoint, 200, 0.3) as server:
        outcome = quick.run("--endpoint", server.endpoint, "--states-url", f"{server.endpoint}/_states", "-k", SOME)
        assert server.went_down
    bad = {name: case["reason"] for name, case in outcome.cases.items() if case["verdict"] not in ("pass", "divergent")}
    assert bad == {}
    assert outcome.status == 0


def test_a_server_that_dies_ends_the_run_soon_and_is_blamed_for_nothing(
    quick: Command, reference: ReferenceServer
) -> None:
    with GoesDown(reference.endpoint, 400, None) as server:
        outcome = quick.run("--endpoint", server.endpoint, "--states-url", f"{server.endpoint}/_states", "-k", SOME)
    counts = outcome.report["summary"]
    assert counts["pass"] > 0
    assert counts["mismatch"] == 0
    reasons = {case["reason"] for case in outcome.cases.values() if case["verdict"] == "error"}
    assert reasons
    assert all("connect" in reason for reason in reasons), reasons
    assert outcome.seconds < 20


class SlowButInTime(relays.Relay):
    """Takes nine tenths of the time that it has."""

    delay_s = 0.9


def test_answers_that_come_just_in_time_are_judged(quick: Command, reference: ReferenceServer) -> None:
    with relays.running(SlowButInTime, reference.endpoint) as endpoint:
        outcome = quick.run("--endpoint", endpoint, "--states-url", f"{endpoint}/_states", "--timeout", "2", ONE)
    assert (outcome.status, outcome.verdicts) == (0, {ONE: "pass"})


def test_a_server_that_never_reads_gets_an_error_soon_after_the_time_that_it_has(quick: Command) -> None:
    with never_reads() as endpoint:
        states = f"{endpoint}/_states"
        words = ("--endpoint", endpoint, "--states-url", states, "--timeout", "4", "--concurrency", "8", "-k", SOME)
        outcome = quick.run(*words)
    assert outcome.status == 3
    assert outcome.report["summary"]["error"] > 0
    assert all(
        "no answer within 4 s" in case["reason"] for case in outcome.cases.values() if case["verdict"] == "error"
    )
    # The preflight waits so long, and no case does it again.
    assert len(outcome.cases) * 4 / 8 > 60
    assert outcome.seconds < 60


def test_a_silent_server_does_not_hold_up_ctrl_c(quick: Command) -> None:
    with never_reads() as endpoint:
        threading.Timer(1.0, os.kill, [os.getpid(), signal.SIGINT]).start()
        outcome = quick.run("--endpoint", endpoint, "--states-url", f"{endpoint}/_states", "-k", SOME)
    assert outcome.status == 130
    assert outcome.seconds < 5
