"""What a person reads when the harness itself fails: one message, and for its developers a traceback."""

from __future__ import annotations

import os
import re
import traceback
from pathlib import Path
from typing import Final

from conformance import __version__
from conformance.core.errors import HarnessError
from conformance.core.failures.system_failures import not_enough_memory, system_failure
from conformance.core.lazy_patterns import lazy_pattern
from conformance.core.terminal import printable_lines

TRACEBACK: Final = "CONFORMANCE_TRACEBACK"
"""The environment variable that asks for the traceback of an unexpected failure."""

_SECRET: Final = lazy_pattern("SECRET|TOKEN|KEY|PASSWORD|CREDENTIAL|_AK$|_SK$|_ID$", re.IGNORECASE)
_LEAST_SECRET: Final = 12
_PACKAGE: Final = Path(__file__).resolve().parents[2]


def own_failure(fault: Exception) -> HarnessError:
    """Return the one message about a failure that is neither the target's nor the input's.

    Of a bug it names the kind and the place alone: the text of an exception may quote what a server sent.

    Args:
        fault: What was raised.
    """
    if lacks_memory(fault):
        return not_enough_memory()
    if isinstance(fault, OSError) and fault.errno is not None:
        return system_failure(fault)
    if os.environ.get(TRACEBACK):
        from conformance.core.redaction import Redactor, known_secrets  # noqa: PLC0415 - `--version` pays nothing for it; a command has it before it begins

        # What no target file has named yet is known by the names that people choose.
        secrets = [value for name, value in os.environ.items() if _SECRET.search(name) and len(value) >= _LEAST_SECRET]
        text = (Redactor(secrets) | known_secrets()).text("".join(traceback.format_exception(fault)).rstrip())
        return HarnessError(f"a bug, with this traceback:\n{printable_lines(text)}")
    return HarnessError(
        f"a bug: {type(fault).__name__} in {_place(fault)}, version {__version__}",
        hint=f"please report it in the repository's issues; {TRACEBACK}=1 shows the traceback",
    )


def lacks_memory(fault: BaseException) -> bool:
    """Whether there was no memory left: for a value, a thread, or a library that was to be loaded."""
    text = str(fault)
    return (
        isinstance(fault, MemoryError)
        or (isinstance(fault, RuntimeError) and "start new thread" in text)
        or (isinstance(fault, ImportError) and ("failed to map" in text or "allocate memory" in text))
    )


def _place(fault: BaseException) -> str:
    """Return the last line of this package that the failure went through."""
    frames = traceback.extract_tb(fault.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)]
    if not own:
        return "a library"
    return f"{Path(own[-1].filename).relative_to(_PACKAGE.parent).as_posix()}:{own[-1].lineno}"
