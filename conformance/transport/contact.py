"""Whether a host is still there: when it is given up, so that a run against a dead server ends soon. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import Struct

from conformance.transport.outcome import ExchangeError, LateError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.transport.outcome import TransferOutcome

GRACE_S: Final = 3.0
"""How long a host may refuse connections, as a server that restarts does."""

_MOST_LATE: Final = 5
"""How many requests in a row may stay unanswered."""

_MOST_SILENT: Final = 3
"""How many may where none ever had an answer."""


class _Host(Struct):
    """What is known of one host.

    Attributes:
        refused_since: Since when it has refused every connection; `None` when it has not.
        gone: Why nothing is sent to it any more.
    """

    refused_since: float | None = None
    gone: ExchangeError | None = None


class _Address(Struct):
    """What is known of one address. A host may answer at one, such as the states URL, and be silent at another.

    Attributes:
        host: What is known of its host.
        late: How many requests in a row had no answer in time.
        gone: Why nothing is sent to it any more.
        silence: How the first of its requests ended, while none had an answer.
        answered_at: When it answered last; `-inf` for never.
    """

    host: _Host
    late: int = 0
    gone: ExchangeError | None = None
    silence: LateError | None = None
    answered_at: float = -math.inf

    @property
    def answers(self) -> bool:
        """Whether it ever answered."""
        return self.answered_at > -math.inf


def address_of(url: str) -> str:
    """Return the address that a URL is about: its host, with its port, and its path."""
    return url.partition("?")[0].partition("://")[2]


class Silence(NamedTuple):
    """An address that never answered: how many requests were late in a row, and how the first of them ended."""

    late: int
    outcome: LateError


class Contact:
    """Knows for each address how its last requests ended.

    Attributes:
        outages: How often a host lost connections or refused them: what it knew before may be forgotten.
    """

    def __init__(self) -> None:
        self.outages = 0
        self._hosts: dict[str, _Host] = {}
        self._addresses: dict[str, _Address] = {}

    def gone(self, address: str) -> ExchangeError | None:
        """Return why nothing is to be sent to an address any more, or `None`."""
        known = self._addresses.get(address)
        return self._host_of(address).gone if known is None else known.gone or known.host.gone

    def silence_of(self, address: str) -> LateError | None:
        """Return how a request ended that had all of its time, when nothing ever answered there; else `None`.

        Of an address that was not asked before, any other of its host counts, unless the host answered at one.
        """
        known = self._addresses.get(address)
        if known is not None:
            return known.silence
        name = address.partition("/")[0]
        others = [each for other, each in self._addresses.items() if other.partition("/")[0] == name]
        if any(each.answers for each in others):
            return None
        return next((each.silence for each in others if each.silence), None)

    def silent(self) -> Mapping[str, Silence]:
        """Return the addresses that never answered."""
        return {each: Silence(known.late, known.silence) for each, known in self._addresses.items() if known.silence}

    def expect_silence(self, addresses: Mapping[str, Silence]) -> None:
        """Take over what was learned before of addresses that never answered; see `silent`."""
        for address, (late, outcome) in addresses.items():
            self._addresses[address] = _Address(self._host_of(address), late=late, silence=outcome)

    def note(self, address: str, outcome: TransferOutcome, now: float, *, patient: bool, took_ms: float = 0.0) -> bool:
        """Note how a request ended.

        A request that was sent before the last answer came, and had none itself, says nothing of whether anybody is
        there: several that hang end at the same moment, when all others were answered long since.

        Args:
            address: What it was sent to; see `address_of`.
            outcome: The answer, or why there is none.
            now: The time in seconds, on any clock that goes forward.
            patient: Whether a host that refuses connections is waited for, and one that is late asked again.
            took_ms: How long ago it was sent.

        Returns:
            Whether the request is to be tried again: nothing was sent, and the host may come back.
        """
        known = self._addresses.get(address)
        host = self._host_of(address) if known is None else known.host
        if isinstance(outcome, RefusedError):
            return self._refused(host, outcome, now, patient=patient)
        if known is None:
            known = self._addresses[address] = _Address(host)
        if not isinstance(outcome, ExchangeError):
            host.refused_since = None
            known.late, known.silence, known.answered_at = 0, None, now
        elif isinstance(outcome, LateError):
            if now - took_ms / 1000 < known.answered_at:
                return False
            known.late += 1
            known.silence = None if known.answers else known.silence or outcome
            if known.late >= (_MOST_LATE if known.answers else _MOST_SILENT) or not patient:
                known.gone = ExchangeError(f"not sent: {known.late} requests in a row before it had {outcome}")
        elif outcome.lost:
            self.outages += 1
        return False

    def _host_of(self, address: str) -> _Host:
        name = address.partition("/")[0]
        known = self._hosts.get(name)
        if known is None:
            known = self._hosts[name] = _Host()
        return known

    def _refused(self, known: _Host, outcome: RefusedError, now: float, *, patient: bool) -> bool:
        if known.refused_since is None:
            known.refused_since = now
            self.outages += 1
        if patient and now - known.refused_since < GRACE_S:
            return True
        known.gone = outcome
        return False
