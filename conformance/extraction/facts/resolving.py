"""From what prose promises on a condition to conditional facts: names become parameters, and words their values."""

from __future__ import annotations

import re
from functools import reduce
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.contract.constraints import NUMBER
from conformance.contract.model import CONSTRAINT_NAMES, NOT_STATED, ConditionalFact, Fact, State
from conformance.contract.when import ALWAYS, UNKNOWN, Presence, When
from conformance.contract.wire import canonical_type, wire_text
from conformance.extraction.facts.literals import coerce

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.contract.model import Parameter, Scalar
    from conformance.extraction.facts.promises import ConditionalPromise, Need

    Needs = dict[str, tuple[Scalar, ...]]

_GOVERNED: Final = tuple(name for name in CONSTRAINT_NAMES if name != "required")
_SHOWS_A_VALUE: Final = re.compile(r"[A-Z0-9_]|^(?:true|false|on|off)$")
"""What a word has that is a value, where no list of the values says so: prose has none of it inside a sentence."""


class Resolver:
    """Finds the parameters that conditions name.

    Args:
        parameters: The request parameters of the operation.
    """

    def __init__(self, parameters: Iterable[Parameter]) -> None:
        self._by_name: dict[str, Parameter] = {}
        self._folded: dict[str, list[Parameter]] = {}
        for parameter in parameters:
            for name in {parameter.source, parameter.path}:
                self._by_name.setdefault(name, parameter)
                self._folded.setdefault(name.casefold(), []).append(parameter)

    def rules(self, parameter: Parameter, promises: Sequence[ConditionalPromise]) -> Parameter:
        """Return a parameter with its conditional facts; what holds on a condition only is no fact of its own more."""
        if not promises:
            return parameter
        gates = self._gates(promises)
        stated = [
            (promise.name, Fact(State.STATED, promise.value, promise.line), self._when(promise.needs))
            for promise in promises
            if promise.kind == "fact"
        ]
        facts = dict(parameter.facts)
        found = []
        if gates:
            for name in _GOVERNED:
                if parameter.fact(name).stated:
                    found.append((name, parameter.fact(name), self._joined({}, gates)))
                    facts[name] = NOT_STATED
        for name, fact, when in stated:
            if name == "required" and parameter.fact(name).value is True:
                facts[name] = NOT_STATED
            joined = self._joined(dict(when.needs), gates) if when.known else UNKNOWN
            if joined is not None and not self._says_less(parameter, name, fact):
                found.append((name, fact, joined if self._fits(parameter, name, fact) else UNKNOWN))
        # What is said twice counts once, where it is said first.
        once = {(name, fact.value, when): fact for name, fact, when in reversed(found) if when is not None}
        conditional = (ConditionalFact(name, fact, when) for (name, _, when), fact in reversed(once.items()))
        return replace(parameter, facts=facts, conditional=tuple(conditional))

    def presence(self, promises: Sequence[ConditionalPromise]) -> Presence:
        """Return when a field is in an answer."""
        if not promises:
            return ALWAYS
        when = self._joined({}, self._gates(promises))
        # A field that is never there by what could be read of it was not read rightly.
        return Presence(when or UNKNOWN, promises[0].line)

    def _gates(self, promises: Sequence[ConditionalPromise]) -> tuple[When | None, tuple[When, ...]] | None:
        """Return on which condition everything holds, if any is named, and on which nothing does."""
        wanted = [self._when(each.needs) for each in promises if each.kind in ("in_force", "returned")]
        refused = [self._when(each.needs) for each in promises if each.kind in ("idle", "not_returned")]
        return (reduce(_either, wanted) if wanted else None, tuple(refused)) if wanted or refused else None

    def _joined(self, needs: Needs, gates: tuple[When | None, tuple[When, ...]] | None) -> When | None:
        """Return a condition with those of the whole row; `None` where both cannot hold."""
        if gates is None:
            return When.of(needs)
        wanted, refused = gates
        if (wanted is not None and not wanted.known) or any(len(each.needs) != 1 for each in refused):
            return UNKNOWN
        needs = dict(needs)
        for path, values in wanted.needs if wanted is not None else ():
            needs[path] = tuple(value for value in needs.get(path, values) if value in values)
        for each in refused:
            ((path, values),) = each.needs
            known = needs.get(path) or self._values(path)
            if known is None:
                return UNKNOWN
            needs[path] = tuple(value for value in known if value not in values)
        return When.of(needs) if all(needs.values()) else None

    def _values(self, path: str) -> tuple[Scalar, ...] | None:
        """Return all values of a parameter, `None` where the document does not list them."""
        fact = self._by_name[path].fact("enum")
        if canonical_type(str(self._by_name[path].fact("type").value)) == "boolean":
            return (True, False)
        return fact.value if fact.stated and isinstance(fact.value, tuple) else None

    def _when(self, needs: Sequence[Need]) -> When:
        """Return a condition whose names are parameters and whose words are their values; else an unknown one."""
        resolved: Needs = {}
        for need in needs:
            parameter = self._named(need.name)
            if parameter is None or "[]" in parameter.path or parameter.path in resolved:
                return UNKNOWN
            values = [_value_of(parameter, text, marked=need.marked) for text in need.values]
            known = tuple(dict.fromkeys(value for value in values if value is not None))
            if len(known) != len(values):
                return UNKNOWN
            resolved[parameter.path] = known
        return When.of(resolved)

    def _named(self, name: str) -> Parameter | None:
        alike = self._folded.get(name.casefold(), ())
        return self._by_name.get(name) or (alike[0] if len(alike) == 1 else None)

    def _says_less(self, parameter: Parameter, name: str, fact: Fact) -> bool:
        """Whether the parameter has the same fact without a condition."""
        return parameter.fact(name).stated and parameter.fact(name).value == fact.value and name != "required"

    def _fits(self, parameter: Parameter, name: str, fact: Fact) -> bool:
        """Whether a fact is about the values that the parameter has; else one of both was not read rightly."""
        every, example = parameter.fact("enum"), parameter.fact("example").value
        if name in ("minimum", "maximum") and isinstance(example, str) and not NUMBER.fullmatch(example):
            return False
        if name != "enum" or not isinstance(every.value, tuple) or not isinstance(fact.value, tuple):
            return True
        return set(map(wire_text, fact.value)) <= set(map(wire_text, every.value))


def _either(one: When, other: When) -> When:
    """Return the condition that one of two holds, where both are about the same parameter; else an unknown one."""
    if one == other:
        return one
    if len(one.needs) != 1 or len(other.needs) != 1 or one.needs[0][0] != other.needs[0][0]:
        return UNKNOWN
    return When.of({one.needs[0][0]: tuple(dict.fromkeys(one.needs[0][1] + other.needs[0][1]))})


def _value_of(parameter: Parameter, text: str, *, marked: bool) -> Scalar | None:
    """Return the value of a parameter that a word means, `None` where it may be no value."""
    kind = canonical_type(str(parameter.fact("type").value))
    value = coerce(text, kind if kind in ("integer", "number", "boolean") else "string")
    every = parameter.fact("enum")
    if every.stated and isinstance(every.value, tuple):
        alike = [each for each in every.value if wire_text(each).casefold() == text.casefold()]
        return next((each for each in alike if wire_text(each) == text), alike[0] if len(alike) == 1 else None)
    return value if value is not None and (marked or _SHOWS_A_VALUE.search(text)) else None
