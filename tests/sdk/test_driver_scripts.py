"""What the install scripts of drivers share: several packages of an SDK in one program."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from commands import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

SHARED = REPOSITORY / "drivers" / "shared"
PRODUCTS = {"farm/2020-01-02": "example.org/farm", "barn/2021-03-04": "example.org/barn"}


def ran(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}
    return subprocess.run(
        ["sh", "-euc", script], cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )


@pytest.mark.parametrize("several", [True, False])
def test_the_list_of_packages_has_each_with_its_product(tmp_path: Path, *, several: bool) -> None:
    if several:
        table = {"sdk": "example.org/farm", "products": PRODUCTS}
        (tmp_path / "packages.json").write_text(json.dumps(table, indent=1))
    script = f"""
        own_product="farm 2020-01-02"
        create=NewClient
        makers_of() {{ echo "// requests of $1, number $2"; }}
        . {SHARED / "packages.sh"}
        write_packages example.org/farm=example.org/farm/v2/client {"example.org/barn=example.org/barn" * several}
    """
    assert ran(tmp_path, script).stderr == ""
    text = (tmp_path / "packages.go").read_text()
    entries = [line.strip() for line in text.splitlines() if "reflect.TypeFor" in line]
    assert 'package0 "example.org/farm/v2/client"' in text
    assert "// requests of example.org/farm/v2/client, number 0" in text
    farm = '{"farm", "2020-01-02", reflect.TypeFor[*package0.Client](), package0.NewClient, map[string]func() any{'
    barn = farm.replace("farm", "barn").replace("2020-01-02", "2021-03-04").replace("package0", "package1")
    assert entries == ([farm, barn] if several else [farm])


def test_packages_of_maven_take_the_place_of_those_that_are_locked(tmp_path: Path) -> None:
    (tmp_path / "src" / "main" / "java" / "driver").mkdir(parents=True)
    (tmp_path / "Driver.java").write_text("package driver;\n")
    (tmp_path / "pom.xml").write_text((REPOSITORY / "drivers" / "java" / "pom.xml").read_text())
    maven = tmp_path / "mvn"
    maven.write_text('#!/bin/sh\necho "$*" >asked\n')
    maven.chmod(0o755)
    done = ran(tmp_path, f'. {SHARED / "maven.sh"}\nbuild_with "my.group:core@[0,)" my.group:farm@2.0-rc1')
    assert (done.returncode, done.stderr) == (0, "")
    text = (tmp_path / "pom.xml").read_text()
    assert text.count("<dependency>") == len(("core", "farm"))
    assert "<artifactId>core</artifactId><version>[0,)</version>" in text
    assert "<groupId>my.group</groupId><artifactId>farm</artifactId><version>2.0-rc1</version>" in text
    assert text.startswith("<?xml")
    assert "<plugins>" in text
    assert "</project>" in text
    assert (tmp_path / "src" / "main" / "java" / "driver" / "Driver.java").is_file()
    assert "dependency:copy-dependencies" in (tmp_path / "asked").read_text()
