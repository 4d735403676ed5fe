"""What `conformance diff` is given: a name, a contract, a document, or a folder of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from conformance.cli.support.documents import YAML_SUFFIXES, files_of, read_file
from conformance.comparison.overview import Document, Side, UnreadFile
from conformance.contract.catalogue import find_contract, is_name
from conformance.core.errors import InputError, Location

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract


class DiffInput(NamedTuple):
    """One side of a comparison: a collection, and whether it is one document and not a folder."""

    side: Side
    single: bool

    @property
    def contract(self) -> Contract:
        """The contract of a single document."""
        return self.side.documents[0].contract


def read_diff_input(word: str, name: str, *, overlays: bool = False, language: Language | None = None) -> DiffInput:
    """Read one side.

    Args:
        word: A contract's name, or the path of a contract, a document or a folder.
        name: `left` or `right`, for the faults of a folder.
        overlays: Whether to restore in a contract from the catalogue what the capture lost.
        language: The only language to take from a folder, or `None` for all.

    Raises:
        InputError: If there is no such thing, or a single file cannot be read. What cannot be read in a folder becomes
            a fault of the side.
    """
    path = Path(word)
    if path.is_dir():
        return DiffInput(_read_folder(path, name, language), single=False)
    if is_name(word) or path.suffix in YAML_SUFFIXES or not path.is_file():
        contract = find_contract(word, overlays=overlays)
        return DiffInput(Side(word, (Document(contract, contract.source.file),)), single=True)
    return DiffInput(Side(word, (Document(read_file(path), str(path)),)), single=True)


def with_companions(left: Side, right: Side) -> tuple[Side, Side]:
    """Read again what leaves open where the message of an error ends, with the other side's document to ask."""
    contracts = [
        {document.contract.operation: document.contract for document in side.documents} for side in (left, right)
    ]
    return _settled(left, contracts[1]), _settled(right, contracts[0])


def _settled(side: Side, others: Mapping[str, Contract]) -> Side:
    return replace(side, documents=tuple(_asked(document, others) for document in side.documents))


def _asked(document: Document, others: Mapping[str, Contract]) -> Document:
    other = others.get(document.contract.operation)
    path = Path(document.file)
    doubt = any(row.inferred_split for row in document.contract.errors)
    if not doubt or other is None or other.language == document.contract.language or not path.is_file():
        return document
    return replace(document, contract=read_file(path, companion=other))


def _read_folder(folder: Path, name: str, language: Language | None) -> Side:
    documents: list[Document] = []
    faults: list[UnreadFile] = []
    for path in files_of(folder):
        try:
            contract = read_file(path)
        except InputError as fault:
            line = fault.where.line if isinstance(fault.where, Location) else None
            faults.append(UnreadFile(name, str(path), line, fault.message, path.name.partition(".")[0]))
            continue
        if language in (None, contract.language):
            documents.append(Document(contract, str(path), path.parent.relative_to(folder).as_posix()))
    return Side(str(folder), tuple(documents), tuple(faults))
