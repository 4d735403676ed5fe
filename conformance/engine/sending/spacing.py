"""How far apart requests are sent to a server that throttles: further with refusals, closer with what it takes."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_WINDOW_S: Final = 1.0
"""Over how long it is counted what the server takes."""

_WIDEST_S: Final = 0.2
"""A server that takes fewer than 5 requests a second needs a rate that the user gives."""

_LEAST_S: Final = 0.002
"""A gap below this is none."""

_MUCH: Final = 0.4
"""The share of refusals from which on the gap is wider: a server that refuses a few whatever comes takes no fewer."""

_MANY: Final = 10
"""Fewer refusals than this, within the window, show nothing."""

_WIDER: Final = 1.5
_CLOSER: Final = 0.97
_SETTLES_S: Final = 0.5
"""How long a wider gap has to show what it does: until then requests are refused that were sent before."""


class Spacing:
    """The gap between two requests of a run; none until the server refuses one for now while it takes others.

    Args:
        clock: Returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._gap_s = 0.0
        self._next = 0.0
        self._widened_at = float("-inf")
        self._served: deque[float] = deque(maxlen=1000)
        self._refused: deque[float] = deque(maxlen=1000)

    def wait_s(self) -> float:
        """Take the next turn; return the seconds until it has come."""
        if not self._gap_s:
            return 0.0
        now = self._clock()
        if not self._taken_lately(now):
            self._gap_s = 0.0  # then it does not help, and the run is to end soon
            return 0.0
        due = max(self._next, now)
        self._next = due + self._gap_s
        return due - now

    def served(self) -> None:
        """Note that a request was taken."""
        self._served.append(self._clock())
        self._gap_s *= _CLOSER
        if self._gap_s < _LEAST_S:
            self._gap_s = 0.0

    def refused(self) -> None:
        """Note that a request was refused for now."""
        now = self._clock()
        self._refused.append(now)
        taken = self._taken_lately(now)
        refused = sum(each > now - _WINDOW_S for each in self._refused)
        if not taken or refused < max(_MUCH * (taken + refused), _MANY) or now < self._widened_at + _SETTLES_S:
            return
        self._widened_at = now
        self._gap_s = min(max(self._gap_s * _WIDER, _WINDOW_S / taken), _WIDEST_S)

    def _taken_lately(self, now: float) -> int:
        """Return how many requests were taken lately."""
        return sum(each > now - _WINDOW_S for each in self._served)
