"""Work on many things in several processes, with the results in the order of the things."""

from __future__ import annotations

import os
from collections import deque
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Final, TypeVar, cast

from conformance.core.errors import HarnessError
from conformance.engine.workers.child_process import ChildProcess, WorkerLostError, answer_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_MANY: Final = 40
"""For fewer things, to start processes takes longer than they save."""
_MOST: Final = 8
_BATCH: Final = 4

_T = TypeVar("_T")
_R = TypeVar("_R")


def cores() -> int:
    """Return how many processes may work at the same time on this machine."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(usable, _MOST)


def each_in_order(work: Callable[[_T], _R], things: Sequence[_T], *, at_once: int | None = None) -> Iterator[_R]:
    """Yield what some work makes of each thing, in the order of the things.

    Args:
        work: A function of a module, or a `partial` of one; what it takes and returns can be pickled.
        things: What it is given, one at a time.
        at_once: In how many processes; by default in this one for few things, and for many in one a core.

    Raises:
        HarnessError: When a process ended in the middle of its work, for which the machine may have no memory.
        Exception: What the work raises.
    """
    if at_once is None:
        at_once = cores() if len(things) >= _MANY else 1
    if at_once < 2:  # noqa: PLR2004 - one is this process
        yield from map(work, things)
        return
    waiting = deque(enumerate(things[place : place + _BATCH] for place in range(0, len(things), _BATCH)))
    processes = [ChildProcess(partial(_serve, work)) for _ in range(min(at_once, len(waiting)))]
    try:
        yield from _in_order(waiting, processes)
    except WorkerLostError:
        raise HarnessError("a process was ended in the middle of its work", hint="is there enough memory?") from None
    finally:
        for process in processes:
            process.close()


def _in_order(waiting: deque[tuple[int, Sequence[_T]]], processes: Sequence[ChildProcess]) -> Iterator[_R]:
    busy: dict[Connection, tuple[ChildProcess, int]] = {}
    done: dict[int, list[_R]] = {}
    turn = 0

    def begin(process: ChildProcess) -> None:
        if waiting:
            number, batch = waiting.popleft()
            process.send(batch)
            busy[process.connection] = (process, number)

    for process in processes:
        begin(process)
    while busy:
        for ready in wait(list(busy)):
            process, number = busy.pop(cast("Connection", ready))
            done[number] = cast("list[_R]", process.receive())
            begin(process)
        while turn in done:
            yield from done.pop(turn)
            turn += 1


def _serve(work: Callable[[_T], _R], connection: Connection) -> None:
    with suppress(EOFError, OSError):  # the other side has ended
        answer_all(connection, lambda batch: [work(each) for each in cast("Sequence[_T]", batch)])
