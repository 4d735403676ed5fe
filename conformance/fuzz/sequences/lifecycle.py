"""Every sequence of an operation, by what a behaviour declares that it does with a resource."""

from __future__ import annotations

import time
from itertools import chain
from typing import TYPE_CHECKING, Final

from conformance.cases.meanings.words import load_words
from conformance.fuzz.family import ResourceFamily
from conformance.fuzz.generation.generated_request import PLAIN
from conformance.fuzz.generation.optional_parameters import all_together, allowed_additions, longest_of_each
from conformance.fuzz.sender import FAILED, Observation
from conformance.fuzz.sequences.changed_fields import (
    changed_fields,
    sequences_of_attachment,
    sequences_of_change,
    sequences_of_deletion,
)
from conformance.fuzz.sequences.equivalence import WAYS
from conformance.fuzz.sequences.lifecycle_model import Lifecycle
from conformance.fuzz.sequences.listed_pages import sequences_of_listing
from conformance.fuzz.sequences.repeated_calls import sequences_of_repetition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conformance.fuzz.run_context import FuzzContext
    from conformance.fuzz.sender import Sender, Trial

MOST_RUNS: Final = 60
LONGEST_S: Final = 20.0
"""Sequences sent at the most, and for how long, those that make a failing one shorter among them: a server on which
nothing ever becomes ready would else be waited for again and again."""
_OF_THE_CALL: Final = ("apart", "amount", "idempotent_by")
"""What names mean that make of a creation something else than one more resource."""


def lifecycles(context: FuzzContext, sender: Sender, stopped: Callable[[], bool], seed: int) -> Iterator[Observation]:
    """Run the sequences of an operation. Those of a creation in any order Hypothesis makes, and shortens if they fail.

    Args:
        context: The run.
        sender: Sends them.
        stopped: Whether nothing more is to be sent.
        seed: What the sequences depend on.

    Yields:
        Each sequence with its result; of those that fail in the search the shortest alone. Nothing follows one that
        could not be judged: what one operation of a resource does not answer, it does not answer the next time.
    """
    # Of a real account only one resource is known to be free, and what another run left may be in the way.
    family = None if stopped() or not context.settable else ResourceFamily.of(context)
    # What the documents refuse creates nothing, and is a finding of its own.
    if family is None or not all(each.success for each in context.oracle.expectations(context.wire).values()):
        return
    additions = _additions(context)
    for observation in sender.try_each(_trials(family, additions), stopped):
        yield observation
        if observation.result.verdict in ("error", "not_run"):
            return
    if family.creation is not None and family.creation.name == context.operation:
        yield from _in_any_order(family, additions, sender, stopped, seed)


def _trials(family: ResourceFamily, additions: Sequence[dict[str, str]]) -> Iterator[Trial]:
    """Return the sequences that are the same in every run."""
    if family.traits.role == "create":
        return chain(_kept_values(family, additions), _changed(family), sequences_of_repetition(family))
    of_role = {
        "list": sequences_of_listing,
        "detail": _shown,
        "change": sequences_of_change,
        "delete": sequences_of_deletion,
        "attach": sequences_of_attachment,
        "detach": sequences_of_attachment,
    }
    return of_role[family.traits.role](family) if family.traits.role in of_role else iter(())


def _additions(context: FuzzContext) -> list[dict[str, str]]:
    """Return what a creation may be sent beside its valid request, and still creates one resource."""
    return [each for each in allowed_additions(context) if all(_may_be_added(context, name) for name in each)]


def _may_be_added(context: FuzzContext, name: str) -> bool:
    words = load_words()
    # What an id names exists only where somebody said which states make it exist.
    missing = words.is_id(name) and not context.surroundings.isolated
    return not missing and not any(words.means(meaning, name) for meaning in _OF_THE_CALL)


def _kept_values(family: ResourceFamily, additions: Sequence[dict[str, str]]) -> Iterator[Trial]:
    """Yield creations that are looked at afterwards: with each optional parameter alone, and with all in each way."""
    context = family.context
    if family.creation is None or family.creation.name != context.operation or not family.looks:
        return
    base = context.base.name
    everything = all_together(context, additions)
    kept = [(addition, "", PLAIN) for addition in longest_of_each(additions)]
    # What was sent in one way is what was sent in another: the texts with every trap in them come back.
    allowed = context.oracle.outcomes({**context.wire, **everything})
    ways = {way: transport for way, transport in WAYS.items() if context.as_promised(transport, allowed) == transport}
    kept += [(everything, way, transport) for way, transport in ways.items()]
    for addition, way, transport in kept:
        lifecycle = Lifecycle(family)
        lifecycle.create(base, addition, transport)
        lifecycle.describe(base)
        yield lifecycle.trial(way)


def _changed(family: ResourceFamily) -> Iterator[Trial]:
    """Yield what is created, shown, changed by each operation that does, shown, deleted, and gone."""
    if family.creation is None or family.creation.name != family.context.operation:
        return
    base = family.context.base.name
    for operation in family.kin.having(family.kind.changes):
        for path, values, look in list(changed_fields(family, operation))[:1]:
            lifecycle = Lifecycle(family)
            lifecycle.create(base, {})
            for value in values:
                lifecycle.change(base, operation, {path: value}, f"{operation.name}_{path}")
                lifecycle.describe(base, look)
            lifecycle.delete(base)
            yield lifecycle.trial()


def _shown(family: ResourceFamily) -> Iterator[Trial]:
    """Yield what another operation creates, and the operation under test shows."""
    for look in family.looks:
        if look.operation.name == family.context.operation and family.creations:
            lifecycle = Lifecycle(family)
            lifecycle.describe(lifecycle.make(family.creations[0]), look)
            yield lifecycle.titled("shown", "what was created is shown", "created and shown")


def _in_any_order(
    family: ResourceFamily, additions: Sequence[dict[str, str]], sender: Sender, stopped: Callable[[], bool], seed: int
) -> Iterator[Observation]:
    # Hypothesis takes a second to import, and this module belongs to the command line.
    from conformance.fuzz.sequences.state_machine import EnoughError, search_sequences  # noqa: PLC0415

    until = time.monotonic() + LONGEST_S
    observations: list[Observation] = []

    def run(trial: Trial) -> bool:
        if stopped() or len(observations) >= MOST_RUNS or time.monotonic() >= until:
            raise EnoughError
        observations.append(sender.try_one(trial))
        if observations[-1].result.verdict in ("error", "not_run"):
            raise EnoughError
        return observations[-1].result.verdict not in FAILED

    try:
        search_sequences(lambda: Lifecycle(family), sorted(family.context.suite.bases), additions, run, seed)
    except KeyboardInterrupt:
        yield from _worth_a_report(observations)
        raise
    yield from _worth_a_report(observations)


def _worth_a_report(observations: Sequence[Observation]) -> Iterator[Observation]:
    """Yield the sequences that conform, and of those that fail the shortest: the others came before it was short."""
    failed = [each for each in observations if each.result.verdict in FAILED]
    yield from (each for each in observations if each.result.verdict not in FAILED)
    if failed:
        yield min(failed, key=lambda each: len(each.trial.case.steps))
