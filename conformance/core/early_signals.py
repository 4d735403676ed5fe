"""Ctrl-C and SIGTERM before a command has begun and when it is done: there is nothing to undo, so they end it at once.

A `KeyboardInterrupt` would be printed as the traceback of some import, or lost in a callback of the interpreter.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from types import FrameType

_OTHERS: Final = (signal.SIG_DFL, signal.default_int_handler)
"""Handlers that somebody chose, or that ignore a signal, stay."""


def end_at_once(number: int, _frame: FrameType | None) -> NoReturn:
    """End this process with the exit status of a signal, without another word."""
    os._exit(128 + number)


def end_early() -> None:
    """Let Ctrl-C and SIGTERM end this process at once from now on. For the main thread."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) in _OTHERS:
            signal.signal(number, end_at_once)
