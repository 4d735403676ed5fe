"""Everything that decides what the server answers, as one value. A fault of the server is a mutation of this value.

A request goes through it in this order::

    ReceivedRequest -raw_steps-> decode -call_steps-> checks -> operation -answer_steps-> render -reply_steps-> Reply

The server that follows its documents has no steps; a step is how a fault reaches what is not a check.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from conformance.server.checks import checks_of
from conformance.server.options import DEFAULT_DELAY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.contract.model import AsyncBehaviour, Contract
    from conformance.server.answers import Reply, ServedAnswer
    from conformance.server.behaviour.definition import Behaviour
    from conformance.server.checks import Check
    from conformance.server.request import Call, ReceivedRequest
    from conformance.server.store import StoredResource

    RequestStep: TypeAlias = Callable[[ReceivedRequest], ReceivedRequest]
    CallStep: TypeAlias = Callable[[Call], Call]
    AnswerStep: TypeAlias = Callable[[Call, ServedAnswer], ServedAnswer]
    ReplyStep: TypeAlias = Callable[[Call, Reply], Reply]
    StoreStep: TypeAlias = Callable[[StoredResource], StoredResource]


def _request_id() -> str:
    return str(uuid.uuid4()).upper()


def _resource_id(behaviour: Behaviour) -> str:
    return behaviour.id_prefix + uuid.uuid4().hex[: behaviour.id_digits]


@dataclass(frozen=True, slots=True)
class Execution:
    """How the server carries out what it does not refuse.

    Attributes:
        states: The names of the pending and the final state.
        filters: The parameters that a listing chooses by.
        activation_delay: Seconds until a resource that was created is in its final state.
        request_id: Makes the id of a request.
        resource_id: Makes the id of a resource.
        pause: Seconds between the last check of a creation and the creation. None here: nothing may come between.
        store_steps: Changes of a resource before it is kept.
        keeps: Whether a created resource is kept at all.
        deletes: Whether a deletion deletes.
        lag: Seconds until what was created is listed, and what was deleted is gone.
        keeps_states: Whether a provider state that is taken back still holds.
        creates_when_refused: Whether a creation that is refused leaves a resource all the same.
        lists_every_account: Whether a listing shows the resources of all accounts.
    """

    states: AsyncBehaviour
    filters: tuple[str, ...]
    activation_delay: float = DEFAULT_DELAY
    request_id: Callable[[], str] = _request_id
    resource_id: Callable[[Behaviour], str] = _resource_id
    pause: float = 0.0
    store_steps: tuple[StoreStep, ...] = ()
    keeps: bool = True
    deletes: bool = True
    lag: float = 0.0
    keeps_states: bool = False
    creates_when_refused: bool = False
    lists_every_account: bool = False


@dataclass(frozen=True, slots=True)
class ServerPlan:
    """One server.

    Attributes:
        followed: The promises that it keeps.
        behaviour: What its resource does.
        checks: What it refuses, by operation, and for all operations under `GATEWAY`.
        execution: How it carries out the rest.
        raw_steps: Changes of a request before it is decoded.
        call_steps: Changes of a call before the checks see it.
        answer_steps: Changes of an answer before it has a form.
        reply_steps: Changes of the bytes and headers that go out.
    """

    followed: Contract
    behaviour: Behaviour
    checks: Mapping[str, tuple[Check, ...]]
    execution: Execution
    raw_steps: tuple[RequestStep, ...] = field(default=())
    call_steps: tuple[CallStep, ...] = field(default=())
    answer_steps: tuple[AnswerStep, ...] = field(default=())
    reply_steps: tuple[ReplyStep, ...] = field(default=())


def make_plan(followed: Contract, behaviour: Behaviour, *, activation_delay: float = DEFAULT_DELAY) -> ServerPlan:
    """Return the plan of a server that keeps all promises of a contract, and does what a behaviour says.

    Raises:
        BehaviourError: When a condition of the behaviour is wrong; with the line.
    """
    states = followed.async_behaviour or behaviour.status
    execution = Execution(states, tuple(behaviour.listing.filters), activation_delay)
    return ServerPlan(followed, behaviour, checks_of(behaviour, followed), execution)
