"""The processes that run all tests: each is forked from one that has imported every module of the tests.

To import them takes a worker of pytest-xdist half of its start, and each of them would do it again. The process that
imports them is forked from `fork_origin.py`, and the workers have servers and commands forked by that same origin.
"""

from __future__ import annotations

import gc
import os
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import bytecode
import fork_origin
import pytest
from forked_servers import ORIGIN, ForkedPopen, Origin, read_number
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TESTS = Path(__file__).parent
_PATHS: list[str] = []
"""Where modules came from in the process that this one was forked from."""


def add_paths() -> None:
    """In a worker: find modules where those that it was forked with added to `sys.path` when they were imported."""
    sys.path.extend(path for path in _PATHS if path not in sys.path)


class WorkersOrigin:
    """Forks the workers that pytest-xdist starts in this process, from a process that has imported all tests."""

    def __init__(self, tests: Path = TESTS) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, Path(os.devnull).open("wb") as nowhere:
            asked = fork_origin.Asked(
                program="workers", words=[str(tests)], folder=str(Path.cwd()), environment=dict(os.environ), leads=False
            )
            _, self._status = ORIGIN.fork(asked, [theirs.fileno(), nowhere.fileno(), 2])

    @contextmanager
    def forks(self) -> Iterator[None]:
        """Have what is started meanwhile be forked, if it is a worker."""
        origin = Origin()
        origin.ask_by(self._control)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(subprocess, "Popen", type("ForkedWorker", (ForkedPopen,), {"origin": origin}))
            yield

    def stop(self) -> None:
        """End the process that workers are forked from, and the one that it is forked from itself."""
        self._control.close()
        with self._status:
            read_number(self._status)
        ORIGIN.stop()


class _ImportsTests:
    """A plugin of pytest under which the tests are imported as pytest imports them, with assertions that tell values.

    A test that cannot be imported is left for the workers to tell.
    """

    def __init__(self, tests: Path) -> None:
        self._tests = tests

    def pytest_collection(self, session: pytest.Session) -> bool:
        del session
        bytecode.import_all(self._tests)
        _tried_once()
        return True


@settings(max_examples=1, database=None, suppress_health_check=list(HealthCheck))
@given(st.none())
def _tried_once(_: None) -> None:
    """Have Hypothesis read the constants of all modules, as it does once before its first example."""


def serve_workers(tests: str, kept: int) -> Callable[[], NoReturn] | None:
    """Be the process that workers are forked from, which is asked on its standard input.

    Args:
        tests: The folder of the tests.
        kept: The descriptor by which workers ask the origin.
    """
    without = ("cacheprovider", "faulthandler", "terminal", "schemathesis", "anyio", "conformance")
    options = ("-n0", "-Werror", "-c", os.devnull, *(f"-pno:{name}" for name in without))
    pytest.main([*options, tests], [_ImportsTests(Path(tests))])
    _PATHS.extend(sys.path)
    sys.stdout.flush()  # a worker would write what is left there
    sys.stderr.flush()
    gc.collect()
    gc.freeze()
    with socket.socket(fileno=os.dup(0)) as control:
        return fork_origin.serve_requests([control], kept)
