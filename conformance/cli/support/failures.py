"""What a person reads when the harness itself fails: one message, and for its developers a traceback."""

from __future__ import annotations

import errno
import os
import traceback
from pathlib import Path
from typing import Final

from conformance import __version__
from conformance.core.errors import HarnessError

TRACEBACK: Final = "CONFORMANCE_TRACEBACK"
"""The environment variable that asks for the traceback of an unexpected failure."""

NOTHING_CONCLUDED: Final = "the harness itself failed, so nothing may be concluded"
_PACKAGE: Final = Path(__file__).resolve().parents[2]
_WAYS_OUT: Final = {
    errno.ENOSPC: "free some space, or write elsewhere",
    errno.EDQUOT: "free some space, or write elsewhere",
    errno.EFBIG: "raise `ulimit -f`, or write elsewhere",
    errno.EMFILE: "raise `ulimit -n`, or lower --concurrency and --workers",
    errno.ENFILE: "end other programs, or lower --concurrency and --workers",
    errno.EAGAIN: "raise `ulimit -u`, or lower --workers",
    errno.ENOMEM: "free some memory, or lower --concurrency and --workers",
    errno.EROFS: "write to another folder",
    errno.EACCES: "allow it, or write to another folder",
}


def own_failure(fault: Exception) -> HarnessError:
    """Return the one message about a failure that is neither the target's nor the input's.

    Of a bug it names the kind and the place alone: the text of an exception may quote what a server sent.

    Args:
        fault: What was raised.
    """
    if isinstance(fault, MemoryError):
        return _failed("there is not enough memory", _WAYS_OUT[errno.ENOMEM])
    if isinstance(fault, OSError) and fault.errno is not None:
        # repr: a name may have line ends
        file = f": {fault.filename!r}" if fault.filename is not None else ""
        return _failed(f"{os.strerror(fault.errno)}{file}", _WAYS_OUT.get(fault.errno, "put it right and run again"))
    if os.environ.get(TRACEBACK):
        return _failed("a bug, with this traceback:\n" + "".join(traceback.format_exception(fault)).rstrip(), None)
    return _failed(
        f"a bug: {type(fault).__name__} in {_place(fault)}, version {__version__}",
        f"please report it in the repository's issues; {TRACEBACK}=1 shows the traceback",
    )


def _failed(what: str, hint: str | None) -> HarnessError:
    return HarnessError(f"{NOTHING_CONCLUDED}: {what}", hint=hint)


def _place(fault: BaseException) -> str:
    """Return the last line of this package that the failure went through."""
    frames = traceback.extract_tb(fault.__traceback__)
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(_PACKAGE)]
    if not own:
        return "the command line"
    return f"{Path(own[-1].filename).relative_to(_PACKAGE.parent).as_posix()}:{own[-1].lineno}"
