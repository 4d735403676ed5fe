"""Suites and case files as they are kept in the cache, so that a file is parsed and checked once, not in every run.

The key of an entry is made of everything that decides what is read: the bytes of the file and of all that it is read
against, and the program that reads it. A file with a fault is never kept, so it is told in every run, with its place.

An entry is a pickle that may hold the project's own frozen data and nothing else: reading it calls no other code.
"""

from __future__ import annotations

import pickle
import re
from dataclasses import fields, replace
from functools import cache as once
from hashlib import sha256
from io import BytesIO
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Final

from conformance import __version__
from conformance.cases.bases import Base
from conformance.cases.disagreements import Disagreement
from conformance.cases.load import Suite, cases_root, load_suite, make_cases, parse_file
from conformance.cases.model import Case, Cleanup, Outcome, ProviderState, Step, Transport, Until
from conformance.cases.states import StateKind
from conformance.contract.model import AsyncBehaviour, Contract, ErrorCode, Fact, Loss, Parameter, Source, State
from conformance.core.errors import CaseError, Location
from conformance.core.resources import PACKAGE, cases_dir
from conformance.core.yamlfile import YamlFile, near, read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from conformance.contract.languages import Language
    from conformance.core.cache import Cache

_KEPT: Final[tuple[type, ...]] = (
    *(Case, Step, Outcome, Until, Transport, ProviderState, Cleanup),
    *(Suite, Disagreement, Base, StateKind),
    *(Contract, Parameter, Fact, ErrorCode, Loss, Source, AsyncBehaviour),
)
_DAMAGE: Final = (pickle.UnpicklingError, EOFError, AttributeError, LookupError, TypeError, ValueError)
_OPERATION: Final = re.compile(rb"^operation:[ \t]*(\w+)[ \t]*$", re.MULTILINE)


def read_suite(folder: Path, contracts: Mapping[Language, Path], cache: Cache) -> Suite:
    """Return what the case files of one operation are read against.

    Args:
        folder: The operation's folder, `cases/<product>/<Operation>`.
        contracts: Its contract files by language.
        cache: Where it is kept.

    Raises:
        CaseError: For a wrong file.
        ContractError: For a wrong contract.
    """
    from conformance.contract.catalogue import overlay_path  # noqa: PLC0415 - for nothing when it is kept

    key, operation, root = "", folder.name, cases_root(folder)
    if cache.active:
        overlays = [overlay_path(path) for path in contracts.values()]
        beside = [root / "states.yaml", folder / "base.yaml", root / "defaults.yaml"]
        files = [cases_dir() / "case.schema.json", *beside, *contracts.values(), *filter(None, overlays)]
        try:
            key = _key(_program(), operation.encode(), *(path.read_bytes() for path in files))
        except OSError:
            key = ""  # whoever reads that file says what is wrong with it
    found = _kept(cache.get(key), operation) if key else None
    if not isinstance(found, Suite):
        from conformance.contract.catalogue import contracts_for  # noqa: PLC0415

        found = load_suite(folder, contracts_for(operation))
        if key:
            cache.put(key, _packed(found))
    return replace(found, key=key)


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
    named = _OPERATION.search(content)
    guessed = suites.get(named[1].decode(errors="replace")) if named else None
    found = _cached(content, path, guessed, cache) if guessed is not None else None
    if found:
        return found
    file = YamlFile.of(content, path, CaseError)
    operation = file_operation(file)
    if operation not in suites:
        raise file.fault(f"there are no valid requests for {operation!r}", ("operation",), hint=near(operation, suites))
    return _keep(make_cases(file, suites[operation]), content, suites[operation], cache)


def file_operation(file: YamlFile) -> str:
    """Return the operation that a file names; raises `CaseError` when it is no case file."""
    from conformance.cases.load import case_schema  # noqa: PLC0415

    file.validate(case_schema())
    return str(file.data["operation"])


def _cached(content: bytes, path: Path, suite: Suite, cache: Cache) -> list[Case] | None:
    value = cache.get(_key(suite.key.encode(), content)) if suite.key else None
    found = _kept(value, str(path))
    return found if isinstance(found, list) and all(isinstance(case, Case) for case in found) else None


def _keep(cases: list[Case], content: bytes, suite: Suite, cache: Cache) -> list[Case]:
    if suite.key:
        cache.put(_key(suite.key.encode(), content), _packed(cases))
    return cases


def _key(*parts: bytes) -> str:
    digest = sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


@once
def _program() -> bytes:
    """Return what changes when the code that reads files does."""
    sources = [PACKAGE / "core" / name for name in ("cache.py", "yamlfile.py", "yamlloader.py")]
    for folder in ("cases", "comparison", "contract"):
        sources += sorted((PACKAGE / folder).rglob("*.py"))
    return _key(__version__.encode(), *(path.read_bytes() for path in sources if path.is_file())).encode()


def _reduced(kind: type) -> Callable[[Any], tuple[type, tuple[Any, ...]]]:
    values = attrgetter(*(field.name for field in fields(kind)))
    return lambda thing: (kind, values(thing))


class _Writer(pickle.Pickler):
    """Writes frozen data as calls of its classes: read again in half the time that a frozen class otherwise takes."""

    dispatch_table: ClassVar[dict[type, Callable[[Any], tuple[type, tuple[Any, ...]]]]] = {  # type: ignore[misc]
        **{kind: _reduced(kind) for kind in _KEPT},
        State: lambda state: (State, (state.value,)),
        Location: lambda where: (Location, (where.line, where.column)),
    }


class _Reader(pickle.Unpickler):
    """Reads what `_Writer` wrote, and refuses everything else: an entry cannot name code to be called.

    Args:
        stream: What was written.
        name: The name of the case file, which is no part of its content.
    """

    def __init__(self, stream: BytesIO, name: str) -> None:
        super().__init__(stream)
        self._known: dict[tuple[str, str], Callable[..., Any]] = {
            (kind.__module__, kind.__qualname__): kind for kind in (*_KEPT, State)
        }
        self._known[Location.__module__, Location.__qualname__] = lambda line, column: Location(name, line, column)

    def find_class(self, module_name: str, global_name: str) -> Any:
        """Return the class of this name; raises `UnpicklingError` for all but the project's own data."""
        try:
            return self._known[module_name, global_name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module_name}.{global_name} is no data of a case") from None


def _packed(thing: object) -> bytes:
    stream = BytesIO()
    _Writer(stream, protocol=5).dump(thing)
    return stream.getvalue()


def _kept(value: bytes | None, name: str) -> object:
    if value is None:
        return None
    try:
        return _Reader(BytesIO(value), name).load()
    except _DAMAGE:
        return None
