"""The harness itself fails, or what it writes to is gone: one message and exit status 4, or the true status."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import pytest
from commands import Outcome, environment, run_program, script

from conformance.cli.command_line import run_command
from conformance.core.errors import ExitStatus
from conformance.core.failures.own_failures import TRACEBACK

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.server.process import ReferenceServer

CASE = "CreateFlowLog/MissingParameter/region-omitted"
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this machine has no /dev/full")


@pytest.fixture
def run(reference: ReferenceServer) -> str:
    """The line that runs one case against a server that is there already."""
    return f"run {CASE} --endpoint {reference.endpoint} --states-url {reference.states_url}"


def bash(line: str, folder: Path) -> tuple[int, str, str]:
    # A module that is compiled where files may not grow would be kept as it was cut, for the tests that come after.
    env = environment(PYTHONDONTWRITEBYTECODE="1")
    done = run_program("bash", "-c", f"set -o pipefail; {line}", folder=folder, env=env)
    assert "Traceback" not in done.stdout + done.stderr
    return done.returncode, done.stdout, done.stderr


def one_message(text: str) -> bool:
    return text.startswith("conformance: ") and text.count("\n") == 1 and text.endswith("\n")


@pytest.mark.parametrize("closed", [">&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_a_run_whose_output_is_closed_ends_as_it_would(closed: str, run: str, tmp_path: Path) -> None:
    assert bash(f"{script()} {run} --report-dir report {closed}", tmp_path) == (0, "", "")
    assert (tmp_path / "report" / "report.html").read_text(encoding="utf-8").startswith("<!")


@pytest.mark.parametrize(
    ("words", "status"), [("{run} --report-dir report", 0), ("run --help", 0), ("run --no-such-option", 2)]
)
def test_a_reader_that_ends_changes_no_exit_status(words: str, status: int, run: str, tmp_path: Path) -> None:
    ended, _, err = bash(f"{script()} {words.format(run=run)} | true", tmp_path)
    assert ended == status
    assert err.count("\n") == 0 or status == 2


@needs_full
@pytest.mark.parametrize("words", ["coverage", "--version", "{run} --report-dir report"])
def test_standard_output_that_is_full_is_one_message(words: str, run: str, tmp_path: Path) -> None:
    status, _, err = bash(f"{script()} {words.format(run=run)} > /dev/full", tmp_path)
    assert (status, one_message(err)) == (ExitStatus.HARNESS_FAILED, True), err
    assert f"{os.strerror(errno.ENOSPC)}: 'standard output'" in err


@needs_full
def test_standard_error_that_is_full_changes_no_exit_status(tmp_path: Path) -> None:
    assert bash(f"{script()} run --no-such-option 2> /dev/full", tmp_path) == (2, "", "")


# What measures coverage writes a file of its own, and tells that it may not.
NO_FILES = "unset ${!COVERAGE_@}; ulimit -f 1"


@pytest.mark.parametrize("limit", ["ulimit -n 12", NO_FILES])
def test_a_limit_of_this_machine_is_one_message(limit: str, tmp_path: Path) -> None:
    status, _, err = bash(f"{limit}; {script()} run CreateFlowLog --report-dir report", tmp_path)
    assert (status, one_message(err)) == (ExitStatus.HARNESS_FAILED, True), err
    assert "the harness itself failed, so nothing may be concluded" in err
    assert "ulimit" in err


def test_a_run_has_no_more_connections_than_this_machine_allows(tmp_path: Path) -> None:
    status, out, err = bash(
        f"ulimit -n 64; {script()} run CreateFlowLog/ParameterInvalid --report-dir report", tmp_path
    )
    assert (status, err) == (0, "")
    assert " 0 mismatch" in out


def failing(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def fail(*_: object, **__: object) -> NoReturn:
        raise fault

    monkeypatch.setattr("conformance.cli.coverage.load_operations", fail)


@pytest.fixture
def coverage(capsys: pytest.CaptureFixture[str]) -> Callable[[], Outcome]:
    def run() -> Outcome:
        status = run_command(["coverage"])
        out, err = capsys.readouterr()
        return Outcome(status, out, err, 0.0, Path())

    return run


@pytest.mark.parametrize("fault", [ValueError("hidden"), RecursionError(), AssertionError(), OSError("hidden")])
def test_a_bug_is_one_message_that_names_its_place(
    fault: Exception, coverage: Callable[[], Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, fault)
    done = coverage()
    assert (done.status, one_message(done.err)) == (ExitStatus.HARNESS_FAILED, True)
    assert f"a bug: {type(fault).__name__} in conformance/cli/coverage.py:" in done.err
    assert "report it" in done.err
    assert "hidden" not in done.err


def test_developers_may_ask_for_the_traceback(coverage: Callable[[], Outcome], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TRACEBACK, "1")
    failing(monkeypatch, ValueError("shown"))
    done = coverage()
    assert done.status == ExitStatus.HARNESS_FAILED
    assert "Traceback (most recent call last)" in done.err
    assert done.err.endswith("ValueError: shown\n")


def test_the_traceback_has_no_secret_of_the_environment(
    coverage: Callable[[], Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = "aB3xK9mP2qR7sT5vW8yZ1cD4eF6gH0"
    monkeypatch.setenv(TRACEBACK, "1")
    monkeypatch.setenv("MY_ACCESS_KEY_SECRET", canary)
    failing(monkeypatch, ValueError(f"shown {canary.upper()}\x1b[31m"))
    done = coverage()
    assert done.err.endswith("ValueError: shown ***\\u001b[31m\n")


@pytest.mark.parametrize(
    "fault",
    [
        MemoryError(),
        RuntimeError("can't start new thread"),
        ImportError("libcrypto.so.3: failed to map segment from shared object"),
    ],
)
def test_too_little_memory_is_no_bug(
    fault: Exception, coverage: Callable[[], Outcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, fault)
    done = coverage()
    assert (done.status, one_message(done.err)) == (ExitStatus.HARNESS_FAILED, True)
    assert "not enough memory" in done.err


def test_where_no_cache_and_no_home_can_be_written_a_run_works(tmp_path: Path) -> None:
    env = environment(HOME="/dev/null/none", XDG_CACHE_HOME="/dev/null/none")
    done = run_program(script(), "run", CASE, "--report-dir", "report", folder=tmp_path, env=env)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_report_folder_that_is_a_link_is_not_written_through(run: str, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "report").symlink_to("elsewhere")
    status, _, err = bash(f"{script()} {run} --report-dir report", tmp_path)
    assert (status, err.count("\n")) == (ExitStatus.BAD_INPUT, 1)
    assert "report: cannot be written: it is a link" in err
    assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.parametrize("words", ["--report-dir reports/mine/report", ""])
def test_a_link_above_a_report_folder_is_not_written_through(words: str, run: str, tmp_path: Path) -> None:
    (tmp_path / "elsewhere" / "mine").mkdir(parents=True)
    (tmp_path / "reports").symlink_to("elsewhere")
    status, _, err = bash(f"{script()} {run} {words}", tmp_path)
    assert (status, err.count("\n")) == (ExitStatus.BAD_INPUT, 1)
    assert f"cannot be written: {tmp_path}/reports is a link" in err
    assert f"--report-dir {tmp_path}/elsewhere" in err
    assert list((tmp_path / "elsewhere").rglob("*")) == [tmp_path / "elsewhere" / "mine"]


def test_links_in_a_report_folder_are_replaced_and_that_of_a_ledger_is_refused(run: str, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_text("kept", encoding="utf-8")
    (tmp_path / "report").mkdir()
    for name in ("report.json", "events.ndjson", "junit.xml", "report.html"):
        (tmp_path / "report" / name).symlink_to(kept)
    line = f"{script()} {run} --report-dir report"
    assert bash(line, tmp_path)[0] == 0
    assert not any(path.is_symlink() for path in (tmp_path / "report").iterdir())
    (tmp_path / "report" / "ledger.ndjson").symlink_to(kept)
    status, _, err = bash(line, tmp_path)
    assert (status, "the ledger cannot be written: it is a link" in err) == (ExitStatus.BAD_INPUT, True)
    assert kept.read_text(encoding="utf-8") == "kept"


def test_a_pipe_in_the_place_of_a_report_is_not_waited_for(run: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "report.json")
    for given in (tmp_path, tmp_path / "report.json"):
        status, _, err = bash(f"{script()} report {given}", tmp_path)
        assert (status, err.count("\n"), "report.json: is no file" in err) == (ExitStatus.BAD_INPUT, 1, True)
    assert bash(f"{script()} {run} --report-dir .", tmp_path)[::2] == (0, "")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this machine has no /dev/zero")
@pytest.mark.parametrize("words", ["report /dev/zero", "gate /dev/zero /dev/zero", "replay /dev/zero"])
def test_a_device_in_the_place_of_a_report_is_refused(words: str, tmp_path: Path) -> None:
    status, _, err = bash(f"{script()} {words}", tmp_path)
    assert (status, one_message(err), "is no file" in err) == (ExitStatus.BAD_INPUT, True, True)


def test_a_locale_without_unicode_changes_nothing(run: str, tmp_path: Path) -> None:
    plain = "env -u HOME -u TMPDIR LC_ALL=C PYTHONIOENCODING=ascii PYTHONUTF8=0 PYTHONCOERCECLOCALE=0"
    status, out, err = bash(f"{plain} {script()} {run} --report-dir report", tmp_path)
    assert (status, err, out.isascii()) == (0, "", True)
