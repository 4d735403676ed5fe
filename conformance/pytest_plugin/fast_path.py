"""What makes a run of many thousand cases fast, kept apart from what it means: without it every report is the same.

Two costs of pytest are larger than that of a case: three reports for each item (setup, call, teardown), and Python's
collector, which scans all items again and again. Measured in docs/performance.md.
"""

from __future__ import annotations

import bdb
import gc
from typing import Final

import pytest

from conformance.pytest_plugin.items import CaseItem

NAME: Final = "conformance-fast-path"
_IDLE_PLUGINS: Final = ("_pytest", "xdist", "_hypothesis_pytestplugin", "schemathesis", "anyio")
"""The plugins that do nothing in the phases of an item that is no Python function."""

_PHASES: Final = ("pytest_runtest_setup", "pytest_runtest_call", "pytest_runtest_teardown")


class FastPath:
    """Runs a case with one report where no plugin needs the other two. A plugin of pytest."""

    def __init__(self) -> None:
        gc.unfreeze()  # what an earlier session of this process left
        self._phases_unused: bool | None = None

    def pytest_collection_finish(self) -> None:
        """Spare Python's collector the items, which stay to the end: scanning them again and again took a fifth."""
        gc.freeze()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        """Run a case in one phase, as `_pytest.runner.runtestprotocol` runs each of three.

        What has marks goes the usual way, and so does the last case of a file: pytest then ends what was set up around
        it.
        """
        if not isinstance(item, CaseItem) or nextitem is None or nextitem.parent is not item.parent:
            return None
        if next(item.iter_markers(), None) is not None or not self._needs_no_phases(item.config):
            return None
        hook = item.ihook
        hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        reraise = (KeyboardInterrupt, pytest.exit.Exception)
        call = pytest.CallInfo.from_call(item.runtest, when="call", reraise=reraise)
        report = hook.pytest_runtest_makereport(item=item, call=call)
        hook.pytest_runtest_logreport(report=report)
        if call.excinfo is not None and report.failed and not isinstance(call.excinfo.value, bdb.BdbQuit):
            hook.pytest_exception_interact(node=item, call=call, report=report)
        hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
        return True

    def _needs_no_phases(self, config: pytest.Config) -> bool:
        """Whether no plugin does anything in the phases of an item that is a case."""
        if self._phases_unused is None:
            impls = [impl for name in _PHASES for impl in getattr(config.hook, name).get_hookimpls()]
            names = {getattr(impl.plugin, "__name__", type(impl.plugin).__module__) for impl in impls}
            shown = any(config.getoption(name, default=False) for name in ("setuponly", "setupshow", "setupplan"))
            self._phases_unused = not shown and all(name.partition(".")[0] in _IDLE_PLUGINS for name in names)
        return self._phases_unused
