"""The wire's side of a contract: names of parameters with their indexes, and values as text.

A folded path (`Tag[].Key`) is how a contract names a parameter; a wire name (`Tag.1.Key`) is how a request does.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Final

from conformance.core.lazy_patterns import lazy_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.contract.model import Scalar

INDEXES: Final = (1, 2)
"""The indexes that a contract spells out for every list: enough to show that there may be more than one."""

_INDEX: Final = lazy_pattern(r"\.[0-9]+(?=\.|$)")
_ITEM: Final = "[]"
_STEP: Final = lazy_pattern(r"[.\[]")
STRUCTURES: Final = ("array", "object")
"""The JSON types of what has values inside."""
KEY: Final = "{key}"
"""What is in a path for the keys of a map, which are the caller's: `Labels.{key}`."""

_TYPES: Final = {
    "string": "string",
    "str": "string",
    "integer": "integer",
    "int": "integer",
    "int32": "integer",
    "int64": "integer",
    "long": "integer",
    "number": "number",
    "float": "number",
    "double": "number",
    "boolean": "boolean",
    "bool": "boolean",
    "array": "array",
    "list": "array",
    "repeatlist": "array",
    "object": "object",
    "struct": "object",
    "map": "object",
}

SYSTEM_PARAMETERS: Final = frozenset(
    {
        "AccessKeyId",
        "Action",
        "Format",
        "SecurityToken",
        "Signature",
        "SignatureMethod",
        "SignatureNonce",
        "SignatureVersion",
        "Timestamp",
        "Version",
    }
)
"""What the signer adds to every request; documents list some of it, but it is no parameter of an operation."""


def wire_names(path: str, indexes: Sequence[int] = INDEXES) -> tuple[str, ...]:
    """Return the wire names of a folded path, one a combination of indexes: `Tag[].Key` gives `Tag.1.Key`."""
    first, *rest = path.split(_ITEM)
    return tuple(
        first + "".join(f".{index}{part}" for index, part in zip(chosen, rest, strict=True))
        for chosen in product(indexes, repeat=len(rest))
    )


def folded_path(name: str) -> str:
    """Return the folded path of a wire name: `Tag.20.Key` gives `Tag[].Key`."""
    return _INDEX.sub(_ITEM, name)


def container_paths(paths: Iterable[str]) -> frozenset[str]:
    """Return the paths that only group others: of an unnamed root, and of lists and objects whose members have rows.

    Every path that others begin with is among them, also one that has no row of its own.
    """
    return frozenset({""}.union(*map(_outer, paths)))


@lru_cache(maxsize=16_384)
def _outer(path: str) -> tuple[str, ...]:
    return tuple(path[: match.start()] for match in _STEP.finditer(path))


def is_container(path: str, paths: Iterable[str]) -> bool:
    """Whether `path` is a row that only groups others, as `container_paths` has them."""
    return not path or any(other.startswith((f"{path}.", f"{path}[")) for other in paths)


def canonical_type(text: str) -> str:
    """Return the JSON type that a document's word for a type means, in lower case; the word itself if none is known."""
    word = text.strip().lower()
    head = re.split(r"[<\[(\s]", word, maxsplit=1)[0]
    return _TYPES.get(head, word)


def wire_text(value: Scalar) -> str:
    """Return a value of a contract as the wire has it: booleans in lower case, numbers in decimal."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
