"""From the options of a server to its plan."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from msgspec.structs import replace

from conformance.contract.catalogue import contract_files, contracts_for, find_operation
from conformance.contract.languages import BOTH, LANGUAGES
from conformance.contract.model import Contract, Source
from conformance.core.errors import InputError
from conformance.core.wording import near
from conformance.core.yamlfile import YamlFile
from conformance.server.behaviour.choice import fitting, read_behaviours, short_files
from conformance.server.behaviour.conditions import read_condition
from conformance.server.behaviour.definition import NO_STATUS, Behaviour
from conformance.server.behaviour.parts import BehaviourError
from conformance.server.documents import follow_documents
from conformance.server.execution import Execution
from conformance.server.general.later import LaterOperations
from conformance.server.options import DEFAULT_DELAY
from conformance.server.server_plan import ServerPlan, make_plan, serving_also

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from conformance.contract.languages import Docs


def build_plan(
    *,
    follow: Docs = BOTH,
    faults: Sequence[str] = (),
    activation_delay: float = DEFAULT_DELAY,
    operations: Sequence[str] = (),
) -> ServerPlan:
    """Return the plan of a server that follows the contracts and behaviours that there are, with faults.

    Args:
        follow: The language of the document that it follows, or `BOTH`.
        faults: Names of faults, applied in this order.
        activation_delay: Seconds until a new resource is active.
        operations: What it is asked for, each as in `choose_behaviour`: the behaviour that has most of it, which
            faults are about.

    Raises:
        UsageError: For an unknown choice or fault, or a fault of a rule that these documents do not have.
        ContractError: When the contracts cannot be read.
        BehaviourError: When the files that say what the server does, or does wrong, cannot be read.
    """
    usable = sorted(_usable()[0], key=lambda each: -fitting(each, operations))
    main, also = (usable[0], tuple(usable[1:])) if usable else (None, ())
    plan = _main_plan(main, follow, activation_delay) if main is not None else _nothing(activation_delay)
    plan = serving_also(replace(plan, also=also), LaterOperations(follow, activation_delay, main, also))
    if faults:
        # Most servers have none, and the table of faults is longer than the server.
        from conformance.server.faults.any_fault import find_any_fault  # noqa: PLC0415

        whole = plan if follow == BOTH else build_plan(activation_delay=activation_delay, operations=operations)
        for name in faults:
            plan = find_any_fault(name, whole, operations).applied(plan, follow)
    return plan


def unused_behaviours() -> tuple[InputError, ...]:
    """Return what is wrong with files of behaviours, each with its line; the server goes on without it."""
    found = [*read_behaviours().faults, *_usable()[1]]
    if short_files():
        from conformance.server.resources.kind_catalogue import described_kinds  # noqa: PLC0415 - most servers have none

        found += described_kinds().faults
    return tuple(found)


def _usable() -> tuple[list[Behaviour], list[InputError]]:
    """Return the behaviours in full whose operations have contracts, and why others have none.

    Documents without any of the codes of a behaviour, as those that have no error codes at all, are served without it:
    it would refuse nothing.
    """
    known = list(contract_files())
    usable: list[Behaviour] = []
    faults: list[InputError] = []
    for behaviour, file in read_behaviours().known:
        fault = _unusable(behaviour, file, {each.name for each in known if _is_of(behaviour, each.product)})
        if fault is not None:
            faults.append(fault)
        elif _is_documented(behaviour):
            usable.append(behaviour)
    return usable, faults


def _unusable(behaviour: Behaviour, path: Path, known: Collection[str]) -> InputError | None:
    """Return why a behaviour cannot be used: an operation that has no contract, or a condition that is none."""
    for role, operation in (("create", behaviour.create), ("show", behaviour.show), ("delete", behaviour.delete)):
        if operation.name not in known:
            file = YamlFile.read(path, BehaviourError)
            return file.fault(
                f"there is no contract of {operation.name!r}", (role, "operation"), hint=near(operation.name, known)
            )
    try:
        for operation in (*behaviour.operations, *(each.operation for each in behaviour.changes.values())):
            for refusal in operation.refusals:
                if refusal.when is not None:
                    read_condition(refusal.when)
    except InputError as fault:
        return fault
    return None


def _is_documented(behaviour: Behaviour) -> bool:
    """Whether the documents of the creation have a code that the behaviour refuses it with, if it refuses anything."""
    codes = {code for refusal in behaviour.create.refusals for code in refusal.codes}
    known = contract_files()
    operation = find_operation(f"{behaviour.product.lower()}:{behaviour.create.name}", known)
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in known[operation].values()]
    return not codes or any(code in text for text in texts for code in codes)


def _is_of(behaviour: Behaviour, product: str) -> bool:
    return behaviour.product.lower() == product.lower()


def _main_plan(behaviour: Behaviour, follow: Docs, activation_delay: float) -> ServerPlan:
    @cache
    def contract_of(operation: str) -> Contract:
        return follow_documents(contracts_for(f"{behaviour.product.lower()}:{operation}"), follow)

    contracts = contracts_for(f"{behaviour.product.lower()}:{behaviour.create.name}")
    documents = follow_documents(contracts, follow)
    codes = {row.code for contract in contracts.values() for row in contract.errors}
    plan = make_plan(documents, behaviour, activation_delay=activation_delay, contract_of=contract_of)
    return replace(plan, unfollowed=frozenset(code for code in codes if not documents.rows(code)))


def _nothing(activation_delay: float) -> ServerPlan:
    """Return the plan of a server that has no behaviour in full: all operations are served by their contracts."""
    empty = Contract("", LANGUAGES[0], Source("", "", ""), (), (), ())
    return ServerPlan(empty, Behaviour("", "", "", 1), {}, Execution(NO_STATUS, (), activation_delay), {})
