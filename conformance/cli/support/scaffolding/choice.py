"""Which documents of a folder become the contracts of a workspace, where several are about one operation.

A folder may hold more than one page of an operation and language: older copies, and drafts. The rule is one that a
reader can follow without knowing what is in them: a document that was named itself comes first, then the one nearest
to the top of its folder, then the one whose file has the name of the operation, then the first by name. Cases are kept
by product and operation, so of several versions one is taken, too: the one that was given, else the latest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from conformance.comparison.pairing import may_be_same

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from conformance.cli.support.scaffolding.reading import FoundDocument
    from conformance.cli.support.source_groups import ReadDocument


class SecondPage(NamedTuple):
    """A document that was left out.

    Attributes:
        path: Its file.
        taken: The file of the one that was taken.
    """

    path: Path
    taken: Path


def nearest(
    documents: Iterable[tuple[FoundDocument, ReadDocument]],
) -> tuple[list[ReadDocument], list[SecondPage]]:
    """Return the documents that are taken, in their order, and those that are left out for one of them.

    Two that were both named are both taken: the second is refused when they are grouped.
    """
    every = list(documents)
    taken: dict[tuple[str, str, bool], list[ReadDocument]] = {}
    left_out: dict[Path, SecondPage] = {}
    for found, document in sorted(every, key=lambda pair: _rank(*pair)):
        contract = document.contract
        own = taken.setdefault((contract.operation, contract.language, document.is_metadata), [])
        first = next((other for other in own if _stands_for(other, document)), None)
        if first is None or found.folder is None:
            own.append(document)
        else:
            left_out[document.path] = SecondPage(document.path, first.path)
    kept = [document for _, document in every if document.path not in left_out]
    return kept, [left_out[document.path] for _, document in every if document.path in left_out]


def _rank(found: FoundDocument, document: ReadDocument) -> tuple[object, ...]:
    named = found.path.name.partition(".")[0] == document.contract.operation
    return (found.depth, not named, str(found.path))


def _stands_for(taken: ReadDocument, other: ReadDocument) -> bool:
    """Whether a document makes another one superfluous: both are of one operation, and it says no less of which."""
    return may_be_same(taken.contract, other.contract) and (taken.is_identified or not other.is_identified)


def version_taken(versions: Iterable[str], given: str) -> str:
    """Return the version of an operation that is taken: the one that was given, else the latest."""
    every = sorted(versions)
    return given if given in every else every[-1]
