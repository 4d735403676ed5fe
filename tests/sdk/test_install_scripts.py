"""The scripts that install drivers, with package managers that only write down what they are asked."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from commands import REPOSITORY

from conformance.sdk.manifest import read_manifest

if TYPE_CHECKING:
    from pathlib import Path

DRIVERS = REPOSITORY / "drivers"


@pytest.mark.parametrize("name", ["python-generic", "node-generic", "node-pop"])
@pytest.mark.parametrize("versions", [("", ""), ("0.4.5", "0.4.5"), ("0.4.5", ""), ("", "0.4.5")])
def test_of_a_package_that_is_its_own_core_one_version_is_asked_for(
    name: str, versions: tuple[str, str], tmp_path: Path
) -> None:
    manifest = read_manifest(DRIVERS / name / "driver.yaml")
    folder = tmp_path / "folder"
    for relative, path in manifest.files():
        (folder / relative).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder / relative)
    for tool in ("uv", "npm"):
        (tmp_path / tool).write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\n')
        (tmp_path / tool).chmod(0o755)
    # What installs gives both versions where the package is one; a script that is called by hand may have one.
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "SDK_VERSION": versions[0], "CORE_VERSION": versions[1]}
    subprocess.run(["sh", "install.sh"], cwd=folder, env=environment, check=True)
    calls = (tmp_path / "calls").read_text().splitlines()
    asked = [word for call in calls for word in call.split() if "0.4.5" in word]
    if not any(versions):
        assert asked == []
        assert any("--require-hashes" in call or call.startswith("ci ") for call in calls)
    else:
        separator = "==" if name.startswith("python") else "="
        assert [word.removeprefix("dependencies.") for word in asked] == [f"{manifest.sdk.name}{separator}0.4.5"]
