"""The page for authors of mock servers: its table is that of the documents, and its server conforms."""

from __future__ import annotations

import json
import re
import sys
from typing import TYPE_CHECKING

from commands import REPOSITORY, started

from conformance.contract.catalogue import contracts_for

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command

PAGE = (REPOSITORY / "docs" / "mock-authors.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found: list[str] = re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return found[-1]


def test_its_table_has_every_error_row_with_its_lines() -> None:
    rows: dict[tuple[str, str, str], dict[str, str]] = {}
    for language, contract in contracts_for("CreateFlowLog").items():
        for row in contract.errors:
            rows.setdefault((str(row.status), row.code, row.message), {})[language] = str(row.line)
    expected = [
        f"| {status} | `{code}` | `{message}` | {lines.get('en', '-')} | {lines.get('zh', '-')} |"
        for (status, code, message), lines in rows.items()
    ]
    assert [line for line in PAGE.splitlines() if line.startswith(("| 4", "| 5"))] == expected


def test_its_server_conforms_to_the_english_document(tmp_path: Path, quick: Command) -> None:
    (tmp_path / "server.py").write_text(block("python"), encoding="utf-8")
    with started(sys.executable, "server.py", "0", folder=tmp_path) as process:
        assert process.stdout is not None
        endpoint = process.stdout.readline().strip()
        outcome = quick.run("--docs", "en", "--endpoint", endpoint, "--states-url", f"{endpoint}/_states")
    bad = {
        name: case["reason"]
        for name, case in outcome.cases.items()
        if case["verdict"] not in ("pass", "not_applicable")
    }
    assert bad == {}
    assert outcome.status == 0
    counts = outcome.report["summary"]
    assert f"{counts['pass']} cases pass, and {counts['not_applicable']} are about" in PAGE
    # Its accept queue is that of every server of the standard library; there is nothing else to be said of it.
    assert all("at once" in note["text"] for note in outcome.report["notes"])


def test_its_list_is_what_a_server_shows() -> None:
    (shown,) = json.loads(block("json"))["FlowLogs"]["FlowLog"]
    assert {name for name in shown if f'"{name}"' not in block("python")} == set()
