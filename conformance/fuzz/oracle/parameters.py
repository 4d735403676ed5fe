"""What a request carries for each parameter of a document, and the ways in which it can be read. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.contract.wire import SYSTEM_PARAMETERS, folded_path, is_container

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.contract.model import Contract, Parameter

_ITEM: Final = re.compile(r"([^.]+)\.([0-9]{1,6})(?:\.(.+))?")


def request_parameters(contract: Contract) -> Iterator[Parameter]:
    """Yield the parameters that a request can carry: no rows that only group others, none that the signer adds."""
    paths = frozenset(parameter.path for parameter in contract.parameters)
    for parameter in contract.parameters:
        if parameter.path not in SYSTEM_PARAMETERS and not is_container(parameter.path, paths):
            yield parameter


def values_of(path: str, params: Mapping[str, str]) -> tuple[str | None, ...]:
    """Return what a request carries for a folded path; of a list one value an item, `None` where it has none."""
    if "[]" not in path:
        return (params[path],) if path in params else ()
    name, _, member = path.partition("[]")
    items: dict[int, dict[str, str]] = {}
    for wire, text in params.items():
        match = _ITEM.fullmatch(wire)
        if match and match[1] == name:
            items.setdefault(int(match[2]), {})[match[3] or ""] = text
    return tuple(items[index].get(member.lstrip(".")) for index in sorted(items))


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


def readings(contract: Contract, params: Mapping[str, str]) -> tuple[Mapping[str, str], ...]:
    """Return the ways to read a request: no document says whether an empty value is there, or spaces around one."""
    may_be_empty = {row.path for row in contract.parameters if row.fact("allowEmpty").stated}
    found: list[Mapping[str, str]] = [params]
    stripped = {name: text.strip() for name, text in params.items()}
    if stripped != params:
        found.append(stripped)
    for each in tuple(found):
        filled = {name: text for name, text in each.items() if text or folded_path(name) in may_be_empty}
        if filled != each:
            found.append(filled)
    return tuple(found)
