"""Whether connections to a host are kept for the next request. Pure: the time is passed in.

Two kinds of servers are better off without: those that close a connection without saying so, where the next request may
meet the end of the connection; and those that serve one connection at a time, where a kept one shuts out all others.
"""

from __future__ import annotations

import math
from typing import Final

from msgspec import Struct

_AT_ONCE_S: Final = 0.15
"""How soon a server answers that only waited for a kept connection to be closed."""

_PROOFS: Final = 2

_TRIAL_S: Final = 0.05
"""How long a connection must be quiet after an answer, until one to its host was, before a request goes out on it."""


class _Host(Struct):
    """What is known of one host.

    Attributes:
        closes: Whether it closed a kept connection without saying so.
        breaks_off: Whether it closed a fresh connection without an answer, as one does that crashes.
        silent: How many requests on fresh connections are unanswered while others are answered.
        freed_at: When kept connections were last closed because of that.
        proofs: How often a silent request was answered at once after kept connections were closed.
        several: Whether it answered on one connection while another was kept.
        unasked: Whether it sent something on a kept connection that no request asked for.
        proved: Whether one was quiet for long enough after an answer.
    """

    closes: bool = False
    breaks_off: bool = False
    silent: int = 0
    freed_at: float = -math.inf
    proofs: int = 0
    several: bool = False
    unasked: bool = False
    proved: bool = False

    @property
    def one_at_a_time(self) -> bool:
        """Whether it serves one connection at a time."""
        return self.proofs >= _PROOFS and not self.several


class Keeping:
    """Decides for each host whether connections are kept."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}
        self._once = False

    def use_once(self) -> None:
        """Keep no further one: each of a few requests would wait longer until it may be used than for a new one."""
        self._once = True

    def keeps(self, host: str) -> bool:
        """Whether a connection to the host is kept after an answer."""
        known = self._hosts.get(host)
        if self._once and (known is None or not known.proved):
            return False
        return known is None or not (known.closes or known.silent or known.one_at_a_time or known.unasked)

    def rest_s(self, host: str) -> float:
        """Return how long a connection must be quiet after an answer: what comes late would answer the next request.

        A server that sends more than was asked for does so after its first answers. After that no time is lost.
        """
        known = self._hosts.get(host)
        return 0.0 if known is not None and known.proved else _TRIAL_S

    def quiet(self, host: str) -> None:
        """Note that a connection was quiet for `rest_s` after an answer."""
        self._of(host).proved = True

    def unasked(self, host: str) -> None:
        """Note that something came on a kept connection that no request asked for."""
        self._of(host).unasked = True

    def answers_unasked(self, host: str) -> bool:
        """Whether something came on a kept connection that no request asked for."""
        known = self._hosts.get(host)
        return known is not None and known.unasked

    def closed(self, host: str, *, fresh: bool) -> None:
        """Note that a connection was closed without a word when a request was under way on it.

        Args:
            host: The host.
            fresh: Whether no request was sent on it before: then it is not the keeping that is to blame.
        """
        if fresh:
            self._of(host).breaks_off = True
        else:
            self._of(host).closes = True

    def several(self, host: str) -> None:
        """Note that a new connection was answered while another was kept."""
        self._of(host).several = True

    def silent(self, host: str, now: float, *, kept: bool) -> None:
        """Note a request on a fresh connection that stays silent; connections `kept` so far are closed now."""
        known = self._of(host)
        known.silent += 1
        if kept:
            known.freed_at = now

    def ended(self, host: str, now: float, *, answered: bool) -> None:
        """Note the end of a request that was silent."""
        known = self._of(host)
        known.silent -= 1
        if answered and now - known.freed_at <= _AT_ONCE_S:
            known.proofs += 1

    def notes(self) -> list[tuple[str, str]]:
        """Return what was learned: each host, and a sentence for a person."""
        notes = []
        for host, known in self._hosts.items():
            if known.unasked:
                notes.append((host, f"{host} sends bytes that no request asked for, so no connection is kept"))
            elif known.closes and not known.breaks_off:
                text = f"{host} closes connections without saying so ('Connection: close'), so none is kept"
                notes.append((host, text))
            elif known.one_at_a_time:
                notes.append((host, f"{host} serves one connection at a time, so none is kept between requests"))
        return notes

    def _of(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host())
