"""One process of several for a run: an engine that gets parts of the run's cases."""

from __future__ import annotations

import signal
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias, cast

from conformance.core.redaction import RECENT
from conformance.engine.engine import Engine
from conformance.engine.workers.child_process import ChildProcess, answer_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection
    from types import FrameType

    from conformance.cases.model import Case
    from conformance.engine.notes import RunNote
    from conformance.judging.results import CaseResult

Done: TypeAlias = "tuple[list[CaseResult], list[RunNote]]"
"""What a process gives back: results, and the notes that it took meanwhile."""


class WorkerProcess(ChildProcess):
    """A process that runs parts of a run's cases, one after another.

    The first message is the plan, what is known, and where the processes share their signatures.
    Ctrl-C reaches it only while it runs a part.
    """

    def __init__(self) -> None:
        super().__init__(_serve)

    def take(self) -> Done:
        """Return what the part that was sent led to.

        Raises:
            WorkerLostError: When the process ended before.
            ConformanceError: What the process raised.
        """
        return cast("Done", self.receive())


def _serve(connection: Connection) -> None:
    """Run what is sent until the other end is closed, also because the process there was killed."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    with suppress(EOFError, OSError):
        plan, findings, signatures = connection.recv()
        if signatures is not None:
            RECENT.join(signatures)
        engine = Engine(plan)
        engine.learn(findings)
        answer_all(connection, lambda part: _run(engine, cast("Sequence[Case]", part)))


class _FirstAlone:
    """Handles Ctrl-C once: it may come from the terminal and from the process that asked, and is the same one."""

    def __init__(self) -> None:
        self._seen = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if not self._seen:
            self._seen = True
            signal.default_int_handler(number, frame)


def _run(engine: Engine, part: Sequence[Case]) -> Done:
    """Run a part of the cases in this process; after Ctrl-C, return what was found out until then.

    Only here is Ctrl-C let in: elsewhere Python would print where it struck, as when this process still starts.
    """
    found: list[CaseResult] = []
    signal.signal(signal.SIGINT, _FirstAlone())
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        found.extend(engine.run(part))
    except KeyboardInterrupt:
        engine.stop()
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    return found, engine.plan.notes.take()
