"""How far apart requests are sent to a server that takes a few each second, in a time of the test's own."""

from __future__ import annotations

import heapq

import pytest

from conformance.engine.sending.backoff import Patience
from conformance.engine.sending.spacing import Spacing


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Bucket:
    """A server that takes so many requests a second, and as many at once after a pause."""

    def __init__(self, clock: Clock, per_second: float) -> None:
        self._clock, self._rate, self._left, self._at = clock, per_second, per_second, clock()

    def takes(self) -> bool:
        self._left = min(self._rate, self._left + (self._clock() - self._at) * self._rate)
        self._at = self._clock()
        if self._left < 1:
            return False
        self._left -= 1
        return True


def given_up(per_second: float, requests: int = 300, at_once: int = 64) -> tuple[int, float]:
    """Send requests, so many at once, through one spacing; return how many were given up, and the seconds."""
    clock = Clock()
    server, spacing, patience = Bucket(clock, per_second), Spacing(clock), Patience(10)
    queue = [(clock(), number, patience.backoff()) for number in range(at_once)]
    begun, lost = at_once, 0
    while queue:
        clock.now, number, backoff = heapq.heappop(queue)
        if server.takes():
            spacing.served()
        else:
            spacing.refused()
            wait = backoff.next_wait(None)
            if wait is not None:
                heapq.heappush(queue, (clock() + max(wait, spacing.wait_s()), number, backoff))
                continue
            lost += 1
        if begun < requests:
            heapq.heappush(queue, (clock() + 0.01 + spacing.wait_s(), begun, patience.backoff()))
            begun += 1
    return lost, clock() - 100


@pytest.mark.parametrize("per_second", [6, 20, 100])
def test_what_a_server_takes_is_sent_and_little_is_given_up(per_second: float) -> None:
    lost, seconds = given_up(per_second)
    assert lost <= 3
    assert seconds <= 2 * 300 / per_second + 5


def test_a_server_that_takes_nothing_any_more_is_not_waited_for() -> None:
    lost, seconds = given_up(0.5)
    assert lost > 280
    assert seconds < 60


@pytest.mark.parametrize("each", [20, 7, 3])
def test_a_refusal_now_and_then_costs_little(each: int) -> None:
    clock = Clock()
    spacing = Spacing(clock)
    for number in range(400):
        clock.now += 0.02 + spacing.wait_s()
        if number % each == each - 1:
            spacing.refused()
        spacing.served()
    assert clock() - 100 < 2 * 400 * 0.02
    assert Spacing(clock).wait_s() == 0
