"""Run the suite through every SDK driver against the reference server, and write the counts into docs/drivers.md.

    uv run python tools/drivers.py [DRIVER...]

Needs the drivers' toolchains, and installs what is not installed yet. A driver whose toolchain is missing is in the
table as not run. Of drivers that are not named, the rows stay as they are.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, Final

from conformance.sdk.manifest import find_drivers

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "drivers.md"
VERDICTS: Final = ("pass", "mismatch", "divergent", "not_run", "error")
_NAMED: Final = 3


def run(driver: str, folder: Path) -> dict[str, Any]:
    """Return the report of a run through one driver."""
    cases = ("CreateFlowLog", "sdk")  # the operation that every driver knows, and what is asked of SDKs themselves
    command = [sys.executable, "-m", "conformance.cli", "run", *cases, "--driver", driver, "--report-dir", str(folder)]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL)  # noqa: S603 - the project's own command
    report: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return report


def counts(reports: dict[str, dict[str, Any]]) -> str:
    """Return the table of verdicts."""
    lines = ["| driver | SDK | core | runtime | " + " | ".join(VERDICTS) + " |", "|---" * (4 + len(VERDICTS)) + "|"]
    for driver, report in reports.items():
        target, summary = report["target"], report["summary"]
        about = [
            f"{target[name]['name']} {target[name]['version']}" if name in target else "" for name in ("sdk", "core")
        ]
        cells = [driver, *about, target.get("runtime", ""), *(str(summary[verdict]) for verdict in VERDICTS)]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def mismatches(reports: dict[str, dict[str, Any]]) -> str:
    """Return the table of what each SDK does wrong, by what differs."""
    lines = ["| driver | what differs | expected | observed | cases |", "|---|---|---|---|---|"]
    for driver, report in reports.items():
        found: Counter[tuple[str, str, str]] = Counter()
        names: dict[tuple[str, str, str], list[str]] = {}
        for case in report["cases"]:
            for mismatch in case["mismatches"] if case["verdict"] == "mismatch" else ():
                if mismatch["where"].startswith("sdk."):
                    key = _key(mismatch)
                    found[key] += 1
                    names.setdefault(key, []).append(case["id"])
        for (where, expected, observed), number in found.most_common():
            shown = ", ".join(f"`{name}`" for name in names[where, expected, observed][:_NAMED])
            more = f" and {number - _NAMED} more" if number > _NAMED else ""
            lines.append(f"| {driver} | `{where}` | {expected} | {observed} | {shown}{more} |")
    return "\n".join(lines)


def _key(mismatch: dict[str, Any]) -> tuple[str, str, str]:
    where = mismatch["where"]
    if where.startswith("sdk.request.") and mismatch["observed"] is None:
        return where.partition("[")[0], "the parameter", "nothing"  # whatever value each case has for it
    return where, _shown(mismatch["expected"]), _shown([mismatch["observed"]])


def _shown(values: list[Any]) -> str:
    return " or ".join("nothing" if value is None else f"`{json.dumps(value, ensure_ascii=False)}`" for value in values)


def write(page: str, name: str, text: str, drivers: list[str]) -> str:
    """Return a page with the rows of these drivers between the markers `name` replaced."""
    begin, end = f"<!-- {name}: written by tools/drivers.py -->", f"<!-- {name}: end -->"
    before, _, rest = page.partition(begin)
    old, _, after = rest.partition(end)
    head, line, *new = text.splitlines()
    kept = [row for row in old.strip().splitlines()[2:] if _driver(row) not in drivers]
    rows = sorted([*kept, *new], key=_driver)  # of one driver they stay in order
    return "\n".join([before + begin, head, line, *rows, end]) + after


def _driver(row: str) -> str:
    return row.split("|")[1].strip()


def main() -> None:
    """Run the drivers and write the page."""
    chosen = sys.argv[1:] or [manifest.name for manifest in find_drivers()]
    with tempfile.TemporaryDirectory() as folder:
        reports = {driver: run(driver, Path(folder) / driver) for driver in chosen}
    page = PAGE.read_text(encoding="utf-8")
    page = write(page, "counts", counts(reports), chosen)
    PAGE.write_text(write(page, "mismatches", mismatches(reports), chosen), encoding="utf-8")
    sys.stdout.write(f"{counts(reports)}\n\n{mismatches(reports)}\n")


main()
