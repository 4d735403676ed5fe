"""Edits of the fields of an answer, as the files of faults have them: a mapping with one member that says how.

{drop: Field}               a field is missing
{rename: {Field: Other}}    fields have other names
{names: lower}              the names of all fields are edited (`edits`)
{set: {Field: value}}       fields have other values, of any type
{edit: {Field: lower}}      the text of a field is edited (`edits`)
{as_list: Field}            the value of a field is inside a list
{copy: {Field: From}}       a field has the value of another
{swap: [Field, Other]}      two fields have each other's value
{lift: Field.Inner}         a field has the value of the field inside it
{reverse: Field.Inner}      a list inside a field is in the other order
{omit_empty: Field.Inner}   a field whose list is empty is missing
{nest: {under: Field, fields: [...]}}   all fields except RequestId are inside another, or some of them
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from conformance.core.wording import near
from conformance.server.faults.edits import read_edit

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.core.jsontypes import Json
    from conformance.core.yamlparts import Part

Body: TypeAlias = "dict[str, Json]"
BodyEdit: TypeAlias = "Callable[[Body], Body]"


def read_body_edit(part: Part) -> BodyEdit:
    """Return the edit that a mapping names; raises `BehaviourError` when there is none such."""
    name, value = part.only()
    make = _EDITS.get(name)
    if make is None:
        raise part.fault(f"there is no edit {name!r} of an answer", near(name, _EDITS))
    return make(value)


def _drop(value: Part) -> BodyEdit:
    dropped = value.texts()
    return lambda body: {name: inner for name, inner in body.items() if name not in dropped}


def _rename(value: Part) -> BodyEdit:
    names = value.pairs()
    return lambda body: {names.get(name, name): inner for name, inner in body.items()}


def _names(value: Part) -> BodyEdit:
    edit = read_edit(value)
    return lambda body: {edit(name): inner for name, inner in body.items()}


def _set(value: Part) -> BodyEdit:
    fields = {name: json_of(inner) for name, inner in value.members()}
    return lambda body: {**body, **fields}


def _edit(value: Part) -> BodyEdit:
    edits = {name: read_edit(inner) for name, inner in value.members()}
    return lambda body: {**body, **{name: edit(str(body[name])) for name, edit in edits.items()}}


def _as_list(value: Part) -> BodyEdit:
    name = value.text()
    return lambda body: {**body, name: [body[name]]}


def _copy(value: Part) -> BodyEdit:
    sources = value.pairs()
    return lambda body: {**body, **{name: body[source] for name, source in sources.items()}}


def _swap(value: Part) -> BodyEdit:
    one, other = value.texts()
    return lambda body: {**body, one: body[other], other: body[one]}


def _lift(value: Part) -> BodyEdit:
    outer, inner = value.text().split(".")
    return lambda body: {**body, outer: member(body[outer], inner)}


def _reverse(value: Part) -> BodyEdit:
    outer, inner = value.text().split(".")

    def reversed_in(body: Body) -> Body:
        items = member(body[outer], inner)
        return {**body, outer: {inner: items[::-1] if isinstance(items, list) else items}}

    return reversed_in


def _omit_empty(value: Part) -> BodyEdit:
    outer, inner = value.text().split(".")
    return lambda body: {
        name: field for name, field in body.items() if name != outer or member(field, inner) not in ([], None)
    }


def _nest(value: Part) -> BodyEdit:
    under, fields = value.text("under"), value.texts("fields")

    def nested(body: Body) -> Body:
        return {"RequestId": body["RequestId"], under: {name: body[name] for name in fields or body}}

    return nested


def member(value: Json, name: str) -> Json:
    """Return a member of a value; raises `TypeError` when that is no object."""
    if not isinstance(value, Mapping):
        raise TypeError(f"{name} is looked for in what is no object")
    return value[name]


def json_of(part: Part) -> Json:
    """Return what a file has as it goes into an answer."""
    value = part.value
    if isinstance(value, dict):
        return {name: json_of(inner) for name, inner in part.members()}
    if isinstance(value, list):
        return [json_of(item) for item in part.items()]
    if value is None or isinstance(value, (str, int, float)):
        return value
    raise part.fault("is no JSON")


_EDITS: Final[Mapping[str, Callable[[Part], BodyEdit]]] = {
    "drop": _drop,
    "rename": _rename,
    "names": _names,
    "set": _set,
    "edit": _edit,
    "as_list": _as_list,
    "copy": _copy,
    "swap": _swap,
    "lift": _lift,
    "reverse": _reverse,
    "omit_empty": _omit_empty,
    "nest": _nest,
}
