from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.cli.command_line import run_command
from conformance.contract.files import load_contract
from conformance.core.errors import ExitStatus
from conformance.core.workspace import Workspace, find_workspace

if TYPE_CHECKING:
    import pytest
    from commands import Command


FARM = {"product": "Farm", "version": "2020-01-02"}


def page(
    name: str, operation: str = "CreateThing", text: str = "The name must be 2 to 64 characters in length."
) -> str:
    parameters = [{"name": "Name", "description": text, "type": "String", "required": True}]
    Path(name).write_text(json.dumps({"name": operation, **FARM, "parameters": parameters}), encoding="utf-8")
    return name


def written(folder: str = "new") -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in Path(folder).rglob("*") if path.is_file())


FILES = [
    "cases/farm/CreateThing/base.yaml",
    "cases/farm/CreateThing/boundaries.yaml",
    "conformance.yaml",
    "openapi/farm/2020-01-02/CreateThing.en.yaml",
    "openapi/farm/2020-01-02/CreateThing.zh.yaml",
]


def test_a_workspace_is_made_and_what_is_in_it_is_told(conformance: Command) -> None:
    done = conformance("scaffold", page("en.json"), page("zh.json", text="名称长度为2~64个字符。"), "-o", "new")
    assert (done.status, done.err) == (0, "")
    assert written() == FILES
    first, *rest = done.out.splitlines()
    assert first == "new: farm/2020-01-02/CreateThing: en and zh, 0 error rows, 6 cases"
    assert rest[0].startswith("new/conformance.yaml: a workspace, in ")
    assert rest[1:] == ["Next: cd new && conformance run"]
    assert find_workspace(Path("new")) == Workspace(Path("new"), {}, {"farm": "2020-01-02"})
    assert all(Path("new", folder).is_dir() for folder in ("openapi", "cases", "behaviours", "targets"))
    found = load_contract(Path("new", FILES[3]).read_text(encoding="utf-8"), "x")
    assert (found.operation, found.language, found.source.file) == ("CreateThing", "en", "en.json")


def test_nothing_is_replaced_unless_it_is_said(conformance: Command) -> None:
    page("en.json")
    Path("new/cases/farm/CreateThing").mkdir(parents=True)
    own = Path("new/cases/farm/CreateThing/base.yaml")
    own.write_text("mine", encoding="utf-8")
    done = conformance("scaffold", "en.json", "-o", "new")
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert "base.yaml: is there already" in done.err
    assert written() == ["cases/farm/CreateThing/base.yaml"]
    assert own.read_text(encoding="utf-8") == "mine"
    assert conformance("scaffold", "en.json", "-o", "new", "--force").status == 0
    assert "plain" in own.read_text(encoding="utf-8")


def test_one_wrong_document_is_told_and_the_rest_is_written(conformance: Command) -> None:
    Path("cut.json").write_text("{", encoding="utf-8")
    done = conformance("scaffold", page("en.json"), "cut.json", "-o", "new")
    assert done.status == 2
    assert done.err.startswith("conformance: cut.json:1: ")
    assert done.err.count("\n") == 1
    assert "\n0 of 2 documents left out, 1 refused\n" in done.out
    assert written() == [name for name in FILES if not name.endswith(".zh.yaml")]


def test_alone_it_is_refused_and_nothing_is_written(conformance: Command) -> None:
    Path("cut.json").write_text("{", encoding="utf-8")
    done = conformance("scaffold", "cut.json", "-o", "new")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("conformance: cut.json:1: ")
    assert not Path("new").exists()


def test_of_a_folder_each_page_that_cannot_be_used_is_told(conformance: Command) -> None:
    Path("pages/a").mkdir(parents=True)
    page("pages/a/en.json")
    Path("pages/cut.md").write_text("# MoveThing\n\nMoves a thing.\n", encoding="utf-8")
    Path("pages/a/more.json").write_text('{"name": "MoveThing", "parameters": []}', encoding="utf-8")
    done = conformance("scaffold", "pages", "-o", "new")
    assert done.status == 2
    assert [line.split(":")[1].strip() for line in done.err.splitlines()] == [
        "pages/a/more.json",
        "pages/cut.md",
    ]
    assert "0 of 3 documents left out, 2 refused" in done.out
    assert {Path(name).parts[2] for name in written() if name.startswith("cases")} == {"CreateThing"}


def test_a_write_that_fails_leaves_nothing_half_written(conformance: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    page("en.json")
    kept = Path.write_text

    def full(path: Path, text: str, **more: str) -> int:
        if "boundaries" in path.name:
            raise OSError(28, "No space left on device")
        return kept(path, text, **more)

    monkeypatch.setattr(Path, "write_text", full)
    assert run_command(["scaffold", "en.json", "-o", "new"]) == ExitStatus.HARNESS_FAILED
    assert written() == []
    assert "No space left" in conformance("scaffold", "en.json", "-o", "new").err


def test_two_documents_of_one_language_are_refused(conformance: Command) -> None:
    done = conformance("scaffold", page("a.json"), page("b.json"), "-o", "new")
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert "a.json" in Path("new", FILES[3]).read_text(encoding="utf-8")
    assert "b.json: is about CreateThing in the language en, as a.json is" in done.err


def test_several_operations_at_once(conformance: Command) -> None:
    assert conformance("scaffold", page("a.json"), page("b.json", "DeleteThing"), "-o", "new").status == 0
    assert {Path(name).parts[2] for name in written() if name.startswith("cases")} == {"CreateThing", "DeleteThing"}


MARKDOWN = """\
# CreateThing

Makes a thing. [Try it](https://api.aliyun.com/#product=Farm&api=CreateThing&type=RPC&version=2020-01-02)

## Request parameters

|Parameter|Type|Required|Example|Description|
|---------|----|--------|-------|-----------|
|Name|String|Yes|mine|The name. It must be 2 to 64 characters in length.|

## Response parameters

|Parameter|Type|Example|Description|
|---------|----|-------|-----------|
|RequestId|String|0A1B|The request ID.|

## Error codes

|HttpCode|Error code|Error message|Description|
|--------|----------|-------------|-----------|
|400|NameTaken|The name is taken.|Another thing has this name.|
"""


def test_a_folder_with_a_page_and_metadata_gives_cases_of_both(conformance: Command) -> None:
    Path("pages").mkdir()
    Path("pages/CreateThing.en.md").write_text(MARKDOWN, encoding="utf-8")
    page("pages/CreateThing.json", text="The name must be 3 to 64 characters in length and cannot start with `x-`.")
    done = conformance("scaffold", "pages", "-o", "new")
    assert done.status == 0, done.err
    assert (
        done.err
        == "pages/CreateThing.en.md:9: Name.minLength: 2 here, 3 in pages/CreateThing.json:1; the first is kept\n"
    )
    assert written() == [
        "cases/farm/CreateThing/base.yaml",
        "cases/farm/CreateThing/boundaries.yaml",
        "cases/farm/CreateThing/errors.yaml",
        "conformance.yaml",
        "openapi/farm/2020-01-02/CreateThing.en.yaml",
    ]
    assert "Name.notStartsWith" in Path("new/cases/farm/CreateThing/boundaries.yaml").read_text(encoding="utf-8")
    found = load_contract(Path("new/openapi/farm/2020-01-02/CreateThing.en.yaml").read_text(encoding="utf-8"), "x")
    assert [each.file for each in found.also] == ["CreateThing.json"]
