"""What a run has created on an account that it shares with others: written down before it is deleted again.

One JSON object a line: `{"created": CALL}` when something was created, `{"deleted": CALL}` when it is gone. CALL
deletes it: `{"operation", "version", "params"}`. What an interrupted run left behind is what was created and not
deleted; `conformance cleanup` deletes it.
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, TypedDict

from conformance.core.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class DeletingCall(TypedDict):
    """A call that deletes something, in the form that a ledger gives it."""

    operation: str
    version: str
    params: dict[str, str]


def deleting_call(operation: str, version: str, params: Mapping[str, str]) -> DeletingCall:
    """Return the call that deletes something, for a ledger."""
    return {"operation": operation, "version": version, "params": dict(params)}


class Ledger:
    """Writes a ledger, line by line; the file is made with its first line. Several processes may write one.

    Args:
        path: The file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple[type[Ledger], tuple[Path]]:
        """Give a process of its own a ledger of its own, of the same file: each line is appended in one write."""
        return Ledger, (self._path,)

    def created(self, call: DeletingCall) -> None:
        """Note that something was created, by the call that deletes it."""
        self._write({"created": call})

    def deleted(self, call: DeletingCall) -> None:
        """Note that it is gone."""
        self._write({"deleted": call})

    def _write(self, entry: dict[str, DeletingCall]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock, self._path.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry, ensure_ascii=False) + "\n")


def left_behind(path: Path) -> list[DeletingCall]:
    """Return the calls that delete what a ledger says is still there, the newest first.

    Raises:
        ReportError: When the file cannot be read or is no ledger.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as fault:
        raise ReportError(f"cannot be read: {fault.strerror}", where=path, hint="give the ledger of a run") from None
    except UnicodeDecodeError:
        raise ReportError("is not UTF-8 text", where=path, hint="give the ledger of a run") from None
    calls: list[DeletingCall] = []
    for number, line in enumerate(lines, start=1):
        try:
            ((kind, call),) = json.loads(line).items()
            call = deleting_call(call["operation"], call["version"], call["params"])
        except (ValueError, TypeError, KeyError, AttributeError):
            if number == len(lines):
                break  # the run was killed in the middle of its last line
            raise ReportError(
                "is no line of a ledger", where=f"{path}:{number}", hint="give the ledger of a run"
            ) from None
        if kind == "created":
            calls.append(call)
        elif call in calls:
            calls.remove(call)
    return calls[::-1]
