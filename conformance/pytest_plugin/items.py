"""Cases as items of pytest. Loaded when the first case file is collected."""

from __future__ import annotations

import bdb
import gc
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import pytest

from conformance.cases.compiled import read_file
from conformance.core.errors import ConformanceError
from conformance.reports.formats.text import mismatch_line, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from _pytest._code.code import ExceptionInfo, TerminalRepr

    from conformance.cases.model import Case
    from conformance.judging.results import CaseResult
    from conformance.pytest_plugin.session import Session

_LOOK: Final = 512
"""How many items are looked through for those to run ahead."""

_PROTOCOL: Final = "conformance-protocol"
_NOT_FOR_CASES: Final = ("_pytest", "xdist", "_hypothesis_pytestplugin", "schemathesis", "anyio")
"""The plugins that do nothing in the phases of an item that is no Python function."""

_PHASES: Final = ("pytest_runtest_setup", "pytest_runtest_call", "pytest_runtest_teardown")


def collect_file(path: Path, parent: pytest.Collector, session: Session) -> CaseFile:
    """Return the collector of a case file."""
    manager = parent.config.pluginmanager
    if not manager.has_plugin(_PROTOCOL):
        manager.register(_Protocol(), _PROTOCOL)
    collected: CaseFile = CaseFile.from_parent(parent, path=path, of=session)
    return collected


class CaseFile(pytest.File):
    """A file of cases."""

    def __init__(self, *, of: Session, **rest: Any) -> None:
        super().__init__(**rest)
        self.of = of

    def collect(self) -> Iterable[pytest.Item]:
        """Yield the cases of the file; a wrong file is one message with file, line and column."""
        try:
            cases = read_file(self.path, self.of.suite(self.path), self.of.cache)
        except ConformanceError as fault:
            raise self.CollectError(str(fault)) from None
        for case in cases:
            item: CaseItem = CaseItem.from_parent(self, name=case.id, case=case)
            yield item


class CaseItem(pytest.Item):
    """One case."""

    def __init__(self, *, case: Case, **rest: Any) -> None:
        super().__init__(**rest)
        self.case = case
        self.result: CaseResult | None = None

    def runtest(self) -> None:
        """Judge the case; what is not judged is skipped with its reason, never passed."""
        assert isinstance(self.parent, CaseFile)  # noqa: S101 - nothing else makes one
        result = self.result = self.parent.of.result(self.case, _Following(self))
        if result.stale:
            raise VerdictError(result)
        if result.known_failing is not None and result.verdict in ("mismatch", "error", "divergent"):
            pytest.xfail(result.known_failing)
        match result.verdict:
            case "not_run" | "not_applicable":
                pytest.skip(f"{result.verdict}: {result.reason}")
            case "mismatch" | "error":
                raise VerdictError(result)
            case "divergent" if self.config.getoption("strict_docs"):
                raise VerdictError(result)

    def repr_failure(self, excinfo: ExceptionInfo[BaseException], style: Any = None) -> str | TerminalRepr:
        """Return what differs, line by line; a traceback would tell nobody anything."""
        if isinstance(excinfo.value, (VerdictError, ConformanceError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the case stands."""
        return self.path, (self.case.where.line or 1) - 1, self.name


class VerdictError(Exception):
    """A verdict that fails an item; its text is what a person reads."""

    def __init__(self, result: CaseResult) -> None:
        lines = [f"{result.verdict}: {result.title} ({result.where})"]
        lines += ["passes, and is listed as a known failure: take it from the list"] if result.stale else []
        lines += [printable(result.reason)] if result.reason else []
        lines += [mismatch_line(mismatch.as_dict()) for mismatch in result.mismatches]
        lines += [f"reproduce: {result.reproduce}"] if result.reproduce else []
        super().__init__("\n".join(lines))


class _Following:
    """The cases that this process runs after an item, as far as it knows them; up to the next item of another kind."""

    def __init__(self, item: CaseItem) -> None:
        self._item = item

    def __iter__(self) -> Iterator[Case]:
        for item in _upcoming(self._item):
            if not isinstance(item, CaseItem):
                return
            yield item.case


def _upcoming(item: pytest.Item) -> Iterator[pytest.Item]:
    items = item.session.items
    protocol = item.config.pluginmanager.get_plugin(_PROTOCOL)
    assert isinstance(protocol, _Protocol)  # noqa: S101 - registered with the first case file
    if hasattr(item.config, "workerinput"):
        for index in protocol.queued(item.config):
            yield items[index]
        return
    start = protocol.position(item) + 1
    for index in range(start, min(start + _LOOK, len(items))):
        yield items[index]


class _Protocol:
    """Runs an item with one report where nobody can tell the difference: the usual three cost more than a case."""

    def __init__(self) -> None:
        gc.unfreeze()  # what an earlier session of this process left
        self._positions: dict[pytest.Item, int] = {}
        self._plain: bool | None = None
        self._next: pytest.Item | None = None
        self._queue: Any = None

    def pytest_collection_finish(self) -> None:
        """Spare Python's collector the items, which stay to the end: looking them over again and again took a fifth."""
        gc.freeze()

    def position(self, item: pytest.Item) -> int:
        """Return where an item stands among those of this process."""
        if item not in self._positions:
            self._positions = {each: index for index, each in enumerate(item.session.items)}
        return self._positions[item]

    def queued(self, config: pytest.Config) -> list[int]:
        """Return the numbers of the items that pytest-xdist has given to this worker and that have not begun."""
        if self._queue is None:
            plugins = config.pluginmanager.get_plugins()
            self._queue = next((plugin.torun for plugin in plugins if hasattr(plugin, "torun")), ())
        following = [] if self._next is None else [self.position(self._next)]
        if self._queue == ():  # another pytest-xdist than those known
            return following
        with self._queue.lock() as waiting:
            return following + [index for index in islice(waiting, _LOOK) if isinstance(index, int)]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        """Run a case. The last one of a file goes the usual way, which also ends what was set up around it."""
        self._next = nextitem
        if not isinstance(item, CaseItem) or nextitem is None or nextitem.parent is not item.parent:
            return None
        if next(item.iter_markers(), None) is not None or not self._may_be_short(item.config):
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

    def _may_be_short(self, config: pytest.Config) -> bool:
        """Whether nobody takes part in the phases of an item who would miss one."""
        if self._plain is None:
            impls = [impl for name in _PHASES for impl in getattr(config.hook, name).get_hookimpls()]
            names = {getattr(impl.plugin, "__name__", type(impl.plugin).__module__) for impl in impls}
            shown = any(config.getoption(name, default=False) for name in ("setuponly", "setupshow", "setupplan"))
            self._plain = not shown and all(name.partition(".")[0] in _NOT_FOR_CASES for name in names)
        return self._plain
