"""A mutation of one operation alone, among all that a server has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from conformance.server.faults.mutations import Mutation, NotThere

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.catalogue import OperationId
    from conformance.server.server_plan import OtherOperations, ServerPlan


def plan_of_operation(plan: ServerPlan, operation: OperationId) -> ServerPlan | None:
    """Return the part of a server's plan that answers an operation; `None` when none does."""
    if _is_own(plan, operation):
        return plan
    return plan.others.plan_of(operation.name, operation.version) if plan.others is not None else None


def on_operation(operation: OperationId, mutation: Mutation) -> Mutation:
    """Return a mutation of a whole server that changes one operation, and leaves the others as they are."""

    def apply(plan: ServerPlan) -> ServerPlan:
        own = plan_of_operation(plan, operation)
        if own is None or plan.others is None:
            raise NotThere(str(operation))
        changed = mutation.apply(own)
        if own is plan:
            return changed
        return replace(plan, others=_WithOneChanged(plan.others, (operation.name, operation.version), changed))

    return Mutation(mutation.place, apply)


class _WithOneChanged(Struct, frozen=True):
    """Other operations, one of which has another plan."""

    others: OtherOperations
    operation: tuple[str, str]
    plan: ServerPlan

    def versions(self) -> Mapping[str, frozenset[str]]:
        return self.others.versions()

    def plan_of(self, action: str, version: str) -> ServerPlan | None:
        return self.plan if (action, version) == self.operation else self.others.plan_of(action, version)

    def has_code(self, code: str, operation: str) -> bool:
        return self.others.has_code(code, operation)


class RememberedOperations:
    """Other operations, each asked for once however often a server of them is started.

    Args:
        others: The operations.
    """

    def __init__(self, others: OtherOperations) -> None:
        self._others = others
        self._plans: dict[tuple[str, str], ServerPlan | None] = {}
        self._codes: dict[tuple[str, str], bool] = {}
        self._versions = others.versions()

    def versions(self) -> Mapping[str, frozenset[str]]:
        """Return the operations, each with the versions of APIs that have it."""
        return self._versions

    def plan_of(self, action: str, version: str) -> ServerPlan | None:
        """Return the plan of an operation of a version of an API; `None` when there is none."""
        if (action, version) not in self._plans:
            self._plans[action, version] = self._others.plan_of(action, version)
        return self._plans[action, version]

    def has_code(self, code: str, operation: str) -> bool:
        """Whether the documents of an operation, of any where it is empty, have an error code."""
        if (code, operation) not in self._codes:
            self._codes[code, operation] = self._others.has_code(code, operation)
        return self._codes[code, operation]


def _is_own(plan: ServerPlan, operation: OperationId) -> bool:
    return operation.name in plan.operations and operation.version == plan.followed.version
