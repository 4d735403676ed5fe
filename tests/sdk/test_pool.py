"""Processes of a driver are lent, until the run is stopped."""

from __future__ import annotations

import sys
import threading
import time

import pytest

from conformance.sdk.driver_process import DriverProcess
from conformance.sdk.pool import DriverPool, PoolStoppedError


def pool_of_one() -> DriverPool:
    return DriverPool([DriverProcess((sys.executable, "-c", ""))])


def test_who_comes_after_the_stop_gets_no_process() -> None:
    pool = pool_of_one()
    with pool.take():
        pool.stop()
        with pytest.raises(PoolStoppedError), pool.take():
            pass
    with pytest.raises(PoolStoppedError), pool.take():
        pass
    with pool.take(cleaning=True):
        pass


def test_who_waits_at_the_stop_goes_away_unless_it_cleans_up() -> None:
    pool = pool_of_one()
    ends: dict[bool, str] = {}

    def want(*, cleaning: bool) -> None:
        try:
            with pool.take(cleaning=cleaning):
                ends[cleaning] = "lent"
        except PoolStoppedError:
            ends[cleaning] = "stopped"

    threads = [threading.Thread(target=want, kwargs={"cleaning": cleaning}) for cleaning in (False, True)]
    with pool.take():
        for thread in threads:
            thread.start()
        time.sleep(0.1)
        pool.stop()
        threads[0].join(10)
        assert ends == {False: "stopped"}
    threads[1].join(10)
    assert ends == {False: "stopped", True: "lent"}
