"""What one process of pytest keeps while it runs cases.

Loaded by every pytest run in the environment: what a run without cases does not need is imported late.
"""

from __future__ import annotations

import os
import signal
import threading
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from conformance.pytest_plugin.activation import WORKSPACE_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.cases.model import Case
    from conformance.cases.suite import Suite
    from conformance.core.cache import Cache
    from conformance.core.errors import ConformanceError
    from conformance.core.option_sources import OptionSource
    from conformance.engine.plan import Plan
    from conformance.judging.results import CaseResult
    from conformance.pytest_plugin.prefetch import Prefetcher

_SUFFIX: Final = ".yaml"
_CHECKED: Final = {
    **dict.fromkeys(
        (
            "conformance_endpoint",
            "conformance_states_url",
            "conformance_target",
            "conformance_signature",
            "conformance_rate",
            "conformance_timeout_s",
            "conformance_concurrency",
        )
    ),
    "conformance_report_dir": None,
    "conformance_docs": "both",
    "conformance_keep_exchanges": "failing",
}
"""The options that need no check as long as they are what they are without being given."""
_DEFAULTS: Final = {
    **_CHECKED,
    **dict.fromkeys(("conformance_known_failing", "conformance_shard", "conformance_fuzz_time")),
    **dict.fromkeys(("conformance_live", "conformance_no_case_cache", "conformance_strict_docs"), False),
    "conformance_fuzz_seed": 0,
    "conformance_fuzz_examples": 100,
}
"""What options are when nobody gives them; on a command line that does not have it each is `None`."""
_VARIABLES: Final = "CONFORMANCE_"


def is_case_file(path: Path) -> bool:
    """Whether a file is YAML beside a `base.yaml`, two folders below a catalogue of states or a workspace."""
    folder = path.parent
    # One folder below it is where releases before 0.2 had an operation: collected, to be refused with a message.
    roots = (folder.parent.parent, folder.parent)
    if path.suffix != _SUFFIX or not (folder / "base.yaml").is_file():
        return False
    if not any((root / "states.yaml").is_file() or (root.parent / WORKSPACE_FILE).is_file() for root in roots):
        return False
    from conformance.cases.suite import SIDE_FILES  # noqa: PLC0415 - see the module's docstring

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
        self._hurried = False
        self._filled_in: dict[str, OptionSource] = {}
        self._fault: ConformanceError | None = None
        self._checked = False
        self.plan: Plan | None = None

    @cached_property
    def cache(self) -> Cache:
        """Where compiled case files are kept."""
        from conformance.core.cache import NO_CACHE, user_cache  # noqa: PLC0415 - see the module's docstring

        return NO_CACHE if self._config.getoption("conformance_no_case_cache") else user_cache("cases")

    def suite(self, path: Path) -> Suite:
        """Return the suite that a case file belongs to; raises `ConformanceError` for wrong files beside it."""
        folder = path.parent
        if folder not in self._suites:
            from conformance.cases.choosing.suite_folders import (  # noqa: PLC0415 - see the module's docstring
                load_found,
                suite_folders,
            )
            from conformance.core.resources import case_dirs  # noqa: PLC0415

            same = (each for each in suite_folders(case_dirs()) if each.folder.resolve() == folder.resolve())
            found = next(same, None)
            self._suites[folder] = self._elsewhere(folder) if found is None else load_found(found, self.cache)
        return self._suites[folder]

    def _elsewhere(self, folder: Path) -> Suite:
        """Return the suite of own cases, in a folder of any name as long as it is clear whose they are."""
        from conformance.cases.choosing.suite_folders import refuse_misplaced  # noqa: PLC0415 - as above
        from conformance.cases.compiled import read_suite  # noqa: PLC0415
        from conformance.contract.catalogue import contract_files  # noqa: PLC0415

        known = contract_files()
        named = [each for each in known if each.name == folder.name]
        for operation in named[:1]:
            refuse_misplaced(folder, operation)
        own = [each for each in named if each.product == folder.parent.name] or named
        return read_suite(folder, known[own[0]] if len(own) == 1 else {}, self.cache, folder.name)

    def result(self, case: Case, upcoming: Iterable[Case]) -> CaseResult:
        """Return the result of a case; see `Prefetcher.result`."""
        if self._prefetcher is None:
            from conformance.engine.engine import Engine  # noqa: PLC0415 - see the module's docstring
            from conformance.pytest_plugin.prefetch import Prefetcher  # noqa: PLC0415
            from conformance.pytest_plugin.run_plan import make_plan  # noqa: PLC0415

            self.plan = make_plan(self._config, self._suites, self.cache, self._stack)
            self._stack.callback(self._settle, self.plan)
            if self.plan.target.credentials is not None:
                _clean_up_when_asked_to_end()
            engine = self._stack.enter_context(Engine(self.plan))
            with self._turn():
                engine.prepare([case, *upcoming])
            self._prefetcher = Prefetcher(engine)
            self._stack.callback(self._prefetcher.close)
        with self._turn():
            return self._prefetcher.result(case, upcoming)

    def _turn(self) -> AbstractContextManager[None]:
        """Return what holds while this process alone runs a case, where they share an account."""
        if self.plan is None or self.plan.target.credentials is None:
            return nullcontext()
        from conformance.pytest_plugin.turns import turn  # noqa: PLC0415 - see the module's docstring

        return turn(self._config)

    def _settle(self, plan: Plan) -> None:
        """Delete what cases left on an account that outlives the run: the last that is done, before the target goes."""
        if plan.ledger is None or not plan.ledger.path.exists():
            return
        from conformance.engine.cleanup.sweep import cleanups_of_cases, settle  # noqa: PLC0415

        cleanups, ledger = cleanups_of_cases(plan.cases), plan.ledger
        notes, _ = settle(cleanups, plan.target, ledger.path, run=ledger.run, hurried=self._hurried)
        plan.notes.extend(notes)

    def fill_in_options(self) -> None:
        """Give the options that the command line does not have their values.

        A variable or a file that is wrong is told only when there are cases: other tests have nothing to do with it.
        """
        option = self._config.option
        unnamed = [name for name in _DEFAULTS if getattr(option, name) is None]
        for name in unnamed:
            setattr(option, name, _DEFAULTS[name])
        here = Path(self._config.invocation_params.dir)
        elsewhere = any(name.startswith(_VARIABLES) for name in os.environ) or any(
            (folder / WORKSPACE_FILE).is_file() for folder in (here, *here.parents)
        )
        # A worker of pytest-xdist has the options of the process that started it.
        if hasattr(self._config, "workerinput") or not elsewhere:
            return
        from conformance.core.errors import ConformanceError  # noqa: PLC0415 - see the module's docstring
        from conformance.pytest_plugin.unnamed_options import fill_in  # noqa: PLC0415

        try:
            self._filled_in = fill_in(self._config, unnamed)
        except ConformanceError as fault:
            self._fault = fault

    def check(self) -> None:
        """Check the options, if any was given on the command line; raises `pytest.UsageError`."""
        option = self._config.getoption
        given = [name for name, default in _CHECKED.items() if option(name) != default]
        if any(name not in self._filled_in for name in given) or self._asks_for_cases():
            self.check_all()

    def check_all(self) -> None:
        """Check the options, also those that the command line does not have; raises `pytest.UsageError`."""
        if self._fault is not None:
            raise pytest.UsageError(str(self._fault))
        option = self._config.getoption
        if not self._checked and any(option(name) != default for name, default in _CHECKED.items()):
            from conformance.pytest_plugin.run_plan import check_options  # noqa: PLC0415 - see the module's docstring

            check_options(self._config, self._filled_in.values())
        self._checked = True

    def _asks_for_cases(self) -> bool:
        """Whether the words of the command line name case files that other processes will collect."""
        if self._config.getoption("dist", "no") == "no":
            return False
        paths = [Path(self._config.invocation_params.dir, word.partition("::")[0]) for word in self._config.args]
        return any((folder / "states.yaml").is_file() for path in paths for folder in (path, *path.parents))

    def close(self, *, hurried: bool = False) -> None:
        """Let what is under way end, and close the engine and the target.

        Args:
            hurried: Whether Ctrl-C stopped the run.
        """
        self._hurried = hurried
        self._stack.close()


def _clean_up_when_asked_to_end() -> None:
    """Have SIGTERM do what Ctrl-C does, unless somebody else sees to it: what was created must not stay behind."""
    from conformance.core.termination import TERMINATION  # noqa: PLC0415 - see the module's docstring

    if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        TERMINATION.install(defers=True)  # pytest takes its time to show where the first one struck


SESSION: Final = pytest.StashKey[CaseSession]()
