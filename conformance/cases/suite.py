"""What the case files of one operation are read against: contracts, valid requests, provider states, default values."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import force_setattr

from conformance.cases.bases import load_bases
from conformance.cases.disagreements import Disagreement, disagreements
from conformance.cases.meanings.words import VALUES_FILE
from conformance.cases.state_catalogue import load_states
from conformance.contract.catalogue import OperationId
from conformance.contract.encodings import WRITTEN, sent_rows
from conformance.contract.model import FACT_NAMES, Contract
from conformance.contract.wire import canonical_type
from conformance.core.errors import CaseError
from conformance.core.resources import cases_dir
from conformance.core.yamlfile import YamlFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from conformance.cases.bases import Base
    from conformance.cases.model import Cleanup
    from conformance.cases.state_catalogue import StateKind
    from conformance.contract.languages import Language
    from conformance.contract.model import Encoding, Parameter

STATES = "states.yaml"
DEFAULTS = "defaults.yaml"
SIDE_FILES = ("base.yaml", STATES, DEFAULTS, VALUES_FILE, "fuzz.yaml")
"""Files of the cases folder that hold no cases."""

SDK_FOLDER = "sdk"
"""The folder beside those of the products that holds cases for SDKs, in files of another kind."""


class Suite(Struct, frozen=True, dict=True):
    """What every case file of one operation is read against. What every case needs of it is computed once.

    Attributes:
        operation: The operation under test.
        contracts: Its contracts by language.
        bases: Its valid requests by name.
        states: The provider states that a case may ask for.
        defaults: The values of `${target.NAME}` where a target has none of its own.
        cleanup: How what the operation creates is deleted again.
        disagreements: The points on which its documents disagree.
        subject: What the ids of its cases begin with: the operation, after `<product>:` where another product has one
            of the same name.
        key: The digest of all of it, for the cache; empty when nothing is cached.
    """

    operation: str
    contracts: Mapping[Language, Contract]
    bases: Mapping[str, Base]
    states: Mapping[str, StateKind]
    defaults: Mapping[str, str]
    cleanup: Cleanup | None = None
    disagreements: tuple[Disagreement, ...] = ()
    subject: str = ""
    key: str = ""

    def __post_init__(self) -> None:
        if not self.subject:
            force_setattr(self, "subject", self.operation)

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
    def encodings(self) -> Mapping[str, Encoding]:
        """By folded path, the encodings of the parameters whose lists and objects are written as one text.

        Where the documents differ, the first one that says JSON or commas holds.
        """
        found: dict[str, Encoding] = {}
        for contract in self.contracts.values():
            for row in sent_rows(contract.parameters):
                if row.encoding in WRITTEN:
                    found.setdefault(row.path, row.encoding)
        return found

    @cached_property
    def nested(self) -> tuple[str, ...]:
        """Of these parameters, those that no document calls a text: a caller of an SDK gives them as they are."""
        rows = {path: [each.parameter(path) for each in self.contracts.values()] for path in self.encodings}
        return tuple(path for path, found in rows.items() if not any(row and _is_text(row) for row in found))

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


def operations_in(contracts: Iterable[Mapping[Language, Contract]]) -> list[OperationId]:
    """Return the operations of contracts by language."""
    firsts = [next(iter(each.values())) for each in contracts if each]
    return [OperationId(first.product, first.version, first.operation) for first in firsts]


def _is_text(row: Parameter) -> bool:
    return canonical_type(str(row.fact("type").value)) not in ("array", "object", "json")


def cases_root(folder: Path) -> Path:
    """Return the folder `cases/` that holds an operation's folder `cases/<product>/<Operation>`."""
    return folder.parent.parent


def side_files(name: str, root: Path) -> list[Path]:
    """Return the files of a name beside the folders of the products: that of a folder `cases/`, and the project's own.

    Args:
        name: `states.yaml` or `defaults.yaml`.
        root: The folder `cases/`, whose file may be missing unless it is the project's.
    """
    bundled = cases_dir() / name
    own = root / name
    return [own, bundled] if own.is_file() and own.resolve() != bundled.resolve() else [bundled]


def load_all_states(root: Path) -> dict[str, StateKind]:
    """Return the provider states that the cases of a folder `cases/` may ask for: its own, and the project's.

    Raises:
        CaseError: When a file of them is wrong.
    """
    return {name: kind for path in reversed(side_files(STATES, root)) for name, kind in load_states(path).items()}


def load_defaults(root: Path) -> dict[str, str]:
    """Return the default values of `${target.NAME}`: those of a folder `cases/`, and the project's.

    Raises:
        CaseError: When a file of them is wrong.
    """
    return {name: value for path in reversed(side_files(DEFAULTS, root)) for name, value in read_values(path).items()}


def read_values(path: Path) -> dict[str, str]:
    """Return the values by name that one file has; raises `CaseError` when it is wrong."""
    file = YamlFile.read(path, CaseError)
    file.refuse_changed(lambda _: True)
    file.require_json()
    if not isinstance(file.data, dict):
        raise file.fault("is not a list of values", hint="write NAME: value")
    for name, value in file.data.items():
        if value is None or isinstance(value, dict | list):
            raise file.fault(f"{name} has no text as its value", (name,), hint="write NAME: value")
    return {str(name): str(value) for name, value in file.data.items()}


def load_suite(folder: Path, contracts: Mapping[Language, Contract], subject: str = "") -> Suite:
    """Return what the case files of one operation are read against.

    Args:
        folder: The operation's folder, `cases/<product>/<Operation>`.
        contracts: Its contracts by language.
        subject: What the ids of its cases begin with; its name when left out.

    Raises:
        CaseError: For a wrong file in the folder or two above it.
    """
    root = cases_root(folder)
    states = load_all_states(root)
    bases, cleanup = load_bases(folder / "base.yaml", states)
    return Suite(
        folder.name, contracts, bases, states, load_defaults(root), cleanup, disagreements(contracts), subject=subject
    )
