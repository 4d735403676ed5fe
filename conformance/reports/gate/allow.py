"""The allow file of a gate: changes for the worse that are accepted, each with a reason and until a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from conformance.core.errors import Location, UsageError
from conformance.core.yamlfile import Schema, YamlFile
from conformance.judging.expected_failures import matches

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.reports.gate.gate import Difference

_SCHEMA: Final = Schema(
    {
        "type": "array",
        "description": "a list of entries with case or where, reason and expires",
        "items": {
            "type": "object",
            "description": "case or where (or both), reason, expires, and change if only one kind is meant",
            "required": ["reason", "expires"],
            "anyOf": [{"required": ["case"]}, {"required": ["where"]}],
            "additionalProperties": False,
            "properties": {
                "case": {"type": "string", "minLength": 1},
                "where": {"type": "string", "minLength": 1},
                "change": {"enum": ["worse", "caller", "gone", "new"]},
                "reason": {"type": "string", "pattern": "\\S", "description": "why the change is accepted"},
                "expires": {
                    "type": "string",
                    "pattern": "^\\d{4}-\\d{2}-\\d{2}$",
                    "description": "a day, as in 2027-01-31",
                },
            },
        },
    }
)


@dataclass(frozen=True, slots=True)
class Allowed:
    """One accepted change.

    Attributes:
        case: A pattern of case ids; `None` for any case.
        where: A pattern of what differs; `None` for anything.
        change: The kind of change; `None` for any.
        reason: Why it is accepted.
        expires: The last day on which it is.
        place: Where the entry stands.
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
        """Whether it speaks of a difference, and is not expired."""
        return (
            not self.expired(today)
            and self.change in (None, difference.kind)
            and (self.case is None or matches(self.case, difference.case))
            and (self.where is None or matches(self.where, difference.where))
        )

    def as_dict(self) -> dict[str, Any]:
        """Return its form in the JSON of a gate."""
        given = {"case": self.case, "where": self.where, "change": self.change}
        return {
            **{name: value for name, value in given.items() if value is not None},
            "reason": self.reason,
            "expires": self.expires.isoformat(),
            "place": str(self.place),
        }


def load_allowed(path: Path) -> tuple[Allowed, ...]:
    """Read an allow file: a list of `{case: PATTERN, where: PATTERN, change: KIND, reason: TEXT, expires: DAY}`.

    Raises:
        UsageError: With file, line and column, for a wrong file, an entry without a reason, and a day that is none.
    """
    file = YamlFile.read(path, UsageError)
    data = [_with_text(entry) for entry in file.data] if isinstance(file.data, list) else file.data
    file.validate(_SCHEMA, data)
    found = []
    for index, entry in enumerate(data):
        try:
            expires = date.fromisoformat(entry["expires"])
        except ValueError:
            raise file.fault(f"{entry['expires']} is no day", (index, "expires"), hint="as in 2027-01-31") from None
        found.append(
            Allowed(
                case=entry.get("case"),
                where=entry.get("where"),
                change=entry.get("change"),
                reason=entry["reason"],
                expires=expires,
                place=file.locate((index,)),
            )
        )
    return tuple(found)


def _with_text(entry: Any) -> Any:
    """Return an entry whose day is text: YAML reads a day without quotes as a date, which JSON has not."""
    if not isinstance(entry, dict):
        return entry
    return {name: value.isoformat() if _is_day(value) else value for name, value in entry.items()}


def _is_day(value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)
