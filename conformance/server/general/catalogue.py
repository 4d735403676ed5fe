"""The operations that no behaviour has in full: the plan of each is made when it is first called."""

from __future__ import annotations

import re
import sys
from functools import cached_property
from typing import TYPE_CHECKING, Final

from conformance.cases.meanings.words import load_words, singular
from conformance.contract.catalogue import OperationId, contract_files, contracts_in
from conformance.contract.languages import BOTH, LANGUAGES
from conformance.contract.model import Contract, Source
from conformance.core.errors import ConformanceError
from conformance.server.behaviour.definition import NO_STATUS, Behaviour
from conformance.server.checks import GATEWAY, Check, gateway_checks
from conformance.server.documents import follow_documents
from conformance.server.execution import Execution
from conformance.server.general.carrying_out import ContractOperation
from conformance.server.general.inference import created_kind, kind_of_operation, with_operation
from conformance.server.general.outline import outline_of
from conformance.server.general.refusals import refusals_of
from conformance.server.general.shapes import shape_of, with_loose_list
from conformance.server.server_plan import ServerPlan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conformance.contract.languages import Docs, Language
    from conformance.server.general.kinds import ResourceKind
    from conformance.server.general.outline import Outline

_DIGITS: Final = 20


class ContractOperations:
    """Operations that are served by their contracts. A contract is read when its operation is first called.

    Args:
        follow: The language of the documents that are followed, or both. An operation that has none in this language
            follows those that it has.
        activation_delay: Seconds until a new resource is in its final state.
        described: The operations that a behaviour has in full; they are not served here.
    """

    def __init__(self, follow: Docs, activation_delay: float, described: frozenset[str]) -> None:
        self._follow = follow
        self._delay = activation_delay
        self._described = described
        self._contracts: dict[OperationId, Contract | None] = {}

    def has_code(self, code: str) -> bool:
        """Whether the documents of an operation have an error code."""
        return any(
            code.encode() in path.read_bytes() and self._has_row(operation, code)
            for operation, files in self._files.items()
            for path in files.values()
        )

    def _has_row(self, operation: OperationId, code: str) -> bool:
        contract = self._contract(operation)
        return contract is not None and bool(contract.rows(code))

    def plan_of(self, action: str, version: str) -> ServerPlan | None:
        """Return the plan of an operation; `None` when there is none.

        Of two products that have it in one version the first in alphabetical order is served. An operation whose
        contract cannot be read is refused with status 500.
        """
        operation = next((each for each in self._files if (each.name, each.version) == (action, version)), None)
        if operation is None:
            return None
        contract = self._contract(operation)
        if contract is None:
            return self._unreadable(operation)
        words = load_words()
        kind = self._kind_of(operation, outline_of(contract))
        role = kind.role_of(action) if kind is not None else ""
        shape, filters = shape_of(contract.responses), tuple[str, ...]()
        if kind is not None and role == "list":
            shape, filters = with_loose_list(shape, kind.lists[action].path), tuple(kind.lists[action].filters)
        served = ContractOperation(contract, shape, kind, role, words)
        return self._plan(operation, contract, refusals_of(contract, kind, role, words), served, filters)

    def _unreadable(self, operation: OperationId) -> ServerPlan:
        source = Source("", "", "")
        empty = Contract(operation.name, LANGUAGES[0], source, (), (), (), version=operation.version)
        row = load_words().generic["server"]
        refused = Check("contract", (), lambda _attempt: True, lambda _rows, _attempt: row)
        served = ContractOperation(empty, shape_of(()), None, "", load_words())
        return self._plan(operation, empty, (refused,), served, ())

    def _plan(
        self,
        operation: OperationId,
        contract: Contract,
        checks: tuple[Check, ...],
        served: ContractOperation,
        filters: tuple[str, ...],
    ) -> ServerPlan:
        kind, name = served.kind, operation.name
        rows = tuple(load_words().generic.values())
        resource, prefix = (kind.resource, kind.id_prefix) if kind is not None else (name, "")
        return ServerPlan(
            contract,
            Behaviour(resource, operation.product, prefix, _DIGITS, rows=rows),
            {GATEWAY: gateway_checks({name: frozenset({operation.version})}), name: checks},
            Execution(NO_STATUS, filters, self._delay),
            {name: served},
        )

    def _kind_of(self, operation: OperationId, outline: Outline) -> ResourceKind | None:
        """Return the kind of resource that an operation is about, by the operations that create one."""
        words = load_words()
        kinds: dict[str, ResourceKind] = {}
        for create in self._creates(operation, outline):
            contract = self._contract(create)
            if contract is None:
                continue
            kind = created_kind(outline_of(contract), words, lambda name, but: self._mentions(operation, name, but))
            if kind is not None:
                kinds.setdefault(kind.id_field, kind)
        found = kind_of_operation(outline, kinds.values(), words)
        return with_operation(found, outline, words) if found is not None else None

    def _creates(self, operation: OperationId, outline: Outline) -> list[OperationId]:
        """Return the operations that create what an operation may be about, by their names: only they are read."""
        words = load_words()
        _, noun = words.role_and_noun(operation.name)
        asked = {singular(re.split(r"[.\[]", path)[0]) for path in outline.parameters}
        stems = {name.removesuffix(end) for name in asked for end in words.ids if name.endswith(end)}
        found = []
        for each in self._files:
            role, own = words.role_and_noun(each.name)
            same_api = (each.product, each.version) == (operation.product, operation.version)
            if same_api and role == "create" and (each == operation or noun.startswith(own) or own in stems):
                found.append(each)
        return found

    def _mentions(self, operation: OperationId, name: str, but: str) -> int:
        """Count the operations of an API whose contracts have a parameter of a name, by the text of their files."""
        pattern = re.compile(rb"\bname: %s(s|\.1|s\.1)?\n" % re.escape(name).encode())
        return sum(
            each.name != but and pattern.search(next(iter(files.values())).read_bytes()) is not None
            for each, files in self._files.items()
            if (each.product, each.version) == (operation.product, operation.version)
        )

    def _contract(self, operation: OperationId) -> Contract | None:
        """Return what an operation promises; `None`, and a line on standard error, when it cannot be read."""
        if operation not in self._contracts:
            try:
                self._contracts[operation] = self._followed(self._files[operation])
            except ConformanceError as fault:
                print(f"{operation} is not served: {fault}", file=sys.stderr)  # noqa: T201 - whoever started the server reads it
                self._contracts[operation] = None
        return self._contracts[operation]

    def _followed(self, files: Mapping[Language, Path]) -> Contract:
        wished = [language for language in LANGUAGES if language in files and self._follow in (language, BOTH)]
        contracts = contracts_in({language: files[language] for language in wished or files})
        choice = BOTH if len(contracts) == len(LANGUAGES) else next(iter(contracts))
        return follow_documents(contracts, choice)

    @cached_property
    def _files(self) -> dict[OperationId, dict[Language, Path]]:
        return {
            operation: files for operation, files in contract_files().items() if operation.name not in self._described
        }
