"""Whether several processes do more than one did: what two processors are worth shows only when both work. Pure."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

_TRIAL_S: Final = 0.1
"""How long one process would take for the first part of each."""

_GAIN: Final = 1.05
"""How much more they have to do: two processors that are one core do less than that."""


class SharingTrial(Struct):
    """Compares several processes with one.

    Attributes:
        one_per_s: How many cases one process did in a second.
        began: When the processes got their first parts, in seconds on any clock.
        parts: How many parts are still to be done before it is judged, first as many as there are processes. A fast one
            may do two of them.
        done: How many cases were done since it began.
        failed: Whether it is judged, and the processes did not do more.
    """

    one_per_s: float
    began: float
    parts: int
    done: int = 0
    failed: bool = False

    @property
    def first(self) -> int:
        """How many cases the first part of each process has."""
        return max(int(self.one_per_s * _TRIAL_S), 1)

    def part_done(self, now: float) -> None:
        """Note that a part is done."""
        self.parts -= 1
        if not self.parts:
            self.failed = self.done < _GAIN * self.one_per_s * (now - self.began)
