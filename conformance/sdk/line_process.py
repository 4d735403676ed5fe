"""A child process that answers lines with lines: every wait has an end, and nothing that it started is left behind."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

LONGEST_LINE: Final = 8 * 1024 * 1024
LAST_STDERR: Final = 65_536
"""Bytes of standard error that are kept."""
FIRST_STDERR: Final = 16_384
"""Bytes of standard error since the last answer that are kept beside them: the first line of a long stack trace."""
_CHUNK: Final = 65_536
_LOOK_S: Final = 0.2
"""How often to see whether the process has ended while something that it started holds its pipes open."""
_END_S: Final = 1.0
"""How long a process that closed its standard output may take to end, before it counts as still running."""


class LineProcessError(Exception):
    """The process cannot be used any more; the text says what it did, for a person: `ended with status 1`."""


class LineProcess:
    """A child process in a process group of its own. Used by one thread, except for `kill`.

    Args:
        command: The program and its arguments.
        folder: Its working directory; that of this process unless given.
        environment: Its environment, whole.

    Raises:
        OSError: When it cannot be started.
    """

    def __init__(self, command: Sequence[str], folder: Path | None, environment: Mapping[str, str]) -> None:
        self._popen = subprocess.Popen(  # noqa: S603 - a driver of the project, or one that the user named
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        pipes = (self._popen.stdin, self._popen.stdout, self._popen.stderr)
        self._in, self._out, self._err = (pipe.fileno() for pipe in pipes if pipe is not None)
        for pipe in (self._in, self._out, self._err):
            os.set_blocking(pipe, False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._out, selectors.EVENT_READ, self._read_out)
        self._selector.register(self._err, selectors.EVENT_READ, self._read_err)
        self._unsent = b""
        self._received = bytearray()
        self._searched = 0
        self._out_ended = False
        self._stderr = bytearray()
        self._stderr_cut = False
        self._new_stderr = bytearray()
        self._lock = threading.Lock()
        self._reaped = False

    @property
    def process_id(self) -> int:
        """The id of the process, which is also that of its group."""
        return self._popen.pid

    @property
    def leftover(self) -> bytes:
        """What it wrote that was not read as an answer."""
        return bytes(self._received)

    def last_stderr(self) -> str:
        """Return the end of its standard error, in whole lines."""
        self._drain()
        text = self._stderr.decode(errors="replace")
        return text.partition("\n")[2] if self._stderr_cut else text

    def first_stderr(self) -> str:
        """Return the beginning of what it has written to standard error since its last answer."""
        self._drain()
        text = self._new_stderr.decode(errors="replace")
        # Half of a line may hold half of a secret, which nobody recognises.
        return text if len(self._new_stderr) < FIRST_STDERR else text.rpartition("\n")[0]

    def exchange(self, line: bytes, within_s: float) -> bytes:
        """Write a line, and return the line that comes back, without its end.

        Raises:
            LineProcessError: When none comes in time, when it ended, and when it wrote something that nobody asked for.
        """
        self._transfer(0)
        if self._received:
            raise LineProcessError("wrote a line that nobody asked for")
        self._unsent = line
        self._selector.register(self._in, selectors.EVENT_WRITE, self._write)
        answer = self._wait_for_line(time.monotonic() + within_s, within_s)
        if self._unsent:
            raise LineProcessError("answered before it had read the request")
        if self._received:
            raise LineProcessError("wrote more than one line for one request")
        self._new_stderr.clear()
        return answer

    def _wait_for_line(self, deadline: float, within_s: float) -> bytes:
        while True:
            found = self._received.find(b"\n", self._searched)
            if found >= 0:
                answer = bytes(self._received[:found])
                del self._received[: found + 1]
                self._searched = 0
                return answer
            self._searched = len(self._received)
            if self._searched > LONGEST_LINE:
                raise LineProcessError(f"wrote a line of more than {LONGEST_LINE // 1024 // 1024} MiB")
            if self._out_ended:
                raise LineProcessError(self._how_it_ended())
            left = deadline - time.monotonic()
            if left <= 0:
                raise LineProcessError(f"gave no answer within {within_s:g} s")
            # In this order: what it wrote before it ended is in the pipe by then.
            ended = self.exit_status() is not None
            if not self._transfer(min(left, _LOOK_S)) and ended:
                raise LineProcessError(self._how_it_ended())

    def end_of_input(self, within_s: float) -> bool:
        """Close its standard input, and return whether it ended in time."""
        self._close_input()
        return self.ends(within_s)

    def ends(self, within_s: float) -> bool:
        """Wait for its end, reading what it still writes; return whether it came in time."""
        deadline = time.monotonic() + within_s
        while self.exit_status() is None:
            if time.monotonic() > deadline:
                return False
            if self._out_ended:
                time.sleep(0.01)
            else:
                self._transfer(0.02)
        self._drain()
        return True

    def exit_status(self) -> int | None:
        """Return its exit status, negative for a signal, `None` while it lives.

        It is not reaped here: as long as it is not, no other process gets its id, and its group can be killed.
        """
        if self._reaped or sys.platform != "linux":
            return self._popen.poll()
        found = os.waitid(os.P_PID, self._popen.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if found is None:
            return None
        return found.si_status if found.si_code == os.CLD_EXITED else -found.si_status

    def kill(self) -> None:
        """Kill it and what it started; may be called by any thread. A thread that waits for it sees that it ended."""
        with self._lock:
            if not self._reaped:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._popen.pid, signal.SIGKILL)

    def dispose(self) -> None:
        """Kill it and what it started, and close its pipes; a second call does nothing."""
        self.kill()
        with self._lock:
            if self._reaped:
                return
            self._popen.wait()
            self._reaped = True
        self._selector.close()
        for pipe in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
            if pipe is not None:
                pipe.close()

    def _drain(self) -> None:
        """Read what is left in the pipes, but not endlessly: something that it started may go on writing."""
        for _ in range(LONGEST_LINE // _CHUNK):
            if not self._transfer(0):
                return

    def _transfer(self, within_s: float) -> bool:
        """Read and write what the pipes take, waiting so long for the first; return whether anything happened."""
        events = self._selector.select(within_s)
        for key, _ in events:
            key.data()
        return bool(events)

    def _write(self) -> None:
        try:
            written = os.write(self._in, self._unsent)
        except BlockingIOError:
            return
        except BrokenPipeError:
            # It does not read any more. What it wrote, and how it ended, explain more than that.
            written = 0
            self._selector.unregister(self._in)
            return
        self._unsent = self._unsent[written:]
        if not self._unsent:
            self._selector.unregister(self._in)

    def _read_out(self) -> None:
        try:
            read = os.read(self._out, _CHUNK)
        except BlockingIOError:
            return
        self._received += read
        if not read:
            self._out_ended = True
            self._selector.unregister(self._out)

    def _read_err(self) -> None:
        try:
            read = os.read(self._err, _CHUNK)
        except BlockingIOError:
            return
        if not read:
            self._selector.unregister(self._err)
        self._new_stderr += read[: FIRST_STDERR - len(self._new_stderr)]
        self._stderr += read
        if len(self._stderr) > LAST_STDERR:
            del self._stderr[:-LAST_STDERR]
            self._stderr_cut = True

    def _close_input(self) -> None:
        if self._popen.stdin is not None and not self._popen.stdin.closed:
            with suppress(KeyError):
                self._selector.unregister(self._in)
            self._popen.stdin.close()

    def _how_it_ended(self) -> str:
        middle = " in the middle of a line" if self._received else ""
        if not self.ends(_END_S):
            return f"closed its standard output{middle}, but lives on"
        status = self.exit_status() or 0
        if status < 0:
            return f"was killed by {_name_of(-status)}{middle}"
        return f"ended with status {status}{middle}"


def _name_of(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
