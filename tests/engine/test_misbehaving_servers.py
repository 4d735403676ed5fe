"""Servers that misbehave: a case that meets one is an `error` or a `mismatch`, never a pass, and the others go on."""

from __future__ import annotations

import json
import unicodedata
from typing import TYPE_CHECKING

import pytest
from commands import child
from misbehaviours import MISBEHAVIOURS, right
from servers import Link, Server, closed_port, whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from commands import Command

    from conformance.server.process import ReferenceServer

TIMEOUT_S = 1
BOUND_S = 60
STRICKEN = "CreateFlowLog/MissingParameter/region-omitted"
OTHERS = (
    "CreateFlowLog/MissingParameter/resource-id-omitted",
    "CreateFlowLog/MissingParameter/resource-type-omitted",
    "CreateFlowLog/MissingParameter/traffic-type-omitted",
    "CreateFlowLog/success/vpc",
)
OPTIONS = ("--timeout", str(TIMEOUT_S), "--concurrency", "2")


def without_region(params: Mapping[str, str]) -> bool:
    return "RegionId" not in params


@pytest.mark.parametrize("name", MISBEHAVIOURS)
def test_one_case_is_stricken_and_the_others_go_on(name: str, quick: Command, reference: ReferenceServer) -> None:
    way = MISBEHAVIOURS[name]
    with Server(way.behave, only=without_region, upstream=reference.endpoint) as server:
        outcome = quick.run(
            "--endpoint", server.endpoint, "--states-url", server.states_url, *OPTIONS, STRICKEN, *OTHERS
        )
    assert outcome.verdicts == {STRICKEN: way.verdict, **dict.fromkeys(OTHERS, "pass")}
    case = outcome.cases[STRICKEN]
    if way.verdict == "error":
        assert way.says in case["reason"]
        assert case["mismatches"] == []
    else:
        assert [mismatch["where"] for mismatch in case["mismatches"]] == [way.says]
        assert case["mismatches"][0]["docs"] == ["en", "zh"]
        assert way.observes in str(case["mismatches"][0]["observed"])
    assert outcome.status == 1
    assert outcome.err == ""
    assert outcome.seconds < BOUND_S
    assert server.held() == set()
    # What was written can be read again, and rendered.
    assert quick("report", str(outcome.folder), "--format", "junit").status == 0


@pytest.mark.parametrize(
    "name", ["never answers", "closes at once", "endless body", "HTML with 502", "binary garbage", "redirect"]
)
def test_nothing_judged_is_status_3(name: str, quick: Command) -> None:
    with Server(MISBEHAVIOURS[name].behave) as server:
        outcome = quick.run(
            "--endpoint", server.endpoint, "--states-url", server.states_url, *OPTIONS, STRICKEN, *OTHERS
        )
    assert outcome.status == 3
    assert set(outcome.verdicts.values()) == {"error"}
    # One reason is told once, with the cases that share it.
    assert outcome.out.count("ERROR 5 ×") == 1
    assert outcome.err == ""


@pytest.mark.parametrize("name", ["Code is a list", "error with status 200", "control characters"])
def test_wrong_answers_alone_are_status_1(name: str, quick: Command) -> None:
    with Server(MISBEHAVIOURS[name].behave) as server:
        outcome = quick.run("--endpoint", server.endpoint, "--states-url", server.states_url, STRICKEN)
    assert (outcome.status, outcome.verdicts) == (1, {STRICKEN: "mismatch"})


@pytest.mark.parametrize("name", ["never answers", "deep JSON", "control characters", "terminal escapes in a page"])
def test_a_process_of_its_own_says_no_traceback(name: str, tmp_path: Path, reference: ReferenceServer) -> None:
    way = MISBEHAVIOURS[name]
    with Server(way.behave, only=without_region, upstream=reference.endpoint) as server:
        outcome = child(
            "--endpoint",
            server.endpoint,
            "--states-url",
            server.states_url,
            *OPTIONS,
            STRICKEN,
            *OTHERS,
            folder=tmp_path,
        )
    assert outcome.status == 1
    assert outcome.err == ""
    assert outcome.verdicts[STRICKEN] == way.verdict
    assert [character for character in outcome.out if unicodedata.category(character) == "Cc"] == [
        "\n"
    ] * outcome.out.count("\n")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_port_that_refuses_is_one_line_and_status_3(scheme: str, quick: Command) -> None:
    endpoint = f"{scheme}://127.0.0.1:{closed_port()}"
    outcome = quick.run("--endpoint", endpoint)
    assert outcome.status == 3
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert f"cannot reach {endpoint}" in outcome.err
    assert "refuses the connection" in outcome.err
    assert not outcome.folder.exists()


def test_a_server_that_stops_in_the_middle_leaves_the_verdicts_reached(
    quick: Command, reference: ReferenceServer
) -> None:
    answered: list[str] = []

    def two_then_none(params: Mapping[str, str]) -> bool:
        answered.append(params.get("RegionId", ""))
        return len(answered) > 3 + 2  # the preflight has created two and looked once

    def gone(link: Link) -> None:
        link.memory["gone"] = True

    with Server(gone, only=two_then_none, upstream=reference.endpoint) as server:
        outcome = quick.run(
            "--endpoint", server.endpoint, "--states-url", server.states_url, "--concurrency", "1", *OTHERS
        )
    assert sorted(outcome.verdicts.values()) == ["error", "error", "pass", "pass"]
    assert outcome.status == 1


@pytest.mark.parametrize("says_so", [True, False])
def test_a_server_that_closes_after_each_answer_is_judged_all_the_same(quick: Command, *, says_so: bool) -> None:
    def behave(link: Link) -> None:
        body = json.dumps(right(link)).encode()
        link.send(whole(body, 400, **({"Connection": "close"} if says_so else {})))

    with Server(behave) as server:
        outcome = quick.run(
            "--endpoint",
            server.endpoint,
            "--states-url",
            server.states_url,
            "--concurrency",
            "1",
            *OTHERS[:3],
            STRICKEN,
        )
    assert outcome.status == 0
    assert outcome.report["summary"]["pass"] == 4


@pytest.mark.parametrize("version", [b"1.0", b"1.1"])
def test_a_body_that_ends_with_the_connection_is_judged(version: bytes, quick: Command) -> None:
    def behave(link: Link) -> None:
        # In two writes, so that the head arrives alone.
        link.send(b"HTTP/" + version + b" 400 Bad Request\r\nContent-Type: application/json\r\n\r\n")
        link.stopping.wait(0.05)
        link.send(json.dumps(right(link)).encode())

    with Server(behave) as server:
        outcome = quick.run("--endpoint", server.endpoint, "--states-url", server.states_url, STRICKEN)
    assert outcome.verdicts == {STRICKEN: "pass"}, outcome.cases[STRICKEN]["reason"]


def test_the_same_request_id_twice_is_a_mismatch(quick: Command) -> None:
    def behave(link: Link) -> bool:
        link.send(whole(json.dumps(right(link, RequestId="always-this")).encode(), 400))
        return True

    with Server(behave) as server:
        outcome = quick.run(
            "--endpoint", server.endpoint, "--states-url", server.states_url, "--concurrency", "1", *OTHERS[:3]
        )
    assert sorted(outcome.verdicts.values()) == ["mismatch", "mismatch", "pass"]
    found = [mismatch for case in outcome.cases.values() for mismatch in case["mismatches"]]
    assert {(each["where"], tuple(each["expected"]), each["observed"]) for each in found} == {
        ("response.body.RequestId", ("a text never used before",), "always-this")
    }


def test_states_that_are_refused_make_cases_errors_with_the_servers_words(quick: Command) -> None:
    def refuse(link: Link) -> bool:
        link.send(whole(b'{"message": "no such state here"}', 400))
        return True

    with Server(refuse) as server:
        outcome = quick.run("--endpoint", server.endpoint, "--states-url", f"{server.endpoint}/elsewhere", STRICKEN)
    assert outcome.status == 3
    assert outcome.cases[STRICKEN]["reason"] == (
        'setup of state resource.exists was answered with 400: {"message": "no such state here"}'
    )


def test_states_that_are_never_answered_end_in_time(quick: Command) -> None:
    with Server(MISBEHAVIOURS["never answers"].behave) as server:
        outcome = quick.run(
            "--endpoint", server.endpoint, "--states-url", f"{server.endpoint}/elsewhere", *OPTIONS, STRICKEN, *OTHERS
        )
    assert outcome.status == 3
    assert outcome.seconds < BOUND_S
    assert set(outcome.verdicts.values()) == {"error"}


def test_proxies_of_the_environment_are_not_used(
    quick: Command, monkeypatch: pytest.MonkeyPatch, reference: ReferenceServer
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    outcome = quick.run("--endpoint", reference.endpoint, "--states-url", reference.states_url, STRICKEN)
    assert (outcome.status, outcome.verdicts) == (0, {STRICKEN: "pass"})
