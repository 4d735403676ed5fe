"""Requests that wait for room in the client, and what is done with their ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from conformance.engine.calls import exchanged, signed
from conformance.engine.effects import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.core.exchange import WireRequest
    from conformance.engine.caller_threads import Deliver
    from conformance.engine.calls import Send
    from conformance.target.model import Target
    from conformance.transport.outcome import TransferOutcome


class AskedCall:
    """A call of an operation.

    Args:
        send: The call.
        target: Where it goes.
        deliver: Is given its exchange, or a `StoppedError`.

    Attributes:
        cleaning: Whether it is sent even after the run was stopped.
    """

    __slots__ = ("_deliver", "_request", "_send", "_target", "cleaning")

    def __init__(self, send: Send, target: Target, deliver: Deliver) -> None:
        self._send = send
        self._target = target
        self._deliver = deliver
        self.cleaning = send.cleaning

    def request(self) -> WireRequest:
        """Return its request, made at the last moment: the signature has the time in it."""
        self._request = signed(self._send, self._target)
        return self._request

    def arrived(self, outcome: TransferOutcome, elapsed_ms: float) -> None:
        """Deliver what it ended in, after so many milliseconds."""
        self._deliver(exchanged(self._send, self._request, outcome, elapsed_ms))

    def stopped(self) -> None:
        """Deliver that the run was stopped before it was sent."""
        self._deliver(StoppedError())


class AskedRequest(Struct, frozen=True):
    """A request of another kind.

    Attributes:
        request: Makes it.
        arrived: What is done with its outcome, and the milliseconds that it took.
        stopped: What is done instead when the run was stopped before it was sent.
        cleaning: Whether it is sent all the same then.
    """

    request: Callable[[], WireRequest]
    arrived: Callable[[TransferOutcome, float], None]
    stopped: Callable[[], None]
    cleaning: bool


Asked: TypeAlias = AskedCall | AskedRequest
