"""Where the members of a structure end, in captures that show no nesting: the other language's document may show it."""

from __future__ import annotations

import pytest

from conformance.extraction.read import leaves_doubt, read_document, read_document_with_notes

DOTTED = """# CreateBarn

## Request parameters

|Parameter|Type|Required|Example|Description|
|---------|----|--------|-------|-----------|
|Stall.N.Door.M.Size|Integer|No|3|The size. |
|Stall.N.Name|String|No|east|The name. |
|Roof|String|No|tin|The roof. |
|Name|String|No|red|The name of the barn. |

## Error codes

|HttpCode|Error code|Error message|Description|
|--------|----------|-------------|-----------|
|400|InvalidRoof|The roof is wrong.|x|
"""
ROWS = (
    ("Stall", "array<object>"),
    ("", "object"),
    ("Door", "array<object>"),
    ("", "object"),
    ("Size", "integer"),
    ("Name", "string"),
    ("Roof", "string"),
    ("Name", "string"),
    ("Gate", "string"),
)
HTML = """<html><body><h1>CreateBarn</h1><h2>请求参数</h2>
<table><tr><th>名称</th><th>类型</th><th>必填</th><th>描述</th><th>示例值</th></tr>
{rows}</table><h2>错误码</h2></body></html>"""


def page(rows: tuple[tuple[str, str], ...] = ROWS) -> bytes:
    cells = (f"<tr><td>{name}</td><td>{kind}</td><td>否</td><td>谷仓。</td><td></td></tr>" for name, kind in rows)
    return HTML.format(rows="\n".join(cells)).encode()


def test_the_other_document_shows_which_structure_a_row_is_in() -> None:
    dotted = read_document(DOTTED.encode(), "CreateBarn.md")
    assert not leaves_doubt(dotted)
    alone, notes = read_document_with_notes(page(), "CreateBarn.html")
    assert leaves_doubt(alone)
    assert [note.what for note in notes] == [
        "Stall[]: nothing shows where its members end",
        "Stall[].Door[]: nothing shows where its members end",
        "Stall[].Door[].Name: a second row of the same name",
    ]
    settled, notes = read_document_with_notes(page(), "CreateBarn.html", companion=dotted)
    assert [row.path for row in settled.parameters] == [
        "Stall[].Door[].Size",
        "Stall[].Name",
        "Roof",
        "Name",
        "Gate",
    ]
    assert not notes


def test_what_the_other_document_does_not_have_stays_where_it_seems_to_be() -> None:
    dotted = read_document(DOTTED.encode(), "CreateBarn.md")
    rows = (*ROWS[:5], ("Window", "string"))
    settled = read_document(page(rows), "CreateBarn.html", companion=dotted)
    assert [row.path for row in settled.parameters] == ["Stall[].Door[].Size", "Stall[].Door[].Window"]


@pytest.mark.parametrize("order", [("en", "zh"), ("zh", "en")])
def test_an_ambiguous_document_settles_nothing_of_one_that_is_not(order: tuple[str, str]) -> None:
    pages = {"en": DOTTED.encode(), "zh": page()}
    contracts = {name: read_document(pages[name], f"{name}/CreateBarn") for name in order}
    again = read_document(pages["en"], "CreateBarn.md", companion=contracts["zh"])
    assert again == read_document(pages["en"], "CreateBarn.md")


@pytest.mark.parametrize(
    ("written", "kind"), [("Array of Stall", None), ("Array of String", "string"), ("Array", "string")]
)
def test_the_items_of_a_list_that_the_type_only_names_have_no_type(written: str, kind: str | None) -> None:
    contract = read_document(DOTTED.replace("|Roof|String|", f"|Roofs|{written}|").encode(), "CreateBarn.md")
    (roofs,) = (row for row in contract.parameters if row.path == "Roofs[]")
    assert roofs.fact("type").value == kind
