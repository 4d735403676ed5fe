"""Tables of errors whose cells span rows, and those that lack a column."""

from __future__ import annotations

import re

import pytest

from conformance.extraction.read import leaves_doubt, read_document, read_document_with_notes

MARKDOWN = """# CreateBarn

Creates a barn.

## Request parameters

|Parameter|Type|Required|Example|Description|
|---------|----|--------|-------|-----------|
|Size|Integer|No|3|The size. |

## Response parameters

|Parameter|Type|Example|Description|
|---------|----|-------|-----------|
|RequestId|String|4C-A3|The ID. |

## Error codes

{errors}
"""
HTML = """<html><body><h1>CreateBarn</h1><h2>Request parameters</h2>
<table><tr><th>Parameter</th><th>Type</th><th>Required</th><th>Description</th></tr>
<tr><td>Size</td><td>integer</td><td>No</td><td>The size.</td></tr></table>
<h2>Error codes</h2>
<table><tr><th>HTTP status code</th><th>Error code</th><th>Error message</th><th>Description</th></tr>
{errors}</table></body></html>
"""
Rows = list[tuple[int, str, str]]


def rows_of(page: str, name: str = "CreateBarn.md") -> Rows:
    return [(row.status, row.code, row.message) for row in read_document(page.encode(), name).errors]


def test_a_cell_of_html_that_spans_rows_is_in_each_of_them() -> None:
    page = HTML.format(
        errors="<tr><td rowspan=3>400</td><td>BadSize</td><td>Bad.</td><td>x</td></tr>\n"
        "<tr><td rowspan='2'>BadDoor</td><td>No door.</td><td>x</td></tr>\n"
        "<tr><td>Two doors.</td><td>x</td></tr>\n"
        "<tr><td>404</td><td rowspan=0>NoBarn</td><td>None.</td><td>x</td></tr>\n"
    )
    assert rows_of(page, "CreateBarn.html") == [
        (400, "BadSize", "Bad."),
        (400, "BadDoor", "No door."),
        (400, "BadDoor", "Two doors."),
        (404, "NoBarn", "None."),
    ]


HEADER = "|HttpCode|Error code|Error message|Description|\n|--|--|--|--|\n"


@pytest.mark.parametrize("layout", ["markdown", "one-line-pipes", "html"])
def test_an_empty_status_or_code_is_that_of_the_row_above(layout: str) -> None:
    cells = [
        ("400", "BadSize", "Bad."),
        ("", "BadDoor", "No door."),
        ("", "", "Two doors."),
        ("404", "", "Not the code of another status."),
        ("", "NoBarn", "Below a row that was not read."),
    ]
    if layout == "html":
        page = HTML.replace(
            "{errors}", "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in (*row, 'x'))}</tr>" for row in cells)
        )
    else:
        page = MARKDOWN.format(errors=HEADER + "\n".join(f"|{'|'.join(row)}|x|" for row in cells))
    if layout == "one-line-pipes":
        page = re.sub(r"(?m)^\|--.*\n", "", page)
    contract, notes = read_document_with_notes(page.encode(), "CreateBarn")
    assert contract.source.layout == layout
    assert [(row.status, row.code, row.message) for row in contract.errors] == [
        (400, "BadSize", "Bad."),
        (400, "BadDoor", "No door."),
        (400, "BadDoor", "Two doors."),
    ]
    assert [note.what for note in notes] == ["a row of the table of errors without status or code"] * 2


@pytest.mark.parametrize("header", ["|HttpCode|Error code|Description|", "|HttpCode|错误码|描述|"])
def test_a_description_is_no_message(header: str) -> None:
    page = MARKDOWN.format(errors=f"{header}\n|--|--|--|\n|400|BadSize|The size is wrong.|\n")
    assert rows_of(page) == [(400, "BadSize", "")]


def test_the_first_of_two_descriptions_is_the_message() -> None:
    page = MARKDOWN.format(errors="|错误代码|描述|HTTP状态码|语义|\n|--|--|--|--|\n|BadSize|Bad.|400|大小不对。|\n")
    assert rows_of(page) == [(400, "BadSize", "Bad.")]


def test_a_row_with_several_statuses_is_a_row_of_each() -> None:
    cells = ("400/403", "404 or 409", "HTTP 500、503", "400 (was 403)")
    rows = "\n".join(f"|{cell}|Code{place}|Wrong.|x|" for place, cell in enumerate(cells))
    assert [row[:2] for row in rows_of(MARKDOWN.format(errors=HEADER + rows))] == [
        (400, "Code0"),
        (403, "Code0"),
        (404, "Code1"),
        (409, "Code1"),
        (500, "Code2"),
        (503, "Code2"),
        (400, "Code3"),
    ]


def test_a_message_with_a_bar_is_known_by_the_other_document_alone() -> None:
    torn = MARKDOWN.format(errors=HEADER + "|400|BadSize|Only <a> | <b>.|Choose one.|\n")
    whole = MARKDOWN.format(errors=HEADER + "|400|BadSize|Only <a> \\| <b>.|Choose one.|\n")
    assert rows_of(torn) == [(400, "BadSize", "")]
    other = read_document(whole.encode(), "CreateBarn.md")
    settled = read_document(torn.encode(), "CreateBarn.md", companion=other)
    assert [row.message for row in settled.errors] == [row.message for row in other.errors] == ["Only <a> | <b>."]
    assert leaves_doubt(settled)
    described = MARKDOWN.format(errors=HEADER + "|400|BadSize|The size is wrong.|Choose 1 | 2.|\n")
    assert rows_of(described) == [(400, "BadSize", "The size is wrong.")]
