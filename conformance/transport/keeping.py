"""Whether connections to a host are kept for the next request. Pure: the time is passed in.

Two kinds of servers are better off without: those that close a connection without saying so, where the next request may
meet the end of the connection; and those that serve one connection at a time, where a kept one shuts out all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_AT_ONCE_S: Final = 0.15
"""How soon a server answers that only waited for a kept connection to be closed."""

_PROOFS: Final = 2


@dataclass(slots=True)
class _Host:
    """What is known of one host.

    Attributes:
        closes: Whether it closed a kept connection without saying so.
        silent: How many requests on fresh connections are unanswered while others are answered.
        freed_at: When kept connections were last closed because of that.
        proofs: How often a silent request was answered at once after kept connections were closed.
    """

    closes: bool = False
    silent: int = 0
    freed_at: float = 0.0
    proofs: int = 0


class Keeping:
    """Decides for each host whether connections are kept."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}

    def keeps(self, host: str) -> bool:
        """Whether a connection to the host is kept after an answer."""
        known = self._hosts.get(host)
        return known is None or not (known.closes or known.silent or known.proofs >= _PROOFS)

    def closed(self, host: str) -> None:
        """Note that a kept connection was closed without a word when a request was under way on it."""
        self._of(host).closes = True

    def silent(self, host: str, now: float) -> None:
        """Note a request on a fresh connection that stays silent; the connections kept so far are closed now."""
        known = self._of(host)
        known.silent += 1
        known.freed_at = now

    def ended(self, host: str, now: float, *, answered: bool) -> None:
        """Note the end of a request that was silent."""
        known = self._of(host)
        known.silent -= 1
        if answered and now - known.freed_at <= _AT_ONCE_S:
            known.proofs += 1

    def notes(self) -> list[str]:
        """Return what was learned, for a person."""
        notes = []
        for host, known in self._hosts.items():
            if known.closes:
                notes.append(f"{host} closes connections without saying so (no 'Connection: close'): none is kept")
            elif known.proofs >= _PROOFS:
                notes.append(f"{host} serves one connection at a time: none is kept open between requests")
        return notes

    def _of(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host())
