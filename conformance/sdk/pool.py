"""Several processes of one driver, for calls at the same time."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.sdk.driver_process import DriverProcess


class DriverPool:
    """Processes of one driver, each started when it is first needed.

    Args:
        processes: The processes.
    """

    def __init__(self, processes: Sequence[DriverProcess]) -> None:
        self._free = list(processes)
        self._all = tuple(processes)
        self._waiting = threading.Condition()

    @contextmanager
    def take(self) -> Iterator[DriverProcess]:
        """Lend a process to one thread; waits while all are lent. The one that came back last goes first."""
        with self._waiting:
            self._waiting.wait_for(lambda: bool(self._free))
            process = self._free.pop()
        try:
            yield process
        finally:
            with self._waiting:
                self._free.append(process)
                self._waiting.notify()

    def close(self) -> None:
        """Stop every process; calls under way fail."""
        stopping = [threading.Thread(target=process.close) for process in self._all]
        for thread in stopping:
            thread.start()
        for thread in stopping:
            thread.join()
