"""Sequences of create, describe and delete, made by Hypothesis against a small model of what there is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from conformance.fuzz.generation.generated_request import PLAIN
from conformance.fuzz.generation.optional_parameters import all_together, allowed_additions, longest_of_each
from conformance.fuzz.sender import FAILED, Observation, Trial
from conformance.fuzz.sequences.equivalence import WAYS
from conformance.fuzz.sequences.lifecycle_model import Lifecycle, RelatedOperations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conformance.cases.model import Case
    from conformance.fuzz.run_context import FuzzContext
    from conformance.fuzz.sender import Sender

KIND: Final = "created, described and deleted"
MOST_RUNS: Final = 60
LONGEST_S: Final = 20.0
"""Sequences sent at the most, and for how long, those that make a failing one shorter among them: a server on which
nothing ever becomes ready would else be waited for again and again."""


def lifecycles(context: FuzzContext, sender: Sender, stopped: Callable[[], bool], seed: int) -> Iterator[Observation]:
    """Run sequences that Hypothesis makes; a failing one is made as short as it can be.

    Args:
        context: The run.
        sender: Sends them.
        stopped: Whether nothing more is to be sent.
        seed: What the sequences depend on.

    Yields:
        Each sequence with its result; of those that fail in the search the shortest alone.
    """
    # Hypothesis takes a second to import, and this module belongs to the command line.
    from conformance.fuzz.sequences.state_machine import EnoughError, search_sequences  # noqa: PLC0415

    related = RelatedOperations.of(context.suite)
    # Of a real account only one resource is known to be free, and what another run left may be in the way.
    if related is None or stopped() or not context.settable:
        return
    additions = allowed_additions(context)
    yield from sender.try_each(_kept_values(context, related, additions), stopped)
    until = time.monotonic() + LONGEST_S
    observations: list[Observation] = []

    def run(case: Case) -> bool:
        if stopped() or len(observations) >= MOST_RUNS or time.monotonic() >= until:
            raise EnoughError
        observations.append(Observation(Trial(KIND, case), sender.judge(case)))
        return observations[-1].result.verdict not in FAILED

    try:
        search_sequences(lambda: Lifecycle(context, related), sorted(context.suite.bases), additions, run, seed)
    except KeyboardInterrupt:
        yield from _worth_a_report(observations)
        raise
    yield from _worth_a_report(observations)


def _kept_values(
    context: FuzzContext, related: RelatedOperations, additions: Sequence[dict[str, str]]
) -> Iterator[Trial]:
    """Yield creations that are looked at afterwards: with each optional parameter alone, and with all in each way."""
    base = context.base.name
    everything = all_together(context, additions)
    kept = [(addition, "", PLAIN) for addition in longest_of_each(additions)]
    # What was sent in one way is what was sent in another: the texts with every trap in them come back.
    allowed = context.oracle.outcomes({**context.wire, **everything})
    ways = {way: transport for way, transport in WAYS.items() if context.as_promised(transport, allowed) == transport}
    kept += [(everything, way, transport) for way, transport in ways.items()]
    for addition, way, transport in kept:
        lifecycle = Lifecycle(context, related)
        lifecycle.create(base, addition, transport)
        lifecycle.describe(base)
        yield Trial(KIND, lifecycle.case(way))


def _worth_a_report(observations: Sequence[Observation]) -> Iterator[Observation]:
    """Yield the sequences that conform, and of those that fail the shortest: the others came before it was short."""
    failed = [each for each in observations if each.result.verdict in FAILED]
    yield from (each for each in observations if each.result.verdict not in FAILED)
    if failed:
        yield min(failed, key=lambda each: len(each.trial.case.steps))
