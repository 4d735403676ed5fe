"""Which package of an SDK has a product, and how a driver is installed with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from folders import make_driver
from msgspec.structs import replace

from conformance.contract.catalogue import OperationId
from conformance.core.errors import DriverFileError, UsageError
from conformance.sdk.install import install, installed_folder
from conformance.sdk.manifest import Manifest, Package, find_drivers, read_manifest
from conformance.sdk.product_packages import ProductPackages, with_packages

if TYPE_CHECKING:
    from pathlib import Path

TABLE = """\
mine:
  barn/2021-03-04: {name: "@my/barn", version: 2.0.0}
  pond/2022-05-06: {name: my-pond, version: 3.0.0}
another:
  lake/2022-05-06: {name: my-lake, version: 1.0.0}
"""
INSTALL = 'echo "$SDK_NAME $SDK_VERSION, $MORE_PACKAGES" > asked\necho > driver\nchmod +x driver\n'


def of(*products: str) -> list[OperationId]:
    return [OperationId(name, version, "Op") for name, version in (product.split("/") for product in products)]


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Manifest:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = make_driver(tmp_path / "drivers", install=INSTALL)
    folder.write_text(folder.read_text().replace("run:", "product: farm/2020-01-02\nrun:"))
    (tmp_path / "drivers" / "products.yaml").write_text(TABLE)
    monkeypatch.setattr("conformance.sdk.product_packages.drivers_dir", lambda: tmp_path / "drivers")
    monkeypatch.setattr("conformance.sdk.product_packages.workspace_root", lambda: None)
    return read_manifest(folder)


def asked(manifest: Manifest, sdk: str | None = None) -> str:
    return (install(manifest, sdk).folder / "asked").read_text().strip()


def test_of_its_own_product_a_driver_is_as_it_is(mine: Manifest) -> None:
    assert with_packages(mine, []).manifest is mine
    assert with_packages(mine, of("farm/2020-01-02")).manifest is mine
    assert not (install(mine).folder / "packages.json").exists()
    assert asked(mine) == "my-sdk ,"


@pytest.mark.parametrize("text", ["", "# none yet\n", "mine:\n"])
def test_a_table_without_lines_knows_no_package(mine: Manifest, tmp_path: Path, text: str) -> None:
    (tmp_path / "drivers" / "products.yaml").write_text(text)
    with pytest.raises(UsageError, match="the driver mine has no package of pond/2022-05-06 "):
        with_packages(mine, of("pond/2022-05-06"))


def test_the_package_of_another_product_stands_for_the_sdk(mine: Manifest) -> None:
    found = with_packages(mine, of("pond/2022-05-06", "pond/2022-05-06"))
    assert (found.manifest.sdk, found.manifest.others, found.unknown) == (Package("my-pond", "3.0.0"), (), ())
    assert asked(found.manifest) == "my-pond 3.0.0,"
    assert asked(found.manifest, "3.1.0") == "my-pond 3.1.0,"
    told = json.loads((install(found.manifest).folder / "packages.json").read_text())
    assert told == {"sdk": "my-pond", "products": {"pond/2022-05-06": "my-pond"}}


def test_packages_of_several_products_are_installed_together(mine: Manifest) -> None:
    found = with_packages(mine, of("barn/2021-03-04", "farm/2020-01-02", "pond/2022-05-06", "moon/2020-01-01"))
    assert found.manifest.sdk == mine.sdk
    assert found.unknown == ("moon/2020-01-01",)
    assert asked(found.manifest) == "my-sdk , @my/barn@2.0.0 my-pond@3.0.0"
    assert installed_folder(found.manifest) != installed_folder(mine)
    told = json.loads((install(found.manifest).folder / "packages.json").read_text())
    assert told["products"] == {
        "barn/2021-03-04": "@my/barn",
        "farm/2020-01-02": "my-sdk",
        "pond/2022-05-06": "my-pond",
    }


def test_a_product_without_a_package_is_told_with_the_line_that_adds_it(mine: Manifest) -> None:
    with pytest.raises(UsageError) as told:
        with_packages(mine, of("lake/2022-05-06", "moon/2020-01-01"))
    assert told.value.message == "the driver mine has no package of lake/2022-05-06, moon/2020-01-01"
    assert (told.value.hint or "").endswith("mine: {lake/2022-05-06: {name: NAME, version: VERSION}}")


def test_a_workspace_has_lines_of_its_own_and_they_come_first(
    mine: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own" / "drivers").mkdir(parents=True)
    table = tmp_path / "own" / "drivers" / "products.yaml"
    table.write_text(
        "mine:\n  lake/2022-05-06: {name: a, version: 1.0.0}\n  pond/2022-05-06: {name: b, version: 1.1}\n"
    )
    monkeypatch.setattr("conformance.sdk.product_packages.workspace_root", lambda: tmp_path / "own")
    with pytest.raises(DriverFileError, match=r"products\.yaml:3:"):  # 1.1 is a number
        with_packages(mine, of("pond/2022-05-06"))
    table.write_text(table.read_text().replace("1.1", "1.1.0"))
    found = with_packages(mine, of("pond/2022-05-06", "lake/2022-05-06", "barn/2021-03-04")).manifest
    assert [found.sdk.name, *(other.name for other in found.others)] == ["b", "a", "@my/barn"]


@pytest.fixture
def own_table(mine: Manifest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a workspace; return its `products.yaml`, which is still to be written."""
    (tmp_path / "own" / "drivers").mkdir(parents=True)
    monkeypatch.setattr("conformance.sdk.product_packages.workspace_root", lambda: tmp_path / "own")
    generic = replace(mine, name="mine-generic", product="")
    monkeypatch.setattr("conformance.sdk.product_packages.find_drivers", lambda: [mine, generic])
    known: dict[OperationId, object] = {
        each: {} for each in of("farm/2020-01-02", "pond/2022-05-06", "barn/2021-03-04")
    }
    monkeypatch.setattr("conformance.sdk.product_packages.contract_files", lambda: known)
    return tmp_path / "own" / "drivers" / "products.yaml"


LINE = "{name: a, version: 1.0.0}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            f"min:\n  pond/2022-05-06: {LINE}\n",
            "1:1: there is no driver 'min': its lines do nothing (did you mean mine?)",
        ),
        (f"# none\nxyz:\n  pond/2022-05-06: {LINE}\n", "2:1: there is no driver 'xyz': its lines do nothing (known: "),
        ("MINE:\n", "1:1: there is no driver 'MINE': its lines do nothing (did you mean mine?)"),
        (
            f"mine:\n  pond/2022-06-05: {LINE}\n",
            "2:3: no contract is of the product pond/2022-06-05: its line does nothing (did you mean pond/2022-05-06?)",
        ),
        (
            f"mine:\n  Quicksilver/2999-09-09: {LINE}\n",
            "2:3: no contract is of the product Quicksilver/2999-09-09: its line does nothing (known: ",
        ),
    ],
)
def test_a_line_that_nothing_reads_is_told_once_with_the_near_name(
    mine: Manifest, own_table: Path, text: str, told: str
) -> None:
    own_table.write_text(text)
    for products in (["farm/2020-01-02"], ["pond/2022-05-06", "farm/2020-01-02"]):
        (found,) = with_packages(mine, of(*products)).without_use
        assert f"products.yaml:{told}" in found
    with pytest.raises(UsageError) as fault:
        with_packages(mine, of("moon/2020-01-01"))
    assert f"products.yaml:{told}" in str(fault.value)


def test_lines_of_a_driver_that_needs_no_package_are_told(mine: Manifest, own_table: Path) -> None:
    own_table.write_text(f"mine-generic:\n  pond/2022-05-06: {LINE}\n")
    assert with_packages(mine, []).without_use == ()
    (found,) = with_packages(replace(mine, name="mine-generic", product=""), of("moon/2020-01-01")).without_use
    assert "products.yaml:1:1: the driver mine-generic needs no package of a product" in found


def test_the_checkout_of_the_project_tells_nothing_though_an_installed_package_has_a_copy(
    mine: Manifest, own_table: Path
) -> None:
    own_table.write_text(TABLE)
    assert with_packages(mine, []) == ProductPackages(mine)


def test_lines_of_another_driver_and_of_what_is_not_run_are_not_told(mine: Manifest, own_table: Path) -> None:
    own_table.write_text(f"mine:\n  barn/2021-03-04: {LINE}\n")
    assert with_packages(mine, of("farm/2020-01-02")) == ProductPackages(mine)


def test_a_workspace_may_say_another_version_of_the_own_product(mine: Manifest, own_table: Path) -> None:
    own_table.write_text("mine:\n  farm/2020-01-02: {name: my-sdk, version: 1.3.0}\n")
    for products in ((), ("farm/2020-01-02",)):
        found = with_packages(mine, of(*products)).manifest
        assert (found.sdk, found.packages) == (Package("my-sdk", "1.3.0"), {})
        assert asked(found) == "my-sdk 1.3.0,"
        assert asked(found, "1.4.0") == "my-sdk 1.4.0,"
    both = with_packages(mine, of("pond/2022-05-06", "farm/2020-01-02")).manifest
    assert asked(both) == "my-sdk 1.3.0, my-pond@3.0.0"
    own_table.write_text("mine:\n  farm/2020-01-02: {name: my-sdk, version: 1.2.3}\n")
    assert with_packages(mine, of("farm/2020-01-02")).manifest is mine


def test_a_workspace_may_say_another_package_of_the_own_product(mine: Manifest, own_table: Path) -> None:
    own_table.write_text("mine:\n  farm/2020-01-02: {name: my-fork, version: 0.1.0}\n")
    found = with_packages(mine, of("farm/2020-01-02")).manifest
    assert asked(found) == "my-fork 0.1.0,"
    told = json.loads((install(found).folder / "packages.json").read_text())
    assert told == {"sdk": "my-fork", "products": {"farm/2020-01-02": "my-fork"}}


def test_a_generic_driver_needs_no_package(mine: Manifest) -> None:
    generic = next(each for each in find_drivers() if not each.product)
    assert with_packages(generic, of("moon/2020-01-01")).manifest is generic
    assert mine.product
