"""The pytest plugin: case files are collected as items, and plain `pytest cases/ --endpoint URL -n 2` runs them.

Loaded by every pytest run in the environment (entry point `pytest11`), so nothing is imported here that a run without
cases does not need. Outside a workspace it has no options and collects nothing; the fixture is there everywhere.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from conformance.pytest_plugin.activation import (
    LISTED,
    WORKSPACE_VARIABLE,
    add_free_short_options,
    add_options,
    called_in,
    has_options,
    hint_for,
    is_about_property_tests,
    is_at_work_by_controller,
    without_values,
    workspace_of,
)
from conformance.pytest_plugin.redacted_reports import RedactedReports
from conformance.pytest_plugin.reporting import SHARDING, Reporter
from conformance.pytest_plugin.session import SESSION, CaseSession, is_case_file

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from conformance.server.process import ReferenceServer


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options, in a workspace alone: elsewhere their names are other people's."""
    if called_in() is not None or is_at_work_by_controller():
        add_options(parser)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, object, object]:
    """Let the first conftests have the option names that they want; what they leave is short for the plugin's own."""
    if called_in() is None:
        _look_for_workspace(early_config, parser, args)
    if not has_options(early_config.option):
        return (yield)
    known = early_config.known_args_namespace
    known.file_or_dir = without_values(args, known.file_or_dir)
    try:
        return (yield)
    finally:
        add_free_short_options(parser)


def _look_for_workspace(early_config: pytest.Config, parser: pytest.Parser, args: list[str]) -> None:
    """Look for the workspace of what is named when pytest is called outside one; it holds as long as pytest runs."""
    root = workspace_of(early_config, args)
    if root is not None:
        os.environ[WORKSPACE_VARIABLE] = str(root)
        early_config.add_cleanup(_forget_workspace)
    if has_options(early_config.known_args_namespace):
        return
    if root is not None or is_about_property_tests(args):
        add_options(parser)
    elif hint := hint_for(args):
        parser.extra_info["conformance"] = hint


def _forget_workspace() -> None:
    os.environ.pop(WORKSPACE_VARIABLE, None)


def pytest_configure(config: pytest.Config) -> None:
    """Make the place where this process keeps its engine and its reports; outside a workspace nothing is made."""
    if not has_options(config.option):
        return
    config.stash[SESSION] = CaseSession(config)
    config.stash[SESSION].fill_in_options()
    config.pluginmanager.register(Reporter(config), "conformance-reporter")
    config.pluginmanager.register(RedactedReports(config), "conformance-redacted-reports")
    if config.getoption("conformance_shard") is not None:
        _select_shard(config)
    if config.getoption("dist", "no") != "no":
        from conformance.pytest_plugin.hosts import HostWatch  # noqa: PLC0415 - see the module's docstring
        from conformance.pytest_plugin.lost_cases import LostCases  # noqa: PLC0415

        config.pluginmanager.register(HostWatch(config), "conformance-hosts")
        config.pluginmanager.register(LostCases(config), "conformance-lost-cases")


def _select_shard(config: pytest.Config) -> None:
    from conformance.core.errors import UsageError  # noqa: PLC0415 - see the module's docstring
    from conformance.engine.shard import read_shard  # noqa: PLC0415
    from conformance.pytest_plugin.items import CaseItem  # noqa: PLC0415
    from conformance.pytest_plugin.shards import Sharding  # noqa: PLC0415

    try:
        shard = read_shard(config.getoption("conformance_shard"))
    except UsageError as fault:
        raise pytest.UsageError(str(fault)) from None
    if shard is not None:
        config.pluginmanager.register(Sharding(shard, CaseItem), SHARDING)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Refuse options that cannot be, once and before anything runs."""
    if SESSION in session.config.stash and not hasattr(session.config, "workerinput"):
        session.config.stash[SESSION].check()


def pytest_collection_modifyitems(config: pytest.Config) -> None:
    """Refuse options of the environment and of `conformance.yaml` that cannot be, once there are cases."""
    if not hasattr(config, "workerinput") and config.pluginmanager.has_plugin("conformance-upcoming"):
        config.stash[SESSION].check_all()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a case file of a workspace; with the first one come the plugins that run cases."""
    if SESSION not in parent.config.stash or not is_case_file(file_path):
        return None
    from conformance.pytest_plugin import fast_path, upcoming  # noqa: PLC0415 - see the module's docstring
    from conformance.pytest_plugin.items import CaseFile  # noqa: PLC0415

    manager = parent.config.pluginmanager
    if not manager.has_plugin(upcoming.NAME):
        manager.register(fast_path.FastPath(), fast_path.NAME)
        manager.register(upcoming.UpcomingItems(), upcoming.NAME)  # registered last, so it is asked before
    collected: CaseFile = CaseFile.from_parent(parent, path=file_path)
    return collected


def pytest_collection_finish(session: pytest.Session) -> None:
    """Keep which files are listed, of which there will be no reports."""
    if session.config.option.collectonly:
        session.config.stash[LISTED] = {item.path for item in session.items}


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
    """Say of a folder of case files that is named, and of which nothing was collected, why."""
    config = terminalreporter.config
    if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED or config.args_source is config.ArgsSource.ARGS:
        from conformance.pytest_plugin.uncollected import reasons  # noqa: PLC0415 - see the module's docstring

        for line in reasons(terminalreporter):
            terminalreporter.write_line(f"conformance: {line}", yellow=True)


@pytest.fixture(scope="session")
def _conformance_mock_process() -> Iterator[ReferenceServer]:
    from conformance.server.process import ReferenceServer  # noqa: PLC0415 - see the module's docstring

    with ReferenceServer() as server:
        yield server


@pytest.fixture
def conformance_mock(_conformance_mock_process: ReferenceServer) -> ReferenceServer:
    """A reference server on a free port of this host: one process for all tests, empty at the start of each.

    It has `endpoint` and `states_url`, and `set_state(state, **params)`.
    """
    _conformance_mock_process.reset()
    return _conformance_mock_process


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the reference server and close the connections."""
    session = config.stash.get(SESSION, None)
    if session is not None:
        session.close()
