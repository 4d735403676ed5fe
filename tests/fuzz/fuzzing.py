"""Running property tests against a server, in this process."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Self

import pytest
from commands import OPERATION

from conformance.cli.support.plan_template import default_values, load_named
from conformance.contract.languages import LANGUAGES
from conformance.engine.plan import Plan, new_run_id
from conformance.fuzz.fuzz_run import fuzz_engine
from conformance.fuzz.fuzz_session import FuzzSession
from conformance.fuzz.generation.request_stream import request_stream
from conformance.fuzz.operation_data import load_operation_data
from conformance.fuzz.run_context import FuzzContext
from conformance.fuzz.sequences.equivalence import equivalent_requests
from conformance.target.model import Target

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.cases.suite import Suite
    from conformance.contract.languages import Language
    from conformance.fuzz.findings.failures import Failure
    from conformance.fuzz.operation_data import OperationData
    from conformance.judging.results import CaseResult
    from conformance.server.process import ReferenceServer

STEPS = pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.deep)], ids=["some", "all"])
"""For a test of servers that conform: a seventh of the requests by default, all in the deep run."""
KINDS = pytest.mark.parametrize("kinds", [8, pytest.param(None, marks=pytest.mark.deep)], ids=["some", "all"])
"""For a test of requests that are sent in several ways: how many kinds of them; `None` for all."""


def create_flow_log() -> Suite:
    (suite,) = load_named((OPERATION,)).suites
    return suite


def context_of(
    endpoint: str = "http://127.0.0.1:1",
    states_url: str | None = "http://127.0.0.1:1/_states",
    docs: tuple[Language, ...] = LANGUAGES,
    data: OperationData | None = None,
) -> FuzzContext:
    target = Target(endpoint, states_url=states_url, values=default_values(), timeout_s=5, effects_within_s=0.5)
    suite = create_flow_log()
    return FuzzContext.of(suite, target, docs, "test", data=load_operation_data(suite) if data is None else data)


@dataclass
class Ground:
    """A server, and a session of property tests on it."""

    server: ReferenceServer
    docs: tuple[Language, ...] = LANGUAGES
    data: OperationData | None = None

    def __enter__(self) -> Self:
        self._open(self.server.endpoint)
        return self

    def _open(self, endpoint: str) -> None:
        self.context = context_of(endpoint, self.server.states_url, self.docs, self.data)
        suite = self.context.suite
        plan = Plan(self.context.target, {suite.operation: suite.contracts}, self.docs, (), 1, new_run_id())
        self._engine = fuzz_engine(plan).__enter__()
        self.session = FuzzSession.of(self.context, self._engine, lambda: False)

    def __exit__(self, *_: object) -> None:
        self._engine.__exit__(None, None, None)

    def redirect(self, endpoint: str) -> None:
        """Send the requests of an operation elsewhere; the calls for states stay where they are."""
        self.__exit__()
        self._open(endpoint)

    def generated(self, step: int) -> Iterator[CaseResult]:
        """Send every `step`-th request at the limits of the facts; 7 leaves out no way of sending."""
        requests = request_stream(self.context, seed=0, max_examples=None)
        return self.session.requests(islice(requests, 0, None, step))

    def all(self, results: Iterable[CaseResult]) -> list[CaseResult]:
        """Exhaust a part of a run."""
        return list(results)

    def equivalent(self, kinds: int | None) -> Iterator[CaseResult]:
        """Send requests of so many kinds in ways that must not matter, and valid requests twice."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                "conformance.fuzz.fuzz_session.equivalent_requests",
                lambda context: islice(equivalent_requests(context), kinds),
            )
            return self.session.equivalent()

    def until(self, found: Callable[[], bool], results: Iterable[CaseResult]) -> None:
        """Go through a part of a run until all that is looked for has been found, or to its end."""
        for _ in results:
            if found():
                return

    @property
    def failures(self) -> list[Failure]:
        return list(self.session.collector.failures)

    @property
    def titles(self) -> list[str]:
        return [failure.case.title for failure in self.failures]

    @property
    def verdicts(self) -> dict[str, str]:
        return {failure.case.title: failure.result.verdict for failure in self.failures}
