"""Runs that begin at once: a process loads the code of a run, reads nothing else, and forks for each run.

It gets one line of JSON on standard input for each, and tells the exit status as a line in a pipe. When standard input
ends, so does it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Final, NoReturn, Self

from conformance.core.errors import HarnessError
from conformance.core.termination import TERMINATION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

_LOADED: Final = (
    "conformance.cli.run",
    "conformance.engine.engine",
    "conformance.reports.formats.terminal",
    "conformance.reports.formats.html",
    "conformance.server.process",
    "rich.progress",
)
"""What a run needs; of what it does not find here it loads the rest later."""


class LoadedRuns:
    """Runs, one after another, each in a process of its own, for a `with` block."""

    def __enter__(self) -> Self:
        """Begin to load."""
        self._line = b""
        self._told, tells = os.pipe()
        try:
            command = [sys.executable, "-m", __name__, str(tells)]
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, pass_fds=[tells])  # noqa: S603 - this program
        finally:
            os.close(tells)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.stdin is not None:
            with suppress(OSError):
                self._process.stdin.close()
        self._process.wait()
        os.close(self._told)

    def run(self, words: Sequence[str], environment: Mapping[str, str]) -> int:
        """Run, and wait until that has ended.

        Args:
            words: Those of the command line.
            environment: Variables beside those of this process.

        Returns:
            The exit status.

        Raises:
            KeyboardInterrupt: When that arrives, after the run has ended.
            HarnessError: When the process that has loaded the code is not there any more.
        """
        line = json.dumps([list(words), dict(environment)]) + "\n"
        self._line = b""
        try:
            with suppress(BrokenPipeError):
                self._write(line.encode())
            return self._status()
        except KeyboardInterrupt:
            # Ctrl-C reaches the run by itself, and it takes back its states; SIGTERM comes to this process alone.
            if TERMINATION.arrived:
                self._process.terminate()
            with suppress(KeyboardInterrupt, HarnessError):
                self._status()
            raise

    def _write(self, line: bytes) -> None:
        if self._process.stdin is not None:
            self._process.stdin.write(line)
            self._process.stdin.flush()

    def _status(self) -> int:
        # Kept: Ctrl-C may come when it was read, and then it is asked for once more.
        while not self._line.endswith(b"\n"):
            part = os.read(self._told, 16)
            if not part:
                raise HarnessError("the process that makes the runs has ended", hint="begin again with --watch")
            self._line += part
        return int(self._line)


def main(tells: int) -> None:
    """Load the code of a run, and run whenever a line comes.

    Args:
        tells: The descriptor to which exit statuses are written.
    """
    on_interrupt = signal.getsignal(signal.SIGINT)
    ignored = on_interrupt is signal.SIG_IGN  # as for what a shell starts in the background: it stays so
    _on_interrupt(signal.SIG_IGN if ignored else signal.SIG_DFL)
    for name in _LOADED:
        import_module(name)
    while line := sys.stdin.readline():
        words, environment = json.loads(line)
        _on_interrupt(signal.SIG_IGN)  # it is for the run
        child = os.fork()
        if child == 0:
            os.close(tells)
            os.environ.update(environment)
            signal.signal(signal.SIGINT, on_interrupt)
            _run(words)
        signal.signal(signal.SIGTERM, lambda *_, child=child: os.kill(child, signal.SIGTERM))
        _, status = os.waitpid(child, 0)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        _on_interrupt(signal.SIG_IGN if ignored else signal.SIG_DFL)
        os.write(tells, f"{os.waitstatus_to_exitcode(status)}\n".encode())


def _on_interrupt(handler: signal.Handlers) -> None:
    signal.signal(signal.SIGINT, handler)


def _run(words: Sequence[str]) -> NoReturn:
    from conformance.cli import main as run  # noqa: PLC0415 - it is loaded by now

    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, sys.stdin.fileno())
    os.close(nothing)
    sys.argv[1:] = words
    run()
    sys.exit()


if __name__ == "__main__":
    main(int(sys.argv[1]))
