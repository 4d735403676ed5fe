"""The summary for a person."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import category

import pytest
from foreign import HOSTILE, LONG, hostile_report
from hypothesis import given, settings
from profiles import scaled
from report_data import any_text, report_of, reports, result
from rich.console import Console

from conformance.core.sentences.sentence import speak
from conformance.judging.results import Mismatch
from conformance.reports.formats.html import html_page
from conformance.reports.formats.markdown import markdown_page
from conformance.reports.formats.rich_screen import RichScreen
from conformance.reports.formats.terminal import print_summary

if TYPE_CHECKING:
    from conformance.judging.report_entries import Report


def shown(report: Report, *, width: int = 80, folder: Path | None = None) -> str:
    stream = io.StringIO()
    print_summary(RichScreen(Console(file=stream, width=width)), report, folder)
    return stream.getvalue()


def test_a_mismatch_is_told_in_full_whatever_the_width() -> None:
    found = Mismatch("response.body.Code", ("MissingParameter",), "ParameterInvalid", {"en": 150, "zh": 99})
    command = "curl -sS -X POST " + "'http://127.0.0.1:8080/?" + "A=b&" * 60 + "'"
    case = result("X/one", "mismatch", title="Without RegionId", mismatches=(found,), reproduce=command)
    assert shown(report_of([case, result("X/two")]), width=40).splitlines()[:6] == [
        "MISMATCH 1 × expected MissingParameter, observed ParameterInvalid",
        "    rule and error row: English line 150, Chinese line 99",
        "    CreateFlowLog/X/one (cases/vpc/CreateFlowLog/x.yaml:4:5)",
        "        Without RegionId",
        f"    reproduce: {command}",
        "",
    ]


@pytest.mark.parametrize("text", [HOSTILE, LONG], ids=["hostile", "long"])
def test_a_hostile_server_neither_steers_it_nor_fills_it(text: str) -> None:
    said = shown(hostile_report(text))
    assert not {"\x1b", "\x9b", "\u202e", "\x00", "\r"} & set(said)
    assert max(map(len, said.splitlines())) < 21_000


def test_a_thousand_mismatches_of_one_cause_are_one_block() -> None:
    found = Mismatch("response.body.Message", ("No.",), "no", {"en": 7})
    text = shown(report_of(result(f"X/case-{n}", "mismatch", mismatches=(found,)) for n in range(1_000)))
    assert text.count("MISMATCH") == 1
    assert "MISMATCH 1000 × response.body.Message" in text
    assert "    and 994 more" in text
    assert len(text.splitlines()) < 20


def test_what_differs_a_little_is_pointed_at() -> None:
    found = Mismatch("response.body.Message", ("The VPC  is 名.",), "The VPC is 名.", {"en": 7})
    lines = shown(report_of([result("X/one", "mismatch", mismatches=(found,))])).splitlines()
    assert lines[0].endswith("(differs in spaces only)")
    assert lines[1] == "    expected: The VPC ␠is 名."
    assert lines[2] == "                      ^"
    assert lines[3] == "    observed: The VPC is 名."
    speak("zh")
    try:
        assert (
            shown(report_of([result("X/one", "mismatch", mismatches=(found,))]))
            .splitlines()[0]
            .endswith("（仅空格不同）")
        )
    finally:
        speak("en")


def test_what_a_cause_changes_and_its_rule_are_said() -> None:
    found = Mismatch("response.body.Code", ("TooLong",), None, {"en": 150, "zh": 99})
    status = Mismatch("response.status", (400,), 200, {"en": 150, "zh": 99})
    case = result(
        "X/one",
        "mismatch",
        mismatches=(found, status),
        rule_lines={"en": 26, "zh": 31},
        changed={"Name": {"repeat": "a", "times": 129}, "Region": None, "Size": "x" * 500},
    )
    lines = shown(report_of([case])).splitlines()
    assert lines[0] == "MISMATCH 1 × expected TooLong, observed success (200)"
    assert lines[1] == "    rule: English line 26, Chinese line 31; error row: English line 150, Chinese line 99"
    assert lines[4] == (f'        changes Name = "a" × 129; Region left out; Size = "{"x" * 99}… (502 characters)')


def test_a_line_that_is_rule_and_row_at_once_is_said_once() -> None:
    found = Mismatch("response.body.Code", ("an error",), None, {"en": 26})
    case = result("X/one", "mismatch", mismatches=(found,), rule_lines={"en": 26})
    assert shown(report_of([case])).splitlines()[1] == "    rule: English line 26"


def test_the_counts_come_last_with_the_place_of_the_report() -> None:
    report = report_of([result("X/a"), result("X/b", "mismatch"), result("X/c", "not_run", reason="needs state S")])
    lines = shown(report, folder=Path("reports/some")).splitlines()
    assert lines[-4:] == [
        "English error rows: 0 of 20 exercised, 0 passed",
        "Chinese error rows: 0 of 35 exercised, 0 passed",
        "3 cases: 1 pass, 1 mismatch, 1 not run in 1.5 s",
        "report: reports/some",
    ]


def test_rows_that_were_exercised_and_not_passed_are_named() -> None:
    rows = [(400, f"Code{n}", "m") for n in range(7)]
    cases = [result(f"X/{row[1]}", "mismatch", exact={"en": row}) for row in rows]
    assert (
        "English error rows: 7 of 20 exercised, 0 passed (not: Code0, Code1, Code2, Code3, Code4 and 2 more)"
        in shown(report_of(cases), width=200).splitlines()
    )


def test_no_name_is_broken_where_a_chinese_line_ends() -> None:
    names = [f"SomeLongCode.Number{number}" for number in range(5)]
    cases = [result(f"X/{name}", "mismatch", exact={"en": (400, name, "m")}) for name in names]
    speak("zh")
    try:
        told = shown(report_of(cases), width=50)
    finally:
        speak("")
    row = told[told.index("英文错误码表") : told.index("中文错误码表")]
    assert all(name in row for name in names)
    assert "SomeLongCode.Number0、" in row


@pytest.mark.parametrize(("width", "is_table"), [(60, False), (200, True)])
def test_points_of_several_operations_are_lines_where_a_table_would_break_names(width: int, *, is_table: bool) -> None:
    cases = [
        result(
            id=f"{name}/X/a",
            verdict="divergent",
            verdicts={"en": "mismatch", "zh": "pass"},
            follows=("zh",),
            answered="InvalidParameter",
        )
        for name in ("CreateFlowLog", "AllocateEipAddress")
    ]
    point = {
        "operation": "AllocateEipAddress",
        "point": "SecurityProtectionTypes[].maxItems",
        **{each: {"value": 10, "line": 129, "origin": f"AllocateEipAddress.{each}.json"} for each in ("en", "zh")},
        "cases": [cases[1].id],
    }
    told = shown(report_of(cases, points=[point]), width=width)
    assert "SecurityProtectionTypes[].maxItems" in told
    assert "10 (AllocateEipAddress.zh.json:129)" in told
    assert ("      the server: InvalidParameter\n      follows: Chinese\n" in told) is not is_table


def test_a_divergence_names_the_document_that_is_followed() -> None:
    case = result("X/a", "divergent", follows=("zh",))
    assert "DIVERGENT, follows Chinese CreateFlowLog/X/a" in shown(report_of([case]))


def test_cases_that_diverge_in_one_way_share_a_block() -> None:
    found = Mismatch("response.body.Code", ("A",), "B", {"en": 7})
    cases = [result(f"X/{name}", "divergent", follows=("zh",), mismatches=(found,)) for name in "ab"]
    lines = shown(report_of([*cases, result("X/c", "divergent", follows=("en",), mismatches=(found,))])).splitlines()
    assert [line for line in lines if line.startswith("DIVERGENT")] == [
        "DIVERGENT, follows Chinese CreateFlowLog/X/a",
        "DIVERGENT, follows English CreateFlowLog/X/c",
    ]
    assert lines[3:5] == ["    CreateFlowLog/X/b", ""]


def test_cases_that_share_a_reason_share_a_line() -> None:
    cases = [result(f"X/a{index}", "error", reason="h refuses the connection") for index in range(8)]
    cases += [result("X/b", "error", reason="other"), result("X/c", "not_run", reason="needs state S")]
    lines = shown(report_of(cases)).splitlines()
    lines = lines[lines.index("") + 1 :]  # after the list of all causes
    assert lines[0] == "ERROR 8 × h refuses the connection"
    assert lines[1:7] == [*(f"    CreateFlowLog/X/a{index}" for index in range(5)), "    and 3 more"]
    assert lines[7:11] == [
        "ERROR 1 × other",
        "    CreateFlowLog/X/b",
        "NOT RUN 1 × needs state S",
        "    CreateFlowLog/X/c",
    ]


def test_an_error_shows_the_shortest_command_that_does_the_same() -> None:
    commands = ["curl long", "curl", None, "curl longer"]
    cases = [
        result(f"X/a{index}", "error", reason="closed the connection", reproduce=command)
        for index, command in enumerate(commands)
    ]
    lines = shown(report_of(cases)).splitlines()
    assert lines[0] == "ERROR 4 × closed the connection"
    assert lines[5] == "    reproduce: curl"


def test_known_failures_are_told_apart_and_stale_ones_stand_out() -> None:
    found = Mismatch("w", ("a",), "b", {"en": 1})
    text = shown(
        report_of(
            [
                result("X/a", "mismatch", mismatches=(found,), known_failing="since May"),
                result("X/b", "pass", known_failing="since May"),
            ]
        )
    )
    assert "MISMATCH" not in text
    assert "KNOWN TO FAIL CreateFlowLog/X/a: since May" in text
    assert "STALE CreateFlowLog/X/b passes: take it from the list of known failures" in text


def test_a_run_that_was_cut_short_says_so() -> None:
    assert "incomplete: 1 of 1 cases were run" in shown(report_of([result()], interrupted=True))
    assert "incomplete" not in shown(report_of([result()]))


def test_markup_of_a_server_is_text() -> None:
    found = Mismatch("[bold]w[/bold]", ("[red]a",), "[/]", {"en": 1})
    text = shown(report_of([result("X/a", "mismatch", mismatches=(found,), title="[link=x]t[/link]", reproduce="[b]")]))
    assert 'MISMATCH 1 × [bold]w[/bold]: expected "[red]a", observed "[/]"' in text
    assert "[link=x]t[/link]" in text


def point(**changed: Any) -> Any:
    side = {"value": True, "line": 90, "origin": None}
    return {
        "operation": "CreateFlowLog",
        "point": "ProjectName.required",
        "en": side,
        "zh": side,
        "cases": [],
        **changed,
    }


@settings(max_examples=scaled(50))
@given(reports, any_text)
def test_nothing_steers_the_terminal(report: Report, text: str) -> None:
    report["disagreements"] = [point(observed=[text], follows="zh")]
    for character in shown(report, width=200):
        assert character == "\n" or category(character) not in ("Cc", "Cf", "Cs", "Zl", "Zp"), ascii(character)


def test_of_several_operations_those_that_differ_are_counted_and_a_point_names_its_operation() -> None:
    results = [
        result(id="MakeThing/a/one", verdict="mismatch"),
        result(id="MakeThing/a/two"),
        result(id="MoveThing/a/one"),
        result(id="ShowThing/a/one", verdict="not_run", reason="nobody knows"),
    ]
    report = report_of(results)
    report["disagreements"] = [
        point(operation="MakeThing", observed=["success"], follows="zh"),
        point(operation="MoveThing", observed=[], follows="not observed"),
    ]
    text = shown(report, width=160)
    assert "2 of 3 operations have cases that did not pass" in text
    rows = [line.split() for line in text.splitlines()]
    assert ["MakeThing", "1", "1"] in rows
    assert ["ShowThing", "1"] in rows
    assert not any(row[:1] == ["MoveThing"] for row in rows)
    assert any(row[:2] == ["MakeThing", "ProjectName.required"] for row in rows)
    assert "1 of 2 points are shown; the report has them all" in text
    page = markdown_page(report)
    assert "### Operations with cases that did not pass (2 of 3)" in page
    assert "| `MakeThing` | 1 | 1 |  |" in page
    html = html_page(report)
    assert 'id="operations"' in html
    assert "<code>MakeThing ProjectName.required</code>" in html


def test_of_one_operation_nothing_is_counted_by_operation() -> None:
    report = report_of([result(verdict="mismatch")])
    report["disagreements"] = [point(observed=["success"], follows="zh")]
    assert "operations" not in shown(report)
    assert "Operations" not in markdown_page(report)
    assert 'id="operations"' not in html_page(report)
    assert "<code>ProjectName.required</code>" in html_page(report)
