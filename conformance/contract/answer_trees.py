"""Where in an answer the objects are that a folded path of a page means.

A page shows what is inside what, and hardly ever how: `Things` may be a list, or an object whose only member is one,
`{"Thing": [...]}`. So lists, and objects of one member, are looked through.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.core.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.contract.languages import Language
    from conformance.contract.model import Contract

_NAME: Final = lazy_pattern(r"[^.\[\]]+")


def only_list(value: object) -> list[object] | None:
    """Return the list that an object is there for alone, `{"Thing": [...]}`; `None` for anything else."""
    if isinstance(value, Mapping) and len(value) == 1:
        inner = next(iter(value.values()))
        return inner if isinstance(inner, list) else None
    return None


def way_to(place: str) -> tuple[str, ...]:
    """Return the names on the way to a folded path: `Things`, `Thing` for `Things.Thing[]`."""
    return tuple(_NAME.findall(place))


def objects_at(value: object, way: Sequence[str]) -> list[dict[str, object]]:
    """Return the objects at the end of a way, of every item of the lists on it; those that may be meant are all there.

    Args:
        value: A value of JSON.
        way: The names on the way, from the top.
    """
    found = _objects(value)
    for name in way:
        found = [each for inner in _members(found, name) for each in _objects(inner)]
    # An object of one member may be there for a list alone.
    return [each for outer in found for each in (outer, *_inside_only(outer))]


def _members(objects: Iterable[dict[str, object]], name: str) -> Iterator[object]:
    for each in objects:
        if name in each:
            yield each[name]
        else:
            yield from (inner[name] for inner in _inside_only(each) if name in inner)


def _inside_only(value: Mapping[str, object]) -> list[dict[str, object]]:
    """Return the objects inside the only member of an object."""
    return _objects(next(iter(value.values()))) if len(value) == 1 else []


def _objects(value: object) -> list[dict[str, object]]:
    if isinstance(value, dict):
        return [value]
    return [each for item in value for each in _objects(item)] if isinstance(value, list) else []


def as_answered(contracts: Mapping[Language, Contract]) -> dict[Language, Contract]:
    """Return the contracts of an operation with every field of the answer under the path at which samples have it.

    What the samples of one document show holds for the same field of the others, and for what is beside it: a document
    may call the same objects `Things[].Thing[]`. Of two samples the one counts that has more levels: the other is of
    the fields alone.
    """
    every = (row for each in contracts.values() for row in each.responses if row.place != row.path)
    places = {row.path: row.place for row in sorted(every, key=lambda row: len(way_to(row.place)))}
    if not places:
        return dict(contracts)
    return {language: _with_places(contract, places) for language, contract in contracts.items()}


def _with_places(contract: Contract, places: Mapping[str, str]) -> Contract:
    holders = {way_to(holder): holder for place in places.values() for holder in _holders(place)}
    rows = (replace(row, path=places.get(row.path) or _spelled(row.path, holders)) for row in contract.responses)
    return replace(contract, responses=tuple(rows))


def _holders(path: str) -> Iterator[str]:
    """Yield the paths of the objects and lists around a field, the innermost first."""
    while "." in path:
        path = path.rpartition(".")[0]
        yield path


def _spelled(path: str, holders: Mapping[tuple[str, ...], str]) -> str:
    """Return a path with the innermost holder around it that samples show written as they have it."""
    for holder in _holders(path):
        known = holders.get(way_to(holder))
        if known is not None:
            return known + path[len(holder) :]
    return path
