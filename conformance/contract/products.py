"""The product of a page that names none, and the version of a product's API: data, in `openapi/products.yaml`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from conformance.core.errors import ContractError
from conformance.core.resources import openapi_dir
from conformance.core.yamlfile import Schema, YamlFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.model import Contract

_SHAPE: Final = Schema(
    {
        "type": "object",
        "required": ["default", "versions"],
        "properties": {
            "default": {"type": "string", "description": "the product of a page that names none"},
            "versions": {
                "type": "object",
                "additionalProperties": {"type": "string", "description": "write the version in quotes"},
                "description": "the version of each product's API",
            },
        },
        "additionalProperties": False,
    }
)


@dataclass(frozen=True, slots=True)
class KnownProducts:
    """What pages leave out.

    Attributes:
        default: The product of a page that names none, or one of which no version is known.
        versions: The version of each product's API.
    """

    default: str
    versions: Mapping[str, str]

    def complete(self, contract: Contract) -> Contract:
        """Return a contract with the product and version that its page leaves out."""
        version = contract.version or self.versions.get(contract.product)
        if contract.product and version:
            return replace(contract, version=version)
        return replace(contract, product=self.default, version=self.versions[self.default])


def known_products() -> KnownProducts:
    """Return the products that the project knows.

    Raises:
        ContractError: If their file cannot be read, or does not give a version for the default.
    """
    file = YamlFile.read(openapi_dir() / "products.yaml", ContractError)
    file.validate(_SHAPE)
    default, versions = file.data["default"], file.data["versions"]
    if default not in versions:
        raise file.fault(f"versions lacks {default!r}", ("versions",), hint="add the version of the default")
    return KnownProducts(default, versions)
