"""How many processors nobody uses at the moment, and what this process makes of its own."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from msgspec import Struct

_STATISTICS: Final = Path("/proc/stat")
_LIMIT: Final = Path("/sys/fs/cgroup/cpu.max")
"""How long the processes of a container may have a processor in a period, in microseconds (cgroups(7), version 2)."""
_OWN_STATUS: Final = Path("/proc/self/status")
_IDLE: Final = (3, 4)
"""The times in its first line in which no processor does anything: idle, and waiting for a disk (proc(5))."""


class Usage(Struct, frozen=True):
    """What was used in a while.

    Attributes:
        seconds: How long the while was.
        own_s: How long this process had a processor meanwhile, in seconds.
        idle: How many processors were idle, on average.
    """

    seconds: float
    own_s: float
    idle: float


class UsageMeter:
    """Measures from now on; where the system does not say how many processors are idle, as if none were."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._own = time.process_time()
        self._idle = _idle_s()

    def usage(self) -> Usage:
        """Return what was used since."""
        seconds = time.monotonic() - self._began
        idle_s = max(_idle_s() - self._idle, 0.0)
        return Usage(seconds, time.process_time() - self._own, idle_s / seconds if seconds else 0.0)


def processors() -> int:
    """Return how many processors this process may use: those that it is bound to, and no more than a container gets."""
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    with suppress(OSError, ValueError):  # "max", or no such file: no limit that is known
        quota, period = map(int, _LIMIT.read_text(encoding="ascii").split())
        return max(1, min(bound, round(quota / period)))
    return bound


def peak_memory() -> int:
    """Return how many bytes of memory this process had at the most; 0 where the system does not say so (proc(5)).

    What getrusage(2) says begins with what the process had that started this one.
    """
    with suppress(OSError):
        for line in _OWN_STATUS.read_bytes().splitlines():
            if line.startswith(b"VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def _idle_s() -> float:
    """Return how long processors were idle since the system started, all together, in seconds."""
    with suppress(OSError, ValueError, IndexError):
        times = _STATISTICS.read_bytes().partition(b"\n")[0].split()[1:]
        return sum(int(times[place]) for place in _IDLE) / os.sysconf("SC_CLK_TCK")
    return 0.0
