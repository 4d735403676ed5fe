"""The pytest plugin: case files are collected as items, and plain `pytest cases/ --endpoint URL -n 2` runs them.

Loaded by every pytest run in the environment (entry point `pytest11`), so nothing is imported here that a run without
cases does not need.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from conformance.pytest_plugin.session import SESSION, Session

if TYPE_CHECKING:
    from collections.abc import Generator

    from conformance.judging.results import CaseResult
    from conformance.reports.store import RunFolder

_SUFFIX: Final = ".yaml"
_ATTRIBUTE: Final = "conformance"
"""What a test report carries from the worker that ran the item to the process that writes the reports."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of `conformance run` that make sense here, under the same names."""
    group = parser.getgroup("conformance", "conformance cases")
    group.addoption("--endpoint", help="the server to test; without it, the reference server")
    group.addoption("--states-url", help="where the server's provider states are set")
    group.addoption("--docs", default="both", help="the documents to judge by: en, zh or both (default)")
    group.addoption("--target", dest="conformance_target", help="a target file")
    group.addoption("--signature", help="v1 (default), acs3 or none")
    group.addoption("--rate", type=float, help="requests a second at the most, in each worker")
    group.addoption("--concurrency", type=int, help="cases in flight at once, in each worker (default 64)")
    group.addoption("--keep-exchanges", default="failing", help="failing (default): a pass keeps a digest; or all")
    group.addoption("--timeout-s", type=float, help="seconds that one answer may take (default 10)")
    group.addoption("--report-dir", help="write the reports into this folder (default: reports/<run>)")
    group.addoption("--known-failing", help="a list of cases that the target is known to fail, each with a reason")
    group.addoption("--live", action="store_true", help="allow an endpoint that is not on this machine")
    group.addoption("--host-timeout-s", type=float, default=15.0, help="a host of --tx that is silent so long is lost")
    group.addoption("--shard", metavar="I/N", help="only the cases of part I of N, for several machines")
    group.addoption("--no-case-cache", action="store_true", help="read every case file anew, and keep nothing of it")
    group.addoption("--strict-docs", action="store_true", help="divergent cases fail too")
    # For conformance.fuzz: pytest reads no conftest of a package that is named with --pyargs in time.
    group.addoption("--fuzz-seed", type=int, default=0, help="what random requests depend on (default 0)")
    group.addoption("--fuzz-examples", type=int, default=100, help="random requests a document (default 100)")
    group.addoption("--fuzz-time", type=float, help="seconds after which a property test sends nothing more")


def pytest_configure(config: pytest.Config) -> None:
    """Make the place where this process keeps its engine and its reports."""
    config.stash[SESSION] = Session(config)
    config.pluginmanager.register(_Reporter(config), "conformance-reporter")
    if config.getoption("shard") is not None:
        from conformance.core.errors import UsageError  # noqa: PLC0415 - see the module's docstring
        from conformance.engine.shard import read_shard  # noqa: PLC0415
        from conformance.pytest_plugin.items import CaseItem  # noqa: PLC0415
        from conformance.pytest_plugin.shards import NAME, Sharding  # noqa: PLC0415

        try:
            shard = read_shard(config.getoption("shard"))
        except UsageError as fault:
            raise pytest.UsageError(str(fault)) from None
        if shard is not None:
            config.pluginmanager.register(Sharding(shard, CaseItem), NAME)
    if config.getoption("dist", "no") != "no":
        from conformance.pytest_plugin import watchdog  # noqa: PLC0415

        watched = watchdog.Watchdog(config, config.stash[SESSION], _is_case_file, _ATTRIBUTE)
        config.pluginmanager.register(watched, watchdog.NAME)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Refuse what cannot be, and a server that is not there, once and before anything runs."""
    if not hasattr(session.config, "workerinput"):
        session.config.stash[SESSION].check()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a YAML file beside a `base.yaml`, two folders below the catalogue of states."""
    if file_path.suffix != _SUFFIX or not _is_case_file(file_path):
        return None
    from conformance.pytest_plugin.items import collect_file  # noqa: PLC0415 - see the module's docstring

    return collect_file(file_path, parent, parent.config.stash[SESSION])


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the reference server and close the connections."""
    session = config.stash.get(SESSION, None)
    if session is not None:
        session.close()


def _is_case_file(path: Path) -> bool:
    folder = path.parent
    # One folder below it is where releases before 0.2 had an operation: collected, to be refused with a message.
    roots = (folder.parent.parent, folder.parent)
    if not ((folder / "base.yaml").is_file() and any((root / "states.yaml").is_file() for root in roots)):
        return False
    from conformance.cases.load import SIDE_FILES  # noqa: PLC0415 - see the module's docstring

    return path.name not in SIDE_FILES


def _selected(session: pytest.Session) -> int:
    return sum(hasattr(item, "case") for item in session.items)


class _Reporter:
    """Writes the reports, in the one process that sees every test report."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._folder: RunFolder | None = None
        self._started = time.monotonic()
        self._told = False

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Attach the verdict to the report of an item, so that it travels from a worker."""
        report = yield
        result: CaseResult | None = getattr(item, "result", None) if hasattr(item, "case") else None
        if result is not None and call.when == "call":
            from conformance.engine.events import case_finished, run_started  # noqa: PLC0415

            report.duration = result.elapsed_ms / 1000  # what the item took is what it had to wait
            events = {"finished": case_finished(result)}
            plan = self._config.stash[SESSION].plan
            if plan is not None and not self._told:
                # Once from each process: whoever writes the reports takes the first that arrives.
                sharding = self._config.pluginmanager.get_plugin("conformance-shard")
                said = sharding.said if sharding is not None else None
                events["started"] = run_started(plan, selected=_selected(item.session), shard=said)
                self._told = True
            setattr(report, _ATTRIBUTE, events)
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write a verdict; the process of a worker leaves it to the one that started it."""
        events = getattr(report, _ATTRIBUTE, None)
        if events is None or hasattr(self._config, "workerinput"):
            return
        if self._folder is None:
            if "started" not in events:  # every worker was lost before it said anything
                return
            self._folder = self._open(events["started"])
        self._folder.add(events["finished"])
        delattr(report, _ATTRIBUTE)  # pytest keeps every report to the end

    def _open(self, started: dict[str, Any]) -> RunFolder:
        from conformance.engine.plan import new_run_id  # noqa: PLC0415
        from conformance.reports.store import RunFolder, new_run_folder  # noqa: PLC0415

        chosen = self._config.getoption("report_dir")
        folder = RunFolder(Path(chosen) if chosen else new_run_folder(Path("reports"), new_run_id()))
        folder.add(started)
        return folder

    def pytest_terminal_summary(self, terminalreporter: Any, exitstatus: int) -> None:
        """Close the reports and say where they are."""
        if self._folder is None:
            return
        from conformance.engine.events import run_finished  # noqa: PLC0415
        from conformance.reports.formats.text import counts_line, coverage_lines  # noqa: PLC0415

        interrupted = exitstatus == pytest.ExitCode.INTERRUPTED
        self._folder.add(run_finished(duration_s=time.monotonic() - self._started, interrupted=interrupted))
        report = self._folder.close()
        terminalreporter.section("conformance")
        for line in [*coverage_lines(report), counts_line(report), f"report: {self._folder.folder}"]:
            terminalreporter.write_line(line)
