"""What `conformance diff` is given: a name, a contract, a document, or a folder of them."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.comparison.overview import Document, Side, UnreadFile
from conformance.contract.catalogue import find_contract, operations
from conformance.contract.files import load_contract
from conformance.contract.languages import LANGUAGES, entry_of
from conformance.contract.products import known_products
from conformance.core.errors import ContractError, DocumentError, InputError, Location
from conformance.core.yamlfile import read_bytes
from conformance.extraction.read import read_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.contract.products import KnownProducts

_YAML: Final = (".yaml", ".yml")
_DOCUMENTS: Final = (".json", ".md", ".markdown", ".txt", ".html", ".htm")
_LANGUAGE: Final = re.compile(rf"(?:^|[._])({'|'.join(LANGUAGES)})(?:[-_][A-Za-z]{{2,4}})?(?=$|[._])")
_OTHER_SITE: Final = re.compile(rb'<props=\\?"(?!intl)[a-z-]+\\?">')
_SITE_END: Final = b"</props>"
_SITE_MARKS: Final = re.compile(rb'</?props(?:=\\?"[a-z-]+\\?")?>')
_NEAR: Final = 3
"""How many of the last parts of a path may name its language: `en-US/<product>/<Operation>.json`."""


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
    known = any(word == f"{operation}.{each}" for operation in operations() for each in LANGUAGES)
    if known or path.suffix in _YAML or not path.is_file():
        contract = find_contract(word, overlays=overlays)
        return DiffInput(Side(word, (Document(contract, contract.source.file),)), single=True)
    return DiffInput(Side(word, (Document(read_file(path), str(path)),)), single=True)


def read_file(path: Path, *, companion: Contract | None = None) -> Contract:
    """Read a contract or a document of any layout from a file.

    Args:
        path: The file.
        companion: The other language's contract, where the document leaves a doubt.

    Raises:
        InputError: If it cannot be read.
    """
    data = read_bytes(path, DocumentError)
    if path.suffix in _YAML or (path.suffix == ".json" and _holds(data, "openapi")):
        try:
            return load_contract(data.decode("utf-8"), str(path))
        except UnicodeDecodeError:
            raise ContractError("is not UTF-8 text", where=path, hint="save it as UTF-8") from None
    try:
        read = read_document(_international(data), path.name, language=_language(path, data), companion=companion)
    except DocumentError as fault:
        # Among many files of one name, the folder matters.
        line = fault.where.line if isinstance(fault.where, Location) else None
        raise DocumentError(fault.message, where=Location(str(path), line), hint=fault.hint) from None
    whole = replace(read, source=replace(read.source, sha256=hashlib.sha256(data).hexdigest()))
    return _products().complete(whole)


@cache
def _products() -> KnownProducts:
    return known_products()


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


def _international(data: bytes) -> bytes:
    """Leave out what a page says for one site only, as `<props="china">`, where another page is of the other site.

    One page serves the Chinese and the international site, and marks what differs. Compared with a page that has no
    such marks, it is its international reading that counts. Lines stay where they are.
    """
    if b"<props" not in data:
        return data
    kept, place = [], 0
    for match in _OTHER_SITE.finditer(data):
        end = data.find(_SITE_END, match.end())
        if match.start() < place or end < 0:
            continue
        kept += [data[place : match.start()], b"\n" * data.count(b"\n", match.start(), end)]
        place = end
    return _SITE_MARKS.sub(b"", b"".join([*kept, data[place:]]))


def _holds(data: bytes, key: str) -> bool:
    """Whether bytes are a JSON object with this key at its top."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and key in document


def _language(path: Path, data: bytes) -> Language | None:
    """Tell the language from the nearest part of a path that names one; `None` where none does."""
    for part in reversed(path.absolute().parts[-_NEAR:]):
        match = _LANGUAGE.search(part)
        if match is None:
            continue
        entry = entry_of(match[1])
        # A folder's name is no promise: a document without one character of the script, plain or escaped, is not in it.
        shown = entry.script is None or b"\\u" in data or entry.count(data.decode("utf-8", errors="replace"))
        return entry.code if shown else None
    return None


def _read_folder(folder: Path, name: str, language: Language | None) -> Side:
    documents: list[Document] = []
    faults: list[UnreadFile] = []
    for path in _files(folder):
        try:
            contract = read_file(path)
        except InputError as fault:
            line = fault.where.line if isinstance(fault.where, Location) else None
            faults.append(UnreadFile(name, str(path), line, fault.message, path.name.partition(".")[0]))
            continue
        if language in (None, contract.language):
            documents.append(Document(contract, str(path), path.parent.relative_to(folder).as_posix()))
    return Side(str(folder), tuple(documents), tuple(faults))


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that may be documents or contracts, in a stable order."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or not path.is_file():
            continue
        if path.suffix in _YAML:
            # Overlays and case files are YAML as well.
            if re.search(rb"^openapi:", read_bytes(path, DocumentError), re.MULTILINE):
                yield path
        elif path.suffix in _DOCUMENTS and not (path.suffix == ".json" and _is_index(path)):
            yield path


def _is_index(path: Path) -> bool:
    """Whether a JSON file is the list of a product's operations, which is beside their descriptions."""
    data = read_bytes(path, DocumentError)
    return _holds(data, "apis") and not _holds(data, "parameters")
