"""The allow file of a gate: changes for the worse that are accepted, each with a reason and until a day."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from conformance.core.errors import UsageError
from conformance.core.yamlfile import Schema, YamlFile
from conformance.reports.gate.difference import Allowed

if TYPE_CHECKING:
    from pathlib import Path


_PATTERNS: Final = {
    "anyOf": [
        {"type": "string", "minLength": 1},
        {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
    ],
}
_SCHEMA: Final = Schema(
    {
        "type": "array",
        "description": "docs/release-pipeline.md",
        "items": {
            "type": "object",
            "required": ["reason", "expires"],
            "anyOf": [{"required": ["case"]}, {"required": ["where"]}],
            "additionalProperties": False,
            "properties": {
                "case": _PATTERNS,
                "where": _PATTERNS,
                "change": {"enum": ["worse", "caller", "gone", "new"]},
                "reason": {"type": "string", "pattern": "\\S"},
                "expires": {
                    "type": "string",
                    "pattern": "^\\d{4}-\\d{2}-\\d{2}$",
                    "examples": ["2027-01-31"],
                },
            },
        },
    }
)


def load_allowed(path: Path) -> tuple[Allowed, ...]:
    """Read an allow file: a list of `{case: PATTERN, where: PATTERN, change: KIND, reason: TEXT, expires: DAY}`.

    Raises:
        UsageError: With file, line and column, for a wrong file, an entry without a reason, and a day that is none.
    """
    file = YamlFile.read(path, UsageError)
    whole = [] if file.data is None else file.data  # a file with comments alone, before anything is accepted
    data = [_with_text(entry) for entry in whole] if isinstance(whole, list) else whole
    file.validate(_SCHEMA, data)
    allowed = []
    for index, entry in enumerate(data):
        try:
            expires = date.fromisoformat(entry["expires"])
        except ValueError:
            raise file.fault(f"{entry['expires']} is no day", (index, "expires"), hint="as in 2027-01-31") from None
        allowed.append(
            Allowed(
                cases=_patterns(entry.get("case")),
                places=_patterns(entry.get("where")),
                change=entry.get("change"),
                reason=entry["reason"],
                expires=expires,
                place=file.locate((index,)),
            )
        )
    return tuple(allowed)


def _patterns(value: str | list[str] | None) -> tuple[str, ...] | None:
    return value if value is None else (value,) if isinstance(value, str) else tuple(value)


def _with_text(entry: object) -> object:
    """Return an entry whose day is text: YAML reads a day without quotes as a date, which JSON has not."""
    if not isinstance(entry, dict):
        return entry
    return {name: value.isoformat() if _is_day(value) else value for name, value in entry.items()}


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)
