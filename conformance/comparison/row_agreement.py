"""Whether two documents agree about one row: where the same promise is in another fact or another unit."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from conformance.comparison.agreement import Agreement, Judgement, judge
from conformance.comparison.unit_conversion import factor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.contract.model import Fact, FactValue, Parameter

_QUANTITIES: Final = ("enum", "default", "minimum", "maximum")
_OTHER_UNIT: Final = Judgement(Agreement.DIFFERS_IN_SCOPE, "the same quantities in another unit")
_LIST_AND_RANGE: Final = Judgement(Agreement.DIFFERS_IN_SCOPE, "one side lists the values, the other gives their range")
_ITEMS: Final = Judgement(Agreement.DIFFERS_IN_SCOPE, "the same bound, said of the values and of their number")
_AMONG_ALLOWED: Final = Judgement(Agreement.DIFFERS_IN_SCOPE, "the same among the characters that are allowed")
_NOTHING: Final = Judgement(Agreement.DIFFERS_IN_SCOPE, "an empty text is allowed by both, said in two ways")


def judge_row(left: Parameter, right: Parameter, names: Sequence[str]) -> dict[str, Judgement]:
    """Compare two rows of the same path.

    Args:
        left: The row of the one document.
        right: The row of the other.
        names: The facts to compare.

    Returns:
        The judgement of each fact that at least one side states or lost, in the order of `names`.
    """
    judgements = {
        name: result for name in names if (result := judge(name, left.fact(name), right.fact(name))) is not None
    }
    for equal in (_in_another_unit, _list_and_range, _items, _empty, _among_allowed):
        # A rule changes only what is there: a lost or silent fact stays what it is.
        judgements.update({name: result for name, result in equal(left, right).items() if name in judgements})
    return judgements


def _in_another_unit(left: Parameter, right: Parameter) -> dict[str, Judgement]:
    """Find bounds that are equal once their units are: `24 to 168` hours are `1 to 7` days."""
    units = left.fact("unit"), right.fact("unit")
    if not all(unit.stated for unit in units):
        return {}
    times = factor(str(units[0].value), str(units[1].value))
    if times is None or times == 1:
        return {}
    shared = [name for name in _QUANTITIES if left.fact(name).stated and right.fact(name).stated]
    pairs = [(_scaled(left.fact(name), times), _scaled(right.fact(name), Fraction(1))) for name in shared]
    same = all(one is not None and one == other for one, other in pairs)
    if not shared or not same:
        return {}
    return dict.fromkeys((*shared, "unit"), _OTHER_UNIT)


def _scaled(fact: Fact, times: Fraction) -> frozenset[Fraction] | None:
    """Return the numbers of a fact, each so many times itself; `None` where one is no number."""
    values = fact.value if isinstance(fact.value, tuple) else (fact.value,)
    numbers = [_number(value) for value in values]
    return frozenset(number * times for number in numbers if number is not None) if None not in numbers else None


def _number(value: FactValue | None) -> Fraction | None:
    return Fraction(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _list_and_range(left: Parameter, right: Parameter) -> dict[str, Judgement]:
    for one, other in ((left, right), (right, left)):
        bounds = [other.fact(name) for name in ("minimum", "maximum")]
        crossed = [other.fact("enum"), one.fact("minimum"), one.fact("maximum")]
        values = _scaled(one.fact("enum"), Fraction(1)) if one.fact("enum").stated else None
        if not values or any(fact.stated for fact in crossed) or not all(fact.stated for fact in bounds):
            continue
        if [min(values), max(values)] == [_number(bound.value) for bound in bounds]:
            return dict.fromkeys(("enum", "minimum", "maximum"), _LIST_AND_RANGE)
    return {}


def _items(left: Parameter, right: Parameter) -> dict[str, Judgement]:
    for one, other in ((left, right), (right, left)):
        most, bound = one.fact("maxItems"), other.fact("maximum")
        apart = not other.fact("maxItems").stated and not one.fact("maximum").stated
        if most.stated and bound.stated and apart and most.value == bound.value:
            return {"maxItems": _ITEMS, "maximum": _ITEMS}
    return {}


def _among_allowed(left: Parameter, right: Parameter) -> dict[str, Judgement]:
    """Find ends that are the same among the characters that are allowed: "a letter" where only small ones are."""
    found = {}
    for name in ("startsWith", "endsWith"):
        facts = left.fact(name), right.fact(name)
        if all(fact.stated for fact in facts) and facts[0].value != facts[1].value:
            ends = [_allowed(fact, row.fact("charset")) for fact, row in zip(facts, (left, right), strict=True)]
            if ends[0] == ends[1]:
                found[name] = _AMONG_ALLOWED
    return found


def _allowed(end: Fact, charset: Fact) -> frozenset[FactValue | None]:
    classes = frozenset(end.value if isinstance(end.value, tuple) else (end.value,))
    allowed = frozenset(charset.value) if charset.stated and isinstance(charset.value, tuple) else frozenset()
    if "letter" in classes and not allowed & {"letter", "ascii"}:
        return classes - {"letter"} | (allowed & {"lower", "upper"} or {"letter"})
    return classes


def _empty(left: Parameter, right: Parameter) -> dict[str, Judgement]:
    for one, other in ((left, right), (right, left)):
        # "Empty, or 1 to 256 characters" is what "0 to 256 characters" says.
        says_so = one.fact("allowEmpty").stated and one.fact("allowEmpty").value is True
        shortest = other.fact("minLength")
        if says_so and not other.fact("allowEmpty").stated and shortest.stated and shortest.value == 0:
            own = one.fact("minLength")
            same = own.stated and own.value == 1
            return {"allowEmpty": _NOTHING, **({"minLength": _NOTHING} if same else {})}
    return {}
