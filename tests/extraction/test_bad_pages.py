"""Whatever is given, the only exception is a DocumentError that says where and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from profiles import scaled

from conformance.core.errors import DocumentError, Location
from conformance.extraction.intake import MAX_BYTES
from conformance.extraction.read import LAYOUTS, detect_layout, read_document

if TYPE_CHECKING:
    from pathlib import Path

FLAT = """Request parameters

Parameter Type Required Example Description
Action String Yes CreateThing

What to do. Set the value to CreateThing.

Size Integer No 3

The size. Valid values: 1 to 9.

Response parameters

Parameter Type Example Description
RequestId String 473469C7

The ID.

Error codes

HttpCode Error code Error message Description
400 InvalidSize.Malformed The size is wrong. Choose another.
400 NoStop No stop here Choose another size.
"""


def fault(data: bytes, name: str = "CreateThing.en.txt", **options: object) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        read_document(data, name, **options)  # type: ignore[arg-type]
    error = caught.value
    assert isinstance(error.where, Location)
    assert error.where.file == name.rsplit("/", 1)[-1]
    assert error.hint
    return error


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xef\xbb\xbf"])
def test_an_empty_file(data: bytes) -> None:
    assert "empty" in fault(data).message


def test_a_page_of_another_site() -> None:
    assert "request parameters" in fault(b"<html><body><h1>Recipes</h1><p>Boil the rice.</p></body></html>").message
    assert "request parameters" in fault(b"Recipes\n\nBoil the rice.\n").message


def test_bytes_that_are_not_utf8_name_their_line() -> None:
    error = fault("请求参数\n".encode() + "名称 类型 是否必选 示例值 描述\n".encode("gb18030"))
    assert isinstance(error.where, Location)
    assert error.where.line == 2
    assert "UTF-8" in error.message


def test_utf16_is_not_text() -> None:
    fault(FLAT.encode("utf-16"))
    fault(FLAT.encode("utf-16-le"))


def test_half_of_a_surrogate_pair_names_its_line() -> None:
    good = '{"name": "CreateThing",\n "parameters": [{"name": "Size\\ud83d\\udc0f", "in": "query", "schema": {}}]}'
    error = fault(good.replace("\\udc0f", "").encode(), "CreateThing.json")
    assert isinstance(error.where, Location)
    assert (error.where.line, "half of a surrogate pair" in error.message) == (2, True)
    assert [row.path for row in read_document(good.encode(), "CreateThing.json").parameters] == ["Size🐏"]


def test_a_file_too_large_for_a_page() -> None:
    assert "bytes" in fault(b"x" * (MAX_BYTES + 1)).message


def test_a_layout_that_is_not_known() -> None:
    assert "flat" in (fault(FLAT.encode(), layout="round").hint or "")


def test_a_layout_that_the_page_is_not_in() -> None:
    for layout in LAYOUTS:
        if layout != "flat":
            fault(FLAT.encode(), layout=layout)


@pytest.mark.parametrize("after", ["Parameter Type Required Example Description", "Size Integer No 3", "The size."])
def test_a_table_cut_in_the_middle(after: str) -> None:
    cut = FLAT[: FLAT.index(after) + len(after)]
    error = fault(cut.encode())
    assert isinstance(error.where, Location)
    assert error.where.line == cut.count("\n") + 1
    assert "middle of a table" in error.message


def test_a_row_of_errors_cut_in_the_middle() -> None:
    assert "middle of a table" in fault(FLAT[: FLAT.index(" is wrong.")].encode()).message


def test_the_name_comes_from_the_file_where_the_page_is_silent() -> None:
    silent = FLAT.replace("Action String Yes CreateThing\n\nWhat to do. Set the value to CreateThing.\n\n", "")
    assert read_document(silent.encode(), "folder/CreateThing.en.txt").operation == "CreateThing"
    assert "which operation" in fault(silent.encode(), "page.txt").message


def test_detection_fails_with_a_hint() -> None:
    with pytest.raises(DocumentError) as caught:
        detect_layout("nothing")
    assert caught.value.hint


def test_line_ends_of_other_systems() -> None:
    for end in ("\r\n", "\r"):
        assert read_document(FLAT.replace("\n", end).encode(), "a.txt").parameters == (
            read_document(FLAT.encode(), "a.txt").parameters
        )


def read_or_refuse(data: bytes) -> None:
    for layout in (None, *LAYOUTS):
        try:
            read_document(data, "CreateThing.txt", layout=layout)
        except DocumentError as error:
            assert error.hint  # noqa: PT017 - both ends are right: a contract or this error


@settings(deadline=None)
@given(st.binary(max_size=400))
@example(b"<![\x01")
@example(b"<![endif]--><!D[<table>")
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    read_or_refuse(data)


PIECES = st.sampled_from(
    [
        "|",
        "||",
        "| Name |",
        "|---|---|",
        "Request parameters",
        "请求参数",
        "## Error codes",
        "错误码",
        "返回参数",
        "Parameter Type Required Example Description",
        "|Parameter|Type|Required|Example|Description|",
        "名称 |",
        "类型 |",
        "必填 |",
        "描述 |",
        "Size Integer No 3",
        "string |",
        "array<object> |",
        "object |",
        "Valid values:",
        "取值:",
        "  • a: b",
        "-   **a**: b",
        "400 A.B c. D.",
        "| 400 | A.B | c. | |",
        "<table><tr><th>Parameter</th><th>Type</th><th>Description</th></tr><tr><td>A",
        '{"parameters": [{"name": "A", "type": "String"}]}',
        "名称类型必填描述示例值",
        "RegionIdstring是",
        "",
    ]
)


@settings(max_examples=scaled(300), deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=25))
def test_no_text_raises_anything_else(lines: list[str]) -> None:
    read_or_refuse("\n".join(lines).encode("utf-8", "ignore"))


@settings(max_examples=scaled(100), deadline=None)
@given(st.data())
def test_no_cut_of_a_captured_page_raises_anything_else(documents: Path, data: st.DataObject) -> None:
    page = (documents / data.draw(st.sampled_from(["CreateFlowLog.en.txt", "CreateFlowLog.zh.txt"]))).read_bytes()
    start = data.draw(st.integers(0, len(page)))
    end = data.draw(st.integers(start, len(page)))
    read_or_refuse(page[:start] + page[end:])


MARKED = """# CreateThing

## Request parameters

|Parameter|Type|Required|Example|Description|
|---------|----|--------|-------|-----------|
|Size|Integer|No|3|Valid values: 1 to 9. |

## Error codes

|HttpCode|Error code|Error message|Description|
|--|--|--|--|
|400|InvalidSize|The size is wrong.|x|
"""


def test_the_pages_of_two_operations_in_one_file() -> None:
    error = fault((MARKED + "\n" + MARKED.replace("CreateThing", "DeleteBarn")).encode())
    assert error.message == "this file has the pages of two operations, CreateThing and DeleteBarn"
    assert error.where == Location("CreateThing.en.txt", 15)
    read_document((MARKED + "\n# CreateThing\n\n# Notes\n").encode(), "CreateThing.md")


def test_what_nobody_sees_is_no_part_of_a_name_a_code_or_a_message() -> None:
    page = MARKED.replace("|Size", "|\u200bSi\u00adze\u00a0").replace("values: 1", "values:\u00a01")
    page = page.replace("InvalidSize|The", "Invalid\u200bSize\ufeff|The").replace("The size is", "The\u00a0size is")
    contract = read_document(page.encode(), "CreateThing.md")
    assert [(row.path, row.fact("maximum").value) for row in contract.parameters] == [("Size", 9)]
    assert [(row.code, row.message) for row in contract.errors] == [("InvalidSize", "The size is wrong.")]
