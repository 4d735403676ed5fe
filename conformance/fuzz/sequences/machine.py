"""The rules by which Hypothesis makes sequences, and makes a failing one shorter."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as with_seed
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from conformance.fuzz.sequences.model import LONGEST, SEQUENCES, EnoughError, Model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.cases.model import Case
    from conformance.fuzz.generation.sample import Subject
    from conformance.fuzz.sequences.model import Neighbours


class _DiffersError(Exception):
    """A sequence was not answered as the model says."""


def search(
    subject: Subject,
    near: Neighbours,
    extras: Sequence[dict[str, str]],
    run: Callable[[Case], bool],
    seed: int,
) -> None:
    """Make sequences and run each; on a failure, shorter ones until none of them fails.

    Args:
        subject: The operation that creates.
        near: The operations beside it.
        extras: Optional parameters that a creation may have.
        run: Runs a sequence and tells whether it was answered as the model says; raises `EnoughError` to end.
        seed: What the sequences depend on.
    """
    bases = sorted(subject.suite.bases)

    class Machine(RuleBasedStateMachine):
        """What a client may do, step by step; the steps are sent when the sequence is complete."""

        def __init__(self) -> None:
            super().__init__()
            self.model = Model(subject, near)

        @precondition(lambda self: not self.model.ended)
        @rule(base=st.sampled_from(bases), extra=st.sampled_from(extras))
        def create(self, base: str, extra: dict[str, str]) -> None:
            self.model.create(base, extra)

        @precondition(lambda self: self.model.alive and not self.model.ended)
        @rule(data=st.data())
        def describe(self, data: st.DataObject) -> None:
            self.model.describe(data.draw(st.sampled_from(sorted(self.model.alive))))

        @precondition(lambda self: self.model.alive and not self.model.ended)
        @rule(data=st.data())
        def delete(self, data: st.DataObject) -> None:
            self.model.delete(data.draw(st.sampled_from(sorted(self.model.alive))))

        @rule()
        def rest(self) -> None:
            """Do nothing: there is always something that can be done."""

        def teardown(self) -> None:
            if self.model.steps and not run(self.model.case(f"fuzz --seed {seed}")):
                raise _DiffersError

    quiet = settings(
        max_examples=SEQUENCES,
        stateful_step_count=LONGEST,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=False,
        report_multiple_bugs=False,
    )
    with suppress(_DiffersError, EnoughError):
        run_state_machine_as_test(with_seed(seed)(Machine), settings=quiet)
