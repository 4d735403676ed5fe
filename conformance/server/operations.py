"""What the three operations do with a call that no rule refuses."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from conformance.server.checks import CREATE, DEFAULT_INTERVAL, DELETE, DESCRIBE
from conformance.server.documents import default
from conformance.server.request import whole_number
from conformance.server.store import FlowLog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from conformance.server.answers import Json
    from conformance.server.checks import Attempt
    from conformance.server.server_plan import Behaviour

_TEXTS: Final = (
    "RegionId",
    "FlowLogName",
    "Description",
    "ResourceType",
    "ResourceId",
    "TrafficType",
    "ProjectName",
    "LogStoreName",
    "AggregationInterval",
    "ResourceGroupId",
    "IpVersion",
)
"""The parameters of CreateFlowLog that are single texts and come back from DescribeFlowLogs."""
_DEFAULTS: Final = {"AggregationInterval": DEFAULT_INTERVAL, "IpVersion": "IPv4"}


@dataclass(frozen=True, slots=True)
class Work:
    """One call to be carried out.

    Attributes:
        attempt: The call, with its account and the promises of the server.
        behaviour: What the server does.
        now: The server's clock, in seconds.
    """

    attempt: Attempt
    behaviour: Behaviour
    now: float


async def create(work: Work) -> Mapping[str, Json]:
    """Create a flow log.

    Nothing is awaited between the rules' last look and the new flow log, so of two equal calls one succeeds.

    Returns:
        What the documents list: RequestId, Success as text, FlowLogId, ResourceGroupId (English, lines 102 to 121).
    """
    behaviour = work.behaviour
    if behaviour.pause:
        await asyncio.sleep(behaviour.pause)
    flow_log = new_flow_log(work, behaviour.flow_log_id())
    for step in behaviour.store_steps:
        flow_log = step(flow_log)
    if behaviour.keeps:
        work.attempt.view.add(flow_log)
    return {
        "RequestId": behaviour.request_id(),
        "Success": "true",
        "FlowLogId": flow_log.flow_log_id,
        "ResourceGroupId": flow_log.fields["ResourceGroupId"],
    }


async def describe(work: Work) -> Mapping[str, Json]:
    """List the flow logs of the account, chosen by the parameters that were sent with a value, page by page."""
    call, behaviour = work.attempt.call, work.behaviour
    wanted = {name: text for name in behaviour.filters if (text := call.value(name))}
    shown = [show(flow_log, work) for flow_log in work.attempt.view.flow_logs()]
    found = [item for item in shown if all(_fits(item, name, text) for name, text in wanted.items())]
    page, size = _number(call.value("PageNumber"), 1), _number(call.value("PageSize"), behaviour.page_size)
    return {
        "RequestId": behaviour.request_id(),
        "Success": "true",
        "FlowLogs": {"FlowLog": found[(page - 1) * size : page * size]},
        "TotalCount": str(len(found)),
        "PageNumber": str(page),
        "PageSize": str(size),
    }


async def delete(work: Work) -> Mapping[str, Json]:
    """Delete a flow log of the account."""
    if work.behaviour.deletes:
        work.attempt.view.remove(work.attempt.call.value("FlowLogId") or "")
    return {"RequestId": work.behaviour.request_id(), "Success": "true"}


OPERATIONS: Final[Mapping[str, Callable[[Work], Awaitable[Mapping[str, Json]]]]] = {
    CREATE: create,
    DESCRIBE: describe,
    DELETE: delete,
}


def new_flow_log(work: Work, flow_log_id: str) -> FlowLog:
    """Return the flow log that a call asks for."""
    call, followed = work.attempt.call, work.attempt.followed
    fields = {name: text for name in _TEXTS if (text := call.value(name)) is not None and followed.names(name)}
    for name, otherwise in _DEFAULTS.items():
        fields.setdefault(name, default(followed, name, otherwise))
    fields["ResourceGroupId"] = fields.get("ResourceGroupId") or work.behaviour.default_group
    keys, values = call.values("Tag[].Key"), call.values("Tag[].Value")
    return FlowLog(
        flow_log_id,
        fields,
        tuple(path for path in call.values("TrafficPath[]") if path),
        tuple((key, value or "") for key, value in zip(keys, values, strict=True) if key),
        work.now,
        work.now + work.behaviour.activation_delay,
    )


def show(flow_log: FlowLog, work: Work) -> dict[str, Json]:
    """Return a flow log as DescribeFlowLogs lists it."""
    behaviour = work.behaviour
    text = flow_log.fields.get
    pending = work.now < flow_log.active_at
    created = datetime.fromtimestamp(flow_log.created_at, UTC)
    return {
        "FlowLogId": flow_log.flow_log_id,
        "FlowLogName": text("FlowLogName", ""),
        "Description": text("Description", ""),
        "RegionId": text("RegionId", ""),
        "ResourceType": text("ResourceType", ""),
        "ResourceId": text("ResourceId", ""),
        "TrafficType": text("TrafficType", ""),
        "ProjectName": text("ProjectName", ""),
        "LogStoreName": text("LogStoreName", ""),
        "AggregationInterval": _number(text("AggregationInterval"), int(DEFAULT_INTERVAL)),
        "ResourceGroupId": text("ResourceGroupId", behaviour.default_group),
        "IpVersion": text("IpVersion", _DEFAULTS["IpVersion"]),
        "TrafficPath": {"TrafficPathList": list(flow_log.traffic_path or ("all",))},
        "Tags": {"Tag": [{"Key": key, "Value": value} for key, value in flow_log.tags]},
        "Status": behaviour.states.pending if pending else behaviour.states.final,
        "CreationTime": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _fits(shown: Mapping[str, Json], name: str, text: str) -> bool:
    # The flow log of a provider state has no region: it is in all of them.
    return shown[name] == text or (name == "RegionId" and not shown[name])


def _number(text: str | None, otherwise: int) -> int:
    number = whole_number(text)
    return otherwise if number is None else number
