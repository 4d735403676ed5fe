"""The folder of a run when something is in its way: a link, another run, a disk that is full, a folder that is gone."""

from __future__ import annotations

import fcntl
import os
import resource
import shutil
from pathlib import Path

import pytest
from commands import Outcome, run_program, run_pytest, script
from report_data import result, started

from conformance.cli.command_line import run_command
from conformance.core.errors import ExitStatus, HarnessError, ReportError
from conformance.engine.events import case_finished
from conformance.reports.case_records import CaseRecorder
from conformance.reports.report_reader import read_report
from conformance.reports.store import RunFolder, new_run_folder

CASE = "CreateFlowLog/MissingParameter/region-omitted"
FILES = ("events.ndjson", "report.json", "junit.xml", "report.html")


def fill(folder: RunFolder, *names: str) -> None:
    folder.add(started([f"CreateFlowLog/{name}" for name in names]))
    for name in names:
        folder.add(case_finished(result(name)))


@pytest.mark.parametrize("link", [os.symlink, os.link], ids=["symbolic", "hard"])
def test_no_link_is_followed(link: object, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("keep")
    folder = tmp_path / "report"
    folder.mkdir()
    for name in FILES:
        assert callable(link)
        link(precious, folder / name)
    run = RunFolder(folder)
    fill(run, "X/a")
    run.close()
    assert precious.read_text() == "keep"
    assert not any((folder / name).is_symlink() for name in FILES)
    assert read_report(folder)["summary"]["total"] == 1


def test_two_runs_at_once_do_not_share_a_folder(tmp_path: Path) -> None:
    first = RunFolder(tmp_path)
    fill(first, "X/a")
    with pytest.raises(HarnessError, match=r"another run is writing its reports here \(give another --report-dir\)"):
        RunFolder(tmp_path)
    assert first.close()["summary"]["total"] == 1
    fill(second := RunFolder(tmp_path), "X/b", "X/c")
    assert second.close()["summary"]["total"] == 2


def test_a_command_says_that_another_run_writes_there(tmp_path: Path) -> None:
    held = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    try:
        done = run_program(script(), "run", CASE, "--report-dir", str(tmp_path))
    finally:
        os.close(held)
    assert (done.returncode, done.stdout) == (ExitStatus.HARNESS_FAILED, "")
    assert done.stderr.count("\n") == 1
    assert "another run" in done.stderr


def test_the_page_of_an_earlier_run_is_gone_when_the_next_begins(tmp_path: Path) -> None:
    fill(first := RunFolder(tmp_path), "X/a")
    first.close()
    fill(second := RunFolder(tmp_path), "X/b")
    second.release()
    assert {path.name for path in tmp_path.iterdir()} == {"events.ndjson", "report.json", "junit.xml"}
    assert not read_report(tmp_path)["complete"]


def test_a_full_disk_is_one_message_and_what_was_written_can_be_read(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    fill(run, "X/a", "X/b")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((tmp_path / "events.ndjson").stat().st_size + 10, before[1]))
    try:
        with pytest.raises(HarnessError, match=r"events.ndjson: cannot be written: File too large"):
            run.add(case_finished(result("X/c")))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    report = read_report(tmp_path)
    assert (report["summary"]["total"], report["complete"]) == (2, False)
    assert not any(path.name.startswith(".") for path in tmp_path.iterdir())


def test_a_folder_that_is_deleted_during_a_run_is_one_message(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    run = RunFolder(folder)
    fill(run, "X/a")
    shutil.rmtree(folder)
    with pytest.raises(HarnessError, match="cannot be written: No such file or directory"):
        run.close()


def test_a_folder_that_the_system_refuses_is_a_failure_and_a_wrong_name_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(HarnessError, match="cannot be written"):
        RunFolder(Path("/sys/kernel/report"))
    with pytest.raises(ReportError, match="cannot be written: File name too long"):
        RunFolder(tmp_path / ("x" * 300))


def test_latest_that_is_a_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "latest").mkdir()
    (tmp_path / "latest" / "mine").touch()
    folder = new_run_folder(tmp_path, "one")
    assert {path.name for path in tmp_path.iterdir()} == {"latest", folder.name}
    assert (tmp_path / "latest" / "mine").exists()


def test_the_name_of_a_folder_cannot_break_a_message(tmp_path: Path) -> None:
    odd = tmp_path / "a\n\x1b[31mb"
    odd.write_text("")
    with pytest.raises(ReportError) as caught:
        RunFolder(odd)
    assert "a\\n\\x1b[31mb: cannot be written" in str(caught.value)


@pytest.mark.parametrize("words", [("run", CASE), ("fuzz",), ("replay", "."), ("report", "merge", ".", "-o", "")])
def test_an_empty_path_is_refused(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    options = () if "" in words else ("--report-dir", "")
    done = Outcome(run_command([*words, *options]), *capsys.readouterr(), seconds=0, folder=tmp_path)
    assert done.status == 2
    assert "the path is empty" in done.err
    assert list(tmp_path.iterdir()) == []


def test_pytest_ends_with_one_message_when_reports_cannot_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "report"
    folder.mkdir()
    held = os.open(folder, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    try:
        done = run_pytest("cases/vpc/CreateFlowLog/required.yaml", folder=folder)
    finally:
        os.close(held)
    assert done.returncode == ExitStatus.HARNESS_FAILED
    assert (done.stdout + done.stderr).count("another run is writing its reports here") == 1
    assert "INTERNALERROR" not in done.stdout + done.stderr
    assert list(folder.iterdir()) == []


def test_pytest_refuses_an_empty_report_folder() -> None:
    done = run_pytest("cases/vpc/CreateFlowLog/required.yaml", "--report-dir", "", folder=Path("x"))
    assert done.returncode == 4
    assert "--report-dir: the path is empty" in done.stdout + done.stderr


def test_what_is_recorded_is_in_the_file_once_it_is_flushed(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.add(started(["CreateFlowLog/X/a", "CreateFlowLog/X/b"]))
    folder.snapshot()
    record = CaseRecorder()
    for count, name in enumerate(["X/a", "X/b"], start=1):
        folder.record(record(result(name)))
        folder.flush()
        assert (tmp_path / "events.ndjson").read_bytes().count(b'"case_finished"') == count
    folder.record(record(result("X/c")))
    assert folder.snapshot()["summary"]["total"] == 3
    assert [case["id"].rpartition("/")[2] for case in read_report(tmp_path)["cases"]] == ["a", "b", "c"]
    folder.release()
