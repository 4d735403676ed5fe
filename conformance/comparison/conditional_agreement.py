"""Whether two documents agree about what holds on a condition only: fact by fact, with the condition.

A condition that was not understood contradicts nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.comparison.agreement import LOST_NOTE, Agreement, Judgement, judge
from conformance.comparison.compared_fact import ComparedFact
from conformance.contract.condition_text import presence_text
from conformance.contract.model import NOT_STATED, Fact, State
from conformance.contract.when import UNKNOWN
from conformance.contract.wire import wire_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.model import Parameter
    from conformance.contract.when import When

    _Key = tuple[str, frozenset[tuple[str, frozenset[str]]]]

CONDITION: Final = "condition"
"""The kind of a difference in the condition: one document has none, or another one."""

PRESENCE: Final = "presence"
"""What a comparison calls the fact that a field is in an answer."""

OTHER_VALUE: Final = "other-value"
"""The kind of a difference in value, where one document states its own on a condition that was not understood."""

_NOT_UNDERSTOOD: Final = "one document states it on a condition that was not understood"
_ON_A_CONDITION: Final = "the other document states it on a condition"
_WITHOUT: Final = "the other document states it without a condition"
_ALWAYS: Final = "the other document promises the field in every answer"
_ONE_SIDED: Final = {True: Agreement.ONLY_LEFT, False: Agreement.ONLY_RIGHT}


def beside_conditions(name: str, result: Judgement, left: Parameter, right: Parameter) -> Judgement:
    """Return the judgement of a fact for all requests that one document states, and the other on a condition only."""
    if result.verdict not in (Agreement.ONLY_LEFT, Agreement.ONLY_RIGHT):
        return result
    silent = right if result.verdict is Agreement.ONLY_LEFT else left
    conditions = [each.when for each in silent.conditional if each.name == name]
    if not conditions:
        return result
    if not all(when.known for when in conditions):
        differs = doubtful(name, left, right) is not None
        return Judgement(Agreement.DIFFERS_IN_SCOPE, _NOT_UNDERSTOOD, OTHER_VALUE if differs else "")
    return result._replace(note=_ON_A_CONDITION, kind=CONDITION)


def doubtful(name: str, left: Parameter, right: Parameter) -> tuple[Fact, Fact] | None:
    """Return a fact as both rows have it, where one states it for all requests and the other another value.

    The other states its one value on a condition that was not understood, such as that the parameter is there at all.
    `None` where the values agree, or several are stated on conditions.
    """
    if not left.conditional and not right.conditional:
        return None  # as of nearly every row, and this is asked for every fact
    plain = (left.fact(name), right.fact(name))
    held = [[each for each in row.conditional if each.name == name] for row in (left, right)]
    on_left = not plain[0].stated
    conditional = held[0] if on_left else held[1]
    if len(conditional) != 1 or conditional[0].when.known or plain[0].stated is plain[1].stated:
        return None
    mine, theirs = (conditional[0].fact, plain[1]) if on_left else (plain[0], conditional[0].fact)
    result = judge(name, mine, theirs)
    return (mine, theirs) if result is not None and result.verdict is Agreement.DISAGREE else None


def compare_conditional(operation: str, path: str, left: Parameter, right: Parameter) -> Iterator[ComparedFact]:
    """Yield the comparison of the conditional facts of two rows of one path.

    Args:
        operation: The operation.
        path: The path, as findings have it.
        left: The row of the one document.
        right: The row of the other.
    """
    one, other = _by_condition(left), _by_condition(right)
    for key in dict.fromkeys([*one, *other]):
        name = key[0]
        if doubtful(name, left, right) is not None:
            continue  # said beside what holds for all requests
        mine, when = one.get(key, (NOT_STATED, None))
        theirs, their_when = other.get(key, (NOT_STATED, None))
        result = judge(name, mine, theirs)
        if mine.stated and theirs.stated and result is not None:
            unsure = not key[1] and result.verdict is not Agreement.AGREE
            judged = Judgement(Agreement.DIFFERS_IN_SCOPE, _NOT_UNDERSTOOD) if unsure else result
        else:
            judged = _alone(name, right if mine.stated else left, known=bool(key[1]), on_left=mine.stated)
        yield ComparedFact(
            operation, path, name, judged.verdict, mine, theirs, judged.note, judged.kind, when or their_when or UNKNOWN
        )


def compare_presence(operation: str, path: str, left: Parameter, right: Parameter) -> Iterator[ComparedFact]:
    """Yield the comparison of when a field is in an answer, where one document names a condition."""
    conditions = [left.presence.when, right.presence.when]
    if conditions == [None, None]:
        return
    mine, theirs = _presence(left), _presence(right)
    same = _canonical(conditions[0]) == _canonical(conditions[1])
    unsure = any(when is not None and not when.known for when in conditions)
    if same:
        judged = Judgement(Agreement.AGREE)
    elif unsure:
        judged = Judgement(Agreement.DIFFERS_IN_SCOPE, _NOT_UNDERSTOOD)
    elif None in conditions:
        on_left = conditions[0] is not None
        judged = Judgement(_ONE_SIDED[on_left], _ALWAYS, CONDITION)
        mine, theirs = (mine, NOT_STATED) if on_left else (NOT_STATED, theirs)
    else:
        judged = Judgement(Agreement.DISAGREE, kind=CONDITION)
    yield ComparedFact(operation, path, PRESENCE, judged.verdict, mine, theirs, judged.note, judged.kind)


def _alone(name: str, other: Parameter, *, known: bool, on_left: bool) -> Judgement:
    """Judge a fact that one document states on a condition, and the other not on this one."""
    plain = other.fact(name)
    if plain.state is State.LOST:
        return Judgement(Agreement.UNKNOWN_LOST, LOST_NOTE)
    if not known or any(each.name == name and not each.when.known for each in other.conditional):
        return Judgement(Agreement.DIFFERS_IN_SCOPE, _NOT_UNDERSTOOD)
    # "Not required" beside "required if ..." is how every table has it.
    stated = plain.stated and not (name == "required" and plain.value is False)
    return Judgement(_ONE_SIDED[on_left], _WITHOUT if stated else "", CONDITION if stated else "")


def _by_condition(row: Parameter) -> dict[_Key, tuple[Fact, When]]:
    found: dict[_Key, tuple[Fact, When]] = {}
    for each in row.conditional:
        found.setdefault((each.name, _canonical(each.when) or frozenset()), (each.fact, each.when))
    return found


def _canonical(when: When | None) -> frozenset[tuple[str, frozenset[str]]] | None:
    """Return what two conditions have alike that say the same, in whatever order."""
    if when is None:
        return None
    return frozenset((path, frozenset(map(wire_text, values))) for path, values in when.needs)


def _presence(row: Parameter) -> Fact:
    return Fact(State.STATED, presence_text(row.presence), row.presence.line or row.line)
