"""Faults of what a success says, of what is kept, and of what the neighbours of CreateFlowLog make of it."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from conformance.contract.model import AsyncBehaviour
from conformance.server.checks import DESCRIBE
from conformance.server.faults.mutations import (
    checking,
    doing,
    dropping,
    keeping,
    refusing,
    renaming,
    setting,
    stating,
    succeeding,
    with_status,
    without,
)
from conformance.server.server_plan import DEFAULT_GROUP, FILTERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.server.answers import Json
    from conformance.server.faults.mutations import Mutation
    from conformance.server.store import FlowLog

_ID: Final = "54B48E3D-DF70-471B-AA93-08E683A1B457"


def _field(name: str, change: Callable[[str], Json], body: dict[str, Json]) -> dict[str, Json]:
    return {**body, name: change(str(body[name]))}


def _with(name: str, value: str | None, flow_log: FlowLog) -> FlowLog:
    fields = {**flow_log.fields, name: value}
    return replace(flow_log, fields={key: text for key, text in fields.items() if text is not None})


def _changed(name: str, change: Callable[[str], str], flow_log: FlowLog) -> FlowLog:
    return _with(name, change(flow_log.fields[name]), flow_log) if name in flow_log.fields else flow_log


def _listed(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Mutation:
    """Show every flow log of DescribeFlowLogs otherwise."""

    def over(body: dict[str, Json]) -> dict[str, Json]:
        shown = cast("Any", body["FlowLogs"])["FlowLog"]
        return {**body, "FlowLogs": {"FlowLog": [change(dict(item)) for item in shown]}}

    return succeeding(over, DESCRIBE)


def _describing(change: Callable[[dict[str, Json]], dict[str, Json]]) -> Mutation:
    return succeeding(change, DESCRIBE)


ANSWER_FAULTS: Final[Mapping[str, tuple[str, Mutation]]] = {
    # The answer to a creation.
    "success-boolean": ("Success is a boolean", succeeding(setting(Success=True))),
    "success-capital": ("Success is True", succeeding(setting(Success="True"))),
    "success-false": ("Success is false", succeeding(setting(Success="false"))),
    "success-missing": ("there is no Success", succeeding(dropping("Success"))),
    "created-201": (
        "a creation comes with status 201",
        with_status("CreateFlowLog", lambda answer: 201 if answer.root == "CreateFlowLogResponse" else answer.status),
    ),
    "request-id-lower-case": ("RequestId is in small letters", succeeding(partial(_field, "RequestId", str.lower))),
    "request-id-no-hyphens": (
        "RequestId has no hyphens",
        succeeding(partial(_field, "RequestId", lambda text: text.replace("-", ""))),
    ),
    "request-id-same": ("RequestId is always the same", doing("RequestId", request_id=lambda: _ID)),
    "request-id-missing": ("a success has no RequestId", succeeding(dropping("RequestId"))),
    "request-id-other-name": ("RequestId is called RequestID", succeeding(renaming(RequestId="RequestID"))),
    "flow-log-id-missing": ("there is no FlowLogId", succeeding(dropping("FlowLogId"))),
    "flow-log-id-other-name": ("FlowLogId is called FlowlogId", succeeding(renaming(FlowLogId="FlowlogId"))),
    "flow-log-id-empty": ("FlowLogId is empty", succeeding(setting(FlowLogId=""))),
    "flow-log-id-same": (
        "FlowLogId is always the same",
        doing("FlowLogId", flow_log_id=lambda: "fl-m5e8vhz2t21sel1nq0000"),
    ),
    "flow-log-id-no-prefix": (
        "FlowLogId does not begin with fl-",
        succeeding(partial(_field, "FlowLogId", lambda text: text.removeprefix("fl-"))),
    ),
    "flow-log-id-unknown": (
        "FlowLogId is not the id that the flow log then has",
        succeeding(partial(_field, "FlowLogId", lambda text: text[:-1] + ("0" if text[-1] != "0" else "1"))),
    ),
    "flow-log-id-list": ("FlowLogId is a list", succeeding(partial(_field, "FlowLogId", lambda text: [text]))),
    "group-missing": ("there is no ResourceGroupId", succeeding(dropping("ResourceGroupId"))),
    "group-not-echoed": (
        "ResourceGroupId is always that of the default group",
        succeeding(setting(ResourceGroupId=DEFAULT_GROUP)),
    ),
    "group-null": ("ResourceGroupId is null", succeeding(setting(ResourceGroupId=None))),
    "answer-in-data": (
        "the fields of the answer are inside Data",
        succeeding(lambda body: {"RequestId": body["RequestId"], "Data": body}),
    ),
    "answer-lower-case": (
        "the fields of the answer begin with small letters",
        succeeding(lambda body: {name[0].lower() + name[1:]: value for name, value in body.items()}),
    ),
    # The envelope of an error.
    "error-without-request-id": ("an error has no RequestId", refusing(dropping("RequestId"))),
    "error-without-code": ("an error has no Code", refusing(dropping("Code"))),
    "error-without-message": ("an error has no Message", refusing(dropping("Message"))),
    "error-code-other-name": ("Code is called ErrorCode", refusing(renaming(Code="ErrorCode"))),
    "error-lower-case": (
        "Code and Message are called code and message",
        refusing(renaming(Code="code", Message="message")),
    ),
    "error-nested": (
        "Code and Message are inside Error",
        refusing(
            lambda body: {
                "RequestId": body["RequestId"],
                "Error": {"Code": body["Code"], "Message": body["Message"]},
            }
        ),
    ),
    "error-with-success": ("an error says Success: true", refusing(setting(Success="true"))),
    "error-request-id-lower-case": (
        "RequestId of an error is in small letters",
        refusing(partial(_field, "RequestId", str.lower)),
    ),
    # Becoming active.
    "never-active": ("a flow log stays Activating", doing("activation", activation_delay=math.inf)),
    "active-by-another-name": (
        "the final state is called ACTIVE",
        doing("activation", states=AsyncBehaviour("Activating", "ACTIVE", DESCRIBE)),
    ),
    "becomes-inactive": (
        "the final state is Inactive",
        doing("activation", states=AsyncBehaviour("Activating", "Inactive", DESCRIBE)),
    ),
    "pending-by-another-name": (
        "the state before it is active is called Creating",
        doing("activation", states=AsyncBehaviour("Creating", "Active", DESCRIBE)),
    ),
    # What is kept.
    "created-not-kept": ("a flow log that was created is not there", doing("CreateFlowLog", keeps=False)),
    "interval-default-5": (
        "AggregationInterval is 5 when it is not sent",
        stating("AggregationInterval", "default", 5),
    ),
    "interval-not-kept": (
        "AggregationInterval is always 10",
        keeping("AggregationInterval", partial(_with, "AggregationInterval", "10")),
    ),
    "name-not-kept": ("FlowLogName is lost", keeping("FlowLogName", partial(_with, "FlowLogName", None))),
    "name-cut": (
        "FlowLogName is cut after 64 characters",
        keeping("FlowLogName", partial(_changed, "FlowLogName", lambda text: text[:64])),
    ),
    "name-trimmed": (
        "FlowLogName loses spaces around it",
        keeping("FlowLogName", partial(_changed, "FlowLogName", str.strip)),
    ),
    "description-not-kept": ("Description is lost", keeping("Description", partial(_with, "Description", None))),
    "description-cut": (
        "Description is cut after 128 characters",
        keeping("Description", partial(_changed, "Description", lambda text: text[:128])),
    ),
    "traffic-type-not-kept": (
        "TrafficType is always All",
        keeping("TrafficType", partial(_with, "TrafficType", "All")),
    ),
    "path-not-kept": ("TrafficPath is lost", keeping("TrafficPath", lambda log: replace(log, traffic_path=()))),
    "first-path-kept": (
        "only the first TrafficPath is kept",
        keeping("TrafficPath", lambda log: replace(log, traffic_path=log.traffic_path[:1])),
    ),
    "tags-not-kept": ("tags are lost", keeping("Tag", lambda log: replace(log, tags=()))),
    "first-tag-kept": ("only the first tag is kept", keeping("Tag", lambda log: replace(log, tags=log.tags[:1]))),
    "last-tag-lost": ("the twentieth tag is lost", keeping("Tag", lambda log: replace(log, tags=log.tags[:19]))),
    "tag-values-lost": (
        "the values of tags are lost",
        keeping("Tag", lambda log: replace(log, tags=tuple((key, "") for key, _ in log.tags))),
    ),
    "empty-tags-lost": (
        "tags with an empty value are lost",
        keeping("Tag", lambda log: replace(log, tags=tuple(tag for tag in log.tags if tag[1]))),
    ),
    "tag-keys-lower-case": (
        "the keys of tags are in small letters",
        keeping("Tag", lambda log: replace(log, tags=tuple((key.lower(), value) for key, value in log.tags))),
    ),
    "logs-swapped": (
        "ProjectName and LogStoreName change places",
        _listed(lambda item: {**item, "ProjectName": item["LogStoreName"], "LogStoreName": item["ProjectName"]}),
    ),
    # DescribeFlowLogs.
    "describe-interval-text": (
        "DescribeFlowLogs has AggregationInterval as text",
        _listed(lambda item: {**item, "AggregationInterval": str(item["AggregationInterval"])}),
    ),
    "describe-no-status": ("DescribeFlowLogs has no Status", _listed(dropping("Status"))),
    "describe-no-tags": ("DescribeFlowLogs has no Tags", _listed(dropping("Tags"))),
    "describe-flat": (
        "DescribeFlowLogs lists flow logs without FlowLog between",
        _describing(lambda body: {**body, "FlowLogs": cast("Any", body["FlowLogs"])["FlowLog"]}),
    ),
    "describe-ignores-id": (
        "DescribeFlowLogs does not choose by FlowLogId",
        doing(DESCRIBE, filters=tuple(name for name in FILTERS if name != "FlowLogId")),
    ),
    "describe-ignores-region": ("DescribeFlowLogs does not choose by RegionId", doing(DESCRIBE, filters=FILTERS[1:])),
    "describe-empty": (
        "DescribeFlowLogs lists nothing",
        _describing(setting(FlowLogs={"FlowLog": []}, TotalCount="0")),
    ),
    "describe-total": (
        "TotalCount is one too many",
        _describing(partial(_field, "TotalCount", lambda text: str(int(text) + 1))),
    ),
    # DeleteFlowLog.
    "delete-does-nothing": ("DeleteFlowLog deletes nothing", doing("DeleteFlowLog", deletes=False)),
    "delete-unknown-succeeds": ("DeleteFlowLog of an unknown flow log succeeds", without("delete.unknown")),
    "delete-fails": ("DeleteFlowLog finds no flow log", checking("delete.unknown", lambda _attempt: True)),
}
