"""What the server refuses, and with which code: one table, in the order in which it looks.

A rule names its codes by preference. The first one that a followed document has is what the server answers; a rule
none of whose codes is documented does not exist for that server. So a rule need not know which language it belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from conformance.contract.constraints import violations
from conformance.contract.model import Contract, ErrorCode, State
from conformance.contract.wire import SYSTEM_PARAMETERS
from conformance.server.documents import default
from conformance.server.regions import REGIONS
from conformance.server.request import whole_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.server.request import Call
    from conformance.server.store import FlowLog, View

CREATE: Final = "CreateFlowLog"
DESCRIBE: Final = "DescribeFlowLogs"
DELETE: Final = "DeleteFlowLog"

DEFAULT_INTERVAL: Final = "10"
IP_VERSIONS: Final = ("IPv4", "IPv6", "DualStack")
"""What the server takes for IpVersion. The documents state no values, only an example (Chinese document, line 108)."""
_WITH_IPV6: Final = ("IPv6", "DualStack")


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call as the rules see it.

    Attributes:
        call: The call.
        view: The states and flow logs of its account.
        followed: The promises that the server keeps.
    """

    call: Call
    view: View
    followed: Contract
    _violated: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    def violated(self, path: str) -> tuple[str, ...]:
        """Return the names of the facts of a parameter that the call violates; worked out once a call."""
        if path not in self._violated:
            parameter = self.followed.parameter(path)
            self._violated[path] = violations(parameter, self.call.values(path)) if parameter else ()
        return self._violated[path]

    @property
    def interval(self) -> int | None:
        """The sampling interval that is asked for or by default holds, `None` when it is no number."""
        text = self.call.value("AggregationInterval")
        text = default(self.followed, "AggregationInterval", DEFAULT_INTERVAL) if text is None else text
        return whole_number(text)

    def same_resource(self) -> tuple[FlowLog, ...]:
        """Return the flow logs that there already are on the resource."""
        wanted = self.call.value("ResourceType"), self.call.value("ResourceId")
        return tuple(
            flow_log
            for flow_log in self.view.flow_logs()
            if (flow_log.fields.get("ResourceType"), flow_log.fields.get("ResourceId")) == wanted
        )


Condition: TypeAlias = "Callable[[Attempt], bool]"
Choice: TypeAlias = "Callable[[Sequence[ErrorCode], Attempt], ErrorCode]"


def first_row(rows: Sequence[ErrorCode], _attempt: Attempt) -> ErrorCode:
    """Choose the first of a code's rows."""
    return rows[0]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that the server refuses.

    Attributes:
        id: Its name, `required.RegionId`, for faults and messages.
        codes: The codes it may answer with, the preferred first. None at all means that `choose` knows.
        broken: Whether a call breaks it.
        choose: Which of the code's rows to answer with, where the code has several messages.
    """

    id: str
    codes: tuple[str, ...]
    broken: Condition
    choose: Choice = first_row


# --- Conditions, each of one thing -----------------------------------------------------------------------------------


def sent(attempt: Attempt, path: str) -> bool:
    """Whether a parameter was sent with a value that is not empty."""
    return any(attempt.call.values(path))


def missing(path: str, attempt: Attempt) -> bool:
    """Whether a required parameter is absent, or empty: the documents call for a value."""
    values = attempt.call.values(path)
    return violates(path, "required", attempt) or (bool(values) and not any(values))


def not_sent(path: str, attempt: Attempt) -> bool:
    """Whether a parameter is absent or empty, whatever the documents say of it."""
    return not sent(attempt, path)


def state_holds(state: str, attempt: Attempt) -> bool:
    """Whether the account is in a state."""
    return attempt.view.holds(state)


def resource_has(state: str, attempt: Attempt) -> bool:
    """Whether the resource of the call is in a state."""
    return attempt.view.holds(state, id=attempt.call.value("ResourceId") or "")


def violates(path: str, fact: str, attempt: Attempt) -> bool:
    """Whether the call violates one fact of one parameter."""
    return fact in attempt.violated(path)


def _nowhere_to_deliver(attempt: Attempt) -> bool:
    return not any(sent(attempt, path) for path in ("TrafficAnalyzerId", "ProjectName", "LogStoreName"))


def _region_unknown(attempt: Attempt) -> bool:
    return attempt.call.value("RegionId") not in REGIONS


def _ip_version_unknown(attempt: Attempt) -> bool:
    value = attempt.call.value("IpVersion")
    return value is not None and value not in IP_VERSIONS


def _path_twice(attempt: Attempt) -> bool:
    paths = attempt.call.values("TrafficPath[]")
    return len(set(paths)) < len(paths)


def _path_not_enabled(attempt: Attempt) -> bool:
    return bool(attempt.call.values("TrafficPath[]")) and not attempt.view.holds("account.traffic-path-enabled")


def _wants_ipv6(attempt: Attempt) -> bool:
    return attempt.call.value("IpVersion") in _WITH_IPV6


def _path_with_ipv6(attempt: Attempt) -> bool:
    return _wants_ipv6(attempt) and bool(attempt.call.values("TrafficPath[]"))


def _ipv6_unsupported(attempt: Attempt) -> bool:
    return _wants_ipv6(attempt) and resource_has("resource.ipv6-unsupported", attempt)


def _resource(attempt: Attempt, *, of_its_type: bool) -> bool:
    wanted = attempt.call.value("ResourceType") if of_its_type else None
    return attempt.view.holds("resource.exists", id=attempt.call.value("ResourceId"), type=wanted)


def _type_differs(attempt: Attempt) -> bool:
    return _resource(attempt, of_its_type=False) and not _resource(attempt, of_its_type=True)


def _resource_missing(attempt: Attempt) -> bool:
    return not _resource(attempt, of_its_type=True)


def _logs_missing(attempt: Attempt) -> bool:
    project, logstore = attempt.call.value("ProjectName"), attempt.call.value("LogStoreName")
    if project is None and logstore is None:
        return False
    return not attempt.view.holds("logs.exists", project=project, logstore=logstore)


def _group_missing(attempt: Attempt) -> bool:
    group = attempt.call.value("ResourceGroupId")
    return group is not None and not attempt.view.holds("resource-group.exists", id=group)


def _analyzer_missing(attempt: Attempt) -> bool:
    return sent(attempt, "TrafficAnalyzerId") and not any(
        attempt.view.holds(state, id=attempt.call.value("TrafficAnalyzerId"))
        for state in ("nis-traffic-analyzer.exists", "nis-traffic-analyzer.inactive")
    )


def _analyzer_inactive(attempt: Attempt) -> bool:
    analyzer = attempt.call.value("TrafficAnalyzerId")
    return bool(analyzer) and attempt.view.holds("nis-traffic-analyzer.inactive", id=analyzer)


def _interval_too_long(attempt: Attempt) -> bool:
    analyzer, interval = attempt.call.value("TrafficAnalyzerId"), attempt.interval
    if not analyzer or interval is None:
        return False
    settings = attempt.view.settings("nis-traffic-analyzer.exists", id=analyzer)
    return any(isinstance(most := params["interval"], (int, float)) and interval > most for params in settings)


def _all_paths_taken(attempt: Attempt) -> bool:
    paths = attempt.call.values("TrafficPath[]")
    return bool(paths) and "all" not in paths and any(log.collects_all() for log in attempt.same_resource())


def _resource_taken(attempt: Attempt) -> bool:
    return bool(attempt.same_resource())


# --- Choices among a code's messages ---------------------------------------------------------------------------------


def row_of_resource_type(rows: Sequence[ErrorCode], attempt: Attempt) -> ErrorCode:
    """Choose the row whose message names the call's ResourceType, in any case, else the first."""
    word = (attempt.call.value("ResourceType") or "").lower()
    return next((row for row in rows if word and word in row.message.lower()), rows[0])


def row_told(_rows: Sequence[ErrorCode], attempt: Attempt) -> ErrorCode:
    """Choose the row of the code that the state `service.answers-with` names; its call was checked against them."""
    told = next(attempt.view.settings("service.answers-with"))
    return attempt.followed.rows(str(told["code"]))[0]


# --- The table -------------------------------------------------------------------------------------------------------

INVALID: Final = ("ParameterInvalid", "INVALID_PARAMETER")
CONSTRAINT_CODES: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    ("*", "required", ("MissingParameter",)),
    ("AggregationInterval", "*", ("IllegalParam.AggregationInterval", *INVALID)),
    ("TrafficPath[]", "enum", ("IllegalParam.TrafficPath", *INVALID)),
    ("ResourceType", "enum", ("OperationUnsupported.ResourceType", *INVALID)),
    ("IpVersion", "*", ("IllegalParam.IpVersion", *INVALID)),
    ("*", "*", INVALID),
)
"""The codes of a violated constraint: parameter, fact, codes; the first line that fits."""


def constraint_rules(followed: Contract) -> tuple[Check, ...]:
    """Return a rule for every constraint of the followed documents, in their order."""
    return tuple(
        Check(f"required.{parameter.path}", _codes(parameter.path, name), partial(missing, parameter.path))
        if name == "required"
        else Check(
            f"constraint.{parameter.path}.{name}",
            _codes(parameter.path, name),
            partial(violates, parameter.path, name),
        )
        for parameter, name, _ in followed.constraints()
        if parameter.path not in SYSTEM_PARAMETERS
    )


def create_rules(followed: Contract) -> tuple[Check, ...]:
    """Return the rules of CreateFlowLog, in the order in which the server looks: what is missing before the rest."""
    rules = constraint_rules(followed)
    required = tuple(rule for rule in rules if rule.id.startswith("required."))
    return (
        Check("service.answers-with", (), partial(state_holds, "service.answers-with"), row_told),
        *required,
        *_BEFORE_CONSTRAINTS,
        *(rule for rule in rules if rule not in required),
        *_AFTER_CONSTRAINTS,
    )


_BEFORE_CONSTRAINTS: Final = (
    Check("destination.missing", ("MissingParam.TrafficAnalyzerIdOrLogProjectOrLogStore",), _nowhere_to_deliver),
)
_AFTER_CONSTRAINTS: Final = (
    Check("ip-version.unknown", ("IllegalParam.IpVersion",), _ip_version_unknown),
    Check("traffic-path.duplicate", ("DuplicatedParam.TrafficPath",), _path_twice),
    Check("region.unknown", ("InvalidRegionId.NotFound",), _region_unknown),
    Check("account.ram-user", ("Unauthorized",), partial(state_holds, "account.is-ram-user")),
    Check("account.not-activated", ("OptInRequired.FlowLog",), partial(state_holds, "account.flow-log-not-activated")),
    Check(
        "account.business-status",
        ("IncorrectBusinessStatus.FlowLog",),
        partial(state_holds, "account.business-status-incorrect"),
    ),
    Check("traffic-path.not-enabled", ("UnsupportedFeature.UserDefinedTrafficPath",), _path_not_enabled),
    Check("traffic-path.ipv6", ("UnsupportedFeature.UserDefinedTrafficPathIpv6",), _path_with_ipv6),
    Check("resource.type-differs", ("InvalidResourceType.NotFound", "InvalidInstanceId"), _type_differs),
    Check("resource.missing", ("InvalidInstanceId",), _resource_missing, row_of_resource_type),
    Check("resource.shared", ("OperationDenied.OperateShareResource",), partial(resource_has, "resource.shared")),
    Check(
        "resource.advanced-features",
        ("OperationUnsupported.AdvancedFeature",),
        partial(resource_has, "vpc.advanced-features-unsupported"),
    ),
    Check(
        "resource.some-advanced-features",
        ("UnsupportedFeature.VpcAdvancedFeature",),
        partial(resource_has, "vpc.some-advanced-features-unsupported"),
    ),
    Check("resource.eni-type", ("OperationFailed.EniTypeNotSupport",), partial(resource_has, "eni.type-unsupported")),
    Check("resource.ipv6", ("UnsupportedFeature.IpVersion",), _ipv6_unsupported),
    Check("resource-group.missing", ("IllegalParam.ResourceGroupId",), _group_missing),
    Check("logs.source-missing", ("SourceProjectNotExist",), partial(state_holds, "logs.source-project-missing")),
    Check("logs.missing", ("ProjectOrLogstoreNotExist",), _logs_missing),
    Check("analyzer.missing", ("OperationDenied.NisTrafficAnalyzerNotFound",), _analyzer_missing),
    Check("analyzer.inactive", ("OperationDenied.NisTrafficAnalyzerNotActive",), _analyzer_inactive),
    Check("analyzer.interval", ("OperationDenied.NisTrafficAnalyzerAggregationIntervalMismatch",), _interval_too_long),
    Check("flow-log.all-paths-taken", ("OperationDenied.AllTrafficPathOfManagedExist",), _all_paths_taken),
    Check("flow-log.exists", ("InvalidResourceId.NotFound",), _resource_taken),
    Check("account.quota", ("QuotaExceeded.FlowlogCount",), partial(state_holds, "account.flow-log-quota-reached")),
)


# --- The other operations and the way to all of them -----------------------------------------------------------------


MAX_PAGE_SIZE: Final = 50
"""The most flow logs on a page (metadata of DescribeFlowLogs, `PageSize`)."""


def _page_wrong(attempt: Attempt) -> bool:
    number, size = (attempt.call.value(name) for name in ("PageNumber", "PageSize"))
    return (number is not None and not whole_number(number)) or (
        size is not None and not 1 <= (whole_number(size) or 0) <= MAX_PAGE_SIZE
    )


def _flow_log_unknown(attempt: Attempt) -> bool:
    wanted, region = attempt.call.value("FlowLogId"), attempt.call.value("RegionId")
    return not any(
        log.flow_log_id == wanted and log.fields.get("RegionId") in (None, region) for log in attempt.view.flow_logs()
    )


DESCRIBE_RULES: Final = (
    Check("describe.required.RegionId", ("MissingParameter",), partial(not_sent, "RegionId")),
    Check("describe.page", INVALID, _page_wrong),
)
DELETE_RULES: Final = (
    Check("delete.required.RegionId", ("MissingParameter",), partial(not_sent, "RegionId")),
    Check("delete.required.FlowLogId", ("MissingParameter",), partial(not_sent, "FlowLogId")),
    Check("delete.unknown", ("InvalidFlowLogId.NotFound",), _flow_log_unknown),
)


def gateway_rules(actions: Sequence[str], version: str) -> tuple[Check, ...]:
    """Return the rules that hold for every call, whatever its operation."""
    return (
        Check("gateway.method", ("UnsupportedHTTPMethod",), lambda attempt: attempt.call.method not in ("GET", "POST")),
        Check("gateway.action", ("InvalidAction.NotFound",), lambda attempt: attempt.call.action not in actions),
        Check("gateway.version", ("InvalidVersion",), lambda attempt: attempt.call.value("Version") != version),
    )


def _own(status: int, code: str, message: str) -> ErrorCode:
    return ErrorCode(status, code, message, 0, State.NOT_STATED, "syntax")


OWN_ROWS: Final = (
    _own(405, "UnsupportedHTTPMethod", "This http method is not supported."),
    _own(404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method."),
    _own(400, "InvalidVersion", "Specified parameter Version is not valid."),
    _own(400, "InvalidFlowLogId.NotFound", "The specified FlowLogId does not exist."),
)
"""Codes that no document of CreateFlowLog has, because they come from before it or from its neighbours."""


def rows_of(rule: Check, followed: Contract) -> tuple[ErrorCode, ...]:
    """Return the rows that a rule answers with: those of its first documented code, nothing when it has none."""
    for code in rule.codes:
        rows = followed.rows(code) or tuple(row for row in OWN_ROWS if row.code == code)
        if rows:
            return rows
    return ()


def _codes(path: str, fact: str) -> tuple[str, ...]:
    return next(
        codes for of_path, of_fact, codes in CONSTRAINT_CODES if of_path in (path, "*") and of_fact in (fact, "*")
    )
