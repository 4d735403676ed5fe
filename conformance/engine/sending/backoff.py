"""How long a request that was refused for now waits before it is sent again, and how often it is."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Final

MOST_ATTEMPTS: Final = 6
_FIRST_S: Final = 0.05
_LONGEST_S: Final = 5.0
"""The longest single wait: a server that asks for more is not waited for."""
_TOTAL_S: Final = 8.0


@dataclass(slots=True)
class Backoff:
    """The waits of one request.

    Attributes:
        attempts: How often it was sent and refused.
    """

    attempts: int = 0
    _left_s: float = field(default=_TOTAL_S)

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
        wait = asked_s + spread * 0.05 if asked_s is not None else _FIRST_S * 2 ** (self.attempts - 1) * spread
        if (asked_s or 0.0) > _LONGEST_S or wait > self._left_s:
            return None
        self._left_s -= wait
        return wait
