"""How something fared from one report to the next: worse, better, both, the same, or nobody can tell. Pure."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Change = Literal["worse", "mixed", "unknown", "better", "same"]
CHANGES: Final[tuple[Change, ...]] = ("worse", "mixed", "unknown", "better", "same")
"""In the order in which a reader wants them."""
_RANK: Final = {"pass": 2, "divergent": 1, "mismatch": 0}
"""How well what was judged conforms. What was not run, had no answer or is not there is not known, and has no rank."""


def step(was: str | None, now: str | None) -> Change:
    """Return what changed from one verdict to another.

    Args:
        was: The earlier verdict; `None` where the report has no such case.
        now: The later one.

    Returns:
        `unknown` where one of the two says nothing of the server and the other does.
    """
    if was == now:
        return "same"
    before, after = _RANK.get(was or ""), _RANK.get(now or "")
    if before is None and after is None:
        return "same"
    if before is None or after is None:
        return "unknown"
    return "worse" if after < before else "better"


def whole(verdicts: Sequence[str | None]) -> Change:
    """Return what changed over all columns: of those that say nothing, none hides a change between its neighbours."""
    known = [verdict for verdict in verdicts if verdict in _RANK]
    steps = [step(was, now) for was, now in pairwise(known)]
    return together([*steps, *(["unknown"] if known and len(known) < len(verdicts) else [])])


def together(changes: Iterable[str]) -> Change:
    """Return what several changes are as one."""
    found = set(changes)
    if "mixed" in found or {"worse", "better"} <= found:
        return "mixed"
    order: tuple[Change, ...] = ("worse", "better", "unknown")
    return next((each for each in order if each in found), "same")
