"""The suite, tested: it is run against the reference server with one fault at a time, and must catch each."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.contract.model import LANGUAGES
from conformance.errors import UsageError
from conformance.mock.build import build_plan
from conformance.mock.server import ReferenceServer
from conformance.runner.engine import Engine
from conformance.targets.model import Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.contract.model import Language
    from conformance.mock.options import Follow
    from conformance.runner.plan import Plan

PlanMaker = Callable[[Target, tuple["Language", ...]], "Plan"]

CATCHING: Final = ("mismatch", "error")
"""The verdicts that tell that something is wrong."""

_ACTIVATION_DELAY_S: Final = 0.05
_SERVERS: Final[tuple[tuple[Follow, tuple[Language, ...]], ...]] = (
    ("both", LANGUAGES),
    ("zh", ("zh",)),
    ("en", ("en",)),
)
"""What a faulty server follows and what it is judged by, in the order in which they are tried.

A fault in something on which the documents disagree only shows when one of them is followed and judged by.
"""


@dataclass(frozen=True, slots=True)
class Caught:
    """What the suite made of one fault.

    Attributes:
        fault: Its name.
        follow: What the server followed when it was caught; `None` when nothing caught it.
        cases: The ids of the cases that caught it.
    """

    fault: str
    follow: Follow | None
    cases: tuple[str, ...]


def selftest(faults: Sequence[str], make_plan: PlanMaker, jobs: int) -> Iterator[Caught]:
    """Run the suite against each fault and yield what caught it, in the order in which they end.

    Args:
        faults: Names of faults.
        make_plan: Makes the plan for a target and the languages to judge by; must be picklable.
        jobs: Processes at once.
    """
    with ProcessPoolExecutor(jobs) as pool:
        futures = [pool.submit(_catch, fault, make_plan) for fault in faults]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _catch(fault: str, make_plan: PlanMaker) -> Caught:
    for follow, docs in _SERVERS:
        try:
            build_plan(follow=follow, faults=(fault,))
        except UsageError:
            continue  # these documents do not promise what the fault breaks
        with ReferenceServer(follow, (fault,), _ACTIVATION_DELAY_S) as server:
            target = Target(server.endpoint, states_url=server.states_url)
            plan = make_plan(target, docs)
            with Engine(plan) as engine:
                cases = sorted(result.id for result in engine.run(plan.cases) if result.verdict in CATCHING)
        if cases:
            return Caught(fault, follow, tuple(cases))
    return Caught(fault, None, ())
