"""What one run of property tests is about, made once: an operation, its valid request, a target. Frozen data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from conformance.cases.expand import fill_state, wire_parameters
from conformance.cases.model import ProviderState
from conformance.contract.model import USUAL_FORMAT
from conformance.fuzz.oracle.oracle import Oracle, Surroundings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.cases.bases import Base
    from conformance.cases.model import Outcomes, Transport
    from conformance.cases.suite import Suite
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.fuzz.operation_data import OperationData
    from conformance.target.model import Target


class FuzzContext(Struct, frozen=True):
    """What requests are made for, and what their answers are judged by.

    Attributes:
        suite: The operation: contracts, valid requests and provider states.
        target: What is tested.
        languages: The documents that requests are made from and judged by.
        origin: Where the requests come from, for reports: `fuzz --seed 7`.
        data: What is known of the operation beside its contracts.
        base: The valid request that everything starts from.
        surroundings: What an answer depends on beside request and documents: what exists, which states can be set.
        oracle: Says what the documents allow as answers.
    """

    suite: Suite
    target: Target
    languages: tuple[Language, ...]
    origin: str
    data: OperationData
    base: Base
    surroundings: Surroundings
    oracle: Oracle

    @classmethod
    def of(
        cls,
        suite: Suite,
        target: Target,
        languages: tuple[Language, ...],
        origin: str,
        *,
        data: OperationData,
        base: Base | None = None,
    ) -> FuzzContext:
        """Return the context of a run.

        Args:
            suite: The operation.
            target: What is tested.
            languages: The documents that requests are made from and judged by.
            origin: Where the requests come from, for reports.
            data: What is known of the operation beside its contracts.
            base: The valid request; the first of the suite unless given.
        """
        base = next(iter(suite.bases.values())) if base is None else base
        wire = wire_parameters(base.parameters, target.placeholders, suite.encodings)
        settable = _settable(target, data)
        named = {name for reference in data.references for name in reference.params.values()}
        surroundings = Surroundings(wire, frozenset(named) if settable else frozenset(), settable and data.known)
        return cls(suite, target, languages, origin, data, base, surroundings, Oracle(suite.contracts, surroundings))

    def on(self, base: Base) -> FuzzContext:
        """Return the context of the same run that starts from another valid request of the operation."""
        return FuzzContext.of(self.suite, self.target, self.languages, self.origin, data=self.data, base=base)

    def made_from(self, language: Language) -> FuzzContext:
        """Return the context of the same run whose requests are made from one document alone."""
        return replace(self, languages=(language,))

    def as_promised(self, transport: Transport, allowed: Mapping[Language, Outcomes]) -> Transport:
        """Return a way to travel; for an answer in the usual format where a document could not judge it else.

        A document that does not promise a format judges no answer in it. That changes no verdict where another document
        does promise it, and allows the same answers word for word.

        Args:
            transport: The way.
            allowed: The answers that each document allows; one that says nothing of the request is no key.
        """
        answers = {each: self._answers(each, allowed[each]) for each in self.languages if allowed.get(each)}
        judging = [each for each in answers if self.contracts[each].promises_format(transport.format)]
        alike = all(answers[one] == answers[other] for one in judging for other in answers.keys() - judging)
        return transport if judging and alike else replace(transport, format=USUAL_FORMAT)

    @property
    def operation(self) -> str:
        """The name of the operation."""
        return self.suite.operation

    @property
    def contracts(self) -> Mapping[Language, Contract]:
        """Its contracts by language, also those that are not judged by."""
        return self.suite.contracts

    @property
    def wire(self) -> Mapping[str, str]:
        """The valid request as it travels."""
        return self.surroundings.valid

    @property
    def settable(self) -> bool:
        """Whether any state can be set for an account of the request's own."""
        return _settable(self.target, self.data)

    def wire_request(self, base: str) -> dict[str, str]:
        """Return one of the valid requests, by its name, as it travels."""
        return wire_parameters(self.suite.bases[base].parameters, self.target.placeholders, self.suite.encodings)

    def filled(self, texts: Mapping[str, str]) -> dict[str, str]:
        """Return texts with the values of the target in place of `${target.NAME}`."""
        return wire_parameters(texts, self.target.placeholders)

    def _answers(self, language: Language, outcomes: Outcomes) -> set[tuple[int, str, str] | None]:
        """Return outcomes as rows of the table of errors of a document; a success as `None`."""
        rows = {row.key for outcome in outcomes if outcome.code for row in self.contracts[language].rows(outcome.code)}
        return {*rows, *(None for outcome in outcomes if outcome.code is None)}

    def states_for(self, params: Mapping[str, object]) -> tuple[ProviderState, ...]:
        """Return the states, beside those of the valid request, under which what a request names exists.

        Args:
            params: The request as a step of a case has it.
        """
        if not self.settable:
            return ()
        values = self.target.placeholders
        known = [(state.name, fill_state(state, values)) for state in self.base.given]
        sent = wire_parameters(params, values, self.suite.encodings)
        found = []
        for reference in self.data.references:
            # Of a pair of which one part is not sent, the other part of the valid request takes its place.
            filled = {name: sent.get(wire) or self.wire.get(wire, "") for name, wire in reference.params.items()}
            allowed = self.suite.states[reference.state].fault(filled) is None
            if allowed and reference.matters_to(sent) and (reference.state, filled) not in known:
                found.append(ProviderState(reference.state, filled))
        return tuple(found)


def _settable(target: Target, data: OperationData) -> bool:
    ways = [target.way("default"), *(target.way(reference.state) for reference in data.references)]
    return target.states_url is not None and target.credentials is None and all(way.kind == "url" for way in ways)
