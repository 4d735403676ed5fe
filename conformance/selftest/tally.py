"""The figures of a selftest with generated faults: how many there are, were caught, cannot be, and were missed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.core.jsontypes import Json
    from conformance.selftest.generated import TriedFault, TriedOperation

LEAST: Final = 90
"""Percent of the generated faults that can be caught of which a suite catches so many at the least."""


class FaultTally(Struct, frozen=True):
    """What a suite made of generated faults.

    Attributes:
        caught: Those that a case caught.
        silent: Those that no case can catch, and none did; each knows why.
        missed: The others.
        alarms: The styles that a case took for a fault.
        styles: How many styles were tried.
    """

    caught: tuple[TriedFault, ...]
    silent: tuple[TriedFault, ...]
    missed: tuple[TriedFault, ...]
    alarms: tuple[TriedFault, ...]
    styles: int

    @classmethod
    def of(cls, operations: Iterable[TriedOperation]) -> FaultTally:
        """Return the figures of all operations together."""
        every = [each for operation in operations for each in operation.tried]
        faults = [each for each in every if not each.conforming]
        return cls(
            tuple(each for each in faults if each.cases),
            tuple(each for each in faults if not each.cases and each.silent),
            tuple(each for each in faults if not each.cases and not each.silent),
            tuple(each for each in every if each.conforming and each.cases),
            sum(each.conforming for each in every),
        )

    @property
    def count(self) -> int:
        """How many faults were tried."""
        return len(self.caught) + len(self.silent) + len(self.missed)

    @property
    def percent(self) -> float:
        """Of the faults that can be caught, how many were, in percent; 100 where there is none."""
        possible = len(self.caught) + len(self.missed)
        return 100.0 * len(self.caught) / possible if possible else 100.0

    @property
    def right(self) -> bool:
        """Whether enough faults were caught, and no style."""
        return self.percent >= LEAST and not self.alarms

    @property
    def sentence(self) -> str:
        """The figures in words."""
        return (
            f"{self.count} faults generated: {len(self.caught)} caught, {len(self.silent)} cannot be caught, "
            f"{len(self.missed)} missed; {_shown(self.percent)}% of those that can be caught"
        )

    def reasons(self) -> list[tuple[str, int]]:
        """Return why faults cannot be caught, with how many of each, the most first."""
        return Counter(each.silent for each in self.silent).most_common()

    def kinds(self) -> list[tuple[str, int, int, int]]:
        """Return by kind how many faults were caught, cannot be caught, and were missed; in alphabetical order."""
        counts = {
            group: Counter(each.kind for each in faults)
            for group, faults in (("caught", self.caught), ("silent", self.silent), ("missed", self.missed))
        }
        names = sorted({name for of_group in counts.values() for name in of_group})
        return [(name, counts["caught"][name], counts["silent"][name], counts["missed"][name]) for name in names]


def matrix_of(operations: Sequence[TriedOperation]) -> dict[str, Json]:
    """Return all that was tried as JSON: `faults` and `styles` by name, and the figures."""
    tally = FaultTally.of(operations)
    every = [each for operation in operations for each in operation.tried]
    faults: dict[str, Json] = {
        each.name: {
            "kind": each.kind,
            "about": each.about,
            "follow": each.follow,
            "cases": list(each.cases),
            "cannot_be_caught": each.silent if not each.cases and each.silent else None,
        }
        for each in every
        if not each.conforming
    }
    styles: dict[str, Json] = {
        each.name: {"about": each.about, "cases": list(each.cases)} for each in every if each.conforming
    }
    return {
        "generated": tally.count,
        "caught": len(tally.caught),
        "cannot_be_caught": len(tally.silent),
        "missed": len(tally.missed),
        "percent": float(_shown(tally.percent)),
        "faults": faults,
        "styles": styles,
        "cases_that_differ_without_a_fault": sorted({case for each in operations for case in each.differing}),
    }


def _shown(percent: float) -> str:
    """Return a share with one digit, never rounded up: 89.97 is not 90."""
    return f"{int(percent * 10) / 10:g}"
