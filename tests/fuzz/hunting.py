"""Running property tests against a server, in this process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from conformance.cli.support.plan import default_values, load_all
from conformance.engine.engine import Engine
from conformance.engine.plan import Plan, new_run_id
from conformance.fuzz.generation.sample import Subject
from conformance.fuzz.oracle.reached import Reached
from conformance.fuzz.oracle.unknown import widened
from conformance.fuzz.probes import Prober
from conformance.fuzz.search import Hunt
from conformance.target.model import Target

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.cases.load import Suite
    from conformance.contract.languages import Language
    from conformance.judging.results import CaseResult
    from conformance.server.process import ReferenceServer


def create_flow_log() -> Suite:
    (suite,) = load_all()[0]
    return suite


def subject_of(endpoint: str = "http://127.0.0.1:1", states_url: str | None = "http://127.0.0.1:1/_states") -> Subject:
    return Subject.of(create_flow_log(), Target(endpoint, states_url=states_url, values=default_values(), timeout_s=5))


@dataclass
class Ground:
    """A server, and everything that hunts on it."""

    server: ReferenceServer
    docs: tuple[Language, ...] = ("en", "zh")

    def __enter__(self) -> Self:
        self._open(self.server.endpoint)
        return self

    def _open(self, endpoint: str) -> None:
        self.subject = subject_of(endpoint, self.server.states_url)
        suite = self.subject.suite
        plan = Plan(self.subject.target, {suite.operation: suite.contracts}, self.docs, (), 1, new_run_id())
        self._engine = Engine(widened(plan)).__enter__()
        self.prober = Prober(self._engine, self.subject, "test")
        reached = Reached({language: suite.contracts[language] for language in self.docs})
        self.hunt = Hunt(self.prober, reached, self.docs, lambda: False)

    def __exit__(self, *_: object) -> None:
        self._engine.__exit__(None, None, None)

    def redirect(self, endpoint: str) -> None:
        """Send the requests of an operation elsewhere; the calls for states stay where they are."""
        self.__exit__()
        self._open(endpoint)

    def all(self, results: Iterable[CaseResult]) -> list[CaseResult]:
        """Exhaust a part of a run."""
        return list(results)

    @property
    def titles(self) -> list[str]:
        return [finding.case.title for finding in self.hunt.findings]

    @property
    def verdicts(self) -> dict[str, Any]:
        return {finding.case.title: finding.result.verdict for finding in self.hunt.findings}
