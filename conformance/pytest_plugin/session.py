"""What one process of pytest keeps while it runs cases.

Loaded by every pytest run in the environment: what a run without cases does not need is imported late.
"""

from __future__ import annotations

from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.cases.load import Suite
    from conformance.cases.model import Case
    from conformance.core.cache import Cache
    from conformance.engine.plan import Plan
    from conformance.judging.results import CaseResult
    from conformance.pytest_plugin.prefetch import Prefetcher

_SUFFIX: Final = ".yaml"
_ALONE: Final = "in this target states hold for everybody, so cases must run alone"


def is_case_file(path: Path) -> bool:
    """Whether a file is YAML beside a `base.yaml`, two folders below the catalogue of states."""
    folder = path.parent
    # One folder below it is where releases before 0.2 had an operation: collected, to be refused with a message.
    roots = (folder.parent.parent, folder.parent)
    if path.suffix != _SUFFIX or not (folder / "base.yaml").is_file():
        return False
    if not any((root / "states.yaml").is_file() for root in roots):
        return False
    from conformance.cases.load import SIDE_FILES  # noqa: PLC0415 - see the module's docstring

    return path.name not in SIDE_FILES


class CaseSession:
    """What one process keeps while it runs cases: suites, and an engine that is made for the first item.

    Args:
        config: pytest's.

    Attributes:
        plan: The run, once the first case has run.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._suites: dict[Path, Suite] = {}
        self._stack = ExitStack()
        self._prefetcher: Prefetcher | None = None
        self.plan: Plan | None = None

    @cached_property
    def cache(self) -> Cache:
        """Where compiled case files are kept."""
        from conformance.core.cache import NO_CACHE, user_cache  # noqa: PLC0415 - see the module's docstring

        return NO_CACHE if self._config.getoption("no_case_cache") else user_cache("cases")

    def suite(self, path: Path) -> Suite:
        """Return the suite that a case file belongs to; raises `ConformanceError` for wrong files beside it."""
        folder = path.parent
        if folder not in self._suites:
            from conformance.cases.compiled import read_suite  # noqa: PLC0415 - see the module's docstring
            from conformance.cases.select import refuse_misplaced  # noqa: PLC0415
            from conformance.contract.catalogue import contract_files  # noqa: PLC0415

            contracts = contract_files().get(folder.name, {})
            refuse_misplaced(folder, contracts)
            self._suites[folder] = read_suite(folder, contracts, self.cache)
        return self._suites[folder]

    def result(self, case: Case, upcoming: Iterable[Case]) -> CaseResult:
        """Return the result of a case; see `Prefetcher.result`."""
        if self._prefetcher is None:
            from conformance.engine.engine import Engine  # noqa: PLC0415 - see the module's docstring
            from conformance.pytest_plugin.prefetch import Prefetcher  # noqa: PLC0415

            self.plan = self._make_plan()
            self._prefetcher = Prefetcher(self._stack.enter_context(Engine(self.plan)))
            self._stack.callback(self._prefetcher.close)
        return self._prefetcher.result(case, upcoming)

    def check(self) -> None:
        """Check the options, if any was given; raises `pytest.UsageError`."""
        option = self._config.getoption
        names = ("endpoint", "states_url", "conformance_target", "signature", "rate", "timeout_s", "concurrency")
        usual = option("docs") == "both" and option("keep_exchanges") == "failing"
        if usual and all(option(name) is None for name in names):
            return
        if option("concurrency") is not None and option("concurrency") < 1:
            raise pytest.UsageError(f"--concurrency {option('concurrency')} is not a number above 0")
        from conformance.contract.languages import check_docs  # noqa: PLC0415
        from conformance.core.errors import ConformanceError, UsageError  # noqa: PLC0415 - see the module's docstring
        from conformance.engine.plan import keeps_all  # noqa: PLC0415
        from conformance.target.options import named_target  # noqa: PLC0415

        try:
            keeps_all(option("keep_exchanges"))
            check_docs(option("docs"))
            target = named_target(**self._options(), defaults={})
            if target is not None and target.isolation == "global" and option("dist", "no") != "no":
                raise UsageError(_ALONE, hint="leave out -n and -d")
        except ConformanceError as fault:
            raise pytest.UsageError(str(fault)) from None

    def _options(self) -> dict[str, Any]:
        option = self._config.getoption
        file = option("conformance_target")
        return {
            **{name: option(name) for name in ("endpoint", "states_url", "signature", "rate", "timeout_s", "live")},
            "target_file": Path(file) if file else None,
        }

    def _make_plan(self) -> Plan:
        from conformance.cases.load import cases_root, load_defaults  # noqa: PLC0415
        from conformance.cases.select import case_files, load_cases  # noqa: PLC0415 - see the module's docstring
        from conformance.contract.languages import check_docs, languages_of  # noqa: PLC0415
        from conformance.core.errors import UsageError  # noqa: PLC0415
        from conformance.engine.plan import Plan, keeps_all, new_run_id  # noqa: PLC0415
        from conformance.judging.expected_failures import ExpectedFailures, load_expected_failures  # noqa: PLC0415
        from conformance.server.target import open_target  # noqa: PLC0415
        from conformance.target.ledger import Ledger  # noqa: PLC0415
        from conformance.target.model import DEFAULT_CONCURRENCY  # noqa: PLC0415

        option = self._config.getoption
        folder = cases_root(next(iter(self._suites)))
        listed = option("known_failing")
        # Every case, also those not selected: some verdicts rest on what the server shows in others.
        cases = [
            case for path, suite in self._suites.items() for case in load_cases(suite, case_files(path), self.cache)
        ]
        ids = [case.id for case in cases]
        docs = check_docs(option("docs"))
        target = self._stack.enter_context(open_target(**self._options(), defaults=load_defaults(folder), docs=docs))
        if target.isolation == "global" and hasattr(self._config, "workerinput"):
            raise UsageError(_ALONE, hint="leave out -n and -d")
        return Plan(
            target=target,
            contracts={suite.operation: suite.contracts for suite in self._suites.values()},
            docs=languages_of(docs),
            cases=tuple(cases),
            concurrency=option("concurrency") or DEFAULT_CONCURRENCY,
            run_id=new_run_id(),
            disagreements={suite.operation: suite.disagreements for suite in self._suites.values()},
            ledger=Ledger(Path(option("report_dir") or ".") / "ledger.ndjson"),
            expected_failures=load_expected_failures(Path(listed), ids) if listed else ExpectedFailures(),
            keep_all=keeps_all(option("keep_exchanges")),
        )

    def close(self) -> None:
        """Let what is under way end, and close the engine and the target."""
        self._stack.close()


SESSION: Final = pytest.StashKey[CaseSession]()
