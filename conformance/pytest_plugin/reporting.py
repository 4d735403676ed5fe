"""Writing the reports, in the one process that sees every test report of pytest.

Loaded by every pytest run in the environment: what a run without cases does not need is imported late.
"""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, NotRequired, TypedDict

import pytest

from conformance.pytest_plugin.session import SESSION

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from conformance.engine.events import Event
    from conformance.judging.results import CaseResult
    from conformance.pytest_plugin.shards import Sharding
    from conformance.pytest_plugin.xdist_parts import WorkerController
    from conformance.reports.store import RunFolder

EVENTS: Final = "conformance"
"""The attribute of a test report that holds the events of its case, so that they travel from a worker."""
SHARDING: Final = "conformance-shard"
"""The name of the plugin for `--shard`, which is there when a part of the cases was asked for."""


class _CaseEvents(TypedDict):
    """What travels with the report of a case: its verdict, the first event of its process, and notes that are new."""

    finished: Event
    started: NotRequired[Event]
    notes: NotRequired[list[Event]]


class Reporter:
    """Attaches the events of a case to its report where it ran, and writes them where the reports come together.

    Args:
        config: pytest's, in a worker or in the process that started it.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._folder: RunFolder | None = None
        self._started_at = time.monotonic()
        self._announced = False
        self._failed = False
        self._session: pytest.Session | None = None

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Keep the session, whose exit status says when nothing could be judged."""
        self._session = session

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Attach the verdict to the report of an item."""
        report = yield
        result: CaseResult | None = getattr(item, "result", None) if hasattr(item, "case") else None
        if result is not None and call.when == "call":
            from conformance.engine.events import case_finished  # noqa: PLC0415 - see the module's docstring

            report.duration = result.elapsed_ms / 1000  # what the item took is what it had to wait
            events: _CaseEvents = {"finished": case_finished(result)}
            if started := self._announcement(item.session):
                events["started"] = started
            if notes := self._notes():
                events["notes"] = notes
            setattr(report, EVENTS, events)
        return report

    def _announcement(self, session: pytest.Session) -> Event | None:
        """Return the first event, once in each process: the reports have the one that arrives first."""
        plan = self._config.stash[SESSION].plan
        if plan is None or self._announced:
            return None
        from conformance.engine.events import run_started  # noqa: PLC0415 - see the module's docstring

        self._announced = True
        sharding: Sharding | None = self._config.pluginmanager.get_plugin(SHARDING)
        shard = sharding.description if sharding is not None else None
        selected = sum(hasattr(item, "case") for item in session.items)
        return run_started(plan, selected=selected, shard=shard)

    def _notes(self) -> list[Event]:
        """Return the notes that are new in this process."""
        plan = self._config.stash[SESSION].plan
        if plan is None or not (notes := plan.notes.take()):
            return []
        from conformance.engine.events import note_added  # noqa: PLC0415 - see the module's docstring

        return [note_added(note) for note in notes]

    @pytest.hookimpl(trylast=True)  # it takes the events from the report
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Write a verdict; the process of a worker leaves it to the one that started it."""
        events: _CaseEvents | None = getattr(report, EVENTS, None)
        if events is None or hasattr(self._config, "workerinput"):
            return
        if self._folder is None and "started" not in events:  # every worker was lost before it said anything
            return
        if self._failed:
            return
        with self._writing():
            if self._folder is None:
                self._folder = self._open(events["started"])
            self._note(events.get("notes", []))
            self._folder.add(events["finished"])
        delattr(report, EVENTS)  # pytest keeps every report to the end

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Clean up, and hand over the notes that came after the last case: from a worker to who started it."""
        interrupted = exitstatus == pytest.ExitCode.INTERRUPTED
        from conformance.core.termination import TERMINATION  # noqa: PLC0415 - see the module's docstring

        with suppress(KeyboardInterrupt), TERMINATION.let_in():  # it ends that at once, and still leaves a report
            self._config.stash[SESSION].close(hurried=interrupted)
        if interrupted and TERMINATION.arrived:
            session.exitstatus = 128 + signal.SIGTERM
        notes = self._notes()
        if hasattr(self._config, "workeroutput"):
            self._config.workeroutput[EVENTS] = notes
            return
        if interrupted and self._folder is None and (started := self._announcement(session)):
            with self._writing():  # no case had ended
                self._folder = self._open(started)
        self._note(notes)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: WorkerController) -> None:
        """Take the last notes of a worker."""
        self._note(getattr(node, "workeroutput", {}).get(EVENTS, []))

    def _note(self, notes: Iterable[Event]) -> None:
        if self._folder is not None:
            with self._writing():
                for note in notes:
                    self._folder.add(note)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """End the run with one message when the reports cannot be written: nothing may be concluded from it."""
        from conformance.core.errors import ConformanceError  # noqa: PLC0415 - see the module's docstring

        try:
            yield
        except ConformanceError as fault:
            self._folder, self._failed = None, True
            pytest.exit(str(fault), returncode=int(fault.exit_status))

    def _open(self, started: Event) -> RunFolder:
        from conformance.engine.plan import new_run_id  # noqa: PLC0415 - see the module's docstring
        from conformance.reports.store import RunFolder, new_run_folder  # noqa: PLC0415

        chosen = self._config.getoption("conformance_report_dir")
        folder = RunFolder(Path(chosen) if chosen else new_run_folder(Path("reports"), new_run_id()))
        folder.add(started)
        return folder

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
        """Close the reports and say where they are."""
        if self._folder is None:
            return
        from conformance.core.terminal import printable  # noqa: PLC0415 - see the module's docstring
        from conformance.engine.events import run_finished  # noqa: PLC0415 - see the module's docstring
        from conformance.reports.exit_status import no_answer_reason  # noqa: PLC0415
        from conformance.reports.formats.cause_text import cause_lines  # noqa: PLC0415
        from conformance.reports.formats.text import counts_line, coverage_lines, note_lines  # noqa: PLC0415

        interrupted = exitstatus == pytest.ExitCode.INTERRUPTED
        with self._writing():
            self._folder.add(run_finished(duration_s=time.monotonic() - self._started_at, interrupted=interrupted))
            report = self._folder.close()
        terminalreporter.section("conformance")
        for line in [
            *(f"cause: {line}" for line in cause_lines(report)),
            *note_lines(report),
            *coverage_lines(report),
            counts_line(report),
            f"report: {self._folder.folder}",
        ]:
            terminalreporter.write_line(line)
        reason = no_answer_reason(report)
        if reason is not None:
            terminalreporter.write_line(printable(reason))
            self._end_without_answer(terminalreporter, exitstatus)

    def _end_without_answer(self, terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
        """Let pytest end as `conformance run` does, unless other tests have something to say."""
        from conformance.core.errors import ExitStatus  # noqa: PLC0415 - see the module's docstring

        others = terminalreporter.stats.get("passed") or terminalreporter.stats.get("error")
        if self._session is not None and exitstatus == pytest.ExitCode.TESTS_FAILED and not others:
            self._session.exitstatus = ExitStatus.NO_ANSWER
