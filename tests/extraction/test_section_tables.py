"""Tables of Markdown in the forms that pages have: rules, indentation, names, and types in tables of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.core.errors import DocumentError, Location
from conformance.extraction.read import read_document, read_document_with_notes

if TYPE_CHECKING:
    from conformance.contract.model import Contract
    from conformance.extraction.page import Note

REQUEST = """|Name|Type|Required|Description|
|:---|:---|:-------|:----------|
|Action|String|Yes|Set the value to ShearFlock.|
|FlockId|String|Yes|The ID.|
"""
RESPONSE = """|Name|Type|Description|
|:---|:---|:----------|
|RequestId|String|The ID of the request.|
"""
ERRORS = """|HTTP status code|Error code|Error message|Description|
|:---|:---|:---|:---|
|400|BadFlock|No such flock.|Choose another.|
"""


def page(request: str = REQUEST, response: str = RESPONSE, errors: str = ERRORS) -> str:
    return (
        "# ShearFlock\n\nShears a flock.\n\n"
        f"## Request parameters\n\n{request}\n## Response parameters\n\n{response}\n"
        f"## Examples\n\n```\nhttps://farm.example/?Action=ShearFlock\n```\n\n## Error codes\n\n{errors}\n"
    )


def read(text: str) -> tuple[Contract, tuple[Note, ...]]:
    return read_document_with_notes(text.encode(), "ShearFlock.md")


def paths(contract: Contract) -> tuple[list[str], list[str]]:
    return [row.path for row in contract.parameters], [row.path for row in contract.responses]


PLAIN = (["FlockId"], ["RequestId"])


@pytest.mark.parametrize("rule", ["|:-|:-|:-|:-|", "|-|-|-|-|", "|:-:|-:|:--|---|", "| - | - | - | - |"])
def test_a_rule_may_have_one_dash(rule: str) -> None:
    contract, notes = read(
        page().replace("|:---|:---|:-------|:----------|", rule).replace("|:---|:---|:---|:---|", rule)
    )
    assert paths(contract) == PLAIN
    assert [(row.status, row.code) for row in contract.errors] == [(400, "BadFlock")]
    assert notes == ()


def test_a_table_may_stand_below_a_bullet() -> None:
    below = "".join(f"    {line}\n" for line in REQUEST.splitlines())
    many = "    |Size|Integer|No|How many. Valid values:    -   **1**\n    -   **2** |\n"
    text = page(f"-   Request headers\n\n    None of its own.\n\n-   Parameters\n\n{below}{many}")
    contract, notes = read(text)
    assert paths(contract) == (["FlockId", "Size"], ["RequestId"])
    size = contract.parameter("Size")
    assert size is not None
    assert (size.line, size.fact("enum").value) == (17, (1, 2))
    assert notes == ()


def test_names_have_no_escapes_blanks_around_dots_or_colons() -> None:
    rows = "|X\\_y\\_Z|String|No|A.|\n|Pen. Key|String|No|B.|\n|orderId:|String|No|C.|\n"
    assert paths(read(page(REQUEST + rows))[0])[0] == ["FlockId", "X_y_Z", "Pen.Key", "orderId"]


def test_what_is_no_name_is_no_parameter() -> None:
    rows = "|How many there are|Integer|No|A.|\n|Name|Type|Required|Description|\n|\u591a\u5c11|String|No|B.|\n"
    contract, notes = read(page(REQUEST + rows))
    assert paths(contract) == PLAIN
    assert [(note.line, note.what.partition(" is no name")[0]) for note in notes] == [
        (11, "'How many there are'"),
        (13, "'\u591a\u5c11'"),
    ]


def test_a_page_without_any_name_is_refused_and_says_what_it_has_instead() -> None:
    text = page(REQUEST[: REQUEST.index("|Action")] + "|How many|String|Yes|A.|\n")
    with pytest.raises(DocumentError, match="has no rows: 'How many' is no name of a parameter") as caught:
        read_document(text.encode(), "ShearFlock.md")
    assert caught.value.where == Location("ShearFlock.md", 9)


NESTED = (
    RESPONSE
    + """|Pens|Array of [PenType](#PenType)|The pens.|
|Shepherd|Object|Whoever is there (`Person`).|
|Total|Integer|How many.|

**PenType**

|Name|Type|Description|
|:-|:-|:-|
|PenId|String|The ID.|
|Ewes|Array of [EweType](#EweType)|The ewes.|

**EweType**

|Name|Type|Description|
|:-|:-|:-|
|EweId|String|The ID.|
|Within|[PenType](#PenType)|Where.|

**Type Person**

|Name|Type|Description|
|:-|:-|:-|
|Name|String|The name.|
"""
)


def test_members_of_a_type_are_below_the_rows_that_name_it() -> None:
    contract, notes = read(page(response=NESTED))
    assert paths(contract)[1] == [
        "RequestId",
        "Pens[].PenId",
        "Pens[].Ewes[].EweId",
        "Pens[].Ewes[].Within",
        "Shepherd.Name",
        "Total",
    ]
    assert [note.what for note in notes] == ["Within: a type that is not known: 'PenType'"] * len(notes)


def test_what_a_table_belongs_to_is_never_guessed() -> None:
    """Its rows could be members of any list above, and an answer without them would be blamed."""
    second = "\n|Name|Type|Description|\n|:---|:---|:---|\n|EweId|String|The ID.|\n"
    for title in ("", "\nThe animals:\n"):
        contract, notes = read(page(response=f"{RESPONSE}|Ewes|List|The ewes.|\n{title}{second}"))
        assert paths(contract)[1] == ["RequestId", "Ewes[]"]
        assert [note.what for note in notes] == [
            "nothing shows what a table of this section belongs to: it is left out"
        ]


def test_request_parameters_in_several_tables_with_titles_are_all_parameters() -> None:
    more = "\nOf the wool:\n\n|Name|Type|Required|Description|\n|:---|:---|:---|:---|\n|Colour|String|Yes|A.|\n"
    assert paths(read(page(REQUEST + more))[0])[0] == ["FlockId", "Colour"]


def test_a_page_without_response_fields_and_errors_is_whole_when_it_goes_on() -> None:
    text = page(response="None.\n", errors="None of its own.\n")
    assert paths(read(text)[0]) == (["FlockId"], [])
    cut = text[: text.index("## Examples")]
    with pytest.raises(DocumentError, match="ends after its request parameters"):
        read_document(cut.encode(), "ShearFlock.md")


def test_a_sample_right_below_a_table_does_not_hide_what_follows() -> None:
    contract, _ = read(page(response=f"{RESPONSE}```\n{{}}\n```\n"))
    assert [row.code for row in contract.errors] == ["BadFlock"]


@pytest.mark.parametrize(
    "line",
    ["POST / HTTP/1.1", "GET /? offset=offset&size=size HTTP/1.1", "POST Pen.Endpoint/flocks/flockName/track HTTP/1.1"],
)
def test_a_request_line_without_an_action_is_of_another_style(line: str) -> None:
    silent = page().replace("|Action|String|Yes|Set the value to ShearFlock.|\n", "").replace("?Action=ShearFlock", "")
    with pytest.raises(DocumentError, match="called in ROA style"):
        read_document(silent.replace("Shears a flock.", f"```\n{line}\n```").encode(), "ShearFlock.md")
    assert paths(read(page().replace("Shears a flock.", "```\nPOST / HTTP/1.1\n```"))[0]) == PLAIN


@pytest.mark.parametrize("title", ["Shear a flock", "\u526a\u7f8a\u6bdb"])
def test_below_a_title_in_words_the_operation_is_where_the_page_says_it(title: str) -> None:
    text = page().replace("# ShearFlock\n", f"# {title}\n\n## Debugging\n").replace("?Action=ShearFlock", "")
    assert read_document(text.encode(), "flocks-2.md").operation == "ShearFlock"
    silent = text.replace("Set the value to ShearFlock.", "Needed.")
    with pytest.raises(DocumentError, match="nothing says which operation"):
        read_document(silent.encode(), "flocks-2.md")
