"""What Python itself prints of a failure that nobody caught, also in a thread: without secrets."""

from __future__ import annotations

import sys
import threading
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


def redact_uncaught() -> None:
    """Have Python print tracebacks without secrets from now on, those of threads too."""
    sys.excepthook = _print
    threading.excepthook = _print_of_thread


def _print(kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    from conformance.core.redaction import known_secrets  # noqa: PLC0415 - `--version` pays nothing for it; a command has it before it begins

    text = "".join(traceback.format_exception(kind, fault, trace))
    if sys.stderr is not None:  # a process without one has nowhere to print
        sys.stderr.write(known_secrets().text(text))


def _print_of_thread(failure: threading.ExceptHookArgs) -> None:
    if failure.exc_value is not None and not issubclass(failure.exc_type, SystemExit):
        _print(failure.exc_type, failure.exc_value, failure.exc_traceback)
