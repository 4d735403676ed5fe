"""Several processes of one driver, for calls at the same time."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.sdk.driver_process import DriverProcess


class PoolStoppedError(Exception):
    """No process is lent any more."""


class DriverPool:
    """Processes of one driver, each started when it is first needed.

    Args:
        processes: The processes.
    """

    def __init__(self, processes: Sequence[DriverProcess]) -> None:
        self._free = list(processes)
        self._all = tuple(processes)
        self._changed = threading.Condition()
        self._stopped = False

    @contextmanager
    def take(self, *, cleaning: bool = False) -> Iterator[DriverProcess]:
        """Lend a process to one thread; waits while all are lent. The one that came back last goes first.

        Args:
            cleaning: Whether it is needed to clean up, and so lent even after `stop`.

        Raises:
            PoolStoppedError: After `stop`, also to those who wait at that moment.
        """
        with self._changed:
            self._changed.wait_for(lambda: bool(self._free) or (self._stopped and not cleaning))
            if self._stopped and not cleaning:
                raise PoolStoppedError
            process = self._free.pop()
        try:
            yield process
        finally:
            with self._changed:
                self._free.append(process)
                self._changed.notify()

    def stop(self) -> None:
        """Lend no process any more, except for cleaning up; calls under way go on."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def close(self) -> None:
        """Stop every process; calls under way fail."""
        stopping = [threading.Thread(target=process.close) for process in self._all]
        for thread in stopping:
            thread.start()
        for thread in stopping:
            thread.join()
