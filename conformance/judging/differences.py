"""Comparing a body with the one that a case asks for: a subset, by position or in any order. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.contract.answer_trees import only_list
from conformance.judging.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

ABSENT: Final = ("", None)
"""Values that mean the same as a field that is not there: XML has nothing else for it."""


def differences(expected: object, observed: object, where: str) -> Iterator[Finding]:
    """Yield where `observed` lacks what `expected` asks for.

    Mappings are subsets; lists have the same length and are compared by position, or with `{any_order: [...]}` in any
    order; `{not: value}` asks for another value; `None` asks that the field is not there. Scalars are compared as text,
    because XML has nothing else. A list may be the only member of an object, `{"Things": {"Thing": [...]}}`, or not:
    pages hardly ever say.
    """
    if isinstance(expected, dict) and expected.keys() == {"not"}:
        if not list(differences(expected["not"], observed, where)):
            yield Finding(where, (f"another value than {_text(expected['not'])}",), observed)
    elif isinstance(expected, dict) and expected.keys() == {"any_order"}:
        yield from _in_any_order(expected["any_order"], observed, where)
    elif isinstance(expected, dict):
        yield from _object_differences(expected, {} if observed in ABSENT else observed, where)
    elif isinstance(expected, list):
        yield from _in_order(expected, observed, where)
    elif expected is None:
        if observed not in ABSENT:
            yield Finding(where, (None,), observed)
    elif isinstance(observed, (dict, list)) or observed is None or _text(expected) != _text(observed):
        yield Finding(where, (expected,), observed)


def _items(observed: object) -> list[object]:
    # XML cannot tell an empty list from an empty text, nor a list of one from its only element.
    if observed in ABSENT:
        return []
    if (only := only_list(observed)) is not None:
        return only
    return observed if isinstance(observed, list) else [observed]


def _in_order(expected: Sequence[object], observed: object, where: str) -> Iterator[Finding]:
    items = _items(observed)
    if len(items) != len(expected):
        yield Finding(f"{where}.length", (len(expected),), len(items))
        return
    for index, value in enumerate(expected):
        yield from differences(value, items[index], f"{where}[{index}]")


def _in_any_order(expected: Sequence[object], observed: object, where: str) -> Iterator[Finding]:
    items = _items(observed)
    fitting = [
        [place for place, item in enumerate(items) if not list(differences(value, item, where))] for value in expected
    ]
    taken: dict[int, int] = {}
    for index, value in enumerate(expected):
        if not _find_place(index, fitting, taken, set()):
            yield Finding(where, (value,), observed)
            return
    left = [item for place, item in enumerate(items) if place not in taken]
    if left:
        yield Finding(where, ("nothing more",), left)


def _find_place(index: int, fitting: Sequence[Sequence[int]], taken: dict[int, int], tried: set[int]) -> bool:
    """Give the expected value `index` a place that fits, moving others that fit elsewhere (bipartite matching)."""
    for place in fitting[index]:
        if place not in tried:
            tried.add(place)
            if place not in taken or _find_place(taken[place], fitting, taken, tried):
                taken[place] = index
                return True
    return False


def _object_differences(
    expected: Mapping[str, object],
    observed: object,
    where: str,
) -> Iterator[Finding]:
    if isinstance(observed, list) and (only := only_list(expected)) is not None:
        yield from differences(only, observed, where)
        return
    if not isinstance(observed, dict):
        yield Finding(where, ("an object",), observed)
        return
    for name, value in expected.items():
        yield from differences(value, observed.get(name), f"{where}.{name}")


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
