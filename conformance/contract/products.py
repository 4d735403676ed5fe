"""The version of a product's API, where its pages name the product alone: data, in `openapi/products.yaml`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.core.errors import ContractError, DocumentError
from conformance.core.resources import openapi_dir
from conformance.core.workspace import find_workspace
from conformance.core.yamlfile import Schema, YamlFile

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.model import Contract
    from conformance.core.errors import Location

PRODUCT_FORM: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
"""The code of a product."""
VERSION_FORM: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
"""The version of an API."""

_SHAPE: Final = Schema(
    {
        "type": "object",
        "required": ["versions"],
        "properties": {
            "versions": {
                "type": "object",
                "additionalProperties": {"type": "string"},
            },
        },
        "additionalProperties": False,
    }
)


class KnownProducts(Struct, frozen=True):
    """What pages of known products leave out.

    Attributes:
        versions: The version of each product's API.
    """

    versions: Mapping[str, str]

    def complete(self, contract: Contract) -> Contract:
        """Return a contract with the version of its product, when its page leaves that out and it is known."""
        return replace(contract, version=contract.version or self.versions.get(contract.product, ""))


def require_identity(contract: Contract, where: Location | Path | str) -> None:
    """Refuse a contract that has no product or no version.

    Raises:
        DocumentError: When it lacks one, or has what cannot be one.
    """
    for what, word, form in (
        ("product", contract.product, PRODUCT_FORM),
        ("version", contract.version, VERSION_FORM),
    ):
        if word and not form.fullmatch(word):  # it becomes part of a path
            raise DocumentError(
                f"{word!r} is no {what}", where=where, hint=f"the {what} of an API, as its pages have it"
            )
    missing = [what for what, word in (("product", contract.product), ("version", contract.version)) if not word]
    if not missing:
        return
    if len(missing) > 1:
        what = f"{contract.operation}: the page does not say which product and version it is of"
    elif contract.product:
        what = f"{contract.operation}: the page does not say which version of {contract.product} it is of"
    else:
        what = f"{contract.operation}: the page does not say which product it is of"
    options = " and ".join({"product": "--product", "version": "--api-version"}[what] for what in missing)
    raise DocumentError(what, where=where, hint=f"give {options}")


def known_products() -> KnownProducts:
    """Return the products that the project and the workspace know.

    Raises:
        ContractError: If their file cannot be read.
        UsageError: If the workspace's file is wrong.
    """
    file = YamlFile.read(openapi_dir() / "products.yaml", ContractError)
    file.validate(_SHAPE)
    workspace = find_workspace(Path.cwd(), [])  # what is wrong there is told when the options are read
    own = {} if workspace is None else workspace.products
    return KnownProducts({**file.data["versions"], **own})
