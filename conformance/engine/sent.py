"""Requests that were sent for a case, and what there is to judge of their answers."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from conformance.core.redaction import Redactor
from conformance.judging.exchange_entries import exchange_entry
from conformance.protocol.answer import NotAnAnswerError, read_answer

if TYPE_CHECKING:
    from conformance.core.exchange import Credentials, Exchange
    from conformance.judging.report_entries import ExchangeEntry
    from conformance.protocol.answer import Answered


class NothingKnownError(Exception):
    """The harness, the network or the target failed, so that nothing is known.

    Args:
        text: The reason, for a person.
        lost: Whether an answer was lost: the request may have been executed, now or later.
    """

    def __init__(self, text: str, *, lost: bool = False) -> None:
        super().__init__(text)
        self.lost = lost


class StateRefusedError(NothingKnownError):
    """The server answered that it does not do what a state asks for.

    Args:
        text: What it answered.
        state: The name of the state.
    """

    def __init__(self, text: str, state: str) -> None:
        super().__init__(text)
        self.state = state


@dataclass(frozen=True)
class SentExchange:
    """An exchange, and the account under which it was sent."""

    exchange: Exchange
    credentials: Credentials

    @cached_property
    def redactor(self) -> Redactor:
        """What removes the secrets of this exchange."""
        return Redactor.of(self.credentials, self.exchange)

    def entry(self) -> ExchangeEntry:
        """Return its form in a report."""
        return exchange_entry(self.exchange, self.redactor)

    def answered(self) -> Answered:
        """Return the answer; raises `NothingKnownError`, without secrets, when there is none to judge."""
        response = self.exchange.response
        if response is None:
            raise NothingKnownError(self.exchange.failure or "no answer", lost=self.exchange.lost)
        with suppress(NotAnAnswerError):
            return read_answer(response)
        # Read again without its secrets, because the excerpt in the message may end in the middle of one.
        try:
            read_answer(self.redactor.response(response))
        except NotAnAnswerError as fault:
            raise NothingKnownError(f"the answer is {fault}") from None
        raise NothingKnownError("the answer is none of the API")
