"""The drivers that come with the project, as their `driver.yaml` describes them."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from conformance.core.errors import DriverFileError, UsageError
from conformance.core.resources import drivers_dir
from conformance.core.wording import near
from conformance.core.yamlfile import Schema, YamlFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE: Final = "driver.yaml"
SHARED: Final = "shared"
"""The folder, beside those of drivers, of files that several drivers have a copy of when they are installed."""

MARKER: Final = "installed.json"
"""Written last by an install: a folder without it was left by an install that did not end."""
BUILT: Final = ("__pycache__", ".venv", "node_modules", "target", ".git", ".ruff_cache", ".mypy_cache", MARKER)
"""What a developer's own build leaves in a driver's folder: no part of the driver."""


class Package(Struct, frozen=True):
    """A package of a package manager, at one version."""

    name: str
    version: str


class Tool(Struct, frozen=True):
    """A program that a driver needs, and the way to get it."""

    program: str
    hint: str


class Manifest(Struct, frozen=True):
    """A driver that comes with the project.

    Attributes:
        name: The name of its folder.
        title: What people call it.
        language: The programming language of the SDK.
        toolchain: The programs that installing and running it needs.
        sdk: The SDK, at its locked version.
        core: The library under the SDK that signs and sends, at its locked version.
        run: The program and its arguments, in the installed folder.
        folder: Where its files are, before it is installed.
        shared: Files that it shares with other drivers: copied beside its own when it is installed.
        product: The product that its SDK is for, `farm/2020-01-02`; empty for a generic SDK, which is for all.
        others: The packages of other products that are installed beside its SDK.
        packages: By product, the name of each package; empty when there is only that of its own product.
        is_own: Whether its SDK is that of its own product, at the locked version.
    """

    name: str
    title: str
    language: str
    toolchain: tuple[Tool, ...]
    sdk: Package
    core: Package
    run: tuple[str, ...]
    folder: Path
    shared: tuple[Path, ...] = ()
    product: str = ""
    others: tuple[Package, ...] = ()
    packages: Mapping[str, str] = field(default_factory=dict)
    is_own: bool = True

    def files(self) -> Iterator[tuple[PurePath, Path]]:
        """Yield the files that make up the driver, in a fixed order: the name in the installed folder, and the file."""
        for parent, folders, names in os.walk(self.folder):
            folders[:] = sorted(set(folders).difference(BUILT))
            paths = (Path(parent, name) for name in sorted(set(names).difference(BUILT)))
            yield from ((path.relative_to(self.folder), path) for path in paths)
        yield from ((PurePath(path.name), path) for path in self.shared)


@cache
def _schema() -> Schema:
    return Schema.read(Path(__file__).with_name("driver.schema.json"))


def find_drivers(folder: Path | None = None) -> list[Manifest]:
    """Return every driver, by name.

    Args:
        folder: The folder that holds theirs; the project's own unless given.

    Raises:
        DriverFileError: With file, line and column, for a `driver.yaml` that is wrong.
    """
    folder = drivers_dir() if folder is None else folder
    return [read_manifest(path) for path in sorted(folder.glob(f"*/{FILE}"))]


def find_driver(name: str, folder: Path | None = None) -> Manifest:
    """Return the driver of a name.

    Raises:
        UsageError: When there is none of this name.
        DriverFileError: With file, line and column, when its `driver.yaml` is wrong.
    """
    folder = drivers_dir() if folder is None else folder
    known = sorted(path.parent.name for path in folder.glob(f"*/{FILE}"))
    if name not in known:
        raise UsageError(f"there is no driver {name!r}", hint=near(name, known))
    return read_manifest(folder / name / FILE)


def read_manifest(path: Path) -> Manifest:
    """Read a `driver.yaml`; raises `DriverFileError` with file, line and column when it is wrong."""
    file = YamlFile.read(path, DriverFileError)
    file.validate(_schema())
    data = file.data
    if data["name"] != path.parent.name:
        what = f"the name is {data['name']!r}, but the folder is {path.parent.name!r}"
        raise file.fault(what, ("name",), hint="a driver is named as its folder")
    return Manifest(
        name=data["name"],
        title=data["title"],
        language=data["language"],
        toolchain=tuple(Tool(tool["program"], tool["hint"]) for tool in data["toolchain"]),
        sdk=_package(data["sdk"]),
        core=_package(data["core"]),
        run=tuple(data["run"]),
        product=data.get("product", ""),
        folder=path.parent.resolve(),
        shared=tuple(_shared(file, path.resolve(), index, name) for index, name in enumerate(data.get("shared", ()))),
    )


def _shared(file: YamlFile, path: Path, index: int, name: str) -> Path:
    found = path.parents[1] / SHARED / name
    if not found.is_file():
        raise file.fault(f"there is no file {name!r} in the folder {SHARED!r}", (SHARED, index), hint="add it there")
    if (path.parent / name).exists():
        raise file.fault(f"the driver has a file {name!r} of its own", (SHARED, index), hint="remove one of them")
    return found


def _package(data: Mapping[str, str]) -> Package:
    return Package(data["name"], data["version"])
