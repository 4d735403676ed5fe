"""The options of pytest: checked before anything runs, and made into the plan of a run. Loaded when there are any."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from msgspec.structs import replace

from conformance.cases.choosing.named_files import case_files
from conformance.cases.load import refuse_duplicate_ids
from conformance.cases.select import load_cases
from conformance.cases.suite import cases_root, load_defaults, operations_in
from conformance.contract.languages import BOTH, check_docs, languages_of
from conformance.core.errors import ConformanceError, UsageError
from conformance.core.option_sources import name_source
from conformance.engine.cleanup.sweep import check_earlier
from conformance.engine.plan import Plan, command_again, keeps_all, new_run_id
from conformance.judging.expected_failures import ExpectedFailures, load_expected_failures
from conformance.pytest_plugin.turns import refuse_other_machines
from conformance.reports.store import LEDGER
from conformance.server.target import open_target
from conformance.target.ledger import Ledger
from conformance.target.model import DEFAULT_CONCURRENCY
from conformance.target.options import TargetOptions, named_target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from contextlib import ExitStack

    from conformance.cases.model import Case
    from conformance.cases.suite import Suite
    from conformance.core.cache import Cache
    from conformance.core.option_sources import OptionSource
    from conformance.target.model import Target

_ALONE: Final = "in this target states hold for everybody, so cases must run alone"


def check_options(config: pytest.Config, sources: Iterable[OptionSource] = ()) -> None:
    """Check the options, and that the server is there.

    Args:
        config: pytest's.
        sources: Where those values are from that the command line does not give.

    Raises:
        pytest.UsageError: When one cannot be.
    """
    option = config.getoption
    try:
        if option("conformance_concurrency") is not None and option("conformance_concurrency") < 1:
            raise UsageError(f"--concurrency {option('concurrency')} is not a number above 0")
        if option("conformance_report_dir") == "":
            raise UsageError("--report-dir: the path is empty")
        keeps_all(option("conformance_keep_exchanges"))
        check_docs(option("conformance_docs"))
        target = named_target(TargetOptions.of_pytest(option), defaults={})
        if target is not None and target.isolation == "global" and option("dist", "no") != "no":
            raise UsageError(_ALONE, hint="leave out -n and -d")
        if target is not None and target.credentials is not None:
            refuse_other_machines(config)
        if target is not None and not hasattr(config, "workerinput"):
            check_earlier(_ledger(config), target)
    except ConformanceError as fault:
        name_source(fault, sources)
        raise pytest.UsageError(str(fault)) from None


def make_plan(config: pytest.Config, suites: Mapping[Path, Suite], cache: Cache, stack: ExitStack) -> Plan:
    """Return the plan of a run.

    Args:
        config: pytest's.
        suites: The suites of the case files that were collected, by folder; one at least.
        cache: Where compiled case files are kept.
        stack: Closes the target, which may be a reference server of our own.

    Raises:
        ConformanceError: For options that cannot be, and wrong files.
    """
    option = config.getoption
    docs = check_docs(option("conformance_docs"))
    defaults = load_defaults(cases_root(next(iter(suites))))
    # Every case, also those not selected: some verdicts rest on what the server shows in others.
    cases = [case for folder, suite in suites.items() for case in _readable(suite, folder, cache)]
    refuse_duplicate_ids(cases)
    expected_failures = option("conformance_known_failing")
    served = operations_in(suite.contracts for suite in suites.values())
    target = stack.enter_context(
        open_target(TargetOptions.of_pytest(option), defaults=defaults, docs=docs, operations=served)
    )
    if target.isolation == "global" and hasattr(config, "workerinput"):
        raise UsageError(_ALONE, hint="leave out -n and -d")
    target = _share(target, config)
    run_id = new_run_id()
    ledger = Ledger(_ledger(config), run_id, target.endpoint)
    check_earlier(ledger.path, target)
    return Plan(
        target=target,
        contracts={suite.subject: suite.contracts for suite in suites.values()},
        docs=languages_of(docs),
        cases=tuple(cases),
        concurrency=option("conformance_concurrency") or DEFAULT_CONCURRENCY,
        run_id=run_id,
        disagreements={suite.subject: suite.disagreements for suite in suites.values()},
        ledger=ledger,
        expected_failures=load_expected_failures(Path(expected_failures), [case.id for case in cases])
        if expected_failures
        else ExpectedFailures(),
        keep_all=keeps_all(option("conformance_keep_exchanges")),
        command=command_again(_decisive_options(config), live=option("conformance_live")),
        sole=not hasattr(config, "workerinput"),
    )


def _readable(suite: Suite, folder: Path, cache: Cache) -> Iterator[Case]:
    """Yield the cases of a folder; a file that is wrong is an error of the collection, and stops no other."""
    for path in case_files(folder):
        with suppress(ConformanceError):
            yield from load_cases(suite, [path], cache)


def _ledger(config: pytest.Config) -> Path:
    return Path(config.getoption("conformance_report_dir") or ".") / LEDGER


def _decisive_options(config: pytest.Config) -> dict[str, object]:
    """Return the options that decide a verdict, as `conformance run` names them."""
    option = config.getoption
    return {
        **TargetOptions.of_pytest(option).by_name,
        "--docs": option("conformance_docs") if option("conformance_docs") != BOTH else None,
        "--known-failing": option("conformance_known_failing"),
        "--concurrency": option("conformance_concurrency"),
    }


def _share(target: Target, config: pytest.Config) -> Target:
    """Return the target with this worker's share of the rate, which holds for all workers together."""
    workers: int = getattr(config, "workerinput", {}).get("workercount", 1)
    return replace(target, rate=target.rate / workers) if target.rate else target
