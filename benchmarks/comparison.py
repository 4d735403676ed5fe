"""How fast two folders of documents compare, and which findings come of it: `uv run python benchmarks/comparison.py`.

Compares the bilingual descriptions of VPC operations below `CONFORMANCE_METADATA` (default `../shared/metadata`:
`en-US` against `zh-CN`), with the command that a user calls, and prints the seconds that it took and how many findings
of each rule there are. With `--sample N --seed N` it draws findings of level error instead, to be judged by reading:
`docs/comparison.md` has such a draw.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
ALLOWED_S = 10.0
RUNS = 3


def main() -> int:
    """Print the figures, or the draw; exit 1 when comparing takes longer than allowed, 2 without documents."""
    options = argparse.ArgumentParser(description="Speed and findings of comparing two folders of documents.")
    options.add_argument("--sample", type=int, metavar="N", help="draw N findings of level error")
    options.add_argument("--seed", type=int, default=1, metavar="N", help="the seed of the draw")
    chosen = options.parse_args()
    folder = Path(os.environ.get("CONFORMANCE_METADATA", ROOT.parent / "shared" / "metadata"))
    sides = [folder / "en-US", folder / "zh-CN"]
    if not all(side.is_dir() for side in sides):
        print(f"comparison: {folder} has no en-US and zh-CN; set CONFORMANCE_METADATA", file=sys.stderr)
        return 2
    if chosen.sample is not None:
        findings = _findings(_compare(sides)[0])
        _draw([finding for finding in findings if finding["level"] == "error"], chosen.sample, chosen.seed)
        return 0
    seconds = []
    for _ in range(RUNS):
        data, took = _compare(sides)
        seconds.append(took)
    _figures(data, seconds)
    return 0 if min(seconds) < ALLOWED_S else 1


def _compare(sides: list[Path]) -> tuple[dict[str, Any], float]:
    command = [sys.executable, "-m", "conformance.cli", "diff", *map(str, sides), "--json"]
    started = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)  # noqa: S603 - our own command
    took = time.perf_counter() - started
    if done.returncode not in (0, 1):
        sys.exit(done.stderr.decode())
    data: dict[str, Any] = json.loads(done.stdout)
    return data, took


def _findings(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [finding for operation in data["operations"] for finding in operation["findings"]]


def _figures(data: dict[str, Any], seconds: list[float]) -> None:
    print(f"{data['summary']['compared']} operations on {os.cpu_count()} processors, the whole command, {RUNS} runs:")
    print(f"  best {min(seconds):.2f} s, worst {max(seconds):.2f} s; allowed {ALLOWED_S:.0f} s")
    shown = [finding for finding in _findings(data) if finding["level"] != "none"]
    for level in ("error", "warning", "note"):
        rules = Counter(finding["rule"] for finding in shown if finding["level"] == level)
        print(f"{level}s: {rules.total()}")
        for rule, count in rules.most_common():
            print(f"  {count:>4}  {rule}")


def _draw(errors: list[dict[str, Any]], number: int, seed: int) -> None:
    """Print a draw that anybody can repeat; a finding that comes or goes changes one line of it."""
    errors.sort(key=lambda finding: hashlib.sha256(f"{seed}:{finding['fingerprint']}".encode()).digest())
    drawn = errors[:number]
    print(f"{len(drawn)} of {len(errors)} findings of level error, seed {seed}:")
    for index, finding in enumerate(sorted(drawn, key=lambda each: (each["path"], each["fact"])), start=1):
        left, right = (f"{_text(finding[side])} (line {finding[side].get('line')})" for side in ("left", "right"))
        print(f"{index:>3}. {finding['path']}.{finding['fact']}  {left} | {right}  {finding['fingerprint'][:12]}")


def _text(fact: dict[str, Any]) -> str:
    value = fact.get("value", fact["state"])
    return ", ".join(map(str, value)) if isinstance(value, list) else json.dumps(value)


if __name__ == "__main__":
    sys.exit(main())
