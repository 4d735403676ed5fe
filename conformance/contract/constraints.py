"""Which stated constraints of a parameter a request breaks. The meaning of every constraint is defined here, once."""

from __future__ import annotations

import re
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import TYPE_CHECKING, Final

from conformance.contract.encodings import CARRYING, entries
from conformance.contract.model import CONSTRAINT_NAMES, Parameter
from conformance.contract.openapi.patterns import begins, ends, in_classes, literals
from conformance.contract.wire import canonical_type, wire_text
from conformance.core.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

INTEGER: Final = lazy_pattern(r"-?[0-9]+")
NUMBER: Final = lazy_pattern(r"-?[0-9]+(\.[0-9]+)?")

MASK: Final = "***"
"""What a document puts in place of characters that it hides in an example."""


def violations(
    parameter: Parameter, values: Sequence[str | None], lists: Sequence[Sequence[str | None]] | None = None
) -> tuple[str, ...]:
    """Name the stated constraints that the values of one parameter break.

    Args:
        parameter: The folded parameter of a contract.
        values: What a request carries for it, as texts of the wire: one for a plain parameter, one an item for a list.
            `None` is an item that the request leaves out; no item at all is an absent parameter.
        lists: The same values, apart for each list that holds them, where there may be several.

    Returns:
        The names in the order of `CONSTRAINT_NAMES`, each once. Facts that are lost or not stated never count.

    What the constraints mean:

    - `required`: the parameter is there. A member of a list (`Tag[].Key`) is in every item, but there may be none.
      Inside a JSON value it is the same for what an object has.
    - `maxItems`: no list has more items than this. In a value of `json`, `csv` or `map` its own entries count.
    - `allowEmpty`: when false, no text is empty. When true, an empty text breaks nothing else.
    - `minLength`, `maxLength`: in characters (code points), not bytes.
    - `minimum`, `maximum`: the text is a decimal number within the bound; any other text is outside.
    - `multipleOf`: the text is a decimal number, and a whole number of times this one; any other text is none.
    - `enum`: the text is one of the values, letter for letter.
    - `charset`: every character is of the classes or literals. `startsWith`, `endsWith`: the first, the last is.
    - `notStartsWith`, `notEndsWith`, `notContains`: none of the literals, with the letter case that the document has.
    """
    present = [value for value in values if value is not None]
    broken = {name for text in present for name in _broken(parameter, text)}
    if _flag(parameter, "required") is True and _absent(parameter, values):
        broken.add("required")
    limit = _number(parameter, "maxItems")
    if limit is not None and any(size > limit for size in _sizes(parameter, lists or [values])):
        broken.add("maxItems")
    return tuple(name for name in CONSTRAINT_NAMES if name in broken)


def masked(text: str) -> bool:
    """Whether an example hides characters, so that its form is not known."""
    return MASK in text


def _sizes(parameter: Parameter, lists: Iterable[Sequence[str | None]]) -> Iterator[int]:
    if parameter.encoding in CARRYING:
        texts = (text for values in lists for text in values if text is not None)
        yield from (entries(text, parameter.encoding) or 0 for text in texts)
        return
    # The items of a list of objects have no value of their own: their indexes count.
    whole = parameter.path.endswith("[]")
    yield from (len(values) if whole else sum(value is not None for value in values) for values in lists)


def _absent(parameter: Parameter, values: Sequence[str | None]) -> bool:
    inside = parameter.encoding in CARRYING and re.search(r"[.\[]", parameter.path) is not None
    if inside or re.search(r"\[\]\.", parameter.path):
        return None in values
    return all(value is None for value in values)


def _broken(parameter: Parameter, text: str) -> set[str]:
    empty = _flag(parameter, "allowEmpty")
    if not text and empty is True:
        return set()
    # What is not stated always holds.
    stated = [name for name, fact in parameter.facts.items() if name in _CHECKS and fact.stated]
    broken = {name for name in stated if not _CHECKS[name](parameter, name, text)}
    if not text and empty is False:
        broken.add("allowEmpty")
    return broken


def _flag(parameter: Parameter, name: str) -> bool | None:
    fact = parameter.fact(name)
    return fact.value if fact.stated and isinstance(fact.value, bool) else None


def _number(parameter: Parameter, name: str) -> Decimal | None:
    fact = parameter.fact(name)
    if not fact.stated or fact.value is None or isinstance(fact.value, (bool, tuple)):
        return None
    text = wire_text(fact.value)
    return Decimal(text) if isinstance(fact.value, float) or NUMBER.fullmatch(text) else None


def _value(parameter: Parameter, text: str) -> Decimal | None:
    integer = canonical_type(str(parameter.fact("type").value)) == "integer"
    return Decimal(text) if (INTEGER if integer else NUMBER).fullmatch(text) else None


def _at_least(parameter: Parameter, name: str, text: str) -> bool:
    bound, value = _number(parameter, name), _value(parameter, text)
    return bound is None or (value is not None and value >= bound)


def _at_most(parameter: Parameter, name: str, text: str) -> bool:
    bound, value = _number(parameter, name), _value(parameter, text)
    return bound is None or (value is not None and value <= bound)


def _multiple(parameter: Parameter, name: str, text: str) -> bool:
    step, value = _number(parameter, name), _value(parameter, text)
    if not step or not step.is_finite():
        return True
    if value is None:
        return False
    # The digits of a request are its sender's: as many are kept as it has.
    exact = Context(prec=len(text) + len(str(step)), Emax=MAX_EMAX, Emin=MIN_EMIN)
    return exact.remainder(value, step) == 0


def _long_enough(parameter: Parameter, name: str, text: str) -> bool:
    bound = _number(parameter, name)
    return bound is None or len(text) >= bound


def _short_enough(parameter: Parameter, name: str, text: str) -> bool:
    bound = _number(parameter, name)
    return bound is None or len(text) <= bound


def _one_of(parameter: Parameter, name: str, text: str) -> bool:
    allowed = literals(parameter, name)
    return allowed is None or text in allowed


def _of_charset(parameter: Parameter, name: str, text: str) -> bool:
    classes = literals(parameter, name)
    return classes is None or all(in_classes(character, classes) for character in text)


def _begins(parameter: Parameter, name: str, text: str) -> bool:
    classes = literals(parameter, name)
    return classes is None or begins(text, classes)


def _ends(parameter: Parameter, name: str, text: str) -> bool:
    classes = literals(parameter, name)
    return classes is None or ends(text, classes)


def _without_prefix(parameter: Parameter, name: str, text: str) -> bool:
    return not text.startswith(literals(parameter, name) or ())


def _without_suffix(parameter: Parameter, name: str, text: str) -> bool:
    return not text.endswith(literals(parameter, name) or ())


def _without_part(parameter: Parameter, name: str, text: str) -> bool:
    return not any(part in text for part in literals(parameter, name) or ())


_CHECKS: Final[dict[str, Callable[[Parameter, str, str], bool]]] = {
    "enum": _one_of,
    "minLength": _long_enough,
    "maxLength": _short_enough,
    "minimum": _at_least,
    "maximum": _at_most,
    "multipleOf": _multiple,
    "charset": _of_charset,
    "startsWith": _begins,
    "endsWith": _ends,
    "notStartsWith": _without_prefix,
    "notEndsWith": _without_suffix,
    "notContains": _without_part,
}
