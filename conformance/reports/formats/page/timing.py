"""How long the cases of a run took: a distribution in steps of 1, 2 and 5."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from heapq import nsmallest
from operator import sub
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.judging.verdicts import JUDGED
from conformance.reports.stored_cases import tallied_cases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.judging.report_entries import Report

_STEPS: Final = tuple(factor * 10**power for power in range(6) for factor in (1, 2, 5))
"""The ends of the bars, in milliseconds."""
_SLOWEST: Final = 5
_HIGH: Final = 0.95


class Bar(Struct, frozen=True):
    """The cases that took up to a time.

    Attributes:
        to: The longest time, in milliseconds; `None` for what took longer than every step.
        cases: How many.
        share: Its length, in percent of the longest bar.
    """

    to: int | None
    cases: int
    share: float


class Timing(Struct, frozen=True):
    """Times are milliseconds.

    Attributes:
        median: The time that half of the cases did not exceed.
        high: The time that 95% of the cases did not exceed.
        longest: The longest time.
        bars: The distribution, from the first bar that has cases to the last.
        slowest: The slowest cases, by id, with their times.
    """

    median: float
    high: float
    longest: float
    bars: Sequence[Bar]
    slowest: Sequence[tuple[str, float]]


def timing_of(report: Report) -> Timing | None:
    """Return how long the judged cases of a report took; `None` when there are none."""
    judged = [entry for entry in tallied_cases(report) if entry.shape.verdict in JUDGED]
    if not judged:
        return None
    times = sorted(entry.elapsed_ms for entry in judged)
    up_to = [*(bisect_right(times, step) for step in _STEPS), len(times)]
    counts = Counter({step: own for step, own in enumerate(map(sub, up_to, [0, *up_to])) if own})
    most = max(counts.values())
    bars = [
        Bar(_STEPS[step] if step < len(_STEPS) else None, counts[step], round(100 * counts[step] / most, 1))
        for step in range(min(counts), max(counts) + 1)
    ]
    slowest = nsmallest(_SLOWEST, judged, key=lambda entry: -entry.elapsed_ms)
    return Timing(
        times[(len(times) - 1) // 2],
        times[min(len(times) - 1, int(_HIGH * len(times)))],
        times[-1],
        bars,
        [(entry.id, entry.elapsed_ms) for entry in slowest],
    )
