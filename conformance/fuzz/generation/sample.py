"""One request that a generator made, and the operation that requests are made for. Frozen data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from conformance.cases.expand import fill_state, wire_parameters
from conformance.cases.model import ProviderState, Transport
from conformance.contract.wire import SYSTEM_PARAMETERS
from conformance.fuzz.operation_data import load_operation_data

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.cases.bases import Base
    from conformance.cases.load import Suite
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.fuzz.operation_data import OperationData
    from conformance.target.model import Target

Params = dict[str, str]

PLAIN: Final = Transport()


@dataclass(frozen=True, slots=True)
class Sample:
    """One request.

    Attributes:
        params: Wire name to text.
        about: What is special about it, for a person; empty when nothing is known.
        transport: How it travels.
    """

    params: Mapping[str, str]
    about: str = ""
    transport: Transport = PLAIN

    def differs(self, base: Mapping[str, str]) -> tuple[str, ...]:
        """Return the wire names whose values are not those of `base`, those left out among them."""
        names = dict.fromkeys([*base, *self.params])
        return tuple(name for name in names if self.params.get(name) != base.get(name))


@dataclass(frozen=True, slots=True)
class Subject:
    """The operation under test and the valid request that everything starts from.

    Attributes:
        suite: Contracts, valid requests and provider states.
        base: The valid request.
        target: What is tested.
        wire: The valid request as it travels.
        data: What is known of the operation beside its contracts.
        memo: What the oracle worked out about single parameters; no part of the value.
    """

    suite: Suite
    base: Base
    target: Target
    wire: Mapping[str, str]
    data: OperationData
    memo: dict[object, object] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, suite: Suite, target: Target) -> Subject:
        """Return the subject whose valid request is the first of the suite.

        Raises:
            CaseError: When the operation's `fuzz.yaml` is wrong.
        """
        return cls.on(suite, target, next(iter(suite.bases.values())), load_operation_data(suite))

    @classmethod
    def on(cls, suite: Suite, target: Target, base: Base, data: OperationData) -> Subject:
        """Return the subject with one of the valid requests of the suite."""
        values = {f"target.{name}": value for name, value in target.values.items()}
        return cls(suite, base, target, wire_parameters(base.parameters, values), data)

    @property
    def operation(self) -> str:
        """The name of the operation."""
        return self.suite.operation

    @property
    def contracts(self) -> Mapping[Language, Contract]:
        """Its contracts by language, also those that are not judged by."""
        return self.suite.contracts

    @property
    def settable(self) -> bool:
        """Whether any state can be set for an account of the request's own, so that nothing else is in the way."""
        target = self.target
        ways = [target.way("default"), *(target.way(reference.state) for reference in self.data.references)]
        return target.states_url is not None and target.credentials is None and all(way.kind == "url" for way in ways)

    @property
    def isolated(self) -> bool:
        """Whether the answer depends on the request alone: states can be set, and what a request needs is known."""
        return self.settable and self.data.known

    def states_for(self, params: Mapping[str, str]) -> tuple[ProviderState, ...]:
        """Return the states, beside those of the valid request, under which what a request names exists."""
        if not self.settable:
            return ()
        values = {f"target.{name}": value for name, value in self.target.values.items()}
        known = [(state.name, fill_state(state, values)) for state in self.base.given]
        found = []
        for reference in self.data.references:
            kind = self.suite.states[reference.state]
            sent = [params.get(name) for name in reference.params.values()]
            listed = reference.list_name is not None and any(
                name.startswith(f"{reference.list_name}.") for name in params
            )
            # Of a pair of which one part is not sent, the other part of the valid request stands in.
            filled = {name: params.get(wire) or self.wire.get(wire, "") for name, wire in reference.params.items()}
            if (listed or any(sent)) and (reference.state, filled) not in known and kind.fault(filled) is None:
                found.append(ProviderState(reference.state, filled))
        return tuple(found)

    def knows(self, name: str, value: str) -> bool:
        """Whether a value of a parameter that the documents do not restrict is known to be there."""
        if value == self.wire.get(name):
            return True
        referred = any(name in reference.params.values() for reference in self.data.references)
        return bool(value) and referred and self.settable


def is_system(name: str) -> bool:
    """Whether the signer adds a parameter of this name."""
    return name in SYSTEM_PARAMETERS
