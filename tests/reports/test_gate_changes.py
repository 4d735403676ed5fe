"""The gate: what got worse, better, new and gone, grouped by cause, and what an allow file accepts."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from foreign import HOSTILE, LONG, MARKDOWN, hostile_report, leaves, prose_of
from hypothesis import given, settings
from profiles import scaled
from report_data import report_of, reports, result

from conformance.core.errors import ReportError, UsageError
from conformance.core.sentences.sentence import speak
from conformance.judging.results import Mismatch
from conformance.judging.texts.varying_texts import masked
from conformance.judging.verdicts import VERDICTS
from conformance.reports.gate.allow import load_allowed
from conformance.reports.gate.caller_changes import caller_changes
from conformance.reports.gate.comparable import check_comparable
from conformance.reports.gate.gate import Gate, compare
from conformance.reports.gate.output import gate_json, gate_markdown, group_text, header_lines, total_line

if TYPE_CHECKING:
    from conformance.judging.report_entries import Report
    from conformance.judging.results import CaseResult
    from conformance.reports.gate.difference import Allowed

TODAY = date(2026, 11, 23)
CODE = "response.body.Code"


def differs(where: str = CODE, observed: Any = "B", expected: Any = "A") -> Mismatch:
    return Mismatch(where, (expected,), observed, {"en": 1, "zh": 2})


def case(verdict: str = "pass", name: str = "X/one", **changed: Any) -> CaseResult:
    if verdict in ("mismatch", "divergent"):
        changed.setdefault("mismatches", (differs(),))
    if verdict == "divergent":
        changed.setdefault("follows", ("en",))
    if verdict in ("error", "not_run", "not_applicable"):
        changed.setdefault("reason", f"why {verdict}")
    return result(name, verdict, **changed)


def with_callers(callers: list[Any], verdict: str = "pass", **changed: Any) -> Report:
    report = report_of([case(verdict, f"X/c{index}", **changed) for index in range(len(callers))])
    for each, caller in zip(report["cases"], callers, strict=True):
        each["caller"] = caller
    return report


def gate(before: list[CaseResult] | Report, after: list[CaseResult] | Report, *allowed: Allowed) -> Gate:
    sides = [each if isinstance(each, dict) else report_of(each) for each in (before, after)]
    return compare(sides[0], sides[1], allowed, TODAY)


def messages_of(found: Gate) -> list[tuple[str, str, int]]:
    return [(group.kind, group.text, len(group.cases)) for group in found.groups]


# Verdicts.

WORSE = {
    *(("pass", verdict) for verdict in VERDICTS if verdict != "pass"),
    *(("divergent", verdict) for verdict in ("mismatch", "error", "not_run", "not_applicable")),
    *((verdict, failing) for verdict in ("not_run", "not_applicable") for failing in ("mismatch", "error")),
    ("error", "mismatch"),
}
BETTER = {
    *((verdict, "pass") for verdict in VERDICTS if verdict != "pass"),
    *((verdict, "divergent") for verdict in ("mismatch", "error", "not_run", "not_applicable")),
}


@pytest.mark.parametrize("before", VERDICTS)
@pytest.mark.parametrize("after", VERDICTS)
def test_what_each_change_of_verdict_is(before: str, after: str) -> None:
    found = gate([case(before)], [case(after)])
    kinds = {group.kind for group in found.groups}
    if before == after:
        assert (kinds, found.unchanged) == (set(), 1)
    elif (before, after) in WORSE:
        assert "worse" in kinds
    elif (before, after) in BETTER:
        assert kinds == {"better"}
    else:
        assert kinds == {"changed"}
    assert found.worse is ((before, after) in WORSE)


@settings(max_examples=scaled(40))
@given(reports)
def test_a_report_is_no_worse_than_itself(report: Report) -> None:
    found = compare(report, report, (), TODAY)
    assert (found.groups, found.unchanged) == ((), len(report["cases"]))


@settings(max_examples=scaled(40))
@given(reports, reports)
def test_every_case_is_accounted_for(before: Report, after: Report) -> None:
    found = compare(before, after, (), TODAY)
    names = {case["id"] for report in (before, after) for case in report["cases"]}
    assert len({name for group in found.groups for name in group.cases}) + found.unchanged == len(names)
    gone = {case["id"] for case in before["cases"]} - {case["id"] for case in after["cases"]}
    assert {name for group in found.groups if group.kind == "gone" for name in group.cases} == gone
    assert gate_json(found, before, after, TODAY)["worse"] is found.worse
    gate_markdown(found, header_lines(before, after), [], TODAY).encode(errors="backslashreplace")


@pytest.mark.parametrize("text", [HOSTILE, LONG], ids=["hostile", "long"])
def test_what_a_hostile_server_said_is_code_in_markdown_and_cut(text: str) -> None:
    after = hostile_report(text)
    before = report_of([case(name=after["cases"][1]["id"].partition("/")[2])])
    found = compare(before, after, (), TODAY)
    page = gate_markdown(found, header_lines(before, after), [text], TODAY)
    assert found.worse
    assert len(page.encode()) <= 65_536
    assert not {"\x1b", "\u202e", "\x00", "\r"} & set(page)
    changes, _, entries = page.partition("### To accept")
    assert not re.search(r"[@<`]|://|www\.|octocat", prose_of(changes))
    # The entries of an allow file are one block of code, to its last line.
    of_entries = [each.type for each in leaves(MARKDOWN.parse(f"### {entries}"))]
    assert of_entries[-3:] == ["text", "heading_close", "fence"]


def test_a_field_that_vanished_is_one_cause_however_many_cases_have_it() -> None:
    lost = [
        case("mismatch", f"X/l{index}", mismatches=(differs("request.TrafficAnalyzerId", None, f"nta-{index}"),))
        for index in range(12)
    ]
    kept = [case(name=f"X/l{index}") for index in range(12)]
    found = gate(kept, lost)
    assert messages_of(found) == [("worse", "request.TrafficAnalyzerId is no longer sent", 12)]
    assert len(found.groups[0].expected) == 12
    assert messages_of(gate(lost, kept)) == [("better", "request.TrafficAnalyzerId is sent now", 12)]
    assert not gate(lost, kept).worse


def test_cases_of_one_cause_are_together_and_others_apart() -> None:
    before = [case(name=f"X/c{index}") for index in range(4)]
    after = [
        case("mismatch", "X/c0"),
        case("mismatch", "X/c1", mismatches=(differs(observed="C"),)),
        case("mismatch", "X/c2", mismatches=(differs(), differs("response.status", 500, 400))),
        case("error", "X/c3", reason="no answer"),
    ]
    assert sorted(messages_of(gate(before, after))) == [
        ("worse", "error: no answer, was pass", 1),
        ("worse", 'response.body.Code is "B" now', 2),
        ("worse", 'response.body.Code is "C" now', 1),
        ("worse", "response.status is 500 now", 1),
    ]


def test_a_cause_has_the_key_that_the_run_gives_it() -> None:
    names = [f"X/c{index}" for index in range(3)]
    failing = [case("mismatch", name, mismatches=(differs(observed="C"),)) for name in names]
    after = report_of([*failing, case("error", "X/e", reason="127.0.0.1:50001 closed the connection")])
    before = report_of([case(name=name) for name in (*names, "X/e")])
    found = compare(before, after, (), TODAY)
    assert [group.key for group in found.groups] == [group["key"] for group in after["groups"]]
    assert compare(after, before, (), TODAY).groups[0].key == after["groups"][0]["key"]
    assert [group["key"] for group in cast("Any", gate_json(found, before, after, TODAY)["groups"])] == [
        group["key"] for group in after["groups"]
    ]


def test_a_status_that_follows_from_a_success_is_no_change_of_its_own() -> None:
    both = (differs(observed=None), differs("response.status", 200, 400))
    found = gate([case()], [case("mismatch", mismatches=both)])
    assert messages_of(found) == [("worse", "response.body.Code is success now", 1)]


def test_in_a_case_that_differed_before_a_mismatch_that_came_is_worse() -> None:
    more = (differs(), differs("response.status", 500, 400))
    found = gate([case("mismatch")], [case("mismatch", mismatches=more)])
    assert (messages_of(found), found.worse) == ([("worse", "response.status is 500 now", 1)], True)
    found = gate([case("mismatch", mismatches=more)], [case("mismatch")])
    assert (messages_of(found), found.worse) == ([("better", "response.status is as promised now, was 500", 1)], False)


def test_another_wrong_value_in_the_same_place_is_a_change_and_no_failure() -> None:
    found = gate([case("mismatch")], [case("mismatch", mismatches=(differs(observed="C"),))])
    assert (messages_of(found), found.worse) == ([("changed", 'response.body.Code is "C", was "B"', 1)], False)


def test_a_server_that_changes_the_document_that_it_follows_is_no_failure() -> None:
    found = gate([case("divergent", follows=("en",))], [case("divergent", follows=("zh",), mismatches=(differs("w"),))])
    assert ("changed", "follows zh now, followed en", 1) in messages_of(found)
    assert not found.worse


def test_what_differs_from_run_to_run_is_no_change() -> None:
    def failing(observed: str) -> CaseResult:
        return case("mismatch", mismatches=(differs("response.body.FlowLogId", observed),))

    ids = ("fl-0a1b2c3d4e5f60718293", "fl-99887766554433221100")
    assert gate([failing(ids[0])], [failing(ids[1])]).unchanged == 1
    reasons = ("127.0.0.1:9000 refuses the connection", "127.0.0.1:41233 refuses the connection")
    assert gate([case("error", reason=reasons[0])], [case("error", reason=reasons[1])]).unchanged == 1


@pytest.mark.parametrize(
    ("verdict", "fails"), [("pass", True), ("divergent", True), ("mismatch", False), ("error", False)]
)
def test_a_case_that_is_gone_lets_no_regression_through(verdict: str, *, fails: bool) -> None:
    found = gate([case(verdict, "X/gone"), case()], [case()])
    assert [(group.kind, group.fails) for group in found.groups] == [("gone", fails)]
    assert found.worse is fails


@pytest.mark.parametrize(
    ("verdict", "fails"), [("pass", False), ("divergent", False), ("mismatch", True), ("error", True)]
)
def test_a_new_case_fails_the_gate_when_it_fails(verdict: str, *, fails: bool) -> None:
    found = gate([case()], [case(), case(verdict, "X/new")])
    assert [(group.kind, group.fails) for group in found.groups] == [("new", fails)]
    assert found.worse is fails


def test_a_run_that_did_not_end_is_worse() -> None:
    found = gate([case()], report_of([case()], interrupted=True))
    assert (messages_of(found), found.worse) == (
        [("worse", "the run did not end: 1 of 1 cases have a verdict", 0)],
        True,
    )


def test_a_known_failure_is_measured_like_any_other_case() -> None:
    assert gate([case()], [case("mismatch", known_failing="since May")]).worse


# What callers see.

CALLER: Any = {
    "outcome": "service_error",
    "status": 400,
    "code": "Throttling.User",
    "message": "code: 400, Request was denied request id: 021D8637-FAF5-416A-A074-D5417C7446C8",
    "request_id": "021D8637-FAF5-416A-A074-D5417C7446C8",
    "exception": "core.ThrottlingException",
    "fields": None,
}
SUCCESS = {**dict.fromkeys(CALLER), "outcome": "success", "status": 200, "fields": ["FlowLogId", "RequestId"]}


@pytest.mark.parametrize(
    ("base", "changed", "text", "worse"),
    [
        (
            CALLER,
            {"exception": "core.ClientException"},
            "exception: core.ThrottlingException -> core.ClientException",
            True,
        ),
        (CALLER, {"code": "Throttling"}, "code: Throttling.User -> Throttling", True),
        (CALLER, {"status": None}, "status is no longer reported, was 400", True),
        (CALLER, {"status": "400"}, "status: 400 -> 400", True),
        (CALLER, {"request_id": None}, "request_id is no longer reported, was string", True),
        (CALLER, {"message": "other"}, "message: code: #, Request was denied request id: <uuid> -> other", True),
        (
            CALLER,
            {"message": None},
            "message is no longer reported, was code: #, Request was denied request id: <uuid>",
            True,
        ),
        (SUCCESS, {"fields": ["RequestId"]}, "the result has no field FlowLogId any more", True),
        (SUCCESS, {"fields": None, "status": 200}, "the result has no field FlowLogId any more", True),
        (SUCCESS, {"fields": ["FlowLogId", "New", "RequestId"]}, "the result has a field New now", False),
        (SUCCESS, {"status": None}, "status is no longer reported, was 200", True),
        (CALLER | {"status": None}, {"status": 400}, "status is reported now: 400", False),
        (CALLER, SUCCESS, "outcome: service_error (core.ThrottlingException) -> success", True),
    ],
)
def test_what_a_caller_sees_otherwise(base: dict[str, Any], changed: dict[str, Any], text: str, *, worse: bool) -> None:
    found = gate(with_callers([base]), with_callers([base | changed]))
    assert text in [group.text for group in found.groups]
    assert found.worse is worse
    assert {group.kind for group in found.groups} == {"caller" if worse else "changed"}


def test_a_change_for_callers_is_one_cause_with_its_cases_though_every_verdict_stays() -> None:
    before = with_callers([CALLER] * 40)
    after = with_callers([CALLER | {"exception": "core.ClientException"}] * 40)
    (group,) = gate(before, after).groups
    assert (group.kind, group.where, len(group.cases)) == ("caller", "caller.exception", 40)


def test_a_callers_values_that_differ_from_run_to_run_are_no_change() -> None:
    other = CALLER | {
        "request_id": "7B2C1F5A-0000-4A4A-8B8B-0123456789AB",
        "message": "code: 400, Request was denied request id: 7B2C1F5A-0000-4A4A-8B8B-0123456789AB",
    }
    assert gate(with_callers([CALLER]), with_callers([other])).groups == ()
    plain = {"request_id": "req-77", "message": "denied req-77 at 12:30:01"}
    assert not list(
        caller_changes(CALLER | plain, CALLER | {"request_id": "req-8", "message": "denied req-8 at 9:01:59"})
    )


def test_who_got_an_error_has_no_field_of_a_success_to_lose() -> None:
    group = differs("sdk.body.GroupId", None)
    other = differs("sdk.request.Extra", "vpc", None)

    def reports(caller: Any) -> tuple[Report, Report]:
        before = with_callers([caller], verdict="mismatch", mismatches=(other,))
        return before, with_callers([SUCCESS], verdict="mismatch", mismatches=(group,))

    refused, lost = reports(CALLER), reports(SUCCESS | {"fields": ["FlowLogId", "GroupId", "RequestId"]})
    first = gate(*refused)
    assert ("changed", "sdk.body.GroupId is not there, nor was it before", 1) in messages_of(first)
    assert "sdk.body.GroupId" not in {each.where for each in first.groups if each.fails}
    assert ("worse", "sdk.body.GroupId is no longer there", 1) in messages_of(gate(*lost))
    # Nor is it there again when the next call fails.
    assert "sdk.body.GroupId" not in {each.where for each in gate(refused[1], refused[0]).groups}


def test_no_caller_on_either_side_is_nothing_to_compare() -> None:
    assert gate(with_callers([None]), with_callers([CALLER])).groups == ()
    assert gate(with_callers([CALLER]), report_of([case(name="X/c0")])).groups == ()


def test_names_of_releases_and_codes_are_not_masked() -> None:
    for text in ("alibabacloud-vpc20160428 6.11.1", "IllegalParam.AggregationInterval", "Tea.exceptions.TeaException"):
        assert masked(text) == text


# What can be compared.


def changed(report: Report, **fields: Any) -> Report:
    return cast("Report", {**cast("dict[str, Any]", report), **fields})


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (changed(report_of([case()]), docs="en"), "documents en, not both"),
        (changed(report_of([case()]), schema_version=2), "schema version 2, not 1"),
        (changed(report_of([case()]), shard={"index": 1, "count": 2, "suite": "s"}), "shard 1, 2, s, not none"),
        (changed(report_of([case()]), fuzz={"seed": 7}), "seed of property tests 7, not none"),
        (report_of([case(name="X/other")]), "they have no case in common"),
        (report_of([result(id="OtherCall/X/one")]), "cases of OtherCall and CreateFlowLog"),
    ],
)
def test_reports_of_different_suites_are_refused(other: Report, says: str) -> None:
    with pytest.raises(ReportError, match=f"cannot be compared with old: {says}"):
        check_comparable(report_of([case()]), other, Path("old"), Path("new"))


def test_a_run_without_cases_is_refused_on_either_side() -> None:
    for pair in ((report_of([]), report_of([case()])), (report_of([case()]), report_of([]))):
        with pytest.raises(ReportError, match=r"has no case: its run ended before the first one \(run it again\)"):
            check_comparable(*pair, Path("old"), Path("new"))


@pytest.mark.parametrize("verdict", ["not_run", "error", "not_applicable"])
def test_by_a_baseline_that_judged_nothing_nothing_is_measured(verdict: str) -> None:
    baseline = report_of([case(verdict, reason="no toolchain")])
    with pytest.raises(ReportError, match=r"old: no case of it was judged, .*`conformance report old` says why"):
        check_comparable(baseline, report_of([case()]), Path("old"), Path("new"))
    check_comparable(report_of([case()]), baseline, Path("old"), Path("new"))


@pytest.mark.parametrize("verdict", ["not_run", "error"])
def test_a_run_that_judged_nothing_is_no_release_where_nothing_could_be_lost(verdict: str) -> None:
    baseline = report_of([case("mismatch", mismatches=(Mismatch("w", ("a",), "b", {"en": 1}),))])
    report = report_of([case(verdict, reason="no toolchain")])
    with pytest.raises(ReportError, match=r"new: no case of it was judged, .*`conformance report new` says why"):
        check_comparable(baseline, report, Path("old"), Path("new"))


def test_two_runs_of_one_suite_can_be_compared() -> None:
    check_comparable(report_of([case()]), report_of([case(), case(name="X/new")]), Path("old"), Path("new"))


def test_the_header_names_what_was_released() -> None:
    def side(version: str, core: str) -> Report:
        report = report_of([case()])
        parts = {"sdk": {"name": "vpc", "version": version}, "core": {"name": "tea", "version": core}}
        target: Any = {**report["target"], "driver": "python-v2", **parts}
        return changed(report, target=target)

    assert header_lines(side("6.11.0", "0.4.5"), side("6.11.1", "0.4.5")) == ["vpc 6.11.0 -> 6.11.1", "tea 0.4.5"]
    assert "driver http -> python-v2" in header_lines(report_of([case()]), side("1", "2"))


# The allow file.


def allowing(tmp_path: Path, text: str) -> tuple[Allowed, ...]:
    path = tmp_path / "allow.yaml"
    path.write_text(text, encoding="utf-8")
    return load_allowed(path)


@pytest.mark.parametrize(
    ("entry", "accepted"),
    [
        ("case: CreateFlowLog/X/one", True),
        ("case: CreateFlowLog/**", True),
        ("case: CreateFlowLog/*", False),
        ("where: response.body.*", True),
        ("where: request.*", False),
        ("{case: '**', where: response.body.Code, change: worse}", True),
        ("{case: '**', change: gone}", False),
        ("{case: CreateFlowLog/X/other, where: response.body.Code}", False),
    ],
)
def test_what_an_entry_accepts(entry: str, tmp_path: Path, *, accepted: bool) -> None:
    fields = entry.strip("{}")
    allowed = allowing(tmp_path, f"[{{{fields}, reason: known, expires: 2026-11-23}}]")
    found = gate([case()], [case("mismatch")], *allowed)
    assert found.worse is not accepted
    assert bool(found.stale) is not accepted
    assert (found.groups[0].allowed is not None) is accepted


def test_an_entry_accepts_one_cause_and_not_the_others_of_the_same_case(tmp_path: Path) -> None:
    allowed = allowing(tmp_path, "[{where: response.status, reason: known, expires: '2027-01-31'}]")
    both = (differs(), differs("response.status", 500, 400))
    found = gate([case()], [case("mismatch", mismatches=both)], *allowed)
    assert [(group.where, group.allowed is not None) for group in found.groups] == [
        (CODE, False),
        ("response.status", True),
    ]
    assert found.worse
    assert "1 allowed" in total_line(found)


def test_an_expired_entry_accepts_nothing_and_is_named(tmp_path: Path) -> None:
    allowed = allowing(tmp_path, "[{where: '*', reason: known, expires: 2026-11-22}]")
    found = gate([case()], [case("mismatch")], *allowed)
    assert (found.worse, found.expired, found.stale) == (True, allowed, ())


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "[]"])
def test_an_allow_file_without_entries_accepts_nothing(tmp_path: Path, text: str) -> None:
    assert allowing(tmp_path, text) == ()


def test_a_case_that_is_gone_can_be_accepted(tmp_path: Path) -> None:
    allowed = allowing(tmp_path, "[{case: CreateFlowLog/X/gone, change: gone, reason: merged, expires: 2027-01-31}]")
    assert not gate([case(name="X/gone"), case()], [case()], *allowed).worse


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[{case: a, expires: 2027-01-31}]", r"allow.yaml:1:2: entry 1 lacks the field 'reason'"),
        ("[{case: a, reason: b}]", r"allow.yaml:1:2: entry 1 lacks the field 'expires'"),
        ("[{reason: b, expires: 2027-01-31}]", r"allow.yaml:1:2: .*'case' or 'where' \(add one of them\)"),
        ("- {case: a, reason: b, expires: 2027-02-30}", r"allow.yaml:1:\d+: not valid YAML: this is no timestamp"),
        ("- {case: a, reason: b, expires: '2027-02-30'}", r"allow.yaml:1:\d+: 2027-02-30 is no day"),
        (
            "- {case: a, reason: b, expires: soon}",
            r"allow.yaml:1:\d+: expires is 'soon', .*for example 2027-01-31",
        ),
        ("- {case: a, reason: b, expires: 2027-01-31T10:00:00}", r"allow.yaml:1:\d+: a datetime is not a value here"),
        ("- {case: a, reason: ' ', expires: 2027-01-31}", r"allow.yaml:1:\d+: reason is empty"),
        ("- case: a\n  reason: b\n  expires: 2027-01-31\n  cause: c\n", r"allow.yaml:4:3: unknown field 'cause'"),
        ("- {case: a, change: bad, reason: b, expires: 2027-01-31}", r"one of: worse, caller, gone, new"),
        (
            "case: a",
            r"allow.yaml:1:1: the file is a mapping, and must be a list \(docs/release-pipeline.md shows one\)",
        ),
        ("[", "not valid YAML"),
    ],
)
def test_a_wrong_allow_file_is_one_message_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        allowing(tmp_path, text)


def test_what_an_sdk_sends_is_told_as_sent() -> None:
    lost = case("mismatch", mismatches=(differs("sdk.request.TrafficAnalyzerId", None, "nta-1"),))
    untold = case("mismatch", mismatches=(differs("sdk.request_id", None, "x"),))
    assert messages_of(gate([case()], [lost])) == [("worse", "sdk.request.TrafficAnalyzerId is no longer sent", 1)]
    assert messages_of(gate([case()], [untold])) == [("worse", "sdk.request_id is no longer there", 1)]


def test_fields_of_a_model_that_no_document_has_are_told_and_fail_nothing() -> None:
    def side(*names: str) -> Report:
        report = report_of([case()])
        return {**report, "target": {**report["target"], "undocumented_fields": {"CreateFlowLog": list(names)}}}

    found = gate(side("OwnerId"), side("DryRun"))
    assert [(group.where, group.kind) for group in found.groups] == [
        ("sdk.model.DryRun", "changed"),
        ("sdk.model.OwnerId", "changed"),
    ]
    assert not found.worse


def test_what_callers_see_otherwise_where_something_was_mended_is_no_failure() -> None:
    refused = CALLER | {"outcome": "client_error"}
    before = with_callers([refused], verdict="mismatch")
    after = with_callers([SUCCESS])
    found = gate(before, after)
    (mended,) = found.groups
    assert (mended.kind, mended.where, [each.where for each in mended.seen]) == ("better", CODE, ["caller.outcome"])
    assert not found.worse
    assert gate(after, before).cases("caller") == 1


NOT_SERVED = "the target does not serve an operation that the case calls"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ([case()], [], "不在报告中，原为通过（1 个用例）"),
        (
            [case()],
            [case("mismatch", mismatches=(differs(observed="It lacks a value.", expected="It has none."),))],
            'response.body.Code 现在为 "It lacks a value."，期望 "It has none."（1 个用例）',
        ),
        (
            [case()],
            [case(), case("divergent", "X/two")],
            '分歧：response.body.Code 为 "B"，期望 "A"（1 个用例）',
        ),
        (
            [case()],
            [case("not_run", reason=f"{NOT_SERVED}: InvalidAction.NotFound: There is no such one.")],
            "未运行：目标不提供用例所调用的操作：InvalidAction.NotFound: There is no such one.，原为通过（1 个用例）",
        ),
    ],
)
def test_a_cause_is_said_in_one_language(before: list[CaseResult], after: list[CaseResult], said: str) -> None:
    (group,) = gate(before, after).groups
    speak("zh")
    try:
        assert group_text(group) == said
    finally:
        speak("")
