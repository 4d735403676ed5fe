"""One run of property tests, from its first event to its last."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from conformance.engine.engine import Engine
from conformance.engine.events import case_finished, run_finished, run_started
from conformance.fuzz.casefile import write_cases
from conformance.fuzz.generation.sample import Subject
from conformance.fuzz.generation.samples import samples
from conformance.fuzz.oracle.reached import Reached
from conformance.fuzz.oracle.refusals import refusals
from conformance.fuzz.oracle.unknown import unknown_parameters, widened
from conformance.fuzz.probes import Prober
from conformance.fuzz.search import Hunt
from conformance.fuzz.sequences.lifecycle import lifecycles
from conformance.fuzz.sequences.relations import relations

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conformance.cases.load import Suite
    from conformance.engine.events import Event
    from conformance.engine.plan import Plan
    from conformance.fuzz.search import Finding


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a run goes on.

    Attributes:
        seed: What random requests depend on.
        max_examples: How many random requests.
        deadline: The moment, by `time.monotonic`, after which nothing more is sent; `None` for none.
    """

    seed: int
    max_examples: int
    deadline: float | None = None

    def over(self) -> bool:
        """Whether the time is over."""
        return self.deadline is not None and time.monotonic() >= self.deadline


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a run.

    Attributes:
        subject: The operation.
        findings: What was found, one for each cause.
        figures: How far the requests reached, per document.
        requests: How many requests and sequences were sent.
        seed: The seed.
        interrupted: Whether Ctrl-C ended it.
    """

    subject: Subject
    findings: tuple[Finding, ...]
    figures: dict[str, Any]
    requests: int
    seed: int
    interrupted: bool

    @property
    def lines(self) -> list[str]:
        """The figures for a person."""
        found = [f"{self.requests} requests, {len(self.findings)} findings, seed {self.seed}"]
        for language, figures in self.figures.items():
            parts = [f"{len(figure['reached'])} of {figure['documented']} {what}" for what, figure in figures.items()]
            found.append(f"{language} reached: {', '.join(parts)}")
        return found

    def save(self, folder: Path) -> Path | None:
        """Write each finding as a case; see `write_cases`."""
        return write_cases(folder, self.subject, [finding.case for finding in self.findings])


def fuzz_operation(plan: Plan, suite: Suite, limits: Limits, tell: Callable[[Event], None]) -> Done:
    """Run every property test of one operation.

    Args:
        plan: The target, the documents judged by, and the run's id. Its cases are not used.
        suite: The operation.
        limits: Seed, number of random requests, deadline.
        tell: Takes each event of the run as it happens.

    Returns:
        What was found; when interrupted, until then.
    """
    subject = Subject.of(suite, plan.target)
    reached = Reached({language: suite.contracts[language] for language in plan.docs})
    started_at = time.monotonic()
    # How many lines a report will have is known at the end; what it is about is known now.
    started = {**run_started(plan, selected=0), "points": []}
    tell(started)
    names: set[str] = set()

    def note(result: Any) -> None:
        names.add(result.id)
        tell(case_finished(result))

    interrupted = False
    with Engine(widened(plan)) as engine:
        prober = Prober(engine, subject, f"fuzz --seed {limits.seed}")
        hunt = Hunt(prober, reached, plan.docs, limits.over)
        made = samples(subject, plan.docs, seed=limits.seed, max_examples=limits.max_examples)
        try:
            parts = (
                hunt.requests(made),
                relations(hunt, prober, plan.docs),
                unknown_parameters(hunt, prober, plan.docs),
                refusals(hunt, prober, plan.docs),
                lifecycles(hunt, prober, plan.docs, limits.seed),
            )
            for result in chain.from_iterable(parts):
                note(result)
        except KeyboardInterrupt:
            interrupted = True
    for result in hunt.summary():
        note(result)
    figures = reached.as_dict()
    tell({"event": "fuzz", "seed": limits.seed, "requests": prober.sent, "reached": figures})
    tell({**started, "selected": len(names)})
    tell(run_finished(duration_s=time.monotonic() - started_at, interrupted=interrupted))
    return Done(subject, tuple(hunt.findings), figures, prober.sent, limits.seed, interrupted)
