"""Every case there is, and the plan of a run that the options make of them."""

from __future__ import annotations

import gc
from collections import Counter
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from msgspec import Struct

from conformance.cases.choosing.named_files import case_files, named_files
from conformance.cases.choosing.suite_folders import chosen_folders, is_of_sdk_alone, load_found, suite_folders
from conformance.cases.compiled import read_contracts
from conformance.cases.select import load_cases, load_other
from conformance.cases.suite import SDK_FOLDER, load_defaults, operations_in
from conformance.contract.catalogue import workspace_contracts
from conformance.contract.languages import languages_of
from conformance.core.cache import user_cache
from conformance.core.errors import InputError, UsageError
from conformance.core.resources import case_dirs
from conformance.core.wording import near
from conformance.engine.plan import Plan, new_run_id
from conformance.judging.expected_failures import ExpectedFailures, load_expected_failures
from conformance.target.model import DEFAULT_CONCURRENCY, PROCESSES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from conformance.cases.choosing.suite_folders import SuiteFolder
    from conformance.cases.disagreements import Disagreement
    from conformance.cases.model import Case
    from conformance.cases.sdk import SdkCase
    from conformance.cases.suite import Suite
    from conformance.contract.catalogue import OperationId
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.core.cache import Cache
    from conformance.sdk.model_check import ModelCheck
    from conformance.sdk.wire_check.wire_run import WireCheck
    from conformance.target.model import Target


class PlanTemplate(Struct, frozen=True):
    """All of a plan but its target, for which it is called.

    Attributes:
        cases: Every case that can be chosen from.
        of_sdks: What is run through an SDK beside them; empty for a run over HTTP.
        named_files: The case files beside those of the project, as a user named them.
        faults: Why operations could not be read that nobody named.
        words: What the user named, with the operations as case ids have them.
        defaults: The values of `${target.NAME}` where the target has none.
    """

    cases: tuple[Case, ...]
    defaults: Mapping[str, str]
    contracts: Mapping[str, Mapping[Language, Contract]]
    disagreements: Mapping[str, tuple[Disagreement, ...]]
    docs: tuple[Language, ...]
    concurrency: int
    expected_failures: ExpectedFailures
    of_sdks: tuple[SdkCase | ModelCheck | WireCheck, ...] = ()
    named_files: frozenset[str] = frozenset()
    faults: tuple[InputError, ...] = ()
    words: tuple[str, ...] = ()

    def __call__(self, target: Target) -> Plan:
        """Return the plan of a run of its own."""
        return Plan(
            target=target,
            contracts=self.contracts,
            docs=self.docs,
            cases=self.cases,
            concurrency=self.concurrency,
            run_id=new_run_id(),
            disagreements=self.disagreements,
            expected_failures=self.expected_failures,
            named_files=self.named_files,
        )


class LoadedOperations(Struct, frozen=True):
    """What was read of the operations that a command is about.

    Attributes:
        suites: Their suites.
        cases: Their cases.
        faults: Why other operations could not be read: nothing is known of them, and nothing else is stopped by it.
        words: What the user named, with the operations as case ids have them.
    """

    suites: list[Suite]
    cases: list[Case]
    faults: list[InputError]
    words: list[str]


def load_all(cache: Cache | None = None) -> tuple[list[Suite], list[Case]]:
    """Return every suite and every case, of the workspace and of the project.

    Args:
        cache: Where what was read before is kept; the user's own cache unless given.

    Raises:
        CaseError: For a wrong case file.
        ContractError: For a wrong contract.
    """
    cache = user_cache("cases") if cache is None else cache
    read = [_read(found, cache) for found in suite_folders(case_dirs())]
    return [suite for suite, _ in read], [case for _, cases in read for case in cases]


def _read(found: SuiteFolder, cache: Cache) -> tuple[Suite, list[Case]]:
    suite = load_found(found, cache)
    return suite, load_cases(suite, case_files(found.folder), cache)


def named_operations(words: Sequence[str] = ()) -> list[OperationId]:
    """Return the operations that a command is about, or may be, without reading their cases.

    None where the words cannot be understood: who reads the cases says why.

    Args:
        words: What the user named; see `chosen_folders`.
    """
    with suppress(InputError, UsageError):
        return [each.operation for each in chosen_folders(case_dirs(), words)[0]]
    return []


def load_named(words: Sequence[str] = (), cache: Cache | None = None) -> LoadedOperations:
    """Return the suites and cases that a command is about.

    Args:
        words: What the user named; see `chosen_folders`.
        cache: As in `load_all`.

    Raises:
        CaseError: For a wrong case file of an operation that was named.
        ContractError: For a wrong contract of such an operation.
        UsageError: For the name of operations of several products.
    """
    cache = user_cache("cases") if cache is None else cache
    loaded = LoadedOperations([], [], [], [])
    folders, meant = chosen_folders(case_dirs(), words)
    loaded.words.extend(meant)
    for found in folders:
        try:
            suite, cases = _read(found, cache)
        except InputError as fault:
            if len(folders) == 1 or any(word.partition("/")[0] == found.subject for word in meant):
                raise
            loaded.faults.append(fault)
            continue
        loaded.suites.append(suite)
        loaded.cases.extend(cases)
    return loaded


def load_operations(words: Sequence[str] = (), cache: Cache | None = None) -> LoadedOperations:
    """Return the suites and cases of operations, for commands whose words can be nothing else.

    Args:
        words: The operations (`CreateThing`, `farm:CreateThing`, `farm/2020-01-02/CreateThing`); none: as `load_named`.
        cache: As in `load_all`.

    Raises:
        CaseError, ContractError: As `load_named`.
        UsageError: For a word that means no operation with cases, or several.
    """
    loaded = load_named(words, cache)
    subjects = {each.subject for each in loaded.suites} if not words else _known_subjects()
    for given, meant in zip(words, loaded.words, strict=True):
        if meant not in subjects:
            raise UsageError(f"no operation {given!r} has cases", hint=near(given, subjects))
    return loaded


def _known_subjects() -> set[str]:
    return {found.subject for found in suite_folders(case_dirs())}


def load_plan(
    docs: str,
    concurrency: int | None,
    known_failing: Path | None = None,
    words: Sequence[str] = (),
    cache: Cache | None = None,
    *,
    through_sdk: bool = False,
) -> PlanTemplate:
    """Read every case of every operation that has a contract and cases; return what makes the plan for a target.

    Args:
        docs: `--docs`.
        concurrency: `--concurrency`.
        known_failing: `--known-failing`.
        words: What a user names on the command line; case files among them are read too.
        cache: As in `load_all`.
        through_sdk: Whether the run goes through an SDK.

    Raises:
        UsageError: For a wrong `--docs`, `--concurrency` or list of known failures.
        CaseError: For a wrong case file.
        ContractError: For a wrong contract.
    """
    chosen = languages_of(docs)
    if concurrency is not None and concurrency < 1:
        raise UsageError(f"--concurrency {concurrency} is not a number above 0")
    cache = user_cache("cases") if cache is None else cache
    with _without_garbage_collection():
        loaded = load_named(words, cache)
        suites, cases = loaded.suites, loaded.cases
        others = load_other(suites, named_files(words), cases, cache)
    contracts = {suite.subject: suite.contracts for suite in suites}
    bare = _without_cases(suites, words, cache) if through_sdk else {}
    of_sdks = _of_sdks({**contracts, **bare}, chosen) if through_sdk else ()
    cases += others
    ids = [case.id for case in (*of_sdks, *cases)] if known_failing is not None else []
    return PlanTemplate(
        cases=tuple(cases),
        defaults=suites[0].defaults if suites else {},
        contracts={**contracts, **bare},
        disagreements={suite.subject: suite.disagreements for suite in suites},
        docs=chosen,
        concurrency=concurrency or (PROCESSES if through_sdk else DEFAULT_CONCURRENCY),
        expected_failures=ExpectedFailures() if known_failing is None else load_expected_failures(known_failing, ids),
        of_sdks=of_sdks,
        named_files=frozenset(case.where.file for case in others),
        faults=tuple(loaded.faults),
        words=tuple(loaded.words),
    )


def _without_cases(
    suites: Sequence[Suite], words: Sequence[str], cache: Cache
) -> dict[str, Mapping[Language, Contract]]:
    """Return the contracts of the workspace's operations that have no cases, for checks of an SDK that need none."""
    named = {word.split("/")[2] for word in words if word.startswith(f"{SDK_FOLDER}/") and word.count("/") > 1}
    every = all(map(is_of_sdk_alone, words))
    if not named and not every:
        return {}
    having = set(operations_in(suite.contracts for suite in suites))
    found = {
        each: files
        for each, files in workspace_contracts().items()
        if each not in having and (every or not named.isdisjoint((each.name, each.with_product)))
    }
    names = Counter([*(each.name for each in found), *(each.name for each in having)])
    return {
        each.name if names[each.name] == 1 else each.with_product: read_contracts(files, cache)
        for each, files in found.items()
    }


def _of_sdks(
    contracts: Mapping[str, Mapping[Language, Contract]], docs: tuple[Language, ...]
) -> tuple[SdkCase | ModelCheck | WireCheck, ...]:
    from conformance.cases.sdk import load_sdk_cases, sdk_files  # noqa: PLC0415 - only a run through an SDK pays for it
    from conformance.sdk.model_check import model_checks  # noqa: PLC0415
    from conformance.sdk.wire_check.wire_run import wire_checks  # noqa: PLC0415

    return (*model_checks(contracts, docs), *wire_checks(contracts, docs), *load_sdk_cases(sdk_files()))


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Switch the garbage collector off while many objects are made that stay: it would double the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def default_values() -> dict[str, str]:
    """Return the values of `${target.NAME}` where a target has none; raises `CaseError` for a wrong file."""
    return load_defaults(case_dirs()[0])
