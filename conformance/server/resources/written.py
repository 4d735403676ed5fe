"""The files of `behaviours/` for the operations of a workspace, as they are inferred, for a person to correct."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from conformance.cases.meanings.words import load_words
from conformance.contract.languages import BOTH
from conformance.server.behaviour.choice import read_behaviours
from conformance.server.documents import follow_documents
from conformance.server.resources.inference import infer_kinds
from conformance.server.resources.kind_files import write_kind
from conformance.server.resources.outline import outline_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.server.resources.outline import Outline


def behaviour_files_of(operations: Iterable[Mapping[Language, Contract]]) -> dict[PurePosixPath, str]:
    """Return the files of the resources that some operations are about, by their places in a workspace.

    Args:
        operations: The contracts of each operation, by language. What a behaviour in full creates has no file.
    """
    by_api: dict[tuple[str, str], list[Outline]] = {}
    for contracts in operations:
        outline = outline_of(follow_documents(contracts, BOTH))
        by_api.setdefault((outline.product, outline.version), []).append(outline)
    described = {(each.product.lower(), each.create.name) for each, _ in read_behaviours().known}
    found: dict[PurePosixPath, str] = {}
    for (product, _), outlines in by_api.items():
        for kind in infer_kinds(sorted(outlines, key=lambda each: each.operation), load_words()):
            if described.isdisjoint((product.lower(), name) for name in kind.creates):
                found[_place(product, kind.resource, found)] = write_kind(kind)
    return found


def _place(product: str, resource: str, taken: Mapping[PurePosixPath, str]) -> PurePosixPath:
    place, number = PurePosixPath("behaviours", product, f"{resource}.yaml"), 2
    while place in taken:
        place, number = place.with_name(f"{resource}{number}.yaml"), number + 1
    return place
