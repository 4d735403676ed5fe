"""What the steps of a case need done, as values: calls, provider states, pauses.

Running a case is a generator that yields these values and gets their outcomes back. It has no thread and no connection
of its own, so `conformance.engine.loop` can keep many cases under way at once.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from msgspec import Struct

from conformance.engine.calls import Send

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.core.exchange import Credentials


class ChangeState(Struct, frozen=True):
    """Set (`action="setup"`) or take back (`"teardown"`) a provider state; a `StateFailure` or `None` comes back."""

    name: str
    params: Mapping[str, object]
    action: str
    credentials: Credentials

    @property
    def cleaning(self) -> bool:
        """Whether it is done even after the run was stopped."""
        return self.action == "teardown"


class Sleep(Struct, frozen=True):
    """Pause. One that is part of `cleaning` up is cut short when the run is stopped; whether it was comes back."""

    seconds: float
    cleaning: bool = False


class Together(Struct, frozen=True):
    """Send several requests at the same moment; the outcome is the list of their exchanges."""

    sends: tuple[Send, ...]
    cleaning: ClassVar[bool] = False


class Once(Struct, frozen=True):
    """Do something that all who ask under one key share: done once, and the outcome given to all."""

    key: tuple[str, ...]
    steps: Callable[[], Steps[object]]
    cleaning: ClassVar[bool] = False


Effect = Send | ChangeState | Sleep | Together | Once
"""What can be asked for. The outcome of `Send` is its `Exchange`."""

T = TypeVar("T")
Steps = Generator[Effect, Any, T]
"""Work that asks for effects and ends in a `T`. It may be dropped at any moment, by closing it."""


class StoppedError(Exception):
    """Thrown into work that asks for something after the run was stopped, unless it is to clean up."""


class FinishedWork(Struct, Generic[T], frozen=True):
    """Work that has ended.

    Attributes:
        token: What `Loop.start` was given.
        outcome: Its result, or the fault of the harness that broke it off.
    """

    token: str
    outcome: T | BaseException

    def result(self) -> T:
        """Return the result; raises the fault if there is one."""
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome
