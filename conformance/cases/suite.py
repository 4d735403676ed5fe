"""What the case files of one operation are read against: contracts, valid requests, provider states, default values."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from conformance.cases.bases import load_bases
from conformance.cases.disagreements import Disagreement, disagreements
from conformance.cases.state_catalogue import load_states
from conformance.contract.model import FACT_NAMES, Contract
from conformance.core.errors import CaseError
from conformance.core.yamlfile import YamlFile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conformance.cases.bases import Base
    from conformance.cases.model import Cleanup
    from conformance.cases.state_catalogue import StateKind
    from conformance.contract.languages import Language

SIDE_FILES = ("base.yaml", "states.yaml", "defaults.yaml", "fuzz.yaml")
"""Files of the cases folder that hold no cases."""

SDK_FOLDER = "sdk"
"""The folder beside those of the products that holds cases for SDKs, in files of another kind."""


@dataclass(frozen=True)
class Suite:
    """What every case file of one operation is read against. What every case needs of it is computed once.

    Attributes:
        operation: The operation under test.
        contracts: Its contracts by language.
        bases: Its valid requests by name.
        states: The provider states that a case may ask for.
        defaults: The values of `${target.NAME}` where a target has none of its own.
        cleanup: How what the operation creates is deleted again.
        disagreements: The points on which its documents disagree.
        key: The digest of all of it, for the cache; empty when nothing is cached.
    """

    operation: str
    contracts: Mapping[Language, Contract]
    bases: Mapping[str, Base]
    states: Mapping[str, StateKind]
    defaults: Mapping[str, str]
    cleanup: Cleanup | None = None
    disagreements: tuple[Disagreement, ...] = ()
    key: str = field(default="", compare=False)

    @cached_property
    def codes(self) -> set[str]:
        """Every error code that a document of the operation has."""
        return {row.code for contract in self.contracts.values() for row in contract.errors}

    @cached_property
    def fact_names(self) -> set[str]:
        """Every `path.fact` that a case may say it tests."""
        return {
            f"{parameter.path}.{name}"
            for contract in self.contracts.values()
            for parameter in contract.parameters
            for name in FACT_NAMES
        }

    @cached_property
    def target_names(self) -> set[str]:
        """Every `target.NAME` that has a value."""
        return {f"target.{name}" for name in self.defaults}

    @cached_property
    def product(self) -> str:
        """The product that the operation belongs to."""
        return next(contract.product for contract in self.contracts.values())

    @cached_property
    def version(self) -> str:
        """The version of the API."""
        return next(contract.version for contract in self.contracts.values())


def cases_root(folder: Path) -> Path:
    """Return the folder `cases/` that holds an operation's folder `cases/<product>/<Operation>`."""
    return folder.parent.parent


def load_defaults(folder: Path) -> dict[str, str]:
    """Read the default values of `${target.NAME}`; raises `CaseError` when the file is wrong."""
    file = YamlFile.read(folder / "defaults.yaml", CaseError)
    file.refuse_changed(lambda _: True)
    file.require_json()
    if not isinstance(file.data, dict):
        raise file.fault("is not a list of values", hint="write NAME: value")
    for name, value in file.data.items():
        if value is None or isinstance(value, dict | list):
            raise file.fault(f"{name} has no text as its value", (name,), hint="write NAME: value")
    return {str(name): str(value) for name, value in file.data.items()}


def load_suite(folder: Path, contracts: Mapping[Language, Contract]) -> Suite:
    """Return what the case files of one operation are read against.

    Args:
        folder: The operation's folder, `cases/<product>/<Operation>`.
        contracts: Its contracts by language.

    Raises:
        CaseError: For a wrong file in the folder or two above it.
    """
    root = cases_root(folder)
    states = load_states(root / "states.yaml")
    bases, cleanup = load_bases(folder / "base.yaml", states)
    return Suite(folder.name, contracts, bases, states, load_defaults(root), cleanup, disagreements(contracts))
