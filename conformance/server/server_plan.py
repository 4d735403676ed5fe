"""Everything that decides what the server answers, as one value. A fault of the server is a change of this value.

A request goes through it in this order::

    RawRequest --raw_steps--> decode --call_steps--> rules --> operation --answer_steps--> render --reply_steps--> Reply

The server that follows its documents has no steps; a step is how a fault reaches what is not a rule.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from conformance.contract.model import AsyncBehaviour
from conformance.server.checks import (
    CREATE,
    DELETE,
    DELETE_RULES,
    DESCRIBE,
    DESCRIBE_RULES,
    create_rules,
    gateway_rules,
    rows_of,
)
from conformance.server.options import DEFAULT_DELAY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.contract.model import Contract
    from conformance.server.answers import Reply, ServedAnswer
    from conformance.server.checks import Check
    from conformance.server.request import Call, RawRequest
    from conformance.server.store import FlowLog

    RawStep: TypeAlias = Callable[[RawRequest], RawRequest]
    CallStep: TypeAlias = Callable[[Call], Call]
    AnswerStep: TypeAlias = Callable[[Call, ServedAnswer], ServedAnswer]
    ReplyStep: TypeAlias = Callable[[Call, Reply], Reply]
    StoreStep: TypeAlias = Callable[[FlowLog], FlowLog]

DEFAULT_GROUP: Final = "rg-acfmdefault00000"
"""The resource group of whoever names none."""
_ASYNC: Final = AsyncBehaviour(pending="Activating", final="Active", poll="DescribeFlowLogs")

GATEWAY: Final = "*"
"""The name under which a plan has the rules that hold for every operation."""

FILTERS: Final = (
    "RegionId",
    "FlowLogId",
    "FlowLogName",
    "Description",
    "ResourceType",
    "ResourceId",
    "ResourceGroupId",
    "ProjectName",
    "LogStoreName",
    "TrafficType",
    "Status",
)
"""The parameters of DescribeFlowLogs that choose by the field of the same name."""


def _request_id() -> str:
    return str(uuid.uuid4()).upper()


def _flow_log_id() -> str:
    return f"fl-{uuid.uuid4().hex[:20]}"


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the operations do, apart from refusing.

    Attributes:
        activation_delay: Seconds until a flow log that was created is in its final state.
        states: The names of the pending and the final state.
        request_id: Makes the id of a request.
        flow_log_id: Makes the id of a flow log.
        default_group: The resource group of a flow log whose creator names none.
        filters: The parameters that DescribeFlowLogs chooses by.
        page_size: How many flow logs a page has unless told.
        pause: Seconds between the last check of a creation and the creation. None here: nothing may come between.
        store_steps: Changes of a flow log before it is kept.
        keeps: Whether a created flow log is kept at all.
        deletes: Whether DeleteFlowLog deletes.
    """

    activation_delay: float = DEFAULT_DELAY
    states: AsyncBehaviour = _ASYNC
    request_id: Callable[[], str] = _request_id
    flow_log_id: Callable[[], str] = _flow_log_id
    default_group: str = DEFAULT_GROUP
    filters: tuple[str, ...] = FILTERS
    page_size: int = 20
    pause: float = 0.0
    store_steps: tuple[StoreStep, ...] = ()
    keeps: bool = True
    deletes: bool = True


@dataclass(frozen=True, slots=True)
class ServerPlan:
    """One server.

    Attributes:
        followed: The promises that it keeps.
        rules: What it refuses, by operation, and for all operations under `GATEWAY`.
        behaviour: What it does.
        raw_steps: Changes of a request before it is decoded.
        call_steps: Changes of a call before the rules see it.
        answer_steps: Changes of an answer before it has a form.
        reply_steps: Changes of the bytes and headers that go out.
    """

    followed: Contract
    rules: Mapping[str, tuple[Check, ...]]
    behaviour: Behaviour = field(default_factory=Behaviour)
    raw_steps: tuple[RawStep, ...] = ()
    call_steps: tuple[CallStep, ...] = ()
    answer_steps: tuple[AnswerStep, ...] = ()
    reply_steps: tuple[ReplyStep, ...] = ()


def make_plan(followed: Contract, *, activation_delay: float = DEFAULT_DELAY) -> ServerPlan:
    """Return the plan of a server that keeps all promises of a contract. Rules with no documented code are left out."""
    rules = {
        GATEWAY: gateway_rules((CREATE, DESCRIBE, DELETE), followed.version),
        CREATE: create_rules(followed),
        DESCRIBE: DESCRIBE_RULES,
        DELETE: DELETE_RULES,
    }
    states = followed.async_behaviour or _ASYNC
    documented = {
        # One rule without codes finds its row itself.
        action: tuple(rule for rule in of_action if not rule.codes or rows_of(rule, followed))
        for action, of_action in rules.items()
    }
    return ServerPlan(followed, documented, Behaviour(activation_delay=activation_delay, states=states))
