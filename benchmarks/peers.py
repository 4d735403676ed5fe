"""This suite beside others that could do its work: `uv run python benchmarks/peers.py`.

Every peer gets the same cases, each one request whose answer is judged by status, code and message, and runs them by
its own command against one server, in turn: a round is each peer once. What is measured is the whole command, from its
start to its report. Before that each peer shows that it passes a right answer and fails a wrong status, code and
message; after each run the server says how many requests it had. The tables and the picture go into
`docs/performance.md`.

A peer that is not installed is named and left out; `--install` installs the peers into the user's cache. The server and
the picture have an environment of their own there, which is made when it is not there yet.

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
from typing import Final

import page
from ending import status_of
from peer_install import INSTALLERS, InstallError, make_environment, python_of
from peer_list import PEERS, Peer, versions
from peer_report import picture, section, summary
from server import WRONG, Server
from timing import MeasureError, Series, Taken, environment, take

NAME: Final = "peers"
_FEW: Final = 3
_CHECK_LIMIT_S: Final = 60.0
_RUN_LIMIT_S: Final = 240.0
_GROWTH_RUNS: Final = 3
_GROWTH_ENOUGH_S: Final = 8.0


@dataclass(frozen=True)
class Setting:
    """What one table is about: how many cases, and how late the server answers."""

    latency_s: float
    cases: int


@dataclass(frozen=True)
class Bench:
    """Where everything runs."""

    server: Server
    folder: Path

    def prepare(self, peer: Peer, cases: int) -> Path:
        """Return a folder with the cases of a peer, newly written."""
        folder = self.folder / "work"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        peer.write(folder, cases, self.server.endpoint)
        return folder

    def run(self, peer: Peer, folder: Path, latency_s: float, wrong: str = "", limit_s: float = _RUN_LIMIT_S) -> Taken:
        """Run a peer once, with the reports of the run before taken away."""
        shutil.rmtree(folder / "report", ignore_errors=True)
        command = peer.command(self.server.endpoint)
        assert command is not None  # noqa: S101 - who is not installed was left out
        env = environment(XDG_CACHE_HOME=str(self.folder / "cache"), **peer.env)
        self.server.set(latency_s, wrong)
        return take(command, folder=folder, env=env, limit_s=limit_s)

    def measure(self, peer: Peer, folder: Path, setting: Setting) -> Taken:
        """Run a peer once and prove that it did the work; raises `MeasureError`."""
        taken = self.run(peer, folder, setting.latency_s)
        sent = self.server.set()
        if taken.status is None:
            return taken
        most = setting.cases + peer.extra if peer.sends else 0
        least = setting.cases if peer.sends else 0
        if taken.status or not least <= sent <= most:
            raise MeasureError(f"{peer.name}: status {taken.status}, {sent} requests for {setting}\n{taken.words}")
        return taken

    def check(self, peer: Peer) -> None:
        """Prove that a peer judges what it should; raises `MeasureError`."""
        folder = self.prepare(peer, _FEW)
        self.measure(peer, folder, Setting(0.0, _FEW))
        for wrong in WRONG if peer.judges else ():
            taken = self.run(peer, folder, 0.0, wrong, _CHECK_LIMIT_S)
            if not taken.status:
                raise MeasureError(f"{peer.name} passes an answer with a wrong {wrong}\n{taken.words}")


def rounds(bench: Bench, peers: list[Peer], setting: Setting, count: int) -> dict[str, Series]:
    """Run every peer `count` times, in an order that moves on by one from round to round.

    Returns:
        What the runs of each peer took; without those that were late.
    """
    folders = {}
    for number, peer in enumerate(peers):
        folders[peer.name] = bench.prepare(peer, setting.cases).rename(bench.folder / f"peer-{number}")
        if peer.warm:
            bench.measure(peer, folders[peer.name], setting)
    found = {peer.name: Series() for peer in peers}
    for number in range(count):
        first = number % len(peers)
        for peer in peers[first:] + peers[:first]:
            if peer.name not in found:
                continue
            taken = bench.measure(peer, folders[peer.name], setting)
            if taken.status is None:
                print(f"{peer.name}: ended after {_RUN_LIMIT_S:g} s", flush=True)
                del found[peer.name]
                continue
            found[peer.name].runs.append(taken)
        print(f"{setting.cases} cases, {setting.latency_s * 1000:g} ms: round {number + 1} of {count}", flush=True)
    for folder in folders.values():
        shutil.rmtree(folder)
    return found


def growth(bench: Bench, peers: list[Peer], cases: int) -> dict[str, tuple[int, Series | None]]:
    """Run each peer with twice as many cases as it was measured with on a fast server.

    Returns:
        For each peer how many cases, and what the runs took; `None` when the first was late.
    """
    found: dict[str, tuple[int, Series | None]] = {}
    for peer in peers:
        setting = Setting(0.0, 2 * min(peer.most(0.0), cases))
        folder = bench.prepare(peer, setting.cases)
        if peer.warm:
            bench.measure(peer, folder, setting)
        series = Series()
        while len(series.runs) < _GROWTH_RUNS and sum(run.wall_s for run in series.runs) < _GROWTH_ENOUGH_S:
            taken = bench.measure(peer, folder, setting)
            if taken.status is None:
                break
            series.runs.append(taken)
        found[peer.name] = (setting.cases, series if series.runs else None)
        print(f"{setting.cases} cases: {peer.name}", flush=True)
    return found


def run(chosen: argparse.Namespace, peers: list[Peer]) -> None:
    """Measure, print and write."""
    load = page.load()
    if load:
        print(load, file=sys.stderr)
    server_python = python_of("benchmarks") if chosen.offline else make_environment("benchmarks")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="conformance-benchmarks-")))
        bench = Bench(stack.enter_context(Server(str(server_python or sys.executable))), folder)
        for peer in peers:
            bench.check(peer)
        print(f"checked: {', '.join(peer.name for peer in peers)}", flush=True)
        found = {}
        for latency_s in chosen.latency:
            counts = {chosen.cases} if chosen.quick else {max(1, chosen.cases // 5), chosen.cases}
            for cases in sorted(counts):
                setting = Setting(latency_s, cases)
                fit = [peer for peer in peers if peer.most(latency_s) >= cases]
                if fit:
                    found[latency_s, cases] = rounds(bench, fit, setting, chosen.rounds)
        doubled = {}
        if 0.0 in chosen.latency and not chosen.no_growth:
            doubled = growth(bench, [peer for peer in peers if peer.fast], chosen.cases)
    print(summary(found, doubled))
    if chosen.page:
        about = " ".join(filter(None, [page.machine(), f"Versions: {versions()}.", load]))
        page.write(chosen.page, NAME, section(found, doubled, about, chosen.rounds), picture(found))
        print(f"written: {chosen.page}")


def latencies(text: str) -> list[float]:
    """Return the seconds that a list of milliseconds says."""
    found = [float(word) / 1000 for word in text.split(",")]
    if min(found) < 0:
        raise ValueError(text)
    return sorted(set(found))


def _number(text: str) -> int:
    if int(text) < 1:
        raise ValueError(text)
    return int(text)


def read_options() -> tuple[argparse.Namespace, list[Peer]]:
    """Read the command line, and return it with the peers that it names."""
    options = argparse.ArgumentParser(description="This suite beside others that could do its work.")
    options.add_argument("--cases", type=_number, metavar="N", help="how many; a fifth of them too (default 5000)")
    options.add_argument("--rounds", type=_number, metavar="N", help="how often each peer runs (default 5)")
    options.add_argument("--latency", type=latencies, default=[0.0, 0.05], metavar="MS,...", help="(default 0,50)")
    options.add_argument("--peers", metavar="NAME,...", help="only peers with these names or beginnings")
    options.add_argument("--quick", action="store_true", help="200 cases, 1 round, writes no page")
    options.add_argument("--no-growth", action="store_true", help="do not run twice as many cases")
    options.add_argument("--no-write", action="store_true", help="only print")
    options.add_argument("--page", type=Path, default=page.PAGE, help="the page to write (default docs/performance.md)")
    options.add_argument("--install", action="store_true", help="install peers that are missing into the user's cache")
    options.add_argument("--offline", action="store_true", help="make no environment: a slower server, no page")
    chosen = options.parse_args()
    chosen.cases = chosen.cases or (200 if chosen.quick else 5_000)
    chosen.rounds = chosen.rounds or (1 if chosen.quick else 5)
    if chosen.quick or chosen.no_write or chosen.offline:
        chosen.page = None
    words = chosen.peers.split(",") if chosen.peers else [""]
    for word in words:
        if not any(_is_named(peer, word) for peer in PEERS):
            options.error(f"no peer is named {word!r}; there are: {'; '.join(peer.name for peer in PEERS)}")
    return chosen, [peer for peer in PEERS if any(_is_named(peer, word) for word in words)]


def _is_named(peer: Peer, word: str) -> bool:
    """Whether a word is the name of a peer; or its beginning, unless it is the whole name of another."""
    return peer.name == word or (peer.name.startswith(word) and all(each.name != word for each in PEERS))


def installed(wanted: list[Peer]) -> list[Peer]:
    """Return the peers that are there, and name the others; raises `InstallError` when none is."""
    for peer in wanted:
        if peer.command("") is None:
            print(f"left out: {peer.name} is not installed (--install does it)")
    there = [peer for peer in wanted if peer.command("") is not None]
    if not there:
        raise InstallError("none of these peers is installed")
    return there


def install() -> None:
    """Install what is missing, and name what cannot be."""
    for name, installer in INSTALLERS.items():
        print(f"installing {name}", flush=True)
        try:
            installer()
        except InstallError as fault:
            print(f"{name} is not installed: {fault}", file=sys.stderr)


def main() -> int:
    """Return the exit status."""
    chosen, wanted = read_options()

    def act() -> None:
        if chosen.page:
            page.check(chosen.page, NAME)
        if chosen.install:
            install()
        run(chosen, installed(wanted))

    return status_of("peers", act)


if __name__ == "__main__":
    sys.exit(main())
