"""Provider states that are held, and taken back again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.engine.effects import ChangeState
from conformance.engine.sent import NothingKnownError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.core.exchange import Credentials
    from conformance.engine.effects import Steps
    from conformance.target.model import Target
    from conformance.target.states import StateFailure


class HeldState(Struct, frozen=True):
    """A provider state that was set for an account, and is to be taken back."""

    name: str
    params: Mapping[str, object]
    credentials: Credentials


class StateEnds:
    """Takes states back. One of an account that several cases share must not stay: it would decide what comes later.

    Args:
        target: The target.
        change: Makes the calls.

    Attributes:
        left: Those that could not be taken back so far.
    """

    def __init__(self, target: Target, change: Callable[[ChangeState], Steps[StateFailure | None]]) -> None:
        self._change = change
        self._shared = target.isolation == "global"
        self.left: list[HeldState] = []

    def end(self, state: HeldState) -> Steps[StateFailure | None]:
        """Take a state back; ends in why nobody knows whether it was, or `None`."""
        change = ChangeState(state.name, state.params, "teardown", state.credentials)
        failure = yield from self._change(change)
        passing = failure is not None and (failure.lost or failure.answer is not None)
        # An account of one case is never used again, so what it is left in does not matter.
        if passing and (self._shared or not state.credentials.generated):
            self.left.append(state)
        return failure

    def end_left(self) -> Steps[None]:
        """Take back what could not be taken back before; raises `NothingKnownError` when that fails again."""
        for state in list(self.left):
            self.left.remove(state)
            failure = yield from self.end(state)
            if failure is not None and state in self.left:
                raise NothingKnownError(failure.text, lost=failure.lost)
