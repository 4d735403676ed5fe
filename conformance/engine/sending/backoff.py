"""How long a request that was refused for now waits before it is sent again, and how often it is."""

from __future__ import annotations

import random
from typing import Final

from msgspec import Struct

MOST_ATTEMPTS: Final = 18
"""A server that throttles every second request, whatever comes, throttles one of 260,000 so often."""
_FIRST_S: Final = 0.05
_USUAL_S: Final = 0.5
"""What waits grow to: more of them find a moment when the server takes the request than a few long ones."""
_LONGEST_S: Final = 5.0
"""The longest single wait: a server that asks for more is not waited for."""
_TOTAL_S: Final = 8.0
_ASKED_S: Final = 20.0
"""How long the waits may be that the server asks for, where it takes requests."""
_BEYOND_TIMEOUT_S: Final = 1.0
_DOUBTED_S: Final = 0.3
"""How long the waits of one request may be where another was refused to the end, and none was ever served."""


class Patience:
    """How long requests that are refused for now wait: as long as the answers of the run so far give reason to.

    Args:
        timeout_s: How long one answer may take: who waits for it no longer waits not much longer for its turn.
    """

    def __init__(self, timeout_s: float) -> None:
        self._most_s = min(_TOTAL_S, timeout_s + _BEYOND_TIMEOUT_S)
        self._most_asked_s = min(_ASKED_S, 2 * (timeout_s + _BEYOND_TIMEOUT_S))
        self._serves = False
        self._in_vain = False

    def backoff(self) -> Backoff:
        """Return the waits of a request."""
        if self._serves:
            return Backoff(self._most_s, self._most_asked_s)
        most_s = min(self._most_s, _DOUBTED_S) if self._in_vain else self._most_s
        return Backoff(most_s, most_s)

    def served(self) -> None:
        """Note that a request was taken."""
        self._serves = True

    def given_up(self) -> None:
        """Note that a request was refused to the end."""
        self._in_vain = True


class Backoff(Struct):
    """The waits of one request.

    Attributes:
        left_s: How long they may be in all, those aside that the server asks for.
        asked_left_s: How long those may be.
        attempts: How often it was sent and refused.
    """

    left_s: float
    asked_left_s: float
    attempts: int = 0

    def next_wait(self, asked_s: float | None) -> float | None:
        """Return the seconds until the request is sent again, or `None` when it is given up.

        Args:
            asked_s: What the server asks for; `None` for nothing.
        """
        self.attempts += 1
        if self.attempts >= MOST_ATTEMPTS:
            return None
        # Requests that were refused at the same moment do not come back at the same moment.
        spread = random.uniform(1.0, 1.5)  # noqa: S311 - no secret depends on it
        if asked_s is None:
            wait = min(_FIRST_S * 2 ** (self.attempts - 1), _USUAL_S) * spread
            self.left_s -= wait
            return wait if self.left_s >= 0 else None
        wait = asked_s + spread * 0.05
        self.asked_left_s -= wait
        return wait if asked_s <= _LONGEST_S and self.asked_left_s >= 0 else None
