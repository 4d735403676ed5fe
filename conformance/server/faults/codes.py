"""Faults of what a refusal says: its code, its status, its message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.server.checks import first_row
from conformance.server.faults.mutations import answering, answering_documented, choosing, refusing, with_status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.server.answers import Json, ServedAnswer
    from conformance.server.faults.mutations import Mutation


def _code(body: dict[str, Json]) -> str:
    return str(body["Code"])


def _status_by_code(answer: ServedAnswer) -> int:
    return 404 if answer.refusal is not None and "NotFound" in answer.refusal.code else answer.status


CODE_FAULTS: Final[Mapping[str, tuple[str, Mutation]]] = {
    # The wrong code for one refusal.
    "region-missing-as-invalid": (
        "a missing RegionId is ParameterInvalid",
        answering_documented("required.RegionId", "ParameterInvalid"),
    ),
    "destination-missing-as-parameter": (
        "no place to deliver to is MissingParameter",
        answering_documented("destination.missing", "MissingParameter"),
    ),
    "interval-as-invalid": (
        "a wrong AggregationInterval is ParameterInvalid",
        answering_documented("constraint.AggregationInterval.enum", "ParameterInvalid"),
    ),
    "path-as-invalid": (
        "a wrong TrafficPath is ParameterInvalid",
        answering_documented("constraint.TrafficPath[].enum", "ParameterInvalid"),
    ),
    "path-twice-as-illegal": (
        "a TrafficPath given twice is IllegalParam.TrafficPath",
        answering_documented("traffic-path.duplicate", "IllegalParam.TrafficPath"),
    ),
    "name-as-missing": (
        "a name that is too long is MissingParameter",
        answering_documented("constraint.FlowLogName.maxLength", "MissingParameter"),
    ),
    "traffic-type-as-missing": (
        "a wrong TrafficType is MissingParameter",
        answering_documented("constraint.TrafficType.enum", "MissingParameter"),
    ),
    "resource-missing-as-taken": (
        "a resource that does not exist is InvalidResourceId.NotFound, as the name suggests",
        answering_documented("resource.missing", "InvalidResourceId.NotFound"),
    ),
    "taken-as-missing": (
        "a resource that has a flow log is InvalidInstanceId",
        answering_documented("flow-log.exists", "InvalidInstanceId"),
    ),
    "logs-missing-as-source": (
        "a missing Logstore is SourceProjectNotExist",
        answering_documented("logs.missing", "SourceProjectNotExist"),
    ),
    "source-missing-as-logs": (
        "a missing source project is ProjectOrLogstoreNotExist",
        answering_documented("logs.source-missing", "ProjectOrLogstoreNotExist"),
    ),
    "analyzer-missing-as-inactive": (
        "a traffic analyzer that does not exist is called not active",
        answering_documented("analyzer.missing", "OperationDenied.NisTrafficAnalyzerNotActive"),
    ),
    "analyzer-inactive-as-missing": (
        "a traffic analyzer that is not active is called missing",
        answering_documented("analyzer.inactive", "OperationDenied.NisTrafficAnalyzerNotFound"),
    ),
    "features-as-some-features": (
        "no support for advanced features is UnsupportedFeature.VpcAdvancedFeature",
        answering_documented("resource.advanced-features", "UnsupportedFeature.VpcAdvancedFeature"),
    ),
    "some-features-as-features": (
        "no support for some advanced features is OperationUnsupported.AdvancedFeature",
        answering_documented("resource.some-advanced-features", "OperationUnsupported.AdvancedFeature"),
    ),
    "ram-user-as-not-activated": (
        "a RAM user is told to activate the service",
        answering_documented("account.ram-user", "OptInRequired.FlowLog"),
    ),
    "resource-type-as-other-type": (
        "a type that there is not is InvalidResourceType.NotFound",
        answering_documented("constraint.ResourceType.enum", "InvalidResourceType.NotFound"),
    ),
    # A code nearly right.
    "quota-code-letter-case": (
        "QuotaExceeded.FlowLogCount instead of QuotaExceeded.FlowlogCount",
        answering("account.quota", code="QuotaExceeded.FlowLogCount"),
    ),
    "logs-code-letter-case": (
        "ProjectOrLogStoreNotExist instead of ProjectOrLogstoreNotExist",
        answering("logs.missing", code="ProjectOrLogStoreNotExist"),
    ),
    "region-code-shortened": (
        "InvalidRegionId instead of InvalidRegionId.NotFound",
        answering("region.unknown", code="InvalidRegionId"),
    ),
    "business-code-shortened": (
        "IncorrectBusinessStatus without its suffix",
        answering("account.business-status", code="IncorrectBusinessStatus"),
    ),
    "duplicate-code-spelling": (
        "DuplicateParam instead of DuplicatedParam",
        answering("traffic-path.duplicate", code="DuplicateParam.TrafficPath"),
    ),
    "eni-code-spelling": (
        "EniTypeNotSupported instead of EniTypeNotSupport",
        answering("resource.eni-type", code="OperationFailed.EniTypeNotSupported"),
    ),
    "ip-version-code-word": (
        "InvalidParam.IpVersion instead of IllegalParam.IpVersion",
        answering("ip-version.unknown", code="InvalidParam.IpVersion"),
    ),
    "group-code-word": (
        "InvalidResourceGroupId instead of IllegalParam.ResourceGroupId",
        answering("resource-group.missing", code="InvalidResourceGroupId"),
    ),
    "codes-without-suffix": (
        "every code ends at its first dot",
        refusing(lambda body: {**body, "Code": _code(body).split(".")[0]}),
    ),
    "codes-upper-case": ("every code is in capitals", refusing(lambda body: {**body, "Code": _code(body).upper()})),
    # The status.
    "errors-in-200": ("every error comes with status 200", with_status("error", lambda _answer: 200)),
    "not-found-is-404": ("a code with NotFound comes with status 404", with_status("error", _status_by_code)),
    "ram-user-is-403": ("a RAM user is refused with status 403", answering("account.ram-user", status=403)),
    "not-activated-is-403": ("no subscription is status 403", answering("account.not-activated", status=403)),
    "quota-is-429": ("a quota that is reached is status 429", answering("account.quota", status=429)),
    "taken-is-409": ("a resource that has a flow log is status 409", answering("flow-log.exists", status=409)),
    "constraint-is-422": (
        "a TrafficType that there is not is status 422",
        answering("constraint.TrafficType.enum", status=422),
    ),
    "told-is-500": (
        "what the server is told to answer comes with status 500",
        answering("service.answers-with", status=500),
    ),
    # The message.
    "missing-message-full-stop": (
        "the message of MissingParameter ends in a full stop",
        answering("required.TrafficType", message=lambda text: f"{text}."),
    ),
    "missing-message-names-parameter": (
        "the message of MissingParameter names the parameter",
        answering("required.ResourceId", message=lambda text: f"{text} ResourceId"),
    ),
    "instance-message-first": (
        "InvalidInstanceId always says vswitch",
        choosing("resource.missing", first_row),
    ),
    "instance-message-mended": (
        "the message about a VPC has its grammar mended",
        answering("resource.missing", message=lambda text: text.replace("exists.", "exist.")),
    ),
    "group-message-mended": (
        "the message about a resource group has its ResourceGroupld mended",
        answering("resource-group.missing", message=lambda text: text.replace("Groupld", "GroupId")),
    ),
    "type-message-mended": (
        "the message about another type has its spelling mended",
        answering("resource.type-differs", message=lambda text: text.replace(" no the ", " not the ")),
    ),
    "quota-message-count": (
        "the message of the quota tells the number",
        answering("account.quota", message=lambda text: f"{text} (20)"),
    ),
    "interval-message-capital": (
        "the message about the interval writes AggregationInterval",
        answering(
            "constraint.AggregationInterval.enum", message=lambda text: text.replace("aggregationI", "AggregationI")
        ),
    ),
    "business-message-capital": (
        "the message about the business status writes FlowLog",
        answering("account.business-status", message=lambda text: text.replace("flowLog", "FlowLog")),
    ),
    "opt-in-message-cut": (
        "the message about the subscription ends after its first sentence",
        answering("account.not-activated", message=lambda text: text.split(". ")[0] + "."),
    ),
    "all-paths-message-cut": (
        "the message about a flow log of all traffic ends after its first sentence",
        answering("flow-log.all-paths-taken", message=lambda text: text.split(". ")[0] + "."),
    ),
    "shared-message-other": (
        "a shared resource is refused with a message of another code",
        answering("resource.shared", message=lambda _text: "This action is not support."),
    ),
    "analyzer-message-swapped": (
        "an inactive traffic analyzer is refused with the message of a missing one",
        answering("analyzer.inactive", message=lambda _text: "The specified NIS Traffic Analyzer does not exist."),
    ),
    "messages-lower-case": (
        "every message is in small letters",
        refusing(lambda body: {**body, "Message": str(body["Message"]).lower()}),
    ),
    "messages-with-space": (
        "every message ends in a space",
        refusing(lambda body: {**body, "Message": f"{body['Message']} "}),
    ),
    "messages-empty": ("every message is empty", refusing(lambda body: {**body, "Message": ""})),
    "messages-are-codes": (
        "every message repeats the code",
        refusing(lambda body: {**body, "Message": _code(body)}),
    ),
}
