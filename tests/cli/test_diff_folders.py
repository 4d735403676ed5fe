from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from commands import REPOSITORY, run_program, script

from conformance.cli.support.sdk_model import read_models
from conformance.core.errors import DocumentError

if TYPE_CHECKING:
    from collections.abc import Callable

    from commands import Command

    Write = Callable[..., Path]

METADATA = Path(os.environ.get("CONFORMANCE_METADATA", REPOSITORY.parent / "shared" / "metadata"))
real = pytest.mark.skipif(not (METADATA / "zh-CN").is_dir(), reason=f"no metadata in {METADATA}")

MODEL = """\
class CreateThingRequest(DaraModel):
    def __init__(
        self,
        interval: int = None,
        name: str = None,
        tag: List[main_models.CreateThingRequestTag] = None,
    ):
        # How often. Unit: minutes. Valid values: **1** and **5** (default).
        self.interval = interval
        # The name must be 2 to 64 characters in length.
        #
        # This parameter is required.
        self.name = name
        self.tag = tag

    def to_map(self):
        result = dict()
        if self.interval is not None:
            result['Interval'] = self.interval
        if self.name is not None:
            result['Name'] = self.name
        result['Tag'] = []

class CreateThingRequestTag(DaraModel):
    def __init__(self, key: str = None):
        # The key can be up to 128 characters in length.
        self.key = key

    def to_map(self):
        result['Key'] = self.key
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes the metadata of an operation and returns its path."""

    def write_metadata(folder: str, operation: str, description: str, **more: str) -> Path:
        texts = {"Interval": description, **more}
        parameters = [
            {"name": name, "description": text, "type": "Integer" if name == "Interval" else "String"}
            for name, text in texts.items()
        ]
        path = tmp_path / folder / f"{operation}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        data = {"name": operation, "parameters": parameters}
        path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
        return path

    return write_metadata


@pytest.fixture
def folders(write: Write) -> tuple[str, str]:
    """Two folders in which one operation disagrees and another is on one side only."""
    write("en-US/vpc", "CreateThing", "How often. Unit: seconds. Valid values: **1** and **5** (default).")
    write("zh-CN/vpc", "CreateThing", "间隔。单位：分钟。取值：**1**、**5**（默认值）。")
    write("en-US/vpc", "DeleteThing", "How often.")
    return "en-US", "zh-CN"


def test_two_folders_are_compared_by_operation(conformance: Command, folders: tuple[str, str]) -> None:
    done = conformance("diff", *folders)
    assert done.status == 1
    assert "CreateThing#Interval.unit\n      left  second  (line 6)\n      right minute  (line 6)\n" in done.out
    assert "DeleteThing  only in the left\n" in done.out
    assert "1 operation compared, 1 on one side only: 1 error, 1 warning, 0 notes." in done.out
    assert done.err == ""


def test_the_sides_may_be_given_at_another_depth(conformance: Command, folders: tuple[str, str]) -> None:
    data = json.loads(conformance("diff", folders[0], f"{folders[1]}/vpc", "--json").out)
    assert data["summary"]["compared"] == 1
    (found,) = [item for entry in data["operations"] for item in entry["findings"] if item["level"] == "error"]
    assert (found["operation"], found["path"], found["fact"]) == ("CreateThing", "CreateThing#Interval", "unit")
    back = json.loads(conformance("diff", folders[1], folders[0], "--json").out)
    assert back["summary"] == data["summary"]


def test_every_form_of_a_folder(conformance: Command, folders: tuple[str, str]) -> None:
    assert conformance("diff", *folders, "--markdown").out.startswith("# Two collections")
    log = json.loads(conformance("diff", *folders, "--sarif").out)
    places = [
        place["physicalLocation"]["artifactLocation"]["uri"]
        for result in log["runs"][0]["results"]
        for place in (*result["locations"], *result.get("relatedLocations", []))
    ]
    assert places == ["en-US/vpc/CreateThing.json", "zh-CN/vpc/CreateThing.json", "en-US/vpc/DeleteThing.json"]


def test_a_file_whose_name_is_not_utf8_is_named_in_every_form(
    folders: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("en-US/vpc/CreateThing.json").rename("en-US/vpc/Create\udcffThing.json")
    Path("en-US/vpc/DeleteThing.json").rename("en-US/vpc/Delete\udcff.json")
    command = [script(), "diff", *folders, "--write-baseline", "known.json"]
    for form, shown in (
        ("--sarif", "en-US/vpc/Create%FFThing.json"),
        ("--json", "Delete\\udcff"),
        ("-v", "CreateThing"),
    ):
        done = run_program(*command, form)
        assert (done.returncode, done.stderr) == (1, "")
        assert shown in done.stdout
    hidden = run_program(script(), "diff", *folders, "--baseline", "known.json")
    assert (hidden.returncode, "2 findings are accepted" in hidden.stdout) == (0, True)
    assert "Delete\\udcff" in (tmp_path / "known.json").read_text(encoding="utf-8")


def test_one_folder_with_both_languages(conformance: Command, write: Write) -> None:
    write("pages/CreateThing", "en", "How often. Unit: seconds.").rename("pages/CreateThing/en.json")
    write("pages/CreateThing", "zh", "间隔。单位：分钟。").rename("pages/CreateThing/zh.json")
    for language in ("en", "zh"):
        path = Path(f"pages/CreateThing/{language}.json")
        path.write_text(path.read_text(encoding="utf-8").replace(f'"name": "{language}"', '"name": "CreateThing"'))
    data = json.loads(conformance("diff", "pages", "pages", "--json").out)
    assert [entry["left"]["path"] for entry in data["operations"]] == ["pages/CreateThing/en.json"]
    assert data["summary"]["error"] == 1


def test_what_cannot_be_read_is_listed(conformance: Command, folders: tuple[str, str]) -> None:
    Path("zh-CN/vpc/DeleteThing.json").write_bytes("名称".encode("gbk"))
    Path("zh-CN/vpc/version.json").write_text('{"apis": {}}', encoding="utf-8")
    Path("zh-CN/vpc/cut.json").write_text('{"name": "CutThing",\n "parameters": [', encoding="utf-8")
    done = conformance("diff", *folders, "--json")
    data = json.loads(done.out)
    assert done.status == 1
    assert [(fault["side"], Path(fault["file"]).name, fault["line"]) for fault in data["faults"]] == [
        ("right", "DeleteThing.json", 1),
        ("right", "cut.json", 2),
    ]
    assert done.err == "conformance: 2 files could not be read; they are listed in the output\n"
    (lost,) = [entry for entry in data["operations"] if entry["operation"] == "DeleteThing"]
    assert lost["findings"][0]["verdict"] == "unknown_lost"
    assert conformance("diff", *folders, "--strict").status == 2
    notes = json.loads(conformance("diff", *folders, "--sarif").out)["runs"][0]["invocations"][0]
    assert [each["level"] for each in notes["toolExecutionNotifications"]] == ["error", "error", "note"]


def test_nothing_to_compare_is_bad_input(conformance: Command, folders: tuple[str, str]) -> None:
    Path("empty").mkdir()
    done = conformance("diff", folders[0], "empty")
    assert (done.status, done.out) == (2, "")
    assert "no operation is on both sides" in done.err


def test_a_document_is_compared_with_its_operation_in_a_folder(conformance: Command, folders: tuple[str, str]) -> None:
    done = conformance("diff", "en-US/vpc/CreateThing.json", folders[1], "--json")
    assert set(json.loads(done.out)) == {"left", "right", "findings"}
    done = conformance("diff", "en-US/vpc/DeleteThing.json", folders[1])
    assert (done.status, done.err.count("\n")) == (2, 1)
    assert "no document of DeleteThing in the folder" in done.err


def test_a_single_file_that_cannot_be_read_is_one_line(conformance: Command) -> None:
    Path("cut.json").write_text("{", encoding="utf-8")
    done = conformance("diff", "cut.json", "cut.json")
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert done.err.startswith("conformance: cut.json:1: ")


def test_what_holds_on_another_site_is_left_out(conformance: Command, write: Write) -> None:
    write("en", "CreateThing", "How often.", Kind="The kind. Valid values: **A** and **B**.")
    chinese = '类型。取值：\n<props="china">**C**、**D**。</props>\n<props="intl">**A**、**B**。</props>'
    write("zh", "CreateThing", "间隔。", Kind=chinese)
    assert conformance("diff", "en", "zh").status == 0


def test_a_baseline_hides_what_was_accepted(conformance: Command, folders: tuple[str, str], write: Write) -> None:
    assert conformance("diff", *folders, "--write-baseline", "base.json").status == 1
    done = conformance("diff", *folders, "--baseline", "base.json")
    assert done.status == 0
    assert "2 findings are accepted by the baseline." in done.out
    assert "CreateThing#Interval" not in done.out
    write("zh-CN/vpc", "CreateThing", "间隔。单位：秒。取值：**1**、**6**（默认值）。")
    done = conformance("diff", *folders, "--baseline", "base.json")
    assert done.status == 1
    assert "CreateThing#Interval.enum" in done.out
    assert "no longer found (1)\n  CreateThing#Interval parameter/unit/disagree" in done.out
    data = json.loads(conformance("diff", *folders, "--baseline", "base.json", "--json").out)
    assert data["baseline"]["accepted"] == 1
    assert [entry["what"] for entry in data["baseline"]["stale"]] == ["CreateThing#Interval parameter/unit/disagree"]
    Path("folder.sarif").write_text(conformance("diff", *folders, "--sarif").out, encoding="utf-8")
    assert conformance("diff", *folders, "--baseline", "folder.sarif").status == 0


@pytest.mark.parametrize("witness", ["_create_thing_request.py", "sdk", "models.py"])
def test_an_sdk_is_a_witness_without_being_run(conformance: Command, folders: tuple[str, str], witness: str) -> None:
    Path("sdk").mkdir()
    for name in ("_create_thing_request.py", "models.py", "sdk/_create_thing_request.py"):
        Path(name).write_text(f"raise SystemExit('run')\n{MODEL}", encoding="utf-8")
    done = conformance("diff", *folders, "--witness", witness)
    assert done.status == 1
    assert ": minute  (line 9), as the right\n" in done.out
    plain = conformance("diff", *folders, "--json").out
    data = json.loads(conformance("diff", *folders, "--witness", witness, "--json").out)
    (found,) = [item for entry in data["operations"] for item in entry["findings"] if item["level"] == "error"]
    assert found.pop("witness")["agrees_with"] == ["right"]
    assert found in [item for entry in json.loads(plain)["operations"] for item in entry["findings"]]


def test_a_witness_of_something_else_is_refused(conformance: Command, folders: tuple[str, str]) -> None:
    Path("models.py").write_text(MODEL.replace("Thing", "Other"), encoding="utf-8")
    done = conformance("diff", *folders, "--witness", "models.py")
    assert (done.status, done.err.count("\n")) == (2, 1)


def test_what_a_model_states() -> None:
    (found,) = read_models(MODEL, "models.py").values()
    stated: dict[str, dict[str, Any]] = {
        row.path: {name: fact.value for name, fact in row.facts.items() if fact.stated} for row in found.parameters
    }
    assert stated["Interval"] == {"type": "integer", "unit": "minute", "enum": (1, 5), "default": 5}
    assert stated["Name"] == {"type": "string", "required": True, "minLength": 2, "maxLength": 64}
    assert stated["Tag[].Key"]["maxLength"] == 128
    with pytest.raises(DocumentError, match="no request model"):
        read_models("x = 1\n", "models.py")


@real
def test_the_contradictions_of_the_product_are_found(conformance: Command, tmp_path: Path) -> None:
    """Among some of its operations; `test_many_operations.py` reads and compares all."""
    expected = {
        ("CreateFlowLog#AggregationInterval", "unit"): ("error", "second", "minute"),
        ("ModifyNatGatewayAttribute#IcmpReplyEnabled", "default"): ("error", False, True),
        ("TagResources#ResourceId[]", "maxItems"): ("error", 20, 50),
        ("UnTagResources#TagKey[]", "maxLength"): ("error", 64, 128),
        # The Chinese parameter is there in some regions only.
        ("CreateTrafficMirrorSession#PacketLength", "maximum"): ("warning", 9600, 8500),
        ("AllocateEipAddress#SecurityProtectionTypes[]", "maxItems"): ("error", 10, 1),
    }
    names = {path.partition("#")[0] for path, _ in expected}
    names |= {each.stem for each in sorted((METADATA / "en-US" / "vpc").iterdir())[::10]}
    for language in ("en-US", "zh-CN"):
        folder = tmp_path / language / "vpc"
        folder.mkdir(parents=True)
        for name in names:
            shutil.copy(METADATA / language / "vpc" / f"{name}.json", folder)
    done = conformance("diff", "en-US", "zh-CN/vpc", "--json")
    data = json.loads(done.out)
    found = {
        (item["path"], item["fact"]): (item["level"], item["left"].get("value"), item["right"].get("value"))
        for entry in data["operations"]
        for item in entry["findings"]
        if item["level"] in ("error", "warning")
    }
    assert {name: found.get(name) for name in expected} == expected
    assert data["summary"]["compared"] == len(names) > 40
    assert data["faults"] == []


PAGE = """\
# TagThings

[Debug](https://api.aliyun.com/#product={product}&api=TagThings&type=RPC&version={version})

## {request}

|{heads}|
|---------|----|--------|-------|-----------|
|Name|String|{yes}|mine|{about}|

## {response}

|{answer}|
|---------|----|-------|-----------|
|RequestId|String|0A1B|ID|

## {errors}

|{rows}|
|--------|----------|-------------|-----------|
|400|Name.Taken|The name is taken.|.|
"""
ENGLISH = {
    "request": "Request parameters",
    "heads": "Parameter|Type|Required|Example|Description",
    "yes": "Yes",
    "response": "Response parameters",
    "answer": "Parameter|Type|Example|Description",
    "errors": "Error codes",
    "rows": "HttpCode|Error code|Error message|Description",
}
CHINESE = {
    "request": "请求参数",
    "heads": "名称|类型|是否必选|示例值|描述",
    "yes": "是",
    "response": "返回数据",
    "answer": "名称|类型|示例值|描述",
    "errors": "错误码",
    "rows": "HttpCode|错误码|错误信息|描述",
}


def page(path: str, product: str, longest: int, version: str = "2020-01-02") -> None:
    """Write a page into a file whose name begins with its language."""
    words, about = (
        (ENGLISH, f"The name. It must be 2 to {longest} characters in length.")
        if path.rpartition("/")[2].startswith("en")
        else (CHINESE, f"名称。长度为 2~{longest} 个字符。")
    )
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(PAGE.format(product=product, version=version, about=about, **words), encoding="utf-8")


def operations(out: str) -> dict[str, list[str]]:
    """Return the findings that are no agreement, by operation."""
    return {
        entry["operation"]: [
            f"{each['path']} {each['fact']} {each['verdict']}"
            for each in entry["findings"]
            if each["verdict"] != "agree"
        ]
        for entry in json.loads(out)["operations"]
    }


def test_two_products_with_one_name_are_compared_within_the_product(conformance: Command) -> None:
    page("pages/a/en.md", "Farm", 8)
    page("pages/a/zh.md", "Farm", 9)
    page("pages/b/en.md", "Barn", 128)
    page("pages/c/zh.md", "Barn", 128)
    done = conformance("diff", "pages", "--json")
    assert done.status == 1
    assert operations(done.out) == {
        "barn:TagThings": [],
        "farm:TagThings": ["farm:TagThings#Name maxLength disagree"],
    }
    entries = json.loads(done.out)["operations"]
    assert [(entry["product"], entry["version"]) for entry in entries] == [
        ("barn", "2020-01-02"),
        ("farm", "2020-01-02"),
    ]
    assert conformance("diff", "pages", "pages", "--json").out == done.out
    single = conformance("diff", "pages/b/en.md", "pages")
    assert single.status == 2  # the folder has its page in both languages
    assert conformance("diff", "pages/b/en.md", "pages/c").status == 0


@pytest.mark.parametrize("place", ["pages/a/zh.md", "pages/b/zh.md"])
def test_a_page_is_never_compared_with_one_of_another_product(place: str, conformance: Command) -> None:
    page("pages/a/en.md", "Farm", 8)
    page(place, "Barn", 9)
    page("pages/c/en.md", "Shed", 8)
    page("pages/c/zh.md", "Shed", 8)
    done = conformance("diff", "pages")
    assert done.status == 0
    assert (
        "farm:TagThings  only in the left\n      the other side has the name of barn 2020-01-02, shed 2020-01-02\n"
    ) in done.out
    assert "barn:TagThings  only in the right\n" in done.out
    alone = conformance("diff", "pages/a/en.md", place)
    assert alone.status == 1  # asked for by name it is done, and said
    assert (
        alone.err == f"conformance: these are operations of two products: pages/a/en.md of farm and {place} of barn\n"
    )


def test_two_versions_of_one_product_are_two_operations(conformance: Command) -> None:
    for version, longest in (("2020-01-02", 8), ("2021-03-04", 9)):
        page(f"pages/{version}/en.md", "Farm", longest, version)
        page(f"pages/all/zh-{version}.md", "Farm", longest, version)
    done = conformance("diff", "pages", "--json")
    assert done.status == 0
    assert operations(done.out) == {"farm/2020-01-02/TagThings": [], "farm/2021-03-04/TagThings": []}


def test_a_page_that_does_not_say_its_product_goes_with_the_only_one_that_does(conformance: Command) -> None:
    page("en/en.md", "Farm", 8)
    page("zh/zh.md", "Farm", 9)
    text = Path("zh/zh.md").read_text(encoding="utf-8")
    Path("zh/zh.md").write_text("\n".join(line for line in text.splitlines() if "Debug" not in line), encoding="utf-8")
    done = conformance("diff", "en", "zh", "--json")
    assert operations(done.out) == {"TagThings": ["TagThings#Name maxLength disagree"]}


def test_a_whole_workspace_is_compared_without_words(conformance: Command, tmp_path: Path) -> None:
    page("pages/en.md", "Farm", 8)
    page("pages/zh.md", "Farm", 9)
    page("pages/more/en.md", "Barn", 8)
    assert conformance("init").status == 0
    assert conformance("derive", "pages").status == 0
    done = conformance("diff", "--json")
    assert (done.status, done.err) == (1, "")
    assert operations(done.out) == {
        "barn:TagThings": ["barn:TagThings operation only_left"],
        "farm:TagThings": ["farm:TagThings#Name maxLength disagree"],
    }
    text = conformance("diff")
    assert "By operation      errors  warnings  notes\n  farm:TagThings       1" in text.out
    one = conformance("diff", "farm:TagThings")
    assert (one.status, "maxLength" in one.out) == (1, True)
    assert conformance("diff", "barn:TagThings").err.startswith("conformance: barn:TagThings is not among ")
    several = conformance("diff", "TagThings")
    assert several.err == (
        "conformance: several products have TagThings "
        "(say one of: barn/2020-01-02/TagThings, farm/2020-01-02/TagThings)\n"
    )
    broken = tmp_path / "openapi" / "barn" / "2020-01-02" / "TagThings.en.yaml"
    broken.write_text("openapi: [", encoding="utf-8")
    still = conformance("diff")
    assert still.status == 2
    assert "1 files could not be read" in still.err
    assert "farm:TagThings" not in still.out  # one product has the name now
    assert "TagThings#Name.maxLength" in still.out


def test_folders_of_languages_in_one_folder_are_one_place(conformance: Command) -> None:
    for name in ("farm", "barn"):
        for language in ("en", "zh"):
            page(f"pages/{language}/{name}/{language}.md", "", 8)
    done = conformance("diff", "pages", "--json")
    assert json.loads(done.out)["summary"]["compared"] == 2
