"""Work that is spread over processes, any of which may be killed: what it had is then done by another."""

from __future__ import annotations

from collections import Counter, deque
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, Final, cast

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
    pool = _Pool(work, tasks)
    try:
        for _ in range(jobs):
            pool.begin(ChildProcess(_serve))
        while pool.busy:
            for ready in wait(list(pool.busy)):
                assert isinstance(ready, Connection)  # noqa: S101 - nothing else is waited for
                yield from pool.ended(ready)
    finally:
        for process, _ in pool.busy.values():
            process.close(within_s=0)


class _Pool:
    """Processes that are busy, each with the name of its task, and the tasks that wait."""

    def __init__(self, work: Callable[[Any], Any], tasks: Mapping[str, object]) -> None:
        self._work = work
        self._tasks = tasks
        self._waiting = deque(tasks)
        self._lost = Counter[str]()
        self.busy: dict[Connection, tuple[ChildProcess, str]] = {}

    def begin(self, process: ChildProcess) -> None:
        """Give a process its next task, or end it when there is none."""
        if not self._waiting:
            process.close()
            return
        name = self._waiting.popleft()
        with suppress(WorkerLostError):  # which is seen when its answer is waited for
            process.send((self._work, self._tasks[name]))
        self.busy[process.connection] = process, name

    def ended(self, ready: Connection) -> Iterator[Any]:
        """Take the outcome of a task, and begin the next; one whose process was killed is begun again.

        Raises:
            HarnessError: When that happened too often.
            Exception: What the process raised.
        """
        process, name = self.busy.pop(ready)
        try:
            outcome = process.receive()
        except WorkerLostError:
            process.close()
            self._lost[name] += 1
            if self._lost[name] >= _TRIES:
                raise HarnessError(
                    f"processes of the selftest were killed again and again, the last at {name}",
                    hint="see what kills them, such as a lack of memory, or lower --jobs",
                ) from None
            self._waiting.appendleft(name)
            self.begin(ChildProcess(_serve))
        except BaseException:  # of the work: nobody else ends this process, and the program would wait for it
            process.close(within_s=0)
            raise
        else:
            self.begin(process)
            yield outcome


def _serve(connection: Connection) -> None:
    """In a process: do tasks until the other end is closed, also because the process there was killed."""
    with suppress(EOFError, OSError):
        answer_all(connection, _done)


def _done(message: object) -> object:
    work, task = cast("tuple[Callable[[object], object], object]", message)
    return work(task)
