"""Ctrl-C, and SIGTERM, which ends a program as Ctrl-C does; the second of them ends it at once."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import FrameType


class Termination:
    """SIGTERM as Ctrl-C, for a whole process.

    Attributes:
        arrived: Whether the process was asked to end by SIGTERM.
    """

    def __init__(self) -> None:
        self.arrived = False
        self._signals = 0

    @property
    def at_once(self) -> bool:
        """Whether there were two signals, so that nothing more is to be waited for."""
        return self._signals > 1

    def install(self) -> None:
        """From now on, count Ctrl-C, and have SIGTERM do what Ctrl-C does at that moment. For the main thread."""
        self.forget()
        signal.signal(signal.SIGTERM, self._arrived)
        if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._ctrl_c)

    def forget(self) -> None:
        """Count signals from the beginning: what comes now is about something else."""
        self._signals = 0

    def _ctrl_c(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1
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
