"""A whole product, from pages to verdicts: `uv run python benchmarks/product.py --pages FOLDER -- --product P ...`.

Makes a workspace of a folder of pages by `conformance scaffold`, with the words after `--`, and runs its suite against
the reference server. Prints the seconds and the most memory of each, all of its processes together (on Linux), and the
verdicts, also of each operation that has other cases than such that pass. Then as many cases of one operation are run,
those of the operation that has most, again and again: a product should take at most twice their time.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Final, NamedTuple

_SAMPLED_EVERY_S = 0.1
_PASSES = {"pass", "not_applicable"}
_ID: Final = re.compile(r"^  - id: (\S+)$", re.MULTILINE)


class Measured(NamedTuple):
    """What a command took: seconds, the megabytes of its processes (0 where nobody can tell), its exit status."""

    seconds: float
    megabytes: float
    status: int


def main() -> int:
    """Print the figures; return the exit status of what failed, else 0."""
    options = argparse.ArgumentParser(description="A whole product, from pages to verdicts.")
    options.add_argument("--pages", type=Path, required=True, metavar="FOLDER")
    options.add_argument("words", nargs="*", help="options of `conformance scaffold`, after --")
    chosen = options.parse_args()
    if not chosen.pages.is_dir():
        print(f"product: {chosen.pages} is not there; --pages names a folder of pages", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder, "workspace")
        made = measured(["scaffold", str(chosen.pages.absolute()), *chosen.words, "-o", str(workspace)], Path(folder))
        _print("scaffold", made)
        if made.status != 0:
            return made.status
        ran = measured(["run", "-q", "--report-dir", "report"], workspace)
        _print("run", ran)
        report = workspace / "report" / "report.json"
        if not report.is_file():
            return ran.status
        cases = json.loads(report.read_text(encoding="utf-8"))["cases"]
        _print_verdicts(cases)
        one, number = _of_one_operation(workspace, [case["id"] for case in cases], Path(folder, "one"))
        alone = measured(["run", "-q", "--report-dir", "report", one], Path(folder, "one"))
        _print("one operation", alone)
        print(f"{'product':<14} {ran.seconds / alone.seconds:.2f} times {number:,} cases of {one}")
    return 0


def _of_one_operation(workspace: Path, ids: list[str], folder: Path) -> tuple[str, int]:
    """Make a workspace with about as many cases of one operation; return the operation, and how many cases it has."""
    ((one, own),) = Counter(each.partition("/")[0] for each in ids).most_common(1)
    shutil.copytree(workspace, folder, ignore=shutil.ignore_patterns("report", "cases"))
    (cases,) = (workspace / "cases").glob(f"*/{one}")
    copied = folder / cases.relative_to(workspace)
    copied.mkdir(parents=True)
    for path in (workspace / "cases").glob("*.*"):
        shutil.copy(path, folder / "cases")
    shutil.copy(cases / "base.yaml", copied)
    times = max(1, round(len(ids) / own))
    for path in sorted(cases.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        for number in range(times if path.name != "base.yaml" else 0):
            (copied / f"{path.stem}-{number}.yaml").write_text(_ID.sub(rf"  - id: \1-{number}", text), encoding="utf-8")
    return one, own * times


def measured(words: list[str], folder: Path) -> Measured:
    """Return what a command of the project took."""
    began = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - this project's own program
        [sys.executable, "-m", "conformance.cli", *words], cwd=folder, stdout=subprocess.DEVNULL
    )
    most = [0.0]
    ended = threading.Event()
    watching = threading.Thread(target=_watch, args=(process.pid, most, ended))
    watching.start()
    try:
        status = process.wait()
    finally:
        ended.set()
        watching.join()
    return Measured(time.monotonic() - began, most[0], status)


def _watch(pid: int, most: list[float], ended: threading.Event) -> None:
    while not ended.wait(_SAMPLED_EVERY_S):
        most[0] = max(most[0], sum(map(_megabytes, _family(pid))))


def _family(pid: int) -> list[int]:
    """Return a process and all that it started."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except OSError:
        return [pid]
    return [pid, *(each for child in children for each in _family(int(child)))]


def _megabytes(pid: int) -> float:
    """Return the memory of a process, of what it shares its part."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _print(what: str, took: Measured) -> None:
    memory = f", {took.megabytes:.0f} MB" if took.megabytes else ""
    print(f"{what:<14} {took.seconds:.1f} s{memory}, status {took.status}")


def _print_verdicts(cases: list[dict[str, str]]) -> None:
    every = Counter(case["verdict"] for case in cases)
    by_operation: dict[str, Counter[str]] = {}
    for case in cases:
        by_operation.setdefault(case["id"].partition("/")[0], Counter())[case["verdict"]] += 1
    print(f"{'cases':<14} {len(cases)} of {len(by_operation)} operations: {_counts(every)}")
    for operation, own in by_operation.items():
        if not _PASSES.issuperset(own):
            print(f"  {operation}: {_counts(own)}")


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common())


if __name__ == "__main__":
    sys.exit(main())
