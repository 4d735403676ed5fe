"""The suite, tested on the reference server: it must catch every fault, and let every conforming variant pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.contract.languages import BOTH, BY_PRECEDENCE, LANGUAGES
from conformance.core.errors import UsageError
from conformance.engine.engine import Engine
from conformance.selftest.processes import spread
from conformance.server.build import build_plan
from conformance.server.faults.catalogue import find_fault
from conformance.server.process import EFFECTS_WITHIN_S, ReferenceServer
from conformance.target.model import Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.contract.languages import Docs, Language
    from conformance.engine.plan import Plan

PlanMaker = Callable[[Target, tuple["Language", ...]], "Plan"]

CATCHING: Final = ("mismatch", "error")
"""The verdicts that tell that something is wrong."""

_ACTIVATION_DELAY_S: Final = 0.3
"""Long enough that a case sees the pending state on a busy machine too."""

SERVERS: Final[tuple[tuple[Docs, tuple[Language, ...]], ...]] = (
    (BOTH, LANGUAGES),
    *((language, (language,)) for language in BY_PRECEDENCE),
)
"""What a faulty server follows and what it is judged by, in the order in which they are tried.

A fault in something on which the documents disagree only shows when one of them is followed and judged by.
"""


@dataclass(frozen=True, slots=True)
class Caught:
    """What the suite made of one fault, or of one conforming variant.

    Attributes:
        name: Its name.
        conforming: Whether it is a conforming variant: a choice that the documents leave open, which nothing may catch.
        follow: What the server followed when it was caught; `None` when nothing caught it.
        cases: The ids of the cases that caught it.
    """

    name: str
    conforming: bool
    follow: Docs | None
    cases: tuple[str, ...]

    @property
    def right(self) -> bool:
        """Whether the suite did what it must: caught a fault, or let a conforming variant pass."""
        return bool(self.cases) != self.conforming


def selftest(
    names: Sequence[str], make_plan: PlanMaker, jobs: int, operations: tuple[str, ...] = ()
) -> Iterator[Caught]:
    """Run the suite against each fault or conforming variant and yield what caught it, in the order in which they end.

    Args:
        names: Names of faults and conforming variants.
        make_plan: Makes the plan for a target and the languages to judge by; must be picklable.
        jobs: Processes at once; a single one is this process.
        operations: What the server is asked for.

    Raises:
        HarnessError: When processes are killed again and again.
    """
    yield from spread(_caught, {name: (name, make_plan, operations) for name in names}, jobs)


def _caught(task: tuple[str, PlanMaker, tuple[str, ...]]) -> Caught:
    return _catch(*task)


def _catch(name: str, make_plan: PlanMaker, operations: tuple[str, ...] = ()) -> Caught:
    conforming = bool(find_fault(name, operations).conforms)
    for follow, docs in SERVERS:
        try:
            build_plan(follow=follow, faults=(name,), operations=operations)
        except UsageError:
            continue  # these documents do not promise what the fault breaks
        cases = _run(name, follow, docs, make_plan, operations)
        if cases:
            return Caught(name, conforming, follow, cases)
    return Caught(name, conforming, None, ())


def _run(
    mutation: str, follow: Docs, docs: tuple[Language, ...], make_plan: PlanMaker, operations: tuple[str, ...]
) -> tuple[str, ...]:
    """Return the ids of the cases that find something wrong with a server that has one mutation."""
    with ReferenceServer(follow, (mutation,), _ACTIVATION_DELAY_S, operations=operations) as server:
        target = Target(server.endpoint, states_url=server.states_url, effects_within_s=EFFECTS_WITHIN_S)
        plan = make_plan(target, docs)
        with Engine(plan) as engine:
            return tuple(sorted(result.id for result in engine.run(plan.cases) if result.verdict in CATCHING))
