"""A gate's word on an SDK: what was never sent is not lost, what follows from a cause is a part of it."""

from __future__ import annotations

import json
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace
from report_data import report_of
from test_gate_changes import CALLER, SUCCESS, TODAY, allowing, case, differs, gate, messages_of

from conformance.reports.gate.gate import compare
from conformance.reports.gate.output import blocking_entries, gate_json, gate_markdown
from conformance.reports.store import write_json

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command

    from conformance.judging.report_entries import Report
    from conformance.judging.results import CaseResult, Mismatch

THINGS = "sdk.request.Things"
NOT_SENT: Any = {
    "request": {"operation": "X", "params": {}, "method": "", "url": "http://127.0.0.1", "headers": {}, "body": ""},
    "response": None,
    "failure": "the SDK sent nothing",
    "elapsed_ms": 1.0,
}
UNSUPPORTED: Any = {
    **dict.fromkeys(CALLER),
    "outcome": "client_error",
    "unsupported": {"parameter": "Things", "why": "unknown"},
}


def side(cases: list[CaseResult], *callers: Any) -> Report:
    """Return a report of cases with what their callers saw."""
    report = report_of(cases)
    for each, caller in zip(report["cases"], callers, strict=False):
        each["caller"] = caller
    return report


def refused(where: str = THINGS, name: str = "X/one") -> CaseResult:
    """Return a case in which the SDK sent nothing, as it has no such parameter."""
    return case("mismatch", name, mismatches=(differs(where, None, "A"),), exchanges=(NOT_SENT,))


def dropped(*places: Mismatch, name: str = "X/one") -> CaseResult:
    return case("mismatch", name, mismatches=places)


# What was not sent before cannot be lost.


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (refused(THINGS), refused(f"{THINGS}[].Name")),
        (refused(THINGS), dropped(differs(f"{THINGS}.1.Name", None, "A"))),
        (refused(THINGS), refused("sdk.request.Another")),
        (dropped(differs(THINGS, None, "A")), dropped(differs(f"{THINGS}.2.Name", None, "A"))),
        (dropped(differs("response.body.List", None, [])), dropped(differs("response.body.List[0].Id", None, "A"))),
    ],
)
def test_a_part_that_is_missing_where_the_whole_was_is_no_change_for_the_worse(
    before: CaseResult, after: CaseResult
) -> None:
    found = gate([before], [after])
    assert not found.worse
    assert not any("no longer" in group.text for group in found.groups)
    assert not gate([after], [before]).cases("better")


def test_what_was_sent_before_is_lost_though_its_name_begins_like_that_of_another() -> None:
    found = gate([dropped(differs(THINGS, None, "A"))], [dropped(differs(f"{THINGS}Name", None, "A"))])
    assert found.worse
    assert ("worse", f"{THINGS}Name is no longer sent", 1) in messages_of(found)
    one_of_two = gate([dropped(differs(f"{THINGS}.1", None, "A"))], [dropped(differs(f"{THINGS}.2", None, "A"))])
    assert one_of_two.worse


def test_where_nothing_is_sent_no_answer_became_right() -> None:
    followed = case("divergent", mismatches=(differs(observed=None),))
    found = gate([followed], [refused()])
    assert messages_of(found) == [("worse", f"{THINGS} is no longer sent", 1)]
    back = gate([refused()], [followed])
    assert messages_of(back) == [("better", f"{THINGS} is sent now", 1)]


def test_who_could_not_call_before_loses_nothing_by_any_outcome() -> None:
    for now in (SUCCESS, CALLER, {**CALLER, "outcome": "timeout"}):
        after = side([dropped(differs("response.status", 500, 400))], now)
        assert not compare(side([refused()], UNSUPPORTED), after, (), TODAY).worse
    assert compare(side([case()], SUCCESS), side([case()], UNSUPPORTED), (), TODAY).worse


# Exceptions.


@pytest.mark.parametrize(
    ("now", "fails"),
    [
        ({"exception": "core.Narrower", "exception_bases": ["core.ThrottlingException", "Exception"]}, False),
        ({"exception": "core.Narrower", "exception_bases": ["Exception"]}, True),
        ({"exception": "core.Narrower"}, True),
        ({"exception": None, "exception_bases": ["core.ThrottlingException"]}, True),
    ],
)
def test_a_subclass_of_the_exception_breaks_no_caller(now: dict[str, Any], *, fails: bool) -> None:
    found = compare(side([case()], CALLER), side([case()], {**CALLER, **now}), (), TODAY)
    (group,) = found.groups
    assert (group.kind, group.where, found.worse) == ("caller" if fails else "changed", "caller.exception", fails)


def test_the_base_class_in_the_place_of_its_subclass_breaks_callers() -> None:
    narrow = {**CALLER, "exception": "core.Narrower", "exception_bases": ["core.ThrottlingException"]}
    assert compare(side([case()], narrow), side([case()], CALLER), (), TODAY).worse


# One cause, one entry.


def lost(*callers: Any) -> tuple[Report, Report]:
    """Return reports of an SDK before and after it lost a parameter, which each of its callers sees in another way."""
    names = [f"X/l{number}" for number in range(len(callers))]
    before = side([case(name=name) for name in names], *callers)
    return before, side([refused(name=name) for name in names], *([UNSUPPORTED] * len(names)))


def test_what_callers_see_because_of_a_cause_is_a_part_of_it() -> None:
    before, after = lost(SUCCESS, CALLER, CALLER)
    found = compare(before, after, (), TODAY)
    (group,) = found.groups
    assert messages_of(found) == [("worse", f"{THINGS} is no longer sent", 3)]
    assert [(each.text, len(each.cases)) for each in group.seen] == [
        (
            "outcome: service_error (core.ThrottlingException) -> client_error (it has no way to send Things)",
            2,
        ),
        ("outcome: success -> client_error (it has no way to send Things)", 1),
    ]
    assert (found.cases("worse"), found.cases("caller")) == (3, 3)


def test_what_is_answered_otherwise_to_a_request_that_lost_a_parameter_is_a_part_of_that_cause() -> None:
    both = (differs(THINGS, None, "A"), differs(observed=None), differs("response.status", 200, 400))
    found = compare(side([case()], CALLER), side([dropped(*both)], SUCCESS), (), TODAY)
    (group,) = found.groups
    assert (group.where, [each.where for each in group.brings]) == (THINGS, ["response.body.Code", "caller.outcome"])


@pytest.mark.parametrize(
    ("where", "now", "causes"),
    [
        ("sdk.code", {"code": "B"}, 1),
        ("sdk.code", {"status": 500}, 2),
        ("sdk.request_id", {"request_id": None}, 1),
        ("sdk.request_id", {"exception": "B"}, 2),
        ("sdk.outcome", {"outcome": "success", "exception": None}, 1),
        ("sdk.model.Things", {"exception": "B"}, 2),
        ("response.body.Code", {"code": "B"}, 1),
    ],
)
def test_what_a_cause_does_not_explain_is_one_of_its_own(where: str, now: dict[str, Any], causes: int) -> None:
    after = side([dropped(differs(where, "B", "A"))], {**CALLER, **now})
    assert len(compare(side([case()], CALLER), after, (), TODAY).groups) == causes


def test_cases_that_passed_and_cases_that_followed_one_document_have_one_cause() -> None:
    before = [case(name="X/a"), case("divergent", "X/b", mismatches=(differs("response.status", 500, 400),))]
    assert messages_of(gate(before, [refused(name="X/a"), refused(name="X/b")])) == [
        ("worse", f"{THINGS} is no longer sent", 2)
    ]


def test_one_entry_accepts_a_cause_with_what_it_changes_for_callers(tmp_path: Path) -> None:
    before, after = lost(SUCCESS, CALLER)
    allowed = allowing(tmp_path, f"[{{where: {THINGS}, reason: known, expires: 2027-01-31}}]")
    found = compare(before, after, allowed, TODAY)
    assert (found.worse, found.stale) == (False, ())


def test_no_entry_accuses_another_of_being_unused(tmp_path: Path) -> None:
    before, after = lost(SUCCESS, CALLER)
    entry = "{{{}, reason: known, expires: 2027-01-31}}"
    fields = (f"where: {THINGS}", "case: CreateFlowLog/X/**", "{change: caller, where: caller.outcome}"[1:-1])
    allowed = allowing(tmp_path, f"[{', '.join(entry.format(each) for each in fields)}]")
    assert compare(before, after, allowed, TODAY).stale == ()
    never = allowing(tmp_path, f"[{entry.format('where: sdk.request.Never')}]")
    assert compare(before, after, never, TODAY).stale == never
    # What matches nothing in one part may be for another part.
    assert compare(before, after, never, TODAY, whole=False).stale == ()
    before["shard"] = after["shard"] = {"index": 1, "count": 2, "suite": "s"}
    assert compare(before, after, never, TODAY).stale == ()


def many_causes() -> tuple[Report, Report]:
    names = [f"X/l{number}" for number in range(30)]
    before = [*[case(name=name) for name in names], *[case(name=f"Y/{number}/z") for number in range(3)]]
    after = [
        *[refused(name=name) for name in names],
        case("mismatch", "Y/0/z", mismatches=(differs("response.body.It*m\u202e", "B", "A"),)),
        case("error", "Y/1/z", reason="no answer"),
        case("mismatch", "Y/2/z", mismatches=(differs("response.body." + "N" * 900, "B", "A"),)),
    ]
    return side(before, *([SUCCESS] * 30)), side(after, *([UNSUPPORTED] * 30))


def test_the_entries_that_are_printed_accept_all_that_blocks(conformance: Command, tmp_path: Path) -> None:
    for name, report in zip(("old", "new"), many_causes(), strict=True):
        with (tmp_path / f"{name}.json").open("wb") as stream:
            write_json(report, stream)
    told = conformance("gate", "old.json", "new.json")
    assert told.status == 1
    lines = told.out.partition("each with your reason:\n")[2].splitlines(keepends=True)
    entries = takewhile(lambda line: line[0] in "- ", lines)
    (tmp_path / "allow.yaml").write_text("".join(entries), encoding="utf-8")
    allowed = conformance("gate", "old.json", "new.json", "--allow", "allow.yaml")
    assert (allowed.status, allowed.err) == (0, "")
    assert "to accept" not in allowed.out.lower()
    assert "matches nothing" not in allowed.out
    assert "\n4 changes hold the release up, in 33 cases.\n" in told.out
    assert "\nNothing holds the release up.\n4 changes are accepted.\n" in allowed.out


def test_each_form_has_an_entry_for_each_cause(tmp_path: Path) -> None:
    before, after = many_causes()
    found = compare(before, after, (), TODAY)
    blocking = [group for group in found.groups if group.fails]
    assert len(blocking) == 4
    entries: Any = [group["entry"] for group in gate_json(found, before, after, TODAY)["groups"] if group["fails"]]  # type: ignore[attr-defined]
    assert len(allowing(tmp_path, json.dumps(entries))) == len(blocking)
    page = gate_markdown(found, [], [], TODAY)
    fenced = page.partition("```yaml\n")[2].partition("```")[0]
    for text in (fenced, blocking_entries(found, TODAY)):
        allowed = allowing(tmp_path, text)
        assert len(allowed) == len(blocking)
        assert not compare(before, after, allowed, TODAY).worse


def test_an_entry_may_name_several_cases_and_places(tmp_path: Path) -> None:
    allowed = allowing(
        tmp_path,
        "[{case: [CreateFlowLog/X/a, CreateFlowLog/X/b], where: [response.*, sdk.*], reason: r, expires: 2027-01-31}]",
    )
    before = [case(name=f"X/{name}") for name in "abc"]
    found = gate(before, [case("mismatch", f"X/{name}") for name in "abc"], *allowed)
    assert {name for group in found.groups if group.allowed for name in group.cases} == {
        "CreateFlowLog/X/a",
        "CreateFlowLog/X/b",
    }
    assert found.worse


def test_a_field_that_a_document_names_elsewhere_is_told_so() -> None:
    before, after = report_of([case()]), report_of([case()])
    before["target"]["named_fields"] = {"CreateFlowLog": ["ThingId"]}
    (group,) = compare(before, after, (), TODAY).groups
    assert group.text == (
        "the SDK's field CreateFlowLog.ThingId, which a document names, though not among the parameters, went"
    )


# Messages, and lists.


@pytest.mark.parametrize(
    ("outcome", "new", "text", "fails"),
    [
        ("service_error", "denied {}, URL: http://h/?Name={}", "message: more is said with it than before", False),
        ("service_error", "403: denied {}", "message: more is said with it than before", False),
        ("service_error", "denied", "message: only a part of it is left", True),
        ("client_error", "denied", "message: only a part of it is left", False),
        ("timeout", "given up", "message: denied {} -> given up", False),
        ("service_error", "", "message: denied {} -> ", True),
    ],
)
def test_how_messages_differ_is_one_cause(outcome: str, new: str, text: str, *, fails: bool) -> None:
    names = ("apples", "pears") if text.startswith(("message: o", "message: m")) else ("apples",)
    before = [{**CALLER, "outcome": outcome, "message": f"denied {name}"} for name in names]
    after = [{**each, "message": new.format(name, name)} for each, name in zip(before, names, strict=True)]
    cases = [case(name=f"X/{name}") for name in names]
    (group,) = compare(side(cases, *before), side(cases, *after), (), TODAY).groups
    assert (group.text, group.fails, len(group.cases)) == (text.format("apples"), fails, len(names))


def test_a_message_is_the_same_though_its_request_id_is_reported_on_one_side_alone() -> None:
    silent = {**CALLER, "message": "code: 500, None request id: None", "request_id": None}
    assert not compare(side([case()], silent), side([case()], {**silent, "request_id": "None"}), (), TODAY).worse


def test_a_list_is_one_cause_however_many_items_are_lost(tmp_path: Path) -> None:
    lost_items = [dropped(differs(f"{THINGS}.{number}.Name", None, "A"), name=f"X/{number}") for number in range(1, 5)]
    before = report_of([case(name=f"X/{number}") for number in range(1, 5)])
    after = report_of(lost_items)
    assert [group["count"] for group in after["groups"]] == [4]
    (group,) = compare(before, after, (), TODAY).groups
    assert (group.key, len(group.cases)) == (after["groups"][0]["key"], 4)
    assert (group.where, group.places) == (f"{THINGS}[].Name", (f"{THINGS}[].Name",))
    for pattern in (f"{THINGS}[].Name", f"{THINGS}.*.Name"):
        allowed = allowing(tmp_path, f"[{{where: '{pattern}', reason: known, expires: 2027-01-31}}]")
        assert not compare(before, after, allowed, TODAY).worse
    assert compare(
        before, after, allowing(tmp_path, f"[{{where: {THINGS}, reason: r, expires: 2027-01-31}}]"), TODAY
    ).worse


def test_what_is_answered_right_to_a_request_that_is_right_now_is_a_part_of_that() -> None:
    both = (differs(THINGS, None, "A"), differs(observed=None), differs("sdk.outcome", "success", "service_error"))
    (group,) = compare(side([dropped(*both)], SUCCESS), side([case()], CALLER), (), TODAY).groups
    assert (group.kind, group.where) == ("better", THINGS)
    assert [each.where for each in group.brings] == ["response.body.Code", "sdk.outcome", "caller.outcome"]


def test_that_the_model_lost_a_field_is_a_part_of_its_not_being_sent() -> None:
    def sides(*places: tuple[str, str]) -> tuple[Report, Report]:
        names = [name for name, _ in places]
        before = [replace(case(), id=name) for name in names]
        after = [replace(case("mismatch", mismatches=(differs(where, None, "A"),)), id=name) for name, where in places]
        return report_of(before), report_of(after)

    sent = ("CreateFlowLog/X/one", f"{THINGS}.1.Name")
    for name, where in (
        ("sdk/model/CreateFlowLog/Things", "sdk.model.Things"),
        ("sdk/model/CreateFlowLog/Things[].Name", "sdk.model.Things[].Name"),
        ("sdk/wire/CreateFlowLog", "sdk.wire.Things[].Name"),
    ):
        both = sides(sent, (name, where))
        (group,) = compare(*both, (), TODAY).groups
        assert (group.kind, len(group.cases), [each.where for each in group.brings]) == ("worse", 2, [where])
        (back,) = compare(both[1], both[0], (), TODAY).groups
        assert (back.kind, len(back.cases)) == ("better", 2)
    for name, where in (
        ("sdk/model/AnotherCall/Things", "sdk.model.Things"),
        ("sdk/model/CreateFlowLog/ThingsToo", "sdk.model.ThingsToo"),
        ("sdk/model/CreateFlowLog/Things", "sdk.model.Things.type"),
        ("sdk/wire/AnotherCall", "sdk.wire.Things"),
        ("sdk/wire/CreateFlowLog", "sdk.wire.ThingsToo"),
    ):
        assert len(compare(*sides(sent, (name, where)), (), TODAY).groups) == 2


def test_two_releases_that_can_send_nothing_are_not_told_apart_by_their_messages() -> None:
    other = {
        **UNSUPPORTED,
        "message": "cannot carry Another",
        "unsupported": {"parameter": "Another", "why": "unknown"},
    }
    before, after = side([refused()], UNSUPPORTED), side([refused()], other)
    assert compare(before, after, (), TODAY).groups == ()
