"""Whether a host is still there: when it is given up, so that a run against a dead server ends soon. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.transport.outcome import ExchangeError, LateError, RefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.transport.outcome import TransferOutcome

GRACE_S: Final = 3.0
"""How long a host may refuse connections, as a server that restarts does."""

_MOST_LATE: Final = 5
"""How many requests in a row may stay unanswered."""


@dataclass(slots=True)
class _Host:
    """What is known of one host.

    Attributes:
        refused_since: Since when it has refused every connection; `None` when it has not.
        late: How many requests in a row had no answer in time.
        gone: Why nothing is sent to it any more.
        silence: How the first of its requests ended, while none had an answer.
        answers: Whether it ever answered.
    """

    refused_since: float | None = None
    late: int = 0
    gone: ExchangeError | None = None
    silence: LateError | None = None
    answers: bool = False


def host_of(url: str) -> str:
    """Return the host of a URL, with its port."""
    return url.partition("://")[2].partition("/")[0]


class Silence(NamedTuple):
    """A host that never answered: how many requests were late in a row, and how the first of them ended."""

    late: int
    outcome: LateError


class Contact:
    """Knows for each host how its last requests ended.

    Attributes:
        outages: How often a host lost connections or refused them: what it knew before may be forgotten.
    """

    def __init__(self) -> None:
        self.outages = 0
        self._hosts: dict[str, _Host] = {}

    def gone(self, host: str) -> ExchangeError | None:
        """Return why nothing is to be sent to a host any more, or `None`."""
        known = self._hosts.get(host)
        return known.gone if known is not None else None

    def silence_of(self, host: str) -> LateError | None:
        """Return how a request to a host ended that had all of its time, when the host never answered; else `None`."""
        known = self._hosts.get(host)
        return known.silence if known is not None else None

    def silent(self) -> Mapping[str, Silence]:
        """Return the hosts that never answered."""
        return {host: Silence(known.late, known.silence) for host, known in self._hosts.items() if known.silence}

    def expect_silence(self, hosts: Mapping[str, Silence]) -> None:
        """Take over what was learned before of hosts that never answered; see `silent`."""
        for host, (late, outcome) in hosts.items():
            self._hosts[host] = _Host(late=late, silence=outcome)

    def note(self, host: str, outcome: TransferOutcome, now: float, *, patient: bool) -> bool:
        """Note how a request ended.

        Args:
            host: The host with its port.
            outcome: The answer, or why there is none.
            now: The time in seconds, on any clock that goes forward.
            patient: Whether a host that refuses connections is waited for, and one that is late asked again.

        Returns:
            Whether the request is to be tried again: nothing was sent, and the host may come back.
        """
        known = self._hosts.get(host)
        if known is None:
            known = self._hosts[host] = _Host()
        if not isinstance(outcome, ExchangeError):
            known.refused_since, known.late, known.silence = None, 0, None
            known.answers = True
            return False
        if isinstance(outcome, RefusedError):
            return self._refused(known, outcome, now, patient=patient)
        if isinstance(outcome, LateError):
            known.late += 1
            known.silence = None if known.answers else known.silence or outcome
            if known.late >= _MOST_LATE or not patient:
                known.gone = ExchangeError(f"not sent: {known.late} requests in a row before it had {outcome}")
        elif outcome.lost:
            self.outages += 1
        return False

    def _refused(self, known: _Host, outcome: RefusedError, now: float, *, patient: bool) -> bool:
        if known.refused_since is None:
            known.refused_since = now
            self.outages += 1
        if patient and now - known.refused_since < GRACE_S:
            return True
        known.gone = outcome
        return False
