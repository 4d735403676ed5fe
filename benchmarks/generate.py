"""Writes a suite of any size: `uv run python benchmarks/generate.py 5000 FOLDER`.

Every case is one CreateFlowLog request that lacks a parameter, and expects the documented error for it: status 400, its
code and its message. The cases need no provider state, and a server that answers every request with that one error
passes them all, so what a run of them costs is what the harness costs. Their values differ from case to case, and so
does the way they travel (query or form, GET or POST).

The folder is then run by `conformance run FOLDER --endpoint URL`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CODE = "MissingParameter"
STATUS = 400
MESSAGE = "Missing mandatory parameter"
"""The row of both documents that every case expects; a benchmark's server answers with it."""

PER_FILE = 1_000
LEFT_OUT = ("RegionId", "ResourceType", "ResourceId", "TrafficType")
_TRANSPORTS = ("", "    send: {method: GET}\n", "    send: {place: form}\n")
_HEADER = "operation: CreateFlowLog\nbase: vpc\ncases:\n"
_CASE = """\
  - id: generated-{number:06d}
    title: Request {number} lacks {left_out}
    absent: [resource.exists, logs.exists]
    unset: [{left_out}]
    set: {{FlowLogName: "flow-log-{number:06d}", Description: "a case of a benchmark, number {number}"}}
{transport}    expect: {{error: {code}}}
    trigger: inferred
"""


def main() -> int:
    """Write the files; exit 2 when the folder holds something already."""
    options = argparse.ArgumentParser(description="Writes a suite of any size for benchmarks.")
    options.add_argument("cases", type=int, metavar="N", help="how many cases")
    options.add_argument("folder", type=Path, metavar="FOLDER", help="an empty or new folder for the files")
    chosen = options.parse_args()
    if chosen.cases < 1:
        print(f"generate: {chosen.cases} is no number of cases", file=sys.stderr)
        return 2
    if chosen.folder.exists() and any(chosen.folder.iterdir()):
        print(f"generate: {chosen.folder} is not empty", file=sys.stderr)
        return 2
    files = write_suite(chosen.folder, chosen.cases)
    print(f"{chosen.cases} cases in {len(files)} files in {chosen.folder}")
    return 0


def write_suite(folder: Path, cases: int) -> list[Path]:
    """Write `cases` cases into files of at most 1,000, and return the files; the same number gives the same text."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for start in range(0, cases, PER_FILE):
        path = folder / f"generated-{start // PER_FILE:04d}.yaml"
        path.write_text(_HEADER + "".join(_cases(start, min(start + PER_FILE, cases))), encoding="utf-8")
        files.append(path)
    return files


def _cases(start: int, end: int) -> Iterator[str]:
    for number in range(start, end):
        yield _CASE.format(
            number=number,
            left_out=LEFT_OUT[number % len(LEFT_OUT)],
            transport=_TRANSPORTS[number % len(_TRANSPORTS)],
            code=CODE,
        )


if __name__ == "__main__":
    sys.exit(main())
