"""The property tests under pytest: `pytest --pyargs conformance.fuzz --endpoint URL`.

The options are those of the plugin that runs the cases, and `--fuzz-seed`, `--fuzz-examples`, `--fuzz-time`.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.cases.suite import Suite
    from conformance.engine.plan import Plan
    from conformance.fuzz.fuzz_limits import FuzzLimits


@pytest.fixture(scope="session")
def suites() -> list[Suite]:
    """Every operation that has contracts and valid requests."""
    from conformance.cases.choosing.suite_folders import load_suites  # noqa: PLC0415 - only a run of these tests needs it
    from conformance.core.cache import user_cache  # noqa: PLC0415
    from conformance.core.resources import case_dirs  # noqa: PLC0415

    return load_suites(case_dirs(), user_cache("cases"))


@pytest.fixture(scope="session")
def plan(pytestconfig: pytest.Config, suites: list[Suite]) -> Iterator[Plan]:
    """The target that the options name, or the reference server, for all tests of this process."""
    from conformance.cases.suite import load_defaults, operations_in  # noqa: PLC0415
    from conformance.contract.languages import check_docs, languages_of  # noqa: PLC0415
    from conformance.core.errors import ConformanceError  # noqa: PLC0415
    from conformance.core.resources import case_dirs  # noqa: PLC0415
    from conformance.engine.plan import Plan, new_run_id  # noqa: PLC0415
    from conformance.server.target import open_target  # noqa: PLC0415
    from conformance.target.options import TargetOptions  # noqa: PLC0415

    option = pytestconfig.getoption
    try:
        with open_target(
            TargetOptions.of_pytest(option),
            defaults=load_defaults(case_dirs()[0]),
            docs=check_docs(option("conformance_docs")),
            operations=operations_in(suite.contracts for suite in suites),
        ) as target:
            yield Plan(
                target=target,
                contracts={suite.subject: suite.contracts for suite in suites},
                docs=languages_of(option("conformance_docs")),
                cases=(),
                concurrency=1,
                run_id=new_run_id(),
            )
    except ConformanceError as fault:
        pytest.exit(f"conformance: {fault}", returncode=int(fault.exit_status))


@pytest.fixture
def limits(pytestconfig: pytest.Config) -> FuzzLimits:
    """Seed, number of requests and deadline of one test."""
    from conformance.fuzz.fuzz_limits import FuzzLimits  # noqa: PLC0415

    seconds = pytestconfig.getoption("conformance_fuzz_time")
    deadline = None if seconds is None else time.monotonic() + seconds
    return FuzzLimits(
        pytestconfig.getoption("conformance_fuzz_seed"), pytestconfig.getoption("conformance_fuzz_examples"), deadline
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test each document that `--docs` names, in the same order in every worker."""
    if "language" in metafunc.fixturenames:
        from conformance.contract.languages import languages_of  # noqa: PLC0415

        metafunc.parametrize("language", languages_of(metafunc.config.getoption("conformance_docs")))
