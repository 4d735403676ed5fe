"""`conformance report`: what a run left, in any format."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import defusedxml.ElementTree
import pytest
from report_data import result, started

from conformance.cli.report import FORMATS
from conformance.engine.events import case_finished, run_finished
from conformance.reports.store import RunFolder

if TYPE_CHECKING:
    from commands import Command, Outcome

    from conformance.server.process import ReferenceServer


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


@pytest.mark.parametrize("form", [name for name in FORMATS if name not in ("text", "allure")])
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


@pytest.mark.parametrize("words", [(), ("--format", "text")])
def test_text_goes_to_a_file_without_colours(run: Outcome, quick: Command, words: tuple[str, ...]) -> None:
    outcome = quick("report", str(run.folder), *words, "-o", "summary.txt")
    assert (outcome.status, outcome.out, outcome.err) == (0, "", "")
    assert Path("summary.txt").read_text(encoding="utf-8") == run.out


def test_allure_is_a_folder(run: Outcome, quick: Command) -> None:
    assert quick("report", str(run.folder), "--format", "allure", "-o", "new/results").status == 0
    assert len(list(Path("new/results").glob("*-result.json"))) == run.report["summary"]["total"]
    assert "give the folder" in quick("report", str(run.folder), "--format", "allure").err
    Path("file").touch()
    outcome = quick("report", str(run.folder), "--format", "allure", "-o", "file")
    assert (outcome.status, outcome.err) == (
        2,
        "conformance: file: is no folder (give a folder, e.g. -o allure-results)\n",
    )


def test_a_file_that_cannot_be_written_is_one_line(run: Outcome, quick: Command) -> None:
    outcome = quick("report", str(run.folder), "--format", "html", "-o", "no/such/folder/x")
    assert outcome.status == 2
    assert outcome.err == "conformance: no/such/folder/x: cannot be written: No such file or directory\n"


# Joining shards.


def shard(index: int, *verdicts: str, ended: bool = True) -> str:
    folder = Path(f"shard{index}")
    cases = [result(f"X/c{index}{place}", verdict) for place, verdict in enumerate(verdicts)]
    reports = RunFolder(folder)
    place = {"index": index, "count": 2, "suite": "5f"}
    reports.add(started([case.id for case in cases], shard=place))
    for case in cases:
        reports.add(case_finished(case))
    if ended:
        reports.add(run_finished(duration_s=1, interrupted=False))
    reports.close()
    return str(folder)


@pytest.mark.parametrize(
    ("verdicts", "words", "status"),
    [
        (("pass", "pass"), (), 0),
        (("pass", "mismatch"), (), 1),
        (("pass", "divergent"), (), 0),
        (("pass", "divergent"), ("--strict",), 1),
        (("not_run", "error"), (), 3),
    ],
)
def test_the_whole_ends_as_a_run_of_all_cases_would(
    conformance: Command, verdicts: tuple[str, str], words: tuple[str, ...], status: int
) -> None:
    shards = [shard(index, verdict) for index, verdict in enumerate(verdicts, start=1)]
    outcome = conformance("report", "merge", *shards, "-o", "whole", *words)
    assert (outcome.status, outcome.err) == (status, "")
    assert "report: whole" in outcome.out
    assert conformance("report", "whole").out == outcome.out


def test_a_shard_that_was_killed_is_named_and_the_whole_is_interrupted(conformance: Command) -> None:
    outcome = conformance("report", "merge", shard(1, "pass"), shard(2, "pass", ended=False), "-o", "whole")
    assert outcome.status == 130
    assert outcome.out.endswith("shard 2 (shard2) was killed: 1 of its 1 cases were run\n")
    assert json.loads(Path("whole/report.json").read_text(encoding="utf-8"))["complete"] is False


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("shard1", "-o", "whole"), "shard 2 of 2 is missing"),
        (("shard1", "nowhere", "-o", "whole"), "nowhere: holds no events.ndjson"),
        (("shard1", "shard2"), "Missing option"),
        (("-o", "whole"), "Missing argument"),
        (("shard1", "shard2", "-o", "file"), "file: cannot be written"),
    ],
)
def test_what_cannot_be_joined_is_status_2(conformance: Command, words: tuple[str, ...], says: str) -> None:
    shard(1, "pass")
    shard(2, "pass")
    Path("file").write_text("", encoding="utf-8")
    outcome = conformance("report", "merge", *words)
    assert (outcome.status, outcome.out) == (2, "")
    assert says in outcome.err
    assert not Path("whole").exists()


def test_the_words_show_and_merge_are_the_only_ones_that_are_no_folder(conformance: Command, tmp_path: Path) -> None:
    folder = shard(1, "pass")
    shown = conformance("report", folder).out
    assert conformance("report", "show", folder).out == shown
    assert conformance("report", "--format", "json", folder).status == 0
    (tmp_path / "merge").symlink_to(folder)
    assert conformance("report", "./merge").status == 0
    assert {"show", "merge"} <= set(conformance("report", "--help").out.split())
