"""Deleting what an interrupted run left behind, by the calls of its ledger."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from conformance.cases.model import Transport
from conformance.engine.calls import Send
from conformance.engine.interrupts import Interrupts
from conformance.engine.loop import Loop
from conformance.engine.sent import NothingKnownError, SentExchange

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.core.exchange import Credentials
    from conformance.engine.effects import Steps
    from conformance.engine.loop import Ended
    from conformance.target.ledger import DeletingCall
    from conformance.target.model import Target


def delete_leftovers(
    calls: Sequence[DeletingCall], target: Target, credentials: Credentials
) -> Iterator[tuple[DeletingCall, str | None]]:
    """Send deleting calls one after another; yield each with why it failed, or `None` when it succeeded."""
    loop: Loop[str | None] = Loop(target)
    with closing(loop), Interrupts() as interrupts:
        for call in calls:
            with interrupts.held():
                loop.start(_delete(call, credentials), call["operation"])
            ended: list[Ended[str | None]] = []
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
