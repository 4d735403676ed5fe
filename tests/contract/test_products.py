from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from contract_strategies import thing
from msgspec.structs import replace

from conformance.contract.products import KnownProducts, known_products, require_identity
from conformance.core.errors import ContractError, DocumentError

if TYPE_CHECKING:
    from pathlib import Path

FARM = KnownProducts({"farm": "2020-01-02"})


@pytest.mark.parametrize(
    ("named", "completed"),
    [
        (("farm", ""), ("farm", "2020-01-02")),
        (("farm", "2022-05-06"), ("farm", "2022-05-06")),
        (("byre", ""), ("byre", "")),
        (("", ""), ("", "")),
    ],
)
def test_the_version_of_a_known_product_is_completed(named: tuple[str, str], completed: tuple[str, str]) -> None:
    found = FARM.complete(replace(thing(), product=named[0], version=named[1]))
    assert (found.product, found.version) == completed
    assert replace(found, product="", version="") == thing()


@pytest.mark.parametrize(
    ("product", "version", "message"),
    [
        ("", "", "x.md: CreateThing: the page does not say which product and version it is of (give --product and "),
        ("farm", "", "CreateThing: the page does not say which version of farm it is of (give --api-version)"),
        ("../up", "2020-01-02", "'../up' is no product"),
        ("farm", "1.0", "'1.0' is no version"),
        ("", "2020-01-02", "CreateThing: the page does not say which product it is of (give --product)"),
    ],
)
def test_what_nobody_says_is_asked_for(product: str, version: str, message: str) -> None:
    with pytest.raises(DocumentError, match=re.escape(message)):
        require_identity(replace(thing(), operation="CreateThing", product=product, version=version), "x.md")


def test_the_versions_of_the_project_are_dates() -> None:
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", version) for version in known_products().versions.values())


def test_a_version_without_quotes_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "products.yaml").write_text("versions: {barn: 2021}\n", encoding="utf-8")
    monkeypatch.setattr("conformance.contract.products.openapi_dir", lambda: tmp_path)
    with pytest.raises(ContractError, match=r"products\.yaml:1:"):
        known_products()
