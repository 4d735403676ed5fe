"""The life of a flow log: created, listed, active, deleted; in JSON and in XML."""

from __future__ import annotations

import asyncio
import json
import re

import pytest
from defusedxml import ElementTree
from msgspec.structs import replace
from server_client import VERSION, VPC, Client, plan_of

from conformance.server.app import make_app
from conformance.server.build import build_plan
from conformance.server.general.later import LaterOperations
from conformance.server.provider_states import read_setting
from conformance.server.request import ReceivedRequest
from conformance.server.service import Service

REQUEST_ID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")
FULL = {
    "FlowLogName": "名 name",
    "Description": "a <b> & c",
    "AggregationInterval": "5",
    "TrafficPath.1": "internetGateway",
    "ResourceGroupId": "rg-1",
    "Tag.1.Key": "k1",
    "Tag.1.Value": "v1",
    "Tag.2.Key": "k2",
    "Tag.2.Value": "",
    "IpVersion": "IPv4",
}


def full_client() -> Client:
    client = Client.following("both").prepare()
    client.state("account.traffic-path-enabled")
    client.state("resource-group.exists", {"id": "rg-1"})
    return client


def test_a_success_has_the_fields_of_the_documents() -> None:
    answered = full_client().create(FULL)
    assert answered.headers["content-type"] == "application/json;charset=utf-8"
    assert list(answered.json) == ["RequestId", "Success", "FlowLogId", "ResourceGroupId"]
    assert REQUEST_ID.fullmatch(answered.json["RequestId"])
    assert answered.json["Success"] == "true"
    assert answered.json["FlowLogId"].startswith("fl-")
    assert answered.json["ResourceGroupId"] == "rg-1"


def test_who_names_no_group_gets_one() -> None:
    assert re.fullmatch(r"rg-acfm[a-z0-9]{11,}", Client.following("en").prepare().create().json["ResourceGroupId"])


def test_a_flow_log_is_listed_as_it_was_asked_for() -> None:
    client = full_client()
    flow_log_id = client.create(FULL).json["FlowLogId"]
    (shown,) = client.listed()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", shown.pop("CreationTime"))
    assert shown == {
        "FlowLogId": flow_log_id,
        "FlowLogName": "名 name",
        "Description": "a <b> & c",
        **VPC,
        "AggregationInterval": 5,
        "ResourceGroupId": "rg-1",
        "IpVersion": "IPv4",
        "TrafficPath": {"TrafficPathList": ["internetGateway"]},
        "Tags": {"Tag": [{"Key": "k1", "Value": "v1"}, {"Key": "k2", "Value": ""}]},
        "Status": "Activating",
    }


def test_the_flow_logs_of_a_vpc_are_those_that_are_of_it_and_not_of_another_resource_with_its_id() -> None:
    client = Client.following("both").prepare()
    client.state("resource.exists", {"type": "VSwitch", "id": "vpc-1"})
    wanted = client.create().json["FlowLogId"]
    client.create({"ResourceType": "VSwitch"})
    assert [shown["FlowLogId"] for shown in client.listed(VpcId="vpc-1")] == [wanted]
    assert client.listed(VpcId="vpc-2") == []
    assert len(client.listed(VpcId="")) == 2


def test_defaults_show() -> None:
    client = Client.following("zh").prepare()
    client.create()
    (shown,) = client.listed()
    assert shown["AggregationInterval"] == 10
    assert shown["TrafficPath"] == {"TrafficPathList": ["all"]}
    assert shown["IpVersion"] == "IPv4"
    assert shown["Tags"] == {"Tag": []}


def test_a_flow_log_becomes_active_after_the_delay() -> None:
    client = Client.following("both").prepare()
    client.create()
    client.clock.now += 0.19
    assert [shown["Status"] for shown in client.listed()] == ["Activating"]
    client.clock.now += 0.02
    assert [shown["Status"] for shown in client.listed()] == ["Active"]


def test_the_delay_can_be_chosen() -> None:
    plan = plan_of("both")
    client = Client.of(replace(plan, execution=replace(plan.execution, activation_delay=0))).prepare()
    client.create()
    assert [shown["Status"] for shown in client.listed()] == ["Active"]


@pytest.mark.parametrize(
    ("name", "hit", "miss"),
    [
        ("FlowLogName", "名 name", "name"),
        ("ResourceId", "vpc-1", "vpc-2"),
        ("ResourceType", "VPC", "VSwitch"),
        ("ProjectName", "log-project", "log"),
        ("LogStoreName", "log-store", "log"),
        ("TrafficType", "All", "Drop"),
        ("Status", "Activating", "Active"),
        ("ResourceGroupId", "rg-1", "rg-2"),
        ("RegionId", "cn-qingdao", "cn-hangzhou"),
        ("FlowLogId", "", "fl-1"),
    ],
)
def test_flow_logs_are_chosen_by_their_fields(name: str, hit: str, miss: str) -> None:
    client = full_client()
    client.create(FULL)
    assert len(client.listed(**{name: hit or client.listed()[0]["FlowLogId"]})) == 1
    assert client.listed(**{name: miss}) == []


def test_flow_logs_come_page_by_page() -> None:
    client = Client.following("both").prepare()
    for number in range(5):
        client.state("flow-log.exists", {"type": "VPC", "id": f"vpc-{number}"})
    page = client.describe(PageNumber="2", PageSize="2")
    assert (page["TotalCount"], page["PageNumber"], page["PageSize"]) == ("5", "2", "2")
    assert [shown["ResourceId"] for shown in page["FlowLogs"]["FlowLog"]] == ["vpc-2", "vpc-3"]
    assert client.listed(PageNumber="4", PageSize="2") == []


@pytest.mark.parametrize("wrong", [{"PageSize": "51"}, {"PageSize": "0"}, {"PageNumber": "0"}, {"PageNumber": "x"}])
def test_pages_that_cannot_be(wrong: dict[str, str]) -> None:
    assert (
        Client.following("en").call("DescribeFlowLogs", {"RegionId": "cn-qingdao", **wrong}).code == "ParameterInvalid"
    )


def test_deleting_frees_the_resource() -> None:
    client = Client.following("both").prepare()
    flow_log_id = client.create().json["FlowLogId"]
    assert client.call("DeleteFlowLog", {"RegionId": "cn-qingdao", "FlowLogId": flow_log_id}).json["Success"] == "true"
    assert client.listed() == []
    gone = client.call("DeleteFlowLog", {"RegionId": "cn-qingdao", "FlowLogId": flow_log_id})
    assert (gone.status, gone.code) == (400, "InvalidFlowLogId.NotFound")
    assert client.create().status == 200


@pytest.mark.parametrize("missing", ["RegionId", "FlowLogId"])
def test_deleting_takes_two_parameters(missing: str) -> None:
    sent: dict[str, str | None] = {"RegionId": "cn-qingdao", "FlowLogId": "fl-1", missing: None}
    assert Client.following("both").call("DeleteFlowLog", sent).code == "MissingParameter"


def test_describing_takes_a_region() -> None:
    assert Client.following("both").call("DescribeFlowLogs").code == "MissingParameter"


def test_of_two_equal_calls_at_once_one_succeeds() -> None:
    client = Client.following("both").prepare()

    async def both() -> list[int]:
        calls = (client.call_async("CreateFlowLog", VPC) for _ in range(20))
        return sorted(answered.status for answered in await asyncio.gather(*calls))

    assert asyncio.run(both()) == [200] + [400] * 19


@pytest.mark.parametrize("form", ["XML", "xml", "Xml"])
def test_xml_says_the_same(form: str) -> None:
    client = full_client()
    created = client.create({**FULL, "Format": form})
    assert created.headers["content-type"] == "text/xml;charset=utf-8"
    root = ElementTree.fromstring(created.body)
    assert (root.tag, [child.tag for child in root]) == (
        "CreateFlowLogResponse",
        ["RequestId", "Success", "FlowLogId", "ResourceGroupId"],
    )
    error = ElementTree.fromstring(client.create({**FULL, "Format": form}).body)
    assert (error.tag, error.findtext("Code")) == ("Error", "InvalidResourceId.NotFound")
    listed = ElementTree.fromstring(client.call("DescribeFlowLogs", {"RegionId": "cn-qingdao", "Format": form}).body)
    (shown,) = listed.findall("FlowLogs/FlowLog")
    assert shown.findtext("Description") == "a <b> & c"
    assert [tag.findtext("Key") for tag in shown.findall("Tags/Tag")] == ["k1", "k2"]
    assert [path.text for path in shown.findall("TrafficPath/TrafficPathList")] == ["internetGateway"]


def test_xml_replaces_what_it_cannot_hold() -> None:
    client = Client.following("both").prepare()
    client.create({"Description": "a\x00b\x0bc\uffff"})
    listed = ElementTree.fromstring(client.call("DescribeFlowLogs", {"RegionId": "cn-qingdao", "Format": "XML"}).body)
    assert listed.findtext("FlowLogs/FlowLog/Description") == "a\ufffdb\ufffdc\ufffd"


# --- Provider states -------------------------------------------------------------------------------------------------


def test_a_state_ends_with_its_teardown() -> None:
    client = Client.following("both").prepare()
    for _ in range(2):
        client.state("account.flow-log-quota-reached")
    assert client.create().code == "QuotaExceeded.FlowlogCount"
    assert client.state("account.flow-log-quota-reached", action="teardown").status == 200
    assert client.create().status == 200
    assert client.state("account.flow-log-quota-reached", action="teardown").status == 200


def test_a_state_holds_for_several_ids_at_once() -> None:
    client = Client.following("both").prepare()
    client.state("resource.exists", {"type": "VPC", "id": "vpc-2"})
    assert client.create({"ResourceId": "vpc-1"}).status == 200
    assert client.create({"ResourceId": "vpc-2"}).status == 200
    client.state("resource.exists", {"type": "VPC", "id": "vpc-2"}, "teardown")
    assert client.create({"ResourceId": "vpc-2"}).code == "InvalidInstanceId"
    assert client.create({"ResourceId": "vpc-1"}).code == "InvalidResourceId.NotFound"


def test_a_state_set_again_has_its_new_parameters() -> None:
    client = Client.following("zh").prepare()
    client.state("nis-traffic-analyzer.exists", {"id": "nis-1", "interval": 1})
    client.state("nis-traffic-analyzer.exists", {"id": "nis-1", "interval": 10})
    assert client.create({"TrafficAnalyzerId": "nis-1"}).status == 200


def test_the_flow_log_of_a_state_goes_with_it() -> None:
    client = Client.following("both").prepare()
    client.state("flow-log.exists", {"type": "VPC", "id": "vpc-1", "traffic_path": ["internetGateway"]})
    (shown,) = client.listed()
    assert (shown["Status"], shown["TrafficPath"]) == ("Active", {"TrafficPathList": ["internetGateway"]})
    client.state("resource.exists", {"type": "VPC", "id": "vpc-1"}, "teardown")
    assert len(client.listed()) == 1
    client.state("flow-log.exists", {"type": "VPC", "id": "vpc-1"}, "teardown")
    assert client.listed() == []


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"state": "resource.exist", "action": "setup"}, "resource.exists"),
        ({"state": "resource.exists", "action": "set"}, "setup or teardown"),
        ({"state": "resource.exists", "action": "setup"}, "needs the parameter 'type'"),
        ({"state": "resource.exists", "action": "setup", "params": []}, "an object"),
        ({"state": "flow-log.exists", "action": "setup", "params": {"type": "EIP", "id": "x"}}, "EIP"),
        ({"state": "account.is-ram-user", "action": "setup", "params": {"id": "x"}}, "no parameter 'id'"),
        ({"state": "account.is-ram-user", "action": "setup", "params": {"access_key_id": 1}}, "access_key_id"),
        ({"state": "service.answers-with", "action": "setup", "params": {"code": "Nope"}}, "Nope"),
        (
            {"state": "flow-log.exists", "action": "setup", "params": {"type": "VPC", "id": "x", "traffic_path": [1]}},
            "traffic_path",
        ),
        ("text", "an object"),
        (None, "an object"),
    ],
)
def test_a_wrong_state_is_told_why(asked: object, message: str) -> None:
    client = Client.following("both")
    answered = asyncio.run(client.request("POST", "/_states", body=json.dumps(asked).encode()))
    assert answered.status == 400
    assert message in answered.json["message"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("PUT", "/_states", "GET, POST"), ("GET", "/_reset", "POST"), ("POST", "/_health", "GET")],
)
def test_each_path_beside_the_api_has_its_methods(method: str, path: str, allowed: str) -> None:
    answered = asyncio.run(Client.following("both").request(method, path))
    assert (answered.status, answered.headers["allow"]) == (405, allowed)


def test_the_states_that_hold_are_listed_as_they_were_set() -> None:
    client = Client.following("both")
    client.state("resource.exists", {"type": "VPC", "id": "vpc-1"})
    client.state("account.is-ram-user")
    held = asyncio.run(client.request("GET", "/_states")).json["states"]
    assert held == [
        {"state": "resource.exists", "params": {"type": "VPC", "id": "vpc-1", "access_key_id": "account"}},
        {"state": "account.is-ram-user", "params": {"access_key_id": "account"}},
    ]
    for state in held:
        again = json.dumps({**state, "action": "teardown"}).encode()
        assert asyncio.run(client.request("POST", "/_states", body=again)).status == 200
    assert asyncio.run(client.request("GET", "/_states")).json == {"states": []}


def test_a_reset_forgets_all_but_the_states_of_the_start() -> None:
    start = (read_setting("logs.exists", {"project": "p", "logstore": "l"}),)
    client = Client(make_app(plan_of("both"), start=start))
    client.state("account.is-ram-user")
    assert len(asyncio.run(client.request("GET", "/_states")).json["states"]) == 2
    assert asyncio.run(client.request("POST", "/_reset")).status == 200
    (held,) = asyncio.run(client.request("GET", "/_states")).json["states"]
    assert held == {"state": "logs.exists", "params": {"project": "p", "logstore": "l"}}


def test_it_says_that_it_is_there() -> None:
    answered = asyncio.run(Client.following("both").request("GET", "/_health"))
    assert (answered.status, answered.json) == (200, {"status": "ok"})


def test_a_plan_that_was_prepared_is_not_made_again_when_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    plan_for = LaterOperations.plan_of

    def counted(self: LaterOperations, action: str, version: str) -> object:
        made.append(action)
        return plan_for(self, action, version)

    monkeypatch.setattr(LaterOperations, "plan_of", counted)
    service = Service(build_plan())
    service.prepare("AllocateEipAddress", VERSION)
    assert made == ["AllocateEipAddress"]
    query = f"Action=AllocateEipAddress&Version={VERSION}&AccessKeyId=prepared".encode()
    asyncio.run(service.answer(ReceivedRequest("GET", query, {}, b"")))
    assert made == ["AllocateEipAddress"]
