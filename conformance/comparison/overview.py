"""Comparing many operations at once: two collections of contracts, paired by operation."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from conformance.comparison.agreement import Agreement
from conformance.comparison.compared_fact import ComparedFact
from conformance.comparison.contract_comparison import Comparison, compare, counts, side_data
from conformance.contract.model import NOT_STATED, Fact, State

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from conformance.comparison.levels import Level
    from conformance.contract.model import Contract

_UNREAD: Final = "the other side has a file for it that could not be read"


@dataclass(frozen=True, slots=True)
class Document:
    """One contract of a collection.

    Attributes:
        contract: The contract.
        file: Its file, as a reader would name it.
        folder: The folder inside the collection, which separates two products that share an operation's name.
    """

    contract: Contract
    file: str
    folder: str = ""


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """A file of a collection that could not be read.

    Attributes:
        side: `left` or `right`.
        file: The file.
        line: The line, where it is known.
        message: What is wrong.
        operation: The operation that the file's name promises.
    """

    side: str
    file: str
    line: int | None
    message: str
    operation: str

    def data(self) -> dict[str, object]:
        """Return the fault as JSON data."""
        return {"side": self.side, "file": self.file, "line": self.line, "message": self.message}


@dataclass(frozen=True, slots=True)
class Side:
    """One side: its name, its documents, and the files that could not be read."""

    name: str
    documents: tuple[Document, ...]
    faults: tuple[UnreadFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Overview:
    """Two collections and how they compare, in the order of the operations' names.

    Attributes:
        left: The name of the one collection.
        right: The name of the other.
        comparisons: Of every operation that both have.
        lone: A finding for every operation that one of them has.
        faults: The files that could not be read.
    """

    left: str
    right: str
    comparisons: tuple[Comparison, ...]
    lone: tuple[ComparedFact, ...]
    faults: tuple[UnreadFile, ...]

    @property
    def findings(self) -> tuple[ComparedFact, ...]:
        """Every finding: of the compared operations, then of those on one side only."""
        return (*(finding for comparison in self.comparisons for finding in comparison.findings), *self.lone)

    @property
    def conforms(self) -> bool:
        """Whether nothing disagrees."""
        return all(comparison.conforms for comparison in self.comparisons)

    @property
    def counts(self) -> dict[Level, int]:
        """How many findings there are of each level."""
        return counts(self.findings)

    def only(self, wanted: Callable[[ComparedFact], bool]) -> Overview:
        """Return the overview with those findings alone that are wanted."""
        comparisons = tuple(comparison.only(wanted) for comparison in self.comparisons)
        return replace(self, comparisons=comparisons, lone=tuple(filter(wanted, self.lone)))

    def with_witnesses(self, witnesses: Mapping[str, Contract]) -> Overview:
        """Return the overview with a third contract beside each comparison whose operation has one."""
        return replace(
            self,
            comparisons=tuple(
                replace(comparison, witness=witnesses.get(comparison.operation)) for comparison in self.comparisons
            ),
        )

    def data(self, finding_data: Callable[[Comparison | None, ComparedFact], dict[str, object]]) -> dict[str, object]:
        """Return the overview as JSON data.

        Args:
            finding_data: Makes the data of one finding; the comparison is `None` for an operation on one side only.

        Returns:
            The operations, each with its findings, whose paths name the operation too.
        """

        def qualified(comparison: Comparison | None, finding: ComparedFact) -> dict[str, object]:
            return {"operation": finding.operation, **finding_data(comparison, finding), "path": finding.name}

        operations: list[dict[str, object]] = [
            {
                "operation": comparison.operation,
                "left": side_data(comparison.left) | {"path": comparison.sources[0]},
                "right": side_data(comparison.right) | {"path": comparison.sources[1]},
                "findings": [qualified(comparison, finding) for finding in comparison.findings],
            }
            for comparison in self.comparisons
        ]
        operations += [
            {
                "operation": finding.operation,
                "left": {"operation": finding.operation} if finding.left.stated else None,
                "right": {"operation": finding.operation} if finding.right.stated else None,
                "findings": [qualified(None, finding)],
            }
            for finding in self.lone
        ]
        operations.sort(key=lambda entry: str(entry["operation"]))
        levels = {str(level): number for level, number in self.counts.items()}
        return {
            "left": self.left,
            "right": self.right,
            "summary": {"compared": len(self.comparisons), "alone": len(self.lone), **levels},
            "operations": operations,
            "faults": [fault.data() for fault in self.faults],
        }


def survey(left: Side, right: Side) -> Overview:
    """Compare two collections, operation by operation.

    An operation is paired by its name. Where a side has the name more than once, in folders of several products, the
    folder must be the same too; a second document of one operation in one folder is a fault, and the first holds.

    Args:
        left: The one collection.
        right: The other.

    Returns:
        Every comparison. Changing the sides changes nothing but the sides.
    """
    mine, theirs = _by_operation(left, "left"), _by_operation(right, "right")
    comparisons: list[Comparison] = []
    lone: list[ComparedFact] = []
    for operation in sorted({*mine.known, *theirs.known}):
        for one, other in _pairs(mine.known.get(operation, {}), theirs.known.get(operation, {})):
            if one and other:
                compared = compare(one.contract, other.contract)
                comparisons.append(replace(compared, files=(one.file, other.file)))
            else:
                silent = right if one else left
                lone.append(_alone(operation, one, other, {fault.operation for fault in silent.faults}))
    faults = (*left.faults, *mine.twice, *right.faults, *theirs.twice)
    return Overview(left.name, right.name, tuple(comparisons), tuple(lone), faults)


@dataclass(slots=True)
class _Index:
    known: dict[str, dict[str, Document]]
    twice: list[UnreadFile]


def _by_operation(side: Side, name: str) -> _Index:
    index = _Index(defaultdict(dict), [])
    for document in side.documents:
        operation = document.contract.operation
        first = index.known[operation].setdefault(document.folder, document)
        if first is not document:
            message = f"is about {operation}, as {first.file} is, which was compared"
            index.twice.append(UnreadFile(name, document.file, None, message, ""))
    return index


def _pairs(
    mine: Mapping[str, Document], theirs: Mapping[str, Document]
) -> Iterator[tuple[Document | None, Document | None]]:
    if len(mine) == len(theirs) == 1:
        yield next(iter(mine.values())), next(iter(theirs.values()))
        return
    for folder in sorted({*mine, *theirs}):
        yield mine.get(folder), theirs.get(folder)


def _alone(operation: str, one: Document | None, other: Document | None, unread: Collection[str]) -> ComparedFact:
    # The name of the file and not its place: a fingerprint must be the same wherever the folder is.
    left, right = (
        Fact(State.STATED, document.contract.source.file) if document else NOT_STATED for document in (one, other)
    )
    if operation in unread:
        left, right = (fact if fact.stated else Fact(State.LOST) for fact in (left, right))
        return ComparedFact(operation, "operation", "operation", Agreement.UNKNOWN_LOST, left, right, _UNREAD)
    verdict = Agreement.ONLY_LEFT if one else Agreement.ONLY_RIGHT
    return ComparedFact(operation, "operation", "operation", verdict, left, right)
