"""Which package of an SDK has a product: `drivers/products.yaml` of the project and of the workspace."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from conformance.core.errors import DriverFileError, UsageError
from conformance.core.resources import drivers_dir
from conformance.core.workspace import workspace_root
from conformance.core.yamlfile import Schema, YamlFile
from conformance.sdk.manifest import Manifest, Package

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.contract.catalogue import OperationId

FILE: Final = "products.yaml"
PACKAGES: Final = "packages.json"
"""What an installed driver finds of it: `sdk`, the package that it tells as its SDK, and `products`, all of them."""


@dataclass(frozen=True, slots=True)
class ProductPackages:
    """A driver with the packages that some operations need.

    Attributes:
        manifest: The driver; its SDK is the package of its own product if that is among them, else the first.
        unknown: What has no package, each with the line that would say which: `slb/2014-05-15`.
    """

    manifest: Manifest
    unknown: tuple[str, ...] = ()


def with_packages(manifest: Manifest, operations: Iterable[OperationId]) -> ProductPackages:
    """Return a driver with the packages that some operations need; as it is where it needs none but its own.

    Args:
        manifest: The driver. One without a product of its own is generic: it needs no package.
        operations: The operations.

    Raises:
        UsageError: When it has a package for none of them.
        DriverFileError: With file, line and column, when a `products.yaml` is wrong.
    """
    needed = dict.fromkeys(f"{each.product}/{each.version}" for each in operations)
    if not manifest.product or not needed.keys() - {manifest.product}:
        return ProductPackages(manifest)
    known = {**_known(manifest.name), manifest.product: manifest.sdk}
    found = {product: known[product] for product in needed if product in known}
    unknown = tuple(product for product in needed if product not in known)
    if not found:
        raise UsageError(unknown_package(manifest.name, unknown[0]))
    own = manifest.product in found
    first = manifest.sdk if own else next(iter(found.values()))
    others = tuple(package for package in found.values() if package.name != first.name)
    table = {product: package.name for product, package in found.items()}
    return ProductPackages(replace(manifest, sdk=first, others=others, is_own=own, packages=table), unknown)


def unknown_package(driver: str, product: str) -> str:
    """Return that the package of a product is not known, and the line that says which it is."""
    line = f"{driver}: {{{product}: {{name: NAME, version: VERSION}}}}"
    return f"no package of {product} is known to the driver {driver}; a line of drivers/products.yaml says it: {line}"


def write_packages(manifest: Manifest, folder: Path) -> None:
    """Write what an installed driver finds of its packages; nothing where it has its own alone."""
    if manifest.packages:
        found = {"sdk": manifest.sdk.name, "products": dict(manifest.packages)}
        (folder / PACKAGES).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


@cache
def _schema() -> Schema:
    return Schema.read(Path(__file__).with_name("products.schema.json"))


def _known(driver: str) -> Mapping[str, Package]:
    """Return the packages of a driver by product and version: those of the workspace before those of the project."""
    root = workspace_root()
    folders = [drivers_dir(), *([root / "drivers"] if root is not None else [])]
    found: dict[str, Package] = {}
    for path in dict.fromkeys((folder / FILE).resolve() for folder in folders):
        if path.is_file():
            file = YamlFile.read(path, DriverFileError)
            table = {} if file.data is None else file.data  # a file with comments alone
            file.validate(_schema(), table)
            lines = table.get(driver) or {}
            found.update({product: Package(each["name"], each["version"]) for product, each in lines.items()})
    return found
