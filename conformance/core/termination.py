"""SIGTERM, which ends a program as Ctrl-C does."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import FrameType


class Termination:
    """SIGTERM as Ctrl-C, for a whole process.

    Attributes:
        arrived: Whether the process was asked to end.
    """

    def __init__(self) -> None:
        self.arrived = False

    def install(self) -> None:
        """From now on, have SIGTERM do what Ctrl-C does at that moment. For the main thread."""
        signal.signal(signal.SIGTERM, self._arrived)

    def _arrived(self, _number: int, frame: FrameType | None) -> None:
        self.arrived = True
        handler = signal.getsignal(signal.SIGINT)
        if callable(handler):
            handler(signal.SIGINT, frame)
        else:  # Ctrl-C is ignored, as by what a shell starts in the background; to be asked to end is not
            signal.default_int_handler(signal.SIGINT, frame)


TERMINATION: Final = Termination()
"""That of this process: a process has one handler for a signal."""
