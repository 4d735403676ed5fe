"""The operations that the server's own behaviour has not, whose program is loaded when one of them is asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from conformance.contract.catalogue import contract_files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.contract.languages import Docs
    from conformance.server.behaviour.definition import Behaviour
    from conformance.server.general.catalogue import ContractOperations
    from conformance.server.server_plan import ServerPlan


class LaterOperations:
    """Operations that are served by their contracts; what is done with them is that of `catalogue`.

    Args:
        follow: The language of the documents that are followed, or both.
        activation_delay: Seconds until a new resource is in its final state.
        main: The behaviour of the server, whose own operations are not served here.
        also: The behaviours in full of other resources.
    """

    def __init__(
        self, follow: Docs, activation_delay: float, main: Behaviour | None, also: Sequence[Behaviour] = ()
    ) -> None:
        self._follow = follow
        self._delay = activation_delay
        self._main = main
        self._also = also

    def versions(self) -> Mapping[str, frozenset[str]]:
        """Return the operations, each with the versions of APIs that have it."""
        own = frozenset(each.name for each in self._main.operations) if self._main is not None else frozenset[str]()
        found: dict[str, set[str]] = {}
        for operation in contract_files():
            if operation.name not in own:
                found.setdefault(operation.name, set()).add(operation.version)
        return {name: frozenset(versions) for name, versions in found.items()}

    def has_code(self, code: str, operation: str) -> bool:
        """Whether the documents of an operation, of any where it is empty, have an error code."""
        return self._loaded.has_code(code, operation)

    def plan_of(self, action: str, version: str) -> ServerPlan | None:
        """Return the plan of an operation of a version of an API; `None` when there is none."""
        return self._loaded.plan_of(action, version)

    @cached_property
    def _loaded(self) -> ContractOperations:
        # Most servers of a run are asked for the operations of one behaviour, and started for a few requests.
        from conformance.server.general.catalogue import ContractOperations  # noqa: PLC0415

        return ContractOperations(self._follow, self._delay, self._main, self._also)
