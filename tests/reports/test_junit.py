"""JUnit XML: what Jenkins' own schemas allow, whatever a server said, and with the verdicts that the report has."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import defusedxml.ElementTree
import pytest
from foreign import HOSTILE, LONG, SCHEMAS, hostile_cases, hostile_report
from hypothesis import given, settings
from profiles import scaled
from report_data import report_of, reports, result, started

from conformance.engine.events import case_finished, run_finished
from conformance.judging.results import Mismatch
from conformance.reports.formats.junit import junit_parts
from conformance.reports.tally import build_report

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from xmlschema import XMLSchema10

    from conformance.judging.report_entries import Report

WITH_PLACES, NEWEST = "junit-10-2.0.xsd", "junit-10.xsd"


@cache
def schema(name: str) -> XMLSchema10:
    from xmlschema import XMLSchema10  # noqa: PLC0415 - half a second in each process that collects the tests

    return XMLSchema10(str(SCHEMAS / name))


def written(report: Report, *, places: bool = True) -> str:
    return "".join(junit_parts(report, places=places))


def junit(report: Report) -> Element:
    root: Element = defusedxml.ElementTree.fromstring(written(report).encode())
    return root


def entry(**fields: Any) -> Element:
    found = junit(report_of([result(**fields)])).find(".//testcase")
    assert found is not None
    return found


@settings(max_examples=scaled(40))
@given(reports)
def test_it_is_what_jenkins_allows_and_counts_as_the_report_does(report: Report) -> None:
    assert [str(fault) for fault in schema(WITH_PLACES).iter_errors(written(report))] == []
    assert [str(fault) for fault in schema(NEWEST).iter_errors(written(report, places=False))] == []
    root = junit(report)
    assert len(root.findall(".//testcase")) == report["summary"]["total"]
    (suite,) = root.findall("testsuite")
    known = [case for case in report["cases"] if case["known_failing"] is not None]
    failing = sum(case["verdict"] == "mismatch" for case in report["cases"] if case not in known)
    assert int(suite.attrib["failures"]) == failing + report["summary"]["stale"]
    assert int(suite.attrib["tests"]) == report["summary"]["total"]
    assert int(suite.attrib["errors"]) == sum(
        case["verdict"] == "error" for case in report["cases"] if case not in known
    )
    assert float(suite.attrib["time"]) == 1.5


@pytest.mark.parametrize("text", [HOSTILE, LONG], ids=["hostile", "long"])
def test_a_hostile_server_neither_breaks_it_nor_fills_it(text: str) -> None:
    report = hostile_report(text)
    xml = written(report)
    assert [str(fault) for fault in schema(WITH_PLACES).iter_errors(xml)] == []
    assert [str(fault) for fault in schema(NEWEST).iter_errors(written(report, places=False))] == []
    assert len(xml) < len(hostile_cases("")) * 60_000
    assert not {"\x1b", "\x9b", "\u202e", "\x00"} & set(xml)
    assert {element.tag for element in junit(report).iter()} == {
        *("testsuites", "testsuite", "properties", "property", "testcase"),
        *("failure", "error", "skipped", "system-out"),
    }


def test_a_case_is_named_by_its_group_and_its_id_and_has_its_place() -> None:
    case = entry(name="MissingParameter/region-omitted", elapsed_ms=1500)
    assert case.attrib == {
        "name": "region-omitted",
        "classname": "CreateFlowLog.MissingParameter",
        "file": "cases/vpc/CreateFlowLog/x.yaml",
        "line": "4",
        "time": "1.500",
    }
    assert list(case) == []
    assert "file" not in entry(where="fuzz --seed 7").attrib


def test_a_suite_says_what_was_tested_through_what_and_by_which_documents() -> None:
    sdk = {"sdk": {"name": "an-sdk", "version": "1.2"}, "core": {"name": "a-core", "version": "0.4"}}
    target = {"endpoint": "http://127.0.0.1:45123", "driver": "python-v2", "signature": None, **sdk}
    last = run_finished(duration_s=1, interrupted=False)
    suite = junit(build_report([started(target=target), case_finished(result()), last]))
    found = {each.attrib["name"]: each.attrib["value"] for each in suite.findall("testsuite/properties/property")}
    tool = found.pop("tool")
    assert tool.startswith("acs-conformance ")
    assert found == {
        "SDK": "an-sdk 1.2",
        "core": "a-core 0.4",
        "driver": "python-v2",
        "documents": "English and Chinese",
        "date": "2026-01-31T08:00:00.000Z",
    }


def test_a_mismatch_says_what_differs_its_cause_and_how_to_see_it() -> None:
    found = Mismatch("response.body.Code", ("A", "B"), None, {"en": 150, "zh": None})
    other = Mismatch("response.status", (400,), 200, {"en": 150})
    report = report_of([result(verdict="mismatch", mismatches=(found, other), reproduce="curl x")])
    (failure,) = junit(report).iter("failure")
    key = report["groups"][0]["key"]
    line = 'response.body.Code: expected "A" or "B", observed success [English line 150, Chinese]'
    assert (failure.tag, failure.attrib) == ("failure", {"message": f"{line} and 1 more", "type": "mismatch"})
    title, cause, *rest = (failure.text or "").splitlines()
    assert title == "A case"
    assert cause.startswith(f"cause {key}: expected A or B, observed success")
    assert rest == [line, "response.status: expected 400, observed 200 [English line 150]", "curl x"]


@pytest.mark.parametrize(
    ("fields", "tag", "says"),
    [
        ({"verdict": "error", "reason": "no answer"}, "error", "no answer"),
        ({"verdict": "not_run", "reason": "needs state X"}, "skipped", "not_run: needs state X"),
        ({"verdict": "not_applicable", "reason": "silent"}, "skipped", "not_applicable: silent"),
        ({"verdict": "mismatch", "known_failing": "since May"}, "skipped", "known to fail: since May"),
        ({"verdict": "pass", "known_failing": "since May"}, "failure", "known failure"),
    ],
)
def test_it_never_shows_as_passed_what_was_not_judged(fields: dict[str, Any], tag: str, says: str) -> None:
    (child,) = entry(**fields)
    assert child.tag == tag
    assert says in child.attrib["message"]


def test_it_gives_back_a_reason_in_which_nothing_steers_a_terminal() -> None:
    (child,) = entry(verdict="error", reason="""a "quoted" word, it's <b>&amp;</b>, 流日志\t\r\n\u2028\0""")
    assert child.attrib["message"] == """a "quoted" word, it's <b>&amp;</b>, 流日志\\t\\r\\n\\u2028\\u0000"""


def test_a_divergence_is_passed_with_what_it_follows() -> None:
    (child,) = entry(verdict="divergent", follows=("zh",))
    assert child.tag == "system-out"
    assert child.text is not None
    assert child.text.startswith("divergent, follows Chinese")
