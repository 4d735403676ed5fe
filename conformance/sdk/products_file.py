"""`drivers/products.yaml`, of the project or of a workspace: the package of each product in each SDK."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.core.errors import DriverFileError
from conformance.core.wording import near
from conformance.core.yamlfile import Schema, YamlFile
from conformance.sdk.manifest import Package

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from conformance.core.errors import InputError
    from conformance.sdk.manifest import Manifest

FILE: Final = "products.yaml"


class ProductsFile(Struct, frozen=True):
    """A `products.yaml`.

    Attributes:
        file: The file, whose content keeps to the schema.
    """

    file: YamlFile

    @classmethod
    def read(cls, path: Path) -> ProductsFile:
        """Read one; raises `DriverFileError` with file, line and column when it is wrong."""
        file = YamlFile.read(path, DriverFileError)
        if file.data is not None:  # a file with comments alone
            file.validate(_schema())
        return cls(file)

    @property
    def _table(self) -> Mapping[str, Mapping[str, Mapping[str, str]] | None]:
        return self.file.data or {}

    def packages(self, driver: str) -> dict[str, Package]:
        """Return the packages of a driver by product and version: `slb/2014-05-15`."""
        lines = self._table.get(driver) or {}
        return {product: Package(each["name"], each["version"]) for product, each in lines.items()}

    def without_use(
        self, drivers: Mapping[str, Manifest], products: Collection[str] | None, driver: str | None = None
    ) -> Iterator[InputError]:
        """Yield what the file has that nothing reads: a misspelt name, which would else be passed over in silence.

        Args:
            drivers: All drivers, by name.
            products: The products of all contracts, `slb/2014-05-15`; `None` where any product may be meant.
            driver: The driver that is used, whose lines alone are looked at; those of all unless given.
        """
        for name, lines in self._table.items():
            manifest = drivers.get(name)
            if manifest is None:
                hint = near(name, drivers)
                yield self.file.fault(
                    f"there is no driver {name!r}: its lines do nothing", (name,), hint=hint, key=True
                )
            elif driver not in (None, name):
                continue
            elif not manifest.product:
                what = f"the driver {name} needs no package of a product: its lines do nothing"
                yield self.file.fault(what, (name,), hint="take them out", key=True)
            elif products is not None:
                for product in lines or {}:
                    if product not in products:
                        what = f"no contract is of the product {product}: its line does nothing"
                        yield self.file.fault(what, (name, product), hint=near(product, products), key=True)


@cache
def _schema() -> Schema:
    return Schema.read(Path(__file__).with_name("products.schema.json"))
