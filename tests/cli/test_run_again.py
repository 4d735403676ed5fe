"""The loop of who writes a server: run what failed, stop early, wait for the server, and see what changed."""

from __future__ import annotations

import json
import signal
import threading
from http.server import ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from commands import script, started
from relays import StatesRelay
from servers import closed_port, free_port

from conformance.server.process import ReferenceServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commands import Command

QUOTA = "CreateFlowLog/QuotaExceeded.FlowlogCount/quota-exceeded"
REGION = "CreateFlowLog/MissingParameter/region-omitted"
SUCCESS = "CreateFlowLog/success/vpc"
CASES = (QUOTA, REGION, SUCCESS)


@pytest.fixture(scope="module")
def two_faults() -> Iterator[ReferenceServer]:
    with ReferenceServer(faults=("quota-code-letter-case", "region-optional")) as server:
        yield server


def at(server: ReferenceServer, *words: str) -> tuple[str, ...]:
    return ("--endpoint", server.endpoint, "--states-url", server.states_url, *words)


def test_only_what_failed_in_the_last_run_is_run_again(
    quick: Command, two_faults: ReferenceServer, reference: ReferenceServer
) -> None:
    assert quick.run(*at(two_faults, *CASES)).status == 1
    again = quick.run(*at(reference, "--last-failed", *CASES))
    assert again.verdicts == {QUOTA: "pass", REGION: "pass"}
    assert f"since the last run 2 cases fail no longer: {QUOTA}, {REGION}" in again.out
    # Nothing failed in that one, so all run.
    assert len(quick.run(*at(reference, "--last-failed", *CASES)).verdicts) == 3


def test_a_case_that_failed_is_run_again_whichever_run_was_the_last_that_had_it(
    quick: Command, two_faults: ReferenceServer, reference: ReferenceServer
) -> None:
    quick.run(*at(two_faults, *CASES))
    quick.run(*at(reference, "-q", SUCCESS))
    # A run that stops early leaves the others as they were.
    assert len(quick.run(*at(two_faults, "--last-failed", "-x", "--concurrency", "1", *CASES)).verdicts) == 1
    assert quick.run(*at(reference, "--last-failed", *CASES)).verdicts == {QUOTA: "pass", REGION: "pass"}
    assert len(quick.run(*at(reference, "--last-failed", "--list", *CASES)).out.splitlines()) == 3


def test_what_is_divergent_has_failed_where_that_fails_a_run(quick: Command, reference: ReferenceServer) -> None:
    divergent = "CreateFlowLog/MissingParameter/project-omitted"
    assert quick.run(*at(reference, "--strict", "-q", divergent, SUCCESS)).status == 1
    assert quick.run("--last-failed", "--strict", "--list", divergent, SUCCESS).out.splitlines() == [divergent]
    assert len(quick.run("--last-failed", "--list", divergent, SUCCESS).out.splitlines()) == 2
    stopped = quick.run(*at(reference, "--strict", "-x", "-q", "--concurrency", "1", divergent, QUOTA, SUCCESS))
    assert not stopped.report["complete"]


@pytest.mark.parametrize("kept", ["", "[]", '{"cases": 5}', '{"cases": [5]}', "{" * 10_000])
def test_what_is_kept_of_earlier_runs_and_is_wrong_does_not_count(
    kept: str, quick: Command, two_faults: ReferenceServer
) -> None:
    folder = quick.run(*at(two_faults, "-q", *CASES)).folder
    (folder / "last-failed.json").write_text(kept, encoding="utf-8")
    assert sorted(quick.run("--last-failed", "--list", *CASES).out.splitlines()) == sorted([QUOTA, REGION])


def test_what_fails_now_and_did_not_is_said(
    quick: Command, two_faults: ReferenceServer, reference: ReferenceServer
) -> None:
    assert quick.run(*at(reference, QUOTA, SUCCESS)).status == 0
    outcome = quick.run(*at(two_faults, *CASES))
    assert f"since the last run 1 case fails that did not: {QUOTA}" in outcome.out  # the other one was not run
    assert "no longer" not in outcome.out


def test_what_failed_comes_first(quick: Command, two_faults: ReferenceServer) -> None:
    quick.run(*at(two_faults, QUOTA, SUCCESS))
    listed = quick.run(*at(two_faults, "--failed-first", "--list", SUCCESS, QUOTA, REGION))
    assert listed.out.splitlines()[0] == QUOTA
    assert sorted(listed.out.splitlines()) == sorted(CASES)


@pytest.mark.parametrize("option", ["--last-failed", "--failed-first"])
def test_without_an_earlier_run_there_is_nothing_to_go_by(option: str, quick: Command) -> None:
    outcome = quick.run(option, QUOTA)
    assert outcome.status == 2
    assert "there is no earlier run" in outcome.err
    assert outcome.err.count("\n") == 1


def test_a_report_that_cannot_be_read_is_no_earlier_run(quick: Command, reference: ReferenceServer) -> None:
    outcome = quick.run(*at(reference, SUCCESS))
    (outcome.folder / "report.json").write_text('{"cases": [{"id": 1}]}', encoding="utf-8")
    again = quick.run(*at(reference, "--last-failed", SUCCESS))
    assert again.status == 2
    assert "report.json: is no report that can be read" in again.err
    assert quick.run(*at(reference, SUCCESS)).status == 0


def test_the_list_is_of_what_would_run_and_sends_nothing(quick: Command) -> None:
    outcome = quick.run("--endpoint", f"http://127.0.0.1:{closed_port()}", "--list", "-k", "quota")
    assert outcome.status == 0
    assert QUOTA in outcome.out.splitlines()
    assert not outcome.folder.exists()


@pytest.mark.parametrize(("words", "most"), [(("-x",), 1), (("--maxfail", "2"), 2)])
def test_a_run_ends_when_enough_have_failed(words: tuple[str, ...], most: int, quick: Command) -> None:
    with ReferenceServer(faults=("interval-any",)) as server:
        outcome = quick.run(*at(server, "--concurrency", "1", "-k", "IllegalParam.AggregationInterval", *words))
    assert outcome.status == 1
    assert outcome.report["summary"]["mismatch"] == most
    assert outcome.report["complete"] is False
    assert "incomplete: " in outcome.out


def test_a_server_that_is_started_meanwhile_is_waited_for(quick: Command, reference: ReferenceServer) -> None:
    port = free_port()
    relay = type("Relay", (StatesRelay,), {"upstream": reference.endpoint, "calls": []})
    servers: list[ThreadingHTTPServer] = []

    def start() -> None:
        servers.append(ThreadingHTTPServer(("127.0.0.1", port), relay))
        servers[0].serve_forever(0.02)

    timer = threading.Timer(0.3, start)
    timer.start()
    endpoint = f"http://127.0.0.1:{port}"
    try:
        outcome = quick.run("--endpoint", endpoint, "--states-url", f"{endpoint}/_states", "--wait", "60", SUCCESS)
    finally:
        servers[0].shutdown()
        servers[0].server_close()
        timer.join()
    assert outcome.verdicts == {SUCCESS: "pass"}


def test_who_waits_in_vain_gets_the_message_of_who_does_not(quick: Command) -> None:
    outcome = quick.run("--endpoint", f"http://127.0.0.1:{closed_port()}", "--wait", "0.3", SUCCESS)
    assert outcome.status == 3
    assert "refuses the connection" in outcome.err
    assert 0.3 <= outcome.seconds < 10


def test_quiet_is_the_counts_and_the_place(quick: Command, two_faults: ReferenceServer) -> None:
    outcome = quick.run(*at(two_faults, "-q", *CASES))
    counts, place = outcome.out.splitlines()
    assert counts.startswith("3 cases: 1 pass, 2 mismatch")
    assert place == f"report: {outcome.folder}"


def test_verbose_is_a_line_for_each_case(quick: Command, two_faults: ReferenceServer) -> None:
    lines = quick.run(*at(two_faults, "-v", *CASES)).out.splitlines()
    assert {f"MISMATCH       {QUOTA}", f"MISMATCH       {REGION}", f"PASS           {SUCCESS}"} <= set(lines[:3])


def test_json_is_the_report_alone(quick: Command, two_faults: ReferenceServer) -> None:
    outcome = quick.run(*at(two_faults, "--json", *CASES))
    assert json.loads(outcome.out) == outcome.report
    assert outcome.status == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--maxfail", "0"), "--maxfail 0 is not a number above 0"),
        (("--wait", "-1"), "--wait -1 is below 0"),
        (("--wait", "nan"), "--wait nan is not a number of seconds"),
        (("--wait", "inf"), "--wait inf is not a number of seconds"),
        (("-q", "--json"), "exclude each other"),
    ],
)
def test_options_that_cannot_be_are_one_message(words: tuple[str, ...], says: str, quick: Command) -> None:
    outcome = quick.run(*words)
    assert outcome.status == 2
    assert says in outcome.err
    assert not outcome.folder.exists()


def test_what_failed_is_run_again_when_a_file_changes(
    two_faults: ReferenceServer, reference: ReferenceServer, tmp_path: Path
) -> None:
    def write(server: ReferenceServer) -> None:
        target.write_text(f"endpoint: {server.endpoint}\nstates_url: {server.states_url}\n", encoding="utf-8")

    target = tmp_path / "target.yaml"
    write(two_faults)
    command = (script(), "run", "--watch", "--target", str(target), "-q", *CASES)
    with started(*command, folder=tmp_path) as process:
        assert process.stdout is not None
        first = [process.stdout.readline() for _ in range(3)]
        assert first[0].startswith("3 cases: 1 pass, 2 mismatch")
        assert first[2] == "waiting for a change (Ctrl-C ends)\n"
        write(reference)
        again = [process.stdout.readline() for _ in range(4)]
        assert again[:2] == ["\n", f"changed: {target}\n"]
        assert again[2].startswith("2 cases: 2 pass, 0 mismatch")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130


@pytest.mark.parametrize("typed", ["--lf", "--lve", "--liv", "--live-now", "--alive"])
def test_a_hint_never_proposes_to_spend_money(typed: str, quick: Command) -> None:
    outcome = quick.run(typed)
    assert outcome.status == 2
    assert typed in outcome.err
    assert "--live" not in outcome.err.replace(typed, "")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("CreateFlowLogs", "CreateFlowLog"),
        ("CreateFlowLog/MisingParameter", "CreateFlowLog/MissingParameter"),
        ("CreateFlowLog/success/vcp", "CreateFlowLog/success/vpc"),
    ],
)
def test_a_hint_names_what_is_of_the_same_kind(typed: str, meant: str, quick: Command) -> None:
    assert f"(did you mean {meant}?)" in quick.run(typed).err
