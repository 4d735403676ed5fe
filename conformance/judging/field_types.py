"""Whether a value of an answer in JSON has the type that a document states. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

OF_TYPE: Final = "of type "
"""How what is expected of a value begins that has another type than it should."""

_JSON_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def has_type(value: object, name: str | None) -> bool:
    """Whether a value has a JSON type; a type that the document does not state is any."""
    allowed = _JSON_TYPES.get(name or "")
    if allowed is None:
        return True
    # Python counts `True` as an integer; JSON does not.
    return isinstance(value, allowed) and (name == "boolean" or not isinstance(value, bool))
