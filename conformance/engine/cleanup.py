"""Deleting what cases create on an account that outlives the run: at the end of a case, and what a killed run left."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING, Final

from conformance.cases.expand import wire_parameters
from conformance.cases.model import Transport
from conformance.engine.calls import Send
from conformance.engine.effects import Sleep
from conformance.engine.interrupts import Interrupts
from conformance.engine.loop import Loop
from conformance.engine.sent import NothingKnownError, SentExchange
from conformance.target.ledger import deleting_call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from conformance.cases.model import Case, Cleanup, Step
    from conformance.core.exchange import Credentials
    from conformance.engine.effects import Steps
    from conformance.engine.loop import FinishedWork
    from conformance.protocol.answer import Answered
    from conformance.target.ledger import DeletingCall, Ledger
    from conformance.target.model import Target

_WITHIN_S: Final = 15.0
"""How long a deletion is tried: what is still being created may not be deleted yet."""

_WAIT_S: Final = 0.5


class Cleaner:
    """Notes what one case creates, and deletes it.

    Args:
        case: The case.
        values: What `${target.NAME}` stands for.
        ledger: Where it is written down; `None` for nowhere.
    """

    def __init__(self, case: Case, values: Mapping[str, object], ledger: Ledger | None) -> None:
        self._operation = case.operation
        self._cleanup = case.cleanup
        self._version = case.steps[0].version
        self._values = values
        self._ledger = ledger
        self._there: list[DeletingCall] = []

    def note(self, step: Step, params: Mapping[str, str], answers: Sequence[Answered]) -> None:
        """Take note of the answers to one step: each success of the operation under test created something."""
        cleanup = self._cleanup
        if cleanup is None:
            return
        succeeded = [answered for answered in answers if answered.code is None]
        if step.operation == cleanup.operation and succeeded:
            self._delete(deleting_call(cleanup.operation, self._version, params))
        elif step.operation == self._operation:
            for answered in succeeded:
                call = self._call(cleanup, answered.body)
                self._there.append(call)
                if self._ledger is not None:
                    self._ledger.created(call)

    def clean_up(self, send: Callable[[DeletingCall], Steps[bool]]) -> Steps[None]:
        """Delete what is still there; what cannot be deleted stays in the ledger.

        Args:
            send: Sends a call and ends in whether it succeeded.
        """
        for call in list(self._there):
            deadline = time.monotonic() + _WITHIN_S
            while not (gone := (yield from send(call))) and time.monotonic() < deadline:
                yield Sleep(_WAIT_S, cleaning=True)
            if gone:
                self._delete(call)

    def _delete(self, call: DeletingCall) -> None:
        if call in self._there:
            self._there.remove(call)
            if self._ledger is not None:
                self._ledger.deleted(call)

    def _call(self, cleanup: Cleanup, body: Mapping[str, object]) -> DeletingCall:
        created = {f"created.{name}": value for name, value in body.items()}
        params = wire_parameters(cleanup.params, {**self._values, **created})
        return deleting_call(cleanup.operation, self._version, params)


def delete_leftovers(
    calls: Sequence[DeletingCall], target: Target, credentials: Credentials
) -> Iterator[tuple[DeletingCall, str | None]]:
    """Send deleting calls one after another; yield each with why it failed, or `None` when it succeeded."""
    loop: Loop[str | None] = Loop(target)
    with closing(loop), Interrupts() as interrupts:
        for call in calls:
            with interrupts.held():
                loop.start(_delete(call, credentials), call["operation"])
            ended: list[FinishedWork[str | None]] = []
            while not ended:
                loop.wait()
                with interrupts.held():
                    ended = loop.process()
            yield call, ended[0].result()


def _delete(call: DeletingCall, credentials: Credentials) -> Steps[str | None]:
    exchange = yield Send((call["operation"], call["version"]), call["params"], Transport(), credentials)
    try:
        code = SentExchange(exchange, credentials).answered().code
    except NothingKnownError as fault:
        return str(fault)
    return None if code is None else str(code)
