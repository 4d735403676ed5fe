"""References `${name}` in the values of a case: finding them, and replacing them by values. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, overload

from conformance.core.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REFERENCE: Final = lazy_pattern(r"\$\{([A-Za-z0-9_.]+)\}")
"""A reference to a value that is known later: `${target.NAME}`."""


def references(node: object) -> Iterator[str]:
    """Yield every name that `${...}` refers to inside a value."""
    if isinstance(node, str):
        yield from REFERENCE.findall(node)
    elif isinstance(node, dict):
        for name, value in node.items():
            yield from references(name)
            yield from references(value)
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from references(value)


@overload
def substitute(node: dict[str, object], values: Mapping[str, object]) -> dict[str, object]: ...


@overload
def substitute(node: object, values: Mapping[str, object]) -> object: ...


def substitute(node: object, values: Mapping[str, object]) -> object:
    """Replace `${name}` by its value; a text that is nothing but `${name}` becomes the value itself.

    A name that `values` does not have stays as it is.
    """
    if isinstance(node, str):
        if "${" not in node:
            return node
        whole = _name_of_whole(node)
        if whole in values:
            return values[whole]
        return REFERENCE.sub(lambda match: str(values.get(match[1], match[0])), node)
    if isinstance(node, dict):
        return {substitute(name, values): substitute(value, values) for name, value in node.items()}
    if isinstance(node, list):
        return [substitute(value, values) for value in node]
    return node


@lru_cache(maxsize=500)
def _name_of_whole(text: str) -> str:
    """Return the name in a text that is nothing but one `${name}`; empty for any other text, as no name is."""
    whole = REFERENCE.fullmatch(text)
    return whole[1] if whole else ""
