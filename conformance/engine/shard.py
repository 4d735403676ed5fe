"""One part of a run that is split over several machines: which cases are in it, and its form in a report."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.core.errors import UsageError
from conformance.core.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.judging.report_entries import ShardEntry

_SHARD: Final = lazy_pattern(r"([0-9]{1,6})/([0-9]{1,6})", re.ASCII)


class Shard(Struct, frozen=True):
    """One of several parts.

    Attributes:
        index: Which one, counted from 1.
        count: How many there are.
    """

    index: int
    count: int

    def has(self, case_id: str) -> bool:
        """Whether a case is in this part. It depends on its id alone, so that every machine splits alike."""
        number = int.from_bytes(sha256(case_id.encode()).digest(), "big")
        return number % self.count == self.index - 1

    def as_dict(self, whole: Iterable[str]) -> ShardEntry:
        """Return its form in the first event of a run and in `report.json`.

        Args:
            whole: The ids of the cases of all parts, in their order. Parts of one whole have the same `suite`.
        """
        suite = sha256("\n".join(whole).encode()).hexdigest()
        return {"index": self.index, "count": self.count, "suite": suite}


def read_shard(text: str | None) -> Shard | None:
    """Return the part that `--shard I/N` names, or `None` without it.

    Raises:
        UsageError: When it is not two numbers with 1 <= I <= N.
    """
    if text is None:
        return None
    match = _SHARD.fullmatch(text)
    if match is not None and 1 <= int(match[1]) <= int(match[2]):
        return Shard(int(match[1]), int(match[2]))
    raise UsageError(f"--shard {text!r} is no part of a whole", hint="I/N with I from 1 to N, e.g. 1/4")
