"""Entries of an allow file made of a change, ready to be copied: these cases, this place, this kind. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from conformance.core.errors import UsageError
from conformance.core.terminal import printable
from conformance.core.yamlwriter import dump_block
from conformance.judging.exchange_entries import shortened

if TYPE_CHECKING:
    from datetime import date

    from conformance.reports.gate.gate import CauseGroup

DAYS: Final = 30
"""How long an entry holds unless somebody writes another day."""
_MOST_CASES: Final = 20
"""Cases that are named one by one."""
_LONGEST: Final = 200
"""Characters of a place; one that is longer somebody must write by hand."""
_LONGEST_REASON: Final = 120
_WIDTH: Final = 118


def allow_entry(group: CauseGroup, today: date) -> str | None:
    """Return the entries that accept a change, as YAML.

    Args:
        group: The change.
        today: The day on which they are made; they hold `DAYS` more.

    Returns:
        The text; `None` where the place is nothing that can be written: too long, or with characters that are not seen.
        The cases are named one by one, and of more than a few those of their group: `<Operation>/<group>/**`.
    """
    if any(len(where) > _LONGEST or printable(where) != where or not where for where in group.places):
        return None
    patterns: list[str | None] = list(group.cases) or [None]
    if len(patterns) > _MOST_CASES:
        patterns = list(dict.fromkeys(f"{name.rpartition('/')[0]}/**" for name in group.cases))
    reason = shortened(printable(f"accepted on {today.isoformat()}: {group.text}"), _LONGEST_REASON)
    entries = [
        {
            **({} if pattern is None else {"case": pattern}),
            "where": where,
            "change": group.kind,
            "reason": reason,
            "expires": (today + timedelta(days=DAYS)).isoformat(),
        }
        for where in group.places
        for pattern in patterns[:_MOST_CASES]
    ]
    return dump_block(entries, UsageError, width=_WIDTH)
