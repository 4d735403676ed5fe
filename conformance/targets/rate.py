"""A limit on requests a second, shared by every thread of a run."""

from __future__ import annotations

import threading
import time


class RateLimit:
    """Spaces requests evenly.

    Args:
        per_second: Requests a second at the most; `None` for no limit.
        stop: When it is set, those that wait go away: with a low rate their turns may be minutes ahead.
    """

    def __init__(self, per_second: float | None, stop: threading.Event | None = None) -> None:
        self._gap = 1.0 / per_second if per_second else 0.0
        self._next = 0.0
        self._stop = stop or threading.Event()
        self._lock = threading.Lock()

    def wait(self) -> bool:
        """Return when the next request may go: true; or false when `stop` was set while this one waited.

        What comes after the stop, such as the rest of a case under way, waits for its turn as before.
        """
        if not self._gap:
            return True
        stopped = self._stop.is_set()
        with self._lock:
            now = time.monotonic()
            due = max(self._next, now)
            self._next = due + self._gap
        if stopped:
            time.sleep(due - now)
            return True
        if not self._stop.wait(due - now):
            return True
        with self._lock:
            self._next = min(self._next, time.monotonic() + self._gap)
        return False
