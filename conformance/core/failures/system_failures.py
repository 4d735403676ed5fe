"""What the operating system refuses, in words: what it means for a run, and the way out."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Final

from conformance.core.errors import HarnessError, ReportError

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.core.errors import ConformanceError

_WAYS_OUT: Final = {
    errno.ENOSPC: "free some space, or write elsewhere",
    errno.EDQUOT: "free some space, or write elsewhere",
    errno.EFBIG: "raise `ulimit -f`, or write elsewhere",
    errno.EMFILE: "raise `ulimit -n`, or lower --concurrency and --workers",
    errno.ENFILE: "end other programs, or lower --concurrency and --workers",
    errno.EAGAIN: "raise `ulimit -u`, or lower --workers",
    errno.ENOMEM: "free some memory, or lower --concurrency and --workers",
}
_NAMES: Final = {errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG, errno.EINVAL, errno.ELOOP, errno.ENOENT}
"""What is wrong with the name that was given, not with the machine."""


def system_failure(fault: OSError) -> HarnessError:
    """Return the message about what the operating system refused while a command was at work.

    Args:
        fault: What was raised, with an `errno`.
    """
    number = fault.errno or 0
    # repr: a name may have line ends
    file = f": {fault.filename!r}" if fault.filename is not None else ""
    return HarnessError(f"{os.strerror(number)}{file}", hint=_WAYS_OUT.get(number, "put it right and run again"))


def not_enough_memory() -> HarnessError:
    """Return the message about a process that has no memory left."""
    return HarnessError("there is not enough memory", hint=_WAYS_OUT[errno.ENOMEM])


def not_written(
    path: Path,
    fault: OSError,
    hint: str | None,
    *,
    given: bool = True,
    error: type[ConformanceError] = ReportError,
) -> ConformanceError:
    """Return the message about a file or folder that cannot be written.

    Args:
        path: The file or folder.
        fault: What was raised.
        hint: The way out when the name is at fault, or the machine for a reason that has no way out of its own.
        given: Whether the name may be at fault; not, once something was written there.
        error: What to raise for a name at fault.
    """
    what = f"cannot be written: {fault.strerror or fault}"
    if given and fault.errno in _NAMES:
        return error(what, where=path, hint=hint)
    return HarnessError(what, where=path, hint=_WAYS_OUT.get(fault.errno or 0, hint))
