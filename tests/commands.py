"""Running the project's own commands, in this process and in others."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from forked_servers import ForkedPopen

from conformance.cli.command_line import COMMANDS, run_command
from conformance.cli.support.plan_template import LoadedOperations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from subprocess import Popen

    import pytest

    from conformance.cases.model import Case
    from conformance.cases.suite import Suite

REPOSITORY = Path(__file__).resolve().parents[1]
OPERATION = "CreateFlowLog"
"""The operation with whose cases commands are tried: of those that come with the project it has most."""
WITHOUT_OTHERS = tuple(f"-pno:{name}" for name in ("schemathesis", "hypothesispytest", "anyio"))
"""Options of pytest for tests of the plugin: the other plugins that are installed cost each process two seconds."""
LONGEST_S = 300
"""How long a command may take on a machine that is busy; a test that waits so long fails."""


@dataclass(frozen=True)
class Outcome:
    """What a command did."""

    status: int
    out: str
    err: str
    seconds: float
    folder: Path
    cpu_s: float = 0.0
    """Processor time of a command in this process: what it takes, however busy the machine is."""

    @property
    def report(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        return report

    @property
    def cases(self) -> dict[str, dict[str, Any]]:
        return {case["id"]: case for case in self.report["cases"]}

    @property
    def verdicts(self) -> dict[str, str]:
        return {name: case["verdict"] for name, case in self.cases.items()}


class Command:
    """Calls `conformance` in this process; the reports of a run go into a folder of the test's own."""

    def __init__(self, capsys: Any, folder: Path) -> None:
        self._capsys = capsys
        self._folder = folder

    def __call__(self, *words: str) -> Outcome:
        self._capsys.readouterr()
        started, used = time.monotonic(), time.process_time()
        status = run_command(words)
        seconds, cpu_s = time.monotonic() - started, time.process_time() - used
        out, err = self._capsys.readouterr()
        return Outcome(status, out, err, seconds, self._folder, cpu_s)

    def run(self, *words: str) -> Outcome:
        return self("run", "--report-dir", str(self._folder), *words)


def copy_cases(folder: Path) -> Path:
    """Copy the project's cases, of one operation and of SDKs, into a folder `cases` of a folder, and return that."""
    cases = REPOSITORY / "cases"

    def others(directory: str, names: list[str]) -> set[str]:
        of_product = Path(directory).parent == cases and Path(directory).name != "sdk"
        return set(names) - {OPERATION} if of_product else set()

    return Path(shutil.copytree(cases, folder / "cases", ignore=others))


def give_loaded(patch: pytest.MonkeyPatch, loaded: tuple[list[Suite], list[Case]]) -> None:
    """Have commands in this process take cases that were read before, as long as `patch` holds."""
    for command in COMMANDS:
        # A command that is imported for the first time while the patch holds would keep it.
        importlib.import_module(f"conformance.cli.{command}")
    patch.setattr("conformance.cli.support.plan_template.load_all", lambda *_, **__: (list(loaded[0]), list(loaded[1])))
    patch.setattr(
        "conformance.cli.support.plan_template.load_named",
        lambda words=(), *_, **__: LoadedOperations(list(loaded[0]), list(loaded[1]), [], list(words)),
    )


def environment(**changed: str) -> dict[str, str]:
    """Return the environment for a child: this one without proxies, colours and pytest's, and what is `changed`."""
    dropped = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "no_color", "force_color")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.lower() not in dropped and not name.startswith("PYTEST_")
    }
    return {**kept, **changed}


def lateness_s() -> float:
    """Return how many seconds Python takes to start: a few hundredths, and more the busier the machine is."""
    started = time.monotonic()
    subprocess.run([sys.executable, "-S", "-c", "pass"], check=True)
    return time.monotonic() - started


def script(name: str = "conformance") -> str:
    """Return the path of a command that is installed beside this interpreter."""
    return str(Path(sys.executable).with_name(name))


@contextmanager
def started(
    *command: str, folder: Path | None = None, env: dict[str, str] | None = None, forked: bool = True
) -> Iterator[Popen[str]]:
    """Start a command with pipes for what it writes. However the test ends, it is killed, and its pipes are closed.

    It leads a process group of its own: a signal for the group reaches the processes that it starts, too. A command of
    the project is forked from a process that has its imports, unless `forked` says that the start is what is tested.
    """
    with (ForkedPopen if forked else subprocess.Popen)(
        command,
        cwd=folder,
        env=env or environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.kill()  # also when it leads no group yet


def run_program(
    *command: str,
    folder: Path | None = None,
    env: dict[str, str] | None = None,
    timeout: float = LONGEST_S,
    forked: bool = True,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, and return its exit status and what it wrote; `forked` as for `started`."""
    with (ForkedPopen if forked else subprocess.Popen)(
        command,
        cwd=folder,
        env=env or environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            out, err = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def run_pytest(
    *words: str, folder: Path, where: Path = REPOSITORY, others: bool = False
) -> subprocess.CompletedProcess[str]:
    """Run pytest with the reports in `folder`; with `others`, beside every other plugin that is installed."""
    options = ("-p", "no:cacheprovider", *(() if others else WITHOUT_OTHERS), "--report-dir", str(folder), "-q")
    return run_program(sys.executable, "-m", "pytest", *options, *words, folder=where)


def child(*words: str, folder: Path, env: dict[str, str] | None = None, timeout: float = LONGEST_S) -> Outcome:
    """Run `conformance run` in a process of its own, in `folder`, with the reports in `folder/report`."""
    started = time.monotonic()
    done = run_program(script(), "run", "--report-dir", "report", *words, folder=folder, env=env, timeout=timeout)
    return Outcome(done.returncode, done.stdout, done.stderr, time.monotonic() - started, folder / "report")
