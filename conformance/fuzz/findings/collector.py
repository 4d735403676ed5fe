"""The results of a run: its failures, the requests that were answered as documented, and those that were not judged."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field
from msgspec.structs import replace

from conformance.fuzz.findings.contract_places import contract_place
from conformance.fuzz.findings.failures import Failures, Symptom, signature
from conformance.fuzz.findings.reach import Reach
from conformance.fuzz.findings.supported import lines_of_request, supported
from conformance.fuzz.generation.case_builder import request_case, slug
from conformance.fuzz.sender import FAILED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from conformance.cases.model import Case
    from conformance.contract.languages import Language
    from conformance.fuzz.generation.generated_request import GeneratedRequest
    from conformance.fuzz.oracle.fitting_codes import Violation
    from conformance.fuzz.oracle.oracle import Expectation
    from conformance.fuzz.run_context import FuzzContext
    from conformance.fuzz.sender import Observation
    from conformance.judging.results import CaseResult, ErrorRow

    Minimise = Callable[[GeneratedRequest, CaseResult], tuple[GeneratedRequest, CaseResult]]

MOST_IN_A_ROW: Final = 3
"""Requests in a row without an answer that can be judged, after which nothing more is sent."""
MOST_UNJUDGED: Final = 20


class _Conforming(Struct, dict=True):
    """Requests of one kind that were answered as the documents say."""

    count: int = 0
    last: CaseResult | None = None
    elapsed_ms: float = 0.0
    rows: dict[Language, dict[ErrorRow, None]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, result: CaseResult) -> None:
        self.count += 1
        self.last = result
        self.elapsed_ms += result.elapsed_ms
        for language, rows in result.observed.items():
            self.rows[language].update(dict.fromkeys(rows))

    def reported(self, operation: str, kind: str) -> Iterator[CaseResult]:
        if self.last is not None:
            yield replace(
                self.last,
                id=f"{operation}/requests/{slug(kind)}",
                title=f"{kind}: {self.count} answered as documented",
                observed={language: tuple(rows) for language, rows in self.rows.items()},
                elapsed_ms=self.elapsed_ms,
            )


class _Unjudged(Struct, dict=True):
    """Requests without an answer that can be judged."""

    total: int = 0
    in_a_row: int = 0
    reasons: set[str] = field(default_factory=set)

    def add(self, operation: str, result: CaseResult) -> Iterator[CaseResult]:
        """Count a request; yield a line of the report for each reason once."""
        self.total += 1
        self.in_a_row += 1
        reason = result.reason or ""
        if reason not in self.reasons:
            self.reasons.add(reason)
            yield replace(result, id=f"{operation}/unjudged/request-{len(self.reasons)}")


class Collector:
    """Takes the result of every request and sequence of a run.

    Args:
        context: The run.
        minimise: Makes a request that failed as small as it can be.
    """

    def __init__(self, context: FuzzContext, minimise: Minimise) -> None:
        self.failures = Failures()
        self.reach = Reach({language: context.contracts[language] for language in context.languages})
        self._context = context
        self._minimise = minimise
        self._conforming: dict[str, _Conforming] = defaultdict(_Conforming)
        self._unjudged = _Unjudged()

    @property
    def gets_no_answers(self) -> bool:
        """Whether the target gives no answers that can be judged, so that nothing more is to be sent."""
        return self._unjudged.in_a_row >= MOST_IN_A_ROW or self._unjudged.total >= MOST_UNJUDGED

    def add_request(self, request: GeneratedRequest, result: CaseResult) -> Iterator[CaseResult]:
        """Take the result of one request; yield what is worth a line of the report."""
        expectations = self._expectations(request)
        self.reach.add_request(request.params, expectations)
        self.reach.add_answer(result, expectations)
        if result.verdict in FAILED:
            self._unjudged.in_a_row = 0
            yield from self._failed(request, result)
        else:
            yield from self._settle(_kind(expectations, self._context.languages), result)

    def add(self, observation: Observation) -> Iterator[CaseResult]:
        """Take the result of a sequence, or of a request that is as small as it can be; yield as `add_request`."""
        case, kind, result = observation.trial.case, observation.trial.kind, observation.result
        self.reach.add_answer(result, self._context.languages)
        if result.verdict not in FAILED:
            yield from self._settle(kind, result)
            return
        found = self._supported(case, result)
        if found is None:
            return
        result, symptom = found, Symptom((kind, *_way_of_failing(result)))
        if not self.failures.recognise(symptom):
            self._unjudged.in_a_row = 0
            yield self.failures.add(case, result, symptom).reported

    def summary(self) -> Iterator[CaseResult]:
        """Yield the last word on everything: failures with their counts, and what was answered as documented."""
        yield from (failure.reported for failure in self.failures)
        for kind, conforming in self._conforming.items():
            yield from conforming.reported(self._context.operation, kind)

    def _failed(self, request: GeneratedRequest, result: CaseResult) -> Iterator[CaseResult]:
        """Take a request that failed; yield its failure when the cause was not known yet."""
        if self.failures.recognise(self._symptom(request, result)):
            return
        try:
            request, result = self._minimise(request, result)
        except KeyboardInterrupt:
            list(self._add_failure(request, result))  # not as small as it could be, but kept
            raise
        if not self.failures.recognise(self._symptom(request, result)):
            yield from self._add_failure(request, result)

    def _add_failure(self, request: GeneratedRequest, result: CaseResult) -> Iterator[CaseResult]:
        symptom = self._symptom(request, result)
        title = symptom.title(result.answered)
        case = request_case(self._context, request, slug(title), title)
        broken = {language: each.broken for language, each in self._expectations(request).items()}
        found = self._supported(case, result, broken, symptom.names)
        if found is not None:
            yield self.failures.add(case, found, symptom).reported

    def _supported(
        self,
        case: Case,
        result: CaseResult,
        broken: Mapping[Language, Iterable[Violation]] | None = None,
        names: Iterable[str] = (),
    ) -> CaseResult | None:
        """Return a failed result with the line of the document that it rests on, and its place; `None` without one."""
        changed = [name for step in case.steps if step.operation == case.operation for name in step.changed]
        lines = lines_of_request(self._context.contracts, broken or {}, names or changed)
        found = supported(result, lines)
        if found is None:
            return None
        place = contract_place(self._context.suite, dict(found.rule_lines))
        return replace(found, where=place or found.where)

    def _symptom(self, request: GeneratedRequest, result: CaseResult) -> Symptom:
        expectations = self._expectations(request).values()
        broken = dict.fromkeys(f"{path}.{fact}" for each in expectations for path, fact in each.broken)
        return Symptom(_way_of_failing(result), request.differs(self._context.wire), tuple(broken))

    def _expectations(self, request: GeneratedRequest) -> dict[Language, Expectation]:
        """Return what the documents judged by say of a request."""
        expectations = self._context.oracle.expectations(request.params)
        return {language: each for language, each in expectations.items() if language in self._context.languages}

    def _settle(self, kind: str, result: CaseResult) -> Iterator[CaseResult]:
        """Take a result that is no failure."""
        if result.verdict in ("error", "not_run"):
            yield from self._unjudged.add(self._context.operation, result)
            return
        self._unjudged.in_a_row = 0
        if result.verdict == "pass":  # else no document says anything about it
            self._conforming[kind].add(result)


def _way_of_failing(result: CaseResult) -> tuple[str, ...]:
    return (*signature(result), f"answered {result.answered}")


def _kind(expectations: Mapping[Language, Expectation], languages: tuple[Language, ...]) -> str:
    """Return what kind of request it is, by the first document that says something about it."""
    expectation = next((expectations[language] for language in languages if language in expectations), None)
    if expectation is None:
        return "of which no document speaks"
    if expectation.broken:
        names = [f"{path}.{fact}" for path, fact in expectation.broken]
        return f"breaks {names[0]}" if len(names) == 1 else "breaks several promises"
    return "valid" if not expectation.codes else "of which the documents leave the answer open"
