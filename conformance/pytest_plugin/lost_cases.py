"""Cases whose worker was lost: each comes out once, judged or as an `error`.

A case is lost in one of three ways:

- The worker crashed while it ran the case: the case runs once more. When a second worker crashes at it, the case is
  an `error`, because it may be what ends them.
- The worker crashed after it had reported the case, before it said that it was done: the verdict is there, and a second
  one is not counted.
- No worker was left to run it: it is an `error`.

Loaded in the controlling process only, and only when pytest-xdist has workers.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Literal

import pytest

from conformance.cases.compiled import read_file
from conformance.contract.languages import languages_of
from conformance.engine.events import case_finished
from conformance.judging.results import CaseResult
from conformance.pytest_plugin.reporting import EVENTS
from conformance.pytest_plugin.session import SESSION, is_case_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from conformance.cases.model import Case
    from conformance.pytest_plugin.xdist_parts import Scheduler, WorkerController

_LOST: Final = "conformance_lost"
"""The attribute of a report that pytest must count in another way: a `_Reason`."""

_Reason = Literal["again", "counted"]
"""Why: the case runs once more, or it has been counted already."""

_CRASHED: Final = "two workers were lost while they ran it, one after the other"
_NOBODY: Final = "its worker was lost, and no other was left to run it"


class LostCases:
    """Has every case come out once when workers are lost. A plugin of pytest.

    Args:
        config: pytest's, in the controlling process.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._finder = _CaseFinder(config)
        self._selected: list[str] = []
        self._reported: set[str] = set()
        self._crashes: Counter[str] = Counter()
        self._worker_lost = False

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: WorkerController) -> None:
        """Remember what was copied to the workers: node ids begin there."""
        self._finder.folders = [self._config.rootpath, *(root.parent for root in node.nodemanager.roots)]

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Remember what is to run; raises `pytest.UsageError` when a worker that takes over has other cases."""
        if not self._selected:
            self._selected = list(ids)
        elif self._worker_lost and self._selected != list(ids):
            raise pytest.UsageError("the worker that takes over for a lost one collects other cases")

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, error: object | None) -> None:
        """Remember that a worker was lost."""
        self._worker_lost = self._worker_lost or error is not None

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str, report: pytest.TestReport, sched: Scheduler) -> None:
        """Run a case again whose worker was lost, but once only; leave a second time to xdist, which counts a failure.

        Args:
            crashitem: The node id of what the worker was running.
            report: What xdist is about to report of it.
            sched: Where it can be put back.
        """
        if self._finder.find(crashitem) is None:
            return
        self._crashes[crashitem] += 1
        if crashitem in self._reported:
            _mark(report, "counted")
        elif self._crashes[crashitem] == 1:
            _mark(report, "again")
            with suppress(NotImplementedError):  # some ways of distributing put it back by themselves
                sched.mark_test_pending(crashitem)

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Count a case that runs again as such, and not at all one that is counted already."""
        reason: _Reason | None = getattr(report, _LOST, None)
        match reason:
            case "again":
                return "run again", "R", "RUN AGAIN"
            case "counted":
                return "", "", ""
        return None

    @pytest.hookimpl(tryfirst=True)  # before anybody counts it or writes it
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Remember what was reported; of a case that was put back after its report, drop the second verdict."""
        if not (hasattr(report, "node") and hasattr(report, EVENTS)):
            return
        if self._worker_lost and report.nodeid in self._reported:
            delattr(report, EVENTS)
            setattr(report, _LOST, "counted")
        self._reported.add(report.nodeid)

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Make an `error` of every case that no worker reported, unless the run was interrupted."""
        if exitstatus == pytest.ExitCode.INTERRUPTED or not self._worker_lost:
            return
        for nodeid in self._selected:
            case = self._finder.find(nodeid) if nodeid not in self._reported else None
            if case is not None:
                self._report_error(nodeid, case)
                session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _report_error(self, nodeid: str, case: Case) -> None:
        crashed = self._crashes[nodeid] > 1
        reason = _CRASHED if crashed else _NOBODY
        result = CaseResult(
            id=case.id,
            title=case.title,
            trigger=case.trigger,
            verdict="error",
            verdicts=dict.fromkeys(languages_of(self._config.getoption("conformance_docs")), "error"),
            reason=reason,
            where=str(case.where),
        )
        location = (case.where.file, None, case.id)
        report = pytest.TestReport(nodeid, location, {}, "failed", f"error: {reason}", "call")
        setattr(report, EVENTS, {"finished": case_finished(result)})
        if crashed:  # xdist counted it as failed
            setattr(report, _LOST, "counted")
        self._config.hook.pytest_runtest_logreport(report=report)


def _mark(report: pytest.TestReport, reason: _Reason) -> None:
    """Mark a report of xdist about a lost worker: no failure."""
    setattr(report, _LOST, reason)
    report.outcome = "rerun"  # type: ignore[assignment] # xdist's word for what is no outcome of pytest's own


class _CaseFinder:
    """Finds the case of a node id.

    Attributes:
        folders: Where node ids may begin.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._suites = config.stash[SESSION]
        self._cases: dict[str, dict[str, Case]] = {}
        self.folders: list[Path] = [config.rootpath]

    def find(self, nodeid: str) -> Case | None:
        """Return the case, or `None` when it is the id of no case."""
        file, _, case_id = nodeid.partition("::")
        if file not in self._cases:
            self._cases[file] = {case.id: case for case in self._read(file)}
        return self._cases[file].get(case_id)

    def _read(self, file: str) -> Iterable[Case]:
        path = next((folder / file for folder in self.folders if (folder / file).is_file()), None)
        if path is None or not is_case_file(path):
            return ()
        return read_file(path, self._suites.suite(path), self._suites.cache)
