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
    assert len(found) == 5
    assert sum(found) <= 0.05 * 31 * 1.5
    assert found[-1] > 4 * found[0]


@pytest.mark.parametrize(("timeout_s", "most_s"), [(10, 8), (2, 3), (1, 2)])
def test_they_are_little_longer_than_an_answer_may_take(timeout_s: float, most_s: float) -> None:
    assert most_s / 2 < sum(waits(Patience(timeout_s), 1.5)) <= most_s
    assert waits(Patience(timeout_s), 6) == []


def test_who_was_refused_to_the_end_and_never_served_waits_no_more_than_a_moment() -> None:
    patience = Patience(10)
    patience.given_up()
    assert 0 < sum(waits(patience, None)) <= 0.3
    patience.served()
    assert len(waits(patience, None)) == 5
