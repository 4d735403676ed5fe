"""One change between two reports, and an entry of the allow file that accepts it. Frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from conformance.judging.expected_failures import matches

if TYPE_CHECKING:
    from datetime import date

    from conformance.core.errors import Location

DifferenceKind = Literal["worse", "caller", "gone", "new", "changed", "better"]
KINDS: Final[tuple[DifferenceKind, ...]] = ("worse", "caller", "gone", "new", "changed", "better")


@dataclass(frozen=True, slots=True)
class Difference:
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
    """

    case: str
    kind: DifferenceKind
    where: str
    text: str
    fails: bool
    expected: str | None = None
    key: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class Allowed:
    """One accepted change.

    Attributes:
        case: A pattern of case ids; `None` for any case.
        where: A pattern of what differs; `None` for anything.
        change: The kind of change; `None` for any.
        reason: Why it is accepted.
        expires: The last day on which it is.
        place: The place of the entry in its file.
    """

    case: str | None
    where: str | None
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
            and (self.case is None or matches(self.case, difference.case))
            and (self.where is None or matches(self.where, difference.where))
        )

    def as_dict(self) -> dict[str, object]:
        """Return its form in the JSON of a gate."""
        given = {"case": self.case, "where": self.where, "change": self.change}
        return {
            **{name: value for name, value in given.items() if value is not None},
            "reason": self.reason,
            "expires": self.expires.isoformat(),
            "place": str(self.place),
        }
