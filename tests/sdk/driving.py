"""Starting the test drivers, and seeing what is left of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from servers import eventually

from conformance.core.exchange import Credentials

if TYPE_CHECKING:
    from conformance.core.exchange import DriverAnswer
    from conformance.sdk.driver_process import DriverProcess

PROGRAMS = Path(__file__).with_name("programs")
GOOD = (sys.executable, str(PROGRAMS / "good.py"))
SECRET = "TheSecret/Of+ThisAccount="  # noqa: S105 - made up
TOKEN = "TheTokenOfThisAccount"  # noqa: S105 - made up
ACCOUNT = Credentials("LTAIdriver", SECRET, TOKEN)


def bad(mode: str, folder: Path) -> tuple[str, ...]:
    """Return the command of a driver that misbehaves once."""
    return (sys.executable, str(PROGRAMS / "bad.py"), mode, str(folder / "flag"))


def call(process: DriverProcess, timeout_s: float = 20, **params: object) -> DriverAnswer:
    """Have a driver call nothing in particular."""
    return process.call("http://127.0.0.1:1", "CreateFlowLog", "2016-04-28", params, ACCOUNT, timeout_s)


def lives(process_id: int) -> bool:
    """Whether a process runs; one that nobody has reaped does not."""
    try:
        status = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] not in "ZX"


def gone(process_id: int) -> bool:
    """Wait until a process does not run any more."""
    return eventually(lambda: not lives(process_id))
