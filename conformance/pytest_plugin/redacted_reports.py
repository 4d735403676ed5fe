"""No secret in what pytest shows: tracebacks with their locals, captured output, failures of other plugins.

Loaded by every pytest run in the environment: nothing is imported here, and nothing is done before a target was read.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from _pytest._code.code import ExceptionRepr

_REDACTION: Final = "conformance.core.redaction"


class RedactedReports:
    """Removes secrets from reports of pytest, before other plugins see them. A plugin of pytest.

    Args:
        target: The target file of the run; `None` for none.
    """

    def __init__(self, target: str | None) -> None:
        self._target = target

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Clean the report of an item, be it a case or another test of the same run."""
        report = yield
        self._clean(report)
        return report

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_make_collect_report(self) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        """Clean the report of a file."""
        report = yield
        self._clean(report)
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: ExceptionRepr) -> None:
        """Clean the traceback of a failure of pytest or of a plugin, with the locals that `--showlocals` adds."""
        redact = self._redactor()
        if redact is None:
            return
        from _pytest._code.code import (  # noqa: PLC0415 - once, at the end of a run
            ExceptionChainRepr,
            ReprExceptionInfo,
            ReprTracebackNative,
        )

        cleaned = ReprTracebackNative(redact(str(excrepr)).splitlines(keepends=True))
        if isinstance(excrepr, ExceptionChainRepr):
            excrepr.chain = [(cleaned, None, None)]
        elif isinstance(excrepr, ReprExceptionInfo):
            excrepr.reprtraceback = cleaned

    def _redactor(self) -> Callable[[str], str] | None:
        """Return what removes the secrets that this process has read; `None` when it has read no target."""
        if self._target is not None:  # a worker that has not run a case yet has not read it
            from conformance.core.errors import ConformanceError  # noqa: PLC0415 - only for what failed
            from conformance.target.load import load_target  # noqa: PLC0415

            target, self._target = self._target, None
            with suppress(ConformanceError):
                load_target(Path(target))
        redaction = sys.modules.get(_REDACTION)
        if redaction is None:
            return None
        redact: Callable[[str], str] = redaction.known_secrets().text
        return redact

    def _clean(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.longrepr is None and not report.sections:
            return
        redact = self._redactor()
        if redact is None:
            return
        report.sections = [(redact(name), redact(text)) for name, text in report.sections]
        if isinstance(report.longrepr, tuple):
            path, line, reason = report.longrepr
            report.longrepr = path, line, redact(reason)
        elif report.longrepr is not None:
            text = str(report.longrepr)
            cleaned = redact(text)
            if cleaned != text:
                report.longrepr = cleaned
