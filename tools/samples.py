"""Write the sample pages of `docs/samples`: `uv run python tools/samples.py`.

Runs a few bundled cases against reference servers, one without faults and two with some, and a short property run.
What differs from run to run (port, times, ids, folders) is replaced, so that the same code writes the same pages.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.cases.select import select
from conformance.cli.run import run_cases
from conformance.cli.support.plan_template import default_values, load_plan
from conformance.comparison.contract_comparison import compare as compare_documents
from conformance.contract.catalogue import find_contract
from conformance.reports.compare.columns import columns_of
from conformance.reports.compare.compare_page import comparison_page
from conformance.reports.compare.side_by_side import side_by_side
from conformance.reports.documents_page.diff_page import diff_page
from conformance.reports.documents_page.followed import followed_in
from conformance.reports.formats.html import html_page
from conformance.reports.gate.gate import compare
from conformance.reports.gate.gate_page import gate_page
from conformance.reports.places import in_repository
from conformance.server.process import ReferenceServer
from conformance.target.model import Target

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.judging.report_entries import Report

ROOT: Final = Path(__file__).resolve().parent.parent
SAMPLES: Final = ROOT / "docs" / "samples"
OPERATION: Final = "CreateFlowLog"
ENDPOINT: Final = "http://127.0.0.1:8080"
CASES: Final = (
    *("Unauthorized", "QuotaExceeded.FlowlogCount", "MissingParameter", "ParameterInvalid"),
    *("IllegalParam.TrafficPath", "IllegalParam.AggregationInterval"),
)
"""Groups of cases."""
RUNS: Final[Sequence[tuple[str, tuple[str, ...]]]] = (
    ("2026-01-01", ()),
    ("2026-01-02", ("quota-code-letter-case", "missing-message-full-stop", "name-as-missing")),
    ("2026-01-03", ("quota-code-letter-case", "ram-user-is-403")),
)
"""Days, with the faults that the server had."""
FUZZ: Final = ("--docs", "en", "--seed", "5", "--max-examples", "2")
_CHANCE: Final = (
    (re.compile(r"127\.0\.0\.1(?::|%3A)\d+"), "127.0.0.1:8080"),
    (re.compile(r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"), "id"),
    (re.compile(r"(?<=SignatureNonce=)[^&\"' ]+"), "nonce"),
    (re.compile(r"(?<=[?&]Signature=)[^&\"' ]+"), "signature"),
    (re.compile(r"\bLTAI[0-9a-f]{8,}"), "LTAIsample"),
    (re.compile(r"\bfl-[0-9a-z]{8,}"), "fl-id"),
    (re.compile(r"\b20\d\d-\d\d-\d\dT\d\d(?::|%3A)\d\d(?::|%3A)\d\d(?:\.\d+)?Z"), "2026-01-01T08:00:00Z"),
)


def reports(groups: Sequence[str] = CASES) -> list[Report]:
    """Return a report for each of `RUNS`, with what is of chance replaced."""
    plan_for = load_plan("both", None)
    found = []
    for day, faults in RUNS:
        with ReferenceServer(faults=faults) as server, TemporaryDirectory() as folder:
            target = Target(server.endpoint, states_url=server.states_url, values=default_values())
            plan = replace(plan_for(target), run_id="samples")
            wanted = [f"{OPERATION}/{group}" for group in groups]
            report, _ = run_cases(plan, select(plan.cases, wanted, None), Path(folder))
            found.append(_same_each_time({**report, "cases": list(report["cases"])}, server.endpoint, day))
    return found


def fuzz_report() -> Report:
    """Return the report of a short property run, with what is of chance replaced."""
    with ReferenceServer(follow="en", faults=("region-optional",)) as server, TemporaryDirectory() as folder:
        words = ["--endpoint", server.endpoint, "--states-url", server.states_url, "--report-dir", folder]
        # It finds something, as it should.
        subprocess.run([sys.executable, "-m", "conformance.cli", "fuzz", OPERATION, *FUZZ, *words], check=False)  # noqa: S603 - this program
        loaded = json.loads((Path(folder) / "report.json").read_text(encoding="utf-8"))
        return _same_each_time(loaded, server.endpoint, RUNS[0][0])


def _same_each_time(report: Mapping[str, object], endpoint: str, day: str) -> Report:
    text = json.dumps(report).replace(endpoint, ENDPOINT).replace(f"{ROOT}/", "")
    for pattern, name in _CHANCE:
        text = pattern.sub(name, text)
    found: Report = json.loads(text)
    found["started_at"] = f"{day}T08:00:00.000Z"
    found["duration_s"] = 1.0
    for place, case in enumerate(found["cases"]):
        case["elapsed_ms"] = 5.0 + 7 * (place % 9)
    return found


def pages(found: Sequence[Report]) -> dict[str, str]:
    """Return the pages that reports of several days make, by their names."""
    days = [Path(f"reports/{day}") for day, _ in RUNS]
    baseline, report = found[0], found[1]
    documents = compare_documents(find_contract(f"{OPERATION}.en"), find_contract(f"{OPERATION}.zh"))
    today = date(2026, 1, 4)
    return {
        "run.html": html_page(report),
        "compare.html": comparison_page(side_by_side(columns_of(found, days))),
        "diff.html": diff_page(documents, followed_in(baseline), lambda name: in_repository(name, str(ROOT))),
        "gate.html": gate_page(compare(baseline, report, (), today), baseline, report, today),
    }


def main() -> int:
    """Write the pages."""
    SAMPLES.mkdir(parents=True, exist_ok=True)
    written = {**pages(reports()), "fuzz.html": html_page(fuzz_report())}
    for name, text in written.items():
        (SAMPLES / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
