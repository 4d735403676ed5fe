"""A workspace of one's own: its operations before those of the project, two products with one name, a broken file."""

from __future__ import annotations

import json
import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from servers import Link, Server, whole

from conformance.contract.catalogue import OperationId, contract_files
from conformance.core.resources import data_dir
from conformance.core.workspace import VARIABLE

if TYPE_CHECKING:
    from commands import Command

PAGE = """\
# TagThings

[Debug](https://api.aliyun.com/#product={product}&api=TagThings&type=RPC&version={version})

## Request parameters

|Parameter|Type|Required|Example|Description|
|---------|----|--------|-------|-----------|
|Action|String|Yes|TagThings|The operation.|
|{name}|String|Yes|mine|The name. It must be 2 to 64 characters in length.|

## Response parameters

|Parameter|Type|Example|Description|
|---------|----|-------|-----------|
|RequestId|String|0A1B|The request ID.|

## Error codes

|HttpCode|Error code|Error message|Description|
|--------|----------|-------------|-----------|
|400|{product}.Taken|The name is taken.|Another thing has this name.|
"""
FARM = PAGE.format(product="Farm", version="2020-01-02", name="Name")
BARN = PAGE.format(product="Barn", version="2021-03-04", name="Label")
CASES = """\
operation: TagThings
base: plain
cases:
  - id: plain
    title: A valid request
    expect: {success: true}
    trigger: documented
"""


@pytest.fixture
def workspace(conformance: Command, tmp_path: Path) -> Path:
    """A workspace with the operation of one product, in which commands are called."""
    assert conformance("init").status == 0
    add(tmp_path, "farm", FARM, "Name")
    return tmp_path


def add(root: Path, product: str, page: str, parameter: str) -> None:
    """Put a page, its contract and a case of it into a workspace."""
    from conformance.cli.command_line import run_command  # noqa: PLC0415 - what it prints belongs to no test

    path = root / f"{product}.md"
    path.write_text(page, encoding="utf-8")
    assert run_command(["derive", str(path)]) == 0
    folder = root / "cases" / product / "TagThings"
    folder.mkdir(parents=True)
    (folder / "base.yaml").write_text(
        f"bases: {{plain: {{given: [], parameters: {{{parameter}: mine}}}}}}\n", encoding="utf-8"
    )
    (folder / "cases.yaml").write_text(CASES, encoding="utf-8")


def test_a_workspace_is_made_once(conformance: Command, tmp_path: Path) -> None:
    done = conformance("init", "a/b")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("a/b/conformance.yaml: a workspace\n")
    assert sorted(path.name for path in (tmp_path / "a/b").iterdir()) == [
        "behaviours",
        "cases",
        "conformance.yaml",
        "openapi",
        "targets",
    ]
    again = conformance("init", "a/b")
    assert (again.status, again.out) == (2, "")
    assert again.err.startswith("conformance: a/b/conformance.yaml: is there already (")
    Path("file").write_text("", encoding="utf-8")
    assert conformance("init", "file").err.startswith("conformance: file: is there already (")


@pytest.mark.usefixtures("workspace")
def test_without_words_the_operations_of_the_workspace_are_meant(conformance: Command) -> None:
    assert conformance("run", "--list").out == "TagThings/success/plain\n"
    rows = json.loads(conformance("coverage", "--json").out)
    assert {(row["product"], row["version"], row["operation"]) for row in rows} == {("farm", "2020-01-02", "TagThings")}
    for word in ("sdk/wire", "sdk/wire/TagThings"):
        assert conformance("run", "--driver", "./any", "--list", word).out == "sdk/wire/TagThings\n"
    both = conformance("run", "--driver", "./any", "--list", "CreateFlowLog", "sdk/wire").out
    assert both.splitlines()[0] == "sdk/wire/CreateFlowLog"
    assert "TagThings" not in both
    assert "CreateFlowLog/success/" in conformance("run", "--list", "CreateFlowLog").out
    assert conformance("contract", "TagThings.en", "--json").status == 0
    assert conformance("contract", "CreateFlowLog.en", "--json").status == 0


def test_checks_of_an_sdk_are_about_contracts_without_cases_too(conformance: Command, workspace: Path) -> None:
    listed = partial(conformance, "run", "--driver", "./any", "--list")
    shutil.rmtree(workspace / "cases")
    assert listed("sdk/wire").out == "sdk/wire/TagThings\n"
    assert listed("sdk/wire/TagThings").out == "sdk/wire/TagThings\n"
    assert listed("sdk/wire/CreateFlowLog").out == "sdk/wire/CreateFlowLog\n"
    assert "sdk/wire/TagThings\n" in listed().out
    assert "TagThings" not in listed("CreateFlowLog", "sdk/wire").out
    # Of an operation of the project, that has cases there, the workspace's contract is meant.
    own = contract_files()[OperationId("vpc", "2016-04-28", "CreateFlowLog")]
    for path in own.values():
        copy = workspace / "openapi" / "vpc" / "2016-04-28" / path.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    assert listed("sdk/wire").out.splitlines() == ["sdk/wire/CreateFlowLog", "sdk/wire/TagThings"]


def test_the_workspace_is_found_upwards_or_named(
    conformance: Command, workspace: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (workspace / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(workspace / "deep" / "er")
    assert conformance("run", "--list").out == "TagThings/success/plain\n"
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    monkeypatch.chdir(elsewhere)
    assert "TagThings" not in conformance("run", "--list").out
    for words in (("--workspace", str(workspace), "run"), ("run", f"--workspace={workspace}")):
        assert conformance(*words, "--list").out == "TagThings/success/plain\n"
    assert "TagThings" not in conformance("run", "--list").out
    monkeypatch.setenv(VARIABLE, str(workspace))
    assert conformance("run", "--list").out == "TagThings/success/plain\n"
    monkeypatch.setenv(VARIABLE, str(elsewhere))
    done = conformance("run", "--list")
    assert (done.status, done.err) == (
        2,
        f"conformance: {elsewhere}: is no workspace: it has no conformance.yaml (conformance init {elsewhere})\n",
    )
    assert conformance("run", "--workspace").err == "conformance: --workspace has no folder (--workspace DIR)\n"


def test_two_products_may_have_an_operation_of_one_name(conformance: Command, workspace: Path) -> None:
    add(workspace, "barn", BARN, "Label")
    made = {path.relative_to(workspace / "openapi").as_posix() for path in workspace.glob("openapi/*/*/*")}
    assert made == {"farm/2020-01-02/TagThings.en.yaml", "barn/2021-03-04/TagThings.en.yaml"}
    assert conformance("run", "--list").out.splitlines() == [
        "barn:TagThings/success/plain",
        "farm:TagThings/success/plain",
    ]
    for word in ("barn:TagThings", "barn/2021-03-04/TagThings", "barn/2021-03-04/TagThings/success/plain"):
        assert conformance("run", "--list", word).out == "barn:TagThings/success/plain\n"
    of_sdk = conformance("run", "--driver", "./any", "--list", "sdk/wire").out
    assert of_sdk == "sdk/wire/barn:TagThings\nsdk/wire/farm:TagThings\n"
    done = conformance("run", "--list", "TagThings")
    assert (done.status, done.err) == (
        2,
        "conformance: several products have TagThings (say one of: barn:TagThings, farm:TagThings)\n",
    )
    done = conformance("contract", "TagThings.en")
    assert done.status == 2
    assert "several products have TagThings.en (say one of: barn/2021-03-04/TagThings.en, farm/2020" in done.err
    shown = json.loads(conformance("contract", "farm:TagThings.en", "--json").out)
    assert (shown["product"], shown["version"]) == ("farm", "2020-01-02")
    assert conformance("diff", "farm:TagThings.en", "barn/2021-03-04/TagThings.en").status in (0, 1)


def test_cases_of_both_products_run_against_their_own_contracts(conformance: Command, workspace: Path) -> None:
    add(workspace, "barn", BARN, "Label")

    def answer(link: Link) -> bool:
        link.send(whole(b'{"RequestId": "%d"}' % len(server.operations)))
        return True

    with Server(answer) as server:
        done = conformance.run("--endpoint", server.endpoint)
        named = [each.params for each in server.operations if {"Name", "Label"} & each.params.keys()]  # no preflight
        versions = {(each["Version"], "Name" in each) for each in named}
    assert {name: case["verdict"] for name, case in done.cases.items()} == {
        "barn:TagThings/success/plain": "pass",
        "farm:TagThings/success/plain": "pass",
    }
    assert versions == {("2020-01-02", True), ("2021-03-04", False)}


def test_a_broken_file_of_one_operation_stops_nothing_else(conformance: Command, workspace: Path) -> None:
    add(workspace, "barn", BARN.replace("TagThings", "PackThings"), "Label")
    folder = workspace / "cases" / "barn" / "TagThings"
    folder.rename(folder.with_name("PackThings"))
    broken = folder.with_name("PackThings") / "cases.yaml"
    broken.write_text("operation: PackThings\nbase: nothing\ncases: [}\n", encoding="utf-8")
    done = conformance("run", "--list")
    assert done.out == "TagThings/success/plain\n"
    assert done.err.startswith("conformance: cases/barn/PackThings/cases.yaml:3:")
    assert conformance("run", "--list", "TagThings").err == ""
    named = conformance("run", "--list", "PackThings")
    assert (named.status, named.out) == (2, "")
    covered = conformance("coverage", "--json")
    assert covered.status == 2
    assert {row["operation"] for row in json.loads(covered.out)} == {"TagThings"}
    (workspace / "openapi/barn/2021-03-04/PackThings.en.yaml").write_text("openapi: 3.1.0\n", encoding="utf-8")
    assert conformance("run", "--list").out == "TagThings/success/plain\n"


def test_nothing_is_written_into_the_project(conformance: Command, workspace: Path) -> None:
    before = sorted(data_dir("openapi").resolve().rglob("*"))
    conformance("scaffold", "farm.md", "--force")
    assert sorted(data_dir("openapi").resolve().rglob("*")) == before
    assert (workspace / "cases/farm/TagThings/boundaries.yaml").is_file()


BEHAVIOUR = (data_dir("behaviours") / "vpc" / "FlowLog.yaml").read_text(encoding="utf-8")
QUICK = "CreateFlowLog/MissingParameter/region-omitted"


@pytest.mark.usefixtures("workspace")
def test_an_operation_without_a_behaviour_is_served_by_its_contract(conformance: Command) -> None:
    done = conformance("run")
    assert (done.status, done.err) == (0, ""), done.out
    assert "1 case: 1 pass" in done.out


def test_the_workspaces_behaviour_comes_first_and_a_broken_one_stops_nothing_else(
    conformance: Command, workspace: Path
) -> None:
    own = workspace / "behaviours" / "farm" / "Thing.yaml"
    own.parent.mkdir()
    own.write_text("resource: Thing\nstatus: [\n", encoding="utf-8")
    done = conformance("run", QUICK, "--report-dir", "first")
    assert done.status == 2
    assert done.err.startswith("conformance: behaviours/farm/Thing.yaml:3:1: not valid YAML")
    assert "1 pass" in done.out
    assert conformance("run", "--report-dir", "own").err == done.err
    # The file of the project's own name replaces it.
    own.unlink()
    changed = workspace / "behaviours" / "vpc" / "FlowLog.yaml"
    changed.parent.mkdir()
    head, rule, rest = BEHAVIOUR.partition("    - contract: required\n")
    assert rule
    changed.write_text(head + rest, encoding="utf-8")
    other = conformance("run", QUICK, "--report-dir", "second")
    assert (other.status, other.err) == (1, "")
    assert "1 mismatch" in other.out


def test_every_command_takes_operations_and_has_one_message_for_a_name_of_several(
    conformance: Command, workspace: Path
) -> None:
    add(workspace, "barn", BARN, "Label")
    for command in ("coverage", "fuzz", "states", "run"):
        done = conformance(command, "TagThings")
        assert (done.status, done.err) == (
            2,
            "conformance: several products have TagThings (say one of: barn:TagThings, farm:TagThings)\n",
        )
    for command in ("coverage", "fuzz", "states"):
        done = conformance(command, "TagThongs")
        assert (done.status, "no operation 'TagThongs' has cases" in done.err) == (2, True)
    for command in ("mock", "selftest", "diff"):
        done = conformance(command, "TagThings")
        assert done.status == 2
        assert "several products have TagThings (say one of: barn/2021-03-04/TagThings, farm/" in done.err
    rows = json.loads(conformance("coverage", "barn/2021-03-04/TagThings", "--json").out)
    assert {row["product"] for row in rows} == {"barn"}
    text = conformance("coverage").out
    assert text.index("barn:TagThings\n") < text.index("farm:TagThings\n")
    assert json.loads(conformance("states", "barn:TagThings", "--json").out) == []
    assert {"account.is-ram-user"} < {
        row["state"] for row in json.loads(conformance("states", "CreateFlowLog", "--json").out)
    }


def test_the_report_of_two_products_with_one_name_is_read_again(conformance: Command, workspace: Path) -> None:
    add(workspace, "barn", BARN, "Label")
    assert conformance("run", "--report-dir", "both").status == 0
    cases = json.loads(Path("both/report.json").read_text(encoding="utf-8"))["cases"]
    assert [(case["id"], case["product"]) for case in cases] == [
        ("barn:TagThings/success/plain", "barn"),
        ("farm:TagThings/success/plain", "farm"),
    ]
    assert conformance("run", "--report-dir", "both", "--failed-first").status == 0
    assert conformance("report", "both", "--format", "markdown").status == 0
    assert conformance("gate", "both", "both").status == 0
    assert conformance("gate", "both", "both", "barn:TagThings").out.endswith("1 unchanged\n")
    assert "several products have TagThings" in conformance("gate", "both", "both", "TagThings").err
