"""The file `conformance.yaml` of a workspace that is made, and its folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.core.errors import UsageError
from conformance.core.yamlwriter import dump_line

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDERS: Final = ("openapi", "cases", "behaviours", "targets")
"""What a workspace has beside the file."""

_TEXT: Final = """\
# The root of a workspace: contracts, cases, behaviours and targets of one owner. Commands that are called in this
# folder or below it read these before those that come with the package, and write nowhere else.
#
# Options of the command line can have their values here, by their long names:
#   endpoint: http://127.0.0.1:8080
#   states-url: http://127.0.0.1:8080/_states
#   docs: both
#
# The version of a product's API, for pages that name the product alone:
"""
_NONE: Final = "#   products: {farm: '2020-01-02'}\n"


def workspace_text(products: Mapping[str, str] | None = None) -> str:
    """Return the text of `conformance.yaml`.

    Args:
        products: The versions of products' APIs, as far as they are known.
    """
    if not products:
        return f"{_TEXT}{_NONE}"
    lines = "".join(f"  {_line(product)}: {_line(version)}\n" for product, version in sorted(products.items()))
    return f"{_TEXT}products:\n{lines}"


def _line(text: str) -> str:
    return dump_line(text, UsageError)  # a name such as `no` is a text, too
