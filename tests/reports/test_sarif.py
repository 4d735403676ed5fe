"""SARIF of a run: what the schema allows, with a place for each result that GitHub can show, whatever a server said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from foreign import HOSTILE, LONG, faults, hostile_report
from hypothesis import given, settings
from profiles import scaled
from report_data import report_of, reports, result

from conformance.core.sarif_log import sarif_message
from conformance.judging.results import Mismatch
from conformance.reports.formats import sarif as module
from conformance.reports.formats.sarif import sarif_parts

if TYPE_CHECKING:
    from conformance.judging.report_entries import Report

SCHEMA = "sarif-2.1.0-rtm.5.json"
ROOT = "/repository"


def run_of(report: Report, root: str = ROOT) -> dict[str, Any]:
    text = "".join(sarif_parts(report, root))
    assert faults(SCHEMA, text) == []
    (run,) = json.loads(text)["runs"]
    return dict(run)


def place(found: dict[str, Any]) -> tuple[str, int]:
    (location,) = found["locations"]
    physical = location["physicalLocation"]
    return physical["artifactLocation"]["uri"], physical["region"]["startLine"]


@settings(max_examples=scaled(40))
@given(reports)
def test_it_is_what_its_schema_allows_and_each_result_is_at_a_line_of_a_file(report: Report) -> None:
    run = run_of(report)
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for found in run["results"]:
        assert place(found) == ("cases/vpc/CreateFlowLog/x.yaml", 4)
        assert rules[found["ruleIndex"]] == found["ruleId"]
    differing = [
        case
        for case in report["cases"]
        if (case["known_failing"] is None and case["verdict"] in ("mismatch", "divergent"))
        or (case["known_failing"] is not None and case["verdict"] == "pass")
    ]
    assert len(run["results"]) == len(differing)
    prints = [found["partialFingerprints"]["conformanceCase/v1"] for found in run["results"]]
    assert len(set(prints)) == len(prints)


@pytest.mark.parametrize("text", [HOSTILE, LONG], ids=["hostile", "long"])
def test_a_hostile_server_neither_breaks_it_nor_fills_it(text: str) -> None:
    report = hostile_report(text)
    shown = "".join(sarif_parts(report, ROOT))
    assert faults(SCHEMA, shown) == []
    assert len(shown) < 60_000
    assert not {"\x1b", "\x9b", "\u202e", "\x00"} & set(shown)


def test_what_looks_like_a_link_in_a_message_is_none() -> None:
    assert sarif_message("a [b](javascript:alert(1)) [c]")["text"] == "a \\[b\\](javascript:alert(1)) \\[c\\]"
    assert sarif_message("expected 1 [English line 5]")["text"] == "expected 1 [English line 5]"


@pytest.mark.parametrize(
    ("where", "shown"),
    [
        ("cases/farm/x.yaml:7:3", ("cases/farm/x.yaml", 7)),
        ("/repository/own/cases/x y.yaml:7:3", ("own/cases/x%20y.yaml", 7)),
        ("/venv/lib/python3.11/site-packages/conformance/_data/cases/vpc/x.yaml:9", ("cases/vpc/x.yaml", 9)),
        ("fuzz --seed 7", ("conformance.yaml", 1)),
        ("", ("conformance.yaml", 1)),
    ],
)
def test_a_file_is_named_from_the_root_of_the_repository(where: str, shown: tuple[str, int]) -> None:
    (found,) = run_of(report_of([result(verdict="mismatch", where=where)]))["results"]
    assert place(found) == shown


def test_what_is_not_known_is_no_result_and_is_told() -> None:
    cases = [result(f"X/e{n}", "error", reason="no answer") for n in range(3)]
    run = run_of(report_of([*cases, result("X/not-run", "not_run", reason="needs a state"), result("X/ok")]))
    assert run["results"] == []
    told = run["invocations"][0]["toolExecutionNotifications"]
    unknown = [each for each in told if "nothing is known of" in each["message"]["text"]]
    assert len(unknown) == 3
    assert unknown[0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 4}


def test_levels_and_rules_are_stable_words() -> None:
    code = Mismatch("response.body.Code", ("A",), "B", {"en": 150})
    status = Mismatch("response.status", (400,), 200, {"en": 150})
    cases = [
        result("X/code", "mismatch", mismatches=(code, status)),
        result("X/status", "mismatch", mismatches=(status,)),
        result("X/field", "mismatch", mismatches=(Mismatch("response.body.Id", ("x",), None, {"en": 1}),)),
        result("X/sdk", "mismatch", mismatches=(Mismatch("sdk.request.Id", ("x",), None, {"en": 1}),)),
        result("X/two", "divergent", mismatches=(code,), follows=("zh",)),
        result("X/stale", known_failing="since May"),
    ]
    found = {each["ruleId"]: each["level"] for each in run_of(report_of(cases))["results"]}
    levels = dict.fromkeys(("code", "status", "body", "sdk", "stale"), "error")
    assert found == {**levels, "divergent": "note"}


def test_it_has_no_more_results_than_github_shows_and_first_one_of_each_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_RESULTS", 3)
    code = Mismatch("response.body.Code", ("A",), "B", {"en": 150})
    status = Mismatch("response.headers.X", ("x",), "y", {"en": 150})
    cases = [result(f"X/c{n}", "mismatch", mismatches=(code,)) for n in range(5)]
    run = run_of(report_of([*cases, result("X/last", "mismatch", mismatches=(status,))]))
    assert [found["ruleId"] for found in run["results"]] == ["code", "answer", "code"]
    told = [each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"]]
    assert "3 cases more differ, and are left out here; the report has them" in told
