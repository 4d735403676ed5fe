r"""Conditions of a call, as the files of `behaviours/` have them: a mapping of tests, all of which must hold.

{given: Name}                          the parameter was sent, if only empty; of several names, one of them was
{sent: Name}                           the parameter was sent with a value
{in: {Name: [a, b]}}                   its value is one of these
{includes: {"Key[]": a}}               one of its values is this
{contains: {Name: a}}                  one of its values has this in it
{fits: {Name: '\d+'}}                   its whole value fits this pattern
{twice: "Key[]"}                       two of its values are the same
{more_than: {"Key[]": 19}}             it has more values
{not_ascii: Name}                      one of its values has a character that is not ASCII
{number_outside: {Name: {least: 1, most: 50}}}   it was sent, and is no whole number within the bounds
{region: unknown}                      the call's region is none that there is
{state: account.is-ram-user}           the account is in a provider state
{state: {name: resource.exists, of: {id: Name}}}   the same, with parameters that the call has; what it lacks is open
{state: {name: ..., is: {param: a}}}    and with these values
{state: {name: ..., exceeded: {limit: Name}}}      and a number of the call above that of the state; `reached`: or equal
{taken: {}}                            there is a resource already that must not be alike
{taken: {has: {Field: a}, said: true}}   and its list has an element; `said`: not only by default
{resource: any}                        the account has a resource
{unknown: Name}                        no resource of the region has the id
{method: [GET]}                        the HTTP method is one of these
{always: true}                         always
{not: {...}}, {any: [{...}, {...}]}    the contrary; one of several
"""

from __future__ import annotations

import re
from functools import partial, reduce
from typing import TYPE_CHECKING, Final, TypeAlias

from conformance.core.wording import near
from conformance.server.provider_states import provider_states
from conformance.server.request import whole_number

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.core.yamlparts import Part
    from conformance.server.attempt import Attempt
    from conformance.server.provider_states import Params
    from conformance.server.store import StoredResource

Condition: TypeAlias = "Callable[[Attempt], bool]"


def read_condition(part: Part) -> Condition:
    """Return the condition that a mapping of tests is.

    Raises:
        BehaviourError: For a test that there is not, or one that is put wrongly; with the line.
    """
    return reduce(_both, [_test(name, value) for name, value in part.members()])


# Put together two at a time: a call meets dozens of conditions, and a generator for each costs more than they do.
def _both(one: Condition, other: Condition) -> Condition:
    return lambda attempt: one(attempt) and other(attempt)


def _either(one: Condition, other: Condition) -> Condition:
    return lambda attempt: one(attempt) or other(attempt)


def missing(path: str, attempt: Attempt) -> bool:
    """Whether a required parameter is absent, or empty: the documents call for a value."""
    empty = attempt.given(path) and not attempt.sent(path) and attempt.may_need(path)
    return empty or attempt.violates(path, "required")


def violates(path: str, fact: str, attempt: Attempt) -> bool:
    """Whether the call violates one fact of one parameter."""
    return attempt.violates(path, fact)


def state_holds(state: str, attempt: Attempt) -> bool:
    """Whether the account is in a state."""
    return attempt.view.holds(state)


def _test(name: str, value: Part) -> Condition:
    test = _TESTS.get(name)
    if test is None:
        raise value.fault(f"there is no test {name!r}", near(name, _TESTS))
    return test(value)


def _given(value: Part) -> Condition:
    return reduce(_either, map(_one_given, value.texts()))


def _one_given(name: str) -> Condition:
    return lambda attempt: attempt.given(name)


def _sent(value: Part) -> Condition:
    return reduce(_either, map(_one_sent, value.texts()))


def _one_sent(name: str) -> Condition:
    return lambda attempt: attempt.sent(name)


def _in(value: Part) -> Condition:
    name, known = value.only()
    words = frozenset(known.texts())
    return lambda attempt: attempt.call.value(name) in words


def _includes(value: Part) -> Condition:
    name, wanted = value.only()
    word = wanted.text()
    return lambda attempt: word in attempt.call.values(name)


def _contains(value: Part) -> Condition:
    name, wanted = value.only()
    word = wanted.text()
    return lambda attempt: any(word in (text or "") for text in attempt.call.values(name))


def _fits(value: Part) -> Condition:
    name, wanted = value.only()
    try:
        pattern = re.compile(wanted.text())
    except re.error as fault:
        raise wanted.fault(f"is no regular expression: {fault}") from None
    return lambda attempt: pattern.fullmatch(attempt.call.value(name) or "") is not None


def _twice(value: Part) -> Condition:
    name = value.text()

    def repeated(attempt: Attempt) -> bool:
        values = attempt.call.values(name)
        return len(set(values)) < len(values)

    return repeated


def _more_than(value: Part) -> Condition:
    name, most = value.only()
    count = most.whole()
    return lambda attempt: len(attempt.call.values(name)) > count


def _not_ascii(value: Part) -> Condition:
    name = value.text()
    return lambda attempt: any(not (text or "").isascii() for text in attempt.call.values(name))


def _number_outside(value: Part) -> Condition:
    name, bounds = value.only()
    least, most = bounds.number("least"), bounds.number("most", float("inf"))

    def outside(attempt: Attempt) -> bool:
        number = whole_number(attempt.call.value(name))
        return attempt.given(name) and (number is None or not least <= number <= most)

    return outside


def _region(_value: Part) -> Condition:
    return lambda attempt: attempt.call.value(attempt.behaviour.region) not in attempt.behaviour.regions


def _state(value: Part) -> Condition:
    if isinstance(value.value, str):
        return partial(state_holds, _known_state(value))
    state = _known_state(value["name"])
    of, fixed, exceeded, reached = (value.pairs(name) for name in ("of", "is", "exceeded", "reached"))

    if not exceeded and not reached:
        return lambda attempt: attempt.view.holds(state, **_wanted(of, attempt), **fixed)

    def holds(attempt: Attempt) -> bool:
        return any(
            all(_above(setting, param, attempt.number(name)) for param, name in exceeded.items())
            and all(_above(setting, param, attempt.number(name), equal=True) for param, name in reached.items())
            for setting in attempt.view.settings(state, **_wanted(of, attempt), **fixed)
        )

    return holds


def _wanted(of: Mapping[str, str], attempt: Attempt) -> dict[str, str | None]:
    """Return the parameters that a state must have, by the call's; `None` leaves one open."""
    return {param: attempt.call.value(name) for param, name in of.items()}


def _known_state(value: Part) -> str:
    state = value.text()
    if state not in provider_states():
        raise value.fault(f"there is no state {state!r}", near(state, provider_states()))
    return state


def _above(setting: Params, param: str, number: int | None, *, equal: bool = False) -> bool:
    limit = setting[param]
    if number is None or not isinstance(limit, (int, float)):
        return False
    return number >= limit if equal else number > limit


def _taken(value: Part) -> Condition:
    has, said = value.pairs("has"), value.flag("said")

    def listed(attempt: Attempt, resource: StoredResource, name: str) -> set[str]:
        elements = {element[0] for element in resource.lists.get(name, ())}
        return elements or (set() if said else {attempt.behaviour.fields[name].default})

    return lambda attempt: any(
        all(word in listed(attempt, resource, name) for name, word in has.items()) for resource in attempt.alike()
    )


def _resource(_value: Part) -> Condition:
    return lambda attempt: next(attempt.view.resources(), None) is not None


def _unknown(value: Part) -> Condition:
    name = value.text()

    def unknown(attempt: Attempt) -> bool:
        wanted, region = attempt.call.value(name), attempt.call.value(attempt.behaviour.region)
        return not any(
            resource.id == wanted and resource.fields.get(attempt.behaviour.region) in (None, region)
            for resource in attempt.view.resources()
        )

    return unknown


def _method(value: Part) -> Condition:
    methods = frozenset(value.texts())
    return lambda attempt: attempt.call.method in methods


def _always(_value: Part) -> Condition:
    return lambda _attempt: True


def _not(value: Part) -> Condition:
    condition = read_condition(value)
    return lambda attempt: not condition(attempt)


def _any(value: Part) -> Condition:
    return reduce(_either, [read_condition(item) for item in value.items()])


_TESTS: Final[Mapping[str, Callable[[Part], Condition]]] = {
    "given": _given,
    "sent": _sent,
    "in": _in,
    "includes": _includes,
    "contains": _contains,
    "fits": _fits,
    "twice": _twice,
    "more_than": _more_than,
    "not_ascii": _not_ascii,
    "number_outside": _number_outside,
    "region": _region,
    "state": _state,
    "taken": _taken,
    "resource": _resource,
    "unknown": _unknown,
    "method": _method,
    "always": _always,
    "not": _not,
    "any": _any,
}
