"""One run of property tests of one operation or several, from its first event to its last."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from conformance.core.errors import CaseError, ConformanceError
from conformance.engine.engine import Engine
from conformance.engine.events import case_finished, note_added, run_finished, run_started
from conformance.fuzz.fuzz_outcome import FuzzedPart, FuzzOutcome
from conformance.fuzz.fuzz_session import FuzzSession
from conformance.fuzz.run_context import FuzzContext
from conformance.fuzz.sequences.unknown_parameters import with_unknown_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

    from conformance.cases.model import Case
    from conformance.cases.suite import Suite
    from conformance.engine.events import Event, RunStarted
    from conformance.engine.plan import Plan
    from conformance.fuzz.fuzz_limits import FuzzLimits
    from conformance.fuzz.operation_data import OperationData
    from conformance.judging.results import CaseResult


class FuzzedOperation(Struct, frozen=True):
    """One operation of a run.

    Attributes:
        suite: The operation.
        data: What is known of it beside its contracts.
        cases: Written cases of it, by which the target is asked a few things first.
    """

    suite: Suite
    data: OperationData
    cases: Sequence[Case] = ()


def fuzz_operations(
    plan: Plan,
    operations: Sequence[FuzzedOperation],
    limits: FuzzLimits,
    emit: Callable[[Event], None],
    *,
    ends_with: Callable[[CaseResult], bool] = lambda _result: False,
) -> FuzzOutcome:
    """Run every property test of some operations, one operation after another, with a budget each.

    Args:
        plan: The target, the documents judged by, and the run's id. Its cases are not used.
        operations: The operations, of which each has its own random requests and an equal share of the time left.
        limits: Seed, number of random requests of each operation, deadline of all.
        emit: Takes each event of the run as it happens.
        ends_with: Takes each result when it comes, and says whether enough was found.

    Returns:
        What was found; when interrupted, until then. An operation of which no valid request can be made is told with
        its reason, and the others go on.
    """
    started_at = time.monotonic()
    # How many lines a report will have is known at the end; what it is about is known now.
    started: RunStarted = {**run_started(plan, selected=0), "points": []}
    emit(started)
    run = _Run(plan, limits, emit, ends_with)
    with fuzz_engine(plan) as engine:
        try:
            engine.prepare([case for each in operations for case in each.cases])
            run.each(operations, engine)
        except KeyboardInterrupt:
            run.interrupted = True
    for _, session in run.finished:
        run.report(session.collector.summary())
    run.note()
    parts = tuple(FuzzedPart.of(context, session) for context, session in run.finished)
    outcome = FuzzOutcome(parts, run.refused, limits.seed, run.interrupted)
    emit({"event": "fuzz", "seed": limits.seed, "requests": outcome.requests, "reached": outcome.reached})
    emit({**started, "selected": len(run.reported)})
    emit(run_finished(duration_s=time.monotonic() - started_at, interrupted=run.interrupted or run.ended))
    return outcome


class _Run(Struct):
    """A run until now: which operations it came to, and what it reported."""

    plan: Plan
    limits: FuzzLimits
    emit: Callable[[Event], None]
    ends_with: Callable[[CaseResult], bool]
    finished: list[tuple[FuzzContext, FuzzSession]] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    reported: set[str] = field(default_factory=set)
    interrupted: bool = False
    ended: bool = False

    def note(self) -> None:
        for each in self.plan.notes.take():
            self.emit(note_added(each))

    def report(self, results: Iterable[CaseResult]) -> None:
        for result in results:
            self.reported.add(result.id)
            self.note()
            self.emit(case_finished(result))

    def each(self, operations: Sequence[FuzzedOperation], engine: Engine) -> None:
        """Run one operation after another, until enough was found or the target gives no answers."""
        for number, operation in enumerate(operations):
            share = self.limits.share(len(operations) - number)
            try:
                context = _context(self.plan, operation, self.limits)
            except ConformanceError as fault:
                if len(operations) == 1:
                    raise
                self.refused[operation.suite.subject] = str(fault)
                continue
            session = FuzzSession.of(context, engine, share.out_of_time)
            self.finished.append((context, session))
            self._run(session, share)
            if self.ended or session.collector.gets_no_answers:
                return

    def _run(self, session: FuzzSession, share: FuzzLimits) -> None:
        with closing(_every_part(session, share)) as results:
            for result in results:
                self.report([result])
                if self.ends_with(result):
                    self.ended = True
                    return


def _context(plan: Plan, operation: FuzzedOperation, limits: FuzzLimits) -> FuzzContext:
    """Return what requests of one operation are made for; raises `CaseError` when no valid one can be made."""
    suite = operation.suite
    docs = tuple(language for language in plan.docs if language in suite.contracts)
    if not docs or not suite.bases:
        lack = "a document that the run judges by" if not docs else "a valid request to start from (base.yaml)"
        raise CaseError(f"{suite.subject} has not got {lack}", hint="name other operations")
    return FuzzContext.of(suite, plan.target, docs, f"fuzz --seed {limits.seed}", data=operation.data)


def fuzz_engine(plan: Plan) -> Engine:
    """Return an engine that judges requests of property tests, those with unknown parameters among them."""
    return Engine(replace(plan, contracts=with_unknown_parameters(plan.contracts)))


def _every_part(session: FuzzSession, limits: FuzzLimits) -> Generator[CaseResult, None, None]:
    """Run the parts one after another. Of a limited time single requests have half, so that each part has some."""
    share = limits.share(2)
    yield from session.until(share).generated(seed=limits.seed, max_examples=limits.max_examples)
    parts: list[Callable[[FuzzSession], Iterable[CaseResult]]] = [
        lambda part: part.lifecycles(limits.seed),
        FuzzSession.refusals,
        FuzzSession.equivalent,
        FuzzSession.unknown_parameters,
    ]
    for number, part in enumerate(parts):
        share = limits.share(len(parts) - number)
        if not share.out_of_time():  # what a part sends takes long to make, too
            yield from part(session.until(share))
