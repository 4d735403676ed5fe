"""Which package of an SDK has a product: `drivers/products.yaml` of the project and of the workspace."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.contract.catalogue import contract_files
from conformance.core.errors import UsageError
from conformance.core.resources import drivers_dir, shown
from conformance.core.workspace import workspace_root
from conformance.sdk.manifest import find_drivers
from conformance.sdk.products_file import FILE, ProductsFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from conformance.contract.catalogue import OperationId
    from conformance.core.errors import InputError
    from conformance.sdk.manifest import Manifest, Package

PACKAGES: Final = "packages.json"
"""What an installed driver finds of it: `sdk`, the package that it tells as its SDK, and `products`, all of them."""


class ProductPackages(Struct, frozen=True):
    """A driver with the packages that some operations need.

    Attributes:
        manifest: The driver; its SDK is the package of its own product if that is among them, else the first.
        unknown: What has no package: `slb/2014-05-15`.
        without_use: What the workspace's file has for this driver, or for none, and nothing reads; each with its place.
    """

    manifest: Manifest
    unknown: tuple[str, ...] = ()
    without_use: tuple[str, ...] = ()


def with_packages(manifest: Manifest, operations: Iterable[OperationId]) -> ProductPackages:
    """Return a driver with the packages that some operations need; as it is where it needs none but its own.

    Args:
        manifest: The driver. One without a product of its own is generic: it needs no package.
        operations: The operations.

    Raises:
        UsageError: When it has a package for none of them.
        DriverFileError: With file, line and column, when a `products.yaml` is wrong.
    """
    own_file = _of_workspace()
    without_use = tuple(map(str, _without_use(own_file, manifest.name))) if own_file is not None else ()
    if not manifest.product:
        return ProductPackages(manifest, (), without_use)
    needed = dict.fromkeys(f"{each.product}/{each.version}" for each in operations) or {manifest.product: None}
    known = {
        **(_of_project(manifest.name) if needed.keys() - {manifest.product} else {}),
        manifest.product: manifest.sdk,
        **(own_file.packages(manifest.name) if own_file is not None else {}),
    }
    found = {product: known[product] for product in needed if product in known}
    unknown = tuple(product for product in needed if product not in known)
    if not found:
        fault = UsageError(without_package(manifest.name, *unknown), hint=line_of_package(manifest.name, unknown[0]))
        fault.others = without_use
        raise fault
    first = found.get(manifest.product) or next(iter(found.values()))
    is_own = manifest.product in found and first == manifest.sdk
    if is_own and len(found) == 1:
        return ProductPackages(manifest, unknown, without_use)
    others = tuple(package for package in found.values() if package.name != first.name)
    # Another version of its own package is installed as any other version is.
    table = {} if list(found) == [manifest.product] and first.name == manifest.sdk.name else found
    names = {product: package.name for product, package in table.items()}
    changed = replace(manifest, sdk=first, others=others, is_own=is_own, packages=names)
    return ProductPackages(changed, unknown, without_use)


def without_use(path: Path, driver: str | None = None) -> Iterator[InputError]:
    """Yield what a `products.yaml` has that nothing reads, for the drivers that there are.

    That of the project is for the products of every workspace.

    Raises:
        DriverFileError: With file, line and column, when it is wrong.
    """
    file = ProductsFile.read(path)
    yield from _without_use(file, driver, any_product=_is_of_project(path))


def _without_use(file: ProductsFile, driver: str | None, *, any_product: bool = False) -> Iterator[InputError]:
    drivers = {manifest.name: manifest for manifest in find_drivers()}
    products = None if any_product else sorted({f"{each.product}/{each.version}" for each in contract_files()})
    yield from file.without_use(drivers, products, driver)


def _is_of_project(path: Path) -> bool:
    # An installed package has a copy of the project's.
    project = drivers_dir() / FILE
    return project.is_file() and path.read_bytes() == project.read_bytes()


def without_package(driver: str, *products: str) -> str:
    """Return that a driver has no package of products, each with the version of its API."""
    return f"the driver {driver} has no package of {', '.join(products)}"


def line_of_package(driver: str, product: str) -> str:
    """Return how a package is made known to a driver."""
    line = f"{driver}: {{{product}: {{name: NAME, version: VERSION}}}}"
    return f"name it in drivers/products.yaml of the workspace, in a line for each product: {line}"


def write_packages(manifest: Manifest, folder: Path) -> None:
    """Write what an installed driver finds of its packages; nothing where it has its own alone."""
    if manifest.packages:
        found = {"sdk": manifest.sdk.name, "products": dict(manifest.packages)}
        (folder / PACKAGES).write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def _of_project(driver: str) -> dict[str, Package]:
    path = drivers_dir() / FILE
    return ProductsFile.read(path).packages(driver) if path.is_file() else {}


def _of_workspace() -> ProductsFile | None:
    """Return the workspace's file; `None` where there is none, or the workspace is the project itself."""
    root = workspace_root()
    path = None if root is None else shown(root) / "drivers" / FILE
    if path is None or not path.is_file() or _is_of_project(path):
        return None
    return ProductsFile.read(path)
