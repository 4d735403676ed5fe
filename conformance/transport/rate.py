"""A limit on requests a second, shared by every thread of a run."""

from __future__ import annotations

import threading
import time


class RateLimit:
    """Spaces requests evenly, until it is stopped: with a low rate a turn may be minutes ahead.

    After `stop` nobody waits for a turn: neither those who wait at that moment nor those who come later. Who cleans up
    may still wait, for a grace period.

    Args:
        per_second: Requests a second at the most; `None` for no limit.
    """

    def __init__(self, per_second: float | None) -> None:
        self._gap = 1.0 / per_second if per_second else 0.0
        self._next = 0.0
        self._stopped = threading.Event()
        self._turns_freed = False
        self._lock = threading.Lock()

    def stop(self) -> None:
        """Let nobody wait any more; the turns that were taken are free again."""
        self._stopped.set()

    def wait(self, grace_s: float = 0.0) -> bool:
        """Wait for the next turn.

        Args:
            grace_s: How far ahead the turn may be after a stop, in seconds.

        Returns:
            Whether the request may go: not when the limit was stopped and the turn is further ahead than the grace.
        """
        while True:
            stopped = self._stopped.is_set()
            due = self.turn(grace_s)
            if due is None:
                return False
            left = max(due - time.monotonic(), 0)
            if stopped:
                time.sleep(left)
                return True
            if not left or not self._stopped.wait(left):
                return True

    def turn(self, grace_s: float = 0.0) -> float | None:
        """Take the next turn, for those who wait in a way of their own. After a stop it must be taken again.

        Args:
            grace_s: As for `wait`.

        Returns:
            When it is, on the clock of `time.monotonic`, 0 when nothing is limited; `None` when there is none to wait
            for.
        """
        if not self._gap:
            return 0.0
        with self._lock:
            now = time.monotonic()
            stopped = self._stopped.is_set()
            if stopped and not self._turns_freed:
                self._turns_freed = True
                self._next = min(self._next, now + self._gap)
            due = max(self._next, now)
            if stopped and due > now + grace_s:
                return None
            self._next = due + self._gap
        return due
