"""Values for a skeleton: one that keeps every rule of a parameter, and the last good and first bad of each rule."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple, TypedDict

from conformance.contract.constraints import violations
from conformance.contract.openapi.patterns import literals
from conformance.contract.wire import canonical_type, wire_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from conformance.contract.model import Fact, Parameter, Scalar


_MASK: Final = re.compile(r"\*{2,}")
_MASKED_NUMBER: Final = re.compile(r"(?<=\.)[Xx]{1,3}(?=\.|$|/)")
_FILL: Final = ("a", "A", "1", "中", "-", "_")
_STRANGE: Final = ("!", "~", " ", "%", "#", "中", "é", "A", "1", "_", "-")
_SAMPLES: Final = {"ascii": "~", "chinese": "中", "digit": "1", "letter": "aZ", "lower": "a", "upper": "A"}
_LONGEST: Final = 100_000


class RepeatedText(TypedDict):
    """A long text, written short."""

    repeat: str
    times: int


Value = str | int | float | bool | RepeatedText
"""What a case sets a parameter to."""

_Sides = tuple["Iterable[Value]", "Iterable[Value]"]
"""Values on both sides of a rule: those that keep it, and those that break it."""


class Pair(NamedTuple):
    """The two sides of one rule; `None` where no value of that side exists or was found."""

    good: Value | None
    bad: Value | None


def valid_value(rows: Sequence[Parameter]) -> Scalar | None:
    """Return a value that keeps the rules of a parameter in every document, from its examples where they do.

    Args:
        rows: The parameter, as each document has it.
    """
    return next(
        (value for value in _candidates(rows) if all(not violations(row, [_text(value)]) for row in rows)), None
    )


def unmasked(text: str) -> str:
    """Return an example with plain characters for those that its document hides: `id-bp1****`, `10.0.XX.XX`."""
    return _MASK.sub(lambda match: "0" * len(match[0]), _MASKED_NUMBER.sub("1", text))


def pair(row: Parameter, name: str, otherwise: Sequence[Value] = ()) -> Pair:
    """Return the values on both sides of one stated rule of a parameter, each breaking nothing else where it can.

    Args:
        row: The parameter, as the document has it that states the rule.
        name: The rule; not `required` and `maxItems`, which are about the parameter being there.
        otherwise: Values that are right in other requests: the first to try of those that break the rule.
    """
    makers: dict[str, Callable[[Parameter], _Sides]] = {
        "enum": _enum,
        "minLength": _shortest,
        "maxLength": _longest,
        "minimum": lambda row: _bound(row, "minimum", -1),
        "maximum": lambda row: _bound(row, "maximum", 1),
        "multipleOf": _multiples,
        "charset": _characters,
        "startsWith": lambda row: _edge(row, "startsWith"),
        "endsWith": lambda row: _edge(row, "endsWith"),
        "notStartsWith": lambda row: _forbidden(row, "notStartsWith", "{}a"),
        "notEndsWith": lambda row: _forbidden(row, "notEndsWith", "a{}"),
        "notContains": lambda row: _forbidden(row, "notContains", "a{}a"),
        "allowEmpty": lambda row: (_texts(row), [""]),
    }
    good, bad = makers[name](row)
    keeping = next((value for value in good if not violations(row, [_text(value)])), None)
    return Pair(keeping, _breaking(row, name, (*otherwise, *bad)))


def broken_facts(row: Parameter, value: Value) -> tuple[str, ...]:
    """Name the rules that a value breaks."""
    return violations(row, [_text(value)])


def _breaking(row: Parameter, name: str, values: Iterable[Value]) -> Value | None:
    """Return the first value that breaks this rule alone, else the first that breaks it among others."""
    among = None
    for value in values:
        broken = broken_facts(row, value)
        if broken == (name,):
            return value
        if among is None and name in broken:
            among = value
    return among


def _text(value: Value) -> str:
    """Return a value as it travels: `{repeat: a, times: 3}` is `aaa`."""
    if isinstance(value, dict):
        return value["repeat"] * value["times"]
    return wire_text(value)


def _candidates(rows: Sequence[Parameter]) -> Iterator[Scalar]:
    for fact in (row.fact("example") for row in rows):
        if fact.stated and isinstance(fact.value, str) and "${" not in fact.value:
            yield unmasked(fact.value)
        elif fact.stated and isinstance(fact.value, (int, float)):
            yield fact.value
    for name in ("default", "enum", "multipleOf", "minimum", "maximum"):
        for row in rows:
            yield from _values(row.fact(name))
    for row in rows:
        kind = canonical_type(str(row.fact("type").value))
        yield from (True,) if kind == "boolean" else (1, 10) if kind in ("integer", "number") else ()
        yield from _texts(row)


def _values(fact: Fact) -> tuple[Scalar, ...]:
    if not fact.stated or fact.value is None:
        return ()
    return fact.value if isinstance(fact.value, tuple) else (fact.value,)


def _number(row: Parameter, name: str) -> int | None:
    value = row.fact(name).value
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _length(row: Parameter) -> int:
    shortest, longest = _number(row, "minLength") or 0, _number(row, "maxLength")
    wanted = max(shortest, 4)
    return wanted if longest is None else min(wanted, longest)


def _texts(row: Parameter) -> Iterator[str]:
    length = _length(row)
    for character in _FILL:
        yield character * length
    for first in _FILL:
        for rest in _FILL:
            yield first + rest * (length - 1)
            yield first + rest * max(length - 2, 0) + first


def _sized(length: int) -> Iterator[Value]:
    """Yield texts of one length, short to write where one character serves."""
    if not 0 <= length <= _LONGEST:
        return
    if length == 0:
        yield ""
        return
    for character in _FILL:
        yield {"repeat": character, "times": length} if length > len("a text") else character * length
    for first in _FILL:
        for rest in _FILL:
            yield first + rest * (length - 1)


def _shortest(row: Parameter) -> _Sides:
    length = _number(row, "minLength")
    return (_sized(length), _sized(length - 1)) if length is not None else ((), ())


def _longest(row: Parameter) -> _Sides:
    length = _number(row, "maxLength")
    return (_sized(length), _sized(length + 1)) if length is not None else ((), ())


def _bound(row: Parameter, name: str, step: int) -> _Sides:
    value = row.fact(name).value
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return (), ()
    return [value], [value + step]


def _multiples(row: Parameter) -> _Sides:
    step = row.fact("multipleOf").value
    if not isinstance(step, int) or isinstance(step, bool) or step < 1:
        return (), ()
    least = _number(row, "minimum") or 0
    first = max(-(-least // step), 1) * step
    return [first, first + step], [first + 1, first - 1]


def _enum(row: Parameter) -> _Sides:
    values = _values(row.fact("enum"))
    numbers = [value for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)]
    other: list[Value] = [max(numbers) + 1] if numbers else []
    return reversed(values), [*other, *(f"{wire_text(value)}x" for value in values), "not-listed"]


def _characters(row: Parameter) -> _Sides:
    own = [text for text in _texts(row) if not violations(row, [text])]
    # One character of every kind that may be there, between two that may be at an edge.
    inside = "".join(_SAMPLES.get(name, name) for name in literals(row, "charset") or ())
    whole = [text[:1] + inside + text[-1:] for text in own]
    # Inside, and never at an edge: what a text may begin with is another rule.
    strange = [text[:1] + other + text[2:] for text in own if len(text) > 2 for other in _STRANGE]  # noqa: PLR2004
    return [*whole, *own], [*strange, *(text[:1] + other for text in own for other in _STRANGE)]


def _edge(row: Parameter, name: str) -> _Sides:
    own = [text for text in _texts(row) if not violations(row, [text])]
    others = (*_FILL, ".", ":", *_STRANGE)
    if name == "startsWith":
        return own, [other + text[1:] for text in own for other in others]
    return own, [text[:-1] + other for text in own for other in others]


def _forbidden(row: Parameter, name: str, form: str) -> _Sides:
    return _texts(row), [form.format(text) for text in literals(row, name) or ()]
