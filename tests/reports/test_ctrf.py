"""CTRF: what its own schema allows, whatever a server said, and with the verdicts that the report has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from foreign import HOSTILE, LONG, faults, hostile_cases, hostile_report
from hypothesis import given, settings
from profiles import scaled
from report_data import report_of, reports, result, started

from conformance.engine.events import case_finished, run_finished
from conformance.judging.results import Mismatch
from conformance.reports.formats.ctrf import ctrf_parts
from conformance.reports.tally import build_report

if TYPE_CHECKING:
    from conformance.judging.report_entries import Report

SCHEMA = "ctrf-schema-0.0.json"


def results_of(report: Report) -> dict[str, Any]:
    text = "".join(ctrf_parts(report))
    assert faults(SCHEMA, text) == []
    results: dict[str, Any] = json.loads(text)["results"]
    return results


@settings(max_examples=scaled(40))
@given(reports)
def test_it_is_what_its_schema_allows_and_counts_as_the_report_does(report: Report) -> None:
    found = results_of(report)
    summary = found["summary"]
    assert summary["tests"] == len(found["tests"]) == report["summary"]["total"]
    assert sum(summary[name] for name in ("passed", "failed", "skipped", "other", "pending")) == summary["tests"]
    assert summary["stop"] - summary["start"] == 1500


@pytest.mark.parametrize("text", [HOSTILE, LONG], ids=["hostile", "long"])
def test_a_hostile_server_neither_breaks_it_nor_fills_it(text: str) -> None:
    report = hostile_report(text)
    shown = "".join(ctrf_parts(report))
    assert faults(SCHEMA, shown) == []
    assert len(shown) < len(hostile_cases("")) * 250_000
    assert not {"\x1b", "\x9b", "\u202e", "\x00"} & set(shown)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"verdict": "pass"}, "passed"),
        ({"verdict": "divergent", "follows": ("zh",)}, "other"),
        ({"verdict": "mismatch"}, "failed"),
        ({"verdict": "error", "reason": "down"}, "failed"),
        ({"verdict": "not_run", "reason": "needs a state"}, "skipped"),
        ({"verdict": "mismatch", "known_failing": "since May"}, "skipped"),
        ({"verdict": "pass", "known_failing": "since May"}, "failed"),
    ],
)
def test_only_what_passes_is_shown_as_passed(fields: dict[str, Any], status: str) -> None:
    found = results_of(report_of([result(**fields)]))
    (test,) = found["tests"]
    assert (test["status"], test["rawStatus"]) == (status, fields["verdict"])
    assert found["summary"][status] == 1
    assert ("message" in test) == (status != "passed")


def test_a_test_has_its_place_its_causes_and_its_commands() -> None:
    found = Mismatch("response.body.Code", ("A",), "B", {"en": 150})
    cases = [result(f"X/{n}", "mismatch", mismatches=(found,), reproduce="curl x", rerun="again") for n in range(2)]
    report = report_of([*cases, result("X/pass")])
    results = results_of(report)
    (group,) = report["groups"]
    assert results["extra"]["causes"] == [group]
    assert [test.get("extra") for test in results["tests"]] == [
        *[{"causes": [group["key"]], "reproduce": "curl x", "rerun": "again"}] * 2,
        None,
    ]
    for test in results["tests"]:
        assert (test["suite"], test["filePath"], test["line"]) == (
            ["CreateFlowLog", "X"],
            "cases/vpc/CreateFlowLog/x.yaml",
            4,
        )


def test_the_environment_says_what_was_tested() -> None:
    target = {"endpoint": "http://127.0.0.1:45123", "driver": "go", "signature": None}
    last = run_finished(duration_s=1, interrupted=False)
    run = build_report([started(target={**target, "sdk": {"name": "an-sdk", "version": "1.2"}}), last])
    found = results_of(run)["environment"]
    assert (found["appName"], found["appVersion"], found["testEnvironment"]) == ("an-sdk", "1.2", "go")
    assert "45123" not in json.dumps(found)
    plain = results_of(build_report([started(target={**target, "driver": "http"}), case_finished(result()), last]))
    assert plain["environment"]["testEnvironment"] == "http://127.0.0.1:45123"
