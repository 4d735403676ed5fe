"""`--watch` in a terminal, and which changes count."""

from __future__ import annotations

import os
import pty
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest
from commands import environment, lateness_s, script
from servers import eventually

from conformance.cli.support.watch.file_changes import FileChanges
from conformance.cli.support.watch.loaded_runs import LoadedRuns
from conformance.core.errors import HarnessError
from conformance.server.process import ReferenceServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUOTA = "CreateFlowLog/QuotaExceeded.FlowlogCount/quota-exceeded"
SUCCESS = "CreateFlowLog/success/vpc"
LONGEST_S = 30


class Terminal:
    """A command in a terminal of its own."""

    def __init__(self, folder: Path, *words: str, **changed: str) -> None:
        child, self._terminal = pty.fork()
        if child == 0:
            os.chdir(folder)
            os.execve(script(), [script(), *words], environment(**changed))  # noqa: S606 - the project's own command
        self._child = child
        self._all = ""
        self._lock = threading.Lock()
        self._status: int | None = None
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, text: str) -> str:
        """Wait until the terminal shows a text, and return what it has shown until then since the last one."""
        end = time.monotonic() + LONGEST_S
        while text not in self._all:
            assert time.monotonic() < end, f"no {text!r} in {self._all!r}"
            time.sleep(0.01)
        with self._lock:
            shown, self._all = self._all.split(text, 1)
        return shown

    def press(self, key: bytes) -> int:
        """Press a key that ends the command, and return its exit status."""
        os.write(self._terminal, key)
        self._reader.join(LONGEST_S)
        self._status = os.waitstatus_to_exitcode(os.waitpid(self._child, 0)[1])
        return self._status

    def close(self) -> None:
        if self._status is None:
            with suppress(ProcessLookupError):
                os.kill(self._child, 9)
            os.waitpid(self._child, 0)
        os.close(self._terminal)

    def _read(self) -> None:
        with suppress(OSError):
            while part := os.read(self._terminal, 65536):
                with self._lock:
                    self._all += part.decode(errors="replace")


@contextmanager
def terminal(folder: Path, *words: str, **changed: str) -> Iterator[Terminal]:
    shown = Terminal(folder, *words, **changed)
    try:
        yield shown
    finally:
        shown.close()


def test_in_a_terminal_a_changed_file_is_run_again_within_a_second_and_a_broken_one_is_told(
    reference: ReferenceServer, tmp_path: Path
) -> None:
    target, aside = tmp_path / "target.yaml", tmp_path / "aside"

    def save(server: ReferenceServer) -> None:
        """As most editors do: a new file takes the name of the old one."""
        aside.write_text(f"endpoint: {server.endpoint}\nstates_url: {server.states_url}\n", encoding="utf-8")
        aside.replace(target)

    words = ("run", "-q", "--target", "target.yaml", QUOTA, SUCCESS)
    with ReferenceServer(faults=("quota-code-letter-case",)) as faulty:
        save(faulty)
        with terminal(tmp_path, *words, CONFORMANCE_WATCH="1", COLUMNS="200", NO_COLOR="1") as shown:
            assert "2 cases: 1 pass, 1 mismatch" in shown.wait_for("waiting for a change")
            late_s = lateness_s()
            changed = time.monotonic()
            save(reference)
            shown.wait_for("changed: ")
            seconds = time.monotonic() - changed
            late_s = max(late_s, lateness_s())
            assert "1 case: 1 pass" in shown.wait_for("waiting for a change")
            target.write_text("endpoint: [", encoding="utf-8")
            assert shown.wait_for("waiting for a change").count("conformance: target.yaml:") == 1
            save(faulty)
            assert "2 cases: 1 pass, 1 mismatch" in shown.wait_for("waiting for a change")
            assert shown.press(b"\x03") == 130
    # 0.2 where the machine is idle, and 0.4 until the run has ended; there Python starts in hundredths of a second.
    assert seconds < 1 + 20 * late_s


def test_each_case_is_printed_to_where_standard_output_goes_beside_a_line_of_progress(
    reference: ReferenceServer, tmp_path: Path
) -> None:
    ours, theirs = pty.openpty()
    command = (script(), "run", "-v", "--endpoint", reference.endpoint, "--states-url", reference.states_url, SUCCESS)
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=theirs, cwd=tmp_path, check=True, text=True)
        assert os.read(ours, 10)  # the line of progress
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.stdout.splitlines()[0] == f"PASS           {SUCCESS}"


def watched(changes: FileChanges, probe: Path) -> None:
    """Wait until a change of a file is told: each watcher begins in a thread of its own."""

    def told() -> bool:
        probe.write_text(str(time.monotonic()), encoding="utf-8")
        return str(probe) in changes._next(0.1)  # noqa: SLF001 - with an end

    assert eventually(told, LONGEST_S)


def next_of(changes: FileChanges, but: Path | None = None) -> list[str]:
    """Return what changed next beside one file, of which more may still be told."""
    return next(others for names in changes if (others := [name for name in names if name != str(but)]))


def test_what_is_written_beside_what_is_watched_does_not_count(tmp_path: Path) -> None:
    reports, server = tmp_path / "reports", tmp_path / "server"
    for folder in (reports, server, tmp_path / ".git"):
        folder.mkdir()
    file, late, probe = tmp_path / "target.yaml", server / "late", tmp_path / "probe"
    with FileChanges([tmp_path, file, tmp_path / "absent" / "file.yaml"], [reports]) as changes:
        watched(changes, probe)
        (reports / "report.json").write_text("{}", encoding="utf-8")
        (tmp_path / ".git" / "index").write_text("", encoding="utf-8")
        (server / "main.py.swp").write_text("", encoding="utf-8")
        late.write_text("", encoding="utf-8")
        assert next_of(changes, probe) == [str(late)]
        for _ in range(2):
            file.write_text("1", encoding="utf-8")
            assert next_of(changes, probe) == [str(file)]
            file.unlink()
            assert next_of(changes, probe) == [str(file)]


def test_reports_in_a_folder_that_is_watched_do_not_count_but_what_is_below_does(tmp_path: Path) -> None:
    cases = tmp_path / "cases"
    cases.mkdir()
    with FileChanges([cases], [tmp_path]) as changes:
        watched(changes, cases / "probe")
        (tmp_path / "report.json").write_text("{}", encoding="utf-8")
        (cases / "a.yaml").write_text("", encoding="utf-8")
        assert next_of(changes, cases / "probe") == [str(cases / "a.yaml")]


def test_a_machine_that_watches_no_more_files_is_one_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> Iterator[object]:
        raise OSError("OS file watch limit reached.")

    monkeypatch.setattr("watchfiles.watch", refused)
    with FileChanges([tmp_path], []) as changes, pytest.raises(HarnessError, match=r"cannot be watched.*POLLING"):
        next_of(changes)


def test_ctrl_c_just_when_the_run_has_ended_does_not_wait_for_it_once_more(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    status = LoadedRuns._status  # noqa: SLF001 - the moment is inside it
    calls = 0

    def interrupted(runs: LoadedRuns) -> int:
        nonlocal calls
        calls += 1
        found = status(runs)
        if calls == 1:
            os.set_blocking(runs._told, False)  # noqa: SLF001 - a second wait would last for ever: it fails
            raise KeyboardInterrupt
        return found

    monkeypatch.setattr(LoadedRuns, "_status", interrupted)
    with LoadedRuns() as runs, pytest.raises(KeyboardInterrupt):
        runs.run(["--version"], {})
    assert calls == 2
    assert capfd.readouterr().out.startswith("conformance ")
