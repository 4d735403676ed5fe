"""One process of several for a run: an engine that gets parts of the run's cases."""

from __future__ import annotations

import os
import signal
import sys
import time
from abc import ABC, abstractmethod
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, Generic, NamedTuple, TypeVar, cast

from conformance.core.redaction import RECENT
from conformance.engine.engine import Engine
from conformance.engine.workers.child_process import ChildProcess, answer_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from multiprocessing.connection import Connection
    from types import FrameType

    from conformance.cases.model import Case
    from conformance.core.redaction import SharedFile
    from conformance.engine.notes import RunNote
    from conformance.engine.plan import Plan
    from conformance.engine.preflight.findings import PreflightFindings
    from conformance.judging.results import CaseResult

_TELL_EVERY_S: Final = 0.03
"""How long results may wait in the process until they are given back: what is written is safe from a kill."""

R = TypeVar("R")


class PartFound(NamedTuple, Generic[R]):
    """What a process gives back.

    Attributes:
        results: What was made of the results that there are since it last gave some.
        notes: The notes that it took meanwhile.
        last: Whether the part is done.
    """

    results: list[R]
    notes: list[RunNote]
    last: bool


class WorkerTold(NamedTuple, Generic[R]):
    """What a process needs to know before its first part.

    Attributes:
        plan: The run, with what is this process's share of it.
        findings: What was found before the first case.
        signatures: Where the processes share their signatures.
        record: Makes what is given back of a result.
    """

    plan: Plan
    findings: PreflightFindings
    signatures: SharedFile | None
    record: Callable[[CaseResult], R]


class WorkerProcess(ChildProcess, ABC, Generic[R]):
    """A process that runs parts of a run's cases, one after another. Ctrl-C reaches it only while it runs a part."""

    @abstractmethod
    def give(self, part: Sequence[Case]) -> None:
        """Let it run a part of the cases; raises `WorkerLostError`."""

    def take(self) -> PartFound[R]:
        """Return the next that the part that was sent led to.

        Raises:
            WorkerLostError: When the process ended before.
            ConformanceError: What the process raised.
        """
        return cast("PartFound[R]", self.receive())


class NewWorker(WorkerProcess[R]):
    """One that begins anew: what it needs to know (`WorkerTold`) is to be sent before the first part."""

    def __init__(self) -> None:
        super().__init__(_serve_anew)

    def give(self, part: Sequence[Case]) -> None:
        """Send the cases."""
        self.send(part)


class WorkerCopy(WorkerProcess[R]):
    """One that begins as a copy of this process, so it has the cases already.

    Args:
        told: What it needs to know.
        engine: An engine that has no request under way; the copy has one that learned the same.
        cases: All cases of which it may be given some, by their ids.
        siblings: The other processes of the run.
    """

    def __init__(
        self, told: WorkerTold[R], engine: Engine, cases: Mapping[str, Case], siblings: Sequence[ChildProcess]
    ) -> None:
        super().__init__(partial(_serve_as_copy, told, engine, cases), forked=True, siblings=siblings)

    def give(self, part: Sequence[Case]) -> None:
        """Send the ids of the cases."""
        self.send([case.id for case in part])


def _serve_anew(connection: Connection) -> None:
    """Run what is sent until the other end is closed, also because the process there was killed."""
    with suppress(EOFError, OSError):
        told: WorkerTold[object] = connection.recv()
        engine = Engine(told.plan)
        engine.learn(told.findings)
        _serve_parts(connection, told, engine, lambda part: cast("Sequence[Case]", part))


def _serve_as_copy(told: WorkerTold[R], engine: Engine, cases: Mapping[str, Case], connection: Connection) -> None:
    """Do the same with the copy of an engine, and of cases."""
    # A thread of the other process may have been writing there, and its lock is copied too.
    sys.stdout = sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open until it ends
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    engine.renew(told.plan)
    with suppress(EOFError, OSError):
        _serve_parts(connection, told, engine, lambda ids: [cases[name] for name in cast("Sequence[str]", ids)])


def _serve_parts(
    connection: Connection, told: WorkerTold[R], engine: Engine, cases_of: Callable[[object], Sequence[Case]]
) -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    if told.signatures is not None:
        RECENT.join(told.signatures)
    answer_all(connection, lambda part: _run(engine, cases_of(part), told.record, connection))


class _FirstAlone:
    """Handles Ctrl-C once: it may come from the terminal and from the process that asked, and is the same one."""

    def __init__(self) -> None:
        self._seen = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if not self._seen:
            self._seen = True
            signal.default_int_handler(number, frame)


def _run(
    engine: Engine, part: Sequence[Case], record: Callable[[CaseResult], R], connection: Connection
) -> PartFound[R]:
    """Run a part of the cases in this process; after Ctrl-C, return what was found out until then.

    Only here is Ctrl-C let in: elsewhere Python would print where it struck, as when this process still starts.
    """
    found: list[R] = []
    due = time.monotonic() + _TELL_EVERY_S
    signal.signal(signal.SIGINT, _FirstAlone())
    try:
        with _ctrl_c(signal.SIG_UNBLOCK):
            for result in engine.run(part):
                found.append(record(result))
                if time.monotonic() >= due:
                    with _ctrl_c(signal.SIG_BLOCK):  # half a message would be no message
                        connection.send(PartFound(found, engine.plan.notes.take(), last=False))
                        found = []  # before Ctrl-C is let in: what was sent must not be sent again
                    due = time.monotonic() + _TELL_EVERY_S
    except KeyboardInterrupt:
        engine.stop()
    return PartFound(found, engine.plan.notes.take(), last=True)


@contextmanager
def _ctrl_c(how: int) -> Iterator[None]:
    """Let Ctrl-C in, or keep it waiting, for a `with` block."""
    before = signal.pthread_sigmask(how, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
