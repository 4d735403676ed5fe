"""Patterns that RE2 and ECMA-262 both understand: without looking ahead, and with letters instead of escapes.

What only a look ahead can say (a text must not begin with, end with, or contain another) is left out. The pattern is
then weaker than the facts: it lets through all that they let through, and more.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.contract.openapi.patterns import (
    allows_empty,
    character_class,
    common_classes,
    is_class,
    literals,
    quoted,
)

if TYPE_CHECKING:
    from conformance.contract.model import Parameter

LOOKS_AROUND: Final = re.compile(r"\(\?(?:[=!]|<[=!])")
_MOST_REPEATS: Final = 1000
"""RE2 takes no more in `{n,}`."""
_ANY: Final = r"[\s\S]"
_ESCAPE: Final = re.compile(r"\\u([0-9a-f]{4})")
_NEGATIVES: Final = ("notStartsWith", "notEndsWith", "notContains")


class SimplePattern(NamedTuple):
    """A pattern, and whether it says all that the facts do."""

    text: str | None
    whole: bool


def simple_pattern(row: Parameter) -> SimplePattern:
    """Return the pattern of the facts about the characters of a text; no text where nothing simple can be said."""
    charset, starts, finishes = (literals(row, name) for name in ("charset", "startsWith", "endsWith"))
    whole = not any(literals(row, name) for name in _NEGATIVES)
    body = _body(charset, starts, finishes)
    if not allows_empty(row):
        told = charset is None and starts is None and finishes is None
        return SimplePattern(None if body is None or told else f"^{_letters(body)}$", whole and (body is not None))
    least = row.fact("minLength")
    if least.stated and isinstance(least.value, int) and least.value > 0:
        alone = starts is None and finishes is None and least.value <= _MOST_REPEATS
        whole = whole and alone
        if alone:
            body = f"{_ANY if charset is None else character_class(charset)}{{{least.value},}}"
    elif charset is None and starts is None and finishes is None:
        body = None
    return SimplePattern(None if body is None else f"^(?:{_letters(body)})?$", whole and body is not None)


def _letters(text: str) -> str:
    r"""Return a pattern with the letters that `\u` escapes stand for: RE2 has another escape."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def _body(
    charset: tuple[str, ...] | None, starts: tuple[str, ...] | None, finishes: tuple[str, ...] | None
) -> str | None:
    """Return what a whole text looks like; `None` where that cannot be said simply."""
    inner = _ANY if charset is None else character_class(charset)
    longer = [name for name in (*(starts or ()), *(finishes or ())) if _is_longer(name)]
    if longer:
        return _with_words(inner, charset, starts, finishes)
    first, last = (
        None if names is None else common_classes(names, names if charset is None else charset)
        for names in (starts, finishes)
    )
    if first is None and last is None:
        return f"{inner}*"
    if last is None:
        return f"{character_class(first or ())}{inner}*"
    if first is None:
        return f"{inner}*{character_class(last)}"
    head, tail = character_class(first), character_class(last)
    if first == last:
        return f"{head}(?:{inner}*{head})?"
    both = common_classes(first, last)
    alone = f"|{character_class(both)}" if both else ""
    return f"(?:{head}{inner}*{tail}{alone})"


def _with_words(
    inner: str, charset: tuple[str, ...] | None, starts: tuple[str, ...] | None, finishes: tuple[str, ...] | None
) -> str | None:
    """Return the same where a text begins or ends with words, at one end and of any characters."""
    if charset is not None or (starts is not None and finishes is not None):
        return None
    names = starts if starts is not None else finishes or ()
    single = [name for name in names if not _is_longer(name)]
    choices = "|".join(
        [*([character_class(single)] if single else []), *(quoted(name) for name in names if _is_longer(name))]
    )
    return f"(?:{choices}){inner}*" if starts is not None else f"{inner}*(?:{choices})"


def _is_longer(name: str) -> bool:
    return len(name) > 1 and not is_class(name)


def simplified(schema: dict[str, object], row: Parameter | None) -> dict[str, object]:
    """Return the schema of a row with a simple pattern; the whole one is in `x-pattern` where something was left out.

    Args:
        schema: The schema, with a pattern or without.
        row: The row; `None` where it is not known: then a pattern that looks around is left out.
    """
    pattern = schema.get("pattern")
    if not isinstance(pattern, str):
        return schema
    simple = simple_pattern(row) if row is not None else SimplePattern(None, whole=False)
    if row is None and not LOOKS_AROUND.search(pattern):
        simple = SimplePattern(_letters(pattern), whole=True)
    rest = {name: value for name, value in schema.items() if name != "pattern"}
    rest |= {} if simple.text is None else {"pattern": simple.text}
    return rest if simple.whole else rest | {"x-pattern": pattern}
