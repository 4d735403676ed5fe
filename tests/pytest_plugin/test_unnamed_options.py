"""Options of pytest that its command line does not name: from the environment and from `conformance.yaml`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from commands import REPOSITORY, WITHOUT_OTHERS, environment, run_program

from conformance.core.workspace import FILE

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from conformance.server.process import ReferenceServer

CASES = str(REPOSITORY / "cases" / "vpc" / "CreateFlowLog" / "account.yaml")


def run(folder: Path, *words: str, **changed: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *WITHOUT_OTHERS, *words)
    return run_program(*command, folder=folder, env=environment(**changed))


@pytest.fixture
def below(tmp_path: Path) -> Path:
    """A folder below the root of a workspace."""
    folder = tmp_path / "below"
    folder.mkdir()
    return folder


def test_they_have_the_values_of_the_command_line_the_environment_and_the_file_in_this_order(
    below: Path, reference: ReferenceServer
) -> None:
    text = (
        f"endpoint: {reference.endpoint}\nstates-url: {reference.states_url}\nreport-dir: out\ndocs: fr\nlist: true\n"
    )
    (below.parent / FILE).write_text(text, encoding="utf-8")
    done = run(below, CASES, "--docs", "en", CONFORMANCE_DOCS="nonsense", CONFORMANCE_SIGNATURE="acs3")
    assert done.returncode == 0, done.stdout
    report = json.loads((below.parent / "out" / "report.json").read_text(encoding="utf-8"))
    assert report["docs"] == "en"
    assert report["target"] == {"endpoint": reference.endpoint, "driver": "http", "signature": "acs3"}


@pytest.mark.parametrize(
    ("text", "variable", "says"),
    [
        ("docs: en\nrate: -1\n", "", f"{FILE}:2:7: --rate -1 is not a number above 0"),
        ("docs: en\n", "CONFORMANCE_LIVE", "CONFORMANCE_LIVE: 'nonsense' is not true or false"),
    ],
)
def test_a_wrong_one_is_one_message_where_there_are_cases_and_none_where_there_are_not(
    text: str, variable: str, says: str, below: Path
) -> None:
    (below.parent / FILE).write_text(text, encoding="utf-8")
    (below / "test_own.py").write_text("def test_own():\n    pass\n", encoding="utf-8")
    changed = {variable: "nonsense"} if variable else {}
    wrong = run(below, CASES, **changed)
    assert wrong.returncode == pytest.ExitCode.USAGE_ERROR
    assert wrong.stderr.count("ERROR: ") == 1
    assert says in wrong.stderr
    assert run(below, "test_own.py", **changed).returncode == 0
