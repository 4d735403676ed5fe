"""The faults of an operation by name, and the families of operations that are about one kind of resource."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain
from typing import TYPE_CHECKING

from msgspec.structs import replace

from conformance.cases.meanings.words import load_words
from conformance.contract.answer_trees import as_answered
from conformance.contract.catalogue import OperationId, contract_files, contracts_in, find_operation
from conformance.contract.languages import BOTH
from conformance.core.errors import UsageError
from conformance.core.wording import near
from conformance.server.documents import follow_documents
from conformance.server.faults.catalogue import NamedMutation
from conformance.server.faults.generated.answers import flaws_of_answers, styles_of_answers
from conformance.server.faults.generated.fault import Flaw, GeneratedFault, Subject
from conformance.server.faults.generated.inner_answers import flaws_inside
from conformance.server.faults.generated.resources import flaws_of_resources
from conformance.server.faults.generated.rows import flaws_of_rows
from conformance.server.faults.generated.rules import flaws_of_rules
from conformance.server.faults.mutations import NotThere
from conformance.server.faults.one_operation import on_operation, plan_of_operation
from conformance.server.resources.inference import infer_kinds
from conformance.server.resources.outline import outline_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.server.resources.outline import Outline
    from conformance.server.server_plan import ServerPlan

Family = Mapping[str, tuple[str, ...]]
"""By what is done with one kind of resource, the names of the operations."""


def families(contracts: Iterable[Mapping[Language, Contract]]) -> dict[OperationId, Family]:
    """Return for each operation those that are about the same kind of resource, itself among them.

    Args:
        contracts: The contracts of each operation, by language. An operation that is about no resource is left out.
    """
    by_api: dict[tuple[str, str], list[Outline]] = {}
    for each in contracts:
        outline = outline_of(follow_documents(each, BOTH))
        by_api.setdefault((outline.product, outline.version), []).append(outline)
    found: dict[OperationId, Family] = {}
    for (product, version), outlines in by_api.items():
        for kind in infer_kinds(outlines, load_words()):
            family: dict[str, tuple[str, ...]] = {}
            for name, role in kind.roles():
                family[role] = (*family.get(role, ()), name)
            found |= {OperationId(product, version, name): family for name, _ in kind.roles()}
    return found


def is_generated(name: str) -> bool:
    """Whether a name of a fault is one of those that are made here: `CreateThing/...`."""
    return "/" in name


def operation_in(name: str) -> str:
    """Return the operation that a name of a generated fault begins with, as a word that means it."""
    return name.rpartition("/")[0]


def prefix_of(operation: OperationId) -> str:
    """Return what the names of an operation's faults begin with: its name, with the product where several have it."""
    alike = [each for each in contract_files() if each.name == operation.name]
    if len(alike) == 1:
        return operation.name
    same_product = [each for each in alike if each.product == operation.product]
    return operation.with_product if len(same_product) == 1 else str(operation)


def find_generated(name: str, plan: ServerPlan) -> NamedMutation:
    """Return a generated fault, or style, by its name.

    Args:
        name: Its name.
        plan: The plan of a server without faults that follows all documents.

    Raises:
        UsageError: When there is none of this name; the hint has near ones.
        ContractError: When there is no such operation, or its contract cannot be read.
    """
    operation = find_operation(operation_in(name), contract_files())
    known = {each.name: each.named for each in faults_of(plan, operation, {})}
    slug = name.rpartition("/")[2]
    full = f"{prefix_of(operation)}/{slug}"
    if full not in known:
        raise UsageError(f"there is no fault {name!r}", hint=near(name, known))
    return known[full]


def faults_of(plan: ServerPlan, operation: OperationId, family: Family) -> list[GeneratedFault]:
    """Return the faults and the styles that are made of an operation's documents, in a fixed order.

    Args:
        plan: The plan of a server without faults that follows all documents.
        operation: The operation.
        family: The operations that are about the same kind of resource.

    Raises:
        ContractError: When a contract cannot be read.
    """
    own = plan_of_operation(plan, operation)
    if own is None:
        return []
    contracts = as_answered(contracts_in(contract_files()[operation]))
    prefix = prefix_of(operation)
    made = Subject(operation, contracts, own, load_words(), family)
    flaws = chain(
        flaws_of_rules(made),
        flaws_of_rows(made),
        flaws_of_answers(made),
        flaws_inside(made),
        flaws_of_resources(made),
        styles_of_answers(made),
    )
    return [
        GeneratedFault(operation, flaw, _named(flaw, prefix, operation))
        for flaw in _apart(flaws)
        if flaw.silent or _can_be_had(flaw, own)
    ]


def _can_be_had(flaw: Flaw, own: ServerPlan) -> bool:
    try:
        flaw.mutation.apply(own)
    except NotThere:
        return False
    return True


def _named(flaw: Flaw, prefix: str, operation: OperationId) -> NamedMutation:
    return NamedMutation(f"{prefix}/{flaw.slug}", flaw.about, on_operation(operation, flaw.mutation), flaw.conforms)


def _apart(flaws: Iterable[Flaw]) -> Iterator[Flaw]:
    """Yield flaws with names of their own: the second of one name gets a number."""
    counts: dict[str, int] = {}
    for flaw in flaws:
        counts[flaw.slug] = counts.get(flaw.slug, 0) + 1
        number = counts[flaw.slug]
        yield flaw if number == 1 else replace(flaw, slug=f"{flaw.slug}-{number}")
