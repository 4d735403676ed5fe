"""Faults of what is refused at all: checks forgotten, or made too freely or too strictly."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from conformance.server.checks import INVALID, IP_VERSIONS
from conformance.server.faults.mutations import also_refusing, checking, doing, seeing, without

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.server.checks import Attempt
    from conformance.server.faults.mutations import Mutation
    from conformance.server.request import Call

_TYPES: Final = {name.lower(): name for name in ("VPC", "VSwitch", "NetworkInterface", "All", "Allow", "Drop")}


def _in_any_case(name: str, call: Call) -> Call:
    value = call.value(name)
    return call if value is None else call.having(**{name: _TYPES.get(value.lower(), value)})


def _paths_lower(call: Call) -> Call:
    return call.mapped(lambda name, text: text.lower() if name.startswith("TrafficPath.") else text)


def _not_sent(name: str, attempt: Attempt) -> bool:
    return attempt.call.value(name) is None


def _sent_as_first_only(prefix: str, call: Call) -> Call:
    """Return the call with only the first element of a list."""
    return call.mapped(lambda name, text: None if name.startswith(f"{prefix}.") and name.split(".")[1] != "1" else text)


def _interval_as_number(call: Call) -> Call:
    return call.mapped(lambda name, text: text.strip().lstrip("+0") or "0" if name == "AggregationInterval" else text)


def _interval_default_lost(attempt: Attempt) -> bool:
    return attempt.call.value("AggregationInterval") is not None and _interval_reaches(attempt, 1)


def _interval_reaches(attempt: Attempt, more: int) -> bool:
    analyzer, interval = attempt.call.value("TrafficAnalyzerId"), attempt.interval
    if not analyzer or interval is None:
        return False
    settings = attempt.view.settings("nis-traffic-analyzer.exists", id=analyzer)
    return any(isinstance(most := params["interval"], (int, float)) and interval >= most + more for params in settings)


def _unknown_parameter(attempt: Attempt) -> bool:
    return attempt.call.value("ClientToken") is not None


def _project_only(attempt: Attempt) -> bool:
    return not attempt.call.value("ProjectName")


def _logs_of_any_project(attempt: Attempt) -> bool:
    logstore = attempt.call.value("LogStoreName")
    return logstore is not None and not attempt.view.holds("logs.exists", logstore=logstore)


def _any_flow_log(attempt: Attempt) -> bool:
    return next(attempt.view.flow_logs(), None) is not None


def _all_by_name_only(attempt: Attempt) -> bool:
    paths = attempt.call.values("TrafficPath[]")
    return bool(paths) and "all" not in paths and any("all" in log.traffic_path for log in attempt.same_resource())


CHECK_FAULTS: Final[Mapping[str, tuple[str, Mutation]]] = {
    # Checks forgotten: what a call has to have.
    "region-optional": ("RegionId may be missing", without("required.RegionId")),
    "resource-type-optional": ("ResourceType may be missing", without("required.ResourceType")),
    "resource-id-optional": ("ResourceId may be missing", without("required.ResourceId")),
    "traffic-type-optional": ("TrafficType may be missing", without("required.TrafficType")),
    "project-optional": ("ProjectName may be missing, for English", without("required.ProjectName")),
    "logstore-optional": ("LogStoreName may be missing, for English", without("required.LogStoreName")),
    "destination-optional": ("there may be no place to deliver to", without("destination.missing")),
    "project-required": (
        "ProjectName may never be missing, for Chinese",
        checking("destination.missing", _project_only),
    ),
    "empty-traffic-type-present": (
        "an empty TrafficType is not missing",
        checking("required.TrafficType", partial(_not_sent, "TrafficType")),
    ),
    "empty-resource-id-present": (
        "an empty ResourceId is not missing",
        checking("required.ResourceId", partial(_not_sent, "ResourceId")),
    ),
    # Checks forgotten: values.
    "resource-type-any": ("any ResourceType is taken", without("constraint.ResourceType.enum")),
    "traffic-type-any": ("any TrafficType is taken", without("constraint.TrafficType.enum")),
    "interval-any": ("any AggregationInterval is taken", without("constraint.AggregationInterval.enum")),
    "path-any": ("any TrafficPath is taken", without("constraint.TrafficPath[].enum")),
    "ip-version-any": ("any IpVersion is taken", without("ip-version.unknown")),
    "region-any": ("any RegionId is taken", without("region.unknown")),
    "path-twice": ("a TrafficPath may be given twice", without("traffic-path.duplicate")),
    # Checks forgotten: the account and its resources.
    "quota-ignored": ("the quota is never reached", without("account.quota")),
    "ram-user-allowed": ("a RAM user may create", without("account.ram-user")),
    "not-activated-allowed": ("the service needs no subscription", without("account.not-activated")),
    "business-status-ignored": ("any business status will do", without("account.business-status")),
    "path-always-enabled": ("TrafficPath needs no permission", without("traffic-path.not-enabled")),
    "path-with-ipv6": ("TrafficPath goes with IPv6", without("traffic-path.ipv6")),
    "resource-not-looked-up": ("the resource need not exist", without("resource.missing")),
    "other-type-is-missing": (
        "a resource of another type is just missing",
        without("resource.type-differs"),
    ),
    "shared-allowed": ("a shared resource may be used", without("resource.shared")),
    "features-ignored": ("the VPC needs no advanced features", without("resource.advanced-features")),
    "some-features-ignored": ("the VPC may lack some advanced features", without("resource.some-advanced-features")),
    "eni-type-ignored": ("any type of network interface will do", without("resource.eni-type")),
    "ipv6-unsupported-ignored": ("the resource need not support IPv6", without("resource.ipv6")),
    "group-not-looked-up": ("the resource group need not exist", without("resource-group.missing")),
    "logs-not-looked-up": ("project and Logstore need not exist", without("logs.missing")),
    "logs-of-any-project": (
        "the Logstore may be in another project",
        checking("logs.missing", _logs_of_any_project),
    ),
    "source-ignored": ("the source project need not exist", without("logs.source-missing")),
    "analyzer-not-looked-up": ("the traffic analyzer need not exist", without("analyzer.missing")),
    "analyzer-inactive-allowed": ("the traffic analyzer need not be active", without("analyzer.inactive")),
    "analyzer-interval-ignored": ("the interval may be longer than the analyzer's", without("analyzer.interval")),
    "analyzer-interval-equal": (
        "the interval may not equal the analyzer's",
        checking("analyzer.interval", partial(_interval_reaches, more=0)),
    ),
    "analyzer-interval-default-lost": (
        "an interval that is not sent is not compared with the analyzer's",
        checking("analyzer.interval", _interval_default_lost),
    ),
    "taken-allowed": ("a resource may have two flow logs", without("flow-log.exists")),
    "one-flow-log-an-account": ("an account may have one flow log only", checking("flow-log.exists", _any_flow_log)),
    "all-paths-as-taken": (
        "some paths of a resource whose every path is taken is InvalidResourceId.NotFound",
        without("flow-log.all-paths-taken"),
    ),
    "all-paths-by-name": (
        "a flow log takes every path only when it says so, not by default",
        checking("flow-log.all-paths-taken", _all_by_name_only),
    ),
    "told-ignored": ("the server does not do what it is told", without("service.answers-with")),
    "race": (
        "two equal calls at the same moment both succeed",
        doing("CreateFlowLog", pause=0.05),
    ),
    # Too free.
    "resource-type-any-case": (
        "ResourceType is taken in any letter case",
        seeing("constraint.ResourceType.enum", partial(_in_any_case, "ResourceType")),
    ),
    "traffic-type-any-case": (
        "TrafficType is taken in any letter case",
        seeing("constraint.TrafficType.enum", partial(_in_any_case, "TrafficType")),
    ),
    "path-any-case": (
        "TrafficPath is taken in any letter case",
        seeing("constraint.TrafficPath[].enum", _paths_lower),
    ),
    "interval-as-number": (
        "AggregationInterval is read as a number: 05 is 5",
        seeing("constraint.AggregationInterval.enum", _interval_as_number),
    ),
    "first-path-only": (
        "only the first TrafficPath is checked",
        seeing("constraint.TrafficPath[].enum", partial(_sent_as_first_only, "TrafficPath")),
    ),
    "first-tag-key-only": (
        "only the first tag's key is checked for its length",
        seeing("constraint.Tag[].Key.maxLength", partial(_sent_as_first_only, "Tag")),
    ),
    "first-tag-value-only": (
        "only the first tag's value is checked for its length",
        seeing("constraint.Tag[].Value.maxLength", partial(_sent_as_first_only, "Tag")),
    ),
    # Too strict.
    "dual-stack-refused": (
        "DualStack is no IpVersion",
        checking("ip-version.unknown", lambda attempt: attempt.call.value("IpVersion") not in (None, *IP_VERSIONS[:2])),
    ),
    "unknown-parameter-refused": (
        "a parameter that the documents do not have is refused",
        also_refusing("ClientToken", INVALID, _unknown_parameter),
    ),
    "empty-tag-value-refused": (
        "a tag's value may not be empty",
        also_refusing("Tag[].Value.allowEmpty", INVALID, lambda attempt: "" in attempt.call.values("Tag[].Value")),
    ),
    "description-required": (
        "Description may not be missing",
        also_refusing("Description.required", ("MissingParameter",), partial(_not_sent, "Description")),
    ),
    "name-required": (
        "FlowLogName may not be missing",
        also_refusing("FlowLogName.required", ("MissingParameter",), partial(_not_sent, "FlowLogName")),
    ),
    "interval-required": (
        "AggregationInterval may not be missing",
        also_refusing("AggregationInterval.required", ("MissingParameter",), partial(_not_sent, "AggregationInterval")),
    ),
}
