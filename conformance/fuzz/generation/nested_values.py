"""Requests with a value inside another one: in JSON, in a list with commas, in a map, in a list within a list. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cases.expand import wire_parameters
from conformance.cases.scaffold.requests import carrier_path, encodings_of, top_of
from conformance.cases.scaffold.structures import set_of, several
from conformance.contract.encodings import CARRYING, ruled_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.cases.scaffold.requests import Rows
    from conformance.contract.model import Contract, Parameter

_MOST_ITEMS = 1000


def is_apart(row: Parameter) -> bool:
    """Whether the value of a row is inside another one, or holds others, or is in a list within a list."""
    return row.encoding in CARRYING or row.path.count("[]") > 1


def nested_requests(
    contract: Contract, row: Parameter, values: Sequence[tuple[str, str]], base: Mapping[str, str]
) -> Iterator[tuple[dict[str, str], str]]:
    """Yield the valid request with each of some values at a row's place, and what it is about.

    Args:
        contract: The document.
        row: A row for which `is_apart` holds.
        values: Texts for it, each with what it is about.
        base: The valid request, wire name to text.
    """
    rows: Rows = {each.path: [each] for each in ruled_rows(contract.parameters)}
    if row.encoding in CARRYING and carrier_path(row.path, rows) is None:
        yield from _of_carrier(row, rows, base)
        return
    for value, about in values:
        yield _sent(set_of(row.path, value, rows), rows, base), about


def _of_carrier(row: Parameter, rows: Rows, base: Mapping[str, str]) -> Iterator[tuple[dict[str, str], str]]:
    most = row.fact("maxItems").value
    for count in (most, most + 1) if isinstance(most, int) and most <= _MOST_ITEMS else ():
        value = several(row.path, count, rows)
        if value is not None:
            yield _sent(set_of(row.path, value, rows), rows, base), f"{count} items"
    if row.encoding == "json":
        yield _sent(set_of(row.path, "[{", rows), rows, base), "a text that is no JSON"
    without = {name: text for name, text in base.items() if name != row.path and not name.startswith(f"{row.path}.")}
    if without != base:
        yield without, "left out"


def _sent(changed: Mapping[str, object], rows: Rows, base: Mapping[str, str]) -> dict[str, str]:
    """Return the valid request with one parameter as a case would have it."""
    (top,) = changed
    kept = {name: text for name, text in base.items() if top_of(name) != top}
    return kept | wire_parameters(changed, {}, encodings_of(rows))
