"""One run of property tests, from its first event to its last."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.engine.engine import Engine
from conformance.engine.events import case_finished, note_added, run_finished, run_started
from conformance.fuzz.findings.case_files import write_cases
from conformance.fuzz.fuzz_session import FuzzSession
from conformance.fuzz.run_context import FuzzContext
from conformance.fuzz.sequences.unknown_parameters import with_unknown_parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
    from pathlib import Path

    from conformance.cases.model import Case
    from conformance.cases.suite import Suite
    from conformance.contract.languages import Language
    from conformance.engine.events import Event, RunStarted
    from conformance.engine.plan import Plan
    from conformance.fuzz.findings.failures import Failure
    from conformance.fuzz.operation_data import OperationData
    from conformance.judging.report_entries import ReachedEntry
    from conformance.judging.results import CaseResult


@dataclass(frozen=True, slots=True)
class FuzzLimits:
    """How long a run goes on.

    Attributes:
        seed: What random requests depend on.
        max_examples: How many random requests.
        deadline: The moment, by `time.monotonic`, after which nothing more is sent; `None` for none.
    """

    seed: int
    max_examples: int
    deadline: float | None = None

    def out_of_time(self) -> bool:
        """Whether the time is over."""
        return self.deadline is not None and time.monotonic() >= self.deadline


@dataclass(frozen=True, slots=True)
class FuzzOutcome:
    """What a run found.

    Attributes:
        context: The run.
        failures: The failures, one for each cause.
        reached: How far the requests reached, per document.
        requests: How many requests and sequences were sent.
        seed: The seed.
        interrupted: Whether Ctrl-C ended it.
    """

    context: FuzzContext
    failures: tuple[Failure, ...]
    reached: Mapping[Language, ReachedEntry]
    requests: int
    seed: int
    interrupted: bool

    @property
    def lines(self) -> list[str]:
        """The figures for a person."""
        lines = [f"{self.requests} requests, {len(self.failures)} findings, seed {self.seed}"]
        for language, reached in self.reached.items():
            kinds = {
                "codes": reached["codes"],
                "parameters": reached["parameters"],
                "violations": reached["violations"],
            }
            parts = [f"{len(names['reached'])} of {names['documented']} {kind}" for kind, names in kinds.items()]
            lines.append(f"{language} reached: {', '.join(parts)}")
        return lines

    def save(self, folder: Path) -> Path | None:
        """Write each failure as a case; see `write_cases`."""
        return write_cases(folder, self.context, [failure.case for failure in self.failures])


def fuzz_operation(
    plan: Plan,
    suite: Suite,
    data: OperationData,
    limits: FuzzLimits,
    emit: Callable[[Event], None],
    *,
    cases: Sequence[Case] = (),
    ends_with: Callable[[CaseResult], bool] = lambda _result: False,
) -> FuzzOutcome:
    """Run every property test of one operation.

    Args:
        plan: The target, the documents judged by, and the run's id. Its cases are not used.
        suite: The operation.
        data: What is known of the operation beside its contracts.
        limits: Seed, number of random requests, deadline.
        emit: Takes each event of the run as it happens.
        cases: Written cases of the operation, by which the target is asked a few things first.
        ends_with: Takes each result when it comes, and says whether enough was found.

    Returns:
        What was found; when interrupted, until then.
    """
    context = FuzzContext.of(suite, plan.target, plan.docs, f"fuzz --seed {limits.seed}", data=data)
    started_at = time.monotonic()
    # How many lines a report will have is known at the end; what it is about is known now.
    started: RunStarted = {**run_started(plan, selected=0), "points": []}
    emit(started)
    reported: set[str] = set()

    def note() -> None:
        for each in plan.notes.take():
            emit(note_added(each))

    def report(results: Iterable[CaseResult]) -> None:
        for result in results:
            reported.add(result.id)
            note()
            emit(case_finished(result))

    interrupted = ended = False
    with fuzz_engine(plan) as engine:
        session = FuzzSession.of(context, engine, limits.out_of_time)
        try:
            engine.prepare(cases)
            with closing(_every_part(session, limits)) as results:
                for result in results:
                    report([result])
                    if ends_with(result):
                        ended = True
                        break
        except KeyboardInterrupt:
            interrupted = True
    report(session.collector.summary())
    note()
    reached = session.collector.reach.figures()
    emit({"event": "fuzz", "seed": limits.seed, "requests": session.sender.sent, "reached": reached})
    emit({**started, "selected": len(reported)})
    emit(run_finished(duration_s=time.monotonic() - started_at, interrupted=interrupted or ended))
    failures = tuple(session.collector.failures)
    return FuzzOutcome(context, failures, reached, session.sender.sent, limits.seed, interrupted)


def fuzz_engine(plan: Plan) -> Engine:
    """Return an engine that judges requests of property tests, those with unknown parameters among them."""
    return Engine(replace(plan, contracts=with_unknown_parameters(plan.contracts)))


def _every_part(session: FuzzSession, limits: FuzzLimits) -> Generator[CaseResult, None, None]:
    yield from session.generated(seed=limits.seed, max_examples=limits.max_examples)
    yield from session.equivalent()
    yield from session.unknown_parameters()
    yield from session.refusals()
    yield from session.lifecycles(limits.seed)
