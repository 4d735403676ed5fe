"""What `run` and other commands that speak to a target share: their options, and the plan these make."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from conformance.cases.collect import case_files, load_cases, load_suites
from conformance.cases.load import load_defaults
from conformance.contract.model import LANGUAGES
from conformance.errors import UsageError
from conformance.resources import cases_dir
from conformance.runner.engine import Plan, new_run_id
from conformance.targets.connection import check_reachable
from conformance.targets.load import apply_knobs, load_target, with_options
from conformance.targets.model import DEFAULT_CONCURRENCY, Target

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conformance.contract.model import Language

DOCS: Final = ("en", "zh", "both")


def languages(docs: str) -> tuple[Language, ...]:
    """Return the languages that `--docs` names; raises `UsageError` for another word."""
    if docs == "both":
        return LANGUAGES
    chosen = tuple(language for language in LANGUAGES if language == docs)
    if not chosen:
        raise UsageError(f"--docs {docs!r} is unknown", hint=f"one of: {', '.join(DOCS)}")
    return chosen


@contextmanager
def open_target(
    *,
    endpoint: str | None,
    states_url: str | None,
    target_file: Path | None,
    signature: str | None,
    rate: float | None,
    timeout_s: float | None,
    live: bool,
    defaults: dict[str, str],
) -> Iterator[Target]:
    """Yield the target that the options name; with no endpoint, the reference server, stopped whatever happens.

    Raises:
        UsageError: For options that cannot be.
        TargetFileError: For a wrong target file.
        TargetError: When nothing accepts connections at the endpoint.
    """
    from_file = load_target(target_file) if target_file is not None else None
    target = with_options(
        from_file,
        endpoint=endpoint,
        states_url=states_url,
        signature=signature,
        rate=rate,
        timeout_s=timeout_s,
        defaults=defaults,
        live=live,
    )
    if target is not None:
        check_reachable(target.endpoint, target.timeout_s)
        yield target
        return
    from conformance.mock.server import ReferenceServer  # noqa: PLC0415 - only a run without an endpoint needs it

    with ReferenceServer() as server:
        reference = Target(server.endpoint, states_url=server.states_url, values=defaults)
        yield apply_knobs(reference, signature=signature, rate=rate, timeout_s=timeout_s)


def make_plan(target: Target, docs: str, concurrency: int | None) -> Plan:
    """Return the plan of a run: every case of every operation that has a contract and cases.

    Raises:
        UsageError: For a wrong `--docs` or `--concurrency`.
        CaseError: For a wrong case file.
        ContractError: For a wrong contract.
    """
    chosen = languages(docs)
    if concurrency is not None and concurrency < 1:
        raise UsageError(f"--concurrency {concurrency} is not a number above 0")
    suites = load_suites(cases_dir())
    cases = [case for suite in suites for case in load_cases(suite, case_files(cases_dir() / suite.operation))]
    contracts = {suite.operation: suite.contracts for suite in suites}
    return Plan(target, contracts, chosen, tuple(cases), concurrency or DEFAULT_CONCURRENCY, new_run_id())


def default_values() -> dict[str, str]:
    """Return what `${target.NAME}` stands for unless a target says otherwise; raises `CaseError` for a wrong file."""
    return load_defaults(cases_dir())
