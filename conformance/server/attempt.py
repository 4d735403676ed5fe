"""One call, with all that the server looks at before it answers."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from conformance.contract.constraints import violations
from conformance.contract.encodings import CARRYING, wire_lists
from conformance.contract.in_force import defaults_of, in_force, meets
from conformance.server.documents import default
from conformance.server.request import whole_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.contract.model import Contract, Parameter
    from conformance.server.behaviour.definition import Behaviour
    from conformance.server.request import Call
    from conformance.server.store import StoredResource, View

    Seen: TypeAlias = dict[tuple[str, tuple[tuple[str | None, ...], ...]], tuple[str, ...]]
    """What values of a parameter violate, by its path and the values."""

_MOST_SEEN: Final = 10_000
_LONG: Final = 200
"""Characters of values that are too long to be remembered: a client that invents them must not fill the memory."""


class Attempt(Struct, frozen=True):
    """One call as the checks see it.

    Attributes:
        call: The call.
        view: The states and resources of its account.
        followed: The promises that the server keeps.
        behaviour: What the resource does.
        seen: What was worked out of values before, by a server that keeps the same promises: most calls are alike.
    """

    call: Call
    view: View
    followed: Contract
    behaviour: Behaviour
    seen: Seen = field(default_factory=dict)
    _violated: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def following(self, contract: Contract) -> Attempt:
        """Return the same call as a server sees it that keeps other promises."""
        return replace(self, followed=contract, seen={}, _violated={})

    def violates(self, path: str, fact: str) -> bool:
        """Whether the call violates one fact of one parameter; worked out once a call."""
        broken = self._violated.get(path)
        if broken is None:
            parameter = self._in_force(path)
            broken = self._violated[path] = self._broken(parameter) if parameter is not None else ()
        return fact in broken

    def _broken(self, parameter: Parameter) -> tuple[str, ...]:
        lists = self._lists(parameter)
        values = tuple(chain.from_iterable(lists))
        if parameter.conditional or sum(len(value or "") for value in values) > _LONG:
            return violations(parameter, values, lists)
        key = parameter.path, tuple(lists)
        broken = self.seen.get(key)
        if broken is None:
            broken = violations(parameter, values, lists)
            if len(self.seen) < _MOST_SEEN:
                self.seen[key] = broken
        return broken

    def violates_in(self, document: Contract, path: str, fact: str) -> bool:
        """Whether the call violates one fact of one parameter as a single document states it."""
        parameter = document.parameter(path)
        if parameter is None:
            return False
        lists = wire_lists(parameter, document.parameters, self.call.parameters)
        held = in_force(document, parameter, self.call.parameters)
        return fact in violations(held, tuple(chain.from_iterable(lists)), lists)

    def may_need(self, path: str) -> bool:
        """Whether a parameter may be required by this call: one that is on a condition only is, when that holds."""
        parameter = self._in_force(path)
        asked = parameter is not None and any(each.name == "required" for each in parameter.conditional)
        return not asked or (parameter is not None and parameter.fact("required").value is True)

    def promises(self, name: str) -> bool:
        """Whether the answer to this call has a field, by what the documents say of its presence."""
        field = next((field for field in self.followed.responses if field.path == name), None)
        when = field.presence.when if field is not None else None
        if when is None or not when.known:
            return True
        return meets(when, defaults_of(self.followed), self.call.parameters)

    def _in_force(self, path: str) -> Parameter | None:
        parameter = self.followed.parameter(path)
        return in_force(self.followed, parameter, self.call.parameters) if parameter is not None else None

    def given(self, path: str) -> bool:
        """Whether a parameter was sent, if only with an empty value."""
        return bool(self._values(path))

    def sent(self, path: str) -> bool:
        """Whether a parameter was sent with a value that is not empty."""
        return any(self._values(path))

    def _values(self, path: str) -> tuple[str | None, ...]:
        parameter = self.followed.parameter(path)
        return tuple(chain.from_iterable(self._lists(parameter))) if parameter else self.call.values(path)

    def _lists(self, parameter: Parameter) -> Sequence[tuple[str | None, ...]]:
        # Most parameters are one text or one list of them, which the call finds without asking the others.
        if parameter.encoding in CARRYING or parameter.path.count("[]") > 1:
            return wire_lists(parameter, self.followed.parameters, self.call.parameters)
        return [self.call.values(parameter.path)]

    def default(self, name: str) -> str:
        """Return what a field has when its parameter is not sent: what the documents state, else its own default."""
        return default(self.followed, name, self.behaviour.fields[name].default)

    def number(self, name: str) -> int | None:
        """Return the number that a parameter has, sent or by default; `None` when it is no number."""
        text = self.call.value(name)
        return whole_number(self.default(name) if text is None and name in self.behaviour.fields else text)

    def alike(self) -> tuple[StoredResource, ...]:
        """Return the resources that have what no two of them may have alike, as the call wants it."""
        wanted = [self.call.value(name) for name in self.behaviour.unique_by]
        return tuple(
            resource
            for resource in self.view.resources()
            if [resource.fields.get(name) for name in self.behaviour.unique_by] == wanted
        )
