"""What the steps of one case share: who calls, what holds, and who deletes what they create."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.cases.model import Step
    from conformance.core.exchange import Credentials
    from conformance.engine.cleanup.cleaner import Cleaner
    from conformance.engine.effects import Steps
    from conformance.engine.sending.held_states import HeldState

LetsPass: TypeAlias = "Callable[[str], Steps[bool]]"
"""Ends in whether the target lets requests for an operation pass."""


class StepContext(Struct, frozen=True):
    """What the steps of a case share: who calls, what `${...}` refers to, and who deletes what they create.

    Attributes:
        credentials: The account that calls.
        values: What `${...}` refers to.
        cleaner: Deletes what is created, where the account outlives the run.
        held: The states that hold.
        others: The other accounts by name.
        lets_pass: Ends in whether the target lets requests for an operation pass, when that can be asked.
    """

    credentials: Credentials
    values: Mapping[str, object]
    cleaner: Cleaner | None
    held: list[HeldState]
    others: Mapping[str, Credentials]
    lets_pass: LetsPass | None

    def of(self, step: Step) -> StepContext:
        """Return what a step needs: of another account nothing is created that would outlive the run."""
        if step.account is None:
            return self
        return replace(self, credentials=self.others[step.account], cleaner=None)
