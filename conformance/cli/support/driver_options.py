"""What the options of a run say about an SDK driver: what has no place beside what, and which driver it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.core.errors import UsageError
from conformance.target.load import load_target

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conformance.cli.support.plan_template import PlanTemplate
    from conformance.sdk.driver_run import Driver

PLAIN: Final = (None, "http")
"""The values of `--driver` that mean no SDK."""


def check_driver(driver: str | None, sdk: str | None, core: str | None, signature: str | None) -> None:
    """Refuse options that have no place beside each other."""
    if driver in PLAIN and (sdk or core):
        raise UsageError("--sdk and --core go with --driver", hint="conformance drivers lists them")
    if driver not in PLAIN and signature is not None:
        raise UsageError("--signature has no place beside --driver: the SDK signs", hint="leave it out")


def check_workers(workers: int | None, driver: str | None) -> None:
    """Refuse a number of processes that is none, and one beside a driver."""
    if workers is not None and workers < 1:
        raise UsageError(f"--workers {workers} is not a number above 0")
    if workers is not None and driver not in PLAIN:
        raise UsageError("--workers has no place beside --driver", hint="--concurrency sets its processes")


def installed_driver(  # noqa: PLR0917 - what the command line says, in its order
    driver: str, sdk: str | None, core: str | None, target: Path | None, plan: PlanTemplate, again: Sequence[str]
) -> Driver:
    """Return the driver, installed if need be; its command line has what else decides the verdict of a case."""
    from conformance.sdk.driver_run import find_and_install  # noqa: PLC0415 - only a run through an SDK pays for it

    if target is not None:
        load_target(target)  # so that what it names as secret is known, and reaches no installer
    found = find_and_install(driver, sdk, core, plan.contracts)
    return replace(found, options=(*found.options, *again[2:]))
