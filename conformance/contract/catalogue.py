"""The contracts of the workspace and of the project, by product, version and operation."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from conformance.contract.languages import LANGUAGES
from conformance.core.errors import ContractError
from conformance.core.resources import layers
from conformance.core.wording import near
from conformance.core.yamlfile import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract

_SUFFIXES: Final = (".yaml", ".yml", ".json")
_OF_PAGES: Final = (".md", ".markdown", ".txt", ".html", ".htm")
_ALIKE: Final = 0.75
"""How much of a name must be that of an operation for a hint to propose it."""


class OperationId(NamedTuple):
    """Which operation it is: `farm/2020-01-02/CreateThing`. Two products may have one of the same name."""

    product: str
    version: str
    name: str

    def __str__(self) -> str:
        return f"{self.product}/{self.version}/{self.name}"

    def is_named(self, word: str) -> bool:
        """Whether a word means it: its name, `<product>:<name>`, or all three parts."""
        return word in (self.name, self.with_product, str(self))

    @property
    def with_product(self) -> str:
        """Its name where several products have it: `farm:CreateThing`."""
        return f"{self.product}:{self.name}"


def find_contract(name_or_path: str, *, overlays: bool = False) -> Contract:
    """Return a contract.

    Args:
        name_or_path: A name in the catalogue (`<Operation>.<language>`, before which `<product>:` or
            `<product>/<version>/` may stand), or the path of a contract file.
        overlays: Whether to restore what the capture lost from the overlay of the same name, if there is one.

    Raises:
        ContractError: If there is no such contract, or its file or overlay is faulty.
    """
    return _load(contract_path(name_or_path), overlays=overlays)


def _load(path: Path, *, overlays: bool) -> Contract:
    from conformance.contract.files import load_contract, load_openapi  # noqa: PLC0415 - not where it is in the cache

    text = read_text(path, ContractError)
    overlay = overlay_path(path) if overlays else None
    if overlay is None:
        return load_contract(text, str(path))
    from conformance.contract.openapi.overlay import apply_overlay, load_overlay  # noqa: PLC0415 - takes long to import
    from conformance.contract.openapi.reader import from_openapi  # noqa: PLC0415

    document = load_openapi(text, str(path))
    changes = load_overlay(read_text(overlay, ContractError), str(overlay))
    return from_openapi(apply_overlay(document, changes), where=overlay)


def contracts_for(operation: str, *, overlays: bool = True) -> dict[Language, Contract]:
    """Return the contracts of an operation by language, in the order of the registry.

    Args:
        operation: A word that means it, as in `OperationId.is_named`.
        overlays: As in `find_contract`.

    Raises:
        ContractError: If no language has one, the word means several, or a file is faulty.
    """
    known = contract_files()
    return contracts_in(known[find_operation(operation, known)], overlays=overlays)


def contracts_in(files: Mapping[Language, Path], *, overlays: bool = True) -> dict[Language, Contract]:
    """Return the contracts of files by language; raises `ContractError` if one is faulty."""
    return {language: _load(path, overlays=overlays) for language, path in files.items()}


def contract_files() -> dict[OperationId, dict[Language, Path]]:
    """Return the contracts by operation, in alphabetical order of their names, and language, in the registry's.

    An operation that the workspace has is the workspace's in every language.
    """
    found: dict[OperationId, dict[Language, Path]] = {}
    for folder in layers("openapi"):
        own: dict[OperationId, dict[Language, Path]] = {}
        for path in sorted(folder.glob("*/*/*.yaml")):
            name, _, language = path.stem.rpartition(".")
            if language in LANGUAGES:
                own.setdefault(OperationId(path.parent.parent.name, path.parent.name, name), {})[language] = path
        found = own | found
    return {
        operation: {language: found[operation][language] for language in LANGUAGES if language in found[operation]}
        for operation in sorted(found, key=lambda each: (each.name, each))
    }


def workspace_contracts() -> dict[OperationId, Mapping[Language, Path]]:
    """Return the contracts that are the workspace's own, as `contract_files`; none outside a workspace."""
    return _of_workspace(contract_files())


def _of_workspace(known: Mapping[OperationId, Mapping[Language, Path]]) -> dict[OperationId, Mapping[Language, Path]]:
    """Return those of the known contracts that are the workspace's own; none outside a workspace."""
    first, *others = layers("openapi")
    if not others:
        return {}
    return {each: files for each, files in known.items() if any(path.is_relative_to(first) for path in files.values())}


def find_operation(word: str, known: Iterable[OperationId]) -> OperationId:
    """Return the operation that a word means.

    Raises:
        ContractError: If it means none, or several.
    """
    known = list(known)
    meant = [operation for operation in known if operation.is_named(word)]
    if not meant:
        raise ContractError(f"there is no contract of {word!r}", hint=near(word, [each.name for each in known]))
    if len(meant) > 1:
        raise _ambiguous(word, [str(each) for each in meant])
    return meant[0]


def _ambiguous(word: str, choices: Iterable[str]) -> ContractError:
    return ContractError(f"several products have {word}", hint=f"say one of: {', '.join(choices)}")


def own_operations(words: Sequence[str], known: Mapping[OperationId, Mapping[Language, Path]]) -> list[OperationId]:
    """Return the operations that words mean; without words the workspace's own, or all when it has none.

    Args:
        words: Operations, each as in `find_operation`.
        known: The operations that there are, with their files.

    Raises:
        ContractError: As `find_operation`.
    """
    if words:
        return list(dict.fromkeys(find_operation(word, known) for word in words))
    return list(_of_workspace(known) or known)


def contracts_named(operation: str, language: Language, folder: Path) -> list[Path]:
    """Return the contracts of an operation's name in a language, one for each product of a folder that has it."""
    return sorted(folder.glob(f"*/*/{operation}.{language}.yaml"))


def overlay_path(contract: Path) -> Path | None:
    """Return the overlay that restores what the capture of a contract's document lost, if there is one.

    It has the contract's place, below `openapi/overlays/`.
    """
    version = contract.parent
    path = version.parent.parent / "overlays" / version.parent.name / version.name / contract.name
    return path if path.is_file() else None


def contract_path(name_or_path: str) -> Path:
    """Return the file of a contract, by its name in the catalogue or by its path.

    Raises:
        ContractError: If there is no such name or file, or several products have the name.
    """
    named = _named(name_or_path)
    if len(named) == 1:
        return next(iter(named.values()))
    if named:
        raise _ambiguous(name_or_path, named)
    path = Path(name_or_path)
    known = [f"{operation.name}.{language}" for operation, files in contract_files().items() for language in files]
    if path.suffix in _OF_PAGES and path.is_file():
        raise ContractError(
            "this is a page and no contract", where=path, hint="make a contract of it with `conformance derive`"
        )
    if path.suffix in (*_SUFFIXES, *_OF_PAGES) or path.name != name_or_path:
        if path.is_file():
            return path
        raise ContractError("there is no such file", where=path, hint=f"or a name: {_shown(known) or 'none is known'}")
    raise ContractError(
        f"there is no contract {name_or_path!r}",
        hint=_meant(name_or_path, known) or f"known: {_shown(known) or 'none'}",
    )


def _meant(word: str, known: Sequence[str]) -> str:
    """Return a hint with the contracts of an operation that is named without a language, or almost; else nothing."""
    operations = {name.rpartition(".")[0] for name in known}
    bare, _, language = word.rpartition(".")
    wanted = bare if language in LANGUAGES else word
    close = get_close_matches(wanted, operations, n=1, cutoff=_ALIKE)
    names = [name for name in known if name.rpartition(".")[0] in close]
    if language in LANGUAGES:
        names = [name for name in names if name.endswith(f".{language}")] or names
    return f"did you mean {' or '.join(names)}?" if names else ""


def is_name(word: str) -> bool:
    """Whether a word is the name of a contract in the catalogue, or of several."""
    return bool(_named(word))


def _named(word: str) -> dict[str, Path]:
    """Return the contracts that a name means, each by its full name."""
    name, _, language = word.rpartition(".")
    if language not in LANGUAGES:
        return {}
    return {
        f"{operation}.{language}": files[language]
        for operation, files in contract_files().items()
        if operation.is_named(name) and language in files
    }


_MOST_SHOWN: Final = 12


def _shown(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else ""
    return ", ".join(names[:_MOST_SHOWN]) + more
