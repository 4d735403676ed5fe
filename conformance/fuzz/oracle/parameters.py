"""What a request carries for each parameter of a document, and the ways in which it can be read. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.contract.encodings import WRITTEN, ruled_rows
from conformance.contract.wire import folded_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.contract.model import Contract, Parameter

_ITEM: Final = re.compile(r"([^.]+)\.([0-9]{1,6})(?:\.(.+))?")


def request_parameters(contract: Contract) -> tuple[Parameter, ...]:
    """Return the rows that a request can carry, in a name or a value: no groups, nothing that the signer adds."""
    return ruled_rows(contract.parameters)


def lists_with_gaps(params: Iterable[str]) -> Iterator[str]:
    """Yield the lists of a request, by the wire names that it sends, whose indexes are not 1, 2, 3 and so on."""
    indexes: dict[str, set[int]] = {}
    for wire in params:
        if "." in wire:
            found = indexes.setdefault(wire.partition(".")[0], set())
            match = _ITEM.fullmatch(wire)
            if match:
                found.add(int(match[2]))
    for name, numbers in indexes.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            yield name


def ways_to_write(contract: Contract) -> dict[str, set[bool]]:
    """Return how a document writes each of its parameters, by name: as one text (true), item by item, or both."""
    ways: dict[str, set[bool]] = {}
    for row in contract.parameters:
        top, mark, _ = row.path.partition("[")
        # One text, where the row is a parameter of its own or carries its items.
        ways.setdefault(top, set()).add(not mark or row.encoding in WRITTEN)
    return ways


def lists_written_otherwise(ways: Mapping[str, set[bool]], params: Iterable[str]) -> frozenset[str]:
    """Return the lists that a request writes in another way than a document: as one text, or item by item.

    Args:
        ways: How the document writes each parameter.
        params: The names of the request on the wire.
    """
    sent = {name.partition(".")[0]: _ITEM.fullmatch(name) is None for name in params}
    return frozenset(top for top, as_text in sent.items() if top in ways and as_text not in ways[top])


def paths_of_empty_values(contract: Contract) -> frozenset[str]:
    """Return the parameters of which a document says whether they may be empty."""
    return frozenset(row.path for row in contract.parameters if row.fact("allowEmpty").stated)


def readings(may_be_empty: frozenset[str], params: Mapping[str, str]) -> tuple[Mapping[str, str], ...]:
    """Return the ways to read a request: no document says whether an empty value is there, or spaces around one.

    Args:
        may_be_empty: The parameters of which the document says whether they may be empty.
        params: The request, wire name to text.
    """
    found: list[Mapping[str, str]] = [params]
    stripped = {name: text.strip() for name, text in params.items()}
    if stripped != params:
        found.append(stripped)
    for each in tuple(found):
        filled = {name: text for name, text in each.items() if text or folded_path(name) in may_be_empty}
        if filled != each:
            found.append(filled)
    return tuple(found)
