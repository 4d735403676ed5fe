"""Ctrl-C in a loop: raised where nothing is half done, held back elsewhere. A second one is never held back."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Self

from conformance.core.termination import TERMINATION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType


class Interrupts:
    """Holds Ctrl-C back within `held`, and raises it at its end. Use as a context manager, in any thread.

    Python raises `KeyboardInterrupt` between any two instructions of the main thread. In the middle of a case that
    would break it off for good, and in a callback of libcurl it would be lost.
    """

    def __init__(self) -> None:
        self._former: Callable[[int, FrameType | None], object] | None = None
        self._holding = False
        self._pending = False

    def __enter__(self) -> Self:
        former = signal.getsignal(signal.SIGINT)
        # Signals reach the main thread alone, and what ignores them goes on ignoring them.
        if threading.current_thread() is threading.main_thread() and callable(former):
            self._former = former
            signal.signal(signal.SIGINT, self._arrived)
        return self

    def __exit__(self, *_: object) -> None:
        if self._former is not None:
            signal.signal(signal.SIGINT, self._former)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Within this, Ctrl-C waits."""
        self._holding = True
        try:
            yield
        finally:
            self._holding = False
        if self._pending:
            self._pending = False
            self._pass_on(signal.SIGINT, None)

    def _arrived(self, number: int, frame: FrameType | None) -> None:
        if not self._holding:
            self._pass_on(number, frame)
        elif self._pending:
            for _ in range(2):
                with suppress(KeyboardInterrupt):
                    self._pass_on(number, frame)
            if TERMINATION.at_once:
                raise KeyboardInterrupt  # in the middle of something, which nobody will go on with
        else:
            self._pending = True

    def _pass_on(self, number: int, frame: FrameType | None) -> None:
        if self._former is not None:
            self._former(number, frame)
