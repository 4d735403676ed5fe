"""Comparing many operations at once: two collections of contracts, paired by product, version and operation."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field
from msgspec.structs import replace

from conformance.comparison.agreement import Agreement
from conformance.comparison.causes import causes
from conformance.comparison.compared_fact import ComparedFact
from conformance.comparison.contract_comparison import Comparison, compare, counts, side_data
from conformance.comparison.pairing import labels, may_be_same, pairs
from conformance.contract.model import NOT_STATED, Fact, State

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from conformance.comparison.levels import Level
    from conformance.comparison.pairing import Document, DocumentPair
    from conformance.contract.model import Contract

_UNREAD: Final = "the other side has a file for it that could not be read"


class UnreadFile(Struct, frozen=True):
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


class Side(Struct, frozen=True):
    """One side: its name, its documents, and the files that could not be read."""

    name: str
    documents: tuple[Document, ...]
    faults: tuple[UnreadFile, ...] = ()


class Overview(Struct, frozen=True):
    """Two collections and how they compare, in the order of the operations' names.

    Attributes:
        left: The name of the one collection.
        right: The name of the other.
        comparisons: Of every operation that both have.
        lone: A finding for every operation that one of them has.
        faults: The files that could not be read.
        files: The file of each of `lone`, by its fingerprint.
    """

    left: str
    right: str
    comparisons: tuple[Comparison, ...]
    lone: tuple[ComparedFact, ...]
    faults: tuple[UnreadFile, ...]
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[ComparedFact, ...]:
        """Every finding: of the compared operations, then of those on one side only."""
        return (*(finding for comparison in self.comparisons for finding in comparison.findings), *self.lone)

    @property
    def serious(self) -> tuple[ComparedFact, ...]:
        """The findings of level error or warning, the errors first."""
        found = self.findings
        return tuple(each for level in ("error", "warning") for each in found if each.level == level)

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
                replace(each, witness=_fitting(witnesses.get(each.left.operation), each)) for each in self.comparisons
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
                "product": comparison.left.product or comparison.right.product,
                "version": comparison.left.version or comparison.right.version,
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
            "causes": [cause.data() for cause in causes(self.serious) if len(cause.findings) > 1],
            "faults": [fault.data() for fault in self.faults],
        }


def survey(left: Side, right: Side) -> Overview:
    """Compare two collections, operation by operation.

    An operation is paired by product, version and name, as `conformance.comparison.pairing` has it. A second document
    of one in the same folder is a fault, and the first holds. Where several products of the collections have an
    operation's name, the findings name the product too.

    Args:
        left: The one collection.
        right: The other.

    Returns:
        Every comparison. Changing the sides changes nothing but the sides.
    """
    mine, theirs = _by_operation(left, "left"), _by_operation(right, "right")
    called = labels((*left.documents, *right.documents))
    comparisons: list[Comparison] = []
    lone: list[ComparedFact] = []
    files: dict[str, str] = {}
    for operation in sorted({*mine.known, *theirs.known}):
        one_side, other_side = mine.known.get(operation, []), theirs.known.get(operation, [])
        for pair in pairs(one_side, other_side):
            if pair.left and pair.right:
                compared = compare(pair.left.contract, pair.right.contract)
                named = compared.labelled(called[_identity(pair.left)])
                comparisons.append(replace(named, files=(pair.left.file, pair.right.file)))
            else:
                silent, others = (right, other_side) if pair.left else (left, one_side)
                unread = {fault.operation for fault in silent.faults}
                lone.append(_alone(pair, called, others, unread))
                files[lone[-1].fingerprint] = next(each.file for each in (pair.left, pair.right) if each)
    comparisons.sort(key=lambda each: (each.left.operation, each.operation, each.sources[0]))
    faults = (*left.faults, *mine.twice, *right.faults, *theirs.twice)
    return Overview(left.name, right.name, tuple(comparisons), tuple(lone), faults, files)


def _fitting(witness: Contract | None, comparison: Comparison) -> Contract | None:
    return witness if witness is not None and may_be_same(witness, comparison.left) else None


class _Index(Struct):
    known: dict[str, list[Document]]
    twice: list[UnreadFile]


def _identity(document: Document) -> tuple[str, str, str]:
    contract = document.contract
    return contract.product, contract.version, contract.operation


def _by_operation(side: Side, name: str) -> _Index:
    index = _Index(defaultdict(list), [])
    first: dict[tuple[object, ...], Document] = {}
    for document in side.documents:
        operation = document.contract.operation
        known = first.setdefault((*_identity(document), document.folder), document)
        if known is document:
            index.known[operation].append(document)
        else:
            message = f"is about {operation}, as {known.file} is, which was compared"
            index.twice.append(UnreadFile(name, document.file, None, message, ""))
    return index


def _alone(
    pair: DocumentPair, called: Mapping[tuple[str, str, str], str], others: Sequence[Document], unread: Collection[str]
) -> ComparedFact:
    document = pair.left or pair.right
    assert document is not None  # noqa: S101 - one of a pair is there
    operation = called[_identity(document)]
    # The name of the file and not its place: a fingerprint must be the same wherever the folder is.
    left, right = (
        Fact(State.STATED, each.contract.source.file) if each else NOT_STATED for each in (pair.left, pair.right)
    )
    if document.contract.operation in unread:
        left, right = (fact if fact.stated else Fact(State.LOST) for fact in (left, right))
        return ComparedFact(operation, "operation", "operation", Agreement.UNKNOWN_LOST, left, right, _UNREAD)
    verdict = Agreement.ONLY_LEFT if pair.left else Agreement.ONLY_RIGHT
    others = [each for each in others if not may_be_same(each.contract, document.contract)]
    elsewhere = sorted({f"{each.contract.product} {each.contract.version}".strip() for each in others})
    note = f"the other side has the name of {', '.join(elsewhere)}" if elsewhere else ""
    return ComparedFact(operation, "operation", "operation", verdict, left, right, note)
