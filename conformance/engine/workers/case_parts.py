"""Which cases the processes of a run get, part by part. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.cases.model import Case

_OF_THE_REST: Final = 2
"""A part is one in so many of what is left for each process: the last ones are small, so that all end together."""

_LEAST: Final = 32
"""How many cases a part has at the least, where there are as many for each process: they are under way together."""

_MOST_S: Final = 3.0
"""How long a part may take by the rate alone: as long as that, the share of a process that has ended is not used."""


class CaseParts:
    """Gives out cases in parts, one after another.

    Args:
        cases: The cases.
        count: How many processes take them.
        rate: Requests a second of all together; `None` for no limit.
        first: How many cases the first part of each process has; as many as later ones, unless given.
    """

    def __init__(self, cases: Sequence[Case], count: int, rate: float | None = None, first: int | None = None) -> None:
        self._cases = [*cases]
        self._count = count
        self._most = max(int(rate / count * _MOST_S), 1) if rate else len(cases)
        self._least = min(_LEAST, -(-len(cases) // count))
        self._first = [first] * count if first else []

    def __bool__(self) -> bool:
        return bool(self._cases)

    def take(self) -> Sequence[Case]:
        """Return the next part; an empty one when nothing is left."""
        left = len(self._cases)
        size = self._first.pop() if self._first else max(-(-left // (self._count * _OF_THE_REST)), self._least)
        size = min(size, self._most)
        part, self._cases = self._cases[:size], self._cases[size:]
        return part

    def give_back(self, part: Sequence[Case]) -> None:
        """Take back a part that nobody began."""
        self._cases[:0] = part

    def rest(self) -> Sequence[Case]:
        """Return what nobody has taken."""
        return self._cases
