"""The entry of an allow file made of a change, ready to be copied: these cases, this place, this kind. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from conformance.core.errors import UsageError
from conformance.core.terminal import printable
from conformance.core.yamlwriter import dump_block
from conformance.judging.exchange_entries import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from conformance.reports.gate.gate import CauseGroup

DAYS: Final = 30
"""How long an entry holds unless somebody writes another day."""
_MOST: Final = 20
"""Cases, or places, that are named one by one."""
_LONGEST: Final = 200
"""Characters of a name that are written; `**` stands for the rest."""
_LONGEST_REASON: Final = 120
_WIDTH: Final = 118


def allow_fields(group: CauseGroup, today: date) -> dict[str, object]:
    """Return the entry that accepts a change, with all that the change brings along.

    Args:
        group: The change.
        today: The day on which it is made; it holds `DAYS` more.

    Returns:
        The fields of the entry. The cases are named one by one, and of more than a few those of their group:
        `<Operation>/<group>/**`. For what cannot be written of a name, such as a character that is not seen, there is
        a pattern.
    """
    reason = shortened(printable(f"accepted on {today.isoformat()}: {group.text}"), _LONGEST_REASON)
    cases = _patterns(group.cases, "/")
    return {
        **({"case": _short(cases)} if cases else {}),
        "where": _short(_patterns(group.places, ".")),
        "change": group.kind,
        "reason": reason,
        "expires": (today + timedelta(days=DAYS)).isoformat(),
    }


def allow_entry(group: CauseGroup, today: date) -> str:
    """Return the entry that accepts a change, as YAML; see `allow_fields`."""
    return allow_entries([group], today)


def allow_entries(groups: Iterable[CauseGroup], today: date) -> str:
    """Return the entries of several changes, as one YAML list."""
    return dump_block([allow_fields(group, today) for group in groups], UsageError, width=_WIDTH)


def _patterns(names: Sequence[str], separator: str) -> list[str]:
    """Return patterns that match all names: the names, or what many of them begin with."""
    found = list(dict.fromkeys(map(_pattern, names)))
    while len(found) > _MOST:
        wider = list(dict.fromkeys(_wider(name, separator) for name in found))
        found = wider if len(wider) < len(found) else ["**"]
    return found


def _wider(pattern: str, separator: str) -> str:
    parts = pattern.removesuffix("**").removesuffix(separator).split(separator)
    return separator.join((*parts[:-1], "**"))


def _pattern(name: str) -> str:
    written = "".join(each if printable(each) == each and each != "*" else "**" for each in name[:_LONGEST])
    return written + ("**" if len(name) > _LONGEST or not written else "")


def _short(patterns: Sequence[str]) -> str | list[str]:
    return patterns[0] if len(patterns) == 1 else list(patterns)
