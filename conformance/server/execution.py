"""How a server carries out what it does not refuse."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct

from conformance.server.options import DEFAULT_DELAY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from conformance.contract.model import AsyncBehaviour
    from conformance.core.jsontypes import Json
    from conformance.server.attempt import Attempt
    from conformance.server.behaviour.definition import Behaviour
    from conformance.server.store import StoredResource

    StoreStep: TypeAlias = Callable[[StoredResource], StoredResource]


def _request_id() -> str:
    return str(uuid.uuid4()).upper()


def _resource_id(behaviour: Behaviour) -> str:
    made = uuid.uuid4()
    if not behaviour.id_prefix:  # ids without a prefix are numbers
        return str(made.int)[: behaviour.id_digits]
    return behaviour.id_prefix + made.hex[: behaviour.id_digits]


class Execution(Struct, frozen=True):
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
        changes: Whether a change changes anything, and whether what is attached or detached is.
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
    changes: bool = True
    lag: float = 0.0
    keeps_states: bool = False
    creates_when_refused: bool = False
    lists_every_account: bool = False


class Work(Struct, frozen=True):
    """One call to be carried out.

    Attributes:
        attempt: The call, with its account, the promises of the server and the behaviour of the resource.
        execution: How the server carries out calls.
        now: The server's clock, in seconds.
    """

    attempt: Attempt
    execution: Execution
    now: float

    @property
    def behaviour(self) -> Behaviour:
        """What the resource does."""
        return self.attempt.behaviour


Operation: TypeAlias = "Callable[[Work], Awaitable[Mapping[str, Json]]]"
