"""A run through an SDK driver: its model, the cases for SDKs and those of the suite, with the face of the engine."""

from __future__ import annotations

import shlex
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Self

from msgspec import Struct
from msgspec.structs import replace

from conformance.cases.model import Case
from conformance.cases.sdk import SdkCase
from conformance.cases.suite import operations_in
from conformance.core.errors import UsageError
from conformance.core.redaction import secrets_of
from conformance.engine.case_results import result_of
from conformance.engine.engine import Engine
from conformance.engine.notes import RunNote
from conformance.sdk.call_judge import SdkReview
from conformance.sdk.driver_process import DriverFailedError, DriverProcess
from conformance.sdk.install import install, missing_tools
from conformance.sdk.manifest import find_driver
from conformance.sdk.model_check import ModelCheck, judge_model
from conformance.sdk.parameter_rows import cited_by_rows
from conformance.sdk.pool import DriverPool
from conformance.sdk.product_packages import line_of_package, with_packages, without_package
from conformance.sdk.scripted_cases import run_sdk_cases
from conformance.sdk.sdk_caller import SdkCaller
from conformance.sdk.unlisted_fields import unlisted_fields
from conformance.sdk.wire_check.wire_run import WireCheck, WireRun
from conformance.transport.rate import RateLimit

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.engine.plan import Plan
    from conformance.judging.report_entries import SdkEntry
    from conformance.judging.results import CaseResult
    from conformance.sdk.driver_process import Hello, ModelField

NO_CONTRACTS: Final[Mapping[str, Mapping[Language, Contract]]] = MappingProxyType({})

Runnable = Case | SdkCase | ModelCheck | WireCheck


class Driver(Struct, frozen=True):
    """A driver that is ready to start, or cannot be.

    Attributes:
        name: As the report has it.
        command: The program and its arguments.
        folder: Its working directory; that of this process for a program that is named by its path.
        options: What names it on a command line of `conformance run`.
        missing: Why it cannot be run on this machine; `None` when it can.
        unknown: Products, each with the version of its API, of which it has no package.
        without_use: What the workspace's `products.yaml` has that nothing reads; each with its place.
    """

    name: str
    command: tuple[str, ...]
    folder: Path | None
    options: tuple[str, ...]
    missing: str | None = None
    unknown: tuple[str, ...] = ()
    without_use: tuple[str, ...] = ()


def find_and_install(
    name: str,
    sdk: str | None,
    core: str | None,
    contracts: Mapping[str, Mapping[Language, Contract]] = NO_CONTRACTS,
) -> Driver:
    """Return a driver, installed if it is not yet.

    Args:
        name: A driver of the project, or a program with its arguments: anything with a `/` or a space in it.
        sdk: The version of the SDK; the locked one unless given.
        core: The version of the library below it.
        contracts: Those of what is to be called, by operation: the packages of their products are installed.

    Raises:
        UsageError: For a name that is unknown, versions where they have no place, and operations of which no package
            is known.
        DriverError: When it cannot be installed.
    """
    if "/" in name or " " in name:
        if sdk or core:
            raise UsageError("--sdk and --core go with a driver of the project", hint="conformance drivers lists them")
        try:
            command = tuple(shlex.split(name))
        except ValueError as fault:
            raise UsageError(f"--driver {name!r} is no command line: {fault}") from None
        if not command:
            raise UsageError(f"--driver {name!r} names no program", hint="conformance drivers lists those there are")
        return Driver(Path(command[0]).name, command, None, ("--driver", name))
    found = with_packages(find_driver(name), operations_in(contracts.values()))
    manifest = found.manifest
    missing = missing_tools(manifest)
    if missing:
        what = "; ".join(f"{tool.program} is missing ({tool.hint})" for tool in missing)
        told = f"the driver {name} cannot be run here: {what}"
        return Driver(name, (), None, ("--driver", name), told, without_use=found.without_use)
    if sdk and manifest.others and manifest.product not in manifest.packages:
        products = ", ".join(manifest.packages)
        raise UsageError(f"--sdk {sdk} may be of several packages: {products}", hint="name operations of one product")
    installed = install(manifest, sdk, core)
    versions = [f"--{option}={version}" for option, version in (("sdk", sdk), ("core", core)) if version]
    options = ("--driver", name, *versions)
    return Driver(name, installed.command, installed.folder, options, None, found.unknown, found.without_use)


class SdkRun:
    """Runs what is chosen through one driver. Use as a context manager: leaving it stops the driver's processes.

    Args:
        plan: The run; `plan.concurrency` is the number of processes.
        driver: The driver.

    Attributes:
        plan: The run, with what the driver says about itself.

    Raises:
        DriverError: When the driver does not start.
    """

    def __init__(self, plan: Plan, driver: Driver) -> None:
        secrets = frozenset[str]().union(*map(secrets_of, plan.target.accounts))
        processes = [
            DriverProcess(driver.command, driver.folder, name=driver.name, secrets=secrets)
            for _ in range(plan.concurrency)
        ]
        target = replace(plan.target, driver=driver.name)
        operations = operations_in(plan.contracts.values())
        self._operations = dict(zip(plan.contracts, operations, strict=True))
        rate = RateLimit(target.rate)
        self._sdk = SdkCaller(DriverPool(processes), target.endpoint, target.timeout_s, rate, operations)
        self._models: dict[str, tuple[ModelField, ...] | None] = {}
        self._unread: dict[str, str] = {}
        command = ("conformance", "run", *driver.options)
        self.plan = replace(plan, target=target, not_run=driver.missing, command=command)
        if driver.missing is None:
            try:
                about = self._about(self._sdk.hello())
            except BaseException:
                self._sdk.close()
                raise
            self.plan = replace(self.plan, sdk=about)
        if driver.unknown:
            lacking = without_package(driver.name, *driver.unknown)
            way = line_of_package(driver.name, driver.unknown[0])
            self.plan.notes.add(RunNote("sdk.packages", f"{lacking} ({way})"))
        for number, text in enumerate(driver.without_use, start=1):
            self.plan.notes.add(RunNote(f"sdk.products.{number}", text))
        self._unknown = frozenset(driver.unknown)
        self._engine = Engine(self.plan, self._sdk, SdkReview(plan.contracts.values(), driver.name))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *details: object) -> None:
        self._engine.__exit__(*details)
        self._sdk.close()

    def run(self, chosen: Sequence[Runnable]) -> Generator[CaseResult, None, None]:
        """Run what is chosen and yield the results as they come."""
        if self.plan.not_run:
            others = (each for each in chosen if not isinstance(each, Case))
            yield from (result_of(each, self.plan, None, "not_run", self.plan.not_run) for each in others)
        else:
            for operation in self.plan.contracts:
                checks = [each for each in chosen if isinstance(each, ModelCheck) and each.operation == operation]
                yield from self._of_model(operation, checks)
            scripted = [each for each in chosen if isinstance(each, SdkCase)]
            yield from run_sdk_cases(scripted, self.plan, self._sdk, self.plan.concurrency)
            yield from self._on_the_wire([each for each in chosen if isinstance(each, WireCheck)])
        cases = [each for each in chosen if isinstance(each, Case)]
        yield from self._lacking((each, each.subject) for each in cases)
        for result in self._engine.run([each for each in cases if not self._without_package(each.subject)]):
            yield cited_by_rows(result, self.plan.contracts)

    def _of_model(self, operation: str, checks: Sequence[ModelCheck]) -> Iterator[CaseResult]:
        """Yield the results of checks of the SDK's model of one operation; that may have no package, or be unread."""
        if self._without_package(operation):
            yield from self._lacking((each, operation) for each in checks)
        elif operation in self._unread:
            why = self._unread[operation]
            yield from (result_of(each, self.plan, None, "error", why) for each in checks)
        elif checks:
            contracts = self.plan.contracts[operation]
            for result in judge_model(checks, self._models[operation], contracts, self.plan.docs):
                known = self.plan.expected_failures.reason(result.id)
                again = self.plan.run_line(result.id, "") if result.mismatches else None
                yield replace(result, known_failing=known, reproduce=again or None)

    def _on_the_wire(self, checks: Sequence[WireCheck]) -> Iterator[CaseResult]:
        wire = WireRun(self.plan, self._sdk, self._operations, self._models)
        yield from self._lacking((each, each.operation) for each in checks)
        has_package = [each for each in checks if not self._without_package(each.operation)]
        yield from wire.run(has_package, self.plan.concurrency)

    def _without_package(self, operation: str) -> str | None:
        """Return that the driver has no package of an operation's product; `None` where it has one."""
        called = self._operations.get(operation)
        product = f"{called.product}/{called.version}" if called is not None else ""
        return without_package(self.plan.target.driver, product) if product in self._unknown else None

    def _lacking(self, chosen: Iterable[tuple[Runnable, str]]) -> Iterator[CaseResult]:
        """Yield the results of what is of an operation whose product has no package."""
        for each, operation in chosen:
            if (lacking := self._without_package(operation)) is not None:
                yield result_of(each, self.plan, None, "not_run", lacking)

    def _about(self, hello: Hello) -> SdkEntry:
        for operation, called in self._operations.items():
            try:
                self._models[operation] = self._sdk.model(called)
            except DriverFailedError as fault:
                # Its model cannot be judged; it is started again for the calls.
                self._models[operation] = None
                self._unread[operation] = str(fault)
        unlisted = {
            operation: unlisted_fields(fields, self.plan.contracts[operation], self.plan.docs)
            for operation, fields in self._models.items()
        }
        return {
            "sdk": {"name": hello.sdk.name, "version": hello.sdk.version},
            "core": {"name": hello.core.name, "version": hello.core.version},
            "language": hello.language,
            "runtime": hello.runtime,
            "undocumented_fields": {name: found.undocumented for name, found in unlisted.items()},
            "named_fields": {name: found.named for name, found in unlisted.items() if found.named},
        }
