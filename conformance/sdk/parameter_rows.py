"""The line of the document that has a parameter, for what an SDK sent of it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.contract.wire import folded_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.contract.languages import Language
    from conformance.contract.model import CitedLine, Contract
    from conformance.judging.results import CaseResult, Mismatch

_SENT: Final = "sdk.request."


def cited_by_rows(result: CaseResult, contracts: Mapping[str, Mapping[Language, Contract]]) -> CaseResult:
    """Return a result in which what was sent wrongly has the line of the parameter, and not that of the answer.

    Args:
        result: The result of a case.
        contracts: By operation and language.
    """
    operation = result.id.partition("/")[0]
    of_operation = contracts.get(operation)
    if of_operation is None or not any(each.where.startswith(_SENT) for each in result.mismatches):
        return result
    name = operation.rpartition(":")[2]
    if any("request" not in each or each["request"]["operation"] != name for each in result.exchanges):
        return result  # what differs may be of another operation, whose documents are not at hand
    return replace(result, mismatches=tuple(_cited(each, of_operation) for each in result.mismatches))


def _cited(mismatch: Mismatch, contracts: Mapping[Language, Contract]) -> Mismatch:
    if not mismatch.where.startswith(_SENT):
        return mismatch
    name = mismatch.where.removeprefix(_SENT)
    lines = {
        language: _line(contracts[language], name) if language in contracts else None for language in mismatch.lines
    }
    # Of a document that does not name it, no line is about it.
    return replace(mismatch, lines=lines) if any(lines.values()) else mismatch


def _line(contract: Contract, name: str) -> CitedLine | None:
    """Return the line of a parameter: of its row, of that of what it is in, or of the first error that names it."""
    for path in _paths(name):
        row = contract.parameter(path)
        if row is not None:
            return row.cited
    top = name.partition(".")[0].partition("[")[0]
    rows = (row.cited for row in contract.errors if top in row.code or top in row.message)
    return next(rows, None)


def _paths(name: str) -> Iterator[str]:
    """Yield the folded path of a parameter, then those of what it is in."""
    path = folded_path(name)
    while path:
        yield path
        path = path.removesuffix("[]") if path.endswith("[]") else path.rpartition(".")[0]
