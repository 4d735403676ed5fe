"""A fault by its name, whether it is a line of a table or made of an operation's documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.server.faults.catalogue import NamedMutation, faults, find_fault
from conformance.server.faults.generated.catalogue import faults_of, find_generated, is_generated

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.contract.catalogue import OperationId
    from conformance.server.server_plan import ServerPlan


def find_any_fault(name: str, plan: ServerPlan, operations: Sequence[str] = ()) -> NamedMutation:
    """Return a fault or a conforming variant by its name.

    Args:
        name: Its name: `CreateThing/...` is one that is made of the documents of that operation.
        plan: The plan of a server without faults that follows all documents.
        operations: As in `catalogue.mutations`.

    Raises:
        UsageError: When there is none of this name; the hint has near ones.
    """
    return find_generated(name, plan) if is_generated(name) else find_fault(name, operations)


def every_fault(plan: ServerPlan, served: Sequence[str], operations: Iterable[OperationId]) -> Iterator[NamedMutation]:
    """Yield the faults of the tables, then those that are made of the documents of some operations.

    Args:
        plan: As in `find_any_fault`.
        served: What the server is asked for, as in `catalogue.mutations`.
        operations: Whose faults are made.
    """
    yield from faults(served).values()
    for operation in operations:
        yield from (each.named for each in faults_of(plan, operation, {}) if not each.flaw.conforms)
