"""Requests under way in a client, and how they come to an end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from conformance.transport.keeping import KnownHost
    from conformance.transport.outcome import TransferOutcome
    from conformance.transport.transfer import Transfer

TokenT = TypeVar("TokenT")


class Completed(Struct, Generic[TokenT]):
    """A request that has come to an end.

    Attributes:
        token: What `Client.start` was given.
        outcome: The answer, or why there is none that can be judged.
        elapsed_ms: From its start to the last byte received.
    """

    token: TokenT
    outcome: TransferOutcome
    elapsed_ms: float


class Held(Struct, Generic[TokenT]):
    """An answer that is handed out once its connection was quiet: when at the latest, its host and its socket."""

    due: float
    known: KnownHost
    sock: int
    completed: Completed[TokenT]


class UnderWay(Struct, Generic[TokenT]):
    """A request under way: its transfer, and its times.

    Attributes:
        begun: When it was started, on the clock of `time.monotonic`.
        deadline: When it is given up, on the same clock.
        among: How many were under way when it was started, itself included: too many then, whatever there are now.
        silent: Whether its silence on a fresh connection was noted.
    """

    transfer: Transfer
    token: TokenT
    timeout_s: float
    begun: float
    deadline: float
    among: int
    silent: bool = False
