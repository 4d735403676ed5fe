"""A process that answers messages, and may be killed at any moment: that is seen at once, and nothing waits for it.

A pool of the standard library waits for ever when a process is killed while it starts, or in the middle of a message:
there each process holds all ends of a shared pipe. Here each process has a pipe of its own, of which this process keeps
no second end, so what a killed one leaves is the end of the file.
"""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager, suppress
from functools import partial
from multiprocessing import Pipe, get_context, resource_tracker
from typing import TYPE_CHECKING, Final

from conformance.core.errors import HarnessError
from conformance.core.termination import TERMINATION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

_ENDS_WITHIN_S: Final = 5.0
"""How long a process may take to end when it is told to."""


class WorkerLostError(Exception):
    """A process ended before it gave back what it was asked for."""


class ChildProcess:
    """A process with a pipe. Ctrl-C and SIGTERM do not reach it unless it lets them in.

    Args:
        serve: What it does with its end of the pipe, until that is closed; picklable, unless it is forked.
        forked: Whether it begins as a copy of this process, with all that is loaded, instead of anew.
        siblings: Of a forked one, the other processes with a pipe that this one has.

    Attributes:
        connection: This end of the pipe.
    """

    def __init__(
        self,
        serve: Callable[[Connection], None],
        *,
        forked: bool = False,
        siblings: Sequence[ChildProcess] = (),
    ) -> None:
        self.connection, theirs = Pipe()
        process: BaseProcess
        if forked:
            # Else it would hold ends of pipes of which only this process may hold one.
            inherited = [self.connection, *(each.connection for each in siblings)]
            serve = partial(_closing, inherited, serve)
            process = get_context("fork").Process(target=serve, args=(theirs,), daemon=True)
        else:
            resource_tracker.ensure_running()  # which lets in what is blocked below when it begins
            # What goes along with the start has to fit into a pipe at once, so all else is sent afterwards.
            process = get_context("spawn").Process(target=_silent, args=(serve, theirs), daemon=True)
        self._process = process
        with _ctrl_c_blocked():  # which the process inherits
            process.start()
            theirs.close()
            del theirs  # Python loses what is raised while it deletes something

    def send(self, message: object) -> None:
        """Send something; raises `WorkerLostError`."""
        try:
            self.connection.send(message)
        except OSError:
            raise WorkerLostError from None

    def receive(self) -> object:
        """Return what it sent.

        Raises:
            WorkerLostError: When it ended before.
            Exception: What the process raised.
        """
        try:
            answer = self.connection.recv()
        except (EOFError, OSError):
            raise WorkerLostError from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def interrupt(self) -> None:
        """Send it what Ctrl-C sends."""
        if self._process.is_alive() and self._process.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGINT)

    def let_go(self) -> None:
        """Let it end as soon as it has done what it was asked for; `close` waits for that."""
        self.connection.close()

    def close(self, within_s: float = _ENDS_WITHIN_S) -> None:
        """End it; one that does not end by itself in so many seconds is killed."""
        self.let_go()
        try:
            self._process.join(0 if TERMINATION.at_once else within_s)
        finally:  # a second Ctrl-C ends the waiting, and nothing may be left that the interpreter waits for at its end
            if self._process.is_alive():
                self._process.kill()
                self._process.join()


def _closing(inherited: Sequence[Connection], serve: Callable[[Connection], None], theirs: Connection) -> None:
    """In a forked process: let go of the ends of pipes that it does not use, and serve."""
    for each in inherited:
        each.close()
    serve(theirs)


def _silent(serve: Callable[[Connection], None], theirs: Connection) -> None:
    """In a process that began anew: serve, and print nothing, not even when the interpreter ends.

    What went wrong here is told to the process that asked. It knows what else failed, and all that is secret.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)
    try:
        serve(theirs)
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is told
        with suppress(OSError):
            _send(theirs, fault)


@contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def answer_all(connection: Connection, work: Callable[[object], object]) -> None:
    """In the process: answer every message with what some work makes of it, or with what that raises."""
    while True:
        message = connection.recv()
        answer: object
        try:
            answer = work(message)
        except Exception as fault:  # noqa: BLE001 - whatever it is, the process that asked raises it
            answer = fault
        _send(connection, answer)


def _send(connection: Connection, answer: object) -> None:
    try:
        connection.send(answer)
    except OSError:
        raise
    except Exception:  # noqa: BLE001 - an exception that cannot be sent
        connection.send(HarnessError(f"a process failed: {type(answer).__name__}"))
