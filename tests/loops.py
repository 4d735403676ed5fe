"""Driving work in a loop, in tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from conformance.engine.effects import Steps
    from conformance.engine.loop import Loop

T = TypeVar("T")
WORK = "it"


def drive(loop: Loop[T], steps: Steps[T]) -> T:
    """Run one piece of work to its end, and return its result."""
    loop.start(steps, WORK)
    return finish(loop)


def finish(loop: Loop[T]) -> T:
    """Wait for the only work that is under way, and return its result."""
    while not (ended := loop.process()):
        loop.wait()
    (only,) = ended
    assert only.token == WORK
    return only.result()
