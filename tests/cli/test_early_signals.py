"""Ctrl-C and SIGTERM while a command is still imported, at its first lines, and when it is done."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from commands import LONGEST_S, environment

if TYPE_CHECKING:
    from pathlib import Path

RUN = ("run", "CreateFlowLog", "--endpoint", "http://127.0.0.1:9", "--report-dir", "report")

# Counted in imports, not in seconds: a signal comes at the same place on every machine.
PROGRAM = """
import json, os, signal, sys
from conformance.cli import main

def stopped(number, at):
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    left = iter(range(at, -1, -1))
    cared = []
    install = signal.signal
    def installed(given, handler):
        before = install(given, handler)
        cared.append(given)
        return before
    signal.signal = installed
    def hook(event, _):
        if event == "import" and signal.SIGTERM in cared and next(left, None) == 0:
            signal.raise_signal(number)
    sys.addaudithook(hook)
    main()

number, words = json.loads(sys.argv[1])
step = int(sys.argv[2])
sys.argv[1:] = words
found = []
while (status := stopped(number, len(found) * step)) in (130, 143):
    found.append(status)
os.write(1, (json.dumps([found, status]) + "\\n").encode())
"""


def stopped_at_imports(number: int, words: tuple[str, ...], step: int, folder: Path) -> tuple[list[int], str]:
    """Return how a command ends that gets a signal at an import, at a later one, and so on, and what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps([number, words]), str(step)],
        cwd=folder,
        # What measures coverage handles SIGTERM itself, and has imported much.
        env={name: text for name, text in environment().items() if not name.startswith("COVERAGE_")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=LONGEST_S,
        check=True,
    )
    *printed, last = done.stdout.splitlines()
    statuses, finished = json.loads(last)
    assert finished in {0, 3}
    return statuses, "\n".join(printed)


def test_before_signals_are_cared_for_next_to_nothing_is_imported() -> None:
    code = "import sys; before = set(sys.modules); import conformance.cli; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", timeout=60, check=True)
    assert set(done.stdout.split()) <= {
        "__future__",
        "gc",
        "conformance",
        "conformance.cli",
    }  # `gc` is in the interpreter


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(("words", "step", "least"), [(("--version",), 30, 4), (RUN, 80, 5)])
def test_a_signal_at_any_import_ends_a_command_with_its_status_and_no_traceback(
    number: int, words: tuple[str, ...], step: int, least: int, tmp_path: Path
) -> None:
    statuses, printed = stopped_at_imports(number, words, step, tmp_path)
    assert len(statuses) >= least
    assert set(statuses) == {128 + number}
    assert "Traceback" not in printed
    assert "KeyboardInterrupt" not in printed


@pytest.mark.deep
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_at_each_import_ends_a_run_with_its_status_and_no_traceback(number: int, tmp_path: Path) -> None:
    statuses, printed = stopped_at_imports(number, RUN, 3, tmp_path)
    assert len(statuses) >= 100
    assert set(statuses) == {128 + number}
    assert "Traceback" not in printed
    assert "KeyboardInterrupt" not in printed
