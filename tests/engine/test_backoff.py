"""How long a request that was refused for now is sent again."""

from __future__ import annotations

import pytest

from conformance.engine.sending.backoff import Patience


def waits(patience: Patience, asked_s: float | None) -> list[float]:
    backoff = patience.backoff()
    found: list[float] = []
    while (wait := backoff.next_wait(asked_s)) is not None:
        found.append(wait)
    return found


def test_waits_grow_and_end() -> None:
    found = waits(Patience(10), None)
    assert sum(found) <= 8
    assert found[4] > 4 * found[0]
    assert max(found) <= 0.5 * 1.5


@pytest.mark.parametrize("asked_s", [None, 0.2, 1.0])
def test_a_server_that_throttles_every_second_request_takes_each_in_the_end(asked_s: float | None) -> None:
    """Of 2,000 requests; each attempt more halves what is left."""
    patience = Patience(10)
    patience.served()
    assert all(2_000 / 2 ** (len(waits(patience, asked_s)) + 1) < 0.5 for _ in range(50))


@pytest.mark.parametrize(("timeout_s", "most_s"), [(10, 8), (2, 3), (1, 2)])
def test_they_are_little_longer_than_an_answer_may_take(timeout_s: float, most_s: float) -> None:
    assert most_s / 2 < sum(waits(Patience(timeout_s), 1.5)) <= most_s
    assert waits(Patience(timeout_s), 6) == []


@pytest.mark.parametrize(("timeout_s", "most_s"), [(10, 20), (2, 6), (1, 4)])
def test_a_server_that_takes_requests_may_ask_for_more(timeout_s: float, most_s: float) -> None:
    patience = Patience(timeout_s)
    patience.served()
    assert most_s / 2 < sum(waits(patience, 1.5)) <= most_s
    assert waits(patience, 6) == []


def test_who_was_refused_to_the_end_and_never_served_waits_no_more_than_a_moment() -> None:
    patience = Patience(10)
    patience.given_up()
    assert 0 < sum(waits(patience, None)) <= 0.3
    patience.served()
    assert sum(waits(patience, None)) > 4
