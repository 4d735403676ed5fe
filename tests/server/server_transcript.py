"""A battery of calls that shows all that a server does, as text in which only what it makes up has been replaced."""

from __future__ import annotations

import asyncio
import re
from itertools import product
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from msgspec.structs import replace
from server_client import FORM, VERSION, VPC, Answered, Client

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping

    from conformance.server.server_plan import ServerPlan

    Probe = Callable[[Client], Awaitable[list[Answered]]]

Changes = dict[str, str | None]
States = list[tuple[str, dict[str, object]]]

NO_LOGS: Changes = {"ProjectName": None, "LogStoreName": None}
LONG = "abcdefghij" * 30
WIDE = "流" * 300
ASTRAL = "𠮷" * 300
PATHS: States = [("account.traffic-path-enabled", {})]
ANALYZER: States = [("nis-traffic-analyzer.exists", {"id": "nis-1", "interval": 5})]

_REQUEST_ID = re.compile(r"\b[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}\b")
_FLOW_LOG_ID = re.compile(r"\bfl-[0-9a-f]{20}\b")


def _lengths(name: str, *lengths: int, text: str = LONG) -> Iterator[tuple[Changes, States]]:
    for length in lengths:
        yield {name: text[:length]}, []


def _values(name: str, *values: str, states: States | None = None) -> Iterator[tuple[Changes, States]]:
    for value in values:
        yield {name: value}, states or []


def _here(*names: str) -> Iterator[tuple[Changes, States]]:
    for name in names:
        yield {}, [(name, {"id": "vpc-1"})]


def _tags(count: int, value: str = "v") -> Changes:
    return {
        f"Tag.{index}.{part}": text
        for index in range(1, count + 1)
        for part, text in (("Key", f"Key{index}"), ("Value", value))
    }


def _creations() -> Iterator[tuple[Changes, States]]:
    """Yield what to change in the valid request, and the states to be in."""
    yield {}, []
    for name in VPC:
        yield {name: None}, []
        yield {name: ""}, []
    yield NO_LOGS, []
    yield {"ClientToken": "token"}, []
    yield {"NoSuchParameter": "a"}, []
    yield {"regionid": "cn-qingdao", "RegionId": None}, []
    yield from _texts()
    yield from _choices()
    yield from _situations()


def _texts() -> Iterator[tuple[Changes, States]]:
    """Yield texts of all lengths and forms."""
    for text in (LONG, WIDE, ASTRAL):
        yield from _lengths("FlowLogName", 1, 127, 128, 129, text=text)
        yield from _lengths("Description", 1, 128, 255, 256, 257, text=text)
        for part, length in product(("Key", "Value"), (1, 127, 128, 129)):
            yield {"Tag.1.Key": "k", f"Tag.1.{part}": text[:length]}, []
    yield from _values("FlowLogName", "http://", "0123", "null", "true", "a\\b &amp;")
    for name in ("FlowLogName", "Description"):
        yield from _values(
            name, "", "http://a", "https://a", "https://", "httpx", "a http://b", " a b ", f" {LONG[:127]} "
        )
    for name in ("ProjectName", "LogStoreName"):
        yield from _lengths(name, 2, 3, 4, 62, 63, 64)
        yield from _values(name, "a_b", "aBc", "a.b", "a-b", "-ab", "ab-", "_ab", "ab_", "1ab", "ab1")
        yield from _values(name, "a٣b", "a３b", "a流b")
    for part in ("Key", "Value"):
        for text in (
            "",
            "aliyun1",
            "acs:1",
            "acs1",
            "aliyun",
            "acs:",
            "a\nhttp://b",
            "http://a",
            "https://a",
            "see http://a",
            "see https://a",
            "ACS:1",
        ):
            yield {"Tag.1.Key": "k", f"Tag.1.{part}": text}, []
        yield {"Tag.1.Key": "a", "Tag.2.Key": "b", f"Tag.2.{part}": LONG[:129]}, []
    for count in (2, 10, 11, 19, 20, 21, 22):
        yield _tags(count), []
    yield _tags(2, ""), []
    for odd in ("Tag.1.Key", "Tag.1.Value", "Tag.x.Key", "Tag.0.Key", "Tag.99999999.Key", "Tag.1.Color", "Tag.1"):
        yield {odd: "k"}, []


def _choices() -> Iterator[tuple[Changes, States]]:
    """Yield values of the parameters that have lists of them."""
    yield from _values("ResourceType", "EIP", "vpc", "VSwitch", "NetworkInterface")
    yield from _values("TrafficType", "Allow", "Drop", "drop", "Reject", "Everything", "Dropped")
    yield from _values("AggregationInterval", "0", "1", "5", "10", "05", "7", "60", "x", "")
    yield from _values("AggregationInterval", "+5", " 5", "-5", "1_0", "5.0", "٥")
    yield from _values("IpVersion", "IPv4", "IPv6", "DualStack", "IPv5", "")
    yield from _values("RegionId", "cn-hangzhou", "xx-nowhere-1", "cn-qingdao-x")
    yield from _values("TrafficPath.1", "all", "internetGateway", "ALL", "some", "allPaths", states=PATHS)
    yield from _values("TrafficPath.1", "all", "internetGateway")
    yield {"TrafficPath.1": "all", "TrafficPath.2": "all"}, PATHS
    yield {"TrafficPath.1": "all", "TrafficPath.2": "internetGateway"}, PATHS
    yield {"TrafficPath.1": "all", "TrafficPath.2": "some"}, PATHS
    yield {"TrafficPath.1": "all", "IpVersion": "IPv6"}, PATHS


def _situations() -> Iterator[tuple[Changes, States]]:
    """Yield all that a server may know of an account."""
    yield from _here("resource.shared", "eni.type-unsupported", "resource.ipv6-unsupported")
    yield from _here("vpc.advanced-features-unsupported", "vpc.some-advanced-features-unsupported")
    yield {"IpVersion": "IPv6"}, [("resource.ipv6-unsupported", {"id": "vpc-1"})]
    for name in ("business-status-incorrect", "flow-log-not-activated", "is-ram-user", "flow-log-quota-reached"):
        yield {}, [(f"account.{name}", {})]
    yield {}, [("logs.source-project-missing", {})]
    yield {}, [("service.answers-with", {"code": "OperationUnsupported.action"})]
    yield {"ProjectName": "no-project"}, []
    yield {"ResourceGroupId": "rg-1"}, []
    yield {"ResourceGroupId": "rg-1"}, [("resource-group.exists", {"id": "rg-1"})]
    yield {"ResourceId": "vpc-2"}, []
    yield {"ResourceType": "EIP", "ResourceId": "none"}, []
    yield {"ResourceType": "VSwitch", "ResourceId": "none"}, []
    yield {"ResourceType": "NetworkInterface", "ResourceId": "none"}, []
    yield {"ResourceId": "a<b&c"}, [("resource.exists", {"type": "VPC", "id": "a<b&c"})]
    for changes in ({}, {"AggregationInterval": "5"}, {"AggregationInterval": "10"}, NO_LOGS):
        yield {**changes, "TrafficAnalyzerId": "nis-1"}, ANALYZER
    yield {"TrafficAnalyzerId": "nis-2"}, ANALYZER
    yield {"TrafficAnalyzerId": "nis-1"}, [("nis-traffic-analyzer.inactive", {"id": "nis-1"})]
    for paths in ([], ["all"], ["internetGateway"]):
        existing: States = [("flow-log.exists", {"type": "VPC", "id": "vpc-1", "traffic_path": paths}), *PATHS]
        yield {}, existing
        yield {"TrafficPath.1": "internetGateway"}, existing
    yield {}, [("flow-log.exists", {"type": "VSwitch", "id": "vsw-9"})]
    yield from _others()


def _others() -> Iterator[tuple[Changes, States]]:
    """Yield what a server may know of another resource than the one of the call."""
    yield {"ResourceId": "vpc-2"}, [("resource.exists", {"type": "VPC", "id": "vpc-3"})]
    for name in ("vpc.advanced-features-unsupported", "vpc.some-advanced-features-unsupported", "eni.type-unsupported"):
        yield {}, [(name, {"id": "vpc-3"})]
    yield {}, [("resource.shared", {"id": "vpc-3"})]
    yield {}, [("flow-log.exists", {"type": "VPC", "id": "vpc-3"})]
    yield {"ResourceGroupId": "rg-1"}, [("resource-group.exists", {"id": "rg-2"})]
    yield {"TrafficAnalyzerId": "nis-1"}, []
    yield {"TrafficAnalyzerId": "nis-1"}, [*ANALYZER, ("nis-traffic-analyzer.inactive", {"id": "nis-2"})]
    yield {"ProjectName": "no-project"}, [("logs.exists", {"project": "other-project", "logstore": "log-store"})]


async def _create(client: Client, changes: Mapping[str, str | None], states: States) -> list[Answered]:
    """Create once and look at what came of it, at once and when time has passed."""
    wanted = {**VPC, **changes}
    project, store = wanted["ProjectName"], wanted["LogStoreName"]
    await client.state_async("resource.exists", {"type": "VPC", "id": "vpc-1"})
    if project != "no-project":
        await client.state_async("logs.exists", {"project": project or "log-project", "logstore": store or "log-store"})
    await client.state_async("logs.exists", {"project": "no-project", "logstore": "other"})
    for state, params in states:
        await client.state_async(state, params)
    created = await client.call_async("CreateFlowLog", wanted)
    if created.status >= 400:
        return [created]
    return [created, await client.call_async("DescribeFlowLogs", {"RegionId": wanted["RegionId"] or VPC["RegionId"]})]


async def _ready(client: Client) -> Client:
    await client.state_async("resource.exists", {"type": "VPC", "id": "vpc-1"})
    await client.state_async("logs.exists", {"project": "log-project", "logstore": "log-store"})
    return client


async def _life(client: Client) -> list[Answered]:
    """Create, wait, list by id and region, delete twice, list again, create again."""
    await _ready(client)
    await client.state_async("logs.exists", {"project": "no-project", "logstore": "log-store"})
    await client.state_async("flow-log.exists", {"type": "VSwitch", "id": "vsw-1"})
    region = VPC["RegionId"]
    missing = await client.call_async("CreateFlowLog", {**VPC, "ProjectName": "some-other"})
    created = await client.call_async("CreateFlowLog", VPC)
    pending = await client.call_async("DescribeFlowLogs", {"RegionId": region})
    client.clock.now += 1
    flow_log_id = (_FLOW_LOG_ID.findall(created.body.decode()) or ["none"])[0]
    queries: list[Changes] = [
        {},
        {"FlowLogId": flow_log_id},
        {"FlowLogId": "fl-none"},
        {"Status": "Active"},
        {"RegionId": "cn-hangzhou"},
    ]
    listed = [await client.call_async("DescribeFlowLogs", {"RegionId": region, **query}) for query in queries]
    deleted = [
        await client.call_async("DeleteFlowLog", {"RegionId": region, "FlowLogId": name})
        for name in (flow_log_id, flow_log_id, "fl-none")
    ]
    again = await client.call_async("CreateFlowLog", VPC)
    return [missing, created, pending, *listed, *deleted, again]


async def _race(client: Client) -> list[Answered]:
    """Create twice at the same moment."""
    await _ready(client)
    both = await asyncio.gather(*(client.call_async("CreateFlowLog", VPC) for _ in range(2)))
    return sorted(both, key=lambda answered: answered.status)


async def _changed(client: Client) -> list[Answered]:
    """Be refused, take back why, create, and be another account that lists."""
    await _ready(client)
    await client.state_async("account.flow-log-quota-reached")
    refused = await client.call_async("CreateFlowLog", VPC)
    await client.state_async("account.flow-log-quota-reached", action="teardown")
    created = await client.call_async("CreateFlowLog", VPC)
    other = client.other(f"{client.account}-other")
    return [refused, created, await other.call_async("DescribeFlowLogs", {"RegionId": VPC["RegionId"]})]


async def _spoken(client: Client) -> list[Answered]:
    """Speak in every way that clients have: verbs, forms, headers, XML."""
    await _ready(client)
    found = []
    for count, method in enumerate(("GET", "POST", "PUT", "HEAD")):
        await client.state_async("resource.exists", {"type": "VPC", "id": f"vpc-{count}"})
        for form in ("JSON", "XML", "xml", "other"):
            sent = {**VPC, "ResourceId": f"vpc-{count}", "Format": form, "Description": "a<b&c d", "Tag.1.Key": "流"}
            found.append(await client.call_async("CreateFlowLog", sent, method))
    system = {"Action": "CreateFlowLog", "AccessKeyId": client.account, "Version": VERSION}
    acs3 = {"x-acs-action": "CreateFlowLog", "x-acs-version": VERSION, "authorization": _acs3(client)}
    ways: list[tuple[Mapping[str, str], Mapping[str, str], Mapping[str, str]]] = [
        ({**system, **VPC}, {}, {}),
        (system, VPC, FORM),
        (VPC, {}, acs3),
    ]
    for query, body, headers in ways:
        await client.state_async("resource.exists", {"type": "VPC", "id": "vpc-1"})
        encoded = urlencode(query).encode()
        found.append(await client.request("POST", query=encoded, body=urlencode(body).encode(), headers=headers))
        # A flow log more on the resource would only be refused: the next way has an account of its own.
        client = await _ready(client.other(f"{client.account}-next"))
    found.append(await client.call_async("NoSuchAction"))
    found.append(await client.call_async("CreateFlowLog", {**VPC, "Version": "2000-01-01"}))
    found.append(await client.call_async("DescribeFlowLogs", {"RegionId": "cn-qingdao", "Format": "XML"}))
    return found


def _acs3(client: Client) -> str:
    return f"ACS3-HMAC-SHA256 Credential={client.account},SignedHeaders=host,Signature=00"


def _probes() -> Iterator[Probe]:
    def creation(changes: Changes, states: States) -> Probe:
        return lambda client: _create(client, changes, states)

    for changes, states in _creations():
        yield creation(changes, states)
    yield from (_life, _race, _changed, _spoken)


async def _transcript(plan: ServerPlan) -> tuple[str, ...]:
    # A fault that waits shows as well when it waits shortly.
    execution = replace(plan.execution, pause=min(plan.execution.pause, 0.001))
    client = Client.of(replace(plan, execution=execution))
    told = []
    for number, probe in enumerate(_probes()):
        account = client.other(f"account-{number}")
        told.append("\n".join(_as_text(answered) for answered in await probe(account)))
        client.clock.now += 100
    return tuple(_replaced(told))


def transcript(plan: ServerPlan) -> tuple[str, ...]:
    """Return what a server says to every probe, each under an account of its own."""
    return asyncio.run(_transcript(plan))


def _as_text(answered: Answered) -> str:
    headers = {name: text for name, text in answered.headers.items() if name != "content-length"}
    return f"{answered.status} {headers} {answered.body!r}"


def _replaced(texts: list[str]) -> Iterator[str]:
    """Replace well-formed ids by their number in the order of appearance: equal ids stay equal, others do not."""
    seen: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        return seen.setdefault(match[0], f"<id {len(seen)}>")

    for text in texts:
        yield _FLOW_LOG_ID.sub(number, _REQUEST_ID.sub(number, text))
