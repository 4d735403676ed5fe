"""The operations that documents are about: read, one page of each language taken, grouped, and those that are new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.cli.support.scaffolding.building import cases_place, contract_place
from conformance.cli.support.scaffolding.choice import nearest, version_taken
from conformance.cli.support.scaffolding.reading import read_all
from conformance.cli.support.scaffolding.told import ProgressLine
from conformance.cli.support.source_groups import second_document, source_groups
from conformance.contract.languages import LANGUAGES
from conformance.contract.products import require_identity
from conformance.core.errors import DocumentError, InputError, OtherDocumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from conformance.cli.support.documents import ReadingOptions
    from conformance.cli.support.scaffolding.building import Sources
    from conformance.cli.support.scaffolding.reading import FoundDocument, ReadOutcome
    from conformance.cli.support.scaffolding.told import Told
    from conformance.cli.support.source_groups import ReadDocument, SourceGroup
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.extraction.identity import Given

_OTHER: Final = "documents of no operation in RPC style"
_SECOND: Final = "other pages of an operation and language"
_NAMELESS: Final = "pages of another product that do not say its version"
_VERSION: Final = "pages of other versions of an operation"
_FILED: Final = "pages of another product or version than is given, filed under their own"
_NOT_UNDERSTOOD: Final = "places that were not understood"


def operations_in(found: Sequence[FoundDocument], reading: ReadingOptions, told: Told) -> list[Sources]:
    """Return the operations that documents are about, in the order of the documents.

    Args:
        found: The documents.
        reading: How they are read.
        told: Takes what is refused, and what is left out.

    Raises:
        InputError: When the one document that was named is refused.
    """
    alone = len(found) == 1 and found[0].folder is None
    read: list[tuple[FoundDocument, ReadDocument]] = []
    with ProgressLine("reading", len(found)) as progress:
        for outcome in read_all(found, reading):
            progress.step()
            if outcome.fault is not None and alone:
                raise outcome.fault
            if outcome.document is not None:
                read.append((outcome.found, outcome.document))
            _tell(outcome, reading.given, told)
    taken, second = nearest(read)
    for each in second:
        told.leave_out(_SECOND, f"{each.path}: {each.taken} is taken")
    return _by_operation(taken, reading, told, alone=alone)


def _tell(outcome: ReadOutcome, given: Given, told: Told) -> None:
    in_folder = outcome.found.folder is not None
    if outcome.fault is not None:
        if in_folder and isinstance(outcome.fault, OtherDocumentError):
            told.leave_out(_OTHER, outcome.fault)
        else:
            told.refuse(outcome.fault)
    for note in outcome.notes:
        told.note(_NOT_UNDERSTOOD, f"{outcome.found.path}:{note.line}: not understood: {note.what}")
    if outcome.document is not None and _is_another(outcome.document.contract, given):
        contract = outcome.document.contract
        told.note(_FILED, f"{outcome.found.path}: is of {contract.product}/{contract.version}, and filed under it")


def _is_another(contract: Contract, given: Given) -> bool:
    pairs = ((contract.product, given.product.lower()), (contract.version, given.version))
    return bool(contract.product and contract.version) and any(word and word != own for own, word in pairs)


def _by_operation(
    documents: Iterable[ReadDocument], reading: ReadingOptions, told: Told, *, alone: bool
) -> list[Sources]:
    """Return the documents and contracts of each operation, by language."""
    by_operation: dict[tuple[str, str], dict[str, dict[Language, tuple[SourceGroup, Contract]]]] = {}
    for group in source_groups(documents, told.refuse):
        try:
            contract = group.contract(reading)
            require_identity(contract, group.path)
            own = by_operation.setdefault((contract.product, contract.operation), {}).setdefault(contract.version, {})
            if contract.language in own:
                raise second_document(group.documents[0], own[contract.language][0].path)
            own[contract.language] = (group, contract)
        except InputError as fault:
            if alone:
                raise
            of_another = reading.given.product.lower() not in ("", group.documents[0].contract.product)
            if of_another and not _is_named(group):
                told.leave_out(_NAMELESS, _nameless(group), len(group.documents))
            else:
                told.refuse(fault, len(group.documents))
    return [_one_version(versions, reading.given.version, told) for versions in by_operation.values()]


def _nameless(group: SourceGroup) -> str:
    product = group.documents[0].contract.product
    return f"{group.path}: is of {product}, and does not say which version (say it under `products` of the workspace)"


def _one_version(versions: dict[str, dict[Language, tuple[SourceGroup, Contract]]], given: str, told: Told) -> Sources:
    """Return the documents of one version; of another one they are left out, and refused where they were named."""
    taken = version_taken(versions, given)
    for version in sorted(set(versions) - {taken}):
        for group, contract in versions[version].values():
            what = f"is of version {version} of {contract.operation}, and version {taken} is taken"
            if _is_named(group):
                hint = "cases are kept by product and operation: one version at a time"
                told.refuse(DocumentError(what, where=group.path, hint=hint), len(group.documents))
            else:
                told.leave_out(_VERSION, f"{group.path}: {what}", len(group.documents))
    return versions[taken]


def _is_named(group: SourceGroup) -> bool:
    return any(document.named for document in group.documents)


def file_of(sources: Sources, folder: Path) -> Path | None:
    """Return a file that an operation has in a workspace already: a contract, or one of its cases; `None` without."""
    contract = next(iter(sources.values()))[1]
    for language in LANGUAGES:
        place = folder / contract_place(contract).with_name(f"{contract.operation}.{language}.yaml")
        if place.exists():
            return place
    return min((folder / cases_place(contract)).glob("*.yaml"), default=None)
