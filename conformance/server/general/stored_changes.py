"""Operations that change a resource described in full: checked and answered by their own contracts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from conformance.server.checks import GATEWAY, check_of, gateway_checks, rows_of
from conformance.server.execution import Execution
from conformance.server.general.kept import sent_fields
from conformance.server.general.refusals import refusals_of
from conformance.server.general.scope import AnswerScope
from conformance.server.general.shapes import filled, shape_of
from conformance.server.resources.kinds import ResourceKind
from conformance.server.server_plan import ServerPlan

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.cases.meanings.words import Words
    from conformance.contract.model import Contract
    from conformance.core.jsontypes import Json
    from conformance.server.behaviour.definition import Behaviour, ResourceChange
    from conformance.server.execution import Work
    from conformance.server.general.shapes import FieldShape


def change_plan(behaviour: Behaviour, contract: Contract, words: Words, delay: float) -> ServerPlan:
    """Return the plan of an operation that changes a resource.

    Args:
        behaviour: The behaviour, which has the operation among its changes.
        contract: What the operation promises.
        words: What names mean.
        delay: Seconds until a new resource is in its final state.

    Raises:
        BehaviourError: When a condition is wrong; with the line.
    """
    name = contract.operation
    change = behaviour.changes[name]
    kind = ResourceKind(behaviour.resource, contract.product, contract.version, change.id, changes=(name,))
    own = (check for refusal in change.operation.refusals for check in check_of(refusal, {}))
    checks = (
        *refusals_of(contract, kind, "change", words),
        *(check for check in own if rows_of(check, contract, behaviour)),
    )
    return ServerPlan(
        contract,
        behaviour,
        {GATEWAY: gateway_checks({name: frozenset({contract.version})}), name: checks},
        Execution(behaviour.status, (), delay),
        {name: _StoredChange(change, shape_of(contract.responses), words)},
    )


class _StoredChange(Struct, frozen=True):
    change: ResourceChange
    shape: FieldShape
    words: Words

    async def __call__(self, work: Work) -> Mapping[str, Json]:
        call, view = work.attempt.call, work.attempt.view
        named = call.value(self.change.id)
        sent = {name: text for name in self.change.keeps if (text := call.value(name)) is not None}
        for account in (view.own, view.common):
            found = account.resources.get(named or "")
            if found is not None:
                account.resources[found.id] = replace(found, fields={**found.fields, **sent, **self.change.sets})
        request_id = work.execution.request_id()
        scope = AnswerScope(request_id, sent_fields(call, self.words), self.words)
        return {"RequestId": request_id, **filled(self.shape, scope)}
