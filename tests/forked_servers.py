"""Reference servers and commands for tests, forked from one process that has imported what they need.

`fork_origin.py` is that process; it is started when the first server or command is asked for. The workers of a run of
all tests are forked from it, too (`forked_workers.py`), and share it; each other process that runs tests has its own.
`tests/server/test_server_process.py` starts servers as users do; what starts a command says so with `forked=False`
where the start itself is what is tested.
"""

from __future__ import annotations

import json
import os
import select
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from fork_origin import LONGEST, NUMBER, Asked

from conformance.core.child_environment import without_secrets
from conformance.core.workspace import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PROGRAM = Path(__file__).with_name("fork_origin.py")
_SCRIPTS = {str(Path(sys.executable).with_name(name)): name for name in ("conformance", "pytest")}
_AT_START = ("PYTHON", "LANG", "LC_", "LD_", "COVERAGE_")
"""How variables begin that Python, or what it is linked with, reads when it starts."""


class Origin:
    """Has servers and commands forked, from one process that is started when the first one is asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def fork(self, asked: Asked, streams: Sequence[int]) -> tuple[int, IO[bytes]]:
        """Have a process forked with these standard streams.

        Returns:
            Its id, and a pipe from which its exit status is read when it has ended.
        """
        status, told = os.pipe()
        with self._lock:
            control = self._started()
            socket.send_fds(control, [json.dumps(asked).encode()], [*streams, told])
        os.close(told)
        pipe = os.fdopen(status, "rb", buffering=0)
        return read_number(pipe), pipe

    def start_server(self, options: str, words: IO[bytes]) -> ForkedServer:
        """Start a server, as `conformance.server.process.start_child` does."""
        given, stdin = os.pipe()
        stdout, written = os.pipe()
        asked = Asked(
            program="server", words=[options], folder=str(Path.cwd()), environment=without_secrets(), leads=False
        )
        try:
            pid, status = self.fork(asked, [given, written, words.fileno()])
        finally:
            for end in (given, written):
                os.close(end)
        return ForkedServer(pid, os.fdopen(stdin, "wb"), os.fdopen(stdout, "rb"), status)

    def ask_by(self, control: socket.socket) -> None:
        """Have the process that reads from this socket fork, instead of one of its own."""
        self._control = control

    def stop(self) -> None:
        """End the process that others are forked from; those that run are not touched."""
        if self._control is not None and self._process is not None:
            self._control.close()
            self._process.wait()
            self._control = self._process = None

    def _started(self) -> socket.socket:
        if self._control is None:
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._control.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, LONGEST)
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, str(_PROGRAM), str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    env={name: value for name, value in os.environ.items() if name != VARIABLE},
                )
        return self._control


ORIGIN = Origin()
"""The one of this process."""


def read_number(pipe: IO[bytes]) -> int:
    """Return a process id or an exit status that the origin tells."""
    number = pipe.read(NUMBER)
    assert len(number) == NUMBER, "the process that others are forked from has ended"
    return int.from_bytes(number, sys.byteorder, signed=True)


class ForkedServer:
    """A server's process: what `ReferenceServer` uses of `Popen`."""

    def __init__(self, pid: int, stdin: IO[bytes], stdout: IO[bytes], status: IO[bytes]) -> None:
        self.pid = pid
        self.stdin = stdin
        self.stdout = stdout
        self.returncode: int | None = None
        self._status = status

    def kill(self) -> None:
        """End it at once; one that has ended is fine."""
        if self.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, 9)

    def wait(self) -> int:
        """Wait for its end, and return its exit status, or the number of its signal below zero."""
        if self.returncode is None:
            self.returncode = read_number(self._status)
            self._status.close()
        return self.returncode


def program_of(command: Sequence[str], environment: Mapping[str, str]) -> tuple[Any, list[str]] | None:
    """Return which program of the origin a command is, and its words; `None` when it has to be started.

    That is so for other programs, and where the environment says how Python is to start.
    """
    first, *words = command
    if _SCRIPTS.get(first) == "conformance":
        found = "conformance", words
    elif _SCRIPTS.get(first) == "pytest":
        found = "pytest", words
    elif first == sys.executable and words[:2] == ["-m", "pytest"]:
        found = "pytest", words[2:]
    elif first == sys.executable and words[:2] == ["-u", "-c"]:
        found = "code", words[2:]  # a process of pytest-xdist
    else:
        return None
    if found[0] == "pytest" and "no:schemathesis" not in " ".join(words):
        return None  # the plugins of others are not imported as pytest imports them
    names = {name for name in {*environment, *os.environ} if name.startswith(_AT_START)} - {"PYTHONPATH"}
    if any(environment.get(name) != os.environ.get(name) for name in names):
        return None
    folders = environment.get("PYTHONPATH", "").split(os.pathsep)
    return None if any(Path(folder, "sitecustomize.py").exists() for folder in folders if folder) else found


def _readable(pipe: IO[bytes]) -> bool:
    ready = select.poll()  # `select.select` takes no descriptor above 1023
    ready.register(pipe, select.POLLIN)
    return bool(ready.poll(0))


class ForkedPopen(subprocess.Popen[str]):
    """A command of the project that is forked, and not started, where that makes no difference.

    It is used as any `Popen`. What is overridden is how a child comes to be and how its end is seen: it is no child of
    this process, so the origin tells its exit status.
    """

    origin = ORIGIN
    """What forks it."""
    _status: IO[bytes] | None = None

    def _execute_child(self, args: Any, *rest: Any) -> None:
        names = (
            *("executable", "preexec_fn", "close_fds", "pass_fds", "cwd", "env", "startupinfo", "creationflags"),
            *("shell", "p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite"),
            *("restore_signals", "gid", "gids", "uid", "umask", "start_new_session", "process_group"),
        )
        given = dict(zip(names, rest, strict=True))
        environment = dict(os.environ) if given["env"] is None else given["env"]
        found = None if given["shell"] or given["pass_fds"] else program_of(args, environment)
        if found is None:
            super()._execute_child(args, *rest)  # type: ignore[misc]
            return
        program, words = found
        asked = Asked(
            program=program,
            words=words,
            folder=str(given["cwd"] or Path.cwd()),
            environment=environment,
            leads=given["start_new_session"],
        )
        ends = (given[name] for name in ("p2cread", "c2pwrite", "errwrite"))
        streams = [number if end == -1 else end for number, end in enumerate(ends)]
        try:
            self.pid, self._status = self.origin.fork(asked, streams)
        finally:
            self._close_pipe_fds(*rest[9:15])  # type: ignore[attr-defined]
        self._child_created = True

    def _internal_poll(self, *rest: Any, **named: Any) -> int | None:
        if self._status is None:
            return super()._internal_poll(*rest, **named)  # type: ignore[misc,no-any-return]
        with self._waitpid_lock:  # type: ignore[attr-defined]
            if self.returncode is None:
                self._try_wait(os.WNOHANG)
        return self.returncode

    def _try_wait(self, wait_flags: int) -> tuple[int, int]:
        """Return the process id and its status as `os.waitpid` gives it; without an end yet both are 0."""
        if self._status is None:
            return super()._try_wait(wait_flags)  # type: ignore[misc,no-any-return]
        if wait_flags == os.WNOHANG and not _readable(self._status):
            return 0, 0
        with self._status:
            self.returncode = status = read_number(self._status)
        return self.pid, -status if status < 0 else status << 8
