"""One change between two reports, and an entry of the allow file that accepts it. Frozen data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from conformance.contract.wire import folded_path
from conformance.judging.expected_failures import matches

if TYPE_CHECKING:
    from datetime import date

    from conformance.core.errors import Location

DifferenceKind = Literal["worse", "caller", "gone", "new", "changed", "better"]
KINDS: Final[tuple[DifferenceKind, ...]] = ("worse", "caller", "gone", "new", "changed", "better")


class Difference(Struct, frozen=True):
    """One cause in one case.

    Attributes:
        case: The id of the case; empty when the run as a whole is meant.
        kind: How it changed.
        where: What differs: the `where` of a mismatch, `caller.exception`, or the new verdict.
        text: The cause in words; the same for every case that has it.
        fails: Whether the gate fails for it, unless it is allowed.
        expected: What would conform, where the cause is a mismatch.
        key: The key of its cause, as in `groups` of the report; of what got better, of the baseline. Empty for a
            change that is no mismatch.
        since: What there was before instead, where that tells causes apart.
        brings: What else it changes in the case: what the caller sees, above all.
    """

    case: str
    kind: DifferenceKind
    where: str
    text: str
    fails: bool
    expected: str | None = None
    key: str = ""
    since: str = ""
    brings: tuple[Difference, ...] = ()


class Allowed(Struct, frozen=True):
    """One accepted change.

    Attributes:
        cases: Patterns of case ids, of which one must match; `None` for any case.
        places: Patterns of what differs, in the same way; `None` for anything.
        change: The kind of change; `None` for any.
        reason: Why it is accepted.
        expires: The last day on which it is.
        place: The place of the entry in its file.
    """

    cases: tuple[str, ...] | None
    places: tuple[str, ...] | None
    change: str | None
    reason: str
    expires: date
    place: Location

    def expired(self, today: date) -> bool:
        """Whether it is past its last day."""
        return today > self.expires

    def accepts(self, difference: Difference, today: date) -> bool:
        """Whether it matches a difference, and is not expired."""
        return (
            not self.expired(today)
            and self.change in (None, difference.kind)
            and _match(self.cases, difference.case)
            and (_match(self.places, difference.where) or _match(self.places, named(difference.where)))
        )

    def as_dict(self) -> dict[str, object]:
        """Return its form in the JSON of a gate."""
        given = {"case": _short(self.cases), "where": _short(self.places), "change": self.change}
        return {
            **{name: value for name, value in given.items() if value is not None},
            "reason": self.reason,
            "expires": self.expires.isoformat(),
            "place": str(self.place),
        }


def named(where: str) -> str:
    """Return what a place is called: of a list that was sent the items have one name, `sdk.request.Things[].Name`."""
    return folded_path(where) if is_sent(where) else where


def is_sent(where: str) -> bool:
    """Whether a value that is there was sent, in a request."""
    return f".{where}".removeprefix(".sdk").startswith((".request.", ".wire."))


def _match(patterns: tuple[str, ...] | None, text: str) -> bool:
    return patterns is None or any(matches(pattern, text) for pattern in patterns)


def _short(patterns: tuple[str, ...] | None) -> str | list[str] | None:
    """Return patterns as an allow file may have them: one alone is no list."""
    if patterns is None:
        return None
    return patterns[0] if len(patterns) == 1 else list(patterns)
