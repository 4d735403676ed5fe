"""Workers of pytest-xdist that are lost: every case is run again, or reported as an `error`, and counted once."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from commands import OPERATION, REPOSITORY, WITHOUT_OTHERS, environment, run_program
from execnet import XSpec
from servers import closed_port, free_port

from conformance.cli.support.plan_template import load_named
from conformance.pytest_plugin.hosts import HostWatch, host_of, keep_alive
from conformance.pytest_plugin.lost_cases import LostCases
from conformance.pytest_plugin.reporting import EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.server.process import ReferenceServer

CASES = str(REPOSITORY / "cases")
SELECTED = (f"{CASES}/vpc/{OPERATION}", "-k", "MissingParameter")
COUNT = sum("MissingParameter" in case.id for case in load_named((OPERATION,)).cases)
VICTIM = "CreateFlowLog/MissingParameter/resource-id-omitted"
VICTIM_FILE = "cases/vpc/CreateFlowLog/required.yaml"
VICTIM_ID = f"{VICTIM_FILE}::{VICTIM}"
RSYNC = ("--rsyncdir", CASES, "-W", "ignore:The --rsyncdir:DeprecationWarning")

KILLER = """
import os
from pathlib import Path

WHEN, ONCE = os.environ["KILL_WHEN"], os.environ["KILL_ONCE"]

def fall(when, nodeid):
    if when != WHEN or "PYTEST_XDIST_WORKER" not in os.environ or not nodeid.endswith(os.environ["KILL_AT"]):
        return
    if ONCE:
        if Path(ONCE).exists():
            return
        Path(ONCE).touch()
    os._exit(9)

def pytest_runtest_logstart(nodeid):
    fall("before", nodeid)

def pytest_runtest_logfinish(nodeid):
    fall("after", nodeid)
"""


def killing(folder: Path, *, when: str, once: bool) -> dict[str, str]:
    """Return an environment in which a worker falls dead at one case: before it runs, or when it was reported."""
    (folder / "killer.py").write_text(KILLER, encoding="utf-8")
    marker = str(folder / "fell") if once else ""
    return environment(PYTHONPATH=str(folder), KILL_AT=VICTIM, KILL_WHEN=when, KILL_ONCE=marker)


def run_pytest(folder: Path, env: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    options = ("-p", "no:cacheprovider", *WITHOUT_OTHERS, f"--report-dir={folder / 'report'}")
    command = [sys.executable, "-m", "pytest", *options]
    return run_program(*command, *SELECTED, *words, folder=REPOSITORY, env=env)


def at(server: ReferenceServer) -> list[str]:
    return [f"--endpoint={server.endpoint}", f"--states-url={server.states_url}"]


def counted(folder: Path) -> Counter[str]:
    """Return how often each case has a verdict among the events."""
    with (folder / "report" / "events.ndjson").open(encoding="utf-8") as lines:
        events = [json.loads(line) for line in lines]
    return Counter(event["case"]["id"] for event in events if event["event"] == "case_finished")


def report_of(folder: Path) -> dict[str, Any]:
    report: dict[str, Any] = json.loads((folder / "report" / "report.json").read_text(encoding="utf-8"))
    return report


def victim_in(report: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(case for case in report["cases"] if case["id"] == VICTIM)
    return found


def test_a_case_that_ends_every_worker_is_an_error_and_not_run_for_ever(
    reference: ReferenceServer, tmp_path: Path
) -> None:
    env = killing(tmp_path, when="before", once=False)
    done = run_pytest(tmp_path, env, "-n", "2", "-p", "killer", *at(reference))
    assert done.returncode == 1, done.stdout
    assert f"1 failed, {COUNT - 1} passed, 1 run again" in done.stdout
    assert set(counted(tmp_path).values()) == {1}
    report = report_of(tmp_path)
    assert report["summary"]["total"] == COUNT
    assert [case["id"] for case in report["cases"] if case["verdict"] == "error"] == [VICTIM]
    assert victim_in(report)["reason"] == "two workers were lost while they ran it, one after the other"


@pytest.mark.parametrize(
    "distribution",
    # The second puts the case back, and runs it again.
    [pytest.param("load", marks=pytest.mark.deep), "loadfile"],
)
def test_a_worker_that_is_lost_after_its_report_does_not_count_twice(
    reference: ReferenceServer, tmp_path: Path, distribution: str
) -> None:
    env = killing(tmp_path, when="after", once=True)
    done = run_pytest(tmp_path, env, "-n", "2", "--dist", distribution, "-p", "killer", *at(reference))
    assert done.returncode == 0, done.stdout
    assert "replacing crashed worker" in done.stdout
    assert f"= {COUNT} passed in" in done.stdout
    assert len(counted(tmp_path)) == COUNT
    assert set(counted(tmp_path).values()) == {1}


def test_cases_that_nobody_is_left_to_run_are_errors(reference: ReferenceServer, tmp_path: Path) -> None:
    env = killing(tmp_path, when="before", once=False)
    done = run_pytest(tmp_path, env, "-n", "2", "--max-worker-restart=0", "-p", "killer", *at(reference))
    assert done.returncode == 1, done.stdout
    assert len(counted(tmp_path)) == COUNT
    assert set(counted(tmp_path).values()) == {1}
    assert victim_in(report_of(tmp_path))["verdict"] == "error"
    assert victim_in(report_of(tmp_path))["reason"] == "its worker was lost, and no other was left to run it"


@contextmanager
def socket_server(folder: Path, env: dict[str, str]) -> Iterator[str]:
    """Give the address of execnet's server, which runs one worker at a time."""
    address = f"127.0.0.1:{free_port()}"
    folder.mkdir()
    words = [sys.executable, "-u", "-m", "execnet.script.socketserver", address]
    with subprocess.Popen(words, cwd=folder, env=env, stdout=subprocess.PIPE, encoding="utf-8") as server:
        try:
            assert server.stdout is not None
            assert "Entering Accept loop" in server.stdout.readline()
            yield address
        finally:
            server.kill()


def test_the_cases_of_a_lost_host_run_again_on_this_machine(reference: ReferenceServer, tmp_path: Path) -> None:
    env = killing(tmp_path, when="before", once=True)
    with socket_server(tmp_path / "host", env) as host:
        words = ("-d", "--tx", f"socket={host}", *RSYNC, "-p", "killer", *at(reference))
        done = run_pytest(tmp_path, env, *words)
    assert done.returncode == 0, done.stdout
    assert f"{COUNT} passed, 1 run again" in done.stdout
    assert len(counted(tmp_path)) == COUNT
    assert set(counted(tmp_path).values()) == {1}
    hosts = next(line for line in done.stdout.splitlines() if line.startswith("cases by host: "))
    assert f"{host} " in hosts
    assert "(lost)" in hosts
    assert "this machine " in hosts
    assert victim_in(report_of(tmp_path))["verdict"] == "pass"


def test_a_host_that_is_not_there_is_named(tmp_path: Path) -> None:
    host = f"127.0.0.1:{closed_port()}"
    done = run_pytest(tmp_path, environment(), "-d", "--tx", f"socket={host}", *RSYNC)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert f"ERROR: --tx: no worker can be started on {host}: Connection refused" in done.stderr
    assert "INTERNALERROR" not in done.stdout + done.stderr


def test_a_path_that_xdist_cannot_take_is_named(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, environment(), "-d", "--tx", f"popen//chdir={tmp_path / 'there'}", *RSYNC, "cases")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: --tx: arg cases not relative to an rsync root (give paths below" in done.stderr


def test_a_target_whose_states_hold_for_everybody_is_refused_once(reference: ReferenceServer, tmp_path: Path) -> None:
    file = tmp_path / "target.yaml"
    file.write_text(f"endpoint: {reference.endpoint}\nisolation: global\n", encoding="utf-8")
    done = run_pytest(tmp_path, environment(), "-n", "2", f"--target={file}")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "cases must run alone" in done.stderr
    assert not (tmp_path / "report").exists()


@pytest.fixture
def hosts(pytestconfig: pytest.Config) -> HostWatch:
    return HostWatch(pytestconfig)


def test_a_silence_that_cannot_be_is_refused(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, environment(), "-n", "2", "--host-timeout-s", "nan")
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert "ERROR: --host-timeout-s nan is not between 1 and 3600" in done.stderr


def test_ssh_is_told_to_ask_whether_the_host_is_there(hosts: HostWatch) -> None:
    spec = XSpec("ssh=root@host.test//python=python3")
    hosts.pytest_xdist_setupnodes([spec])
    assert spec.ssh == "-o ServerAliveInterval=5 -o ServerAliveCountMax=3 -o ConnectTimeout=15 root@host.test"
    assert host_of(spec) == "root@host.test"


def test_what_a_user_told_ssh_stays(hosts: HostWatch) -> None:
    spec = XSpec("ssh=-o ServerAliveInterval=60 host.test")
    hosts.pytest_xdist_setupnodes([spec])
    assert spec.ssh == "-o ServerAliveInterval=60 host.test"


def test_a_worker_that_takes_over_must_have_the_same_cases(pytestconfig: pytest.Config) -> None:
    lost_cases = LostCases(pytestconfig)
    lost_cases.pytest_xdist_node_collection_finished(["a", "b"])
    lost_cases.pytest_xdist_node_collection_finished(["b", "a"])  # xdist refuses it, when nobody is lost
    lost_cases.pytest_testnodedown("Not properly terminated")
    with pytest.raises(pytest.UsageError, match="other cases"):
        lost_cases.pytest_xdist_node_collection_finished(["b", "a"])


class Pending:
    """What xdist was asked to run once more."""

    def __init__(self) -> None:
        self.items: list[str] = []

    def mark_test_pending(self, item: str) -> None:
        self.items.append(item)


def crash_report(nodeid: str) -> pytest.TestReport:
    """Make what xdist reports of an item whose worker crashed."""
    return pytest.TestReport(nodeid, (nodeid, None, nodeid), {}, "failed", "worker 'gw0' crashed", "call")


def test_a_case_whose_worker_crashed_runs_once_more_and_not_twice(pytestconfig: pytest.Config) -> None:
    lost_cases, pending = LostCases(pytestconfig), Pending()
    first, second = crash_report(VICTIM_ID), crash_report(VICTIM_ID)
    for report in (first, second):
        lost_cases.pytest_handlecrashitem(VICTIM_ID, report, pending)
    assert pending.items == [VICTIM_ID]
    assert lost_cases.pytest_report_teststatus(first) == ("run again", "R", "RUN AGAIN")
    assert (second.outcome, lost_cases.pytest_report_teststatus(second)) == ("failed", None)


def test_a_case_that_was_reported_before_its_worker_crashed_is_counted_already(pytestconfig: pytest.Config) -> None:
    lost_cases, pending = LostCases(pytestconfig), Pending()
    reported = crash_report(VICTIM_ID)
    reported.node = None  # type: ignore[attr-defined] # xdist's, of any kind
    setattr(reported, EVENTS, {"finished": {}})
    lost_cases.pytest_runtest_logreport(reported)
    assert hasattr(reported, EVENTS)
    crashed = crash_report(VICTIM_ID)
    lost_cases.pytest_handlecrashitem(VICTIM_ID, crashed, pending)
    assert pending.items == []
    assert lost_cases.pytest_report_teststatus(crashed) == ("", "", "")
    # Where xdist itself put it back, the second verdict is dropped.
    lost_cases.pytest_testnodedown("Not properly terminated")
    lost_cases.pytest_runtest_logreport(reported)
    assert not hasattr(reported, EVENTS)


def test_what_is_no_case_is_left_to_xdist(pytestconfig: pytest.Config) -> None:
    lost_cases, pending = LostCases(pytestconfig), Pending()
    for nodeid in ("tests/test_house.py::test_any", "cases/nowhere.yaml::x", f"{VICTIM_FILE}::no/such/case"):
        report = crash_report(nodeid)
        lost_cases.pytest_handlecrashitem(nodeid, report, pending)
        assert (report.outcome, lost_cases.pytest_report_teststatus(report)) == ("failed", None)
    assert pending.items == []


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the system has no TCP_USER_TIMEOUT")
def test_the_kernel_asks_three_times_within_the_silence() -> None:
    with socket.socket() as connection:
        keep_alive(connection, 15)
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        numbers = [
            connection.getsockopt(socket.IPPROTO_TCP, number)
            for number in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, socket.TCP_USER_TIMEOUT)
        ]
    assert numbers == [5, 5, 3, 15_000]
