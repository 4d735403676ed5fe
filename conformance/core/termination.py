"""Ctrl-C, and SIGTERM, which ends a program as Ctrl-C does; the second of them ends it at once."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from conformance.core.early_signals import end_at_once

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


class Termination:
    """SIGTERM as Ctrl-C, for a whole process.

    Attributes:
        arrived: Whether the process was asked to end by SIGTERM.
    """

    def __init__(self) -> None:
        self.arrived = False
        self._signals = 0
        self._defers = False

    @property
    def at_once(self) -> bool:
        """Whether there were two signals, so that nothing more is to be waited for."""
        return self._signals > 1

    def install(self, *, defers: bool = False) -> None:
        """From now on, count Ctrl-C, and have SIGTERM do what Ctrl-C does at that moment. For the main thread.

        Args:
            defers: Whether the second signal raises nothing but where it is `let_in`: where the first one was raised
                through a program that cannot take another meanwhile. A third is always raised.
        """
        self.forget()
        self._defers = defers
        signal.signal(signal.SIGTERM, self._arrived)
        if signal.getsignal(signal.SIGINT) in (signal.default_int_handler, end_at_once):
            signal.signal(signal.SIGINT, self._ctrl_c)

    def end(self) -> None:
        """From now on, either signal ends the process at once, and what ignores one goes on ignoring it."""
        for number, own in ((signal.SIGINT, self._ctrl_c), (signal.SIGTERM, self._arrived)):
            if signal.getsignal(number) == own:
                signal.signal(number, end_at_once)

    @contextmanager
    def let_in(self) -> Iterator[None]:
        """Within this, a second signal is raised as it comes."""
        before, self._defers = self._defers, False
        try:
            yield
        finally:
            self._defers = before

    def forget(self) -> None:
        """Count signals from the beginning: what comes now is about something else."""
        self._signals = 0

    def _ctrl_c(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1
        if self._defers and self._signals == 2:  # noqa: PLR2004 - the second
            return
        signal.default_int_handler(number, frame)

    def _arrived(self, _number: int, frame: FrameType | None) -> None:
        self.arrived = True
        handler = signal.getsignal(signal.SIGINT)
        if callable(handler):
            handler(signal.SIGINT, frame)
        else:  # Ctrl-C is ignored, as by what a shell starts in the background; to be asked to end is not
            self._ctrl_c(signal.SIGINT, frame)


TERMINATION: Final = Termination()
"""That of this process: a process has one handler for a signal."""
