"""Reference servers for tests: forked from one process that has imported what a server needs.

Most of what a server takes to start, half a second of a processor, is its imports and the files that come with the
project; a fork of a process that has them takes hundredths. It is a process of its own all the same: with its memory,
its environment and its end. Run as a program, this module is the process that they are forked from.
`tests/server/test_server_process.py` starts servers as users do.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import threading
import traceback
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn, TypedDict

import conformance.server
from conformance.contract import catalogue
from conformance.core.child_environment import without_secrets
from conformance.core.resources import openapi_dir
from conformance.core.workspace import VARIABLE, workspace_root
from conformance.server.app import make_app
from conformance.server.build import build_plan, unused_behaviours
from conformance.server.provider_states import provider_states

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.model import Contract

_REPOSITORY = Path(__file__).resolve().parents[1]
_NUMBER = 8
"""Bytes of a process id, and of an exit status."""
_LONGEST = 1 << 20
_STREAMS = 3


class Asked(TypedDict):
    """What a server is started with."""

    options: str
    folder: str
    environment: dict[str, str]


class ForkedServers:
    """Forks servers, from one process that is started when the first one is asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._origin: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def start(self, options: str, words: IO[bytes]) -> ForkedServer:
        """Start a server, as `conformance.server.process.start_child` does."""
        given, stdin = os.pipe()
        stdout, written = os.pipe()
        status, told = os.pipe()
        asked = Asked(options=options, folder=str(Path.cwd()), environment=without_secrets())
        with self._lock:
            control = self._started()
            socket.send_fds(control, [json.dumps(asked).encode()], [given, written, words.fileno(), told])
        for end in (given, written, told):
            os.close(end)
        return ForkedServer(os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb"), os.fdopen(status, "rb"))

    def stop(self) -> None:
        """End the process that servers are forked from; those that run are not touched."""
        if self._control is not None and self._origin is not None:
            self._control.close()
            self._origin.wait()

    def _started(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._control.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _LONGEST)
            with theirs:
                self._origin = subprocess.Popen(
                    [sys.executable, __file__, str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    env={name: value for name, value in os.environ.items() if name != VARIABLE},
                )
        return self._control


class ForkedServer:
    """A server's process: what `ReferenceServer` uses of `Popen`."""

    def __init__(self, stdin: IO[bytes], stdout: IO[bytes], status: IO[bytes]) -> None:
        self.stdin = stdin
        self.stdout = stdout
        self.returncode: int | None = None
        self._status = status
        self.pid = self._told()

    def kill(self) -> None:
        """End it at once; one that has ended is fine."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Wait for its end, and return its exit status, or the number of its signal below zero."""
        if self.returncode is None:
            self.returncode = self._told()
            self._status.close()
        return self.returncode

    def _told(self) -> int:
        number = self._status.read(_NUMBER)
        assert len(number) == _NUMBER, "the process that servers are forked from has ended"
        return int.from_bytes(number, sys.byteorder, signed=True)


# The process that servers are forked from.


def _serve_requests(control: socket.socket) -> None:
    _import_all()
    _read_what_comes_with_the_project()
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it ends with whoever asks
    for asked, streams in _requests(control):
        _count_those_that_ended()
        if os.fork() == 0:
            control.close()
            _keep(json.loads(asked), streams)
        for stream in streams:
            os.close(stream)
    _count_those_that_ended()


def _count_those_that_ended() -> None:
    """Have the processor time of servers that ended be among that of the test run."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _requests(control: socket.socket) -> Iterator[tuple[bytes, list[int]]]:
    while True:
        asked, streams, _, _ = socket.recv_fds(control, _LONGEST, _STREAMS + 1)
        if not asked:
            return
        yield asked, streams


def _import_all() -> None:
    """Import all of the server, also what it imports when it needs it."""
    for name in ("uvicorn.loops.asyncio", "uvicorn.lifespan.off", "conformance.contract.openapi.overlay"):
        importlib.import_module(name)
    for found in pkgutil.walk_packages(conformance.server.__path__, "conformance.server."):
        importlib.import_module(found.name)


def _read_what_comes_with_the_project() -> None:
    """Read once what each server would read again: files that no test changes, where no workspace has others."""
    bundled = openapi_dir().resolve()
    read = catalogue._load  # noqa: SLF001
    read_once = cache(read)

    def load(path: Path, *, overlays: bool) -> Contract:
        kept = path.resolve().is_relative_to(bundled) and workspace_root() in (None, _REPOSITORY)
        return (read_once if kept else read)(path, overlays=overlays)

    catalogue._load = load  # noqa: SLF001
    for folder in (_REPOSITORY, Path(__file__).parent):  # in which the files have their short and their whole names
        os.chdir(folder)
        make_app(build_plan())
        unused_behaviours()
    provider_states.cache_clear()  # those of the folder


def _forget_all() -> None:
    """Empty every cache of the package."""
    modules = [module for name, module in sys.modules.items() if name.startswith("conformance.")]
    for kept in [value for module in modules for value in vars(module).values()]:
        if callable(clear := getattr(kept, "cache_clear", None)):
            clear()


def _keep(asked: Asked, streams: list[int]) -> NoReturn:
    """Fork a server, tell its process id, wait for its end and tell its exit status."""
    *standard, told = streams
    child = os.fork()
    if child == 0:
        os.close(told)
        _become_server(asked, standard)
    for number in (*standard, 0, 1, 2):
        os.close(number)
    os.write(told, child.to_bytes(_NUMBER, sys.byteorder, signed=True))
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    with suppress(BrokenPipeError):
        os.write(told, status.to_bytes(_NUMBER, sys.byteorder, signed=True))
    os._exit(0)


def _become_server(asked: Asked, standard: list[int]) -> NoReturn:
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number, stream in enumerate(standard):
            os.dup2(stream, number)
            os.close(stream)
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["environment"])
        if workspace_root() not in (None, _REPOSITORY):
            _forget_all()  # from its folder, its files have the names that those of the project have from theirs
        from conformance.server.__main__ import main  # noqa: PLC0415 - imported long before

        status = main(asked["options"])
    except BaseException:  # noqa: BLE001 - what becomes of it is told as a program tells it
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    _serve_requests(socket.socket(fileno=int(sys.argv[1])))
