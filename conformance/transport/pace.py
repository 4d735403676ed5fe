"""How many requests may be in flight at once: few at first, more with each answer, fewer when a server falls behind.

Many servers have an accept queue of five connections. What does not fit into it is dropped by the kernel, though the
client sees its connection as made: it stays silent for a second or more, until the kernel tries again. So silence on a
fresh connection, where answers usually come soon, means that there are too many. Pure: the time is passed in.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct

FIRST: Final = 4
"""Requests in flight at the start. The smallest accept queues that are common hold five or six."""

SILENCE_S: Final = 0.75
"""After how long silence on a fresh connection counts: between two moments at which the kernel tries again."""

_TIMES_TYPICAL: Final = 4
_SMOOTH: Final = 8
_HASTE: Final = 0.25
_SLOW: Final = 0.5
_NOT_SLOWER: Final = 1.5
_QUEUED: Final = 4
_CALM_S: Final = 1.0
_WORKED: Final = 0.75
_MANY_CLOSED: Final = 3
_FORGIVEN: Final = 0.2
"""How much one answer counts against a closed connection: where one in ten is lost, their number is not to blame."""
_CLOSED_CALM_S: Final = 0.1
_MORE: Final = 2.0
_TRIALS: Final = 8


class _Usual(Struct):
    """How long answers of one address take, in seconds: the least, and the smoothed mean."""

    least: float
    mean: float

    def note(self, took_s: float) -> None:
        self.least = min(self.least, took_s)
        self.mean += (took_s - self.mean) / _SMOOTH


class Pace:
    """How many requests may be in flight, learned from how those before were answered.

    Args:
        most: Never more than these.
        timeout_s: After how long a request is given up.

    Attributes:
        limit: How many requests may be in flight now, at least one.
    """

    def __init__(self, most: int, timeout_s: float) -> None:
        self._most = most
        self._timeout_s = timeout_s
        self._usual: dict[str, _Usual] = {}
        self._allow(float(min(FIRST, most)))
        self._ceiling = float(most)
        self._before_cut = self._limit
        self._slowed = False
        self._calm_at = 0.0
        self._closed = 0.0

    @property
    def held_at(self) -> int | None:
        """The number that works, when the server turned out to take fewer than asked for; else `None`."""
        return max(1, int(self._ceiling)) if self._ceiling < self._most else None

    def silence_s(self, address: str) -> float | None:
        """Return after how many seconds silence at an address is out of line; `None` when nothing is known of it."""
        usual = self._usual.get(address)
        return None if usual is None else max(SILENCE_S, _TIMES_TYPICAL * usual.mean)

    def answered(self, address: str, took_s: float, in_flight: int, now: float, *, fresh: bool = False) -> None:
        """Note an answer: there is room for more, unless answers take long because of those in flight.

        Args:
            address: What was asked.
            took_s: How long the answer took, in seconds.
            in_flight: How many requests were in flight.
            now: The time in seconds.
            fresh: Whether it came on a new connection, as all do of a server that closes them. Behind others,
                more only wait in the accept queue, which is short.
        """
        if self._closed:
            self._closed = max(self._closed - _FORGIVEN, 0.0)
        usual = self._usual.get(address)
        if usual is None:
            usual = self._usual[address] = _Usual(took_s, took_s)
        else:
            # What was silent for long waited in a queue: it must not make the next silence look usual.
            usual.note(took_s if took_s <= SILENCE_S else min(took_s, max(SILENCE_S, _TIMES_TYPICAL * usual.mean)))
        if took_s <= _HASTE * self._timeout_s or took_s <= _NOT_SLOWER * usual.least:
            if self._limit < self._ceiling and (not fresh or took_s <= _QUEUED * usual.least):
                self._grow()
        elif took_s > max(_SLOW * self._timeout_s, 2 * usual.least) and self._limit > FIRST:
            self._cut(in_flight, now, least=FIRST)

    def silent(self, in_flight: int, now: float) -> None:
        """Note a request on a fresh connection that stays silent while others are answered: halve."""
        self._cut(in_flight, now, least=1)

    def closed(self, in_flight: int, now: float) -> None:
        """Note a fresh connection that was closed at once while others are in use: of a few in a short time, halve."""
        self._closed += 1.0
        if self._closed >= _MANY_CLOSED:
            self._closed = 0.0
            self._cut(in_flight, now, least=1, calm_s=_CLOSED_CALM_S)

    def given_up(self, in_flight: int, now: float) -> None:
        """Note a request that was not answered in time while others were in flight: halve."""
        self._cut(in_flight, now, least=1)

    def blameless(self) -> None:
        """Note that a silent request was never answered, however few there were: their number was not the cause."""
        self._allow(max(self._limit, self._before_cut))
        self._ceiling = float(self._most)

    def _allow(self, limit: float) -> None:
        self._limit = limit
        self.limit = int(limit)

    def _grow(self) -> None:
        step = _MORE if not self._slowed else 1.0 / (_TRIALS * self._limit)
        self._allow(min(self._limit + step, self._ceiling))

    def _cut(self, in_flight: int, now: float, *, least: int, calm_s: float = _CALM_S) -> None:
        """Halve the number that was in flight, which may be less than was allowed."""
        tried = min(self._limit, in_flight)
        if now < self._calm_at or tried <= least:
            return  # what is silent now was sent before the last cut, or its number is not to blame
        self._calm_at = now + calm_s
        self._before_cut = tried
        self._allow(max(float(least), tried // 2))
        self._ceiling = max(self._limit, self._before_cut * _WORKED)
        self._slowed = True
