from __future__ import annotations

import threading
import time

import pytest

from conformance.transport.rate import RateLimit


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
    assert 0.2 <= spend(RateLimit(50), threads, each) < 20


def test_time_that_was_not_used_is_not_saved_up() -> None:
    limit = RateLimit(50)
    limit.wait()
    time.sleep(0.1)
    assert spend(limit, 1, 6) >= 0.1


def test_without_a_limit_nothing_waits() -> None:
    assert spend(RateLimit(None), 1, 10_000) < 10
    limit = RateLimit(None)
    limit.stop()
    assert limit.wait()


def test_those_that_wait_go_away_when_the_run_is_stopped() -> None:
    limit = RateLimit(1 / 3)
    assert limit.wait()
    went: list[bool] = []
    waiting = [threading.Thread(target=lambda: went.append(limit.wait())) for _ in range(20)]
    for thread in waiting:
        thread.start()
    time.sleep(0.05)
    started = time.monotonic()
    limit.stop()
    for thread in waiting:
        thread.join()
    assert time.monotonic() - started < 2
    assert went == [False] * 20
    # So do those who come later, but for who may wait a little: the turns that were taken are free again.
    assert not limit.wait()
    assert not limit.wait(grace_s=0.1)
    assert time.monotonic() - started < 2
    assert limit.wait(grace_s=60)
    assert 1 < time.monotonic() - started < 30


def test_who_cleans_up_after_a_stop_keeps_to_the_rate() -> None:
    limit = RateLimit(20)
    limit.stop()
    started = time.monotonic()
    assert [limit.wait(grace_s=60) for _ in range(5)] == [True] * 5
    assert 0.2 <= time.monotonic() - started < 30


def test_after_a_stop_a_turn_that_is_too_late_is_none() -> None:
    limit = RateLimit(0.05)
    limit.stop()
    assert limit.wait(grace_s=60)
    assert limit.turn(grace_s=0) is None
