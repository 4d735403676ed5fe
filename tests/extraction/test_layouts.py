"""One made-up page in every layout: the same contract comes out of all, less what the layout itself loses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.contract.model import State
from conformance.core.errors import DocumentError, Location
from conformance.extraction.read import LAYOUTS, detect_layout, read_document, read_document_with_notes

if TYPE_CHECKING:
    from conformance.contract.model import Contract

MARKDOWN = r"""# CreateFlock {#doc_api_CreateFlock .reference}

Makes a flock.

## Description

-   CreateFlock is an asynchronous operation. You can call the [DescribeFlocks](~~1~~) operation to look.
    -   **Herding** indicates that the system is herding the flock.
    -   **Grazing** indicates that the flock is herded.

## Debugging

[Try](https://api.example/#product=Farm&api=CreateFlock&type=RPC&version=2020-01-02)

## Request parameters {#parameters .section}

|Parameter|Type|Required|Example|Description|
|---------|----|--------|-------|-----------|
|Action|String|Yes|CreateFlock|What to do. Set the value to **CreateFlock**. |
|Breed|String|Yes|merino\_1|The breed. Valid values:

 -   **merino\_1** \(default\): fine.
-   **texel**: stout. |
|Size|Integer|No|3|How many. Valid values: **1** to **9**. |
|Tag.N.Key|String|No|who|The key. It cannot start with `ram` or `ewe:`. |

## Response parameters {#resultMapping .section}

|Parameter|Type|Example|Description|
|---------|----|-------|-----------|
|FlockId|String|f-1\*\*\*\*|The ID. |

## Error codes { .section}

|HTTP stauts code|Error code|Error message|Description|
|----------------|----------|-------------|-----------|
|400|Bad\_Breed|No such \(breed\).|Choose another.|
"""
HTML = """<!DOCTYPE html>
<html><head><script>var table = "<table>";</script></head><body>
<h1>CreateFlock</h1>
<p>CreateFlock is an asynchronous operation. You can call the <a href="x">DescribeFlocks</a> operation to look.</p>
<ul><li>If it is in the <b>Herding</b> state, it is being herded.</li>
<li>If it is in the <b>Grazing</b> state, it is herded.</li></ul>
<h2>Request parameters</h2>
<table><thead><tr><th>Parameter</th><th>Type</th><th>Required</th><th>Description</th><th>Example</th></tr></thead>
<tbody>
<tr><td>Breed</td><td>string</td><td>Yes</td><td><p>The breed. Valid values:</p>
<ul>
<li><b>merino_1</b> (default): fine.<ul><li>nested: not one</li></ul></li>
<li><b>texel</b>: stout.</li>
</ul><div class="note note-note"><p>Default value: never.</p></div></td><td>merino_1</td></tr>
<tr><td>Size</td><td>integer</td><td>No</td><td>How many. Valid values: 1 to 9.</td><td>3</td></tr>
<tr><td>Tag</td><td>array&lt;object&gt;</td><td>No</td><td>Tags.</td><td></td></tr>
<tr><td></td><td>object</td><td>No</td><td></td><td></td></tr>
<tr><td>Key</td><td>string</td><td>No</td><td>The key. It cannot start with <code>ram</code> or <code>ewe:</code>.</td>
<td>who</td></tr>
</tbody></table>
<h2>Response parameters</h2>
<table><tr><th>Parameter</th><th>Type</th><th>Description</th><th>Example</th></tr>
<tr><td colspan="1"></td><td>object</td><td></td><td></td></tr>
<tr><td>FlockId</td><td>string</td><td>The ID.</td><td>f-1****</td></tr></table>
<h2>Error codes</h2>
<table><tr><th>HTTP status code</th><th>Error code</th><th>Error message</th><th>Description</th></tr>
<tr><td>400</td><td>Bad_Breed</td><td>No such (breed).</td><td>Choose another.</td></tr></table>
</body></html>
"""
BROKEN = """CreateFlock - makes a flock
Request parameters
|
Parameter |
Type |
Required |
Description |
Example |
| Breed |
string |
Yes |
The breed. Valid values:
merino_1 (default): fine.
texel: stout.
|
merino_1 |
| Size |
integer |
No |
How many. Valid values: 1 to 9. |
3 |
| Tag |
array<object> |
No |
Tags. |
|
|
object |
No |
A tag. |
||
| Key |
string |
No |
The key. It cannot start with ram or ewe:. |
who |
Response parameters
|
Parameter |
Type |
Description |
Example |
|
object |
The answer. |
||
| FlockId |
string |
The ID. |
f-1****
Error codes
|
HTTP status code |
Error code |
Error message |
Description |
|---|---|---|---|
| 400 | Bad_Breed | No such (breed). | Choose another. |
That is all.
"""
ONE_LINE = """CreateFlock - makes a flock
Request parameters
Parameter | Type | Required | Example | Description |
---|---|---|---|---|
Action | String | Yes | CreateFlock | What to do. |
Breed | String | Yes | merino_1 |
The breed. Valid values: merino_1 (default) and texel. |
Size | Integer | No | 3 | How many. Valid values: 1 to 9. |
Tag.N.Key | String | No | who | The key. It cannot start with ram or ewe:. |
Response parameters
Parameter | Type | Example | Description |
---|---|---|---|
FlockId | String | f-1**** | The ID. |
Error codes
HttpCode | Error code | Error message | Description |
---|---|---|---|
400 | Bad_Breed | No such (breed). | Choose another. |
That is all.
"""
FLAT = """Makes a flock.

Request parameters

Parameter Type Required Example Description
Action String Yes CreateFlock

What to do.

Breed String Yes merino_1

The breed. Valid values:

  • merino_1 (default): fine.
  • texel: stout.
Size Integer No 3

How many. Valid values: 1 to 9.

Tag.N.Key String No who

The key. It cannot start with ram or ewe:.

Response parameters

Parameter Type Example Description
FlockId String f-1****

The ID.

Error codes

HttpCode Error code Error message Description
400 Bad_Breed No such (breed). Choose another.
"""
GLUED = """CreateFlock - makes a flock

Request parameters

ParameterTypeRequiredDescriptionExample
BreedstringYes

The breed. Valid values:

  • merino_1 (default): fine.
  • texel: stout.
merino_1
SizeintegerNo

How many. Valid values: 1 to 9.

3
Tagarray<object>No

Tags.

objectNo

A tag.

KeystringNo

The key. It cannot start with ram or ewe:.

who

Response parameters

ParameterTypeDescriptionExample
object

FlockIdstring

The ID.

f-1****

Error codes

HTTP status codeError codeError messageDescription
400Bad_BreedNo such (breed). Choose another.

That is all.
"""
CELLS = """CreateFlock - 建立羊群

请求参数

名称

类型

必填

描述

示例值

Breed

string

品种。取值:

  • merino_1(默认):细。

  • texel:壮。

merino_1

Size

integer

数量。取值范围:1~9。

3

Tag

array<object>

标签。

object

标签。

Key

string

标签键。不能以ram或ewe:开头。

who

返回参数

名称

类型

描述

示例值

object

FlockId

string

羊群 ID。

f-1****

示例

错误码

HTTP status code

错误码

错误信息

描述

400 Bad_Breed No such (breed). 品种不存在。

就这些。
"""
METADATA = r"""{
  "name": "CreateFlock",
  "parameters": [
    {
      "name": "Breed",
      "description": "The breed. Valid values:\n\n*   **merino\\_1** (default): fine.\n*   **texel**: stout.",
      "type": "String",
      "required": true
    },
    {
      "name": "Size",
      "description": "How many. Valid values: **1** to **9**.",
      "type": "Integer",
      "required": false
    },
    {
      "name": "Tag",
      "type": "RepeatList",
      "required": false,
      "sub_parameters": [
        {
          "name": "Key",
          "description": "The key. It cannot start with `ram` or `ewe:`.",
          "type": "String",
          "required": false
        }
      ]
    }
  ]
}
"""
SCHEMAS = r"""{
  "name": "CreateFlock",
  "methods": ["post", "get"],
  "summary": "Makes a flock.",
  "parameters": [
    {
      "name": "Breed",
      "in": "query",
      "schema": {
        "description": "The breed.",
        "type": "string",
        "required": true,
        "enum": ["merino_1", "texel"],
        "default": "merino_1",
        "example": "merino_1"
      }
    },
    {
      "name": "Size",
      "in": "query",
      "schema": {
        "description": "How many. Valid values: **1** to **9**.",
        "type": "integer",
        "format": "int32",
        "required": false,
        "example": "3"
      }
    },
    {
      "name": "Tag",
      "in": "query",
      "style": "repeatList",
      "schema": {
        "type": "array",
        "items": {
          "type": "object",
          "properties": {
            "Key": {
              "description": "The key. It cannot start with `ram` or `ewe:`.",
              "type": "string",
              "required": false,
              "example": "who"
            }
          }
        }
      }
    }
  ],
  "responses": {
    "200": {
      "schema": {"type": "object", "properties": {
        "FlockId": {"description": "The ID.", "type": "string", "example": "f-1****"}
      }}
    }
  },
  "errorCodes": {
    "400": [
      {"errorCode": "Bad_Breed", "errorMessage": "No such (breed).", "description": "Choose another."}
    ]
  }
}
"""
PAGES = {
    "metadata": METADATA,
    "metadata-schema": SCHEMAS,
    "html": HTML,
    "markdown": MARKDOWN,
    "broken-pipes": BROKEN,
    "one-line-pipes": ONE_LINE,
    "flat": FLAT,
    "glued": GLUED,
    "cell-per-line": CELLS,
}
FACTS = {
    "Breed": {
        "type": "string",
        "required": True,
        "enum": ("merino_1", "texel"),
        "default": "merino_1",
        "example": "merino_1",
    },
    "Size": {"type": "integer", "required": False, "minimum": 1, "maximum": 9, "example": 3},
    "Tag[].Key": {"type": "string", "required": False, "notStartsWith": ("ram", "ewe:"), "example": "who"},
}


def read(layout: str) -> Contract:
    return read_document(PAGES[layout].encode(), "page.txt", strict=True)


def stated(contract: Contract) -> dict[str, dict[str, object]]:
    return {
        parameter.path: {name: fact.value for name, fact in parameter.facts.items() if fact.stated}
        for parameter in contract.parameters
    }


def test_there_is_a_page_in_every_layout() -> None:
    assert set(PAGES) == set(LAYOUTS)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_layout_is_told_from_the_content(layout: str) -> None:
    assert detect_layout(PAGES[layout]) == layout
    assert read(layout).source.layout == layout
    assert read(layout).operation == "CreateFlock"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_facts_come_out(layout: str) -> None:
    lost = {"metadata": ["example"], "cell-per-line": ["required"]}.get(layout, [])
    expected = {
        path: {name: value for name, value in facts.items() if name not in lost} for path, facts in FACTS.items()
    }
    assert stated(read(layout)) == expected


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_fact_stands_on_the_line_that_says_it(layout: str) -> None:
    lines = PAGES[layout].split("\n")
    for parameter in read(layout).parameters:
        for name, fact in parameter.facts.items():
            if fact.stated and name in ("example", "default", "notStartsWith"):
                assert fact.line is not None
                value = fact.value[0] if isinstance(fact.value, tuple) else fact.value
                assert str(value) in lines[fact.line - 1].replace("\\", "")
        assert parameter.source.split(".")[0] in lines[parameter.line - 1] or "<tr>" in lines[parameter.line - 1]


@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS if layout != "metadata"])
def test_the_errors_come_out(layout: str) -> None:
    rows = read(layout).errors
    assert [(row.status, row.code, row.message) for row in rows] == [(400, "Bad_Breed", "No such (breed).")]
    assert rows[0].description_state is State.STATED
    assert rows[0].inferred_split == (layout in ("flat", "glued", "cell-per-line"))


@pytest.mark.parametrize("layout", [layout for layout in LAYOUTS if layout != "metadata"])
def test_the_response_comes_out(layout: str) -> None:
    fields = read(layout).responses
    assert [field.path for field in fields] == ["FlockId"]
    assert fields[0].fact("example").value == "f-1****"


@pytest.mark.parametrize("layout", ["markdown", "html"])
def test_the_asynchronous_end_comes_out(layout: str) -> None:
    end = read(layout).async_behaviour
    assert end is not None
    assert (end.pending, end.final, end.poll) == ("Herding", "Grazing", "DescribeFlocks")


def test_product_and_version_come_from_the_page() -> None:
    contract = read("markdown")
    assert (contract.product, contract.version) == ("farm", "2020-01-02")


def test_a_capture_without_required_marks_loses_them_and_nothing_else() -> None:
    contract = read("cell-per-line")
    assert {loss.kind for loss in contract.lost} == {"cell"}
    for parameter in contract.parameters:
        assert parameter.fact("required").state is State.LOST
        assert parameter.fact("maxLength").state is State.NOT_STATED


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_cut_is_noticed(layout: str) -> None:
    page = PAGES[layout]
    for mark in ("Size", "Key"):
        with pytest.raises(DocumentError) as caught:
            read_document(page[: page.index(mark) + len(mark) + 6].encode(), "page.txt", layout=layout)
        assert isinstance(caught.value.where, Location)
        assert caught.value.where.line is not None
        assert caught.value.hint


def test_a_page_that_ends_after_its_first_table() -> None:
    with pytest.raises(DocumentError) as caught:
        read_document((HTML[: HTML.index("<h2>Response")] + "</body>").encode(), "page.html")
    assert "ends after" in caught.value.message


def test_a_row_of_markdown_without_its_last_bar_is_a_cut() -> None:
    with pytest.raises(DocumentError) as caught:
        read_document(MARKDOWN.rstrip("|\n").encode(), "page.md")
    assert "middle of a table" in caught.value.message


def test_older_pages_with_a_stacked_header_and_rows_on_one_line() -> None:
    start, end = CELLS.index("Breed"), CELLS.index("返回参数")
    rows = "Action String CreateFlock\n\n操作。\n\nSize Integer 3\n\n数量。取值范围:1~9。\n\n"
    header = CELLS[:start].replace("描述\n\n示例值", "示例值\n\n描述")
    contract = read_document((header + rows + CELLS[end:]).encode(), "page.txt", strict=True)
    assert contract.source.layout == "cell-per-line"
    facts = {name: value for name, value in FACTS["Size"].items() if name != "required"}
    assert stated(contract) == {"Size": facts}


def test_rows_whose_cells_have_lines_of_their_own() -> None:
    before, after = MARKDOWN.split("|HTTP stauts code")
    table = """|HttpCode

|Error code

|Error message

|Description |
|----|----|----|----|
|404

|NoFlock

|None <a\\>.

|Look again. |
|400

|Bad

|Worse.

|Bad. |
"""
    contract = read_document((before + table).encode(), "page.md", strict=True)
    assert after
    assert [(row.code, row.message) for row in contract.errors] == [("NoFlock", "None <a>."), ("Bad", "Worse.")]


def test_unescaped_bars_in_a_description_stay_in_it() -> None:
    page = MARKDOWN.replace("Valid values: **1** to **9**. |", "\n\n Valid values: **3 | 5 | 9**.\n\n |")
    size = read_document(page.encode(), "page.md", strict=True).parameter("Size")
    assert size is not None
    assert size.fact("enum").value == (3, 5, 9)


def test_an_unescaped_bar_in_a_row_of_errors_is_a_note() -> None:
    page = MARKDOWN.replace("No such", "No | such").encode()
    assert [note.line for note in read_document_with_notes(page, "page.md")[1]] == [page.count(b"\n")]
    with pytest.raises(DocumentError) as caught:
        read_document(page, "page.md", strict=True)
    assert isinstance(caught.value.where, Location)
    assert caught.value.where.line == page.count(b"\n")


def test_a_type_that_is_not_known_is_a_note() -> None:
    contract, notes = read_document_with_notes(FLAT.encode(), "page.txt")
    assert notes == ()
    page = MARKDOWN.replace("|Size|Integer|", "|Size|Sheep|").encode()
    contract, notes = read_document_with_notes(page, "page.md")
    assert len(notes) == 1
    assert contract.parameter("Size") is not None


def test_columns_may_stand_in_any_order() -> None:
    page = MARKDOWN.replace("|Parameter|Type|Required|Example|", "|Required?|Name|Type|Example value|", 1)
    page = page.replace("|Size|Integer|No|3|", "|No|Size|Integer|3|").replace(
        "|Breed|String|Yes|", "|Yes|Breed|String|"
    )
    page = page.replace("|Tag.N.Key|String|No|", "|No|Tag.N.Key|String|").replace(
        "|Action|String|Yes|", "|Yes|Action|String|"
    )
    assert stated(read_document(page.encode(), "page.md", strict=True)) == FACTS


def test_two_spellings_of_a_member_are_two_parameters() -> None:
    page = MARKDOWN.replace("|Tag.N.Key|", "|Tag.N.key|String|No|old|Old. |\n|Tag.N.Key|")
    assert {"Tag[].Key", "Tag[].key"} <= set(stated(read_document(page.encode(), "page.md", strict=True)))


def test_rows_nested_by_a_mark() -> None:
    page = MARKDOWN.replace(
        "|Tag.N.Key|String|No|who|", "|Tag|Array|No| |Tags. You can specify up to 5 tags. |\n|└Key|String|No|who|"
    )
    facts = stated(read_document(page.encode(), "page.md"))
    assert facts["Tag[].Key"] == FACTS["Tag[].Key"]
    assert facts["Tag[]"]["maxItems"] == 5


@pytest.mark.parametrize(
    ("layout", "before", "row"),
    [
        ("cell-per-line", "Size\n\ninteger", "Description\n\nstring\n\n描述。最多支持8个字符。\n\nwoolly\n\n"),
        ("glued", "SizeintegerNo", "DescriptionstringNo\n\nWords. It can be up to 8 characters.\n\nwoolly\n"),
        ("flat", "Size Integer No 3", "Description String No woolly\n\nWords. It can be up to 8 characters.\n\n"),
        ("broken-pipes", "| Size |", "| Description |\nstring |\nNo |\nIt can be up to 8 characters. |\nwoolly |\n"),
    ],
)
def test_a_parameter_may_have_the_name_of_a_section(layout: str, before: str, row: str) -> None:
    page = PAGES[layout].replace(before, row + before)
    contract = read_document(page.encode(), "page.txt", strict=True)
    assert stated(contract)["Description"]["maxLength"] == 8
    assert stated(contract)["Description"]["example"] == "woolly"
    assert {"Breed", "Size", "Tag[].Key"} <= set(stated(contract))


def test_a_flat_row_whose_mark_depends_or_is_gone_is_a_row_of_its_own() -> None:
    page = """Request parameters

Parameter Type Required Example Description
Size Integer No 3

The size.

Kind String Conditional hay

The kind. This parameter is required when Size is 7.

Roof String tin

The roof. Valid values: tin and straw.

The string must be short.

Response parameters

Parameter Type Example Description
RequestId String 4C

The ID.

Error codes
"""
    contract = read_document(page.encode(), "CreateBarn.txt")
    assert [(row.path, row.fact("required").state.name) for row in contract.parameters] == [
        ("Size", "STATED"),
        ("Kind", "NOT_STATED"),
        ("Roof", "LOST"),
    ]
    assert [row.path for row in contract.parameters if row.conditional] == ["Kind"]
    assert contract.parameters[2].fact("example").value == "tin"
