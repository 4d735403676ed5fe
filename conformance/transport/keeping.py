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

_TRIAL_S: Final = 0.025
"""How long a connection must be quiet after an answer, until one to its host was, before a request goes out on it."""


class KnownHost(Struct):
    """What is known of one host, and what follows from it: that is worked out when something becomes known.

    Attributes:
        rest_s: How long a connection must be quiet after an answer: what comes late would answer the next request.
            A server that sends more than was asked for does so after its first answers. After that no time is lost.
        keeps: Whether a connection is kept after an answer.
        closes: Whether it closed a kept connection without saying so.
        breaks_off: Whether it closed a fresh connection without an answer, as one does that crashes.
        silent: How many requests on fresh connections are unanswered while others are answered.
        freed_at: When kept connections were last closed because of that.
        proofs: How often a silent request was answered at once after kept connections were closed.
        several: Whether it answered on one connection while another was kept.
        unasked: Whether it sent something on a kept connection that no request asked for.
        proved: Whether one was quiet for long enough after an answer.
    """

    rest_s: float
    keeps: bool
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
        self._hosts: dict[str, KnownHost] = {}
        self._once = False

    def use_once(self) -> None:
        """Keep no further one: each of a few requests would wait longer until it may be used than for a new one."""
        self._once = True
        for known in self._hosts.values():
            self._settle(known)

    def host(self, name: str) -> KnownHost:
        """Return what is known of a host, and will be."""
        known = self._hosts.get(name)
        if known is None:
            known = self._hosts[name] = KnownHost(_TRIAL_S, not self._once)
        return known

    def rest_s(self, host: str) -> float:
        """Return how long a connection must be quiet after an answer."""
        return self.host(host).rest_s

    def quiet(self, host: str) -> bool:
        """Note that a connection was quiet for `rest_s` after an answer; return whether that is news."""
        known = self.host(host)
        if known.proved:
            return False
        known.proved = True
        known.rest_s = 0.0
        self._settle(known)
        return True

    def unasked(self, host: str) -> None:
        """Note that something came on a kept connection that no request asked for."""
        known = self.host(host)
        known.unasked = True
        self._settle(known)

    def closed(self, host: str, *, fresh: bool) -> None:
        """Note that a connection was closed without a word when a request was under way on it.

        Args:
            host: The host.
            fresh: Whether no request was sent on it before: then it is not the keeping that is to blame.
        """
        known = self.host(host)
        if fresh:
            known.breaks_off = True
        else:
            known.closes = True
        self._settle(known)

    def several(self, host: str) -> None:
        """Note that a new connection was answered while another was kept."""
        known = self.host(host)
        known.several = True
        self._settle(known)

    def silent(self, host: str, now: float, *, kept: bool) -> None:
        """Note a request on a fresh connection that stays silent; connections `kept` so far are closed now."""
        known = self.host(host)
        known.silent += 1
        if kept:
            known.freed_at = now
        self._settle(known)

    def ended(self, host: str, now: float, *, answered: bool) -> None:
        """Note the end of a request that was silent."""
        known = self.host(host)
        known.silent -= 1
        if answered and now - known.freed_at <= _AT_ONCE_S:
            known.proofs += 1
        self._settle(known)

    def _settle(self, known: KnownHost) -> None:
        ill = known.closes or known.silent > 0 or known.one_at_a_time or known.unasked
        known.keeps = not ill and (known.proved or not self._once)

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
