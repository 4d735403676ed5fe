"""pytest where there is no workspace, and folders of case files of which it collects nothing."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest
from commands import REPOSITORY, WITHOUT_OTHERS, environment, run_program

from conformance.core.workspace import FILE, VARIABLE

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from conformance.server.process import ReferenceServer

OPERATION = REPOSITORY / "cases" / "vpc" / "CreateFlowLog"
USAGE = pytest.ExitCode.USAGE_ERROR
NONE = pytest.ExitCode.NO_TESTS_COLLECTED


def run(folder: Path, *words: str, **changed: str) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *WITHOUT_OTHERS, *words)
    return run_program(*command, folder=folder, env=environment(**changed))


def operation_in(folder: Path) -> Path:
    """Put valid requests and one file of cases into a folder."""
    folder.mkdir(parents=True)
    for name in ("base.yaml", "account.yaml"):
        shutil.copy(OPERATION / name, folder)
    return folder


def told(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [line for line in done.stdout.splitlines() if line.startswith("conformance: ")]


def test_outside_a_workspace_there_is_no_option_of_ours_and_others_may_have_their_names(tmp_path: Path) -> None:
    refused = run(tmp_path, "--endpoint=http://127.0.0.1:1")
    assert refused.returncode == USAGE
    assert "unrecognized arguments: --endpoint" in refused.stderr
    assert f"no {FILE} is in this folder or above; `conformance init` makes one" in refused.stderr
    (tmp_path / "conftest.py").write_text(
        "def pytest_addoption(parser):\n    parser.addoption('--endpoint')\n    parser.addoption('--target')\n",
        encoding="utf-8",
    )
    (tmp_path / "test_own.py").write_text(
        "def test_own(request):\n    assert request.config.getoption('endpoint') == 'mine'\n", encoding="utf-8"
    )
    assert run(tmp_path, "--endpoint", "mine").returncode == 0
    other = run(tmp_path, "--endpoint", "mine", "--states-url", "http://127.0.0.1:1")
    assert (
        "conformance: of its plugin (--endpoint, --states-url) options are there in a workspace alone" in other.stderr
    )


@pytest.mark.parametrize("words", [("cases",), (), ("-n", "1", "cases")])
def test_outside_a_workspace_nothing_is_collected_and_one_line_says_why(words: tuple[str, ...], tmp_path: Path) -> None:
    operation_in(tmp_path / "cases" / "vpc" / "CreateFlowLog")
    done = run(tmp_path, *words)
    assert done.returncode == NONE
    (line,) = told(done)
    assert line.endswith(f"no {FILE} is in its folder or above; `conformance init DIR` makes a workspace")


def test_a_folder_without_cases_is_told_nothing_of_us(tmp_path: Path) -> None:
    (tmp_path / "values.yaml").write_text("a: 1\n", encoding="utf-8")
    done = run(tmp_path, ".")
    assert (done.returncode, told(done)) == (NONE, [])
    assert "conformance" not in done.stdout


@pytest.mark.parametrize("how", ["inside", "named", "variable"])
def test_a_workspace_is_the_one_of_the_folder_of_the_variable_or_of_what_is_named(
    how: str, tmp_path: Path, reference: ReferenceServer
) -> None:
    root = tmp_path / "own"
    operation_in(root / "cases" / "vpc" / "CreateFlowLog")
    (root / FILE).touch()
    (tmp_path / "elsewhere").mkdir()
    folder = root if how == "inside" else tmp_path / "elsewhere"
    word = "../own/cases" if how == "named" else str(root / "cases") if how == "variable" else "cases"
    changed = {VARIABLE: str(root)} if how == "variable" else {}
    target = ("--endpoint", reference.endpoint, "--states-url", reference.states_url, "--report-dir", "report")
    done = run(folder, word, *target, **changed)
    assert done.returncode == 0, done.stdout
    assert "7 passed" in done.stdout
    assert told(done) == []
    listed = run(folder, word, "--collect-only", **changed)
    assert (listed.returncode, told(listed)) == (0, [])


@pytest.mark.parametrize(
    ("remove", "rename", "says"),
    [
        ("base.yaml", "", "account.yaml has no base.yaml beside it, where the valid requests of its operation stand"),
        ("account.yaml", "", "base.yaml is no case file; those stand beside it"),
        ("", "account.yml", "account.yml ends in .yml, and case files end in .yaml"),
    ],
)
def test_what_is_not_collected_in_a_workspace_is_told_with_its_reason(
    remove: str, rename: str, says: str, tmp_path: Path
) -> None:
    (tmp_path / FILE).touch()
    folder = operation_in(tmp_path / "cases" / "vpc" / "CreateFlowLog")
    if remove:
        (folder / remove).unlink()
    if rename:
        (folder / "account.yaml").rename(folder / rename)
        (folder / "base.yaml").rename(folder / "z.yaml")
    done = run(tmp_path, "cases")
    assert (done.returncode, told(done)) == (NONE, [f"conformance: nothing of cases is collected: {says}"])


def test_a_folder_elsewhere_than_below_cases_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE).touch()
    operation_in(tmp_path / "a" / "b" / "c" / "CreateFlowLog")
    (line,) = told(run(tmp_path, "a/b"))
    assert line.endswith("account.yaml is not in cases/<product>/<Operation>/ of a workspace")


def test_an_operation_that_is_broken_stops_no_other(tmp_path: Path, reference: ReferenceServer) -> None:
    (tmp_path / FILE).touch()
    operation_in(tmp_path / "cases" / "vpc" / "CreateFlowLog")
    broken = operation_in(tmp_path / "cases" / "farm" / "CreateThing")
    target = ("--endpoint", reference.endpoint, "--states-url", reference.states_url, "--report-dir", "report")
    done = run(tmp_path, "cases", "--continue-on-collection-errors", *target)
    assert "7 passed, 1 error" in done.stdout, done.stdout
    assert f"{broken / 'account.yaml'}:2:12: operation 'CreateFlowLog' has no contract here" in done.stdout
