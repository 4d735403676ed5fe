"""No secret in what pytest shows: tracebacks with their locals, captured output, failures of other plugins.

Loaded by every pytest run in the environment: nothing is imported here, and nothing is done before a target was read.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from _pytest._code.code import ExceptionRepr

    from conformance.core.redaction import SharedFile
    from conformance.pytest_plugin.xdist_parts import WorkerController

_REDACTION: Final = "conformance.core.redaction"
_SIGNATURES: Final = "conformance_signatures"
"""What a worker is given of the file in which the processes of the run share their signatures: its path and key."""


class RedactedReports:
    """Removes secrets from reports of pytest, before other plugins see them. A plugin of pytest.

    Args:
        config: pytest's.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._target: str | None = config.getoption("conformance_target")
        self._shared: SharedFile | None = None
        if self._target is None:
            return  # without a target file, an account is made up, and its signatures are worth nothing
        from conformance.core.failures.uncaught import redact_uncaught  # noqa: PLC0415
        from conformance.core.redaction import RECENT, SharedFile  # noqa: PLC0415 - see the module's docstring

        redact_uncaught()  # what a plugin raises when pytest ends is caught by nobody
        given: tuple[str, str] | None = getattr(config, "workerinput", {}).get(_SIGNATURES)
        if given is not None:
            RECENT.join(SharedFile(*given))

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: WorkerController) -> None:
        """Have the workers of pytest-xdist on this host share their signatures."""
        if self._config.getoption("conformance_target") is None:
            return
        if self._shared is None:
            from conformance.core.redaction import RECENT  # noqa: PLC0415 - see the module's docstring

            stack = ExitStack()
            self._shared = stack.enter_context(RECENT.shared())
            self._config.add_cleanup(stack.close)
        if self._shared is not None:
            node.workerinput[_SIGNATURES] = (self._shared.path, self._shared.key)

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
