"""`conformance fuzz` of several operations of a workspace that was made of pages: each with a budget of its own."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import jsonschema_rs
import pytest
from commands import REPOSITORY
from servers import Link, Server, whole

from conformance.server.process import ReferenceServer

if TYPE_CHECKING:
    from commands import Command

PAGE = """\
# {name}

[Debug](https://api.aliyun.com/#product=Farm&api={name}&type=RPC&version=2020-01-02)

## Request parameters

|Parameter|Type|Required|Example|Description|
|---------|----|--------|-------|-----------|
{parameters}

## Response parameters

|Parameter|Type|Example|Description|
|---------|----|-------|-----------|
|RequestId|String|0A1B|The ID of the request.|
{answer}
"""
BARN = "|BarnId|String|Yes|barn-0001|The ID of the barn.|"
PAGES = {
    "CreateBarn": (
        "|BarnName|String|No|red|The name. It must be 2 to 8 characters in length.|",
        "|BarnId|String|barn-0001|ID|",
    ),
    "DescribeBarns": (
        "|PageNumber|Integer|No|1|The page.|\n|PageSize|Integer|No|10|Entries on a page. Valid values: 1 to 50.|",
        "|PageNumber|Integer|1|The page.|\n|PageSize|Integer|10|Entries on a page.|",
    ),
    "DeleteBarn": (BARN, ""),
}


@pytest.fixture
def farm(conformance: Command, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command line, in a workspace of three operations without error rows."""
    Path("pages").mkdir()
    for name, (parameters, answer) in PAGES.items():
        Path("pages", f"{name}.md").write_text(PAGE.format(name=name, parameters=parameters, answer=answer), "utf-8")
    made = conformance("scaffold", "pages", "--product", "Farm", "--api-version", "2020-01-02", "-o", "ws")
    assert made.status == 0, made.out + made.err
    monkeypatch.chdir("ws")
    return conformance


def fuzzed(farm: Command, *words: str) -> tuple[int, str, dict[str, Any]]:
    # Time for a machine that is busy.
    done = farm("fuzz", *words, "--max-examples", "0", "--max-time", "900", "--seed", "1", "--report-dir", "r")
    return done.status, done.out + done.err, json.loads(Path("r/report.json").read_text("utf-8"))


def test_all_operations_are_tested_in_one_report_and_nothing_is_assumed_of_what_no_document_says(farm: Command) -> None:
    status, out, report = fuzzed(farm)
    assert status == 0, out
    assert "3 operations, " in out
    assert "seed 1" in out
    assert re.search(r"\d+ of \d+ parameters, \d+ of \d+ violations", out), out
    assert report["complete"]
    jsonschema_rs.validate(json.loads((REPOSITORY / "docs" / "report.schema.json").read_text("utf-8")), report)
    reached = report["fuzz"]["reached"]["en"]["parameters"]["reached"]
    assert {name.partition(":")[0] for name in reached} == set(PAGES)
    assert report["summary"]["mismatch"] == 0
    assert not [case for case in report["cases"] if "taken" in case["id"]]


def test_an_operation_without_a_valid_request_is_told_and_the_others_go_on(farm: Command) -> None:
    (base,) = Path("cases").glob("*/DeleteBarn/base.yaml")
    base.write_text("operation: DeleteBarn\nbases: {}\n", "utf-8")
    status, out, report = fuzzed(farm)
    assert status == 0, out
    assert "DeleteBarn/base.yaml:2:" in out
    assert "2 operations, " in out
    assert report["fuzz"]["requests"] > 0


def test_a_limit_that_a_server_ignores_is_found_though_no_document_has_a_code_for_it(farm: Command) -> None:
    def takes_all(link: Link) -> None:
        link.send(whole(json.dumps({"RequestId": str(uuid4()), "BarnId": "barn-0002"}).encode(), 200))

    with ReferenceServer() as states, Server(takes_all) as server:
        words = ("--endpoint", server.endpoint, "--states-url", states.states_url)
        status, out, _ = fuzzed(farm, "CreateBarn", *words)
    assert status == 1, out
    assert "expected an error of the request, with any code for BarnName, observed success" in out


def test_a_finding_has_the_line_of_a_document_and_is_at_that_fact_of_the_contract_in_sarif(farm: Command) -> None:
    def takes_all(link: Link) -> None:
        link.send(whole(json.dumps({"RequestId": str(uuid4()), "BarnId": "barn-0002"}).encode(), 200))

    with ReferenceServer() as states, Server(takes_all) as server:
        words = ("--endpoint", server.endpoint, "--states-url", states.states_url)
        status, out, report = fuzzed(farm, "CreateBarn", *words)
    assert status == 1, out
    pages = Path("../pages/CreateBarn.md").read_text("utf-8").splitlines()
    found = {case["title"]: case for case in report["cases"] if case["verdict"] == "mismatch"}
    assert found
    for case in found.values():
        assert case["rule_line"], case["title"]
        assert all(line is not None for each in case["mismatches"] for line in each["lines"].values()), case["title"]
    (too_long,) = (case for title, case in found.items() if title.startswith("BarnName.maxLength is broken"))
    assert "2 to 8 characters" in pages[too_long["rule_line"]["en"] - 1]
    written = farm("report", "r", "--format", "sarif", "-o", "r/found.sarif")
    assert written.status == 0, written.err
    (run,) = json.loads(Path("r/found.sarif").read_text("utf-8"))["runs"]
    places = {each["message"]["text"]: each["locations"][0]["physicalLocation"] for each in run["results"]}
    assert len(places) == len(found)
    for text, place in places.items():
        uri = place["artifactLocation"]["uri"]
        assert uri == "openapi/farm/2020-01-02/CreateBarn.en.yaml", text
        if "BarnName.maxLength is broken" in text:
            line = Path(uri).read_text("utf-8").splitlines()[place["region"]["startLine"] - 1]
            assert f"line: {too_long['rule_line']['en']}" in line
