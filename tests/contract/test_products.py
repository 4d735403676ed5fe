from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from contract_strategies import thing

from conformance.contract.products import KnownProducts, known_products
from conformance.core.errors import ContractError

if TYPE_CHECKING:
    from pathlib import Path

FARM = KnownProducts("farm", {"farm": "2020-01-02", "barn": "2021-03-04"})


@pytest.mark.parametrize(
    ("named", "completed"),
    [
        (("", ""), ("farm", "2020-01-02")),
        (("barn", ""), ("barn", "2021-03-04")),
        (("barn", "2022-05-06"), ("barn", "2022-05-06")),
        (("byre", "2022-05-06"), ("byre", "2022-05-06")),
        (("byre", ""), ("farm", "2020-01-02")),
    ],
)
def test_what_a_page_leaves_out_is_completed(named: tuple[str, str], completed: tuple[str, str]) -> None:
    found = FARM.complete(replace(thing(), product=named[0], version=named[1]))
    assert (found.product, found.version) == completed
    assert replace(found, product="", version="") == thing()


def test_the_default_has_a_version() -> None:
    products = known_products()
    assert products.default in products.versions


def test_a_default_without_a_version_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "products.yaml").write_text("default: farm\nversions: {barn: '2021-03-04'}\n", encoding="utf-8")
    monkeypatch.setattr("conformance.contract.products.openapi_dir", lambda: tmp_path)
    with pytest.raises(ContractError, match=r"products\.yaml:2:11: versions lacks 'farm'"):
        known_products()
