"""A run that is stopped: by Ctrl-C it cleans up, and by a kill it still leaves a report."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import LONGEST_S, script, started
from misbehaviours import right
from servers import Link, Server, eventually, whole

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from commands import Command

SLOW_S = 0.3
START_S = LONGEST_S


def slowly(link: Link) -> bool:
    link.stopping.wait(SLOW_S)
    link.send(whole(json.dumps(right(link)).encode(), 400))
    return True


class Run:
    """`conformance run` in a process of its own."""

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self.process = process
        self.folder = folder

    def finished_cases(self) -> int:
        events = self.folder / "events.ndjson"
        return events.read_text(encoding="utf-8").count('"case_finished"') if events.exists() else 0

    def end(self) -> tuple[int, str, str]:
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err

    def children(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


Begin = Callable[..., Run]


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Begin]:
    """What starts `conformance run` with options; it is ended with the test."""
    folder = tmp_path / "report"
    with ExitStack() as stack:

        def begin(*words: str) -> Run:
            command = (script(), "run", "--report-dir", str(folder), *words)
            return Run(stack.enter_context(started(*command, folder=tmp_path)), folder)

        yield begin


@pytest.fixture
def slow() -> Iterator[Server]:
    with Server(slowly) as server:
        yield server


def start(slow: Server, begin: Begin) -> Run:
    run = begin("--endpoint", slow.endpoint, "--states-url", slow.states_url, "--concurrency", "8")
    assert eventually(lambda: run.finished_cases() >= 8, START_S)
    return run


@pytest.mark.parametrize(("number", "expected"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_ctrl_c_ends_with_a_report_and_no_state_left_behind(
    number: signal.Signals, expected: int, slow: Server, begin: Begin
) -> None:
    run = start(slow, begin)
    asked = len(slow.operations)
    run.process.send_signal(number)
    status, out, err = run.end()
    assert status == expected, err
    assert err == ""
    # What was under way, and one for each that had just ended its case when the signal came.
    assert len(slow.operations) - asked <= 16
    assert slow.held() == set()
    assert {call["action"] for call in slow.state_calls} == {"setup", "teardown"}
    report = json.loads((run.folder / "report.json").read_text(encoding="utf-8"))
    assert report["complete"] is False
    assert 0 < report["summary"]["total"] < report["selected"]
    assert report["summary"]["total"] == len(report["cases"])
    assert f"incomplete: {report['summary']['total']} of {report['selected']} cases were run" in out
    last = json.loads((run.folder / "events.ndjson").read_text(encoding="utf-8").splitlines()[-1])
    assert (last["event"], last["interrupted"]) == ("run_finished", True)


def test_a_second_ctrl_c_does_not_wait_and_still_leaves_a_report(slow: Server, begin: Begin) -> None:
    run = start(slow, begin)
    run.process.send_signal(signal.SIGINT)
    time.sleep(SLOW_S / 4)
    run.process.send_signal(signal.SIGINT)
    status, _, err = run.end()
    assert (status, err) == (130, "")
    assert json.loads((run.folder / "report.json").read_text(encoding="utf-8"))["complete"] is False


def test_no_case_is_begun_after_ctrl_c(slow: Server, begin: Begin) -> None:
    def accounts() -> set[str]:
        return {call["params"]["access_key_id"] for call in [*slow.state_calls]}

    run = start(slow, begin)
    before = accounts()
    run.process.send_signal(signal.SIGINT)
    run.end()
    # One for each that had just ended its case when the signal came.
    assert len(accounts() - before) <= 8


def test_to_be_asked_to_end_ends_every_process_of_a_run(slow: Server, begin: Begin) -> None:
    run = begin("--endpoint", slow.endpoint, "--states-url", slow.states_url, "--workers", "2")
    assert eventually(lambda: len(slow.operations) >= 8, START_S)
    started_at = time.monotonic()
    run.process.send_signal(signal.SIGTERM)
    status, _, err = run.end()
    assert (status, err) == (143, "")
    assert time.monotonic() - started_at < LONGEST_S / 2
    assert slow.held() == set()


def test_ctrl_c_before_the_first_case_is_130_too(begin: Begin) -> None:
    def hang(link: Link) -> None:
        link.stopping.wait()

    with Server(hang) as server:
        run = begin("--endpoint", server.endpoint, "--states-url", f"{server.endpoint}/s", "--timeout", "2")
        assert eventually(lambda: bool(server.operations), START_S)
        run.process.send_signal(signal.SIGINT)
        status, _, err = run.end()
    assert (status, err) == (130, "")


@pytest.mark.parametrize("after_s", [0.0, 0.1, 0.3, 0.6])
def test_ctrl_c_at_any_moment_is_no_traceback(after_s: float, begin: Begin) -> None:
    run = begin("--rate", "10")
    # Not before the program has begun: what Python makes of Ctrl-C while it starts is its own.
    assert eventually(lambda: bool(run.children()), START_S)
    time.sleep(after_s)
    run.process.send_signal(signal.SIGINT)
    status, _, err = run.end()
    assert status == 130
    assert "Traceback" not in err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_reference_server_ends_with_the_run_however_that_ends(number: signal.Signals, begin: Begin) -> None:
    run = begin("--rate", "20")
    assert eventually(lambda: run.finished_cases() >= 2, START_S)
    (server,) = run.children()
    assert alive(server)
    run.process.send_signal(number)
    status, _, err = run.end()
    assert status == {signal.SIGINT: 130, signal.SIGTERM: 143}.get(number, -number)
    assert "Traceback" not in err
    assert eventually(lambda: not alive(server), 10)


def test_the_reference_server_ends_with_a_run_that_ends_by_itself(begin: Begin) -> None:
    run = begin("--rate", "10", "CreateFlowLog/MissingParameter")
    assert eventually(lambda: bool(run.children()), START_S)
    (server,) = run.children()
    assert run.end()[0] == 0
    assert not alive(server)


@pytest.fixture
def killed(slow: Server, begin: Begin) -> Path:
    run = start(slow, begin)
    os.kill(run.process.pid, signal.SIGKILL)
    run.end()
    return run.folder


def test_a_killed_run_leaves_a_report_that_can_be_shown(killed: Path, conformance: Command) -> None:
    report = json.loads((killed / "report.json").read_text(encoding="utf-8"))
    assert report["complete"] is False
    assert report["duration_s"] is None
    events = [json.loads(line) for line in (killed / "events.ndjson").read_text(encoding="utf-8").splitlines()]
    done = [event["case"]["id"] for event in events if event["event"] == "case_finished"]
    assert len(done) >= 8
    outcome = conformance("report", str(killed))
    assert outcome.status == 0
    assert f"incomplete: {len(done)} of {report['selected']} cases were run" in outcome.out
    assert outcome.err == ""
    assert conformance("report", str(killed), "--format", "junit").out.count("<testcase ") == len(done)


def test_a_line_that_was_half_written_is_left_out(killed: Path, conformance: Command) -> None:
    events = killed / "events.ndjson"
    whole_lines = events.read_bytes().rpartition(b"\n")[0] + b"\n"
    count = whole_lines.count(b'"case_finished"')
    line = '{"event": "case_finished", "case": {"id": "流'.encode()
    for half in (line[:-1], line[:-2], line[:20], b"{", b"\xe6"):
        events.write_bytes(whole_lines + half)
        outcome = conformance("report", str(killed))
        assert outcome.status == 0, outcome.err
        assert f"incomplete: {count} of " in outcome.out


def test_a_line_that_was_changed_is_named(killed: Path, conformance: Command) -> None:
    events = killed / "events.ndjson"
    lines = events.read_bytes().splitlines(keepends=True)
    for damage in (
        b"{]\n",
        b"5\n",
        b"\xff\n",
        b'{"event": "case_finished"}\n',
        b'{"event": "case_finished", "case": {}}\n',
        b'{"event": "run_started"}\n',
    ):
        events.write_bytes(b"".join([*lines[:2], damage, *lines[2:]]))
        outcome = conformance("report", str(killed))
        assert outcome.status == 2
        assert outcome.err.startswith(f"conformance: {events}")
        assert outcome.err.count("\n") == 1
