"""Running a command again and again, and what it took."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TIMED: Final = Path(__file__).with_name("timed.py")
_LAST_WORDS: Final = 1_500
_DROPPED: Final = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "pytest_addopts", "no_color", "force_color")


class MeasureError(Exception):
    """A run that is no measurement: it failed, or did not do the work. The text says which and what it printed."""


@dataclass(frozen=True)
class Taken:
    """What one run took.

    Attributes:
        wall_s: Seconds from the start of the command to its end.
        processor_s: Seconds of processor, of the command and of what it started and waited for.
        memory_mb: Memory of its largest process, in MB.
        status: Its exit status; `None` when it was ended because it was late.
        words: The last of what it printed.
    """

    wall_s: float
    processor_s: float
    memory_mb: float
    status: int | None
    words: str


@dataclass
class Series:
    """Several runs of the same."""

    runs: list[Taken] = field(default_factory=list)

    @property
    def wall_s(self) -> float:
        """The median."""
        return statistics.median(run.wall_s for run in self.runs)

    @property
    def spread_s(self) -> tuple[float, float]:
        """The least and the most."""
        walls = [run.wall_s for run in self.runs]
        return min(walls), max(walls)

    @property
    def processor_s(self) -> float:
        """The median."""
        return statistics.median(run.processor_s for run in self.runs)

    @property
    def memory_mb(self) -> float:
        """The most."""
        return max(run.memory_mb for run in self.runs)


def environment(**changed: str) -> dict[str, str]:
    """Return the environment of a command: this one without proxies, colours and Python's switches, and `changed`.

    A switch that keeps Python from writing compiled modules, say, would make every start a first one.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.lower() not in _DROPPED and not name.startswith("PYTHON")
    }
    return {**kept, **changed}


def take(command: Sequence[str], *, folder: Path, env: Mapping[str, str], limit_s: float) -> Taken:
    """Run a command in a folder and return what it took; it is ended after `limit_s` seconds.

    Raises:
        MeasureError: When it cannot be started.
    """
    log = folder / "log.txt"
    # -I -S: a small interpreter, because a child inherits the memory of its parent as its own peak.
    helper = [sys.executable, "-I", "-S", str(TIMED), str(limit_s), str(log), *command]
    done = subprocess.run(helper, cwd=folder, env=dict(env), check=False, capture_output=True)  # noqa: S603 - a peer
    if done.returncode:
        raise MeasureError(f"{command[0]} cannot be run\n{done.stderr.decode(errors='replace')[-_LAST_WORDS:]}")
    found = json.loads(done.stdout)
    return Taken(
        wall_s=found["wall_s"],
        processor_s=found["processor_s"],
        memory_mb=found["memory_kb"] / 1024,
        status=found["status"],
        words=log.read_text(encoding="utf-8", errors="replace").strip()[-_LAST_WORDS:],
    )
