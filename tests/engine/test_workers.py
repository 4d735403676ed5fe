"""`--workers N`: several processes share the cases of one run."""

from __future__ import annotations

import multiprocessing
import multiprocessing.spawn
import os
import signal
import sys
import threading
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from commands import LONGEST_S, script, started
from servers import eventually

from conformance.cases.select import select
from conformance.cli.support.plan_template import default_values, load_plan
from conformance.core.errors import HarnessError
from conformance.engine.notes import RunNotes
from conformance.engine.workers import worker_process
from conformance.engine.workers.case_parts import CaseParts
from conformance.engine.workers.child_process import ChildProcess
from conformance.engine.workers.several_processes import Workers
from conformance.engine.workers.trial import SharingTrial
from conformance.reports.case_records import CaseRecorder
from conformance.target.model import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from pathlib import Path

    from commands import Command

    from conformance.cases.model import Case
    from conformance.cases.suite import Suite
    from conformance.engine.plan import Plan
    from conformance.server.process import ReferenceServer


def test_two_processes_find_what_one_finds(quick: Command, reference: ReferenceServer) -> None:
    options = ("--endpoint", reference.endpoint, "--states-url", reference.states_url, "-k", "not until and not active")
    one = quick.run(*options).verdicts
    two = quick.run(*options, "--workers", "2")
    assert two.verdicts == one
    assert list(two.cases) == list(one)
    assert two.report["complete"]


def test_there_are_no_more_processes_than_cases_or_cases_in_flight(
    quick: Command, reference: ReferenceServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = []

    class Counted(Workers[Any]):
        def __init__(self, plan: Plan, count: int, *more: Any) -> None:
            counts.append(count)
            super().__init__(plan, count, *more)

    monkeypatch.setattr("conformance.engine.workers.several_processes.Workers", Counted)
    options = ("--endpoint", reference.endpoint, "--states-url", reference.states_url, "--workers", "500")
    assert quick.run(*options, "CreateFlowLog/Unauthorized/ram-user").report["complete"]
    assert counts == []
    quick.run(*options, "CreateFlowLog/MissingParameter", "--concurrency", "2")
    assert counts == [2]


def _sizes(parts: CaseParts) -> list[int]:
    sizes = []
    while parts:
        sizes.append(len(parts.take()))
    return sizes


def test_parts_become_smaller_so_that_processes_end_together(loaded: tuple[list[Suite], list[Case]]) -> None:
    cases = loaded[1][:300]
    assert _sizes(CaseParts(cases, 2)) == [75, 57, 42, 32, 32, 32, 30]
    assert _sizes(CaseParts(cases[:3], 4)) == [1, 1, 1]
    assert _sizes(CaseParts(cases, 2, first=10))[:3] == [10, 10, 70]
    assert _sizes(CaseParts([], 2)) == []


def test_with_a_rate_no_process_works_long_after_the_others(loaded: tuple[list[Suite], list[Case]]) -> None:
    cases = loaded[1][:100]
    assert max(_sizes(CaseParts(cases, 2, 1000.0))) == 32
    assert max(_sizes(CaseParts(cases, 2, 10.0))) == 15
    assert max(_sizes(CaseParts(cases, 2, 0.1))) == 1


def test_a_part_that_is_given_back_is_taken_again(loaded: tuple[list[Suite], list[Case]]) -> None:
    cases = loaded[1][:100]
    parts = CaseParts(cases, 2)
    one = parts.take()
    parts.give_back(one)
    assert [*parts.rest()] == cases
    taken = list(parts.take())
    while parts:
        taken += parts.take()
    assert taken == cases


@pytest.mark.parametrize(("took_s", "failed"), [(0.1, False), (0.19, False), (0.2, True), (0.3, True)])
def test_several_processes_have_to_do_more_than_one(took_s: float, *, failed: bool) -> None:
    trial = SharingTrial(one_per_s=1000.0, began=5.0, parts=2)
    assert trial.first == 100
    trial.part_done(5.05)
    assert not trial.failed
    trial.done += 200
    trial.part_done(5.0 + took_s)
    assert trial.failed == failed


def test_cases_of_a_process_that_is_killed_are_run_by_another(reference: ReferenceServer) -> None:
    target = Target(reference.endpoint, states_url=reference.states_url, values=default_values(), rate=40)
    plan = load_plan("both", None)(target)
    cases = select(plan.cases, ["CreateFlowLog/ParameterInvalid", "CreateFlowLog/MissingParameter"], None)
    with Workers(plan, 2, CaseRecorder()) as workers:
        results = workers.run(cases)
        found = [next(results)]
        killed = multiprocessing.active_children()[0].pid
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        found += results
    assert sorted(result.id for result in found) == sorted(case.id for case in cases)
    assert {result.verdict for result in found} <= {"pass", "divergent"}
    assert [note.key for note in plan.notes.take()] == ["workers.killed"]


def test_processes_that_are_killed_again_and_again_end_the_run(reference: ReferenceServer) -> None:
    target = Target(reference.endpoint, states_url=reference.states_url, values=default_values(), rate=10)
    plan = load_plan("both", None)(target)
    cases = select(plan.cases, ["CreateFlowLog/ParameterInvalid"], None)
    over = threading.Event()

    def kill() -> None:
        while not over.wait(0.05):
            for child in multiprocessing.active_children():
                child.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with Workers(plan, 2, CaseRecorder()) as workers, pytest.raises(HarnessError, match="killed again and again"):
            list(workers.run(cases))
    finally:
        over.set()
        killer.join()


@pytest.fixture
def killed_at(tmp_path: Path) -> Iterator[Callable[[str], None]]:
    """Have every process that starts as one of several be killed: before it begins, or in the midst of its start."""
    spawning = multiprocessing.get_context("spawn")
    before = multiprocessing.spawn.get_executable()

    def choose(seconds: str) -> None:
        program = tmp_path / "python"
        end = f'exec timeout -s KILL {seconds} {sys.executable} "$@"' if seconds != "0" else "kill -9 $$"
        program.write_text(
            f'#!/bin/sh\ncase "$*" in *spawn_main*) {end};; esac\nexec {sys.executable} "$@"\n', encoding="utf-8"
        )
        program.chmod(0o755)
        spawning.set_executable(str(program))

    yield choose
    spawning.set_executable(before)


@pytest.mark.parametrize("seconds", ["0", "0.05", "0.3"])
def test_processes_that_are_killed_while_they_start_end_the_run(
    seconds: str, killed_at: Callable[[str], None], reference: ReferenceServer
) -> None:
    target = Target(reference.endpoint, states_url=reference.states_url, values=default_values(), rate=10)
    plan = load_plan("both", None)(target)
    cases = select(plan.cases, ["CreateFlowLog/ParameterInvalid"], None)
    killed_at(seconds)
    with Workers(plan, 2, CaseRecorder()) as workers, pytest.raises(HarnessError, match="killed again and again"):
        list(workers.run(cases))
    assert multiprocessing.active_children() == []


def never_ends(_connection: Connection) -> None:
    """Go on though the other end is closed and SIGTERM, which is blocked, came: for this test's processes alone."""
    while True:
        time.sleep(1)


class _FailsAtTheEnd:
    """Fails when the interpreter ends, which prints that."""

    def __del__(self) -> None:
        raise ValueError("at the end")


KEPT: list[_FailsAtTheEnd] = []
"""What the process of a test keeps to its end."""


def fails(_connection: Connection) -> None:
    """Fail in every way that Python prints: for this test's process alone."""
    KEPT.append(_FailsAtTheEnd())
    thread = threading.Thread(target=int, args=("no number",))
    thread.start()
    thread.join()
    sys.stdout.write("something")
    raise ValueError("not while it works")


def test_a_process_that_fails_tells_the_one_that_asked_and_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    child = ChildProcess(fails)
    with pytest.raises(ValueError, match="not while it works"):
        child.receive()
    child.close()
    assert capfd.readouterr() == ("", "")


def test_ctrl_c_while_a_process_is_waited_for_leaves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """The interpreter would wait for it at its own end."""
    child = ChildProcess(never_ends)
    (process,) = multiprocessing.active_children()
    join = type(process).join

    def interrupted(self: object, timeout: float | None = None) -> None:
        if timeout:
            raise KeyboardInterrupt
        join(self)  # type: ignore[arg-type]

    monkeypatch.setattr(type(process), "join", interrupted)
    with pytest.raises(KeyboardInterrupt):
        child.close()
    monkeypatch.undo()
    assert not multiprocessing.active_children()


def test_ctrl_c_leaves_a_report_and_no_process(reference: ReferenceServer, tmp_path: Path) -> None:
    words = ("--endpoint", reference.endpoint, "--states-url", reference.states_url, "--workers", "2", "--rate", "10")
    events = tmp_path / "report" / "events.ndjson"
    with started(script(), "run", "--report-dir", "report", *words, folder=tmp_path) as run:
        assert eventually(lambda: events.is_file() and b'"case_finished"' in events.read_bytes(), LONGEST_S)
        os.killpg(run.pid, signal.SIGINT)
        _, said = run.communicate(timeout=LONGEST_S)
    assert run.returncode == 130, said
    assert "Traceback" not in said
    assert b'"interrupted":true' in events.read_bytes().replace(b" ", b"")
    assert eventually(lambda: not left_over(run.pid), LONGEST_S)


def left_over(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--workers", "0"), "--workers 0 is not a number above 0"),
        (("--workers", "2", "--driver", "python-v2"), "--workers has no place beside --driver"),
    ],
)
def test_what_cannot_be_is_one_message(quick: Command, words: tuple[str, ...], says: str) -> None:
    outcome = quick.run(*words)
    assert outcome.status == 2
    assert says in outcome.err


def test_what_a_process_gave_back_is_not_given_back_again_after_ctrl_c(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C that comes while it is sent is raised right after that."""
    given: list[str] = []

    def send(found: worker_process.PartFound[str]) -> None:
        given.extend(found.results)
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)  # another thread would take it at once

    monkeypatch.setattr(worker_process, "_TELL_EVERY_S", 0.0)
    engine: Any = SimpleNamespace(run=iter, stop=lambda: None, plan=SimpleNamespace(notes=RunNotes()))
    connection: Any = SimpleNamespace(send=send)
    part: Any = ["first", "second"]
    before = signal.getsignal(signal.SIGINT)
    try:
        last = worker_process._run(engine, part, str, connection)  # noqa: SLF001 - when it is sent is not to be had otherwise
    finally:
        signal.signal(signal.SIGINT, before)
    assert [*given, *last.results] == ["first"]
