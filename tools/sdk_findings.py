"""Run real releases of SDKs in pairs, record what their gates rest on, and write docs/release-pipeline.md.

    uv run python tools/sdk_findings.py [--reports DIR] [--driver DRIVER]

The pairs are those of tests/findings/findings.yaml. A release that DIR has a run of is not run again; each that is not
needs the driver's toolchain and its package registry. With a driver the others stay as they are.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import yaml

from conformance.reports.report_reader import read_events

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

REPOSITORY: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = REPOSITORY / "tests" / "findings"
RECORDINGS: Final = FOLDER / "recordings"
PAGE: Final = REPOSITORY / "docs" / "release-pipeline.md"
CASES: Final = ("CreateFlowLog", "sdk")
"""What is run: the operation that every driver knows, and what is asked of SDKs themselves."""
HELD_UP: Final = "held up"
_PARTS: Final = ("causes", "changes")
_KEPT: Final = 3
"""Cases of a cause that a recording has; and cases that did not change."""
_NAMED: Final = 2
"""Cases of a cause that the page shows."""
_WIDTH: Final = 160
_NAMES: Final = {"caller": "changed for callers"}


@dataclass(frozen=True, slots=True)
class Release:
    """An SDK and its core at their versions, through a driver."""

    driver: str
    sdk: str
    core: str

    @property
    def name(self) -> str:
        """Return the name of its run and of its recording."""
        return f"{self.driver}-{self.sdk}-{self.core}"

    def run(self, folder: Path) -> None:
        """Run the cases through it; the report goes to a folder."""
        versions = ("--driver", self.driver, "--sdk", self.sdk, "--core", self.core)
        command = [sys.executable, "-m", "conformance.cli", "run", *CASES, *versions, "-q", "--report-dir", str(folder)]
        done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")  # noqa: S603 - our own
        if done.returncode not in (0, 1):
            raise RuntimeError(f"{self.name}: {done.stderr.strip()}")


@dataclass(frozen=True, slots=True)
class Pair:
    """Two releases, and what a release engineer says to the second.

    Attributes:
        causes: The causes that hold it up: change and place of each.
        changes: Others that the gate must tell.
    """

    name: str
    baseline: Release
    candidate: Release
    verdict: str
    because: str
    causes: tuple[tuple[str, str], ...]
    changes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What one release does wrong in a case."""

    release: Release
    case: str
    where: str
    observed: object
    because: str


def pairs() -> list[Pair]:
    """Return the pairs of the file."""
    found = []
    for entry in _data()["pairs"]:
        baseline, candidate = (_release(entry, side) for side in ("baseline", "candidate"))
        causes, changes = (tuple((each["change"], each["where"]) for each in entry[part]) for part in _PARTS)
        found.append(Pair(entry["id"], baseline, candidate, entry["verdict"], entry["because"], causes, changes))
    return found


def known() -> list[Known]:
    """Return what single releases do wrong."""
    return [
        Known(_release(entry, "release"), entry["case"], entry["where"], entry["observed"], entry["because"])
        for entry in _data()["known"]
    ]


def _release(entry: Mapping[str, Any], part: str) -> Release:
    return Release(entry["driver"], str(entry[part]["sdk"]), str(entry[part]["core"]))


def _data() -> dict[str, list[dict[str, Any]]]:
    return cast(
        "dict[str, list[dict[str, Any]]]", yaml.safe_load((FOLDER / "findings.yaml").read_text(encoding="utf-8"))
    )


def gate_of(baseline: Path, candidate: Path) -> dict[str, Any]:
    """Return the gate of two runs as data; raises `RuntimeError` when they cannot be compared."""
    return cast("dict[str, Any]", json.loads(_gate(baseline, candidate, "--json")))


def _gate(baseline: Path, candidate: Path, *options: str) -> str:
    command = [sys.executable, "-m", "conformance.cli", "gate", str(baseline), str(candidate), *options]
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")  # noqa: S603 - our own
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr.strip())
    return done.stdout


def told(gate: Mapping[str, Any], *, fails: bool) -> set[tuple[str, str]]:
    """Return the causes of a gate, change and place of each: those that fail, or the others."""
    return {(group["change"], group["where"]) for group in gate["groups"] if group["fails"] is fails}


def _kept_cases(gates: Mapping[str, Mapping[str, Any]], everything: Iterable[str]) -> set[str]:
    """Return the cases that show what gates and single findings rest on, and a few that did not change."""
    kept = {each.case for each in known()}
    changed: set[str] = set()
    for gate in gates.values():
        for group in gate["groups"]:
            kept.update(group["cases"][:_KEPT])
            changed.update(group["cases"])
            for each in group["brings"]:
                kept.update(each["cases"][:1])
    return kept | set(sorted(set(everything) - changed)[:_KEPT])


def recorded(folder: Path, kept: set[str]) -> Iterator[dict[str, Any]]:
    """Yield the events of a run for some of its cases: what the gate, and the report of a run, are made of."""
    finished: list[dict[str, Any]] = []
    for event in cast("Iterable[dict[str, Any]]", read_events(folder)):
        if event["event"] == "run_started":
            order = [name for name in event["order"] if name in kept]
            target = {**event["target"], "endpoint": "http://127.0.0.1:8080"}
            yield {**event, "order": order, "selected": len(order), "points": [], "target": target}
        elif event["event"] == "case_finished" and event["case"]["id"] in kept:
            finished.append({**event, "case": _small(event["case"])})
        elif event["event"] == "run_finished":
            yield from sorted(finished, key=lambda each: str(each["case"]["id"]))
            yield event


def _small(case: dict[str, Any]) -> dict[str, Any]:
    """Return a case without what says nothing of an SDK: digests, addresses, times, all exchanges but the last."""
    whole = [each for each in case["exchanges"] if "request" in each]
    text = json.dumps({**case, "exchanges": whole[-1:], "elapsed_ms": 0}, ensure_ascii=False)
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8080", text)
    return cast("dict[str, Any]", json.loads(re.sub(r"\bLTAI(?!conformance)\w+", "LTAIconformance", text)))


def _written(page: str, name: str, text: str) -> str:
    """Return a page with the text between the markers of a name replaced."""
    begin, end = f"<!-- {name}: written by tools/sdk_findings.py -->", f"<!-- {name}: end -->"
    before, _, rest = page.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise RuntimeError(f"{PAGE} has no part {name}")
    return f"{before}{begin}\n{text}\n{end}{after}"


def row(pair: Pair, gate: Mapping[str, Any] | None = None) -> str:
    """Return the row of a pair in the table of the page; without a gate as far as the file of findings says it."""
    old, new = pair.baseline, pair.candidate
    versions = [
        one if one == other else f"{one} -> {other}" for one, other in ((old.sdk, new.sdk), (old.core, new.core))
    ]
    cells = f"| {old.driver} | {' | '.join(versions)} | {pair.verdict} | {pair.because} |"
    if gate is None:
        return cells
    causes = sum(group["fails"] for group in gate["groups"])
    counts = [f"{number} {_NAMES.get(name, name)}" for name, number in gate["cases"].items() if number]
    return f"{cells} {causes} | {', '.join(counts)} |"


def table(gates: Mapping[str, Mapping[str, Any]], page: str) -> str:
    """Return the table of all pairs; of those without a gate with the row that the page has."""
    lines = ["| driver | SDK | core | verdict | why | causes | cases |", "|---" * 7 + "|"]
    for pair in pairs():
        gate, start = gates.get(pair.name), row(pair)
        lines.append(row(pair, gate) if gate else next(each for each in page.splitlines() if each.startswith(start)))
    return "\n".join(lines)


def sample(text: str) -> str:
    """Return what the gate printed, as the page shows it: short, without the folders of the runs."""
    lines: list[str] = []
    named = 0
    for line in text.splitlines():
        is_case = re.match(r"    \S+/\S+$", line)
        named = named + 1 if is_case else 0
        if named <= _NAMED and not line.startswith("  - ") and not line.startswith("    and "):
            lines.append(re.sub(r" \[[^]]*\]$", "", line) if len(line) < _WIDTH or line[0] != " " else line)
        elif lines[-1].strip() != "...":
            lines.append(f"{line[: len(line) - len(line.lstrip())]}...")
    return "```\n" + "\n".join(lines) + "\n```"


def main() -> None:
    """Run what is not yet run, and write recordings and page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=Path, help="the folder of the runs")
    parser.add_argument("--driver", help="the driver whose releases alone are recorded")
    asked = parser.parse_args()
    folder = asked.reports or Path(tempfile.mkdtemp())
    chosen = [pair for pair in pairs() if asked.driver in (None, pair.baseline.driver)]
    releases = {each.name: each for pair in chosen for each in (pair.baseline, pair.candidate)}
    releases |= {each.release.name: each.release for each in known() if asked.driver in (None, each.release.driver)}
    for name, release in releases.items():
        if not (folder / name / "events.ndjson").is_file():
            sys.stdout.write(f"run {name}\n")
            sys.stdout.flush()
            release.run(folder / name)
    gates = {pair.name: gate_of(folder / pair.baseline.name, folder / pair.candidate.name) for pair in chosen}
    for pair in chosen:
        sys.stdout.write(f"{pair.name}: {sorted(told(gates[pair.name], fails=True))}, {gates[pair.name]['cases']}\n")
    names = [event["order"] for event in read_events(folder / next(iter(releases))) if event["event"] == "run_started"]
    RECORDINGS.mkdir(exist_ok=True)
    for name in releases:
        of_release = {
            pair.name: gates[pair.name] for pair in chosen if name in (pair.baseline.name, pair.candidate.name)
        }
        lines = [
            json.dumps(event, ensure_ascii=False)
            for event in recorded(folder / name, _kept_cases(of_release, names[0]))
        ]
        (RECORDINGS / f"{name}.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    first = pairs()[0]
    if first in chosen:
        page = _written(page, "sample", sample(_gate(folder / first.baseline.name, folder / first.candidate.name)))
    PAGE.write_text(_written(page, "pairs", table(gates, page)), encoding="utf-8")


if __name__ == "__main__":
    main()
