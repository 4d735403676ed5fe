from __future__ import annotations

import threading
import time

import pytest

from conformance.transport.rate import RateLimit

LONGEST_S = 60.0


def spend(limit: RateLimit, threads: int, each: int) -> float:
    def work() -> None:
        for _ in range(each):
            limit.wait()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    started = time.monotonic()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return time.monotonic() - started


@pytest.mark.parametrize(("threads", "each"), [(1, 11), (11, 1)])
def test_requests_are_spaced_whichever_thread_sends_them(threads: int, each: int) -> None:
    # Eleven requests at fifty a second have ten gaps of 20 ms.
    assert spend(RateLimit(50), threads, each) >= 0.2


def test_time_that_was_not_used_is_not_saved_up() -> None:
    limit = RateLimit(50)
    limit.wait()
    time.sleep(0.1)
    assert spend(limit, 1, 6) >= 0.1


def test_without_a_limit_nothing_waits() -> None:
    limit = RateLimit(None)
    for _ in range(3):
        assert limit.turn() == 0
        assert limit.wait()
    limit.stop()
    assert limit.wait()


class Clock:
    """The time of a limit, in which only who sleeps takes any: what is told of it does not depend on the machine."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("conformance.transport.rate.time", clock)
    return clock


def test_those_that_wait_go_away_when_the_run_is_stopped(clock: Clock) -> None:
    limit = RateLimit(1 / 300)
    assert limit.wait()
    went: list[bool] = []
    waiting = [threading.Thread(target=lambda: went.append(limit.wait()), daemon=True) for _ in range(20)]
    for thread in waiting:
        thread.start()
    time.sleep(0.05)
    limit.stop()
    for thread in waiting:
        thread.join(LONGEST_S)
    assert went == [False] * 20
    # So do those who come later, but for who may wait a little: the turns that were taken are free again.
    assert not limit.wait()
    assert not limit.wait(grace_s=0.1)
    assert clock.now == 100
    assert limit.wait(grace_s=600)
    assert clock.now == 400


def test_who_cleans_up_after_a_stop_keeps_to_the_rate(clock: Clock) -> None:
    limit = RateLimit(20)
    limit.stop()
    assert [limit.wait(grace_s=60) for _ in range(5)] == [True] * 5
    assert clock.now == pytest.approx(100.2)


def test_after_a_stop_a_turn_that_is_too_late_is_none() -> None:
    limit = RateLimit(0.05)
    limit.stop()
    assert limit.wait(grace_s=60)
    assert limit.turn(grace_s=0) is None
