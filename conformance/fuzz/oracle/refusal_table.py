"""Which documented codes speak of which provider state, or of which name of what is not there. Data.

The states are named after the codes, so each line says no more than the meaning of the state and the message of the
code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing in the way, and the codes that speak of it.

    Attributes:
        about: What it is, for a person.
        codes: The codes; a document that has none of them says nothing about it.
        given: The states that hold beside those of the valid request: parameters of the state by the wire names whose
            values they take; a number stands for itself.
        lacks: The states of the request that do not hold.
        sends: What the request has to send, wire name to text.
        resource_type: Which of the valid requests it is about; any, where it is empty.
    """

    about: str
    codes: tuple[str, ...]
    given: Mapping[str, Mapping[str, str | int]] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()
    sends: Mapping[str, str] = field(default_factory=dict)
    resource_type: str = ""


_RESOURCE: Final = {"id": "ResourceId"}
_VERSION: Final = ("IllegalParam.IpVersion", "UnsupportedFeature.IpVersion")
"""The documents do not state the values of IpVersion: a wrong one may be illegal, or unsupported."""
_DUAL_STACK: Final = (*_VERSION, "UnsupportedFeature.UserDefinedTrafficPathIpv6")
"""The value may be refused; beside a path, the two together."""
_ANALYZER: Final = {"TrafficAnalyzerId": "${target.traffic_analyzer_id}"}

_CREATE_FLOW_LOG: Final = (
    Refusal(
        # The one kind of resource for which every document has a message.
        "ResourceId names nothing",
        ("InvalidInstanceId",),
        lacks=("resource.exists",),
        resource_type="VSwitch",
    ),
    Refusal("ProjectName and LogStoreName name nothing", ("ProjectOrLogstoreNotExist",), lacks=("logs.exists",)),
    Refusal(
        "ResourceGroupId names nothing",
        ("IllegalParam.ResourceGroupId",),
        lacks=("resource-group.exists",),
        sends={"ResourceGroupId": "${target.resource_group_id}"},
    ),
    Refusal("IpVersion names nothing", _VERSION, sends={"IpVersion": "IPv0"}),
    Refusal("RegionId names nothing", ("InvalidRegionId.NotFound",), sends={"RegionId": "xx-nowhere-1"}),
    Refusal(
        "TrafficAnalyzerId names nothing",
        ("OperationDenied.NisTrafficAnalyzerNotFound",),
        lacks=("nis-traffic-analyzer.exists", "nis-traffic-analyzer.inactive"),
        sends=_ANALYZER,
    ),
    Refusal(
        "TrafficAnalyzerId names one that is not active",
        ("OperationDenied.NisTrafficAnalyzerNotActive",),
        {"nis-traffic-analyzer.inactive": {"id": "TrafficAnalyzerId"}},
        sends=_ANALYZER,
    ),
    Refusal(
        "AggregationInterval is longer than that of TrafficAnalyzerId",
        ("OperationDenied.NisTrafficAnalyzerAggregationIntervalMismatch",),
        {"nis-traffic-analyzer.exists": {"id": "TrafficAnalyzerId", "interval": 1}},
        sends={**_ANALYZER, "AggregationInterval": "10"},
    ),
    Refusal(
        "what feeds ProjectName and LogStoreName is missing",
        ("SourceProjectNotExist",),
        {"logs.source-project-missing": {}},
    ),
    Refusal(
        "ResourceId is of a shared resource",
        ("OperationDenied.OperateShareResource",),
        {"resource.shared": _RESOURCE},
    ),
    Refusal(
        "ResourceId is of a VPC without advanced features",
        ("OperationUnsupported.AdvancedFeature",),
        {"vpc.advanced-features-unsupported": _RESOURCE},
        resource_type="VPC",
    ),
    Refusal(
        "ResourceId is of a VPC without some advanced features",
        ("UnsupportedFeature.VpcAdvancedFeature",),
        {"vpc.some-advanced-features-unsupported": _RESOURCE},
        resource_type="VPC",
    ),
    Refusal(
        "ResourceId is of a network interface without flow logs",
        ("OperationFailed.EniTypeNotSupport",),
        {"eni.type-unsupported": _RESOURCE},
        resource_type="NetworkInterface",
    ),
    Refusal(
        "ResourceId does not support IpVersion",
        _DUAL_STACK,
        {"resource.ipv6-unsupported": _RESOURCE},
        sends={"IpVersion": "DualStack"},
    ),
    Refusal(
        "TrafficPath does not go with IpVersion",
        _DUAL_STACK,
        sends={"IpVersion": "DualStack", "TrafficPath.1": "all"},
    ),
    Refusal(
        # Two codes speak of what is there already.
        "ResourceId has a flow log",
        ("InvalidResourceId.NotFound", "RuleExist"),
        {"flow-log.exists": {"type": "ResourceType", "id": "ResourceId"}},
    ),
    Refusal(
        "TrafficPath is not enabled",
        ("UnsupportedFeature.UserDefinedTrafficPath",),
        lacks=("account.traffic-path-enabled",),
        sends={"TrafficPath.1": "all"},
    ),
    Refusal(
        "the account has a wrong business status",
        ("IncorrectBusinessStatus.FlowLog",),
        {"account.business-status-incorrect": {}},
    ),
    Refusal("the account has no subscription", ("OptInRequired.FlowLog",), {"account.flow-log-not-activated": {}}),
    Refusal("the caller is a RAM user", ("Unauthorized",), {"account.is-ram-user": {}}),
    Refusal(
        "the account has as many flow logs as it may have",
        ("QuotaExceeded.FlowlogCount",),
        {"account.flow-log-quota-reached": {}},
    ),
)

REFUSALS: Final[Mapping[str, tuple[Refusal, ...]]] = {"CreateFlowLog": _CREATE_FLOW_LOG}
"""By operation."""
