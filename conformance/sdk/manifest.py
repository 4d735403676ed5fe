"""The drivers that travel with the project, as their `driver.yaml` describes them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from conformance.core.errors import DriverFileError, UsageError
from conformance.core.resources import drivers_dir
from conformance.core.yamlfile import Schema, YamlFile, near

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE: Final = "driver.yaml"


@dataclass(frozen=True, slots=True)
class Package:
    """A package of a package manager, at one version."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that a driver needs, and the way to get it."""

    program: str
    hint: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A driver that travels with the project.

    Attributes:
        name: The name of its folder.
        title: What people call it.
        language: The programming language of the SDK.
        toolchain: The programs that installing and running it needs.
        sdk: The SDK, at its locked version.
        core: The library under the SDK that signs and sends, at its locked version.
        run: The program and its arguments, in the installed folder.
        folder: Where its files are, before it is installed.
    """

    name: str
    title: str
    language: str
    toolchain: tuple[Tool, ...]
    sdk: Package
    core: Package
    run: tuple[str, ...]
    folder: Path


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
    data: dict[str, Any] = file.data
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
        folder=path.parent.resolve(),
    )


def _package(data: Mapping[str, str]) -> Package:
    return Package(data["name"], data["version"])
