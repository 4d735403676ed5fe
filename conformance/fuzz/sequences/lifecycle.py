"""Sequences of create, describe and delete, made by Hypothesis against a small model of what there is.

The documents of the operations that describe and delete are not among those tested. What the model takes of them is the
convention of the API: a list `X` stands as `Xs: {X: [...]}`, and gives back what was sent under the same names.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from conformance.fuzz.generation.extras import everything, one_each, plain_extras
from conformance.fuzz.generation.sample import PLAIN
from conformance.fuzz.probes import FAILED
from conformance.fuzz.sequences.machine import search
from conformance.fuzz.sequences.model import EnoughError, Model, Neighbours
from conformance.fuzz.sequences.relations import WAYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.cases.model import Case
    from conformance.contract.languages import Language
    from conformance.fuzz.probes import Prober
    from conformance.fuzz.search import Hunt
    from conformance.judging.results import CaseResult

KIND: Final = "created, described and deleted"
MOST_RUNS: Final = 60
LONGEST_S: Final = 20.0
"""Sequences sent at the most, and for how long, those that make a failing one shorter among them: a server on which
nothing ever becomes ready would else be waited for again and again."""


def lifecycles(hunt: Hunt, prober: Prober, judged_by: tuple[Language, ...], seed: int) -> Iterator[CaseResult]:
    """Run sequences that Hypothesis makes; a failing one is made as short as it can be.

    Args:
        hunt: Takes note of what comes of them.
        prober: Sends them.
        judged_by: The documents judged by.
        seed: What the sequences depend on.

    Yields:
        What is worth a line of the report.
    """
    near = Neighbours.of(prober.subject)
    # Of a real account only one resource is known to be free, and what another run left may be in the way.
    if near is None or hunt.over() or not prober.subject.settable:
        return
    extras = plain_extras(prober.subject, judged_by)
    runs: list[tuple[Case, CaseResult]] = []

    kept = [(extra, "", PLAIN) for extra in one_each(extras)]
    # What was sent in one way is what was sent in another: the texts with every trap in them come back.
    full = everything(prober.subject, judged_by, extras)
    kept += [(full, way, transport) for way, transport in WAYS.items()]
    for extra, way, transport in kept:
        if hunt.over():
            return
        model = Model(prober.subject, near)
        model.create(prober.subject.base.name, extra, transport)
        model.describe(prober.subject.base.name)
        yield from hunt.sequence(model.case(prober.origin, way), KIND)
    until = time.monotonic() + LONGEST_S

    def run(case: Case) -> bool:
        if hunt.over() or len(runs) >= MOST_RUNS or time.monotonic() >= until:
            raise EnoughError
        result = prober.run(case)
        runs.append((case, result))
        return result.verdict not in FAILED

    try:
        search(prober.subject, near, extras, run, seed)
    finally:
        # When interrupted, a summary tells of what was found until then.
        found = list(_told(hunt, runs))
    yield from found


def _told(hunt: Hunt, runs: list[tuple[Case, CaseResult]]) -> Iterator[CaseResult]:
    """Take note of sequences that were run."""
    failed = [(case, result) for case, result in runs if result.verdict in FAILED]
    for case, result in runs:
        if result.verdict not in FAILED:
            yield from hunt.note(case, KIND, result)
    if failed:
        # Only the shortest: the others are what it was before it was made shorter.
        case, result = min(failed, key=lambda pair: len(pair[0].steps))
        yield from hunt.note(case, KIND, result)
