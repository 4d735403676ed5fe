"""The operations that no behaviour has in full: the plan of each is made when it is first called."""

from __future__ import annotations

import re
import sys
from functools import cached_property
from typing import TYPE_CHECKING

from conformance.cases.meanings.words import load_words
from conformance.contract.catalogue import OperationId, contract_files, find_operation
from conformance.contract.languages import BOTH, BY_PRECEDENCE, LANGUAGES
from conformance.contract.model import Contract, Source
from conformance.core.errors import ConformanceError
from conformance.server.behaviour.definition import NO_STATUS, Behaviour
from conformance.server.checks import GATEWAY, Check, gateway_checks
from conformance.server.documents import follow_documents
from conformance.server.execution import Execution
from conformance.server.general.carrying_out import ContractOperation
from conformance.server.general.kept_contracts import kept_contracts
from conformance.server.general.refusals import refusals_of
from conformance.server.general.resource_checks import resource_checks
from conformance.server.general.shapes import shape_of, with_list
from conformance.server.general.stored_changes import change_plan
from conformance.server.resources.inference import infer_kinds
from conformance.server.resources.kind_catalogue import described_kinds
from conformance.server.resources.kinds import DIGITS
from conformance.server.resources.neighbours import Neighbours
from conformance.server.resources.outline import leaf, outline_of
from conformance.server.resources.placing import id_paths
from conformance.server.server_plan import ServerPlan, make_plan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conformance.contract.languages import Docs, Language
    from conformance.server.general.shapes import FieldShape
    from conformance.server.resources.kinds import ResourceKind
    from conformance.server.resources.outline import Outline

_CODE = re.compile(rb"\bcode: *(?:'((?:[^'\n]|'')*)'|\"([^\"\n]*)\"|([^,}\n]*))")


class ContractOperations:
    """Operations that are served by their contracts. A contract is read when its operation is first called.

    Args:
        follow: The language of the documents that are followed, or both. An operation that has none in this language
            follows those that it has.
        activation_delay: Seconds until a new resource is in its final state.
        main: The behaviour of the server, whose own operations are not served here.
        also: The behaviours in full of other resources.
    """

    def __init__(
        self, follow: Docs, activation_delay: float, main: Behaviour | None, also: Sequence[Behaviour] = ()
    ) -> None:
        self._follow = follow
        self._delay = activation_delay
        self._also = also
        self._changed = [each for each in (main, *also) if each is not None]
        self._not_here = frozenset(each.name for each in main.operations) if main is not None else frozenset[str]()
        self._contracts: dict[OperationId, Contract | None] = {}
        self._words = load_words()
        self._outlines: dict[OperationId, Outline] = {}
        self._kinds: dict[tuple[OperationId, ...], tuple[ResourceKind, ...]] = {}

    def has_code(self, code: str, operation: str = "") -> bool:
        """Whether the documents of an operation, of any where it is empty, have an error code."""
        return any(
            self._has_row(each, code)
            for each in self._files
            if (not operation or each.name == operation) and code in self._codes_of(each)
        )

    def _has_row(self, operation: OperationId, code: str) -> bool:
        contract = self._contract(operation)
        return contract is not None and bool(contract.rows(code))

    def _codes_of(self, operation: OperationId) -> frozenset[str]:
        """Return what may be the codes of an operation, by the text of its files."""
        if operation not in self._codes:
            found = (each for path in self._files[operation].values() for each in _CODE.findall(path.read_bytes()))
            texts = ((single.replace(b"''", b"'") or double or plain) for single, double, plain in found)
            self._codes[operation] = frozenset(text.decode(errors="replace").strip() for text in texts)
        return self._codes[operation]

    @cached_property
    def _codes(self) -> dict[OperationId, frozenset[str]]:
        return {}

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
        described = self._in_full(operation, contract)
        if described is not None:
            return described
        kind, kinds = self._kind_of(operation, contract)
        return self._served(operation, contract, kind, kinds)

    def _served(
        self, operation: OperationId, contract: Contract, kind: ResourceKind | None, kinds: Sequence[ResourceKind]
    ) -> ServerPlan:
        role = kind.role_of(operation.name) if kind is not None else ""
        words = self._words.also("idempotent_by", kind.idempotent_by if kind is not None else "")
        shape, filters, made_in = shape_of(contract.responses), tuple[str, ...](), ""
        if kind is not None and role == "list":
            shape, filters = self._list_shape(contract, kind), tuple(kind.lists[operation.name].filters)
        if kind is not None and role == "create":
            made_in = _made_in(contract, kind)
        paths = [row.path for row in contract.parameters]
        others = {path: each for each in kinds if each is not kind for path in id_paths(paths, each.id_field)}
        checks = (
            *refusals_of(
                contract, kind, "change" if role == "switch" else role, words, self._documents.get(operation, ())
            ),
            *resource_checks(contract, kind, role, words),
        )
        served = ContractOperation(contract, shape, kind, role, words, others, made_in)
        return self._plan(operation, contract, checks, served, filters)

    def _list_shape(self, contract: Contract, kind: ResourceKind) -> FieldShape:
        how = kind.lists[contract.operation]
        loose = outline_of(contract).loose_lists.get(how.path, ())
        paging = ("page_number", "page_size", "token", "limit", "total", "truncated")
        beside = [
            name
            for name in loose
            if name != "RequestId" and not any(self._words.means(meaning, name) for meaning in paging)
        ]
        fields = [*kind.id_fields, *([kind.status_field] if kind.status_field else [])]
        return with_list(shape_of(contract.responses), how.path, [name for name in fields if "[" not in name], beside)

    def _unreadable(self, operation: OperationId) -> ServerPlan:
        source = Source("", "", "")
        empty = Contract(operation.name, LANGUAGES[0], source, (), (), (), version=operation.version)
        row = self._words.generic["server"]
        refused = Check("contract", (), lambda _attempt: True, lambda _rows, _attempt: row)
        served = ContractOperation(empty, shape_of(()), None, "", self._words)
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
        rows = tuple(self._words.generic.values())
        resource, prefix, digits = (
            (kind.resource, kind.id_prefix, kind.id_digits) if kind is not None else (name, "", DIGITS)
        )
        return ServerPlan(
            contract,
            Behaviour(resource, operation.product, prefix, digits, rows=rows),
            {GATEWAY: gateway_checks({name: frozenset({operation.version})}), name: checks},
            Execution(NO_STATUS, filters, self._delay),
            {name: served},
        )

    # --- Behaviours in full ---------------------------------------------------------------------------------------

    def _in_full(self, operation: OperationId, contract: Contract) -> ServerPlan | None:
        """Return the plan of an operation that a behaviour in full has; `None` when none has it."""
        for behaviour in self._also:
            if _is_of(behaviour, operation) and operation.name in {each.name for each in behaviour.operations}:
                followed = self._contract(self._beside(operation, behaviour.create.name))
                if followed is not None:

                    def contract_of(name: str, created: Contract = followed) -> Contract:
                        return self._contract(self._beside(operation, name)) or created

                    plan = make_plan(followed, behaviour, activation_delay=self._delay, contract_of=contract_of)
                    return plan if operation.name in plan.operations else None
        for behaviour in self._changed:
            if _is_of(behaviour, operation) and operation.name in behaviour.changes:
                return change_plan(behaviour, contract, self._words, self._delay)
        return None

    def _beside(self, operation: OperationId, name: str) -> OperationId:
        return find_operation(f"{operation.product}/{operation.version}/{name}", self._files)

    # --- Kinds of resources ---------------------------------------------------------------------------------------

    def _kind_of(
        self, operation: OperationId, contract: Contract
    ) -> tuple[ResourceKind | None, Sequence[ResourceKind]]:
        """Return the kind of resource that an operation is about, and those that it may name beside it."""
        described = described_kinds()
        own = described.of_api(operation.product, operation.version)
        kind = described.by_operation.get(operation)
        if kind is not None:
            return kind, own
        near = self._neighbours(operation).of(operation, outline_of(contract))
        left = [each for each in near if each not in described.by_operation]
        kinds = self._inferred(operation, tuple(left))
        kind = next((each for each in kinds if each.role_of(operation.name)), None)
        return kind, [*own, *kinds]

    def _inferred(self, operation: OperationId, near: tuple[OperationId, ...]) -> tuple[ResourceKind, ...]:
        """Return the kinds of some operations; those of one resource have the same neighbours."""
        if near not in self._kinds:
            for each in near:
                contract = self._contract(each)
                if each not in self._outlines and contract is not None:
                    self._outlines[each] = outline_of(contract)
            outlines = [self._outlines[each] for each in near if each in self._outlines]
            self._kinds[near] = infer_kinds(outlines, self._words, self._neighbours(operation))
        return self._kinds[near]

    def _neighbours(self, operation: OperationId) -> Neighbours:
        api = operation[:2]
        if api not in self._apis:
            self._apis[api] = Neighbours(
                {each: files for each, files in self._files.items() if each[:2] == api}, self._words
            )
        return self._apis[api]

    @cached_property
    def _apis(self) -> dict[tuple[str, str], Neighbours]:
        return {}

    # --- Contracts ------------------------------------------------------------------------------------------------

    def _contract(self, operation: OperationId) -> Contract | None:
        """Return what an operation promises; `None`, and a line on standard error, when it cannot be read."""
        if operation not in self._contracts:
            try:
                self._contracts[operation] = self._followed(operation)
            except ConformanceError as fault:
                print(f"{operation} is not served: {fault}", file=sys.stderr)  # noqa: T201 - it is for the person who started the server
                self._contracts[operation] = None
        return self._contracts[operation]

    def _followed(self, operation: OperationId) -> Contract:
        files = self._files[operation]
        wished = [language for language in LANGUAGES if language in files and self._follow in (language, BOTH)]
        contracts = kept_contracts({language: files[language] for language in wished or files})
        choice = BOTH if len(contracts) == len(LANGUAGES) else next(iter(contracts))
        self._documents[operation] = [contracts[each] for each in BY_PRECEDENCE if each in contracts]
        return follow_documents(contracts, choice)

    @cached_property
    def _documents(self) -> dict[OperationId, list[Contract]]:
        """By operation, the contracts that are followed, the one that takes precedence first."""
        return {}

    @cached_property
    def _files(self) -> dict[OperationId, dict[Language, Path]]:
        return {
            operation: files for operation, files in contract_files().items() if operation.name not in self._not_here
        }


def _is_of(behaviour: Behaviour, operation: OperationId) -> bool:
    return behaviour.product.lower() == operation.product.lower()


def _made_in(contract: Contract, kind: ResourceKind) -> str:
    """Return the list in the answer to a creation whose elements have the id; empty when the id is not in a list."""
    paths = [row.path for row in contract.responses if leaf(row.path) == kind.id_field]
    if not paths or any("[]." not in path for path in paths):
        return ""
    return paths[0].partition("[].")[0]
