"""Requests that were sent for a case, and what there is to judge of their answers."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.core.redaction import Redactor, known_secrets
from conformance.judging.exchange_entries import digest_entry, exchange_entry
from conformance.protocol.answer import GATEWAY_STATUSES, TOO_LONG_STATUSES, NotAnAnswerError, read_answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.core.exchange import Credentials, Exchange
    from conformance.judging.denials import Denial
    from conformance.judging.report_entries import DigestEntry, ExchangeEntry
    from conformance.protocol.answer import Answered


_NOTHING: Final = Redactor()


class NothingKnownError(Exception):
    """The harness, the network or the target failed, so that nothing is known.

    Args:
        text: The reason, for a person.
        lost: Whether an answer was lost: the request may have been executed, now or later.
    """

    def __init__(self, text: str, *, lost: bool = False) -> None:
        super().__init__(text)
        self.lost = lost


class NoEnvelopeError(NothingKnownError):
    """A whole answer came, and it is none of the API; the text says what it is instead, without secrets."""


class NotServedError(NothingKnownError):
    """The answer says nothing about its request: credentials, throttling, a service that is unavailable.

    Args:
        text: What happened, for a person.
        refusal: What it says.
    """

    def __init__(self, text: str, refusal: Denial) -> None:
        super().__init__(text)
        self.refusal = refusal


class StateRefusedError(NothingKnownError):
    """The server answered that it does not do what a state asks for.

    Args:
        text: What it answered.
        state: The name of the state.
    """

    def __init__(self, text: str, state: str) -> None:
        super().__init__(text)
        self.state = state


class SentExchange(Struct, eq=False, weakref=True):
    """An exchange, and the account under which it was sent; its answer is read once."""

    exchange: Exchange
    credentials: Credentials
    _read: Answered | NothingKnownError | None = None
    _redactor: Redactor | None = None

    @property
    def redactor(self) -> Redactor:
        """What removes the secrets of this exchange, and those of the target's other accounts."""
        if self._redactor is None:
            self._redactor = Redactor.of(self.credentials, self.exchange) | known_secrets()
        return self._redactor

    def entry(self, redactor: Redactor) -> ExchangeEntry:
        """Return its form in a report, without what a redactor removes: the secrets of its run."""
        return exchange_entry(self.exchange, redactor)

    def digest(self) -> DigestEntry:
        """Return what a report has of it in a pass."""
        # Most passes are one attempt of which nothing is shown: what removes secrets is not made for them.
        return digest_entry(self.exchange, self.redactor if self.exchange.retries else _NOTHING)

    def answered(self) -> Answered:
        """Return the answer.

        Raises:
            NoEnvelopeError: When the whole answer came and is none of the API; without secrets, as the next.
            NothingKnownError: When there is none to judge.
        """
        read = self._read
        if read is None:
            read = self._read = self._reading()
        if isinstance(read, NothingKnownError):
            # One that is kept would keep, by its traceback, the caller's frame, and this one with the whole answer.
            raise copy(read)
        return read

    def _reading(self) -> Answered | NothingKnownError:
        """Return the answer, or why there is none to judge."""
        response = self.exchange.response
        if response is None:
            return NothingKnownError(self.exchange.failure or "no answer", lost=self.exchange.lost)
        try:
            return read_answer(response)
        except NotAnAnswerError as fault:
            text = fault.redacted(self.redactor.text)
            if fault.elsewhere:
                # What a gateway says of the server behind it says nothing of what that did.
                told = f"the answer is {text}"
                if response.status in TOO_LONG_STATUSES:
                    size = len(self.exchange.request.url)
                    told = f"a URL of {size} characters is too long for the server, or for a proxy before it: {told}"
                return NothingKnownError(told, lost=response.status in GATEWAY_STATUSES)
            return NoEnvelopeError(text)


def read_all(sent: Sequence[SentExchange]) -> tuple[list[Answered], list[str], NothingKnownError | None]:
    """Return the answers to requests, what those are that are none of the API, and why nothing is known of another."""
    answers: list[Answered] = []
    broken: list[str] = []
    unknown: NothingKnownError | None = None
    for each in sent:
        try:
            answers.append(each.answered())
        except NoEnvelopeError as fault:
            broken.append(str(fault))
        except NothingKnownError as fault:
            unknown = unknown or fault.with_traceback(None)
    return answers, broken, unknown
