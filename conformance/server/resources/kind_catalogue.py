"""The kinds of resources that files of behaviours describe in short, and what is wrong with those files."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct, field

from conformance.contract.catalogue import OperationId, contract_files
from conformance.core.errors import InputError
from conformance.server.behaviour.choice import short_files
from conformance.server.behaviour.parts import BehaviourError
from conformance.server.resources.kind_files import read_kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from conformance.server.resources.kinds import ResourceKind


class DescribedKinds(Struct):
    """Kinds of resources, by the operations that are about them.

    Attributes:
        by_operation: The kind of each operation that a file has.
        faults: What is wrong with files, each with its line; the rest of a file is used all the same.
    """

    by_operation: dict[OperationId, ResourceKind] = field(default_factory=dict)
    faults: list[InputError] = field(default_factory=list)

    def of_api(self, product: str, version: str) -> list[ResourceKind]:
        """Return the kinds of one product and version, each once."""
        found = {id(kind): kind for each, kind in self.by_operation.items() if each[:2] == (product, version)}
        return list(found.values())


def described_kinds() -> DescribedKinds:
    """Return the kinds that the workspace and the project describe in short, the workspace's first.

    An operation that two files have is that of the first one.
    """
    files = tuple(short_files())
    return _described(files) if files else DescribedKinds()


def known_operations() -> dict[tuple[str, str], set[str]]:
    """Return the names of the operations that have contracts, by product and version."""
    known: dict[tuple[str, str], set[str]] = {}
    for operation in contract_files():
        known.setdefault((operation.product, operation.version), set()).add(operation.name)
    return known


@cache
def _described(files: tuple[Path, ...]) -> DescribedKinds:
    known = known_operations()
    found = DescribedKinds()
    read: dict[Path, ResourceKind] = {}
    for file in files:
        try:
            said = read_kind(file, known)
        except InputError as fault:
            found.faults.append(fault)
            continue
        found.faults += said.faults
        product = next(
            of for of, version in known if (of.lower(), version) == (said.kind.product.lower(), said.kind.version)
        )
        read[file] = said.kind
        for name, _ in said.kind.roles():
            found.by_operation.setdefault(OperationId(product, said.kind.version, name), said.kind)
    found.faults += _circles(read)
    return found


def _circles(kinds: Mapping[Path, ResourceKind]) -> Iterator[InputError]:
    """Yield what is wrong where a resource needs others that need it: each circle once."""
    by_name = {(kind.product, kind.resource): (file, kind) for file, kind in kinds.items()}
    done: set[tuple[str, str]] = set()
    for start in by_name:
        way: list[tuple[str, str]] = []
        ahead = [(start, 0)]
        while ahead:
            at, depth = ahead.pop()
            del way[depth:]
            if at in way:
                circle = way[way.index(at) :]
                if not done.issuperset(circle):
                    file, kind = by_name[circle[0]]
                    names = " before ".join(name for _, name in [*circle, circle[0]])
                    yield BehaviourError(
                        f"a {kind.resource} can never be created: each needs the next, {names}",
                        where=file,
                        hint="remove one of their needs",
                    )
                done.update(circle)
                continue
            if at in done:
                continue
            way.append(at)
            _, kind = by_name[at]
            ahead += [((at[0], name), depth + 1) for name in kind.needs.values() if (at[0], name) in by_name]
        done.update(way)
