"""From parameters as they are written to names and texts of the wire."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest
from case_text import FILE, GOOD, case, parse
from hypothesis import given
from hypothesis import strategies as st
from profiles import NEW_EXAMPLES

from conformance.cases.expand import fill_body, fill_state, wire_parameters
from conformance.cases.model import ProviderState
from conformance.cases.substitution import substitute
from conformance.core.errors import CaseError
from conformance.protocol.signing import encode_query


@pytest.mark.parametrize(
    ("written", "wire"),
    [
        ({"A": "text"}, {"A": "text"}),
        ({"A": ""}, {"A": ""}),
        ({"A": 5}, {"A": "5"}),
        ({"A": -1.5}, {"A": "-1.5"}),
        ({"A": True, "B": False}, {"A": "true", "B": "false"}),
        ({"A": "007"}, {"A": "007"}),
        ({"A": ["x", "y"]}, {"A.1": "x", "A.2": "y"}),
        ({"A": []}, {}),
        ({"A": {}}, {}),
        ({"Tag": [{"Key": "k", "Value": "v"}, {"Key": "l"}]}, {"Tag.1.Key": "k", "Tag.1.Value": "v", "Tag.2.Key": "l"}),
        ({"A": [["x"], ["y", "z"]]}, {"A.1.1": "x", "A.2.1": "y", "A.2.2": "z"}),
        ({"A": {"B": {"C": [1]}}}, {"A.B.C.1": "1"}),
        ({"A": {"repeat": "ab", "times": 3}}, {"A": "ababab"}),
        ({"A": {"repeat": "流", "times": 2}}, {"A": "流流"}),
        ({"A": {"repeat": 7, "times": 2}}, {"A": "77"}),
        ({"A": {"repeat": "a", "times": 0}}, {"A": ""}),
        ({"A": {"item": "x", "times": 2}}, {"A.1": "x", "A.2": "x"}),
        ({"A": {"item": "x", "times": 0}}, {}),
        ({"A": {"item": "k${index}", "times": 3}}, {"A.1": "k1", "A.2": "k2", "A.3": "k3"}),
        (
            {"Tag": {"item": {"Key": "k${index}", "Value": {"repeat": "v", "times": 2}}, "times": 2}},
            {"Tag.1.Key": "k1", "Tag.1.Value": "vv", "Tag.2.Key": "k2", "Tag.2.Value": "vv"},
        ),
        ({"Tag": [{"Key": {"repeat": "k", "times": 2}}]}, {"Tag.1.Key": "kk"}),
        ({"TrafficPath.2": "all"}, {"TrafficPath.2": "all"}),
        ({"A": "${target.vpc_id}"}, {"A": "vpc-1"}),
        ({"A": "<${target.vpc_id}>"}, {"A": "<vpc-1>"}),
        ({"${target.vpc_id}": "x"}, {"vpc-1": "x"}),
        ({"A": "${unknown}"}, {"A": "${unknown}"}),
        ({"A": "$${target.vpc_id}$"}, {"A": "$vpc-1$"}),
        ({"A": {"repeat": "${target.vpc_id}", "times": 2}}, {"A": "vpc-1vpc-1"}),
    ],
)
def test_what_is_written_and_what_travels(written: dict[str, Any], wire: dict[str, str]) -> None:
    assert wire_parameters(written, {"target.vpc_id": "vpc-1"}) == wire


texts = st.text(st.characters(codec="utf-8"), max_size=8)
names = st.from_regex(r"[A-Z][A-Za-z]{0,5}", fullmatch=True)


@NEW_EXAMPLES
@given(st.dictionaries(names, texts | st.lists(texts, min_size=1, max_size=4), max_size=5))
def test_flat_parameters_hold_every_value_once_and_survive_the_wire(written: dict[str, Any]) -> None:
    wire = wire_parameters(written, {})
    expected = [text for value in written.values() for text in (value if isinstance(value, list) else [value])]
    assert list(wire.values()) == expected
    assert dict(parse_qsl(encode_query(wire), keep_blank_values=True)) == wire


@NEW_EXAMPLES
@given(texts, texts)
def test_a_value_that_is_filled_in_is_not_read_again(value: str, name: str) -> None:
    # A target's value, or a server's answer, that looks like a reference stays a text.
    assert substitute("${target.a} ${target.b}", {"target.a": "${target.b}", "target.b": value}) == (
        "${target.b} " + value
    )
    assert substitute(name, {}) == name


def test_a_whole_reference_gives_the_value_itself() -> None:
    values = {"n": 5, "l": [1, 2], "t": "x"}
    assert substitute({"a": "${n}", "b": "${l}", "c": "n=${n}", "${t}": "${t}"}, values) == {
        "a": 5,
        "b": [1, 2],
        "c": "n=5",
        "x": "x",
    }


def test_states_and_bodies_are_filled_and_written_out() -> None:
    state = ProviderState("logs.exists", {"project": {"repeat": "p", "times": 3}, "logstore": "${target.logstore}"})
    assert fill_state(state, {"target.logstore": "store"}) == {"project": "ppp", "logstore": "store"}
    body = {"Tags": {"Tag": {"item": {"Key": "k${index}"}, "times": 2}}, "Id": "${steps.create.FlowLogId}", "N": [5]}
    assert fill_body(body, {"steps.create.FlowLogId": "fl-1"}) == {
        "Tags": {"Tag": [{"Key": "k1"}, {"Key": "k2"}]},
        "Id": "fl-1",
        "N": [5],
    }


def test_lists_of_parameters_are_walked_in_step() -> None:
    cases = parse(
        FILE.replace("id: one", "id: one-${x}").replace("A case", "Case ${y} of ${x}")
        + "    parameters: {x: [a, b, c], y: [1, 2, 3]}\n"
        + "    set: {AggregationInterval: '${y}', FlowLogName: 'n-${x}'}\n"
        + "    expect: {success: true}\n"
    )
    assert [case.id.rpartition("/")[2] for case in cases] == ["one-a", "one-b", "one-c"]
    assert [case.title for case in cases] == ["Case 1 of a", "Case 2 of b", "Case 3 of c"]
    assert [case.steps[0].params["AggregationInterval"] for case in cases] == [1, 2, 3]
    assert [case.steps[0].params["FlowLogName"] for case in cases] == ["n-a", "n-b", "n-c"]
    assert {str(case.where) for case in cases} == {"some.yaml:4:5"}


def test_a_case_is_its_base_with_one_thing_changed() -> None:
    found = case(set={"FlowLogName": "x"}, unset=["TrafficType"], expect={"success": True})
    (step,) = found.steps
    assert list(step.params) == ["RegionId", "ResourceType", "ResourceId", "ProjectName", "LogStoreName", "FlowLogName"]
    assert [state.name for state in found.given] == ["resource.exists", "logs.exists"]
    assert (step.times, step.successes, step.until) == (1, None, None)
    other = case(absent=["logs.exists"], given=["account.is-ram-user"], expect={"error": "Unauthorized"})
    assert [state.name for state in other.given] == ["resource.exists", "account.is-ram-user"]
    assert other.id == "CreateFlowLog/Unauthorized/one"


def test_a_step_of_another_operation_has_its_own_parameters_alone() -> None:
    found = case(
        steps=[
            {"name": "create", "expect": {"success": True}},
            {
                "name": "describe",
                "operation": "DescribeFlowLogs",
                "set": {"FlowLogId": "${steps.create.FlowLogId}"},
                "send": {"method": "GET"},
                "expect": {"success": True},
                "until": {"body": {"FlowLogs": {"FlowLog": [{"Status": "Active"}]}}, "within_s": 2},
            },
        ]
    )
    assert found.steps[0].params["ResourceType"] == "VPC"
    assert found.steps[1].params == {"FlowLogId": "${steps.create.FlowLogId}"}
    assert found.steps[1].transport.method == "GET"
    assert found.steps[1].until is not None
    assert found.steps[1].until.within_s == 2
    assert found.id == "CreateFlowLog/success/one"


@pytest.mark.parametrize(
    ("expect", "group"),
    [
        ({"success": True}, "success"),
        ({"error": "MissingParameter"}, "MissingParameter"),
        ({"error": {"one_of": ["INVALID_PARAMETER", "ParameterInvalid"]}}, "INVALID_PARAMETER"),
        ({"en": {"success": True}, "zh": {"error": "MissingParameter"}}, "MissingParameter"),
        ({"any_of": [{"success": True}, {"error": "Unauthorized"}]}, "Unauthorized"),
    ],
)
def test_the_group_of_an_id_is_the_first_code_that_is_expected(expect: dict[str, Any], group: str) -> None:
    assert case(expect=expect).id == f"CreateFlowLog/{group}/one"
    assert case(expect=expect, group="Own.group").id == "CreateFlowLog/Own.group/one"


@pytest.mark.parametrize(
    "value",
    [
        {"times": "abc"},
        {"repeat": "x", "times": 3_000_000_000},
        {"item": "${index}", "times": 3_000_000_000},
        "${index}",
        "${target.vpc_id}",
    ],
)
def test_what_an_answer_has_is_no_template(value: Any) -> None:
    values = {"steps.create.Id": value, "target.vpc_id": "vpc-1"}
    assert fill_body({"Id": "${steps.create.Id}"}, values) == {"Id": value}
    if isinstance(value, str):
        assert wire_parameters({"Id": "${steps.create.Id}", "List": {"item": "i${index}", "times": 1}}, values) == {
            "Id": value,
            "List.1": "i1",
        }
    else:
        assert all(len(text) < 100 for text in wire_parameters({"Id": "${steps.create.Id}"}, values).values())


@pytest.mark.parametrize(
    "written",
    [
        "{item: {item: a, times: 100000}, times: 100000}",
        "{item: {repeat: a, times: 100000}, times: 11}",
        "[{repeat: a, times: 100000}, {item: {item: {item: b, times: 90}, times: 90}, times: 90}]",
        "{repeat: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, times: 100000}",
    ],
)
def test_products_of_what_is_repeated_are_capped(written: str) -> None:
    with pytest.raises(CaseError, match="more than 1000000 characters and values when it is written out"):
        parse(f"{GOOD}    set: {{FlowLogName: {written}}}\n")


def test_what_an_answer_has_is_not_repeated() -> None:
    with pytest.raises(CaseError, match="repeats what an answer has"):
        parse(GOOD + "    set: {FlowLogName: {repeat: '${steps.create.FlowLogId}', times: 3}}\n")
