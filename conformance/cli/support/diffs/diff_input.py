"""What `conformance diff` is given: a name, a contract, a document, or a folder of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TextIO

from msgspec.structs import replace

from conformance.cli.support.documents import YAML_SUFFIXES, files_of, read_file
from conformance.cli.support.file_places import only_names_language
from conformance.comparison.overview import Side, UnreadFile
from conformance.comparison.pairing import Document, may_be_same
from conformance.contract.catalogue import contract_files, contracts_in, find_contract, is_name, own_operations
from conformance.contract.languages import LANGUAGES
from conformance.core.errors import InputError, Location
from conformance.core.terminal import printable
from conformance.extraction.read import leaves_doubt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract

_FEW: Final = 50
"""So many files are read before anybody asks."""
_STEP: Final = 10


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


def read_catalogue(words: Sequence[str] = (), *, overlays: bool = False) -> tuple[Side, Side]:
    """Read the contracts of operations in the first language and in the second.

    Args:
        words: The operations; the workspace's own, if it has any, else all, when there are none.
        overlays: As in `read_diff_input`.

    Raises:
        ContractError: If a word means no operation, or several.
    """
    found = contract_files()
    documents: tuple[list[Document], list[Document]] = ([], [])
    faults: tuple[list[UnreadFile], list[UnreadFile]] = ([], [])
    for operation in own_operations(words, found):
        for index, language in enumerate(LANGUAGES[:2]):
            path = found[operation].get(language)
            if path is None:
                continue
            folder = f"{operation.product}/{operation.version}"
            try:
                contract = contracts_in({language: path}, overlays=overlays)[language]
            except InputError as fault:
                faults[index].append(_unread(("left", "right")[index], path, fault, operation.name))
            else:
                documents[index].append(Document(contract, str(path), folder))
    one, other = (
        Side(f"the contracts in {language}", tuple(documents[index]), tuple(faults[index]))
        for index, language in enumerate(LANGUAGES[:2])
    )
    return one, other


def with_companions(left: Side, right: Side) -> tuple[Side, Side]:
    """Read again what leaves open where the message of an error ends, with the other side's document to ask."""
    return _settled(left, right), _settled(right, left)


def _settled(side: Side, other: Side) -> Side:
    by_name: dict[str, list[Contract]] = {}
    for document in other.documents:
        by_name.setdefault(document.contract.operation, []).append(document.contract)
    return replace(
        side,
        documents=tuple(_asked(each, by_name.get(each.contract.operation, ())) for each in side.documents),
    )


def _asked(document: Document, others: Sequence[Contract]) -> Document:
    path = Path(document.file)
    if not leaves_doubt(document.contract) or path.suffix in YAML_SUFFIXES or not path.is_file():
        return document
    fitting = [
        each for each in others if each.language != document.contract.language and may_be_same(each, document.contract)
    ]
    if len(fitting) != 1:
        return document
    return replace(document, contract=read_file(path, companion=fitting[0]))


def _unread(side: str, path: Path, fault: InputError, operation: str) -> UnreadFile:
    line = fault.where.line if isinstance(fault.where, Location) else None
    return UnreadFile(side, str(path), line, fault.message, operation)


def _place(folder: Path) -> str:
    """Return a folder inside a collection without what says its language only: `en/farm` and `zh/farm` are one."""
    return "/".join(part for part in folder.parts if not only_names_language(part)) or "."


def _read_folder(folder: Path, name: str, language: Language | None) -> Side:
    documents: list[Document] = []
    faults: list[UnreadFile] = []
    for path in told(tuple(files_of(folder)), printable(str(folder)), sys.stderr):
        try:
            contract = read_file(path)
        except InputError as fault:
            faults.append(_unread(name, path, fault, path.name.partition(".")[0]))
            continue
        if language in (None, contract.language):
            documents.append(Document(contract, str(path), _place(path.parent.relative_to(folder))))
    return Side(str(folder), tuple(documents), tuple(faults))


def told(paths: Sequence[Path], what: str, stream: TextIO) -> Iterator[Path]:
    """Yield files and tell meanwhile how many were taken; nothing where the stream is no terminal, or for few files.

    Args:
        paths: The files.
        what: What is read, e.g. the name of the folder.
        stream: Where it is told; the line is gone at the end.
    """
    shown = len(paths) > _FEW and stream.isatty()
    try:
        for number, path in enumerate(paths):
            if shown and number % _STEP == 0:
                stream.write(f"\r\x1b[Kreading {what}: {number} of {len(paths)}")
                stream.flush()
            yield path
    finally:
        if shown:
            stream.write("\r\x1b[K")
            stream.flush()
