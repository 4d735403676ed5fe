"""The first signal, the second and the third."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from conformance.core.termination import Termination
from conformance.engine.interrupts import Interrupts

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def termination() -> Iterator[Termination]:
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield Termination()
    for number, handler in handlers.items():
        signal.signal(number, handler)


def raised(number: int) -> bool:
    try:
        signal.raise_signal(number)
    except KeyboardInterrupt:
        return True
    return False


@pytest.mark.parametrize(("first", "second"), [(signal.SIGINT, signal.SIGTERM), (signal.SIGTERM, signal.SIGINT)])
def test_the_second_signal_is_counted_whichever_it_is(first: int, second: int, termination: Termination) -> None:
    termination.install()
    seen = [(raised(number), termination.at_once) for number in (first, second)]
    assert seen == [(True, False), (True, True)]
    assert termination.arrived


def test_a_second_signal_that_is_deferred_is_counted_and_raised_only_where_it_is_let_in(
    termination: Termination,
) -> None:
    termination.install(defers=True)
    assert [raised(signal.SIGINT), raised(signal.SIGTERM), raised(signal.SIGINT)] == [True, False, True]
    assert termination.at_once
    termination.forget()
    with termination.let_in():
        assert [raised(signal.SIGINT), raised(signal.SIGTERM)] == [True, True]


def test_the_second_signal_is_not_held_back(termination: Termination, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.engine.interrupts.TERMINATION", termination)
    termination.install()
    with pytest.raises(KeyboardInterrupt), Interrupts() as interrupts, interrupts.held():
        assert [raised(signal.SIGINT), raised(signal.SIGINT)] == [False, True]
    assert termination.at_once
