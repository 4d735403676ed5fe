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
        left = max(self.turn() - time.monotonic(), 0)
        if stopped:
            time.sleep(left)
            return True
        if not self._stop.wait(left):
            return True
        self.give_back()
        return False

    def turn(self) -> float:
        """Take the next turn and return when it is, on the clock of `time.monotonic`; 0 when nothing is limited.

        For those who wait in a way of their own. Who does not go then gives it back.
        """
        if not self._gap:
            return 0.0
        with self._lock:
            due = max(self._next, time.monotonic())
            self._next = due + self._gap
        return due

    def give_back(self) -> None:
        """Say that no turn that was taken is used any more, because the run was stopped."""
        with self._lock:
            self._next = min(self._next, time.monotonic() + self._gap)
