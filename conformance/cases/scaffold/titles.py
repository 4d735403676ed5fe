"""What a case of a rule shows, in words: `BarnName has 129 characters, one more than it may have`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.contract.wire import wire_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.model import Fact

_KEPT: Final = {
    "required": "{path} is sent",
    "enum": "{path} {value} of its values",
    "minLength": "{path} has {limit}, the least that it may have",
    "maxLength": "{path} has {limit}, the most that it may have",
    "minimum": "{path} is {limit}, the least that it may be",
    "maximum": "{path} is {limit}, the most that it may be",
    "maxItems": "{path} has {limit}, the most that it may have",
    "multipleOf": "{path} is a multiple of {limit}",
    "charset": "{path} has characters of every kind that it may have",
    "startsWith": "{path} begins as it must",
    "endsWith": "{path} ends as it must",
    "notStartsWith": "{path} begins with nothing that it must not begin with",
    "notEndsWith": "{path} ends with nothing that it must not end with",
    "notContains": "{path} has nothing in it that it must not have",
    "allowEmpty": "{path} is not empty",
}
_BROKEN: Final = {
    "required": "{path} is left out",
    "enum": "{path} {value} of its values",
    "minLength": "{path} has {limit}, one less than it must have",
    "maxLength": "{path} has {limit}, one more than it may have",
    "minimum": "{path} is {limit}, one less than it may be",
    "maximum": "{path} is {limit}, one more than it may be",
    "maxItems": "{path} has {limit}, one more than it may have",
    "multipleOf": "{path} is no multiple of {limit}",
    "charset": "{path} has a character that it must not have",
    "startsWith": "{path} begins as it must not",
    "endsWith": "{path} ends as it must not",
    "notStartsWith": "{path} begins with what it must not begin with",
    "notEndsWith": "{path} ends with what it must not end with",
    "notContains": "{path} has in it what it must not have",
    "allowEmpty": "{path} is empty, which it must not be",
}
_STEP: Final = {"minLength": -1, "minimum": -1, "maxLength": 1, "maximum": 1, "maxItems": 1}
_UNIT: Final = {"minLength": "character", "maxLength": "character", "maxItems": "item"}


def title_kept(path: str, name: str, fact: Fact, change: Mapping[str, object]) -> str:
    """Return the title of a case whose value keeps a rule.

    Args:
        path: The parameter.
        name: The rule.
        fact: What the document states.
        change: The fields of the case that change the valid request.
    """
    value = _sent(path, change)
    words = f"is {value}, one" if value else "is one"
    return _KEPT[name].format(path=path, limit=_limit(name, fact, 0), value=words)


def title_broken(path: str, name: str, fact: Fact, change: Mapping[str, object]) -> str:
    """Return the title of a case whose value breaks a rule; see `title_kept`."""
    value = _sent(path, change)
    words = f"is {value}, none" if value else "is none"
    return _BROKEN[name].format(path=path, limit=_limit(name, fact, _STEP.get(name, 0)), value=words)


def _limit(name: str, fact: Fact, step: int) -> str:
    value = fact.value
    if not isinstance(value, int | float) or isinstance(value, bool):
        return ""
    number = wire_text(value + step)
    return f"{number} {_UNIT[name]}{'' if number == '1' else 's'}" if name in _UNIT else number


def _sent(path: str, change: Mapping[str, object]) -> str:
    """Return the value that a case gives a parameter at the top of a request; empty where it is no plain text."""
    own = change.get("set")
    value = own.get(path) if isinstance(own, dict) else None
    return wire_text(value) if isinstance(value, str | int | float) else ""
