"""A limit on requests a second, shared by every thread of a run."""

from __future__ import annotations

import threading
import time


class RateLimit:
    """Spaces requests evenly.

    Args:
        per_second: Requests a second at the most; `None` for no limit.
    """

    def __init__(self, per_second: float | None) -> None:
        self._gap = 1.0 / per_second if per_second else 0.0
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when the next request may go."""
        if not self._gap:
            return
        with self._lock:
            now = time.monotonic()
            due = max(self._next, now)
            self._next = due + self._gap
        if due > now:
            time.sleep(due - now)
