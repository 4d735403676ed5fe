"""`conformance report`: what a run left, in any format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import defusedxml.ElementTree
import pytest

if TYPE_CHECKING:
    from commands import Command, Outcome

    from conformance.mock.server import ReferenceServer


@pytest.fixture
def run(quick: Command, reference: ReferenceServer) -> Outcome:
    options = ("--endpoint", reference.endpoint, "--states-url", reference.states_url)
    return quick.run(*options, "CreateFlowLog/MissingParameter")


def test_a_report_is_shown_as_the_run_showed_it(run: Outcome, quick: Command) -> None:
    outcome = quick("report", str(run.folder))
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == run.out


def test_a_report_file_alone_is_shown_too(run: Outcome, quick: Command) -> None:
    copy = Path("copied.json")
    copy.write_bytes((run.folder / "report.json").read_bytes())
    outcome = quick("report", str(copy))
    assert outcome.status == 0
    assert outcome.out.splitlines()[:-1] == run.out.splitlines()[:-1]


def test_the_formats(run: Outcome, quick: Command) -> None:
    total = run.report["summary"]["total"]
    junit = quick("report", str(run.folder), "--format", "junit").out
    assert len(defusedxml.ElementTree.fromstring(junit.strip()).findall(".//testcase")) == total
    assert junit.strip() == (run.folder / "junit.xml").read_text(encoding="utf-8").strip()
    ctrf = json.loads(quick("report", str(run.folder), "--format", "ctrf").out)
    assert ctrf["results"]["summary"]["tests"] == total
    assert json.loads(quick("report", str(run.folder), "--format", "json").out) == run.report
    page = quick("report", str(run.folder), "--format", "html").out
    assert page.strip() == (run.folder / "report.html").read_text(encoding="utf-8").strip()
    assert f"{total} cases: " in quick("report", str(run.folder), "--format", "markdown").out


@pytest.mark.parametrize("form", ["junit", "ctrf", "markdown", "html", "json"])
def test_a_report_is_written_to_a_file(form: str, run: Outcome, quick: Command) -> None:
    outcome = quick("report", str(run.folder), "--format", form, "-o", "written")
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "")
    shown = quick("report", str(run.folder), "--format", form).out
    assert Path("written").read_text(encoding="utf-8").strip() == shown.strip()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("nowhere",), "nowhere: cannot be read: No such file or directory (give the folder of a run)"),
        ((".",), "report.json: cannot be read: No such file or directory"),
        ((".", "--format", "juint"), "--format 'juint' is unknown (did you mean junit?)"),
    ],
)
def test_what_cannot_be_shown_is_one_line_and_status_2(quick: Command, words: tuple[str, ...], says: str) -> None:
    outcome = quick("report", *words)
    assert (outcome.status, outcome.out) == (2, "")
    assert says in outcome.err
    assert outcome.err.count("\n") == 1


def test_text_goes_to_the_terminal_alone(run: Outcome, quick: Command) -> None:
    assert quick("report", str(run.folder), "-o", "x").status == 2
    outcome = quick("report", str(run.folder), "--format", "html", "-o", "no/such/folder/x")
    assert outcome.status == 2
    assert outcome.err == "conformance: no/such/folder/x: cannot be written: No such file or directory\n"
