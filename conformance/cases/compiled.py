"""Suites and case files as they are kept in the cache, so that a file is parsed and checked once, not in every run.

The key of an entry is made of everything that decides what is read: the bytes of the file and of all that it is read
against, and the program that reads it. A file with a fault is never kept, so every run reports it with its place.

An entry is JSON, in the form of `conformance.cases.stored`: what has another form is no entry, and is read anew.
"""

from __future__ import annotations

import re
from functools import cache as once
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance import __version__
from conformance.cases import stored
from conformance.cases.load import make_cases, parse_file
from conformance.cases.suite import DEFAULTS, STATES, cases_root, load_suite, side_files
from conformance.core.cache import sources_in
from conformance.core.errors import CaseError
from conformance.core.lazy_patterns import lazy_pattern
from conformance.core.resources import PACKAGE, cases_dir
from conformance.core.wording import near
from conformance.core.yamlfile import YamlFile, read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conformance.cases.model import Case
    from conformance.cases.suite import Suite
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.core.cache import Cache

_CORE: Final = ("cache.py", "columns.py", "yamlfile.py", "yamlloader.py")
"""The modules of `conformance.core` that decide what is read of a file."""
_OPERATION: Final = lazy_pattern(rb"^operation:[ \t]*(\w+)[ \t]*$", re.MULTILINE)


def read_suite(folder: Path, contracts: Mapping[Language, Path], cache: Cache, subject: str = "") -> Suite:
    """Return what the case files of one operation are read against.

    Args:
        folder: The operation's folder, `cases/<product>/<Operation>`.
        contracts: Its contract files by language.
        cache: Where it is kept.
        subject: What the ids of its cases begin with; its name when left out.

    Raises:
        CaseError: For a wrong file.
        ContractError: For a wrong contract.
    """
    from conformance.contract.catalogue import overlay_path  # noqa: PLC0415 - for nothing when it is kept

    key, operation, root = "", folder.name, cases_root(folder)
    if cache.active:
        overlays = [overlay_path(path) for path in contracts.values()]
        beside = [*side_files(STATES, root), folder / "base.yaml", *side_files(DEFAULTS, root)]
        schemas = [cases_dir() / name for name in ("case.schema.json", "base.schema.json")]
        files = [*schemas, *beside, *contracts.values(), *filter(None, overlays)]
        try:
            key = _key(_program(cache), operation.encode(), subject.encode(), *(path.read_bytes() for path in files))
        except OSError:
            key = ""  # reading that file below reports what is wrong with it
    entry = cache.get(key) if key else None
    found = stored.read_suite(entry) if entry is not None else None
    if found is None:
        found = load_suite(folder, read_contracts(contracts, cache), subject)
        if key:
            _put(cache, key, stored.write_suite(found))
    return replace(found, key=key)


def read_contracts(files: Mapping[Language, Path], cache: Cache) -> Mapping[Language, Contract]:
    """Return the contracts of files by language, with their overlays, from the cache if they are there.

    Raises:
        ContractError: For a wrong contract.
    """
    from conformance.contract.catalogue import contracts_in, overlay_path  # noqa: PLC0415 - takes long to import

    key = ""
    if cache.active:
        read = [*files.values(), *filter(None, map(overlay_path, files.values()))]
        try:
            names = (f"{language}:{path}".encode() for language, path in files.items())
            key = _key(_program(cache), b"contracts", *names, *(path.read_bytes() for path in read))
        except OSError:
            key = ""  # reading that file below reports what is wrong with it
    entry = cache.get(key) if key else None
    found = stored.read_contracts(entry) if entry is not None else None
    if found is None:
        found = contracts_in(files)
        if key:
            _put(cache, key, stored.write_contracts(found))
    return found


def read_file(path: Path, suite: Suite, cache: Cache) -> list[Case]:
    """Return the cases of one file, as `load.load_file`, from the cache if they are there.

    Raises:
        CaseError: For a wrong file, with line and column.
    """
    content = read_bytes(path, CaseError)
    return _cached(content, path, suite, cache) or _keep(
        parse_file(YamlFile.of(content, path, CaseError), suite), content, suite, cache
    )


def read_any_file(path: Path, suites: Mapping[str, Suite], cache: Cache) -> list[Case]:
    """Return the cases of one file, read against the suite of the operation that it names.

    Args:
        path: The file.
        suites: The suites by operation.
        cache: Where the cases are kept.

    Raises:
        CaseError: For a wrong file, with line and column, and for an operation that has no suite.
    """
    content = read_bytes(path, CaseError)
    # What the line says is a guess: cases are found only where the file was read against this very suite before.
    guessed = suites.get(_stated(content) or "")
    found = _cached(content, path, guessed, cache) if guessed is not None else None
    if found:
        return found
    file = YamlFile.of(content, path, CaseError)
    operation = file_operation(file)
    if operation not in suites:
        raise file.fault(f"there are no valid requests for {operation!r}", ("operation",), hint=near(operation, suites))
    return _keep(make_cases(file, suites[operation]), content, suites[operation], cache)


def stated_operation(path: Path) -> str | None:
    """Return the operation that a case file seems to be of; `None` where it says so in no plain line of its own."""
    try:
        return _stated(path.read_bytes())
    except OSError:
        return None  # who reads its cases says what is wrong with it


def _stated(content: bytes) -> str | None:
    named = _OPERATION.search(content)
    return named[1].decode(errors="replace") if named else None


def file_operation(file: YamlFile) -> str:
    """Return the operation that a file names; raises `CaseError` when it is no case file."""
    from conformance.cases.load import check_file  # noqa: PLC0415

    check_file(file)
    return str(file.data["operation"])


def _cached(content: bytes, path: Path, suite: Suite, cache: Cache) -> list[Case] | None:
    entry = cache.get(_key(suite.key.encode(), content)) if suite.key else None
    return stored.read_cases(entry, str(path)) if entry is not None else None


def _keep(cases: list[Case], content: bytes, suite: Suite, cache: Cache) -> list[Case]:
    if suite.key:
        _put(cache, _key(suite.key.encode(), content), stored.write_cases(cases))
    return cases


def _put(cache: Cache, key: str, entry: bytes | None) -> None:
    """Keep an entry; what cannot be written is read from its file in every run."""
    if entry is not None:
        cache.put(key, entry)


def _key(*parts: bytes) -> str:
    digest = sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


@once
def _program(cache: Cache) -> bytes:
    """Return what changes when the code that reads files does."""
    sources: list[Path | str] = [PACKAGE / "core" / name for name in _CORE]
    for folder in ("cases", "comparison", "contract"):
        sources += sources_in(PACKAGE / folder)
    return f"{__version__} {cache.digest_of(sources)}".encode()
