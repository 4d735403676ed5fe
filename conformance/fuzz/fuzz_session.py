"""The parts of a run of property tests: each sends its requests, and yields what is worth a line of the report."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from conformance.fuzz.findings.collector import Collector
from conformance.fuzz.findings.minimise import minimise
from conformance.fuzz.generation.request_stream import request_stream
from conformance.fuzz.sender import Sender
from conformance.fuzz.sequences.equivalence import equivalent_requests, repeated_requests
from conformance.fuzz.sequences.lifecycle import lifecycles
from conformance.fuzz.sequences.refusals import send_refused_requests
from conformance.fuzz.sequences.unknown_parameters import requests_with_unknown_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.contract.languages import Language
    from conformance.engine.engine import Engine
    from conformance.fuzz.fuzz_limits import FuzzLimits
    from conformance.fuzz.generation.generated_request import GeneratedRequest
    from conformance.fuzz.run_context import FuzzContext
    from conformance.fuzz.sender import Observation
    from conformance.judging.results import CaseResult


class FuzzSession(Struct, frozen=True):
    """Sends the requests of each part of a run, and collects their results.

    Attributes:
        context: What requests are made for.
        sender: Sends the requests.
        collector: Has the results.
        out_of_time: Whether the time of the run is over.
    """

    context: FuzzContext
    sender: Sender
    collector: Collector
    out_of_time: Callable[[], bool]

    @classmethod
    def of(cls, context: FuzzContext, engine: Engine, out_of_time: Callable[[], bool]) -> FuzzSession:
        """Return a session in which nothing was sent yet.

        Args:
            context: The run.
            engine: Runs cases, by contracts `with_unknown_parameters`.
            out_of_time: Whether the time of the run is over.
        """
        sender = Sender(engine, context)

        def minimised(request: GeneratedRequest, result: CaseResult) -> tuple[GeneratedRequest, CaseResult]:
            return minimise(request, result, context.wire, sender.judge_request, out_of_time)

        return cls(context, sender, Collector(context, minimised), out_of_time)

    def made_from(self, language: Language) -> FuzzSession:
        """Return the same session with requests that are made from one document alone."""
        return replace(self, context=self.context.made_from(language))

    def until(self, limits: FuzzLimits) -> FuzzSession:
        """Return the same session with another end of its time."""
        return replace(self, out_of_time=limits.out_of_time)

    def stopped(self) -> bool:
        """Whether nothing more is to be sent: the time is over, or the target gives no answers."""
        return self.out_of_time() or self.collector.gets_no_answers

    def generated(self, *, seed: int, max_examples: int | None, at_limits: bool = True) -> Iterator[CaseResult]:
        """Send requests at the limits of every fact, and those of Schemathesis; see `request_stream`."""
        return self.requests(request_stream(self.context, seed=seed, max_examples=max_examples, at_limits=at_limits))

    def requests(self, requests: Iterable[GeneratedRequest]) -> Iterator[CaseResult]:
        """Send single requests."""
        for request in requests:
            if self.stopped():
                return
            yield from self.collector.add_request(request, self.sender.judge_request(request))

    def equivalent(self) -> Iterator[CaseResult]:
        """Send requests in ways that must not matter, and valid requests twice."""
        in_other_ways = self.sender.follow_up(equivalent_requests(self.context), self.stopped)
        twice = self.sender.try_each(repeated_requests(self.context), self.stopped)
        return self._collected(chain(in_other_ways, twice))

    def unknown_parameters(self) -> Iterator[CaseResult]:
        """Send requests with one parameter more, which no document has."""
        return self._collected(self.sender.follow_up(requests_with_unknown_parameters(self.context), self.stopped))

    def refusals(self) -> Iterator[CaseResult]:
        """Send requests that have to be refused for a provider state, or for the name of something not there."""
        return self._collected(send_refused_requests(self.context, self.sender, self.stopped))

    def lifecycles(self, seed: int) -> Iterator[CaseResult]:
        """Send sequences of create, describe and delete."""
        return self._collected(lifecycles(self.context, self.sender, self.stopped, seed))

    def _collected(self, observations: Iterable[Observation]) -> Iterator[CaseResult]:
        for observation in observations:
            yield from self.collector.add(observation)
