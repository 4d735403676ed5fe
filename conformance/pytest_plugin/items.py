"""Cases as items of pytest. Loaded when the first case file is collected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from conformance.cases.compiled import read_file
from conformance.core.errors import ConformanceError
from conformance.core.failures.own_failures import own_failure
from conformance.core.redaction import known_secrets
from conformance.core.terminal import printable, printable_lines
from conformance.pytest_plugin.session import SESSION
from conformance.pytest_plugin.upcoming import UpcomingCases
from conformance.reports.formats.text import mismatch_line

_STALE: Final = "passes, and is listed as a known failure: take it from the list"

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from _pytest._code.code import ExceptionInfo, TerminalRepr, TracebackStyle

    from conformance.cases.model import Case
    from conformance.judging.results import CaseResult


class CaseFile(pytest.File):
    """A file of cases."""

    def collect(self) -> Iterable[pytest.Item]:
        """Yield the cases of the file; a wrong file is one message with file, line and column."""
        session = self.config.stash[SESSION]
        try:
            cases = read_file(self.path, session.suite(self.path), session.cache)
        except ConformanceError as fault:
            raise self.CollectError(str(fault)) from None
        for case in cases:
            item: CaseItem = CaseItem.from_parent(self, name=case.id)
            item.case = case
            yield item


class CaseItem(pytest.Item):
    """One case.

    Attributes:
        case: The case.
        result: Its result, once it has run.
    """

    case: Case
    result: CaseResult | None = None

    def runtest(self) -> None:
        """Judge the case; what is not judged is skipped with its reason, never passed."""
        result = self.result = self.config.stash[SESSION].result(self.case, UpcomingCases(self))
        if result.stale:
            raise BrokenPromiseError(result)
        if result.known_failing is not None and result.verdict in ("mismatch", "error", "divergent"):
            pytest.xfail(result.known_failing)
        match result.verdict:
            case "not_run" | "not_applicable":
                pytest.skip(f"{result.verdict}: {result.reason}")
            case "error":
                raise VerdictError(result)
            case "mismatch":
                raise BrokenPromiseError(result)
            case "divergent" if self.config.getoption("conformance_strict_docs"):
                raise BrokenPromiseError(result)

    def repr_failure(
        self, excinfo: ExceptionInfo[BaseException], style: TracebackStyle | None = None
    ) -> str | TerminalRepr:
        """Return what differs, line by line; a traceback would not help."""
        if isinstance(excinfo.value, VerdictError):
            return self._shown(excinfo.value)
        if isinstance(excinfo.value, ConformanceError):
            return str(excinfo.value)
        if isinstance(excinfo.value, Exception):
            text = str(own_failure(excinfo.value))  # pytest would show values, which may be what a server sent
        else:
            text = str(super().repr_failure(excinfo, style))
        return printable_lines(known_secrets().text(text))

    def _shown(self, error: VerdictError) -> TerminalRepr:
        """Return the text with the one line that pytest shows behind `FAILED`, and other reports as its message."""
        from _pytest._code.code import (  # noqa: PLC0415 - only for what failed
            ReprExceptionInfo,
            ReprFileLocation,
            ReprTracebackNative,
        )

        path, line, _ = self.reportinfo()
        place = ReprFileLocation(str(path), line + 1, error.in_one_line)
        return ReprExceptionInfo(ReprTracebackNative([f"{error}\n"]), place)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the place of the case."""
        return self.path, (self.case.where.line or 1) - 1, self.name


class VerdictError(Exception):
    """A verdict that fails an item; its text is what a person reads.

    Attributes:
        in_one_line: The verdict with the first thing that differs, or the reason.
    """

    def __init__(self, result: CaseResult) -> None:
        found = [_STALE] if result.stale else []
        found += [printable(result.reason)] if result.reason else []
        found += [mismatch_line(mismatch.as_dict()) for mismatch in result.mismatches]
        self.in_one_line = ": ".join((result.verdict, *found[:1]))
        lines = [f"{result.verdict}: {result.title} ({result.where})", *found]
        lines += [f"reproduce: {result.reproduce}"] if result.reproduce else []
        super().__init__("\n".join(lines))


class BrokenPromiseError(VerdictError, AssertionError):
    """A verdict that says something of the server: reports that tell failures from errors count it as a failure."""
