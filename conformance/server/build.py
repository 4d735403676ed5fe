"""From the options of a server to its plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.contract.catalogue import contracts_for
from conformance.contract.languages import BOTH
from conformance.server.behaviour.choice import load_behaviour
from conformance.server.documents import follow_documents
from conformance.server.general.later import LaterOperations
from conformance.server.options import DEFAULT_DELAY
from conformance.server.server_plan import make_plan, serving_also

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.contract.languages import Docs
    from conformance.server.server_plan import ServerPlan


def build_plan(
    *,
    follow: Docs = BOTH,
    faults: Sequence[str] = (),
    activation_delay: float = DEFAULT_DELAY,
    operations: Sequence[str] = (),
) -> ServerPlan:
    """Return the plan of a server that follows the project's contracts, with faults.

    Args:
        follow: The language of the document that it follows, or `BOTH`.
        faults: Names of faults, applied in this order.
        activation_delay: Seconds until a new resource is active.
        operations: What it is asked for, each as in `choose_behaviour`.

    Raises:
        UsageError: For an unknown choice or fault, or a fault of a rule that these documents do not have.
        ContractError: When the contracts cannot be read.
        BehaviourError: When the files that say what the server does, or does wrong, cannot be read.
    """
    behaviour = load_behaviour(operations)
    contracts = contracts_for(f"{behaviour.product.lower()}:{behaviour.create.name}")
    documents = follow_documents(contracts, follow)
    codes = {row.code for contract in contracts.values() for row in contract.errors}
    plan = make_plan(documents, behaviour, activation_delay=activation_delay)
    plan = replace(plan, unfollowed=frozenset(code for code in codes if not documents.rows(code)))
    others = LaterOperations(follow, activation_delay, frozenset(plan.operations))
    plan = serving_also(plan, others)
    if faults:
        # Most servers have none, and the table of faults is longer than the server.
        from conformance.server.faults.any_fault import find_any_fault  # noqa: PLC0415

        whole = plan if follow == BOTH else build_plan(activation_delay=activation_delay, operations=operations)
        for name in faults:
            plan = find_any_fault(name, whole, operations).applied(plan, follow)
    return plan
