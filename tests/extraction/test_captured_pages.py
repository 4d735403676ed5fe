"""The whole set of stated facts, losses and error codes of the two captured CreateFlowLog pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.contract.model import FACT_NAMES, RESPONSE_FACT_NAMES, State
from conformance.extraction.read import read_document, read_document_with_notes

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.contract.model import Contract, Parameter

HTTP = ("http://", "https://")
ALIYUN = ("aliyun", "acs:")

ENGLISH = {
    "RegionId": {"type": "string", "required": True, "example": "cn-qingdao"},
    "FlowLogName": {
        "type": "string",
        "required": False,
        "example": "myFlowlog",
        "minLength": 1,
        "maxLength": 128,
        "notStartsWith": HTTP,
    },
    "Description": {
        "type": "string",
        "required": False,
        "example": "This is my Flowlog.",
        "minLength": 1,
        "maxLength": 256,
        "notStartsWith": HTTP,
    },
    "ResourceType": {
        "type": "string",
        "required": True,
        "example": "NetworkInterface",
        "enum": ("NetworkInterface", "VSwitch", "VPC"),
    },
    "ResourceId": {"type": "string", "required": True, "example": "eni-askldfas****"},
    "TrafficType": {"type": "string", "required": True, "example": "All", "enum": ("All", "Allow", "Drop")},
    "ProjectName": {
        "type": "string",
        "required": True,
        "example": "FlowLogProject",
        "minLength": 3,
        "maxLength": 63,
        "charset": ("-", "digit", "lower"),
        "startsWith": ("digit", "lower"),
        "endsWith": ("digit", "lower"),
    },
    "LogStoreName": {
        "type": "string",
        "required": True,
        "example": "FlowLogStore",
        "minLength": 3,
        "maxLength": 63,
        "charset": ("-", "_", "digit", "lower"),
        "startsWith": ("digit", "lower"),
        "endsWith": ("digit", "lower"),
    },
    "AggregationInterval": {
        "type": "integer",
        "required": False,
        "example": 10,
        "enum": (1, 5, 10),
        "default": 10,
        "unit": "minute",
    },
    "TrafficPath[]": {"type": "string", "required": False, "example": "all", "enum": ("all",), "default": "all"},
    "ResourceGroupId": {"type": "string", "required": False, "example": "rg-acfmxazdjdhd****"},
    "Tag[].Key": {
        "type": "string",
        "required": False,
        "example": "FinanceDept",
        "maxItems": 20,
        "maxLength": 128,
        "allowEmpty": False,
        "notStartsWith": ALIYUN,
        "notContains": HTTP,
    },
    "Tag[].Value": {
        "type": "string",
        "required": False,
        "example": "FinanceJoshua",
        "maxItems": 20,
        "maxLength": 128,
        "allowEmpty": True,
        "notStartsWith": ALIYUN,
        "notContains": HTTP,
    },
}
ENGLISH_LINES = {
    "RegionId": 18,
    "FlowLogName": 22,
    "Description": 28,
    "ResourceType": 34,
    "ResourceId": 41,
    "TrafficType": 45,
    "ProjectName": 52,
    "LogStoreName": 59,
    "AggregationInterval": 66,
    "TrafficPath[]": 70,
    "ResourceGroupId": 76,
    "Tag[].Key": 80,
    "Tag[].Value": 86,
}
CHINESE = {
    "RegionId": {"type": "string", "required": True, "example": "cn-qingdao"},
    "FlowLogName": {"type": "string", "required": False, "example": "myFlowlog", "minLength": 1, "maxLength": 128},
    "Description": {
        "type": "string",
        "required": False,
        "example": "This is my Flowlog.",
        "minLength": 1,
        "maxLength": 256,
    },
    "ResourceType": {"type": "string", "required": True, "example": "NetworkInterface"},
    "ResourceId": {"type": "string", "required": True, "example": "eni-askldfas****"},
    "TrafficType": {"type": "string", "required": True, "example": "All"},
    "ProjectName": {"type": "string", "required": False, "example": "FlowLogProject"},
    "LogStoreName": {"type": "string", "required": False, "example": "FlowLogStore"},
    "AggregationInterval": {
        "type": "integer",
        "required": False,
        "example": 10,
        "enum": (1, 5, 10),
        "default": 10,
        "unit": "minute",
    },
    "TrafficPath[]": {"type": "string", "required": False, "example": "all"},
    "ResourceGroupId": {"type": "string", "required": False, "example": "rg-acfmxazdjdhd****"},
    "Tag[].Key": {
        "type": "string",
        "required": False,
        "example": "FinanceDept",
        "maxItems": 20,
        "maxLength": 128,
        "allowEmpty": False,
    },
    "Tag[].Value": {
        "type": "string",
        "required": False,
        "example": "FinanceJoshua",
        "maxItems": 20,
        "maxLength": 128,
        "allowEmpty": True,
    },
    "IpVersion": {"type": "string", "required": False, "example": "IPv4"},
}
CHINESE_LOSSES = {
    "FlowLogName": ("tail", 39),
    "Description": ("tail", 44),
    "ResourceType": ("list", 49),
    "TrafficType": ("list", 60),
    "ProjectName": ("list", 66),
    "LogStoreName": ("list", 72),
    "TrafficPath[]": ("list", 83),
    "Tag[].Key": ("tail", 112),
    "Tag[].Value": ("tail", 117),
    "Success": ("list", 140),
}
FIELDS: dict[str, dict[str, object]] = {
    "RequestId": {"type": "string", "example": "54B48E3D-DF70-471B-AA93-08E683A1B457"},
    "Success": {"type": "string", "example": "true", "enum": ("true", "false")},
    "FlowLogId": {"type": "string", "example": "fl-m5e8vhz2t21sel1nq****"},
    "ResourceGroupId": {"type": "string", "example": "rg-acfmxazdjdhd****"},
}


@pytest.fixture(scope="module")
def chinese(documents: Path) -> Contract:
    path = documents / "CreateFlowLog.zh.txt"
    return read_document(path.read_bytes(), path.name, strict=True)


@pytest.fixture(scope="module")
def english(documents: Path) -> Contract:
    path = documents / "CreateFlowLog.en.txt"
    return read_document(path.read_bytes(), path.name, strict=True)


def stated(parameters: tuple[Parameter, ...]) -> dict[str, dict[str, object]]:
    return {
        parameter.path: {name: fact.value for name, fact in parameter.facts.items() if fact.stated}
        for parameter in parameters
    }


def test_english_states_these_facts_and_no_others(english: Contract) -> None:
    assert stated(english.parameters) == ENGLISH
    assert stated(english.responses) == FIELDS
    assert english.lost == ()


def test_chinese_states_these_facts_and_no_others(chinese: Contract) -> None:
    assert stated(chinese.parameters) == CHINESE
    fields = {path: {name: facts[name] for name in facts if name != "enum"} for path, facts in FIELDS.items()}
    assert stated(chinese.responses) == fields


def test_every_fact_has_a_state(english: Contract, chinese: Contract) -> None:
    for contract in (english, chinese):
        assert all(set(parameter.facts) == set(FACT_NAMES) for parameter in contract.parameters)
        assert all(set(field.facts) == set(RESPONSE_FACT_NAMES) for field in contract.responses)


def test_losses_of_the_chinese_capture(chinese: Contract) -> None:
    assert {loss.path: (loss.kind, loss.line) for loss in chinese.lost} == CHINESE_LOSSES
    assert all(loss.evidence for loss in chinese.lost)


def test_absent_facts_are_lost_in_a_row_with_a_loss_and_not_stated_in_any_other(chinese: Contract) -> None:
    for parameter in (*chinese.parameters, *chinese.responses):
        kind_and_line = CHINESE_LOSSES.get(parameter.path)
        for fact in parameter.facts.values():
            if not fact.stated:
                assert (fact.state, fact.line) == (
                    (State.LOST, kind_and_line[1]) if kind_and_line else (State.NOT_STATED, None)
                )


def test_lines_of_rows(english: Contract, chinese: Contract) -> None:
    assert {parameter.path: parameter.line for parameter in english.parameters} == ENGLISH_LINES
    lines = {parameter.path: parameter.line for parameter in chinese.parameters}
    assert (lines["FlowLogName"], lines["TrafficPath[]"], lines["Tag[].Key"], lines["IpVersion"]) == (36, 80, 109, 119)


@pytest.mark.parametrize(
    ("path", "name", "line"),
    [
        ("ResourceType", "enum", 38),
        ("ProjectName", "charset", 56),
        ("ProjectName", "endsWith", 57),
        ("ProjectName", "maxLength", 58),
        ("TrafficPath[]", "default", 74),
        ("Tag[].Key", "maxItems", 82),
        ("Tag[].Value", "notStartsWith", 90),
    ],
)
def test_a_fact_stands_on_its_own_line(english: Contract, path: str, name: str, line: int) -> None:
    parameter = english.parameter(path)
    assert parameter is not None
    assert parameter.fact(name).line == line


def test_source_spelling_is_kept(english: Contract, chinese: Contract) -> None:
    assert [parameter.source for parameter in english.parameters][-2:] == ["Tag.N.Key", "Tag.N.Value"]
    assert [parameter.source for parameter in chinese.parameters][-3:] == ["Key", "Value", "IpVersion"]


def test_operation_language_and_layout_come_from_the_content(documents: Path) -> None:
    for language, layout in (("en", "flat"), ("zh", "broken-pipes")):
        data = (documents / f"CreateFlowLog.{language}.txt").read_bytes()
        contract = read_document(data, "page.txt")
        assert (contract.operation, contract.language, contract.source.layout) == ("CreateFlowLog", language, layout)


def test_the_asynchronous_end(english: Contract, chinese: Contract) -> None:
    for contract, line in ((english, 7), (chinese, 4)):
        end = contract.async_behaviour
        assert end is not None
        assert (end.pending, end.final, end.poll, end.line) == ("Activating", "Active", "DescribeFlowLogs", line)


def test_error_codes_have_their_messages_to_the_byte(english: Contract, chinese: Contract) -> None:
    assert (len(english.errors), len(chinese.errors)) == (20, 35)
    assert len(english.rows("InvalidInstanceId")) == 3
    both = {row.key for row in english.errors} & {row.key for row in chinese.errors}
    # Two rows of InvalidInstanceId are in the English page only.
    assert len(both) == 18
    messages = {row.code: row.message for row in english.errors}
    assert messages["MissingParameter"] == "Missing mandatory parameter"
    assert messages["IllegalParam.ResourceGroupId"] == "Invalid ResourceGroupld value."
    assert english.rows("InvalidInstanceId")[-1].message == "VPC does not exists."


def test_a_split_is_inferred_only_where_the_layout_does_not_mark_it(english: Contract, chinese: Contract) -> None:
    assert all(row.inferred_split for row in english.errors)
    assert not any(row.inferred_split for row in chinese.errors)


def test_a_companion_splits_alike(documents: Path, english: Contract, chinese: Contract) -> None:
    path = documents / "CreateFlowLog.en.txt"
    assert read_document(path.read_bytes(), path.name, companion=chinese).errors == english.errors


def test_rows_without_a_description(chinese: Contract) -> None:
    silent = {row.code for row in chinese.errors if row.description_state is State.NOT_STATED}
    assert silent == {
        "RuleExist",
        "InvalidHdMonitorStatus",
        "INVALID_PARAMETER",
        "MissingParameter",
        "InvalidRegionId.NotFound",
        "InvalidResourceType.NotFound",
        "OperationUnsupported.ResourceType",
    }


def test_classes_of_errors(chinese: Contract) -> None:
    classes: dict[str, set[str]] = {}
    for row in chinese.errors:
        classes.setdefault(row.error_class, set()).add(row.code)
    assert classes["auth"] == {"OptInRequired.FlowLog", "Unauthorized"}
    assert classes["server"] == {"OperationFailed.InternalError"}
    assert classes["syntax"] == {
        "ParameterInvalid",
        "INVALID_PARAMETER",
        "MissingParameter",
        "InvalidResourceType.NotFound",
        "OperationUnsupported.ResourceType",
        "IllegalParam.AggregationInterval",
        "IllegalParam.TrafficPath",
        "DuplicatedParam.TrafficPath",
        "IllegalParam.IpVersion",
        "MissingParam.TrafficAnalyzerIdOrLogProjectOrLogStore",
    }
    assert set(classes) == {"auth", "server", "syntax", "state"}


def test_nothing_of_the_captured_pages_is_left_over(documents: Path) -> None:
    for language in ("en", "zh"):
        path = documents / f"CreateFlowLog.{language}.txt"
        assert read_document_with_notes(path.read_bytes(), path.name)[1] == ()
