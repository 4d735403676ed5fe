"""The files of one operation: its contracts, and cases to start from, read back before they are written."""

from __future__ import annotations

from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from conformance.cases.bases import Base
from conformance.cases.load import parse_file
from conformance.cases.meanings.values import invented_default, targets_in
from conformance.cases.scaffold.skeletons import scaffold as skeletons
from conformance.cases.suite import Suite, load_all_states, load_defaults
from conformance.contract.files import dump_contract
from conformance.contract.languages import LANGUAGES
from conformance.core.errors import CaseError, InputError
from conformance.core.resources import cases_dir
from conformance.core.yamlfile import YamlFile
from conformance.extraction.read import leaves_doubt
from conformance.server.resources.written import behaviour_files_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.cases.state_catalogue import StateKind
    from conformance.cli.support.documents import ReadingOptions
    from conformance.cli.support.source_groups import SourceGroup
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract

    Sources = Mapping[Language, tuple[SourceGroup, Contract]]
    """The documents of one operation, and what each says."""


class BuiltOperation(NamedTuple):
    """What became of the documents of one operation.

    Attributes:
        contracts: Its contracts by language, in the order of the registry.
        files: Texts by their place in the workspace.
        differences: Where the sources of one contract contradict each other, one sentence each.
        fault: Why nothing was made of them.
    """

    contracts: Mapping[Language, Contract]
    files: Mapping[PurePosixPath, str]
    differences: tuple[str, ...] = ()
    fault: InputError | None = None

    @property
    def case_texts(self) -> list[str]:
        """The texts of the files with cases."""
        return [text for path, text in self.files.items() if path.parts[0] == "cases" and path.name != "base.yaml"]

    @property
    def valid_request(self) -> str | None:
        """The text of `base.yaml` where cases start from it; `None` where its request is surely not valid."""
        names = {path.name: text for path, text in self.files.items() if path.parts[0] == "cases"}
        return names.get("base.yaml") if "boundaries.yaml" in names else None


def contract_place(contract: Contract) -> PurePosixPath:
    """Return the place of a contract in a workspace."""
    return PurePosixPath(
        "openapi", contract.product, contract.version, f"{contract.operation}.{contract.language}.yaml"
    )


def cases_place(contract: Contract) -> PurePosixPath:
    """Return the folder of an operation's cases in a workspace."""
    return PurePosixPath("cases", contract.product, contract.operation)


def built(sources: Sources, reading: ReadingOptions) -> BuiltOperation:
    """Return the files of one operation.

    Args:
        sources: Its documents.
        reading: How they are read where one of them has to be read again beside another.
    """
    differences: list[str] = []
    try:
        contracts = _settled(sources, reading, differences)
        cases = skeletons(contracts, _shared()[1])
        check_cases(contracts, cases)
        files = {contract_place(contract): dump_contract(contract) for contract in contracts.values()}
    except InputError as fault:
        return BuiltOperation({}, {}, tuple(differences), fault)
    folder = cases_place(next(iter(contracts.values())))
    return BuiltOperation(contracts, files | {folder / name: text for name, text in cases.items()}, tuple(differences))


def files_of_all(operations: Iterable[Mapping[Language, Contract]]) -> dict[PurePosixPath, str]:
    """Return what is about several operations together, by its place in the workspace.

    Args:
        operations: The contracts of every operation that was built, by language.
    """
    return behaviour_files_of(operations)


def _settled(sources: Sources, reading: ReadingOptions, differences: list[str]) -> dict[Language, Contract]:
    """Return contracts by language, in the order of the registry; what one page leaves open is asked of the other."""
    contracts: dict[Language, Contract] = {}
    for language in LANGUAGES:
        if language not in sources:
            continue
        group, contract = sources[language]
        other = next((each for name, (_, each) in sources.items() if name != language), None)
        contracts[language] = group.contract(reading, other) if other and leaves_doubt(contract) else contract
        differences += group.differences(contracts[language])
    return contracts


def check_cases(contracts: Mapping[Language, Contract], cases: Mapping[str, str]) -> None:
    """Read what is about to be written as every other command will; raises `CaseError` when it cannot be."""
    operation = next(iter(contracts.values())).operation
    states, defaults = _shared()
    entries = YamlFile(cases["base.yaml"], "base.yaml", CaseError).data["bases"]
    bases = {name: Base(name, (), entry["parameters"]) for name, entry in entries.items()}
    values = {name: invented_default(name) for name in targets_in(cases.values())} | dict(defaults)
    suite = Suite(operation, contracts, bases, states, values)
    for name, text in cases.items():
        if name != "base.yaml":
            parse_file(YamlFile(text, f"{operation}/{name}", CaseError), suite)


@cache
def _shared() -> tuple[Mapping[str, StateKind], Mapping[str, str]]:
    """Return the states and the default values that every operation has."""
    folder = cases_dir()
    return load_all_states(folder), load_defaults(folder)
