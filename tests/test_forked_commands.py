"""A command that is forked for the tests is to them as one that is started: these have both, and compare them."""

from __future__ import annotations

import os
import signal
import sys
from typing import TYPE_CHECKING

import pytest
from commands import LONGEST_S, WITHOUT_OTHERS, environment, run_program, script, started
from forked_servers import program_of
from forked_workers import TESTS

if TYPE_CHECKING:
    from pathlib import Path

PYTEST = (sys.executable, "-m", "pytest", *WITHOUT_OTHERS, "-q", "-p", "no:cacheprovider")


@pytest.mark.parametrize("words", [("--version",), ("no-such-command",), ("coverage", "CreateFlowLog")])
def test_a_command_says_and_ends_as_one_that_is_started(words: tuple[str, ...], tmp_path: Path) -> None:
    ended = [run_program(script(), *words, folder=tmp_path, forked=forked) for forked in (True, False)]
    first, second = [(each.returncode, each.stdout, each.stderr) for each in ended]
    assert first == second


def test_pytest_has_its_folder_its_modules_and_its_status(tmp_path: Path) -> None:
    (tmp_path / "beside").mkdir()
    (tmp_path / "beside" / "helper_of_this.py").write_text("VALUE = 7\n")
    (tmp_path / "test_this.py").write_text(
        "import os, sys, helper_of_this\n"
        "def test_this():\n    assert (helper_of_this.VALUE, os.environ['GIVEN'], sys.argv[-1]) == (7, 'x', 'y')\n"
    )
    env = environment(PYTHONPATH=str(tmp_path / "beside"), GIVEN="x")
    for forked in (True, False):
        done = run_program(*PYTEST, "test_this.py", folder=tmp_path, env=env, forked=forked)
        assert done.returncode == 1
        assert "(7, 'x', 'test_this.py')" in done.stdout
        assert "warning" not in done.stdout + done.stderr


def test_a_signal_ends_it_and_is_its_status(tmp_path: Path) -> None:
    with started(script(), "mock", "--port", "0", folder=tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        assert (process.poll(), os.getpgid(process.pid)) == (None, process.pid)
        process.send_signal(signal.SIGKILL)
        assert process.wait(LONGEST_S) == process.returncode == process.poll() == -signal.SIGKILL


def test_what_says_how_python_starts_is_started(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").touch()
    here = dict(os.environ)
    assert program_of([script(), "run"], here) == ("conformance", ["run"])
    assert program_of([*PYTEST, "x"], here) is not None
    others = ({"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C"}, {"PYTHONPATH": str(tmp_path)})
    assert [program_of([script(), "run"], {**here, **other}) for other in others] == [None] * 3
    assert [program_of(words, here) for words in (["sh"], [sys.executable, "x.py"], [*PYTEST[:3]])] == [None] * 3


FORKS_WORKERS = """
import pytest
from pathlib import Path
from forked_workers import WorkersOrigin, add_paths

def pytest_configure():
    add_paths()

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionstart(session):
    if not session.config.option.numprocesses:
        return (yield)
    origin = WorkersOrigin(Path.cwd())
    session.config.add_cleanup(origin.stop)
    with origin.forks():
        return (yield)
"""


def in_forked_workers(folder: Path, test: str, *words: str) -> str:
    """Run a module of tests in a worker that is forked with it, and return what pytest says."""
    (folder / "conftest.py").write_text(FORKS_WORKERS)
    (folder / "test_this.py").write_text(test)
    done = run_program(*PYTEST, "-n1", *words, folder=folder, env=environment(PYTHONPATH=str(TESTS)))
    return done.stdout + done.stderr


def test_a_worker_has_the_modules_of_its_tests_and_starts_others_as_users_do(tmp_path: Path) -> None:
    said = in_forked_workers(
        tmp_path,
        "import os, subprocess, sys\n"
        "sys.path.append('/added/when/imported')\n"
        "def test_it_finds_modules_where_this_one_added_them():\n    assert '/added/when/imported' in sys.path\n"
        "IMPORTED_BY = os.getpid()\n"
        "def test_it_was_imported_before():\n    assert IMPORTED_BY != os.getpid()\n"
        "def test_what_is_started_is_no_fork():\n    assert subprocess.Popen.__name__ == 'Popen'\n"
        "def test_a_failure_tells_values():\n    assert {'a': 1} == {'a': 2}\n",
    )
    assert "1 failed, 3 passed" in said
    assert "AssertionError: assert {'a': 1} == {'a': 2}" in said
    assert "warning" not in said


def test_a_warning_of_a_module_that_is_imported_before_is_told(tmp_path: Path) -> None:
    text = "import warnings\nwarnings.warn('of old', DeprecationWarning)\ndef test_it():\n    pass\n"
    assert "DeprecationWarning: of old" in in_forked_workers(tmp_path, text, "-Werror")
