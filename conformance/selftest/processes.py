"""Work that is spread over processes, any of which may be killed: what it had is then done by another."""

from __future__ import annotations

from collections import Counter, deque
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Final

from conformance.core.errors import HarnessError
from conformance.engine.workers.child_process import ChildProcess, WorkerLostError, answer_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_TRIES: Final = 3
"""How many times a task is tried whose process is killed."""


def spread(work: Callable[[Any], Any], tasks: Mapping[str, object], jobs: int) -> Iterator[Any]:
    """Do tasks in processes and yield what comes of each, in the order in which they end.

    Args:
        work: What is done with a task; a function of a module. Each process keeps what its module keeps.
        tasks: The tasks by name; picklable.
        jobs: Processes at once; a single one is this process.

    Raises:
        HarnessError: When processes are killed again and again.
        Exception: What `work` raises.
    """
    jobs = min(jobs, len(tasks))
    if jobs <= 1:
        yield from map(work, tasks.values())
        return
    waiting = deque(tasks)
    lost = Counter[str]()
    busy: dict[Connection, tuple[ChildProcess, str]] = {}

    def begin(process: ChildProcess) -> None:
        """Give a process its next task, or end it when there is none."""
        if not waiting:
            process.close()
            return
        name = waiting.popleft()
        with suppress(WorkerLostError):  # which is seen when its answer is waited for
            process.send((work, tasks[name]))
        busy[process.connection] = process, name

    try:
        for _ in range(jobs):
            begin(ChildProcess(_serve))
        while busy:
            for ready in wait(list(busy)):
                assert isinstance(ready, Connection)  # noqa: S101 - nothing else is waited for
                process, name = busy.pop(ready)
                try:
                    outcome = process.receive()
                except WorkerLostError:
                    process.close()
                    lost[name] += 1
                    if lost[name] >= _TRIES:
                        raise HarnessError(
                            f"processes of the selftest were killed again and again, the last at {name}",
                            hint="see what kills them, such as a lack of memory, or lower --jobs",
                        ) from None
                    waiting.appendleft(name)
                    begin(ChildProcess(_serve))
                else:
                    begin(process)
                    yield outcome
    finally:
        for process, _ in busy.values():
            process.close(within_s=0)


def _serve(connection: Connection) -> None:
    """In a process: do tasks until the other end is closed, also because the process there was killed."""
    with suppress(EOFError, OSError):
        answer_all(connection, _done)


def _done(message: Any) -> object:
    work, task = message
    return work(task)
