"""Every rule of the server, by the document that has it: the code, its status and its message."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import pytest
from server_client import VPC, Client

from conformance.contract.catalogue import contracts_for
from conformance.contract.languages import DOCS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.contract.languages import Docs, Language

DOCUMENTS = contracts_for("CreateFlowLog")
State: TypeAlias = "tuple[str, Mapping[str, object]]"

PATHS: State = ("account.traffic-path-enabled", {})
ANALYZER: State = ("nis-traffic-analyzer.exists", {"id": "nis-1", "interval": 5})
NO_LOGS = {"ProjectName": None, "LogStoreName": None}


def here(state: str) -> State:
    return state, {"id": "vpc-1"}


def taken(*paths: str) -> State:
    return "flow-log.exists", {"type": "VPC", "id": "vpc-1", "traffic_path": list(paths)}


class Row(NamedTuple):
    title: str
    changes: Mapping[str, str | None]
    states: Sequence[State]
    en: str | None
    zh: str | None


def same(title: str, changes: Mapping[str, str | None], states: Sequence[State], code: str | None) -> Row:
    """Both documents say the same; no code is a success."""
    return Row(title, changes, states, code, code)


ROWS = (
    same("no region", {"RegionId": None}, [], "MissingParameter"),
    same("empty region", {"RegionId": ""}, [], "MissingParameter"),
    same("no type", {"ResourceType": None}, [], "MissingParameter"),
    same("no resource", {"ResourceId": None}, [], "MissingParameter"),
    same("no traffic type", {"TrafficType": None}, [], "MissingParameter"),
    Row("no project", {"ProjectName": None}, [], "MissingParameter", None),
    Row("no logstore", {"LogStoreName": None}, [], "MissingParameter", None),
    Row("nowhere to deliver", NO_LOGS, [], "MissingParameter", "MissingParam.TrafficAnalyzerIdOrLogProjectOrLogStore"),
    Row(
        "analyzer instead",
        {**NO_LOGS, "TrafficAnalyzerId": "nis-1", "AggregationInterval": "5"},
        [ANALYZER],
        "MissingParameter",
        None,
    ),
    Row("unknown region", {"RegionId": "xx-nowhere-1"}, [], None, "InvalidRegionId.NotFound"),
    Row("unknown type", {"ResourceType": "EIP"}, [], "ParameterInvalid", "OperationUnsupported.ResourceType"),
    Row("type in small letters", {"ResourceType": "vpc"}, [], "ParameterInvalid", "OperationUnsupported.ResourceType"),
    same("unknown traffic type", {"TrafficType": "Reject"}, [], "ParameterInvalid"),
    same("interval 7", {"AggregationInterval": "7"}, [], "IllegalParam.AggregationInterval"),
    same("interval of letters", {"AggregationInterval": "ten"}, [], "IllegalParam.AggregationInterval"),
    same("interval empty", {"AggregationInterval": ""}, [], "IllegalParam.AggregationInterval"),
    same("interval 5", {"AggregationInterval": "5"}, [], None),
    same("unknown path", {"TrafficPath.1": "some"}, [PATHS], "IllegalParam.TrafficPath"),
    Row("gateway path", {"TrafficPath.1": "internetGateway"}, [PATHS], "IllegalParam.TrafficPath", None),
    same("path twice", {"TrafficPath.1": "all", "TrafficPath.2": "all"}, [PATHS], "DuplicatedParam.TrafficPath"),
    same("path not enabled", {"TrafficPath.1": "all"}, [], "UnsupportedFeature.UserDefinedTrafficPath"),
    Row("unknown IP version", {"IpVersion": "IPv5"}, [], None, "IllegalParam.IpVersion"),
    Row("empty IP version", {"IpVersion": ""}, [], None, "IllegalParam.IpVersion"),
    same("IP version 4", {"IpVersion": "IPv4"}, [here("resource.ipv6-unsupported")], None),
    Row(
        "path with IPv6",
        {"IpVersion": "DualStack", "TrafficPath.1": "all"},
        [PATHS],
        None,
        "UnsupportedFeature.UserDefinedTrafficPathIpv6",
    ),
    Row("no IPv6", {"IpVersion": "IPv6"}, [here("resource.ipv6-unsupported")], None, "UnsupportedFeature.IpVersion"),
    same("no such resource", {"ResourceId": "vpc-2"}, [], "InvalidInstanceId"),
    Row("another type", {"ResourceType": "VSwitch"}, [], "InvalidInstanceId", "InvalidResourceType.NotFound"),
    same("RAM user", {}, [("account.is-ram-user", {})], "Unauthorized"),
    same("not activated", {}, [("account.flow-log-not-activated", {})], "OptInRequired.FlowLog"),
    same("business", {}, [("account.business-status-incorrect", {})], "IncorrectBusinessStatus.FlowLog"),
    same("quota", {}, [("account.flow-log-quota-reached", {})], "QuotaExceeded.FlowlogCount"),
    same("features", {}, [here("vpc.advanced-features-unsupported")], "OperationUnsupported.AdvancedFeature"),
    Row(
        "some features",
        {},
        [here("vpc.some-advanced-features-unsupported")],
        None,
        "UnsupportedFeature.VpcAdvancedFeature",
    ),
    Row("ENI type", {}, [here("eni.type-unsupported")], None, "OperationFailed.EniTypeNotSupport"),
    Row("shared", {}, [here("resource.shared")], None, "OperationDenied.OperateShareResource"),
    same("no project there", {"ProjectName": "other-project"}, [], "ProjectOrLogstoreNotExist"),
    same("no logstore there", {"LogStoreName": "other-store"}, [], "ProjectOrLogstoreNotExist"),
    same("no source", {}, [("logs.source-project-missing", {})], "SourceProjectNotExist"),
    same("no group", {"ResourceGroupId": "rg-1"}, [], "IllegalParam.ResourceGroupId"),
    same("group", {"ResourceGroupId": "rg-1"}, [("resource-group.exists", {"id": "rg-1"})], None),
    Row("no analyzer", {"TrafficAnalyzerId": "nis-2"}, [ANALYZER], None, "OperationDenied.NisTrafficAnalyzerNotFound"),
    Row(
        "analyzer not active",
        {"TrafficAnalyzerId": "nis-1"},
        [("nis-traffic-analyzer.inactive", {"id": "nis-1"})],
        None,
        "OperationDenied.NisTrafficAnalyzerNotActive",
    ),
    Row(
        "interval too long by default",
        {"TrafficAnalyzerId": "nis-1"},
        [ANALYZER],
        None,
        "OperationDenied.NisTrafficAnalyzerAggregationIntervalMismatch",
    ),
    same("interval as long", {"TrafficAnalyzerId": "nis-1", "AggregationInterval": "5"}, [ANALYZER], None),
    same("taken", {}, [taken()], "InvalidResourceId.NotFound"),
    Row(
        "all taken by default",
        {"TrafficPath.1": "internetGateway"},
        [PATHS, taken()],
        "IllegalParam.TrafficPath",
        "OperationDenied.AllTrafficPathOfManagedExist",
    ),
    Row(
        "all taken by name",
        {"TrafficPath.1": "internetGateway"},
        [PATHS, taken("all")],
        "IllegalParam.TrafficPath",
        "OperationDenied.AllTrafficPathOfManagedExist",
    ),
    Row(
        "some taken",
        {"TrafficPath.1": "internetGateway"},
        [PATHS, taken("internetGateway")],
        "IllegalParam.TrafficPath",
        "InvalidResourceId.NotFound",
    ),
    same("told", {}, [("service.answers-with", {"code": "INVALID_PARAMETER"})], "INVALID_PARAMETER"),
    same(
        "told before all else",
        {"RegionId": None},
        [("service.answers-with", {"code": "ParameterInvalid"})],
        "ParameterInvalid",
    ),
    same("name 128", {"FlowLogName": "n" * 128}, [], None),
    same("name 128 Chinese", {"FlowLogName": "流" * 128}, [], None),
    same("name 129", {"FlowLogName": "n" * 129}, [], "ParameterInvalid"),
    same("name empty", {"FlowLogName": ""}, [], "ParameterInvalid"),
    same("name http", {"FlowLogName": "http://a"}, [], "ParameterInvalid"),
    same("description 256", {"Description": "d" * 256}, [], None),
    same("description 257", {"Description": "d" * 257}, [], "ParameterInvalid"),
    same("project 2", {"ProjectName": "pp"}, [], "ParameterInvalid"),
    same("project capital", {"ProjectName": "Ppp"}, [], "ParameterInvalid"),
    same("logstore edge", {"LogStoreName": "_ppp"}, [], "ParameterInvalid"),
    same("20 tags", {f"Tag.{n}.Key": f"k{n}" for n in range(1, 21)}, [], None),
    same("21 tags", {f"Tag.{n}.Key": f"k{n}" for n in range(1, 22)}, [], "ParameterInvalid"),
    same("tag key empty", {"Tag.1.Key": ""}, [], "ParameterInvalid"),
    same("tag value empty", {"Tag.1.Key": "k", "Tag.1.Value": ""}, [], None),
    Row("tag key acs", {"Tag.1.Key": "acs:k"}, [], "ParameterInvalid", None),
    same("second tag", {"Tag.1.Key": "k", "Tag.2.Key": "k" * 129}, [], "ParameterInvalid"),
    same("unknown parameter", {"ClientToken": "x"}, [], None),
)


@pytest.mark.parametrize("follow", ["en", "zh"])
@pytest.mark.parametrize("row", ROWS, ids=[row.title for row in ROWS])
def test_answers_what_the_document_says(follow: Language, row: Row) -> None:
    expected = row.en if follow == "en" else row.zh
    client = Client.following(follow).prepare()
    for state, params in row.states:
        assert client.state(state, params).status == 200, state
    answered = client.create(row.changes)
    assert answered.code == expected
    if expected is None:
        assert answered.status == 200
        assert len(client.listed(RegionId=row.changes.get("RegionId", VPC["RegionId"]))) == 1
    else:
        rows = DOCUMENTS[follow].rows(expected)
        assert (answered.status, answered.json["Message"]) in [(row.status, row.message) for row in rows]
        assert set(answered.json) == {"RequestId", "HostId", "Code", "Message", "Recommend"}


@pytest.mark.parametrize(
    ("changes", "states", "expected"),
    [
        ({"ProjectName": None}, [], None),
        ({"TrafficPath.1": "internetGateway"}, [PATHS], None),
        ({"RegionId": "xx-1"}, [], "InvalidRegionId.NotFound"),
        ({"Tag.1.Key": "acs:k"}, [], "ParameterInvalid"),
        (NO_LOGS, [], "MissingParam.TrafficAnalyzerIdOrLogProjectOrLogStore"),
    ],
)
def test_both_is_the_union_and_asks_chinese_what_is_required(
    changes: dict[str, str | None], states: list[State], expected: str | None
) -> None:
    client = Client.following("both").prepare()
    for state, params in states:
        client.state(state, params)
    assert client.create(changes).code == expected


@pytest.mark.parametrize(
    ("resource_type", "message"),
    [
        ("VSwitch", "vswitch does not exist."),
        ("NetworkInterface", "NetworkInterface does not exist."),
        ("VPC", "VPC does not exists."),
    ],
)
@pytest.mark.parametrize("follow", ["en", "both"])
def test_a_missing_resource_has_the_message_of_its_type(follow: str, resource_type: str, message: str) -> None:
    answered = Client.following(follow).prepare().create({"ResourceType": resource_type, "ResourceId": "none"})
    assert (answered.code, answered.json["Message"]) == ("InvalidInstanceId", message)


def test_chinese_has_one_message_for_every_missing_resource() -> None:
    answered = Client.following("zh").prepare().create({"ResourceId": "none"})
    assert answered.json["Message"] == "vswitch does not exist."


def test_a_second_creation_on_the_same_resource_is_refused() -> None:
    client = Client.following("both").prepare()
    assert client.create().status == 200
    assert client.create().code == "InvalidResourceId.NotFound"


@pytest.mark.parametrize("follow", DOCS)
def test_every_documented_code_can_be_told_and_no_other(follow: Docs) -> None:
    known = {language: {row.code for row in contract.errors} for language, contract in DOCUMENTS.items()}
    told = set.union(*(codes for language, codes in known.items() if follow in (language, "both")))
    for code in set.union(*known.values()):
        client = Client.following(follow).prepare()
        status = client.state("service.answers-with", {"code": code}).status
        assert status == (200 if code in told else 400)
        assert client.create().code == (code if code in told else None)


def test_accounts_do_not_see_each_other() -> None:
    client = Client.following("both").prepare()
    assert client.create().status == 200
    other = client.other("another")
    assert other.create().code == "InvalidInstanceId"
    assert other.listed() == []


def test_a_state_without_account_holds_for_all() -> None:
    client = Client.following("both")
    for state, params in (
        ("resource.exists", {"type": "VPC", "id": "vpc-1"}),
        ("logs.exists", {"project": "log-project", "logstore": "log-store"}),
    ):
        client.state(state, {"access_key_id": None, **params})
    assert client.create().status == 200
    assert client.other("another").create().status == 200
    assert VPC["ResourceId"] == "vpc-1"
