"""Documents in files and folders: which files they are, and reading them into contracts."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from conformance.cli.support.file_places import JSON, given_beside, named_language, named_operation
from conformance.contract.files import load_contract
from conformance.contract.languages import entry_of
from conformance.contract.products import PRODUCT_FORM, VERSION_FORM, known_products
from conformance.core.errors import ContractError, DocumentError, Location, UsageError
from conformance.core.workspace import workspace_root
from conformance.core.yamlfile import read_bytes
from conformance.extraction.identity import Given
from conformance.extraction.intake import language_of
from conformance.extraction.read import NOTHING_GIVEN, read_document_with_notes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.contract.products import KnownProducts
    from conformance.extraction.page import Note

YAML_SUFFIXES: Final = (".yaml", ".yml")
"""What contracts end in."""

_DOCUMENTS: Final = (".json", ".md", ".markdown", ".txt", ".html", ".htm")
_OTHER_SITE: Final = re.compile(rb'<props=\\?"(?!intl)[a-z-]+\\?">')
_SITE_END: Final = b"</props>"
_SITE_MARKS: Final = re.compile(rb'</?props(?:=\\?"[a-z-]+\\?")?>')


class ReadingOptions(NamedTuple):
    """How documents are read, where they leave it open.

    Attributes:
        language: Their language; `None` where path and content tell it.
        layout: Their layout; `None` where their content tells it.
        given: The product and version of those that do not say them.
        strict: Whether a part that was not understood is an error.
    """

    language: Language | None = None
    layout: str | None = None
    given: Given = NOTHING_GIVEN
    strict: bool = False


PLAIN: Final = ReadingOptions()
"""Documents that say all themselves."""


def given_by(product: str | None, version: str | None) -> Given:
    """Return what `--product` and `--api-version` give.

    Raises:
        UsageError: For what names no product, or is no version of an API.
    """
    if product is not None and not PRODUCT_FORM.fullmatch(product):
        raise UsageError(f"--product {product!r} is no product", hint="its code, e.g. as the API explorer has it")
    if version is not None and not VERSION_FORM.fullmatch(version):
        raise UsageError(f"--api-version {version!r} is no version of an API", hint="a date, e.g. 2020-01-02")
    return Given(product or "", version or "")


def read_file(path: Path, *, reading: ReadingOptions = PLAIN, companion: Contract | None = None) -> Contract:
    """Read a contract or a document of any layout from a file.

    Args:
        path: The file.
        reading: What its reader is told.
        companion: The other language's contract, where the document leaves a doubt.

    Raises:
        InputError: If it cannot be read, or is another product's than is given.
    """
    return read_file_with_notes(path, reading=reading, companion=companion)[0]


def read_file_with_notes(
    path: Path, *, reading: ReadingOptions = PLAIN, companion: Contract | None = None
) -> tuple[Contract, tuple[Note, ...]]:
    """Read like `read_file` and return also what was not understood, in the order of its lines."""
    data = read_bytes(path, DocumentError)
    if is_contract(path, data):
        try:
            return load_contract(data.decode("utf-8"), str(path)), ()
        except UnicodeDecodeError:
            raise ContractError("is not UTF-8 text", where=path, hint="save it as UTF-8") from None
    given = given_beside(path, reading.given)
    operation = named_operation(path)
    try:
        read, notes = read_document_with_notes(
            _international(data),
            f"{operation}{JSON}" if operation else path.name,
            language=reading.language or _language(path, data),
            layout=reading.layout,
            companion=companion,
            given=given,
            strict=reading.strict,
        )
    except DocumentError as fault:
        # Among many files of one name, the folder matters.
        line = fault.where.line if isinstance(fault.where, Location) else None
        raise type(fault)(fault.message, where=Location(str(path), line), hint=fault.hint) from None
    whole = replace(read, source=replace(read.source, file=path.name, sha256=hashlib.sha256(data).hexdigest()))
    return _products(workspace_root()).complete(whole), notes


def is_contract(path: Path, data: bytes) -> bool:
    """Whether a file is a contract, or is named like one, and not a document."""
    return path.suffix in YAML_SUFFIXES or (
        path.suffix == JSON and b'"x-source"' in data and "openapi" in _json_object(data)
    )


@cache
def _products(_of: Path | None) -> KnownProducts:
    return known_products()


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


def _json_object(data: bytes) -> dict[str, object]:
    """Return the JSON object that bytes are; an empty one where they are something else."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _language(path: Path, data: bytes) -> Language | None:
    """Tell the language from the nearest part of a path that names one; `None` where none does."""
    named = named_language(path)
    if named is None:
        return None
    # A folder's name is no promise: a document without one character of the script, plain or escaped, is not in it.
    shown = named.script is None or b"\\u" in data or named.count(data.decode("utf-8", errors="replace"))
    shown = shown or (path.suffix == JSON and b'"description"' not in data)  # no word of it is in any language
    return named.code if shown else None


def refuse_other_language(path: Path, contract: Contract) -> None:
    """Refuse a document whose path says another language than its text.

    Raises:
        DocumentError: When it has no character of the script of the language that its path says, or mostly those of
            another script.
    """
    named = named_language(path)
    text = read_bytes(path, DocumentError).decode("utf-8", errors="replace")
    written = language_of(text)
    if named is None or "\\u" in text or (contract.language == named.code and path.suffix == JSON):
        return
    if contract.language != named.code or (written != named.code and entry_of(written).script is not None):
        raise DocumentError(
            f"its path says {named.name}, and its text is {entry_of(written).name}",
            where=path,
            hint="move it to the folder of its language, or say --language",
        )


def files_of(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that may be documents or contracts, in a stable order."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if hidden or not path.is_file():
            continue
        if path.suffix in YAML_SUFFIXES:
            # Overlays and case files are YAML as well.
            if re.search(rb"^openapi:", read_bytes(path, DocumentError), re.MULTILINE):
                yield path
        elif path.suffix.lower() in _DOCUMENTS and not (path.suffix == JSON and _is_index(path)):
            yield path


def documents_in(places: Iterable[Path]) -> Iterator[Path]:
    """Yield documents: files as they are, and of folders those that may be one; contracts are none.

    Raises:
        DocumentError: When a folder has none.
    """
    for place in places:
        if not place.is_dir():
            yield place
            continue
        found = [path for path in files_of(place) if path.suffix not in YAML_SUFFIXES]
        if not found:
            raise DocumentError(
                "no document is in this folder", where=place, hint=f"documents end in {', '.join(_DOCUMENTS)}"
            )
        yield from found


def _is_index(path: Path) -> bool:
    """Whether a JSON file is the list of a product's operations, which is beside their descriptions."""
    data = read_bytes(path, DocumentError)
    document = _json_object(data) if b'"apis"' in data else {}
    apis = document.get("apis")
    if not isinstance(apis, (dict, list)) or "parameters" in document:
        return False
    # A file of several operations is none: that it cannot be read as one is told.
    return not any(
        isinstance(each, dict) and "parameters" in each for each in (apis.values() if isinstance(apis, dict) else apis)
    )
