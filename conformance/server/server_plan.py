"""Everything that decides what the server answers, as one value. A fault of the server is a mutation of this value.

A request goes through it in this order::

    ReceivedRequest -raw_steps-> decode -call_steps-> checks -> operation -answer_steps-> render -reply_steps-> Reply

The server that follows its documents has no steps; a step is how a fault reaches what is not a check.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from conformance.server.checks import GATEWAY, checks_of, gateway_checks
from conformance.server.execution import Execution
from conformance.server.operations import operations_of
from conformance.server.options import DEFAULT_DELAY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.contract.model import Contract
    from conformance.server.answers import Reply, ServedAnswer
    from conformance.server.behaviour.definition import Behaviour
    from conformance.server.checks import Check, ContractOf
    from conformance.server.execution import Operation
    from conformance.server.request import Call, ReceivedRequest

    RequestStep: TypeAlias = Callable[[ReceivedRequest], ReceivedRequest]
    CallStep: TypeAlias = Callable[[Call], Call]
    AnswerStep: TypeAlias = Callable[[Call, ServedAnswer], ServedAnswer]
    ReplyStep: TypeAlias = Callable[[Call, Reply], Reply]


class OtherOperations(Protocol):
    """Operations that no behaviour describes in full, each with a plan of its own."""

    def versions(self) -> Mapping[str, frozenset[str]]:
        """Return the operations, each with the versions of APIs that have it."""

    def plan_of(self, action: str, version: str) -> ServerPlan | None:
        """Return the plan of an operation of a version of an API; `None` when there is none."""

    def has_code(self, code: str, operation: str) -> bool:
        """Whether the documents of an operation, of any where it is empty, have an error code."""


class ServerPlan(Struct, frozen=True):
    """One server.

    Attributes:
        followed: The promises that it keeps.
        behaviour: What its resource does.
        checks: What it refuses, by operation, and for all operations under `GATEWAY`.
        execution: How it carries out the rest.
        operations: What each operation does with a call that no check refuses.
        also: The behaviours of other resources that are described in full.
        others: The plans of operations that this behaviour does not have, found when they are first called.
        unfollowed: Codes that only a document of its operation has that it does not follow: told one of them, it says
            that it does not know it, also when another operation has it.
        raw_steps: Changes of a request before it is decoded.
        call_steps: Changes of a call before the checks see it.
        answer_steps: Changes of an answer before it has a form.
        reply_steps: Changes of the bytes and headers that go out.
    """

    followed: Contract
    behaviour: Behaviour
    checks: Mapping[str, tuple[Check, ...]]
    execution: Execution
    operations: Mapping[str, Operation]
    also: tuple[Behaviour, ...] = ()
    others: OtherOperations | None = None
    unfollowed: frozenset[str] = frozenset()
    raw_steps: tuple[RequestStep, ...] = field(default=())
    call_steps: tuple[CallStep, ...] = field(default=())
    answer_steps: tuple[AnswerStep, ...] = field(default=())
    reply_steps: tuple[ReplyStep, ...] = field(default=())

    def has_code(self, code: str, operation: str = "") -> bool:
        """Whether a document that the server follows has an error code, of one operation where that is named."""
        own = not operation or operation in self.operations
        if own and (self.followed.rows(code) or code in self.unfollowed):
            return code not in self.unfollowed
        return self.others is not None and self.others.has_code(code, operation)


def make_plan(
    followed: Contract,
    behaviour: Behaviour,
    *,
    activation_delay: float = DEFAULT_DELAY,
    contract_of: ContractOf | None = None,
) -> ServerPlan:
    """Return the plan of a server that keeps all promises of a contract, and does what a behaviour says.

    Args:
        followed: What the creation promises.
        behaviour: What the resource does.
        activation_delay: Seconds until a new resource is in its final state.
        contract_of: Finds what the other operations of the behaviour promise, by name.

    Raises:
        BehaviourError: When a condition of the behaviour is wrong; with the line.
    """
    states = followed.async_behaviour or behaviour.status
    execution = Execution(states, tuple(behaviour.listing.filters), activation_delay)
    checks = checks_of(behaviour, followed, contract_of)
    return ServerPlan(followed, behaviour, checks, execution, operations_of(behaviour))


def serving_also(plan: ServerPlan, others: OtherOperations) -> ServerPlan:
    """Return the plan of a server that also serves operations which its behaviour does not have."""
    own = dict.fromkeys(plan.operations, frozenset({plan.followed.version}))
    return replace(plan, checks={**plan.checks, GATEWAY: gateway_checks({**others.versions(), **own})}, others=others)
