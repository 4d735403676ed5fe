"""How long a run of property tests goes on."""

from __future__ import annotations

import time

from msgspec import Struct
from msgspec.structs import replace


class FuzzLimits(Struct, frozen=True):
    """How long a run goes on.

    Attributes:
        seed: What random requests depend on.
        max_examples: How many random requests of each operation.
        deadline: The moment, by `time.monotonic`, after which nothing more is sent; `None` for none.
    """

    seed: int
    max_examples: int
    deadline: float | None = None

    def out_of_time(self) -> bool:
        """Whether the time is over."""
        return self.deadline is not None and time.monotonic() >= self.deadline

    def share(self, left: int) -> FuzzLimits:
        """Return the limits of the next of `left` operations: an equal part of the time that is left."""
        if self.deadline is None:
            return self
        now = time.monotonic()
        return replace(self, deadline=now + (self.deadline - now) / left)
