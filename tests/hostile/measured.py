"""Running a command against a hostile server, measured: its time, its memory, what it says, how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from commands import REPOSITORY, environment

if TYPE_CHECKING:
    from subprocess import Popen

LONGEST_S = 120
_LOOK_S = 0.02


@dataclass(frozen=True)
class Measured:
    """What a command did, and what it took.

    Attributes:
        status: Its exit status; negative for a signal.
        said: What it wrote to both streams.
        seconds: From its start to its end.
        cpu_s: Processor time: what it takes, however busy the machine is.
        peak_mb: The most memory that it held, in megabytes.
        ended_s: From the interrupt to its end; 0 without one.
    """

    status: int
    said: str
    seconds: float
    cpu_s: float
    peak_mb: float
    ended_s: float


def measured(*command: str, folder: Path, interrupt_s: float | None = None) -> Measured:
    """Run a command to its end, or interrupt it after so many seconds as Ctrl-C does."""
    started = time.monotonic()
    output = folder / "said.txt"
    with output.open("wb") as stream:
        child = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env=environment(),
            stdout=stream,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    peak, interrupted = 0.0, 0.0
    while True:
        pid, state, used = os.wait4(child.pid, os.WNOHANG)
        now = time.monotonic()
        if pid:
            break
        peak = max(peak, _peak_mb(child))
        if interrupt_s is not None and not interrupted and now - started >= interrupt_s:
            interrupted = now
            os.kill(child.pid, signal.SIGINT)
        if now - started > LONGEST_S:
            os.kill(child.pid, signal.SIGKILL)
        time.sleep(_LOOK_S)
    child.returncode = os.waitstatus_to_exitcode(state)
    said = output.read_text(errors="replace")
    ended_s = now - interrupted if interrupted else 0.0
    return Measured(child.returncode, said, now - started, used.ru_utime + used.ru_stime, peak, ended_s)


def _peak_mb(child: Popen[bytes]) -> float:
    """Return the most memory that a process held so far; that of `wait4` counts the process that started it, too."""
    with suppress(OSError):
        for line in Path(f"/proc/{child.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return 0.0


def report_of(folder: Path) -> dict[str, Any]:
    """Return the report that a run wrote."""
    report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return report
