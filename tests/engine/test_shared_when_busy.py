"""A run that goes on in several processes where the processor is what its cases wait for."""

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import LONGEST_S, run_program, started
from msgspec.structs import replace
from relays import StatesRelay, relay
from servers import eventually

from conformance.cases.select import select
from conformance.cli.support.plan_template import default_values, load_plan
from conformance.engine.engine import Engine
from conformance.engine.plan import new_run_id
from conformance.engine.workers import idle_processors, shared_when_busy, trial
from conformance.engine.workers.idle_processors import Usage, UsageMeter, processors
from conformance.engine.workers.shared_when_busy import run_shared
from conformance.engine.workers.worker_process import PartFound, WorkerCopy, WorkerProcess
from conformance.reports.case_records import CaseRecorder, RecordedCase
from conformance.target.model import Target

if TYPE_CHECKING:
    from collections.abc import Sequence
    from subprocess import Popen

    from conformance.cases.model import Case
    from conformance.engine.plan import Plan
    from conformance.server.process import ReferenceServer

pytestmark = pytest.mark.skipif(sys.platform != "linux" or processors() < 2, reason="needs Linux and two processors")


@pytest.fixture
def plan(reference: ReferenceServer) -> Plan:
    target = Target(reference.endpoint, states_url=reference.states_url, values=default_values())
    return load_plan("both", None)(target)


@pytest.fixture
def chosen(plan: Plan) -> list[Case]:
    return select(plan.cases, ["CreateFlowLog"], "not until and not active")


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have every look find that the processor is what is waited for, and another is idle."""
    monkeypatch.setattr(UsageMeter, "usage", lambda _: Usage(1.0, 1.0, 1.0))
    for name, value in {"_FIRST": 10, "_LOOK_EVERY": 10, "_LEAST_CASES": 10, "_WORTH_S": 0.0}.items():
        monkeypatch.setattr(shared_when_busy, name, value)
    monkeypatch.setattr(shared_when_busy, "_MOST_MEMORY", 10**12)  # whatever tests before took in this process


def _verdicts(found: list[RecordedCase]) -> dict[str, str]:
    assert len({each.id for each in found}) == len(found)
    return {each.id: json.loads(each.line)["verdict"] for each in found}


@pytest.mark.usefixtures("busy")
def test_processes_that_go_on_find_what_one_finds(plan: Plan, chosen: list[Case]) -> None:
    with Engine(plan) as engine:
        engine.prepare(chosen)
        one = _verdicts([*map(CaseRecorder(), engine.run(chosen))])
    forks: list[int] = []
    with Engine(replace(plan, run_id=new_run_id())) as engine:
        engine.prepare(chosen)
        found: list[RecordedCase] = []
        for each in run_shared(engine, chosen, CaseRecorder(), before_fork=lambda: forks.append(len(found))):
            found.append(each)
            if len(found) == len(chosen) // 2:
                assert len(multiprocessing.active_children()) == 2
    assert _verdicts(found) == one
    assert len(forks) == 1
    assert 10 <= forks[0] < 20 + 2 * plan.concurrency  # what was under way is let end, and may end at once
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_cases_of_a_copy_that_is_killed_are_run_by_another(
    number: signal.Signals, plan: Plan, chosen: list[Case]
) -> None:
    with Engine(plan) as engine:
        engine.prepare(chosen)
        results = run_shared(engine, chosen, CaseRecorder(), before_fork=lambda: None)
        found: list[RecordedCase] = []
        while not multiprocessing.active_children():
            found.append(next(results))
        killed = multiprocessing.active_children()[0].pid
        assert killed is not None
        os.kill(killed, number)  # Ctrl-C for it alone is a kind of kill too
        found += results
    assert set(_verdicts(found).values()) <= {"pass", "divergent"}
    assert len(found) == len(chosen)
    assert "workers.killed" in [note.key for note in plan.notes.take()]


@pytest.mark.usefixtures("busy")
def test_a_run_whose_copies_are_all_killed_goes_on_without(plan: Plan, chosen: list[Case]) -> None:
    found: list[RecordedCase] = []
    with Engine(plan) as engine:
        engine.prepare(chosen)
        for each in run_shared(engine, chosen, CaseRecorder(), before_fork=lambda: None):
            found.append(each)
            for copy in multiprocessing.active_children():
                copy.kill()
    assert set(_verdicts(found).values()) <= {"pass", "divergent"}
    assert len(found) == len(chosen)


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("most", [0, 1])
def test_a_run_goes_on_where_the_system_has_no_more_processes(
    most: int, monkeypatch: pytest.MonkeyPatch, plan: Plan, chosen: list[Case]
) -> None:
    forked: list[int] = []
    fork = os.fork

    def limited() -> int:
        if len(forked) == most:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        forked.append(fork())
        return forked[-1]

    monkeypatch.setattr(os, "fork", limited)
    with Engine(plan) as engine:
        engine.prepare(chosen)
        found = [*run_shared(engine, chosen, CaseRecorder(), before_fork=lambda: None)]
    assert len(forked) == most
    assert set(_verdicts(found).values()) <= {"pass", "divergent"}
    assert len(found) == len(chosen)
    assert "workers.killed" not in [note.key for note in plan.notes.take()]


@pytest.mark.usefixtures("busy")
def test_a_copy_that_just_gave_back_its_last_is_not_waited_for_after_ctrl_c(
    monkeypatch: pytest.MonkeyPatch, plan: Plan, chosen: list[Case]
) -> None:
    take = WorkerProcess.take

    def interrupted(process: WorkerProcess[RecordedCase]) -> PartFound[RecordedCase]:
        part = take(process)
        if part.last:
            monkeypatch.setattr(WorkerProcess, "take", take)
            os.kill(os.getpid(), signal.SIGINT)
        return part

    monkeypatch.setattr(WorkerProcess, "take", interrupted)
    with Engine(plan) as engine:
        engine.prepare(chosen)
        results = run_shared(engine, chosen, CaseRecorder(), before_fork=lambda: None)
        with pytest.raises(KeyboardInterrupt):
            _ = [*results]
    assert multiprocessing.active_children() == []


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize(("gain", "later"), [(1000.0, 1), (0.0, 2)], ids=["no more than one", "more than one"])
def test_copies_that_do_no_more_than_one_did_end_but_for_one(
    gain: float, later: int, monkeypatch: pytest.MonkeyPatch, plan: Plan, chosen: list[Case]
) -> None:
    monkeypatch.setattr(trial, "_GAIN", gain)
    monkeypatch.setattr(trial, "_TRIAL_S", 1.0)  # 10 cases for each: one did so many in a second
    given: list[WorkerCopy[RecordedCase]] = []
    give = WorkerCopy.give

    def noted(process: WorkerCopy[RecordedCase], part: Sequence[Case]) -> None:
        given.append(process)
        give(process, part)

    monkeypatch.setattr(WorkerCopy, "give", noted)
    with Engine(plan) as engine:
        engine.prepare(chosen)
        found = [*run_shared(engine, chosen, CaseRecorder(), before_fork=lambda: None)]
    assert set(_verdicts(found).values()) <= {"pass", "divergent"}
    assert len(found) == len(chosen)
    assert len(set(given[:2])) == 2
    assert len(set(given[2:])) == later


@pytest.mark.usefixtures("busy")
def test_a_run_that_has_much_memory_is_left_to_one_process(
    monkeypatch: pytest.MonkeyPatch, plan: Plan, chosen: list[Case]
) -> None:
    monkeypatch.setattr(shared_when_busy, "_MOST_MEMORY", 1)
    with Engine(plan) as engine:
        engine.prepare(chosen)
        found = [*run_shared(engine, chosen, CaseRecorder(), before_fork=lambda: pytest.fail("several processes"))]
    assert len(found) == len(chosen)


class Throttles(StatesRelay):
    """Refuses every fifth call for now."""

    def operation(self, path: bytes, body: bytes) -> None:
        if len(self.calls) % 5:
            super().operation(path, body)
        else:
            answer = b'{"RequestId": "%d", "Code": "Throttling.User", "Message": "Denied by flow control."}'
            self.give(400, "application/json", answer % len(self.calls))


@pytest.mark.usefixtures("busy")
def test_a_server_that_throttles_is_left_to_one_process(
    plan: Plan, chosen: list[Case], reference: ReferenceServer
) -> None:
    """Several would be throttled more, and each would learn alone how fast it may send."""
    with relay(Throttles, reference.endpoint) as endpoint:
        plan = replace(plan, target=replace(plan.target, endpoint=endpoint))
        with Engine(plan) as engine:
            engine.prepare(chosen)
            found = [*run_shared(engine, chosen, CaseRecorder(), before_fork=lambda: pytest.fail("several processes"))]
    assert set(_verdicts(found).values()) <= {"pass", "divergent"}


@pytest.mark.usefixtures("busy")
def test_what_is_not_begun_goes_on_after_the_copies_when_it_must_run_alone(plan: Plan, chosen: list[Case]) -> None:
    last = {case.id for case in chosen[:5]}
    with Engine(plan) as engine:
        engine.prepare(chosen)
        alone = engine.alone
        engine.alone = lambda case: case.id in last or alone(case)  # type: ignore[method-assign]
        found = [each.id for each in run_shared(engine, chosen, CaseRecorder(), before_fork=lambda: None)]
    assert set(found[-5:]) == last
    assert len(found) == len(chosen)


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("shares", [False, True])
def test_who_takes_results_is_told_before_anything_is_waited_for(
    *, shares: bool, plan: Plan, chosen: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    if not shares:
        monkeypatch.setattr(shared_when_busy, "_LEAST_CASES", len(chosen))
    taken: list[str] = []
    told: list[int] = []

    def wait() -> None:
        told.append(len(taken))

    def fork() -> None:
        told.append(-len(taken))

    with Engine(plan) as engine:
        engine.prepare(chosen)
        for each in run_shared(engine, chosen, CaseRecorder(), wait, before_fork=fork):
            taken.append(each.id)  # noqa: PERF401 - meanwhile it is looked at how many there are
    assert len(taken) == len(chosen)
    forks = [place for place, count in enumerate(told) if count < 0]
    assert len(forks) == shares
    assert all(told[place - 1] == -told[place] for place in forks)  # what is not written would be written by each
    counts = [count for count in told if count >= 0]
    assert counts == sorted(counts)
    assert len(set(counts)) > len(chosen) // (4 * plan.concurrency)


@pytest.mark.usefixtures("busy")
def test_processes_that_have_nothing_more_to_do_may_be_waited_for_later(plan: Plan, chosen: list[Case]) -> None:
    later: list[str] = []
    with Engine(plan) as engine, ExitStack() as at_end:
        engine.prepare(chosen)
        at_end.callback(lambda: later.append("all ended") if not multiprocessing.active_children() else None)
        found = [*run_shared(engine, chosen, CaseRecorder(), before_fork=lambda: None, at_end=at_end)]
        assert len(found) == len(chosen)
        assert later == []
    assert later == ["all ended"]


def test_a_server_that_takes_its_time_is_left_to_one_process(
    monkeypatch: pytest.MonkeyPatch, plan: Plan, chosen: list[Case]
) -> None:
    """Whatever the processor does meanwhile: here nothing is patched but how many cases are worth a look."""
    for name in ("_FIRST", "_LOOK_EVERY", "_LEAST_CASES"):
        monkeypatch.setattr(shared_when_busy, name, 10)
    monkeypatch.setattr(UsageMeter, "usage", lambda _: Usage(1.0, 0.3, 1.6))
    with Engine(plan) as engine:
        engine.prepare(chosen)
        found = [*run_shared(engine, chosen, CaseRecorder(), before_fork=lambda: pytest.fail("several processes"))]
    assert len(found) == len(chosen)


def test_processors_without_work_are_counted() -> None:
    meter = UsageMeter()
    time.sleep(0.3)
    used = meter.usage()
    assert 0.3 <= used.seconds < LONGEST_S
    assert used.own_s < 0.2
    assert 0.0 <= used.idle <= os.cpu_count() + 0.5  # type: ignore[operator]


@pytest.mark.parametrize(
    ("limit", "most"),
    [("max 100000\n", None), ("100000 100000\n", 1), ("20000 100000\n", 1), ("nonsense", None), (None, None)],
)
def test_a_container_has_no_more_processors_than_it_may_use(
    limit: str | None, most: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "cpu.max"
    if limit is not None:
        path.write_text(limit, encoding="ascii")
    monkeypatch.setattr(idle_processors, "_LIMIT", path)
    assert processors() == (most or len(os.sched_getaffinity(0)))


def test_the_memory_of_whoever_started_this_process_is_not_its_own() -> None:
    """What Linux says of a child by getrusage(2) is no less than what its parent had."""
    held = bytearray(b"1" * 300_000_000)
    program = "from conformance.engine.workers.idle_processors import peak_memory; print(peak_memory())"
    done = run_program(sys.executable, "-c", program, forked=False)
    assert 5_000_000 < int(done.stdout) < len(held) // 2


ALWAYS_BUSY = """
import sys
import time
from conformance.cli import main
from conformance.engine.plan import new_run_id
from conformance.engine.workers import idle_processors, shared_when_busy, trial
from conformance.engine.workers.idle_processors import Usage, UsageMeter
from conformance.reports.case_records import CaseRecorder

UsageMeter.usage = lambda _: Usage(1.0, 1.0, 1.0)
shared_when_busy._FIRST = shared_when_busy._LOOK_EVERY = shared_when_busy._LEAST_CASES = 10
shared_when_busy._WORTH_S = 0.0
shared_when_busy._MOST_MEMORY = 10**12
record = CaseRecorder.__call__
CaseRecorder.__call__ = lambda *words: time.sleep(0.02) or record(*words)  # so that there are copies for some seconds
sys.exit(main())
"""


def _copies(run: Popen[str], events: Path) -> list[int]:
    """Return the two processes that a run has made of itself, once it has, and has written events."""
    children = Path(f"/proc/{run.pid}/task/{run.pid}/children")

    def has_copies() -> bool:
        return len(children.read_text().split()) == 2 and events.is_file()

    assert eventually(lambda: run.poll() is not None or has_copies(), LONGEST_S)
    assert run.returncode is None, "the run has ended without them"
    return [int(each) for each in children.read_text().split()]


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_leaves_a_report_and_no_process(
    number: signal.Signals, status: int, reference: ReferenceServer, tmp_path: Path
) -> None:
    words = ("run", "CreateFlowLog", "--endpoint", reference.endpoint, "--states-url", reference.states_url)
    with started(sys.executable, "-c", ALWAYS_BUSY, *words, "--report-dir", "report", folder=tmp_path) as run:
        copies = _copies(run, tmp_path / "report" / "events.ndjson")
        if number == signal.SIGINT:
            os.killpg(run.pid, number)  # as a terminal does
        else:
            run.send_signal(number)
        _, said = run.communicate(timeout=LONGEST_S)
    assert run.returncode == status, said
    assert "Traceback" not in said
    report = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert not report["complete"]
    assert {case["verdict"] for case in report["cases"]} <= {"pass", "divergent", "not_run", "not_applicable"}
    assert eventually(lambda: not any(Path(f"/proc/{each}").exists() for each in copies), LONGEST_S)


def test_copies_end_when_the_process_that_made_them_is_killed(reference: ReferenceServer, tmp_path: Path) -> None:
    words = ("run", "CreateFlowLog", "--endpoint", reference.endpoint, "--states-url", reference.states_url)
    with started(sys.executable, "-c", ALWAYS_BUSY, *words, "--report-dir", "report", folder=tmp_path) as run:
        copies = _copies(run, tmp_path / "report" / "events.ndjson")
        run.kill()
        run.communicate(timeout=LONGEST_S)
    assert eventually(lambda: not any(Path(f"/proc/{each}").exists() for each in copies), LONGEST_S)
