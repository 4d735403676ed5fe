"""What the place of a document says of it: its language, and of metadata the product, the version and the operation."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.contract.languages import LANGUAGES, entry_of
from conformance.core.errors import DocumentError, OtherDocumentError
from conformance.core.yamlfile import read_bytes
from conformance.extraction.identity import Given, Identity, settled
from conformance.extraction.page import Text, UnreadableError

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.contract.languages import LanguageEntry

JSON: Final = ".json"
"""What metadata ends in."""

_LANGUAGE: Final = re.compile(rf"(?:^|[._])({'|'.join(LANGUAGES)})(?:[-_][A-Za-z]{{2,4}})?(?=$|[._])")
_INDEX: Final = "version.json"
_RPC: Final = "rpc"
_NEAR: Final = 3
"""How many of the last parts of a path may name its language: `en-US/<product>/<Operation>.json`."""
_PUBLISHED: Final = re.compile(
    r"(?:^|/)(?:products/(?P<product>[A-Za-z][\w-]*)/versions/(?P<version>\d{4}-\d{2}-\d{2})/)?"
    r"apis/(?P<operation>[A-Z][A-Za-z0-9]{2,79})/api\.json$"
)
"""Where metadata is published: the path of its address, kept as folders."""


class _Beside(NamedTuple):
    """What is beside a document: where it is said, and what."""

    where: Path
    identity: Identity


def named_language(path: Path) -> LanguageEntry | None:
    """Return the language that the nearest part of a path names; `None` where none does."""
    for part in reversed(path.absolute().parts[-_NEAR:]):
        match = _LANGUAGE.search(part)
        if match is not None:
            return entry_of(match[1])
    return None


def only_names_language(part: str) -> bool:
    """Whether a folder's name is a language and nothing else: `en`, `zh-CN`."""
    found = _LANGUAGE.search(part)
    return found is not None and found[0] == part


def named_operation(path: Path) -> str:
    """Return the operation that the folder of metadata is named after, as it is published; empty for any other."""
    match = _PUBLISHED.search(path.absolute().as_posix())
    return match["operation"] if match is not None else ""


def given_beside(path: Path, given: Given) -> Given:
    """Return what holds for metadata: what is given, and what its place and the index in its folder say.

    Raises:
        DocumentError: When something else is given than is said there, or its operations have paths of their own.
    """
    if path.suffix != JSON:
        return given
    beside = _index_in(path.parent) or _published(path)
    if beside is None:
        return given
    try:
        return Given(*settled(beside.identity, given, of="says"), yields=given.yields)
    except UnreadableError as fault:
        raise DocumentError(fault.message, where=beside.where, hint=fault.hint) from None


def _published(path: Path) -> _Beside | None:
    match = _PUBLISHED.search(path.absolute().as_posix())
    if match is None or match["product"] is None:
        return None
    return _Beside(path, Identity(Text(1, match["product"].lower()), Text(1, match["version"])))


@cache
def _index_in(folder: Path) -> _Beside | None:
    """Return the index of a folder of metadata: `<product>/version.json`, which names the version and the style.

    Raises:
        DocumentError: When its operations are called by a verb and a path.
    """
    path = folder / _INDEX
    if not path.is_file():
        return None
    try:
        index = json.loads(read_bytes(path, DocumentError))
    except (ValueError, RecursionError):
        return None
    if not isinstance(index, dict) or "apis" not in index or not isinstance(index.get("version"), str):
        return None
    if str(index.get("style", _RPC)).lower() != _RPC:
        raise OtherDocumentError(
            f"says that these operations are called in {index['style']} style",
            where=path,
            hint="only operations in RPC style, called by `Action`, become contracts",
        )
    product = index.get("product", index.get("name"))
    product = product if isinstance(product, str) else folder.absolute().name
    # A folder that is named after a language says nothing of the product.
    said = None if only_names_language(product) else Text(1, product.lower())
    return _Beside(path, Identity(said, Text(1, index["version"])))
