"""Draw a real run for the README: `uv run python tools/picture.py`.

Runs a few cases against a reference server with one fault and writes `docs/images/run.svg`. What differs from run to
run (port, folder, duration, account) is replaced, so that the same code always draws the same picture.
"""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace
from rich.console import Console

from conformance.cases.select import select
from conformance.cli.run import run_cases
from conformance.cli.support.plan_template import default_values, load_plan
from conformance.reports.formats.rich_screen import RichScreen
from conformance.reports.formats.terminal import print_summary
from conformance.server.process import ReferenceServer
from conformance.target.model import Target

if TYPE_CHECKING:
    from conformance.judging.report_entries import Report

PICTURE: Final = Path(__file__).resolve().parent.parent / "docs" / "images" / "run.svg"
WIDTH: Final = 110
FAULT: Final = "ram-user-is-403"
CASES: Final = (
    "CreateFlowLog/Unauthorized",
    "CreateFlowLog/MissingParameter/project-omitted",
    "CreateFlowLog/InvalidInstanceId",
)
ENDPOINT: Final = "http://127.0.0.1:8080"
_REPRODUCE_INDENT: Final = len("    reproduce: ")
_FONT_FACE: Final = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_INDENTED: Final = re.compile(
    r' x="(?P<x>[\d.]+)"(?P<between>[^>]*) textLength="(?P<length>[\d.]+)"(?P<rest>[^>]*)>(?P<indent>(?:&#160;)+)'
)
_COLUMN: Final = 12.2
"""How wide a character is in rich's pictures."""


def run() -> Report:
    """Run the cases against a server with the fault and return the report, with what is of chance replaced."""
    plan_for = load_plan("both", None, words=CASES)
    with ReferenceServer(faults=(FAULT,)) as server, TemporaryDirectory() as folder:
        target = Target(server.endpoint, states_url=server.states_url, values=default_values())
        plan = replace(plan_for(target), run_id="picture")
        report, _ = run_cases(plan, select(plan.cases, CASES, None), Path(folder))
        text = json.dumps({**report, "cases": list(report["cases"])}).replace(server.endpoint, ENDPOINT)
    found: Report = json.loads(text)
    found["duration_s"] = 0.1
    for case in found["cases"]:
        case["reproduce"] = _cut(case["reproduce"] or "", WIDTH - _REPRODUCE_INDENT)
    return found


def draw(report: Report) -> str:
    """Return the summary of a report as SVG, below the command that made it."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    console.print(f"$ conformance run --endpoint {ENDPOINT} --states-url {ENDPOINT}/_states \\", highlight=False)
    console.print("    " + " \\\n    ".join(CASES), highlight=False)
    console.print()
    print_summary(RichScreen(console), report, Path("reports/latest"))
    picture = console.export_svg(title="conformance", unique_id="run")
    # A picture must not fetch a font from elsewhere, and some viewers drop the spaces that a text begins with.
    return _INDENTED.sub(_moved, _FONT_FACE.sub("", picture))


def _moved(text: re.Match[str]) -> str:
    """Return the start of a text that begins further right in place of beginning with spaces."""
    shift = text["indent"].count(";") * _COLUMN
    x, length = (round(float(text["x"]) + shift, 1), round(float(text["length"]) - shift, 1))
    return f' x="{x:g}"{text["between"]} textLength="{length:g}"{text["rest"]}>'


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def main() -> int:
    """Write the picture."""
    PICTURE.write_text(draw(run()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
