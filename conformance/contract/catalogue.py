"""The contracts that come with the project, by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.contract.languages import LANGUAGES
from conformance.core.errors import ContractError
from conformance.core.resources import openapi_dir
from conformance.core.yamlfile import near, read_text

if TYPE_CHECKING:
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract

_SUFFIXES: Final = (".yaml", ".yml", ".json")


def find_contract(name_or_path: str, *, overlays: bool = False) -> Contract:
    """Return a contract.

    Args:
        name_or_path: A name in the catalogue (`<Operation>.<language>`), or the path of a contract file.
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

    Raises:
        ContractError: If no language has one, or a file is faulty.
    """
    known = contract_files()
    if operation not in known:
        raise ContractError(f"there is no contract of {operation!r}", hint=near(operation, known))
    return {language: _load(path, overlays=overlays) for language, path in known[operation].items()}


def contract_files() -> dict[str, dict[Language, Path]]:
    """Return the committed contracts by operation, in alphabetical order, and language, in the registry's."""
    known = _catalogue()
    names = sorted({name.rpartition(".")[0] for name in known})
    return {
        name: {language: known[f"{name}.{language}"] for language in LANGUAGES if f"{name}.{language}" in known}
        for name in names
    }


def contracts_named(operation: str, language: Language, folder: Path) -> list[Path]:
    """Return the contracts of an operation's name in a language, one for each product of a folder that has it."""
    return sorted(folder.glob(f"*/*/{operation}.{language}.yaml"))


def product_of(contract: Path) -> str:
    """Return the product of a committed contract, by its place `openapi/<product>/<version>/`."""
    return contract.parent.parent.name


def version_of(contract: Path) -> str:
    """Return the version of the API of a committed contract, by its place `openapi/<product>/<version>/`."""
    return contract.parent.name


def overlay_path(contract: Path) -> Path | None:
    """Return the overlay that restores what the capture of a contract's document lost, if there is one."""
    path = openapi_dir() / "overlays" / f"{contract.stem}.yaml"
    return path if path.is_file() else None


def operations() -> tuple[str, ...]:
    """Return the operations that have a contract in at least one language, in alphabetical order."""
    return tuple(contract_files())


def contract_path(name_or_path: str) -> Path:
    """Return the file of a contract, by its name in the catalogue or by its path.

    Raises:
        ContractError: If there is no such name or file.
    """
    known = _catalogue()
    if name_or_path in known:
        return known[name_or_path]
    path = Path(name_or_path)
    if path.suffix in _SUFFIXES or path.name != name_or_path:
        if path.is_file():
            return path
        raise ContractError(
            "there is no such file", where=path, hint=f"or a name: {', '.join(known) or 'none is known'}"
        )
    raise ContractError(f"there is no contract {name_or_path!r}", hint=f"known: {', '.join(known) or 'none'}")


def _catalogue() -> dict[str, Path]:
    """Return the committed contracts by name: `openapi/<product>/<version>/<Operation>.<language>.yaml`."""
    paths = sorted(openapi_dir().glob("*/*/*.yaml"))
    return {path.stem: path for path in paths if path.stem.rpartition(".")[2] in LANGUAGES}
