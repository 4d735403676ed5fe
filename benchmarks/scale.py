"""From one case to a hundred thousand: `uv run python benchmarks/scale.py`.

Runs generated suites, each ten times as large as the one before, by `conformance run` against one server that answers
at once: cold (with an empty cache of compiled cases, so that every file is parsed, checked and compiled) and warm (as
every later run is). A loop that judges nothing sends as many requests, for comparison. The table and the picture go
into `docs/performance.md`.

Exit status: 0; 1 when a run was no measurement; 2 for bad usage or something that is missing.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import page
from ending import status_of
from peer_cases import write_ours, write_targets
from peer_install import make_environment, python_of
from peer_list import LIMIT, PEERS, RUN, Peer
from server import Server
from timing import MeasureError, Series, environment, take

NAME: Final = "scale"
COLD: Final = "cold"
WARM: Final = "warm"
_MOST: Final = 100_000
_RUN_LIMIT_S: Final = 600.0
_ENOUGH_S: Final = 5.0
_MOST_RUNS: Final = 20
_PEER: Final = {peer.name: peer for peer in PEERS}

Found = dict[int, dict[str, Series]]


@dataclass(frozen=True)
class Scale:
    """Where the runs take place."""

    server: Server
    folder: Path
    rounds: int
    enough_s: float

    def of(self, cases: int) -> dict[str, Series]:
        """Return what runs of a suite of so many cases took."""
        suite = self.folder / "suite"
        suite.mkdir()
        write_ours(suite, cases, self.server.endpoint)
        write_targets(suite, cases, self.server.endpoint)
        found = {name: Series() for name in (COLD, WARM, LIMIT)}
        # What lasts a fraction of a second is run more often: only many of those have a median that holds.
        while not self._is_enough(found):
            cache = self.folder / "cache"
            shutil.rmtree(cache, ignore_errors=True)
            self._run(found[COLD], _PEER[RUN], suite, cases, cache)
            self._run(found[WARM], _PEER[RUN], suite, cases, cache)
            self._run(found[LIMIT], _PEER[LIMIT], suite, cases, cache)
        shutil.rmtree(suite)
        return found

    def _is_enough(self, found: dict[str, Series]) -> bool:
        runs = found[WARM].runs
        if len(runs) < self.rounds:
            return False
        return len(runs) >= _MOST_RUNS or sum(run.wall_s for run in runs) >= self.enough_s

    def _run(self, series: Series, peer: Peer, suite: Path, cases: int, cache: Path) -> None:
        command = peer.command(self.server.endpoint)
        assert command is not None  # noqa: S101 - both are part of the project
        shutil.rmtree(suite / "report", ignore_errors=True)
        self.server.set()
        taken = take(command, folder=suite, env=environment(XDG_CACHE_HOME=str(cache)), limit_s=_RUN_LIMIT_S)
        sent = self.server.set()
        if taken.status or not cases <= sent <= cases + peer.extra:
            raise MeasureError(f"{peer.name}: status {taken.status}, {sent} requests for {cases} cases\n{taken.words}")
        series.runs.append(taken)


def section(found: Found) -> str:
    """Return the table: a row a suite, with how much more it took than the one a tenth of its size."""
    heads = [
        "cases",
        "cold, s",
        "growth",
        "warm, s",
        "growth",
        "µs a case",
        f"{LIMIT}, s",
        "cold, MB",
        "warm, MB",
        "growth",
    ]
    rows = []
    for cases, series in found.items():
        cold, warm = series[COLD], series[WARM]
        before = found.get(cases // 10)
        rows.append(
            [
                f"{cases:,}",
                page.seconds(cold.wall_s),
                _ratio(cold.wall_s, before[COLD].wall_s if before else None),
                page.seconds(warm.wall_s),
                _ratio(warm.wall_s, before[WARM].wall_s if before else None),
                f"{warm.wall_s / cases * 1e6:,.0f}",
                page.seconds(series[LIMIT].wall_s),
                f"{cold.memory_mb:.0f}",
                f"{warm.memory_mb:.0f}",
                _ratio(warm.memory_mb, before[WARM].memory_mb if before else None),
            ]
        )
    return page.table(heads, rows)


def _ratio(value: float, before: float | None) -> str:
    return f"× {value / before:.2f}" if before else ""


def picture(found: Found) -> dict[str, Any]:
    """Return the description of the picture: time and memory."""

    def line(label: str, name: str, attribute: str) -> dict[str, Any]:
        return {"label": label, "points": [[cases, getattr(each[name], attribute)] for cases, each in found.items()]}

    times = [line("cold", COLD, "wall_s"), line("warm", WARM, "wall_s"), line(LIMIT, LIMIT, "wall_s")]
    memory = [line("cold", COLD, "memory_mb"), line("warm", WARM, "memory_mb")]
    return {
        "panels": [
            {"title": "Time of conformance run", "x": "cases", "y": "seconds", "lines": times},
            {"title": "Memory of conformance run", "x": "cases", "y": "MB", "lines": memory},
        ]
    }


def run(chosen: argparse.Namespace) -> None:
    """Measure, print and write."""
    load = page.load()
    if load:
        print(load, file=sys.stderr)
    python = python_of("benchmarks") if chosen.offline else make_environment("benchmarks")
    found: Found = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="conformance-benchmarks-")))
        server = stack.enter_context(Server(str(python or sys.executable)))
        scale = Scale(server, folder, chosen.rounds, 0.0 if chosen.quick else _ENOUGH_S)
        cases = 1
        while cases <= chosen.most:
            found[cases] = scale.of(cases)
            print(f"{cases} cases: {len(found[cases][WARM].runs)} runs", flush=True)
            cases *= 10
    print(section(found))
    if chosen.page:
        about = " ".join(filter(None, [page.machine(), load, f"Medians of at least {chosen.rounds} runs."]))
        image = f"![Time and memory](images/performance-{NAME}.png)"
        page.write(chosen.page, NAME, f"{about}\n\n{image}\n\n{section(found)}", picture(found))
        print(f"written: {chosen.page}")


def _number(text: str) -> int:
    if int(text) < 1:
        raise ValueError(text)
    return int(text)


def main() -> int:
    """Read the command line."""
    options = argparse.ArgumentParser(description="From one case to a hundred thousand.")
    options.add_argument("--most", type=_number, metavar="N", help="the largest suite (default 100000)")
    options.add_argument("--rounds", type=_number, metavar="N", help="runs of each suite (default 3)")
    options.add_argument("--quick", action="store_true", help="up to 100 cases, 1 round, writes no page")
    options.add_argument("--no-write", action="store_true", help="only print")
    options.add_argument("--page", type=Path, default=page.PAGE, help="the page to write (default docs/performance.md)")
    options.add_argument("--offline", action="store_true", help="make no environment: a slower server, no page")
    chosen = options.parse_args()
    chosen.most = chosen.most or (100 if chosen.quick else _MOST)
    chosen.rounds = chosen.rounds or (1 if chosen.quick else 3)
    if chosen.quick or chosen.no_write or chosen.offline:
        chosen.page = None

    def act() -> None:
        if chosen.page:
            page.check(chosen.page, NAME)
        run(chosen)

    return status_of("scale", act)


if __name__ == "__main__":
    sys.exit(main())
