"""One process of several for a run, which may be killed at any moment: that is seen at once, and nothing waits for it.

A pool of the standard library waits for ever when a process is killed while it starts, or in the middle of a message:
there each process holds all ends of a shared pipe. Here each process has a pipe of its own, of which this process keeps
no second end, so what a killed one leaves is the end of the file.
"""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final, TypeAlias

from conformance.core.errors import HarnessError
from conformance.engine.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection

    from conformance.cases.model import Case
    from conformance.engine.notes import RunNote
    from conformance.engine.plan import Plan
    from conformance.engine.preflight.findings import PreflightFindings
    from conformance.judging.results import CaseResult

Done: TypeAlias = "tuple[list[CaseResult], list[RunNote]]"
"""What a process gives back: results, and the notes that it took meanwhile."""

_ENDS_WITHIN_S: Final = 5.0
"""How long a process may take to end when it is told to."""


class WorkerLostError(Exception):
    """A process ended before it gave back what it was asked for."""


class WorkerProcess:
    """A process that runs parts of a run's cases, one after another.

    Ctrl-C reaches it only while it runs a part.
    """

    def __init__(self) -> None:
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        # What goes along with the start has to fit into a pipe at once, so the plan is sent afterwards.
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        with _ctrl_c_blocked():  # which the process inherits
            self._process.start()
        theirs.close()

    def send(self, message: tuple[Plan, PreflightFindings] | Sequence[Case]) -> None:
        """Send the plan, which is the first message, or a part; raises `WorkerLostError`."""
        try:
            self.connection.send(message)
        except OSError:
            raise WorkerLostError from None

    def take(self) -> Done:
        """Return what the part that was sent led to.

        Raises:
            WorkerLostError: When the process ended before.
            ConformanceError: What the process raised.
        """
        try:
            answer: Done | Exception = self.connection.recv()
        except (EOFError, OSError):
            raise WorkerLostError from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def interrupt(self) -> None:
        """Have it end the part that it runs, as Ctrl-C does."""
        if self._process.is_alive() and self._process.pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGINT)

    def close(self) -> None:
        """End it; one that does not end by itself is killed."""
        self.connection.close()
        self._process.join(_ENDS_WITHIN_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


@contextmanager
def _ctrl_c_blocked() -> Iterator[None]:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection) -> None:
    """Run what is sent until the other end is closed, also because the process there was killed."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    with suppress(EOFError, OSError):
        plan, findings = connection.recv()
        engine = Engine(plan)
        engine.learn(findings)
        while True:
            part = connection.recv()
            answer: Done | Exception
            try:
                answer = _run(engine, part)
            except Exception as fault:  # noqa: BLE001 - whatever it is, the process that asked raises it
                answer = fault
            try:
                connection.send(answer)
            except OSError:
                raise
            except Exception:  # noqa: BLE001 - an exception that cannot be sent
                connection.send(HarnessError(f"a process of --workers failed: {type(answer).__name__}"))


def _run(engine: Engine, part: Sequence[Case]) -> Done:
    """Run a part of the cases in this process; after Ctrl-C, return what was found out until then.

    Only here is Ctrl-C let in: elsewhere Python would print where it struck, as when this process still starts.
    """
    found: list[CaseResult] = []
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        found.extend(engine.run(part))
    except KeyboardInterrupt:
        engine.stop()
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    return found, engine.plan.notes.take()
