"""What property tests know of an operation beside its contracts (`fuzz.yaml` in the folder of its cases).

Of an operation without the file nobody knows what its requests need to exist, so a documented error of state answers
any of them. All else that its contracts say is tested.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, TypedDict

from msgspec import Struct, field
from msgspec.structs import replace

from conformance.core.errors import CaseError
from conformance.core.resources import cases_dir
from conformance.core.wording import near
from conformance.core.yamlfile import Schema, YamlFile
from conformance.fuzz.traits import traits_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from conformance.cases.suite import Suite
    from conformance.fuzz.traits import Traits

FILE_NAME: Final = "fuzz.yaml"

_Place = tuple[str | int, ...]


class Reference(Struct, frozen=True):
    """A provider state under which what a request names exists.

    Attributes:
        state: Its name.
        params: Its parameters, each with the wire name whose value it takes.
        list_name: The list that has to be sent for the state to matter, for a state without parameters.
    """

    state: str
    params: Mapping[str, str] = field(default_factory=dict)
    list_name: str | None = None

    def matters_to(self, params: Mapping[str, str]) -> bool:
        """Whether a request, wire name to text, sends what the state is about."""
        if self.list_name is not None:
            return any(name.startswith(f"{self.list_name}.") for name in params)
        return any(params.get(name) for name in self.params.values())


class Refusal(Struct, frozen=True):
    """A reason to refuse a valid request, and the codes that say so.

    Attributes:
        about: The reason, for a person.
        codes: The codes; a document that has none of them says nothing about it.
        base: The name of the valid request that it is about; `None` for the first.
        given: The states that are set beside those of the valid request, each with its parameters: the wire name whose
            value a parameter takes, or a number, which is the value itself.
        lacks: The states of the request that are not set.
        sends: What the request has to send, wire name to text.
    """

    about: str
    codes: tuple[str, ...]
    base: str | None = None
    given: Mapping[str, Mapping[str, str | float]] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()
    sends: Mapping[str, str] = field(default_factory=dict)


class OperationData(Struct, frozen=True):
    """What is known of one operation beside its contracts.

    Attributes:
        references: The states under which what a request names exists.
        refusals: The reasons to refuse a valid request.
        known: Whether the operation has a `fuzz.yaml`, so that `references` are all that there are.
        traits: What a behaviour declares of the operation; `None` where none does.
    """

    references: tuple[Reference, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    known: bool = True
    traits: Traits | None = None


UNKNOWN: Final = OperationData(known=False)


class _RawReference(TypedDict, total=False):
    state: str
    params: dict[str, str]
    list: str


class _RawRefusal(TypedDict, total=False):
    about: str
    codes: list[str]
    base: str
    given: dict[str, dict[str, str | float]]
    lacks: list[str]
    sends: dict[str, str]


class _RawFile(TypedDict, total=False):
    operation: str
    references: list[_RawReference]
    refusals: list[_RawRefusal]


def load_operation_data(suite: Suite, cases: Path | None = None) -> OperationData:
    """Read the `fuzz.yaml` of an operation, if there is one.

    Args:
        suite: The operation.
        cases: The folder `cases/`; the project's own unless given.

    Raises:
        CaseError: With file, line and column, for YAML that is wrong, an unknown field, and for a state, code,
            parameter or valid request that the operation does not have.
    """
    path = (cases or cases_dir()) / suite.product / suite.operation / FILE_NAME
    if not path.is_file():
        return replace(UNKNOWN, traits=traits_of(suite))
    file = YamlFile.read(path, CaseError)
    file.validate(_schema())
    return replace(_Reader(file, suite).read(), traits=traits_of(suite))


@cache
def _schema() -> Schema:
    return Schema.read(cases_dir() / "fuzz.schema.json")


class _Reader:
    """Makes records of a file that is valid by the schema, and refuses names that the operation does not have."""

    def __init__(self, file: YamlFile, suite: Suite) -> None:
        self._file = file
        self._suite = suite

    def read(self) -> OperationData:
        raw: _RawFile = self._file.data
        self._known("operation", raw["operation"], [self._suite.operation], ("operation",))
        return OperationData(
            tuple(self._reference(entry, ("references", at)) for at, entry in enumerate(raw.get("references", ()))),
            tuple(self._refusal(entry, ("refusals", at)) for at, entry in enumerate(raw.get("refusals", ()))),
        )

    def _reference(self, raw: _RawReference, at: _Place) -> Reference:
        params = raw.get("params", {})
        self._state(raw["state"], params, (*at, "state"))
        for key, name in params.items():
            self._parameter(name, (*at, "params", key))
        if "list" in raw:
            self._parameter(raw["list"], (*at, "list"))
        return Reference(raw["state"], params, raw.get("list"))

    def _refusal(self, raw: _RawRefusal, at: _Place) -> Refusal:
        for index, code in enumerate(raw["codes"]):
            self._known("error code", code, self._suite.codes, (*at, "codes", index))
        if "base" in raw:
            self._known("base", raw["base"], self._suite.bases, (*at, "base"))
        given, lacks, sends = raw.get("given", {}), raw.get("lacks", ()), raw.get("sends", {})
        for state, params in given.items():
            self._state(state, params, (*at, "given", state))
            for key, name in params.items():
                if isinstance(name, str):
                    self._parameter(name, (*at, "given", state, key))
        for index, state in enumerate(lacks):
            self._known("provider state", state, self._suite.states, (*at, "lacks", index))
        for name in sends:
            self._parameter(name, (*at, "sends", name))
        return Refusal(raw["about"], tuple(raw["codes"]), raw.get("base"), given, tuple(lacks), sends)

    def _state(self, name: str, params: Iterable[str], at: _Place) -> None:
        self._known("provider state", name, self._suite.states, at)
        kind = self._suite.states[name]
        for key in params:
            self._known(f"parameter of the state {name}", key, (*kind.params, *kind.optional), at)
        for key in kind.params:
            if key not in params:
                raise self._file.fault(f"the state {name} needs the parameter {key!r}", at, hint="add it")

    def _parameter(self, name: str, at: _Place) -> None:
        contracts = self._suite.contracts.values()
        if not any(contract.names(name.partition(".")[0]) for contract in contracts):
            names = {row.path.partition("[")[0] for contract in contracts for row in contract.parameters}
            raise self._file.fault(f"no document has a parameter {name!r}", at, hint=near(name, names))

    def _known(self, kind: str, name: str, names: Iterable[str], at: _Place) -> None:
        if name not in names:
            raise self._file.fault(f"unknown {kind} {name!r}", at, hint=near(name, names))
