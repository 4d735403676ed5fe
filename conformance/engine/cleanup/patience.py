"""How long something is tried again that cleans up, and how long it waits in between."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

WITHIN_S: Final = 15.0
"""How long a deletion or a listing is tried: what is still being created may not be deleted yet."""

ASKED_S: Final = 60.0
"""How long a service may ask to wait in all, beside that."""

_UNREAD_S: Final = 2.0
"""How long requests are sent of which no answer can be read: no service throttles like that."""

_HURRIED_S: Final = 2.0
"""How long a deletion or a listing is tried after Ctrl-C."""


class CleanupPatience(Struct, frozen=True):
    """How much time there is.

    Attributes:
        within_s: How long one deletion or listing is tried, in seconds.
        asked_s: How long the service may ask to wait in all, beside that.
        end: When nothing more is tried, whatever it is, by the clock.
        clock: Returns seconds.
    """

    within_s: float = WITHIN_S
    asked_s: float = ASKED_S
    end: float = math.inf
    clock: Callable[[], float] = time.monotonic

    def begin(self) -> Tries:
        """Begin to try something."""
        now = self.clock()
        return Tries(self, min(now + self.within_s, self.end), self.asked_s, now)

    @property
    def over(self) -> bool:
        """Whether nothing more is to be tried."""
        return self.clock() >= self.end


def hurried_patience(end_in_s: float, clock: Callable[[], float] = time.monotonic) -> CleanupPatience:
    """Return the patience of somebody who pressed Ctrl-C, which ends after so many seconds."""
    return CleanupPatience(_HURRIED_S, 0.0, clock() + end_in_s, clock)


class Tries(Struct):
    """The time of one thing that is tried.

    Attributes:
        patience: How much time there is.
        until: When it is over, by the clock.
        asked_s: How long the service may still ask to wait.
        last_read: When an answer was last read, at first when it began.
    """

    patience: CleanupPatience
    until: float
    asked_s: float
    last_read: float

    def wait(self, usual_s: float, asked_s: float | None, *, read: bool = True) -> float | None:
        """Return the seconds until the next try; `None` when there is no time for one.

        Args:
            usual_s: How long it would wait by itself.
            asked_s: What the service asks for; `None` for nothing.
            read: Whether the answer could be read.
        """
        now = self.patience.clock()
        if read or asked_s is not None:
            self.last_read = now
        elif self.silent:
            return None
        if asked_s is None or asked_s <= usual_s:
            return usual_s if now < self.until else None
        if now + asked_s < self.until:
            return asked_s
        if now >= self.until or asked_s > self.asked_s:
            return None
        self.asked_s -= asked_s
        self.until = min(self.until + asked_s, self.patience.end)
        return asked_s

    @property
    def silent(self) -> bool:
        """Whether no answer could be read for so long that none is waited for."""
        return self.patience.clock() - self.last_read >= _UNREAD_S
