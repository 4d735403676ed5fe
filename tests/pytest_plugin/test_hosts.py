"""Three hosts made of network namespaces: one is cut off in the middle of a run, and parts of a run are joined."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys

import pytest
from commands import LONGEST_S, OPERATION, REPOSITORY, WITHOUT_OTHERS, environment, run_program

SCRIPT = str(REPOSITORY / "benchmarks" / "hosts.py")

LEFT_ALONE = """
import signal, subprocess, sys
import lan

def work():
    network = lan.Lan(1)
    network.add("h1", "10.213.0.11")
    network.start()
    subprocess.Popen(lan.inside("h1", "sleep", "600"))
    print("ready", flush=True)
    if "fail" in sys.argv:
        raise ValueError("on purpose")
    signal.pause()

if lan.missing():
    sys.exit(lan.missing())
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(lan.private(work))
"""


def run_script(*words: str) -> subprocess.CompletedProcess[str]:
    return run_program(sys.executable, SCRIPT, *words, env=environment(PYTEST_ADDOPTS=" ".join(WITHOUT_OTHERS)))


def lines_of(run: str) -> list[str]:
    """Return what the script says of one of its runs, over sockets; every case has its verdict in it."""
    # Slow enough that there is a middle, also on a busy machine.
    quick = ("--latency-ms", "5", "--silence-s", "1", "--rate", "5", "-k", "MissingParameter")
    done = run_script("--operation", OPERATION, "--connect", "socket", "--only", run, *quick)
    if done.returncode == 2 and done.stderr.startswith("hosts: "):
        pytest.skip(done.stderr.strip())  # no root, no `ip`, or a kernel that makes no namespaces for us
    assert done.returncode == 0, done.stdout + done.stderr
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert lines[-1] == "as it must be"
    return lines


def test_of_three_hosts_one_is_cut_off_and_no_case_is_lost() -> None:
    lines = lines_of("cut")
    assert "lost: none; counted twice: none; other verdict: none; errors: 0" in lines
    (hosts,) = [line for line in lines if line.startswith("cases by host: ")]
    # How many cases each of the others takes over is a matter of time, for the worker on this machine perhaps none.
    assert re.search(r"\b10\.213\.0\.12:8888 \d+ \(lost\), .*\bthis machine \d+$", hosts), hosts


def test_the_parts_that_three_hosts_ran_are_merged() -> None:
    assert "merged == single, but for times and ids" in lines_of("shards")


@pytest.mark.skipif(os.geteuid() == 0, reason="root can make network namespaces")
def test_without_root_it_says_so_in_one_line() -> None:
    done = run_script()
    assert done.returncode == 2
    assert done.stderr == "hosts: needs root, to make network namespaces\n"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL, "fail"])
def test_nothing_stays_behind(how: signal.Signals | str) -> None:
    words = [sys.executable, "-c", LEFT_ALONE, *([how] if isinstance(how, str) else [])]
    env = environment(PYTHONPATH=str(REPOSITORY / "benchmarks"))
    with subprocess.Popen(words, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout is not None
        if process.stdout.readline() != "ready\n":
            pytest.skip(process.communicate()[1].strip().rpartition("\n")[2])
        if not isinstance(how, str):
            process.send_signal(how)
        # Whoever is left of what was started holds the other end of the pipes, so this ends when nobody is.
        _, err = process.communicate(timeout=LONGEST_S)
    expected = {signal.SIGINT: 130, "fail": 1}
    assert process.returncode == expected.get(how, -int(how) if not isinstance(how, str) else None)
    assert ("ValueError: on purpose" in err) == (how == "fail")
