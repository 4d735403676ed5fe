"""Every case there is, and the plan of a run that the options make of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from conformance.cases.collect import case_files, load_cases, load_other, load_suites, named_files
from conformance.cases.load import load_defaults
from conformance.errors import UsageError
from conformance.resources import cases_dir
from conformance.runner.known import KnownFailing, load_known_failing
from conformance.runner.plan import Plan, new_run_id
from conformance.runner.target import languages
from conformance.targets.model import DEFAULT_CONCURRENCY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conformance.cases.load import Suite
    from conformance.cases.model import Case


def load_all() -> tuple[list[Suite], list[Case]]:
    """Return every suite and every case that travels with the project.

    Raises:
        CaseError: For a wrong case file.
        ContractError: For a wrong contract.
    """
    suites = load_suites(cases_dir())
    return suites, [case for suite in suites for case in load_cases(suite, case_files(cases_dir() / suite.operation))]


def load_plan(
    docs: str, concurrency: int | None, known_failing: Path | None = None, words: Sequence[str] = ()
) -> partial[Plan]:
    """Read every case of every operation that has a contract and cases; return what makes the plan for a target.

    Args:
        docs: `--docs`.
        concurrency: `--concurrency`.
        known_failing: `--known-failing`.
        words: What a user names on the command line; case files among them are read too.

    Raises:
        UsageError: For a wrong `--docs`, `--concurrency` or list of known failures.
        CaseError: For a wrong case file.
        ContractError: For a wrong contract.
    """
    chosen = languages(docs)
    if concurrency is not None and concurrency < 1:
        raise UsageError(f"--concurrency {concurrency} is not a number above 0")
    suites, cases = load_all()
    cases += load_other(suites, named_files(words), cases)
    ids = [case.id for case in cases]
    return partial(
        Plan,
        contracts={suite.operation: suite.contracts for suite in suites},
        docs=chosen,
        cases=tuple(cases),
        concurrency=concurrency or DEFAULT_CONCURRENCY,
        run_id=new_run_id(),
        known=load_known_failing(known_failing, ids) if known_failing is not None else KnownFailing(),
    )


def default_values() -> dict[str, str]:
    """Return what `${target.NAME}` stands for unless a target says otherwise; raises `CaseError` for a wrong file."""
    return load_defaults(cases_dir())
