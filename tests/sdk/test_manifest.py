from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from folders import MANIFEST, make_driver

from conformance.core.errors import DriverFileError, UsageError
from conformance.sdk.manifest import FILE, Package, Tool, find_driver, find_drivers, read_manifest

if TYPE_CHECKING:
    from pathlib import Path


def test_a_manifest_is_read(tmp_path: Path) -> None:
    (found,) = find_drivers(make_driver(tmp_path).parents[1])
    assert found == find_driver("mine", tmp_path)
    assert (found.name, found.title, found.language) == ("mine", "My driver", "Python")
    assert found.toolchain == (Tool("sh", "it is everywhere"),)
    assert (found.sdk, found.core) == (Package("my-sdk", "1.2.3"), Package("my-core", "0.4.6"))
    assert found.run == ("./driver", "with", "arguments")
    assert found.folder == tmp_path / "mine"


def test_a_folder_without_a_manifest_is_no_driver(tmp_path: Path) -> None:
    (tmp_path / "node_modules").mkdir()
    assert find_drivers(tmp_path) == []
    assert find_drivers(tmp_path / "nothing") == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: My driver\n", "", r"driver.yaml:1:1: the file lacks the field 'title'"),
        ("title:", "tilte:", r"driver.yaml:\d:\d: "),
        ("version: 1.2.3", "version: 1.2", r"driver.yaml:6:30: sdk.version is 1.2, .*into quotes"),
        ("version: 1.2.3", "version: $(reboot)", r"driver.yaml:6:30: sdk.version is .*\(for example 1.2.3\)"),
        ("run: [./driver, with, arguments]", "run: []", r"driver.yaml:8:6: run is empty \(add an entry\)"),
        ("name: mine", "name: yours", r"driver.yaml:1:7: the name is 'yours', but the folder is 'mine'"),
        ("hint:", "way:", r"driver.yaml:5:\d+: .*toolchain.0"),
        ("language: Python", "language: [", r"driver.yaml:\d+:\d+: not valid YAML"),
        ("run:", "shared: [a.py]\nrun:", r"driver.yaml:8:10: there is no file 'a.py' in the folder 'shared'"),
        ("run:", "shared: [../a.py]\nrun:", r"driver.yaml:8:10: shared.0 is .*\(for example protocol.py\)"),
    ],
)
def test_a_wrong_manifest_is_told_with_its_place(old: str, new: str, message: str, tmp_path: Path) -> None:
    path = make_driver(tmp_path, MANIFEST.replace(old, new))
    with pytest.raises(DriverFileError, match=message):
        read_manifest(path)


def test_a_driver_has_no_file_under_the_name_of_a_shared_one(tmp_path: Path) -> None:
    path = make_driver(tmp_path, MANIFEST + "shared: [a.py]\n")
    for folder in ("mine", "shared"):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "a.py").touch()
    with pytest.raises(DriverFileError, match=r"driver.yaml:9:10: the driver has a file 'a.py' of its own"):
        read_manifest(path)


def test_an_unknown_driver_is_told_with_the_nearest(tmp_path: Path) -> None:
    make_driver(tmp_path)
    with pytest.raises(UsageError, match=r"there is no driver 'mien' \(did you mean mine\?\)"):
        find_driver("mien", tmp_path)
    with pytest.raises(UsageError, match=r"there is no driver '../mine' \(did you mean mine\?\)"):
        find_driver("../mine", tmp_path)


def test_every_driver_of_the_project_has_what_it_needs() -> None:
    found = find_drivers()
    assert len(found) >= 1
    for manifest in found:
        assert (manifest.folder / "install.sh").is_file()
        assert (manifest.folder / FILE).is_file()
        assert manifest.toolchain
