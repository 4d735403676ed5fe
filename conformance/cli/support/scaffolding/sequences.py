"""The files of cases in which several operations of an API are called one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cli.support.scaffolding.building import cases_place, check_cases
from conformance.core.errors import CaseError
from conformance.server.sequences.written import SEQUENCES, operation_with, sequence_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import PurePosixPath

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract

    Valid = tuple[Mapping[Language, Contract], str]
    """The contracts of an operation by language, and the text of its valid request."""


def sequences_of_all(operations: Iterable[Valid]) -> dict[PurePosixPath, str]:
    """Return the files of sequences by their place in the workspace, read back before they are written.

    Args:
        operations: Those that have a valid request.
    """
    by_api: dict[tuple[str, str], list[Valid]] = {}
    for each in operations:
        first = _first(each)
        by_api.setdefault((first.product, first.version), []).append(each)
    found: dict[PurePosixPath, str] = {}
    for api in by_api.values():
        texts = sequence_files([operation_with(*each) for each in api])
        for contracts, base in api:
            first = _first((contracts, base))
            text = texts.get(first.operation)
            if text is not None and _can_be_read(contracts, base, text):
                found[cases_place(first) / SEQUENCES] = text
    return found


def _first(valid: Valid) -> Contract:
    return next(iter(valid[0].values()))


def _can_be_read(contracts: Mapping[Language, Contract], base: str, text: str) -> bool:
    """Whether a file can be read as every command will read it; what cannot is left out, and nothing stops for it."""
    try:
        check_cases(contracts, {"base.yaml": base, SEQUENCES: text})
    except CaseError:
        return False
    return True
