"""The other formats: well-formed whatever a server said, and with the verdicts that the report has."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import defusedxml.ElementTree
import jsonschema_rs
import pytest
from hypothesis import given, settings
from profiles import scaled
from report_data import any_text, report_of, reports, result

from conformance.core.terminal import printable
from conformance.judging.results import Mismatch
from conformance.reports.formats.ctrf import ctrf
from conformance.reports.formats.html import html_page
from conformance.reports.formats.junit import junit_parts
from conformance.reports.formats.markdown import markdown_page
from conformance.reports.formats.text import mismatch_line, value_text

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from conformance.judging.report_entries import Report

CONTROLS = {chr(code) for code in (*range(32), *range(0x7F, 0xA0), 0x200E, 0x202E, 0x2028, 0x2029, 0xFEFF)}


def junit(report: Report) -> Element:
    root: Element = defusedxml.ElementTree.fromstring("".join(junit_parts(report)).encode())
    return root


def entry(**fields: Any) -> Element:
    found = junit(report_of([result(**fields)])).find(".//testcase")
    assert found is not None
    return found


@settings(max_examples=scaled(60))
@given(reports)
def test_junit_is_well_formed_and_counts_as_the_report_does(report: Report) -> None:
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


def test_junit_names_a_case_by_its_group_and_its_id() -> None:
    case = entry(name="MissingParameter/region-omitted", elapsed_ms=1500)
    assert case.attrib["name"] == "region-omitted"
    assert case.attrib["classname"] == "CreateFlowLog.MissingParameter"
    assert float(case.attrib["time"]) == 1.5
    assert list(case) == []


def test_junit_says_of_a_mismatch_what_differs_and_how_to_see_it() -> None:
    found = Mismatch("response.body.Code", ("A", "B"), None, {"en": 150, "zh": None})
    properties, failure = entry(verdict="mismatch", mismatches=(found,), reproduce="curl x")
    assert [each.attrib["value"] for each in properties] == ["expected A or B, observed success"]
    assert failure.tag == "failure"
    assert failure.text == (
        'response.body.Code: expected "A" or "B", observed success [English line 150, Chinese]\ncurl x'
    )


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
def test_junit_never_shows_as_passed_what_was_not_judged(fields: dict[str, Any], tag: str, says: str) -> None:
    child = entry(**fields)[-1]  # before it may be properties
    assert child.tag == tag
    assert says in child.attrib["message"]


def test_junit_gives_back_every_character_of_a_reason() -> None:
    reason = """a "quoted" word,\tit's <b>&amp;</b>,\r\nand\u2028more"""
    *_, child = entry(verdict="error", reason=f"{reason}\0")
    assert child.attrib["message"] == f"{reason}\ufffd"


def test_junit_shows_a_divergence_as_passed_with_what_it_follows() -> None:
    (child,) = entry(verdict="divergent", follows=("zh",))
    assert child.tag == "system-out"
    assert child.text is not None
    assert child.text.startswith("divergent, follows zh")


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.handlers += [
            name
            for name, value in attrs
            if name.startswith("on") or name == "src" or (name == "href" and not (value or "").startswith("#"))
        ]
        if tag not in ("meta", "link", "br", "hr", "img", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page(report: Report) -> _Page:
    parser = _Page()
    parser.feed(html_page(report))
    parser.close()
    return parser


@settings(max_examples=scaled(50))
@given(reports)
def test_html_runs_nothing_loads_nothing_and_closes_what_it_opens(report: Report) -> None:
    found = page(report)
    assert found.open == []
    assert not {"script", "img", "iframe", "object", "embed", "form", "base"} & set(found.tags)
    assert found.handlers == []
    html_page(report).encode()


def test_html_shows_what_a_server_said_as_text() -> None:
    attack = "<img src=x onerror=alert(1)>\"'><script>"
    found = Mismatch(attack, (attack,), attack, {"en": 1})
    body = {"status": 200, "headers": {attack: attack}, "body": attack}
    exchange = {
        "request": {
            "operation": attack,
            "params": {attack: attack},
            "method": "POST",
            "url": attack,
            "headers": {},
            "body": attack,
        },
        "response": body,
        "failure": attack,
        "elapsed_ms": 1,
    }
    case = result(
        verdict="mismatch", title=attack, reason=attack, mismatches=(found,), exchanges=(exchange,), reproduce=attack
    )
    parsed = page(report_of([case]))
    assert "img" not in parsed.tags
    assert "script" not in parsed.tags
    assert "&lt;img" in html_page(report_of([case]))


@settings(max_examples=scaled(40))
@given(reports)
def test_ctrf_has_one_test_for_each_case_and_counts_that_add_up(report: Report) -> None:
    found = ctrf(report)["results"]
    summary = found["summary"]
    assert summary["tests"] == len(found["tests"]) == report["summary"]["total"]
    assert summary["passed"] + summary["failed"] + summary["skipped"] == summary["tests"]
    assert summary["stop"] - summary["start"] == 1500
    json.dumps(found).encode()


# What the schema of CTRF (schema/ctrf.schema.json in the repository of the format) says of the fields that are written:
# no other field is allowed, and whatever else a tool has to say stands in `extra`.
CTRF_TEST = {
    "type": "object",
    "required": ["name", "status", "duration"],
    "additionalProperties": False,
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "status": {"enum": ["passed", "failed", "skipped", "pending", "other"]},
        "duration": {"type": "integer"},
        "suite": {"type": "array", "minItems": 1, "items": {"type": "string"}},
        "message": {"type": "string"},
        "line": {"type": "integer"},
        "rawStatus": {"type": "string"},
        "filePath": {"type": "string"},
        "extra": {"type": "object"},
    },
}


@settings(max_examples=scaled(40))
@given(reports)
def test_ctrf_is_what_its_schema_says(report: Report) -> None:
    results = ctrf(report)["results"]
    assert results.keys() <= {"tool", "summary", "tests", "extra"}
    validator = jsonschema_rs.validator_for(CTRF_TEST)
    for test in json.loads(re.sub(r"\\ud[89a-f]", r"\\u00", json.dumps(results["tests"]))):
        assert [str(fault) for fault in validator.iter_errors(test)] == []


def test_ctrf_has_the_causes() -> None:
    found = Mismatch("response.body.Code", ("A",), "B", {"en": 150})
    cases = [result(f"X/{n}", "mismatch", mismatches=(found,), reproduce="curl x", rerun="again") for n in range(2)]
    report = report_of([*cases, result("X/pass")])
    results = ctrf(report)["results"]
    (group,) = report["groups"]
    assert results["extra"]["causes"] == [group]
    assert [test.get("extra") for test in results["tests"]] == [
        *[{"causes": [group["key"]], "reproduce": "curl x", "rerun": "again"}] * 2,
        None,
    ]
    assert (results["tests"][0]["suite"], results["tests"][0]["line"]) == (["CreateFlowLog", "X"], 4)


@settings(max_examples=scaled(40))
@given(reports)
def test_markdown_is_text_that_can_be_written(report: Report) -> None:
    text = markdown_page(report)
    text.encode(errors="backslashreplace")
    for case in report["cases"]:
        if case["verdict"] in ("mismatch", "error"):
            assert f"`{case['id']}`" in text
    assert "<script" not in text.replace("`", "") or "`" in text


def test_markdown_lists_what_differs() -> None:
    found = Mismatch("response.body.Code", ("A",), "B`|<", {"en": 150})
    text = markdown_page(report_of([result(verdict="mismatch", mismatches=(found,)), result("X/two")]))
    assert "**2 cases: 1 pass, 1 mismatch**" in text
    assert "### Differs from the documents (1)" in text
    assert 'expected "A", observed "B`|<" [English line 150]' in text


# Sentences.


@given(any_text)
def test_what_is_shown_steers_no_terminal(text: str) -> None:
    shown = printable(text)
    assert not set(shown) & CONTROLS
    shown.encode()
    assert value_text(text).isascii() or not set(value_text(text)) & CONTROLS


@pytest.mark.parametrize("text", ["plain", "流日志 – “quoted” é 😀", "a b\u3000c", "[red]not markup[/]"])
def test_what_can_be_read_stays(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", "\\u001b[31m"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\x9b", "\\u009b"),
        ("\x7f", "\\u007f"),
        ("\ud800", "\\ud800"),
    ],
)
def test_what_cannot_be_read_is_spelt(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_a_mismatch_is_one_line() -> None:
    line = mismatch_line(Mismatch("w", ("a\n", 5, None, True), ["x"], {"en": 1, "zh": 2}).as_dict())
    assert line == 'w: expected "a\\n" or 5 or nothing or true, observed ["x"] [English line 1, Chinese line 2]'


def test_a_mismatch_of_long_values_is_a_line_that_can_be_read() -> None:
    line = mismatch_line(Mismatch("w", ("a",), "x" * 100_000, {}).as_dict())
    assert len(line) < 1_200
    assert "(100002 characters)" in line
