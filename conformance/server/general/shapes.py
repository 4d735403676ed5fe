"""The fields of a success as a contract promises them, as a tree, and an answer made of it."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct, field

from conformance.cases.meanings.values import load_values
from conformance.cases.promised_fields import begins_with_date
from conformance.contract.constraints import masked
from conformance.contract.wire import canonical_type, wire_text
from conformance.server.resources.outline import steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from conformance.contract.model import Parameter
    from conformance.core.jsontypes import Json


class FieldShape(Struct):
    """One field of an answer, or one element of a list.

    Attributes:
        name: Its name; that of the list for an element.
        path: Its folded path.
        type: Its JSON type as the contract states it; empty where it states none.
        example: A value that the contract states: an example, or one of the values allowed. `None` where it has none.
        members: Of an object, its fields.
        element: Of a list, what each element is.
    """

    name: str
    path: str
    type: str = ""
    example: str | None = None
    members: dict[str, FieldShape] = field(default_factory=dict)
    element: FieldShape | None = None


class Scope(Protocol):
    """What is in the fields of one answer."""

    def value(self, shape: FieldShape) -> Json:
        """Return what a field has; `None` where nothing is known, and its example serves."""

    def elements(self, shape: FieldShape) -> Sequence[Scope] | None:
        """Return what is in each element of a list; `None` where nothing is known, and one is made of examples."""

    def left_out(self, shape: FieldShape) -> bool:
        """Whether the answer has no such field now."""


def shape_of(fields: Sequence[Parameter]) -> FieldShape:
    """Return the tree of the fields of a success; a row without a name is the whole answer."""
    root = FieldShape("", "")
    for row in fields:
        at = root
        for step in steps(row.path):
            if step.startswith("{"):
                break  # a map: nobody says which keys it has
            if step == "[]":
                at.element = at.element or FieldShape(at.name, f"{at.path}[]")
                at = at.element
            else:
                path = f"{at.path}.{step}" if at.path else step
                at = at.members.setdefault(step, FieldShape(step, path))
        else:
            _state(at, row)
    return root


def with_list(root: FieldShape, path: str, fields: Iterable[str], beside: Iterable[str] = ()) -> FieldShape:
    """Return a tree in which the elements of a list have all fields of a resource.

    A page may show them further within the list, or beside it: an element then has them too.

    Args:
        root: The tree; it is changed.
        path: The folded path of the list; no list is around it.
        fields: The fields of a resource that every element has.
        beside: Those beside the list that are its elements' where they have none of the first.
    """
    listed, wanted = root, list(fields)
    for step in steps(path):
        if listed is not root and step not in listed.members and wanted and wanted[0] in listed.members:
            # The document has what an element has where the list is.
            own = FieldShape(step, f"{listed.path}.{step}")
            own.element = FieldShape(step, "", members=listed.members)
            _move(own, own.path)
            listed.members = {step: own}
        if listed.element is not None and step in listed.element.members:
            # The document calls a list what is an object around one.
            listed.members, listed.element = listed.element.members, None
            for member in listed.members.values():
                _move(member, f"{listed.path}.{member.name}")
        listed = listed.members.setdefault(step, FieldShape(step, f"{listed.path}.{step}" if listed.path else step))
    if listed.element is None:
        listed.element = FieldShape(listed.name, f"{listed.path}[]", members=listed.members)
        listed.members = {}
    element = listed.element
    if not any(name in element.members for name in wanted[:1]):
        for member in [*_within(element), *(root.members[name] for name in beside if name in root.members)]:
            element.members.setdefault(member.name, member)
    for name in wanted:
        element.members.setdefault(name, FieldShape(name, f"{element.path}.{name}"))
    return root


def _move(shape: FieldShape, path: str) -> None:
    """Give a tree, and all that is in it, another path."""
    shape.path = path
    if shape.element is not None:
        _move(shape.element, f"{path}[]")
    for member in shape.members.values():
        _move(member, f"{path}.{member.name}")


def _within(shape: FieldShape) -> Iterator[FieldShape]:
    for member in [*shape.members.values(), *([shape.element] if shape.element is not None else ())]:
        if member.name != shape.name:
            yield member
        yield from _within(member)


def _state(shape: FieldShape, row: Parameter) -> None:
    stated = row.fact("type")
    shape.type = shape.type or (canonical_type(str(stated.value)) if stated.stated else "")
    example, enum = row.fact("example"), row.fact("enum")
    allowed = [wire_text(each) for each in enum.value] if enum.stated and isinstance(enum.value, tuple) else []
    text = wire_text(example.value) if example.stated and isinstance(example.value, str | int | float) else None
    if allowed and text not in allowed:
        text = allowed[0]
    if shape.example is None and text and not masked(text):
        shape.example = text
    elif shape.example is None and text:
        shape.example = text.replace("*", "0")


def filled(shape: FieldShape, scope: Scope) -> dict[str, Json]:
    """Return the fields of an answer, or of one element of a list of objects."""
    found: dict[str, Json] = {}
    for name, member in shape.members.items():
        if not scope.left_out(member):
            found[name] = _filled(member, scope)
    return found


def _filled(shape: FieldShape, scope: Scope) -> Json:
    if shape.element is not None:
        return _listed(shape, shape.element, scope)
    if shape.members:
        return filled(shape, scope)
    value = scope.value(shape)
    return as_type(shape, shape.example if value is None else value)


def _listed(shape: FieldShape, element: FieldShape, scope: Scope) -> list[Json]:
    inner = scope.elements(shape)
    scopes = [scope] if inner is None else inner
    if element.element is not None:
        return [_listed(element, element.element, each) for each in scopes]
    if element.members:
        return [filled(element, each) for each in scopes]
    if inner is None:
        value = scope.value(element)
        texts = value if isinstance(value, list) else [value]
        return [as_type(element, element.example if text is None else text) for text in texts]
    return [as_type(element, each.value(element)) for each in inner]


def as_type(shape: FieldShape, value: Json) -> Json:
    """Return a value in the type of its field: `"80"` as 80 for a whole number.

    What cannot be put so is the plainest value of the type; a field without a type has text.
    """
    make = _MAKES.get(shape.type)
    if make is not None:
        return make(value)
    if isinstance(value, bool | int | float):
        return wire_text(value)
    if shape.type == "string":
        value = _text(value)
    return (_date_named(shape.name) or shape.name or "text") if value is None else value


@lru_cache(4096)
def _date_named(name: str) -> str:
    """Return a date for a field whose name says that it is one; empty for others."""
    line = load_values().of(name) if name else None
    return next((text for text in line.values if begins_with_date(text)), "") if line is not None else ""


def _number(value: Json, kind: type[int | float], otherwise: float) -> float:
    try:
        return kind(str(value))
    except (ValueError, OverflowError):
        return otherwise


def _text(value: Json) -> Json:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if isinstance(value, dict | list) else value


_MAKES: Final[Mapping[str, Callable[[Json], Json]]] = {
    "integer": lambda value: _number(value, int, 1),
    "number": lambda value: _number(value, float, 1.0),
    "boolean": lambda value: value if isinstance(value, bool) else str(value).lower() != "false",
    "array": lambda value: value if isinstance(value, list) else [] if value is None else [value],
    "object": lambda value: value if isinstance(value, dict) else {},
}


def named(fields: Mapping[str, Json], name: str, noun: str) -> Json:
    """Return the field of a resource that a name means: its own name, or with the name of the resource before it."""
    for each in (name, f"{noun}{name}", name.removeprefix(noun)):
        if each and each in fields:
            return fields[each]
    return None
