"""JSON, lists with commas, maps, lists within lists: which parameters are said to be such, and whose each limit is."""

# ruff: noqa: E501 - rows of tables as pages have them

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from conformance.contract.files import dump_contract, load_contract
from conformance.contract.openapi.writer import to_openapi
from conformance.extraction.read import read_document

if TYPE_CHECKING:
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract

EN = """# MakeFlock

Makes a flock.

[Try](https://api.example/#product=Farm&api=MakeFlock&type=RPC&version=2020-01-02)

## Request parameters

|Parameter|Type|Required|Example|Description|
|---------|----|--------|-------|-----------|
{rows}

## Response parameters

|Parameter|Type|Example|Description|
|---------|----|-------|-----------|
|FlockId|String|f-1|The ID. |

## Error codes

|HTTP status code|Error code|Error message|Description|
|----------------|----------|-------------|-----------|
|400|Bad\\_Sheep|No such sheep.|Choose another.|
"""
ZH = """# MakeFlock

建立羊群。

[调试](https://api.example/#product=Farm&api=MakeFlock&type=RPC&version=2020-01-02)

## 请求参数

|名称|类型|是否必选|示例值|描述|
|--|--|----|---|--|
{rows}

## 返回数据

|名称|类型|示例值|描述|
|--|--|---|--|
|FlockId|String|f-1|编号。 |

## 错误码

|HttpCode|错误码|错误信息|描述|
|--------|---|----|--|
|400|Bad\\_Sheep|No such sheep.|请换一只。|
"""


def read(rows: str, language: Language = "en") -> Contract:
    page = EN if language == "en" else ZH
    return read_document(page.replace("{rows}", rows.strip("\n")).encode(), f"MakeFlock.{language}.md")


def shown(contract: Contract) -> dict[str, tuple[str, dict[str, Any]]]:
    """Return by path the encoding and the stated facts, without what every row has."""
    return {
        row.path: (
            row.encoding,
            {
                name: fact.value
                for name, fact in row.facts.items()
                if fact.stated and name not in ("type", "required", "example")
            },
        )
        for row in contract.parameters
    }


JSON_OBJECTS_EN = """
|Sheep|String|Yes|[{ "EarTag": "e-1", "Weight": 30, "Breed": "merino" }]|The sheep to add. The value is a JSON string in the form of a JSON list. You can specify up to 20 sheep in a call.

 -   **EarTag**: the tag. This parameter is required and must be set to a string. The tag must be 1 to 8 characters in length.
-   **Weight**: the weight. This parameter is optional and must be set to an integer. Valid values: 1 to 200.
-   **Breed**: the breed. Valid values:
    -   **merino** (default): fine.
    -   **texel**: stout. |
"""
JSON_OBJECTS_ZH = """
|Sheep|String|是|[{ "EarTag": "e-1", "Weight": 30, "Breed": "merino" }]|要加入的羊。取值是一个JSON字符串,其结构是JSON数组。一次最多支持20个元素。

 -   **EarTag**:String类型,必选,耳标。长度为1~8个字符。
-   **Weight**:Integer类型,可选,体重。取值范围:1~200。
-   **Breed**:品种。取值:
    -   **merino**(默认):细毛。
    -   **texel**:粗壮。 |
"""


@pytest.mark.parametrize(("rows", "language"), [(JSON_OBJECTS_EN, "en"), (JSON_OBJECTS_ZH, "zh")])
def test_what_is_said_of_a_member_is_a_fact_of_the_member(rows: str, language: Language) -> None:
    contract = read(rows, language)
    assert shown(contract) == {
        "Sheep": ("json", {"maxItems": 20}),
        "Sheep[].EarTag": ("json", {"minLength": 1, "maxLength": 8}),
        "Sheep[].Weight": ("json", {"minimum": 1, "maximum": 200}),
        "Sheep[].Breed": ("json", {"enum": ("merino", "texel"), "default": "merino"}),
    }
    tag, weight = contract.parameter("Sheep[].EarTag"), contract.parameter("Sheep[].Weight")
    assert tag is not None
    assert weight is not None
    assert (tag.fact("required").value, weight.fact("required").value) == (True, False)
    assert (tag.fact("type").value, weight.fact("type").value) == ("string", "integer")
    assert tag.fact("example").value == "e-1"
    names = [entry["name"] for entry in to_openapi(contract)["paths"]["/#MakeFlock"]["parameters"]]
    assert names == ["Sheep"]
    text = dump_contract(contract)
    assert dump_contract(load_contract(text, "x.yaml")) == text


@pytest.mark.parametrize(
    ("language", "row", "expected"),
    [
        # A JSON array of texts: the number is that of the list, the range that of each item.
        (
            "en",
            '|Days|String|No|["1", "2"]|The days on which to graze. You must set it to a JSON-formatted array. Valid values: 1 to 7. You can specify up to seven days. Separate multiple days with commas (,). |',
            {"Days": ("json", {"maxItems": 7}), "Days[]": ("json", {"minimum": 1, "maximum": 7})},
        ),
        (
            "zh",
            '|Days|String|否|["1", "2"]|放牧的日子。取值范围:1~7。最多传入7个,多个日子用JSON数组表示,之间用半角逗号(,)隔开。 |',
            {"Days": ("json", {"maxItems": 7}), "Days[]": ("json", {"minimum": 1, "maximum": 7})},
        ),
        # Values of a list with commas are those of an item; a length is one where the words say each.
        (
            "en",
            "|Breeds|String|No|merino|The breeds. Separate multiple breeds with commas (,). You can specify up to 3 breeds. Valid values: merino, texel, and suffolk. Each breed can be up to 9 characters in length. |",
            {
                "Breeds": ("csv", {"maxItems": 3}),
                "Breeds[]": ("csv", {"enum": ("merino", "texel", "suffolk"), "maxLength": 9}),
            },
        ),
        (
            "zh",
            "|Breeds|String|否|merino|品种,多个品种用英文逗号(,)分隔,最多支持3个。取值:merino、texel或suffolk。每个品种最多9个字符。 |",
            {
                "Breeds": ("csv", {"maxItems": 3}),
                "Breeds[]": ("csv", {"enum": ("merino", "texel", "suffolk"), "maxLength": 9}),
            },
        ),
        # Whose length it is is not said: nobody's.
        (
            "en",
            "|Names|String|No|a,b|The names. They must be 2 to 9 characters in length. Use commas to separate names. |",
            {"Names": ("csv", {})},
        ),
        # A list of numbers: the type is that of each.
        ("en", "|Ages|Integer|No||The ages. Separate ages by commas. |", {"Ages": ("csv", {}), "Ages[]": ("csv", {})}),
        # An index in the name is how it travels, whatever is said of commas.
        ("en", "|Ids.N|String|No|a|The IDs. Separate multiple IDs with commas (,). |", {"Ids[]": ("repeat", {})}),
        ("en", "|Ids|RepeatList|No|a|The IDs. Separate multiple IDs with commas (,). |", {"Ids[]": ("repeat", {})}),
        # The types that say it.
        ("en", "|Wool|Json|No||The wool of each sheep. |", {"Wool": ("json", {})}),
        ("en", "|Marks|Map|No||The marks. |", {"Marks": ("map", {})}),
        ("en", "|Marks|Map|No||The marks, as a JSON object. |", {"Marks": ("json", {})}),
        # An example alone proves JSON where no plain text looks like it.
        ("en", '|Rule|String|No|{"Allow": ["a"]}|The rule. |', {"Rule": ("json", {})}),
        ("en", '|Gates|String|No|["g-1****", "g-2****"...]|The gates. |', {"Gates": ("json", {})}),
        ("en", "|Range|String|No|[1,9]|The range. |", {"Range": ("plain", {})}),
        ("en", "|Pair|String|No|a,b|The pair. |", {"Pair": ("plain", {})}),
        ("en", "|Size|Object|No||The size. |", {"Size": ("plain", {})}),
        # What is no list with commas, and JSON of something else.
        ("en", "|Name|String|No||The name. It cannot contain commas (,) or spaces. |", {"Name": ("plain", None)}),
        ("en", "|Way|String|No||How. The result is returned as a JSON string. |", {"Way": ("plain", {})}),
        # Another mark: no encoding, and no rule that may be of one value.
        (
            "en",
            "|Herds|String|No||The herds. Separate multiple herds with semicolons (;). Valid values: a, b. |",
            {"Herds": ("plain", {})},
        ),
        # The words contradict the example: nothing is known of what is inside.
        (
            "en",
            '|Marks|String|No|{"k":"v"}|The marks, a JSON array. You can specify up to 5 marks. |',
            {"Marks": ("json", {})},
        ),
        # The length of an object's text is that of the text, unless the words say each.
        (
            "en",
            '|Rule|String|No|{"a":"b"}|The rule, a JSON object of 1 to 99 characters in length. |',
            {"Rule": ("json", {"minLength": 1, "maxLength": 99})},
        ),
        (
            "en",
            '|Rule|String|No|{"a":"b"}|The rule, a JSON object. Each key can be up to 9 characters in length. |',
            {"Rule": ("json", {})},
        ),
        # JSON in one case only.
        (
            "en",
            "|Value|String|No||The value.\n\n -   Size: a number.\n-   Rule: a JSON string. |",
            {"Value": ("plain", {})},
        ),
    ],
)
def test_the_form_and_the_limits(language: Language, row: str, expected: dict[str, Any]) -> None:
    found = shown(read(row, language))
    wanted = {
        path: (encoding, facts if facts is not None else found[path][1]) for path, (encoding, facts) in expected.items()
    }
    assert found == wanted


def test_members_of_an_object_have_no_index() -> None:
    rows = """
|Plan|String|No|{"Mode":"fast","Days":3}|The plan, a JSON object.

 -   **Mode**: the mode. Valid values: fast, slow.
-   **Days**: required. Valid values: 1 to 9. |
"""
    assert shown(read(rows)) == {
        "Plan": ("json", {}),
        "Plan.Mode": ("json", {"enum": ("fast", "slow")}),
        "Plan.Days": ("json", {"minimum": 1, "maximum": 9}),
    }


def test_several_indexes_and_names_in_two_spellings() -> None:
    rows = """
|Pen.N.Sheep.M.Tag|String|No|a|The tag. |
|Pen.N.Sheep.M.tag|String|No|b|Another one. |
|Pen.N.Kinds|String|No|a,b|The kinds, separated with commas (,). Valid values: a, b. |
|Row.n.m|String|No|c|The cell. |
|Tag.N.Key|String|No|k|The key. |
|Tag.N.key|String|No|k|The key in its old spelling. |
|Tag.N.Value|String|No|v|The value. |
|Tag.N.value|String|No|v|The value in its old spelling. |
"""
    contract = read(rows)
    assert shown(contract) == {
        "Pen[].Sheep[].Tag": ("repeat", {}),
        "Pen[].Sheep[].tag": ("repeat", {}),
        "Pen[].Kinds": ("csv", {}),
        "Pen[].Kinds[]": ("csv", {"enum": ("a", "b")}),
        "Row[][]": ("repeat", {}),
        "Tag[].Key": ("repeat", {}),
        "Tag[].key": ("repeat", {}),
        "Tag[].Value": ("repeat", {}),
        "Tag[].value": ("repeat", {}),
    }
    names = [entry["name"] for entry in to_openapi(contract)["paths"]["/#MakeFlock"]["parameters"]]
    assert names[:4] == ["Pen.1.Sheep.1.Tag", "Pen.1.Sheep.2.Tag", "Pen.2.Sheep.1.Tag", "Pen.2.Sheep.2.Tag"]
    assert {"Row.1.2", "Pen.2.Kinds", "Tag.1.Key", "Tag.1.key"} <= set(names)


def test_the_loose_metadata_says_it_by_type_and_prose() -> None:
    page = {
        "name": "MakeFlock",
        "product": "Farm",
        "version": "2020-01-02",
        "parameters": [
            {
                "name": "Node",
                "position": "Query",
                "type": "Json",
                "required": True,
                "description": "The list of nodes.",
                "sub_parameters": [
                    {
                        "name": "zone",
                        "position": "Query",
                        "type": "String",
                        "required": True,
                        "description": "The zone.",
                    }
                ],
            },
            {
                "name": "Ids",
                "position": "Query",
                "type": "String",
                "required": False,
                "description": "A JSON array of up to 5 IDs.",
            },
            {
                "name": "Tag",
                "position": "Query",
                "type": "RepeatList",
                "required": False,
                "description": "The tags.",
                "sub_parameters": [
                    {"name": "Key", "position": "Query", "type": "String", "required": False, "description": ""},
                    {"name": "key", "position": "Query", "type": "String", "required": False, "description": ""},
                ],
            },
        ],
    }
    contract = read_document(json.dumps(page, indent=1).encode(), "MakeFlock.json", language="en")
    assert shown(contract) == {
        "Node": ("json", {}),
        "Node[].zone": ("json", {}),
        "Ids": ("json", {"maxItems": 5}),
        "Tag[].Key": ("repeat", {}),
        "Tag[].key": ("repeat", {}),
    }


def test_the_metadata_with_schemas_says_it_by_style() -> None:
    text = {"type": "string"}

    def parameter(name: str, style: str, schema: dict[str, Any]) -> dict[str, Any]:
        return {"name": name, "in": "query", "style": style, "schema": schema}

    page = {
        "name": "MakeFlock",
        "product": "Farm",
        "version": "2020-01-02",
        "parameters": [
            parameter("Ids", "json", {"type": "array", "maxItems": 5, "items": {"type": "string", "maxLength": 9}}),
            parameter(
                "Sheep",
                "json",
                {"type": "array", "items": {"type": "object", "properties": {"Tag": {**text, "maxLength": 3}}}},
            ),
            parameter("Plan", "json", {"type": "object", "properties": {"Mode": {**text, "enum": ["a", "b"]}}}),
            parameter(
                "Kinds", "simple", {"type": "array", "maxItems": 2, "items": {"type": "string", "enum": ["x", "y"]}}
            ),
            parameter("Names", "repeatList", {"type": "array", "maxItems": 4, "items": text}),
            parameter("Marks", "flat", {"type": "object", "additionalProperties": text}),
            parameter("Wool", "json", {"type": "object", "additionalProperties": text}),
        ],
    }
    contract = read_document(json.dumps(page, indent=1).encode(), "MakeFlock.json", language="en")
    assert shown(contract) == {
        "Ids": ("json", {"maxItems": 5}),
        "Ids[]": ("json", {"maxLength": 9}),
        "Sheep": ("json", {}),
        "Sheep[].Tag": ("json", {"maxLength": 3}),
        "Plan": ("json", {}),
        "Plan.Mode": ("json", {"enum": ("a", "b")}),
        "Kinds": ("csv", {"maxItems": 2}),
        "Kinds[]": ("csv", {"enum": ("x", "y")}),
        "Names[]": ("repeat", {"maxItems": 4}),
        "Marks": ("map", {}),
        "Wool": ("json", {}),
    }


def test_a_flat_capture_shows_members_without_their_marks() -> None:
    page = """MakeFlock
Makes a flock. https://farm.aliyuncs.com/?Action=MakeFlock&Version=2020-01-02
Request parameters
Parameter Type Required Example Description
Sheep String Yes [{"EarTag":"e-1"}]
The sheep, a JSON array. You can specify up to 20 sheep.
• EarTag: the tag. The tag must be 1 to 8 characters in length.
Response parameters
Parameter Type Example Description
FlockId String f-1
The ID.
Error codes
HTTP status code Error code Error message Description
400 Bad_Sheep No such sheep. Choose another.
"""
    contract = read_document(page.encode(), "MakeFlock.txt", language="en")
    assert shown(contract) == {
        "Sheep": ("json", {"maxItems": 20}),
        "Sheep[].EarTag": ("json", {"minLength": 1, "maxLength": 8}),
    }
