"""Servers that want to break the harness: bounded time and memory, no traceback, a true exit status, Ctrl-C at once."""

from __future__ import annotations

import itertools
import signal
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from commands import WITHOUT_OTHERS, script
from hostile_behaviours import HOSTILE
from measured import Measured, measured, report_of
from servers import Link, Server

if TYPE_CHECKING:
    from pathlib import Path

    from hostile_behaviours import Behaviour

TIMEOUT_S = 1
MOST_MB = 200
INTERRUPT_S = 2.0
BUSY_S = 3.0
"""How much longer anything may take because the machine is busy."""
START_S = 2.0
"""How long a process takes to start, read the cases, and write its reports."""
CASES = (
    "CreateFlowLog/MissingParameter/region-omitted",
    "CreateFlowLog/MissingParameter/resource-id-omitted",
    "CreateFlowLog/MissingParameter/resource-type-omitted",
    "CreateFlowLog/MissingParameter/traffic-type-omitted",
    "CreateFlowLog/success/vpc",
)
SOME = (
    "JSON of small objects",
    "XML of empty elements",
    "Code of 4 MB",
    "id repeats an item",
    "every field is a list",
    "misbehaves: lone surrogate",
    "chunks of one byte without end",
    "gzip bomb of blanks",
    "a second answer after 4 ms",
)
SLOW = (
    "throttle",
    "try",
    "tried",
    "never",
    "drip",
    "drop",
    "endless",
    "without end",
    "too large",
    "half a",
    "protocols",
    "503",
)
STATUSES = {0, 1, 3}


def bounded(done: Measured) -> None:
    assert "Traceback" not in done.said
    assert "conformance: internal" not in done.said
    assert done.status in STATUSES, done.said[-500:]
    assert done.peak_mb <= MOST_MB


def run(server: Server, folder: Path, *words: str, interrupt_s: float | None = None) -> Measured:
    return measured(
        *(script(), "run", "--endpoint", server.endpoint, "--states-url", server.states_url),
        *("--timeout", str(TIMEOUT_S), "--report-dir", str(folder / "report"), *words),
        folder=folder,
        interrupt_s=interrupt_s,
    )


class EachInTurn:
    """Meets each request with another behaviour."""

    def __init__(self, names: list[str]) -> None:
        self._made: list[Behaviour] = [HOSTILE[name]() for name in names]
        self._next = itertools.cycle(range(len(names)))
        self._lock = threading.Lock()

    def __call__(self, link: Link) -> bool | None:
        with self._lock:
            behave = self._made[next(self._next)]
        return behave(link)


def test_there_are_enough() -> None:
    assert len(HOSTILE) >= 80


@pytest.mark.parametrize("part", range(5))
def test_a_run_that_meets_all_that_answer(part: int, tmp_path: Path) -> None:
    """Each request meets another behaviour, in one process; those that only take time are left to the long loop."""
    meets([name for name in HOSTILE if not any(word in name for word in SLOW)][part::5], tmp_path)


@pytest.mark.deep
@pytest.mark.parametrize("part", range(4))
def test_a_run_that_meets_them_all(part: int, tmp_path: Path) -> None:
    meets(list(HOSTILE)[part::4], tmp_path)


def meets(names: list[str], tmp_path: Path) -> None:
    with Server(EachInTurn(names)) as server:
        done = run(server, tmp_path, "CreateFlowLog/MissingParameter")
    bounded(done)
    report = report_of(tmp_path / "report")
    assert report["complete"]
    assert {case["verdict"] for case in report["cases"]} <= {"pass", "mismatch", "error", "divergent", "not_run"}
    assert len(report["cases"]) == report["selected"]


@pytest.mark.deep
@pytest.mark.parametrize("name", HOSTILE)
def test_a_run_against_each(name: str, tmp_path: Path) -> None:
    with Server(HOSTILE[name]()) as server:
        done = run(server, tmp_path, *CASES)
    bounded(done)
    # Twice: the preflight is not answered, and then the cases are not.
    assert done.seconds <= 2 * TIMEOUT_S + START_S + BUSY_S + done.cpu_s
    assert report_of(tmp_path / "report")["complete"]


@pytest.mark.deep
@pytest.mark.parametrize("name", HOSTILE)
def test_an_interrupt_ends_a_run_at_once(name: str, tmp_path: Path) -> None:
    with Server(HOSTILE[name]()) as server:
        done = run(server, tmp_path, *CASES, interrupt_s=1.5)
    assert "Traceback" not in done.said
    # An interpreter that is ending already, after its report, is killed by the signal.
    assert done.status in {*STATUSES, 130, -signal.SIGINT}
    assert done.ended_s <= INTERRUPT_S + BUSY_S


@pytest.mark.parametrize("name", ["JSON of small objects", "body by drops", "throttled for ever"])
def test_an_interrupt_in_the_middle_ends_a_run_at_once(name: str, tmp_path: Path) -> None:
    with Server(HOSTILE[name]()) as server:
        done = run(server, tmp_path, interrupt_s=1.5)
    assert "Traceback" not in done.said
    assert done.status == 130
    assert done.ended_s <= INTERRUPT_S + BUSY_S


@pytest.mark.deep
@pytest.mark.parametrize("name", SOME)
def test_pytest_against_some(name: str, tmp_path: Path) -> None:
    with Server(HOSTILE[name]()) as server:
        done = measured(
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *WITHOUT_OTHERS, "-q", "cases/"),
            *("-k", "region-omitted or region-empty", "--endpoint", server.endpoint),
            *("--states-url", server.states_url, "--report-dir", str(tmp_path / "report")),
            folder=tmp_path,
        )
    assert "INTERNALERROR" not in done.said
    bounded(done)


@pytest.mark.deep
@pytest.mark.parametrize("name", SOME)
def test_fuzz_against_some(name: str, tmp_path: Path) -> None:
    with Server(HOSTILE[name]()) as server:
        done = measured(
            *(
                script(),
                "fuzz",
                "CreateFlowLog",
                "--endpoint",
                server.endpoint,
                "--max-examples",
                "5",
                "--max-time",
                "5",
            ),
            *("--states-url", server.states_url, "--timeout", str(TIMEOUT_S), "--report-dir", str(tmp_path / "report")),
            folder=tmp_path,
        )
    bounded(done)
