"""The pytest plugin: case files are collected as items, and plain `pytest cases/ --endpoint URL -n 2` runs them.

Loaded by every pytest run in the environment (entry point `pytest11`), so nothing is imported here that a run without
cases does not need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.pytest_plugin.redacted_reports import RedactedReports
from conformance.pytest_plugin.reporting import SHARDING, Reporter
from conformance.pytest_plugin.session import SESSION, CaseSession, is_case_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.server.process import ReferenceServer


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of `conformance run` that make sense here, under the same names."""
    group = parser.getgroup("conformance", "conformance cases")
    group.addoption("--endpoint", help="the server to test; without it, the reference server")
    group.addoption("--states-url", help="where the server's provider states are set")
    group.addoption("--docs", help="the documents to judge by: one language, or both (default)")
    group.addoption("--target", dest="conformance_target", help="a target file")
    group.addoption("--signature", help="v1 (default), acs3 or none")
    group.addoption("--rate", type=float, help="requests a second at the most, of all workers together")
    group.addoption("--concurrency", type=int, help="cases in flight at once, in each worker (default 64)")
    group.addoption("--keep-exchanges", help="failing (default): a pass keeps a digest; or all")
    group.addoption("--timeout-s", type=float, help="seconds that one answer may take (default 10)")
    group.addoption("--report-dir", help="write the reports into this folder (default: reports/<run>)")
    group.addoption("--known-failing", help="a list of cases that the target is known to fail, each with a reason")
    group.addoption("--live", action="store_true", default=None, help="allow an endpoint that is not on this machine")
    group.addoption("--host-timeout-s", type=float, default=15.0, help="a host of --tx that is silent so long is lost")
    group.addoption("--shard", metavar="I/N", help="only the cases of part I of N, for several machines")
    group.addoption(
        "--no-case-cache", action="store_true", default=None, help="read every case file again, and keep nothing of it"
    )
    group.addoption("--strict-docs", action="store_true", default=None, help="divergent cases fail too")
    # For conformance.fuzz: pytest reads no conftest of a package that is named with --pyargs in time.
    group.addoption("--fuzz-seed", type=int, help="what random requests depend on (default 0)")
    group.addoption("--fuzz-examples", type=int, help="random requests a document (default 100)")
    group.addoption("--fuzz-time", type=float, help="seconds after which a property test sends nothing more")


def pytest_configure(config: pytest.Config) -> None:
    """Make the place where this process keeps its engine and its reports."""
    config.stash[SESSION] = CaseSession(config)
    config.stash[SESSION].fill_in_options()
    config.pluginmanager.register(Reporter(config), "conformance-reporter")
    config.pluginmanager.register(RedactedReports(config), "conformance-redacted-reports")
    if config.getoption("shard") is not None:
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
        shard = read_shard(config.getoption("shard"))
    except UsageError as fault:
        raise pytest.UsageError(str(fault)) from None
    if shard is not None:
        config.pluginmanager.register(Sharding(shard, CaseItem), SHARDING)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Refuse options that cannot be, once and before anything runs."""
    if not hasattr(session.config, "workerinput"):
        session.config.stash[SESSION].check()


def pytest_collection_modifyitems(config: pytest.Config) -> None:
    """Refuse options of the environment and of `conformance.yaml` that cannot be, once there are cases."""
    if not hasattr(config, "workerinput") and config.pluginmanager.has_plugin("conformance-upcoming"):
        config.stash[SESSION].check_all()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a case file; with the first one come the plugins that run cases."""
    if not is_case_file(file_path):
        return None
    from conformance.pytest_plugin import fast_path, upcoming  # noqa: PLC0415 - see the module's docstring
    from conformance.pytest_plugin.items import CaseFile  # noqa: PLC0415

    manager = parent.config.pluginmanager
    if not manager.has_plugin(upcoming.NAME):
        manager.register(fast_path.FastPath(), fast_path.NAME)
        manager.register(upcoming.UpcomingItems(), upcoming.NAME)  # registered last, so it is asked before
    collected: CaseFile = CaseFile.from_parent(parent, path=file_path)
    return collected


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
