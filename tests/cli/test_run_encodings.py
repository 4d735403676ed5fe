"""JSON, a list with commas, a map and lists within lists: from a page to what a server decodes."""
# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from servers import Server, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from commands import Command
    from servers import Link

PAGE = """\
# MakeFlock

Makes a flock.

https://farm.aliyuncs.com/?Action=MakeFlock&Version=2020-02-02

## Request parameters

|Parameter|Type|Required|Example|Description|
|---------|----|--------|-------|-----------|
|Sheep|String|Yes|[{"EarTag":"e-1****","Weight":30}]|The sheep, a JSON array. You can specify up to 3 sheep.

-   **EarTag**: required. The tag.
-   **Weight**: the weight. It must be set to an integer. Valid values: 1 to 200. |
|Fields|String|No|10.0.0.1,10.0.0.2|The addresses of the fields. Separate multiple addresses with commas (,). You can specify up to 2 addresses. Each address must be 7 to 15 characters in length. |
|Breeds|String|No|merino|The breeds. Separate multiple breeds with commas (,). Valid values: **merino** and **texel**. |
|Marks|Map|No||The marks. |
|Pen.N.Gate.M.Key|String|No|g|The gates of the pens. The key must be 1 to 5 characters in length. |
|Tag.N.Key|String|No|a|The key. |
|Tag.N.key|String|No|b|The key in its old spelling. |

## Response parameters

|Parameter|Type|Example|Description|
|---------|----|-------|-----------|
|FlockId|String|f-1|The ID. |
|RequestId|String|0A1B|The ID of the request. |

## Error codes

|HttpCode|Error code|Error message|Description|
|--------|----------|-------------|-----------|
|400|MissingParameter|A parameter is missing.|A parameter that is required is missing. |
|400|InvalidParameter|A parameter is wrong.|A parameter has a value that it cannot have. |
"""
BASE = """\
bases:
  plain:
    given: []
    parameters:
      Sheep:
        - {EarTag: e-1, Weight: 30}
"""
CASES = """\
operation: MakeFlock
base: plain
cases:
  - id: everything
    title: Each parameter in its form
    set:
      Sheep: [{EarTag: é, Weight: 1}, {EarTag: "b,\\"c"}]
      Fields: [10.0.0.1, 10.0.0.2]
      Marks: {team: north, "a b": "1"}
      Pen: [{Gate: [{Key: x}, {Key: y}]}, {Gate: [{Key: z}]}]
      Tag: [{Key: new, key: old}]
    expect: {success: true}
    trigger: documented
  - id: one-sheep-too-many
    title: A sheep more than there may be
    fact: Sheep.maxItems
    set: {Sheep: {item: {EarTag: "e-${index}"}, times: 4}}
    expect: {error: InvalidParameter}
    trigger: documented
  - id: too-heavy
    title: A sheep that weighs too much
    fact: "Sheep[].Weight.maximum"
    set: {Sheep: [{EarTag: e-1, Weight: 201}]}
    expect: {error: InvalidParameter}
    trigger: documented
  - id: no-json
    title: A text that is no JSON is sent as it is
    set: {Sheep: "[{"}
    expect: {error: InvalidParameter}
    trigger: inferred
"""


@pytest.fixture
def farm(conformance: Command, tmp_path: Path) -> Path:
    """A workspace with the contract of the page, and hand-written cases; the folder of the cases."""
    assert conformance("init").status == 0
    page = tmp_path / "MakeFlock.en.md"
    page.write_text(PAGE, encoding="utf-8")
    assert conformance("derive", str(page)).status == 0
    folder = tmp_path / "cases" / "farm" / "MakeFlock"
    folder.mkdir(parents=True)
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    (folder / "cases.yaml").write_text(CASES, encoding="utf-8")
    return folder


def sheep_of(text: str) -> list[dict[str, Any]] | None:
    try:
        return [dict(each) for each in json.loads(text)]
    except (ValueError, TypeError):
        return None


def refusal(sent: Mapping[str, str], most: int = 3) -> str | None:
    """Return the code with which a server that decodes what it gets refuses it; `None` when it takes it."""
    if not sent.get("Sheep"):
        return "MissingParameter"
    sheep = sheep_of(sent["Sheep"])
    if sheep is None or not all(set(each) <= {"EarTag", "Weight"} for each in sheep):
        return "InvalidParameter"
    if not all("EarTag" in each for each in sheep):
        return "MissingParameter"
    fields = sent["Fields"].split(",") if "Fields" in sent else []
    keys = [text for name, text in sent.items() if name.startswith("Pen.")]
    fine = (
        len(sheep) <= most
        and all(1 <= int(each.get("Weight", 1)) <= 200 for each in sheep)
        and len(fields) <= 2
        and all(7 <= len(each) <= 15 for each in fields)
        and set(sent.get("Breeds", "texel").split(",")) <= {"merino", "texel"}
        and all(1 <= len(key) <= 5 for key in keys)
    )
    return None if fine else "InvalidParameter"


def run(
    conformance: Command, refuses: Callable[[Mapping[str, str]], str | None], *words: str
) -> tuple[dict[str, str], list[dict[str, str]]]:
    """Return the verdicts by the last part of each id, and every request that came."""
    numbers, came = count(), []

    def answer(link: Link) -> bool:
        came.append(link.request.params)
        code = refuses(link.request.params)
        message = "A parameter is missing." if code == "MissingParameter" else "A parameter is wrong."
        body = {"FlockId": "f-1"} if code is None else {"HostId": "h", "Code": code, "Message": message}
        link.send(whole(json.dumps(body | {"RequestId": str(next(numbers))}).encode(), 400 if code else 200))
        return True

    with Server(answer) as running:
        done = conformance.run("--endpoint", running.endpoint, *words)
    return {name.rpartition("/")[2]: verdict for name, verdict in done.verdicts.items()}, came


def test_cases_reach_the_wire_in_the_form_of_each_parameter(conformance: Command, farm: Path) -> None:
    assert farm.is_dir()
    verdicts, came = run(conformance, refusal)
    assert set(verdicts.values()) == {"pass"}
    everything = next(sent for sent in came if "Fields" in sent)
    own = {
        name: text
        for name, text in everything.items()
        if name.partition(".")[0] in ("Sheep", "Fields", "Marks", "Pen", "Tag")
    }
    assert own == {
        "Sheep": '[{"EarTag":"é","Weight":1},{"EarTag":"b,\\"c"}]',
        "Fields": "10.0.0.1,10.0.0.2",
        "Marks.team": "north",
        "Marks.a b": "1",
        "Pen.1.Gate.1.Key": "x",
        "Pen.1.Gate.2.Key": "y",
        "Pen.2.Gate.1.Key": "z",
        "Tag.1.Key": "new",
        "Tag.1.key": "old",
    }


def test_a_server_that_counts_no_items_is_found_by_the_case_of_the_count_alone(
    conformance: Command, farm: Path
) -> None:
    assert farm.is_dir()
    verdicts, _ = run(conformance, lambda sent: refusal(sent, most=100))
    assert {name for name, verdict in verdicts.items() if verdict != "pass"} == {"one-sheep-too-many"}


def test_skeletons_break_one_rule_each_and_pass_on_a_server_that_keeps_them(conformance: Command, farm: Path) -> None:
    from conformance.cases.scaffold.skeletons import scaffold  # noqa: PLC0415 - beside the command that this is about
    from conformance.extraction.read import read_document  # noqa: PLC0415

    for name, text in scaffold({"en": read_document(PAGE.encode(), "MakeFlock.en.md")}).items():
        (farm / name).write_text(text, encoding="utf-8")
    verdicts, _ = run(conformance, refusal)
    assert set(verdicts.values()) <= {"pass", "not_run"}
    ran = {name for name, verdict in verdicts.items() if verdict == "pass"}
    assert {
        "sheep-max-items-kept",
        "sheep-max-items-broken",
        "sheep-weight-minimum-broken",
        "sheep-weight-maximum-broken",
        "sheep-ear-tag-required-omitted",
        "fields-max-items-kept",
        "fields-max-items-broken",
        "fields-max-length-broken",
        "breeds-enum-broken",
        "pen-gate-key-max-length-broken",
    } <= ran
    mended, _ = run(conformance, lambda sent: refusal(sent, most=100))
    assert {name for name, verdict in mended.items() if verdict == "mismatch"} == {
        "one-sheep-too-many",
        "sheep-max-items-broken",
    }


def test_coverage_sees_what_is_inside_a_value(conformance: Command, farm: Path) -> None:
    assert farm.is_dir()
    entries = json.loads(conformance("coverage", "--json", "MakeFlock").out)
    missing = {entry["name"]: entry["missing"] for entry in entries if entry["kind"] == "parameter"}
    assert missing["Sheep[].Weight"] is None
    assert missing["Pen[].Gate[].Key"] is None
    assert missing["Tag[].key"] is None
    assert missing["Breeds"] == "no case sends or tests it"
