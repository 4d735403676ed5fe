"""Which cause is a part of another one: who refuses a long name refuses every request that has a long name. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


_MANY: Final = 5
"""Sets of parameters that are refused with one code, from which on it is none of them; texts that are wrong alike."""


class Kin(Struct, frozen=True):
    """What tells of which other cause one may be a part.

    Attributes:
        family: Only causes of one family can be parts of each other.
        names: The parameters that its cases change.
        rank: How much it says: whether a valid request is refused, and whether it names a rule.
        joins_any: Whether it may be a part of any other when it changes nothing itself.
        alike: What all of its family have in common, in words; with many of them it is one cause. Empty for nothing.
    """

    family: str
    names: tuple[str, ...]
    rank: tuple[bool, bool]
    joins_any: bool
    alike: str = ""


def parts(kin: Mapping[str, Kin | None]) -> dict[str, tuple[str, ...]]:
    """Return which causes of a run are parts of which others, by their keys; where it may be either, of both."""
    families: dict[str, list[tuple[str, Kin]]] = {}
    for key, each in kin.items():
        if each is not None:
            families.setdefault(each.family, []).append((key, each))
    wholes: dict[str, tuple[str, ...]] = {}
    for family in families.values():
        if family[0][1].alike:
            if len(family) >= _MANY:
                wholes |= {key: (family[0][0],) for key, _ in family[1:]}
        elif refuses_whatever(each for _, each in family):
            first = next(key for key, each in family if each.rank[0])
            wholes |= {key: (first,) for key, _ in family if key != first}
        else:
            wholes |= {key: found for key, each in family if (found := _wholes_of(each, family))}
    return {key: tuple(dict.fromkeys(_last(key, wholes))) for key in wholes}


def of_same_parameters(part: Kin | None, whole: Kin | None) -> bool:
    """Whether all that a cause changes is changed by a part of it too, so that it is about these parameters."""
    return part is None or whole is None or not part.names or set(whole.names) <= set(part.names)


def refuses_whatever(family: Iterable[Kin]) -> bool:
    """Whether so many different changes of the valid request are refused that it must be refused itself."""
    return len({each.names for each in family if each.rank[0]}) >= _MANY


def _wholes_of(part: Kin, family: Iterable[tuple[str, Kin]]) -> tuple[str, ...]:
    """Return the keys of the causes that another is a part of: the nearest ones."""
    found = [(key, other) for key, other in family if _holds(other, part)]
    sizes = [len(other.names) for _, other in found]
    nearest = (max if part.names else min)(sizes, default=0)
    return tuple(key for key, other in found if len(other.names) == nearest)


def _holds(whole: Kin, part: Kin) -> bool:
    if not part.names:
        return part.joins_any and bool(whole.names)
    if set(whole.names) == set(part.names):
        return whole.rank > part.rank
    return bool(whole.names) and set(whole.names) < set(part.names)


def _last(key: str, wholes: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    if key not in wholes:
        yield key
    for whole in wholes.get(key, ()):
        yield from _last(whole, wholes)
