"""What a step of a case needs to know: who calls, what holds, who deletes what it creates."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.cases.promises import PromisedAnswer
    from conformance.core.exchange import Credentials
    from conformance.engine.cleanup.cleaner import Cleaner
    from conformance.engine.effects import Steps
    from conformance.engine.progress import Progress
    from conformance.engine.sending.held_states import HeldState

LetsPass: TypeAlias = "Callable[[str], Steps[bool]]"
"""Ends in whether the target lets requests for an operation pass."""


class StepContext(Struct, frozen=True):
    """What a step of a case needs to know: who calls, what `${...}` refers to, and who deletes what it creates.

    Attributes:
        credentials: The account that calls.
        values: What `${...}` refers to.
        cleaner: Deletes what is created, where the account outlives the run.
        held: The states that hold.
        lets_pass: Ends in whether the target lets requests for an operation pass, when that can be asked.
        allowed: The answers that the documents allow.
        progress: What is known of the case.
    """

    credentials: Credentials
    values: Mapping[str, object]
    cleaner: Cleaner | None
    held: list[HeldState]
    lets_pass: LetsPass | None
    allowed: Sequence[PromisedAnswer]
    progress: Progress
