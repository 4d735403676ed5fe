"""What the server follows: one document's contract, or both in one.

Under `both` the server promises what either document promises. A constraint holds when one of them states it, the
stricter of two wins, an enum is the union of both, and of a parameter that only one of them requires the document of
the language that takes precedence has the last word. What holds on a condition in either of them holds on it here, and
the stricter of two that hold on the same one; where both say different things of one case in which no one is stricter,
neither is enforced.
"""

from __future__ import annotations

import math
from functools import reduce
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.contract.answer_trees import as_answered
from conformance.contract.languages import BOTH, BY_PRECEDENCE, DOCS, Language
from conformance.contract.model import NOT_STATED, Contract, Fact, FactValue, Parameter, State
from conformance.contract.openapi.patterns import common_classes
from conformance.contract.wire import wire_text
from conformance.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from conformance.contract.model import ConditionalFact, Encoding
    from conformance.contract.when import When


def follow_documents(contracts: Mapping[Language, Contract], choice: str) -> Contract:
    """Put together what a server that follows one language's document, or both, promises.

    Args:
        contracts: The contracts by language.
        choice: The code of one language, or `BOTH`.

    Returns:
        One contract: the one of the language that is followed, or what both make together.

    Raises:
        UsageError: For another choice, or when there is no contract in a language that is followed.
    """
    if choice not in DOCS:
        raise UsageError(f"the server cannot follow {choice!r}", hint=f"choose {', '.join(DOCS)}")
    languages = [language for language in BY_PRECEDENCE if choice in (language, BOTH)]
    if choice == BOTH:  # of an operation that has one document, that one
        languages = [language for language in languages if language in contracts]
    missing = [language for language in languages if language not in contracts]
    if missing:
        raise UsageError(f"there is no contract in {' and '.join(missing)} to follow")
    answered = as_answered(contracts)
    followed = [answered[language] for language in languages]
    paths = dict.fromkeys(parameter.path for contract in followed for parameter in contract.parameters)
    parameters = tuple(
        _merge([found for contract in followed if (found := contract.parameter(path)) is not None]) for path in paths
    )
    rows = {row.key: row for contract in followed for row in contract.errors}
    fields = {row.path: row for contract in reversed(followed) for row in contract.responses}
    responses = tuple(fields[path] for path in dict.fromkeys(row.path for each in followed for row in each.responses))
    return replace(followed[0], parameters=parameters, responses=responses, errors=tuple(rows.values()))


def default(followed: Contract, path: str, otherwise: str) -> str:
    """Return the documented default of a parameter as text, or another where the documents state none."""
    parameter = followed.parameter(path)
    fact = parameter.fact("default") if parameter else NOT_STATED
    return wire_text(fact.value) if fact.stated and isinstance(fact.value, (str, int, float)) else otherwise


def with_facts(followed: Contract, path: str, **values: FactValue | None) -> Contract:
    """Return these promises with facts of one parameter stated otherwise, or no more on `None`."""

    def changed(parameter: Parameter) -> Parameter:
        facts = {
            name: NOT_STATED if value is None else replace(parameter.fact(name), state=State.STATED, value=value)
            for name, value in values.items()
        }
        return replace(parameter, facts={**parameter.facts, **facts})

    parameters = tuple(changed(item) if item.path == path else item for item in followed.parameters)
    return replace(followed, parameters=parameters)


def _merge(parameters: Sequence[Parameter]) -> Parameter:
    first = parameters[0]
    names = dict.fromkeys(name for parameter in parameters for name in parameter.facts)
    facts = {name: _merge_fact(name, [parameter.fact(name) for parameter in parameters]) for name in names}
    return replace(first, facts=facts, conditional=_merge_conditional(parameters), encoding=_merge_encoding(parameters))


def _merge_encoding(parameters: Sequence[Parameter]) -> Encoding:
    """Return the first encoding that says more than that a value is one text."""
    return next((each.encoding for each in parameters if each.encoding != "plain"), parameters[0].encoding)


def _merge_conditional(parameters: Sequence[Parameter]) -> tuple[ConditionalFact, ...]:
    """Return what holds on a condition: what two documents state of one condition, put together where it can be."""
    alike: dict[tuple[str, When], list[ConditionalFact]] = {}
    for each in dict.fromkeys(each for parameter in parameters for each in parameter.conditional):
        alike.setdefault((each.name, each.when), []).append(each)
    return tuple(fact for found in alike.values() for fact in _together(found, parameters))


def _together(found: list[ConditionalFact], parameters: Sequence[Parameter]) -> list[ConditionalFact]:
    """Return facts of one name and condition as one, where each document states one of them at most."""
    first = found[0]
    one_each = all(sum(each in parameter.conditional for each in found) <= 1 for parameter in parameters)
    if first.name not in _TOGETHER or not first.when.known or not one_each:
        return found
    return [replace(first, fact=_merge_fact(first.name, [each.fact for each in found]))]


def _merge_fact(name: str, facts: Sequence[Fact]) -> Fact:
    stated = [fact for fact in facts if fact.stated]
    if len(stated) < 2 or name not in _TOGETHER:  # noqa: PLR2004 - nothing to put together
        return stated[0] if stated else facts[0]
    return replace(stated[0], value=_TOGETHER[name]([fact.value for fact in stated]))


def _union(values: Iterable[FactValue | None]) -> FactValue:
    return tuple(dict.fromkeys(item for value in values if isinstance(value, tuple) for item in value))


def _common(values: Sequence[FactValue | None]) -> FactValue:
    lists = [tuple(map(wire_text, value)) for value in values if isinstance(value, tuple)]
    # What is the same in all stays as it is written.
    return lists[0] if all(each == lists[0] for each in lists) else reduce(common_classes, lists)


def _largest(values: Iterable[FactValue | None]) -> FactValue:
    return max(value for value in values if isinstance(value, (int, float)))


def _smallest(values: Iterable[FactValue | None]) -> FactValue:
    return min(value for value in values if isinstance(value, (int, float)))


def _common_multiple(values: Iterable[FactValue | None]) -> FactValue:
    steps = [value for value in values if isinstance(value, (int, float))]
    whole = [step for step in steps if isinstance(step, int)]
    return math.lcm(*whole) if len(whole) == len(steps) else max(steps)


def _all(values: Iterable[FactValue | None]) -> FactValue:
    return all(values)


_TOGETHER: Final[Mapping[str, Callable[[Sequence[FactValue | None]], FactValue]]] = {
    "enum": _union,
    "minLength": _largest,
    "maxLength": _smallest,
    "minimum": _largest,
    "maximum": _smallest,
    "multipleOf": _common_multiple,
    "maxItems": _smallest,
    "charset": _common,
    "startsWith": _common,
    "endsWith": _common,
    "notStartsWith": _union,
    "notEndsWith": _union,
    "notContains": _union,
    "allowEmpty": _all,
}
