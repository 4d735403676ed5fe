"""Product and version of a page: what it says, in each place where pages say it, and nothing else."""

from __future__ import annotations

import json

import pytest

from conformance.core.errors import DocumentError
from conformance.extraction.identity import Given
from conformance.extraction.read import read_document

LINK = "https://api.aliyun.com/#product=Farm&api=CreateThing&type=RPC&version=2020-01-02"
PAGE = """\
# CreateThing

{said}

## Request parameters

|Parameter|Type|Required|Example|Description|
|---------|----|--------|-------|-----------|
|Action|String|Yes|CreateThing|The operation.|
{row}

## Response parameters

|Parameter|Type|Example|Description|
|---------|----|-------|-----------|
|RequestId|String|0A1B|The request ID.|
"""


def said(text: str = "", row: str = "", given: Given = Given()) -> tuple[str, str]:  # noqa: B008 - it cannot change
    page = PAGE.format(said=text, row=row).replace("\n\n\n\n", "\n\n").replace("|\n\n\n#", "|\n\n#")
    contract = read_document(page.encode(), "page.md", given=given)
    return contract.product, contract.version


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nothing.", ("", "")),
        (f"[Debug]({LINK})", ("farm", "2020-01-02")),
        (f"[Debug]({LINK.replace('&', '&amp;')})", ("farm", "2020-01-02")),
        ("[Debug](https://api.aliyun.com/#product=R-farm&api=CreateThing)", ("r-farm", "")),
        ("[Debug](https://api.aliyun.com/?product=Farm)", ("farm", "")),
        ("[See](https://api.aliyun.com/#product=Barn&api=DescribeThings&version=2021-03-04)", ("", "")),
        ("[Debug](https://next.api.aliyun.com/api/Farm/2020-01-02/CreateThing?lang=EN)", ("farm", "2020-01-02")),
        ("[See](https://next.api.aliyun.com/api/Barn/2021-03-04/DescribeThings)", ("", "")),
        ("```\nhttps://farm.aliyuncs.com/?Action=CreateThing\n&Name=a\n```", ("farm", "")),
        ("```\nhttp(s)://farm.cn-north.aliyuncs.com/?Name=a&Action=CreateThing\n```", ("farm", "")),
        ("https://farm-cn-north-1.aliyuncs.com?Action=CreateThing&Version=2020-01-02", ("farm", "2020-01-02")),
        ("https://farm-pop.aliyuncs.com/?Action=CreateThing", ("", "")),
        ("https://barn.aliyuncs.com/?Action=CreateThings", ("", "")),
        ("https://barn.aliyuncs.com/?Action=DescribeThings&Next=CreateThing", ("", "")),
        ("https://[Endpoint]/?Action=CreateThing&Version=2020-01-02", ("", "2020-01-02")),
        ("https://pictures.oss.aliyuncs.com/a.png", ("", "")),
        ("The RAM action is `farm:CreateThing`.", ("", "")),
    ],
)
def test_a_page_says_what_it_is_of(text: str, expected: tuple[str, str]) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("row", "version"),
    [
        ("|Version|String|Yes|2020-01-02|The version of the API.|", "2020-01-02"),
        ("|Version|String|Yes| |The version of the API. Set the value to **2020-01-02**.|", "2020-01-02"),
        ("|Version|String|Yes|1.0|The version of the thing.|", ""),
        ("|Version|String|No|2020-01-02|The version of the policy, 2020-01-02 or 2021-03-04.|", ""),
    ],
)
def test_the_row_of_the_version_says_it(row: str, version: str) -> None:
    assert said(row=row) == ("", version)


def test_what_is_given_holds_where_the_page_says_nothing() -> None:
    given = Given("Farm", "2020-01-02")
    assert said("Nothing.", given=given) == ("farm", "2020-01-02")
    assert said(f"[Debug]({LINK})", given=given) == ("farm", "2020-01-02")
    assert said("[Debug](https://api.aliyun.com/?product=Farm)", given=given) == ("farm", "2020-01-02")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (Given("barn"), "page.md:3: the page is of the product farm, not barn"),
        (Given(version="2021-03-04"), "page.md:3: the page is of the version 2020-01-02, not 2021-03-04"),
    ],
)
def test_what_is_given_never_changes_what_the_page_says(given: Given, message: str) -> None:
    with pytest.raises(DocumentError, match=message):
        said(f"[Debug]({LINK})", given=given)


@pytest.mark.parametrize(
    "text",
    [
        "```\nPOST /things/{id}/parts HTTP/1.1\n```",
        "    GET /things?type=a HTTP/1.1",
        "[Debug](https://api.aliyun.com/#product=Farm&api=CreateThing&type=ROA&version=2020-01-02)",
    ],
)
def test_a_page_in_roa_style_is_refused_by_name(text: str) -> None:
    with pytest.raises(DocumentError, match=r"page\.md:\d+: this operation is called in ROA style"):
        said(text)


@pytest.mark.parametrize("text", ["`GET /?Action=CreateThing`", "POST / HTTP/1.1", "Send a GET or a POST request."])
def test_a_call_by_action_is_none(text: str) -> None:
    assert said(text) == ("", "")


def metadata(**more: object) -> bytes:
    return json.dumps({"name": "CreateThing", "parameters": [], **more}, indent=1).encode()


def test_metadata_says_it_in_its_own_members() -> None:
    found = read_document(metadata(product="Farm", version="2020-01-02", pathPattern=""), "CreateThing.json")
    assert (found.product, found.version) == ("farm", "2020-01-02")
    found = read_document(metadata(product={"code": "Farm"}, version=2), "CreateThing.json")
    assert (found.product, found.version) == ("", "")


def test_metadata_with_a_path_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"x\.json:4: this operation is called in ROA style.*/things/\[Id\]"):
        read_document(metadata(pathPattern="/things/[Id]"), "x.json")
