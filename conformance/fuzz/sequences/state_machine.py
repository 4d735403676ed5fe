"""The rules by which Hypothesis makes sequences, and makes a failing one shorter."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, Phase, settings
from hypothesis import seed as with_seed
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.fuzz.sender import Trial
    from conformance.fuzz.sequences.lifecycle_model import Lifecycle

SEQUENCES: Final = 15
LONGEST: Final = 6
"""How many sequences are made, and how many steps each has at the most."""


class EnoughError(BaseException):
    """Nothing more is to be sent. No `Exception`, so that Hypothesis does not take it for a failure to be shrunk."""


class _DiffersError(Exception):
    """A sequence was not answered as the model says."""


def search_sequences(
    new_lifecycle: Callable[[], Lifecycle],
    bases: Sequence[str],
    additions: Sequence[dict[str, str]],
    run: Callable[[Trial], bool],
    seed: int,
) -> None:
    """Make sequences and run each; on a failure, shorter ones until none of them fails.

    Args:
        new_lifecycle: Returns a model in which there is nothing yet.
        bases: The names of the valid requests that create something.
        additions: Optional parameters that a creation may have.
        run: Runs a sequence and returns whether it was answered as the model says; raises `EnoughError` to end.
        seed: What the sequences depend on.
    """

    class Machine(RuleBasedStateMachine):
        """What a client may do, step by step; the steps are sent when the sequence is complete."""

        def __init__(self) -> None:
            super().__init__()
            self.lifecycle = new_lifecycle()

        @precondition(lambda self: not self.lifecycle.ended)
        @rule(base=st.sampled_from(bases), extra=st.sampled_from(additions))
        def create(self, base: str, extra: dict[str, str]) -> None:
            self.lifecycle.create(base, extra)

        @precondition(lambda self: self.lifecycle.alive and not self.lifecycle.ended)
        @rule(data=st.data())
        def describe(self, data: st.DataObject) -> None:
            self.lifecycle.describe(data.draw(st.sampled_from(sorted(self.lifecycle.alive))))

        @precondition(lambda self: self.lifecycle.alive and not self.lifecycle.ended)
        @rule(data=st.data())
        def delete(self, data: st.DataObject) -> None:
            self.lifecycle.delete(data.draw(st.sampled_from(sorted(self.lifecycle.alive))))

        @rule()
        def rest(self) -> None:
            """Do nothing: there is always something that can be done."""

        def teardown(self) -> None:
            if self.lifecycle.steps and not run(self.lifecycle.trial()):
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
