"""`conformance check`: what is wrong with files, without a run."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING

import pytest
import yaml
from commands import OPERATION, REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command

FOLDERS = ("cases", "behaviours", "targets")
TARGET = """endpoint: https://api.example.com
allowed_hosts: [api.example.com]
credentials: {access_key_id_env: NOBODY_SETS_THIS, access_key_secret_env: NOR_THIS}
"""
PRODUCTS = """python-v2:
  vpc/2016-04-28: {name: alibabacloud-vpc20160428, version: 7.2.2}
"""
ALLOW = "- {case: A/**, reason: known, expires: 2027-01-31}\n"


@pytest.fixture
def workspace(conformance: Command, tmp_path: Path) -> Path:
    """A workspace with files of several kinds that are all right."""
    assert conformance("init").status == 0
    folder = tmp_path / "cases" / "vpc" / OPERATION
    folder.mkdir(parents=True)
    for name in ("base.yaml", "account.yaml", "fuzz.yaml"):
        shutil.copy(REPOSITORY / "cases" / "vpc" / OPERATION / name, folder)
    (tmp_path / "behaviours" / "vpc").mkdir()
    for name in ("EipAddress.yaml", "FlowLog.yaml", "FlowLog.faults.yaml"):
        shutil.copy(REPOSITORY / "behaviours" / "vpc" / name, tmp_path / "behaviours" / "vpc")
    (tmp_path / "targets" / "mine.yaml").write_text(TARGET, encoding="utf-8")
    (tmp_path / "drivers").mkdir()
    (tmp_path / "drivers" / "products.yaml").write_text(PRODUCTS, encoding="utf-8")
    (tmp_path / "allow.yaml").write_text(ALLOW, encoding="utf-8")
    (tmp_path / "cases" / "defaults.yaml").write_text("region_id: cn-test\n", encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("workspace")
def test_a_workspace_that_is_all_right_needs_no_variable(conformance: Command) -> None:
    done = conformance("check")
    assert (done.status, done.out, done.err) == (0, "files that can be used: 10\n", "")
    assert conformance("check", "allow.yaml").out == "files that can be used: 1\n"


@pytest.mark.parametrize(
    ("name", "edit", "says"),
    [
        ("conformance.yaml", ("", "nonsense: 1\n"), "conformance.yaml:"),
        ("targets/mine.yaml", ("endpoint:", "endpont: a\nendpoint:"), "targets/mine.yaml:1:1: "),
        ("cases/defaults.yaml", ("cn-test", "01"), "cases/defaults.yaml:1:12: "),
        (f"cases/vpc/{OPERATION}/account.yaml", ("trigger:", "tigger:"), f"cases/vpc/{OPERATION}/account.yaml:"),
        (f"cases/vpc/{OPERATION}/base.yaml", ("parameters:", "parametres:"), f"cases/vpc/{OPERATION}/base.yaml:"),
        (f"cases/vpc/{OPERATION}/fuzz.yaml", ("refusals:", "refuses:"), f"cases/vpc/{OPERATION}/fuzz.yaml:"),
        ("behaviours/vpc/EipAddress.yaml", ("create:", "creates:"), "behaviours/vpc/EipAddress.yaml:"),
        ("behaviours/vpc/FlowLog.yaml", ("unique_by:", "unique:"), "behaviours/vpc/FlowLog.yaml:"),
        ("behaviours/vpc/FlowLog.faults.yaml", ("about:", "abuot:"), "behaviours/vpc/FlowLog.faults.yaml:"),
        (
            "drivers/products.yaml",
            ("python-v2:", "pyton-v2:"),
            "drivers/products.yaml:1:1: there is no driver 'pyton-v2'",
        ),
        ("drivers/products.yaml", ("vpc/", "vcp/"), "drivers/products.yaml:2:3: no contract is of the product vcp/"),
    ],
)
def test_each_kind_of_file_is_read_and_its_fault_has_a_place(
    workspace: Path, conformance: Command, name: str, edit: tuple[str, str], says: str
) -> None:
    file = workspace / name
    text = file.read_text(encoding="utf-8")
    assert edit[0] in text
    file.write_text(text.replace(*edit, 1), encoding="utf-8")
    for words in ((), (name,)):
        done = conformance("check", *words)
        assert (done.status, done.out) == (2, "")
        first, last = done.err.splitlines()[0], done.err.splitlines()[-1]
        assert says in first
        assert last.startswith("files that cannot be used: 1 of ")


def test_the_files_of_the_project_itself_can_be_used(conformance: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    done = conformance("check", "drivers/check.yaml", "drivers/products.yaml")
    assert (done.status, done.err) == (0, "")


def test_an_allow_file_is_told_by_its_entries(workspace: Path, conformance: Command) -> None:
    (workspace / "allow.yaml").write_text(ALLOW.replace("reason", "reasons"), encoding="utf-8")
    done = conformance("check", "allow.yaml")
    assert (done.status, "allow.yaml:1:" in done.err) == (2, True)


def test_every_wrong_file_is_told(workspace: Path, conformance: Command) -> None:
    (workspace / "targets" / "other.yaml").write_text("endpoint: [\n", encoding="utf-8")
    (workspace / "note.yaml").write_text("a: 1\n", encoding="utf-8")
    done = conformance("check", "targets", "note.yaml", "nowhere.yaml")
    assert done.status == 2
    assert "note.yaml: it cannot be told what this file is for (case files have `cases`" in done.err
    assert "nowhere.yaml: cannot be read" in done.err
    assert "files that cannot be used: 3 of 4" in done.err


def test_what_has_no_end_is_not_read(workspace: Path, conformance: Command) -> None:
    os.mkfifo(workspace / "targets" / "pipe.yaml")
    (workspace / "targets" / "loop.yaml").symlink_to("loop.yaml")
    assert conformance("check", "targets").out == "files that can be used: 1\n"
    done = conformance("check", "/dev/zero")
    assert (done.status, done.err.splitlines()[0]) == (
        2,
        "conformance: /dev/zero: is a device, and no file (check the path)",
    )


def test_outside_a_workspace_files_are_named(conformance: Command) -> None:
    done = conformance("check")
    assert (done.status, done.err.splitlines()[0]) == (
        2,
        "conformance: there is no workspace here (name files, or make a workspace: conformance init)",
    )


def test_the_hook_of_pre_commit_names_files_that_the_command_can_check(
    conformance: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    (hook,) = yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    asked, left = re.compile(hook["files"]), re.compile(hook["exclude"])
    places = [str(file.relative_to(REPOSITORY)) for folder in FOLDERS for file in (REPOSITORY / folder).rglob("*.yaml")]
    chosen = [place for place in [*places, "conformance.yaml"] if asked.search(place) and not left.search(place)]
    assert len(chosen) > len(places) / 2
    monkeypatch.chdir(REPOSITORY)
    program, *words = hook["entry"].split()
    done = conformance(*words, *chosen)
    assert (program, done.status, done.err) == ("conformance", 0, "")
