from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.cli.command_line import run_command
from conformance.contract.files import load_contract
from conformance.core.resources import openapi_dir

if TYPE_CHECKING:
    from collections.abc import Mapping

PAGE = """\
# CreateThing

Makes a thing. [Try it](https://api.aliyun.com/#product=Farm&api=CreateThing&type=RPC&version=2020-01-02)

## Request parameters

|Parameter|Type|Required|Example|Description|
|---------|----|--------|-------|-----------|
|Name|String|Yes|mine|The name. It must be 2 to 64 characters in length.|
|Interval|Integer|No|10|The interval. Valid values: 1, 5, and 10 (default).|

## Response parameters

|Parameter|Type|Example|Description|
|---------|----|-------|-----------|
|RequestId|String|0A1B|The request ID.|

## Error codes

|HttpCode|Error code|Error message|Description|
|--------|----------|-------------|-----------|
|400|NameTaken|The name is taken.|Another thing has this name.|
"""


def written(path: Path) -> tuple[int, int, int]:
    """Return what changes when a file is written; reading it changes the time of access."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a document, in a folder of its own that has no openapi/."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "CreateThing.en.md"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_a_document_becomes_a_contract_and_one_line_says_so(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["derive", str(page), "-o", "new/thing.yaml"]) == 0
    streams = capsys.readouterr()
    assert streams.out.startswith("new/thing.yaml: parameters 2, ")
    assert streams.out.count("\n") == 1
    assert streams.err == ""
    row = load_contract(Path("new/thing.yaml").read_text(encoding="utf-8"), "x").parameter("Interval")
    assert row is not None
    assert row.fact("enum").value == (1, 5, 10)


def test_deriving_twice_gives_the_same_bytes_and_leaves_nothing_else(page: Path) -> None:
    run_command(["derive", str(page), "-o", "out/a.yaml"])
    first = Path("out/a.yaml").read_bytes()
    run_command(["derive", str(page), "-o", "out/a.yaml"])
    assert Path("out/a.yaml").read_bytes() == first
    assert [path.name for path in Path("out").iterdir()] == ["a.yaml"]


def test_the_default_is_the_openapi_folder_that_is_here(page: Path) -> None:
    Path("openapi").mkdir()
    assert run_command(["derive", str(page)]) == 0
    assert Path("openapi/farm/2020-01-02/CreateThing.en.yaml").is_file()


def test_check_says_that_nothing_changed_and_writes_nothing(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["derive", str(page), "-o", "a.yaml"])
    before = written(Path("a.yaml"))
    capsys.readouterr()
    assert run_command(["derive", str(page), "-o", "a.yaml", "--check"]) == 0
    assert capsys.readouterr().out == f"a.yaml: says what {page} says\n"
    assert written(Path("a.yaml")) == before


def test_check_names_each_fact_that_changed(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["derive", str(page), "-o", "a.yaml"])
    text = Path("a.yaml").read_text(encoding="utf-8")
    Path("a.yaml").write_text(
        text.replace("[1, 5, 10]", "[1, 5, 11]").replace("value: 64", "value: 65"), encoding="utf-8"
    )
    capsys.readouterr()
    assert run_command(["derive", str(page), "-o", "a.yaml", "--check"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "Name.maxLength: the file says 65, the document says 64 (line 9)",
        "Interval.enum: the file says [1, 5, 11], the document says [1, 5, 10] (line 10)",
        f"a.yaml: differs from {page} in 2 places; run `conformance derive {page} -o a.yaml`",
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("|Name|String|Yes|", "|Name|String|No|", "Name.required: the file says true, the document says false"),
        ("|Interval|", "|Period|", "Interval: only in the file"),
        ("|Interval|", "|Period|", "Period: only in the document"),
        ("2 to 64 characters", "some characters", "Name.maxLength: the file says 64, the document says nothing"),
        ("|The name is taken.|", "|Taken.|", "errors/NameTaken (400, 'Taken.'): only in the document"),
        ("|RequestId|", "|TaskId|", "responses/TaskId: only in the document"),
        ("\n\n## Request", "\n\nA line more.\n\n## Request", "16 entries only moved, the first is Name"),
        ("0A1B", "0A1C", "source.sha256: the file says"),
    ],
)
def test_check_names_what_changed_in_the_document(
    page: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, message: str
) -> None:
    run_command(["derive", str(page), "-o", "a.yaml"])
    assert old in PAGE
    page.write_text(PAGE.replace(old, new), encoding="utf-8")
    capsys.readouterr()
    assert run_command(["derive", str(page), "-o", "a.yaml", "--check"]) == 1
    assert message in capsys.readouterr().out


def test_check_tells_a_change_of_form_from_a_change_of_facts(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["derive", str(page), "-o", "a.yaml"])
    text = Path("a.yaml").read_text(encoding="utf-8")
    Path("a.yaml").write_text(text + "\n# a remark\n", encoding="utf-8")
    capsys.readouterr()
    assert run_command(["derive", str(page), "-o", "a.yaml", "--check"]) == 1
    assert "differs only in formatting" in capsys.readouterr().out
    # Files of earlier versions list what is not stated.
    listed = re.sub(r"^( *)facts:\n", r"\1facts:\n\1  notContains: {state: not_stated}\n", text, flags=re.MULTILINE)
    Path("a.yaml").write_text(listed, encoding="utf-8")
    assert run_command(["derive", str(page), "-o", "a.yaml", "--check"]) == 1
    assert "differs only in formatting" in capsys.readouterr().out


def test_check_finds_a_schema_that_no_longer_says_what_the_facts_say(
    page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run_command(["derive", str(page), "-o", "a.yaml"])
    text = Path("a.yaml").read_text(encoding="utf-8")
    Path("a.yaml").write_text(text.replace("maxLength: 64}", "maxLength: 99}"), encoding="utf-8")
    capsys.readouterr()
    assert run_command(["derive", str(page), "-o", "a.yaml", "--check"]) == 1
    assert "['schema']['maxLength']: the file says 99, the document gives 64" in capsys.readouterr().out


def test_check_tells_a_whole_number_from_another_kind_of_value(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["derive", str(page), "-o", "a.yaml"])
    text = Path("a.yaml").read_text(encoding="utf-8")
    assert "minLength: 2, maxLength" in text
    Path("a.yaml").write_text(text.replace("minLength: 2, maxLength", "minLength: 2.0, maxLength"), encoding="utf-8")
    capsys.readouterr()
    assert run_command(["derive", str(page), "-o", "a.yaml", "--check"]) == 1
    assert "['schema']['minLength']: the file says 2.0, the document gives 2" in capsys.readouterr().out


def test_check_of_a_missing_file_says_how_to_make_it(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["derive", str(page), "-o", "a.yaml", "--check"]) == 1
    assert "a.yaml: there is no such file" in capsys.readouterr().out
    assert not Path("a.yaml").exists()


# In a flat page nothing marks where a message ends: the other language's page tells.
FLAT = """\
Makes a thing. [Try it](https://api.aliyun.com/#product=Farm&api=CreateThing&type=RPC&version=2020-01-02)

Request parameters

Parameter Type Required Example Description
Action String Yes CreateThing

The operation that you want to perform. Set the value to CreateThing.

Name String Yes mine

The name.

Response parameters

Parameter Type Example Description
RequestId String 0A1B

The request ID.

Error codes

HttpCode Error code Error message Description
400 NameTaken The name is taken. Choose another name. A thing has this name already. Choose another name.
"""
MESSAGE = "The name is taken. Choose another name. A thing has this name already."
CHINESE = """\
# CreateThing

[调试](https://api.aliyun.com/#product=Farm&api=CreateThing&type=RPC&version=2020-01-02)

## 请求参数

|名称|类型|是否必选|示例值|描述|
|--|--|----|---|--|
|Name|String|是|mine|名称。|

## 返回数据

|名称|类型|示例值|描述|
|--|--|---|--|
|RequestId|String|0A1B|请求 ID。|

## 错误码

|HttpCode|错误码|错误信息|描述|
|--------|---|----|--|
|400|NameTaken|The name is taken. Choose another name. A thing has this name already.|名称已被使用。|
"""


def message_of(path: str) -> str:
    return load_contract(Path(path).read_text(encoding="utf-8"), path).errors[0].message


@pytest.mark.parametrize("sibling", ["CreateThing.zh.md", "CreateThing.zh.txt"])
def test_the_page_beside_it_tells_what_it_leaves_open(page: Path, sibling: str) -> None:
    flat = page.with_name("CreateThing.en.txt")
    flat.write_text(FLAT, encoding="utf-8")
    page.with_name(sibling).write_text(CHINESE, encoding="utf-8")
    assert run_command(["derive", str(flat), "-o", "a.yaml"]) == 0
    assert message_of("a.yaml") == MESSAGE


def test_a_companion_can_be_named_as_a_page_or_as_a_contract(page: Path) -> None:
    flat, other = page.with_name("flat.txt"), page.with_name("other.md")
    flat.write_text(FLAT, encoding="utf-8")
    other.write_text(CHINESE, encoding="utf-8")
    assert run_command(["derive", str(flat), "-o", "alone.yaml"]) == 0
    assert run_command(["derive", str(flat), "--companion", str(other), "-o", "a.yaml"]) == 0
    assert run_command(["derive", str(other), "-o", "other.yaml"]) == 0
    assert run_command(["derive", str(flat), "--companion", "other.yaml", "-o", "b.yaml"]) == 0
    assert message_of("a.yaml") == message_of("b.yaml") == MESSAGE
    assert message_of("alone.yaml") != MESSAGE


def test_a_companion_of_another_operation_is_refused(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = page.with_name("other.md")
    other.write_text(CHINESE.replace("CreateThing", "DeleteThing"), encoding="utf-8")
    assert run_command(["derive", str(page), "--companion", str(other), "-o", "a.yaml"]) == 2
    assert "the companion is about DeleteThing, the document about CreateThing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["missing.txt"], "missing.txt: cannot be read: No such file or directory"),
        (["nothing"], "nothing: no document is in this folder"),
        (["{page}", "{page}", "--companion", "{page}"], "--companion goes with one document"),
        (["{page}", "--companion", "missing.txt"], "missing.txt: cannot be read"),
        (["{page}", "--language", "fr"], "--language fr is not known (one of: en, zh)"),
        (["{page}", "--layout", "runes"], "runes"),
        (["{page}", "--product", "../up"], "--product '../up' is no product"),
        (["{page}", "--api-version", "1.0"], "--api-version '1.0' is no version of an API"),
        (["{page}", "-o", "{page}/below.yaml"], "below.yaml: cannot be written"),
        (["bytes.bin"], "bytes.bin"),
        (["empty.txt"], "empty.txt"),
        (["{page}", "-o", "broken.yaml", "--check"], "broken.yaml:1:5: not valid YAML"),
    ],
)
def test_a_fault_is_one_line_and_exit_2(
    page: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    Path("bytes.bin").write_bytes(bytes(range(256)))
    Path("empty.txt").write_bytes(b"")
    Path("broken.yaml").write_text("a: b: c", encoding="utf-8")
    Path("nothing").mkdir()
    assert run_command(["derive", *(word.format(page=page) for word in arguments)]) == 2
    streams = capsys.readouterr()
    assert message in streams.err
    assert streams.err.count("\n") == 1
    assert streams.out == ""


def test_a_part_that_is_not_understood_is_named_with_its_line(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page.write_text(PAGE.replace("|Name|String|", "|Name|Rune|"), encoding="utf-8")
    assert run_command(["derive", str(page), "-o", "a.yaml"]) == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{page}:9: not understood: Name: a type that is not known: 'Rune'")


def metadata(path: Path, description: str = "The name.", **more: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    parameters = [{"name": "Name", "description": description, "type": "String"}]
    path.write_text(json.dumps({"name": path.stem, "parameters": parameters, **more}, ensure_ascii=False), "utf-8")


def index(path: Path, **more: object) -> None:
    path.write_text(json.dumps({"version": "2020-01-02", "style": "rpc", "apis": {}, **more}), "utf-8")


def test_a_folder_of_metadata_is_of_the_product_and_version_of_its_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    metadata(Path("meta/en-US/farm/CreateThing.json"))
    metadata(Path("meta/en-US/farm/DeleteThing.json"))
    metadata(Path("meta/zh-CN/farm/CreateThing.json"), "\u540d\u79f0\u3002")
    index(Path("meta/en-US/farm/version.json"))
    index(Path("meta/zh-CN/farm/version.json"))
    assert run_command(["derive", "meta"]) == 0
    assert capsys.readouterr().out.endswith("\n3 of 3 documents read\n")
    made = ["CreateThing.en.yaml", "CreateThing.zh.yaml", "DeleteThing.en.yaml"]
    assert sorted(path.name for path in Path("openapi/farm/2020-01-02").iterdir()) == made
    assert run_command(["derive", "meta", "--check"]) == 0
    assert run_command(["derive", "meta/en-US", "-o", "elsewhere"]) == 0
    assert Path("elsewhere/farm/2020-01-02/DeleteThing.en.yaml").is_file()


def test_a_folder_of_metadata_that_is_named_after_a_language_says_no_product(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for language, text in (("en", "The name."), ("zh-CN", "\u540d\u79f0\u3002")):
        metadata(Path(f"farm/{language}/CreateThing.json"), text)
        index(Path(f"farm/{language}/version.json"))
    assert run_command(["derive", "farm"]) == 2
    assert "does not say which product" in capsys.readouterr().err
    assert run_command(["derive", "farm", "--product", "farm"]) == 0
    made = sorted(path.name for path in Path("openapi/farm/2020-01-02").iterdir())
    assert made == ["CreateThing.en.yaml", "CreateThing.zh.yaml"]


def test_what_cannot_be_read_in_a_folder_is_told_and_stops_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    pages = Path("pages/en")
    pages.mkdir(parents=True)
    pages.joinpath("a.md").write_text(PAGE, "utf-8")
    pages.joinpath("b.md").write_text(PAGE, "utf-8")
    pages.joinpath("c.md").write_text(PAGE.replace("Thing", "Other").replace("Farm", "Barn"), "utf-8")
    pages.joinpath("d.md").write_text(CHINESE.replace("Thing", "Fourth"), "utf-8")
    pages.joinpath("e.md").write_text(PAGE.replace("#product=", "#").replace("Thing", "Fifth"), "utf-8")
    pages.joinpath("f.md").write_text(PAGE.replace("Thing", "Sixth").replace("type=RPC", "type=ROA"), "utf-8")
    assert run_command(["derive", "pages"]) == 2
    streams = capsys.readouterr()
    expected = [
        ("b.md", "is about CreateThing in the language en, as pages/en/a.md is"),
        ("d.md", "its path says English, and its text is Chinese"),
        ("e.md", "CreateFifth: the page does not say which product and version it is of"),
        ("f.md:3", "this operation is called in ROA style, by a verb and a path (type=ROA)"),
    ]
    for line, (place, message) in zip(sorted(streams.err.splitlines()), expected, strict=True):
        assert line.startswith(f"conformance: pages/en/{place}: {message} (")
    assert streams.out.endswith("\n2 of 6 documents read, 4 refused\n")
    assert sorted(path.name for path in Path("openapi").glob("*/*/*")) == ["CreateOther.en.yaml", "CreateThing.en.yaml"]
    given = ["--product", "farm", "--api-version", "2020-01-02", "-o", "x"]
    assert run_command(["derive", *(f"pages/en/{name}.md" for name in "ace"), *given]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("conformance: pages/en/c.md:3: the page is of the product barn, not farm (")
    assert len(list(Path("x").glob("farm/2020-01-02/*"))) == 2


def test_metadata_of_roa_style_or_of_another_product_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    metadata(Path("farm/CreateThing.json"))
    metadata(Path("herd/CreateThing.json"))
    index(Path("farm/version.json"))
    index(Path("herd/version.json"), style="ROA")
    assert run_command(["derive", "farm", "--product", "barn"]) == 2
    assert "farm/version.json: says the product farm, not barn (leave out the product, " in capsys.readouterr().err
    assert run_command(["derive", "herd"]) == 2
    assert "herd/version.json: says that these operations are called in ROA style" in capsys.readouterr().err


def test_a_page_that_says_no_product_is_known_again_by_its_bytes(
    page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page.write_text(PAGE.replace("#product=", "#"), "utf-8")
    options = ["--product", "Farm", "--api-version", "2020-01-02"]
    assert run_command(["derive", str(page)]) == 2
    assert run_command(["derive", str(page), *options]) == 0
    assert run_command(["derive", str(page)]) == 0
    page.write_text(page.read_text("utf-8").replace("0A1B", "0A1C"), "utf-8")
    capsys.readouterr()
    assert run_command(["derive", str(page)]) == 2
    assert run_command(["derive", str(page), "--check"]) == 1
    assert "source.sha256: the file says" in capsys.readouterr().out


DOCUMENTS = Path(os.environ.get("CONFORMANCE_DOCUMENTS", openapi_dir().resolve().parents[1] / "shared" / "docs"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_committed_contracts_are_what_the_documents_give(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    document = DOCUMENTS / f"CreateFlowLog.{language}.txt"
    if not document.is_file():
        pytest.skip(f"the document is not at {document}; CONFORMANCE_DOCUMENTS names the folder of documents")
    assert run_command(["derive", str(document), "--check"]) == 0, capsys.readouterr().out


def schemas(file: Path, *parameters: Mapping[str, object], **more: object) -> None:
    """Write metadata of the published shape."""
    file.parent.mkdir(parents=True, exist_ok=True)
    operation = {"methods": ["post"], "schemes": ["https"], "parameters": list(parameters), **more}
    file.write_text(json.dumps(operation, ensure_ascii=False, indent=1), "utf-8")


def test_published_metadata_is_of_the_operation_that_its_folders_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    place = Path("products/Farm/versions/2020-01-02/apis")
    name = {"name": "Name", "in": "query", "schema": {"type": "string", "description": "The name.", "maxLength": 9}}
    codes = {"400": [{"errorCode": "Bad", "errorMessage": "It is bad."}]}
    schemas(place / "CreateBarn/api.json", name, errorCodes=codes)
    schemas(place / "DeleteBarn/api.json", name)
    schemas(place / "GetBarn/api.json", name, path="/barns/{Id}")
    place.joinpath("ListBarns").mkdir()
    place.joinpath("ListBarns/api.json").write_text('{"CreateBarn": []}', "utf-8")
    assert run_command(["derive", "products"]) == 2
    streams = capsys.readouterr()
    faults = streams.err.splitlines()
    assert "GetBarn/api.json:19: this operation is called in ROA style" in faults[0]
    assert "ListBarns/api.json:1: the file has no `parameters`" in faults[1]
    assert len(faults) == 2
    assert streams.out.endswith("\n2 of 4 documents read, 2 refused\n")
    made = load_contract(Path("openapi/farm/2020-01-02/CreateBarn.en.yaml").read_text("utf-8"), "x")
    assert (made.product, made.version, made.source.layout) == ("farm", "2020-01-02", "metadata-schema")
    assert [row.key for row in made.errors] == [(400, "Bad", "It is bad.")]
    assert run_command(["derive", "products", "--product", "barn"]) == 2
    assert "says the product farm, not barn" in capsys.readouterr().err


MERGED = {
    "name": "Name",
    "in": "query",
    "schema": {"type": "string", "required": True, "minLength": 1, "maxLength": 64, "enum": ["mine", "yours"]},
}


def test_a_page_and_metadata_become_one_contract_in_either_order(
    page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    codes = {
        "400": [
            {"errorCode": "NameTaken", "errorMessage": "The name is taken."},
            {"errorCode": "Late", "errorMessage": "Too late."},
        ]
    }
    schemas(Path("CreateThing.json"), MERGED, errorCodes=codes)
    assert run_command(["derive", str(page), "CreateThing.json"]) == 0
    streams = capsys.readouterr()
    assert streams.err == (f"{page}:9: Name.minLength: 2 here, 1 in CreateThing.json:15; the first is kept\n")
    assert streams.out.endswith("facts of other sources 1, differences of the sources 1\n2 of 2 documents read\n")
    path = Path("openapi/farm/2020-01-02/CreateThing.en.yaml")
    made = load_contract(path.read_text("utf-8"), "x")
    assert (made.source.file, [each.file for each in made.also]) == (page.name, ["CreateThing.json"])
    name = made.parameter("Name")
    assert name is not None
    assert name.fact("minLength").cited == 9
    assert name.fact("enum").cited == "CreateThing.json:17"
    assert [(row.code, row.cited) for row in made.errors] == [("NameTaken", 22), ("Late", "CreateThing.json:31")]
    first = path.read_bytes()
    assert run_command(["derive", "CreateThing.json", str(page)]) == 0
    assert path.read_bytes() == first
    assert run_command(["derive", ".", "--check"]) == 0
    assert run_command(["derive", str(page), "CreateThing.json", "-o", "one.yaml"]) == 0
    assert Path("one.yaml").read_bytes() == first
    capsys.readouterr()
    assert run_command(["contract", "one.yaml"]) == 0
    shown = capsys.readouterr().out
    assert "from CreateThing.en.md in the layout markdown and CreateThing.json in the layout metadata-schema" in shown
    assert "enum: [mine, yours] (CreateThing.json:17)" in shown
    assert "Its sources differ: CreateThing.en.md:9: Name.minLength: 2 here, 1 in CreateThing.json:15" in shown
    assert run_command(["contract", "one.yaml", "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["source"]["also"][0]["layout"] == "metadata-schema"
    assert data["differs"][0] == {
        "path": "Name",
        "fact": "minLength",
        "state": "stated",
        "value": 1,
        "line": 15,
        "origin": "CreateThing.json",
    }


def test_sources_that_say_no_product_join_only_what_is_beside_them(
    page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a").mkdir()
    page.rename(page.with_name("a") / page.name)
    schemas(Path("b/CreateThing.json"), MERGED)
    assert run_command(["derive", "a", "b"]) == 2
    streams = capsys.readouterr()
    assert "b/CreateThing.json: CreateThing: the page does not say which product and version it is of" in streams.err
    assert "1 of 2 documents read, 1 refused" in streams.out
    assert run_command(["derive", "a/CreateThing.en.md", "b/CreateThing.json"]) == 0
    schemas(Path("a/CreateThing.json"), MERGED)
    Path("a/other.md").write_text(PAGE.replace("Farm", "Barn"), "utf-8")
    capsys.readouterr()
    assert run_command(["derive", "a"]) == 2
    streams = capsys.readouterr()
    assert streams.err.count("\n") == 1
    assert "a/CreateThing.json: CreateThing: the page does not say" in streams.err


def test_two_pages_of_one_operation_are_one_message_with_both_files(
    page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page.with_name("second.md").write_text(PAGE.replace("64", "65"), "utf-8")
    schemas(page.with_name("CreateThing.json"), MERGED)
    assert run_command(["derive", "."]) == 2
    streams = capsys.readouterr()
    (refused,) = [line for line in streams.err.splitlines() if "conformance:" in line]
    what = "second.md: is about CreateThing in the language en, as CreateThing.en.md is"
    assert refused == f"conformance: {what} (give one page and one file of metadata a language)"
    assert "2 of 3 documents read, 1 refused" in streams.out


def test_a_message_with_a_placeholder_is_told_with_its_line(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page.write_text(PAGE.replace("The name is taken.", "The name %s is taken by %s."), "utf-8")
    assert run_command(["derive", str(page), "--strict"]) == 0
    assert capsys.readouterr().err == f"{page}:22: the message of NameTaken has %s: any text may stand there\n"
    page.write_text(PAGE, "utf-8")
    codes = {"400": [{"errorCode": "Late", "errorMessage": "{0} is too late."}]}
    schemas(Path("CreateThing.json"), errorCodes=codes)
    assert run_command(["derive", str(page), "CreateThing.json"]) == 0
    assert capsys.readouterr().err == "CreateThing.json:12: the message of Late has {0}: any text may stand there\n"
