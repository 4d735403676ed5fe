"""A fault that a JSON Schema finds, told to the author of the file: what is wrong, and what would be right.

The words name no schema. Where a schema has a form (`pattern`), its `examples` say it in every language.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from conformance.core.lazy_patterns import lazy_pattern
from conformance.core.wording import near, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jsonschema_rs import ValidationError

    _Words = tuple[str, str | None]

_KINDS: Final = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}
_AT_TOP: Final = ("type", "enum", "const", "falseSchema")
"""Faults of a value as such: it is none of this kind at all."""
_PAGE: Final = lazy_pattern(r"docs/[\w-]+\.md")
"""The page that explains a kind of file, as the description of its schema has it."""
_ANY: Final = r"\S"
"""The form of a text that is not blank."""
_BOUNDS: Final = {
    "minimum": "{field} is {value}, and must be at least {limit}",
    "maximum": "{field} is {value}, and must be at most {limit}",
    "exclusiveMinimum": "{field} is {value}, and must be above {limit}",
    "exclusiveMaximum": "{field} is {value}, and must be below {limit}",
    "minLength": "{field} has fewer than {limit} characters",
    "maxLength": "{field} has more than {limit} characters",
    "minItems": "{field} has fewer than {limit} entries",
    "maxItems": "{field} has more than {limit} entries",
    "minProperties": "{field} has fewer than {limit} entries",
    "maxProperties": "{field} has more than {limit} entries",
}


class _Fault(Struct, frozen=True):
    """A fault, and what its words are made of."""

    schema: Mapping[str, object]
    found: ValidationError
    at: tuple[str | int, ...]
    field: str

    @property
    def detail(self) -> Mapping[str, object]:
        """What the schema says of it, by the kind of the fault."""
        detail: Mapping[str, object] = self.found.kind.as_dict()
        return detail

    @property
    def node(self) -> Mapping[str, object]:
        """The part of the schema that has the rule."""
        return _node(self.schema, self.found.schema_path[:-1])

    @property
    def value(self) -> object:
        """The value that breaks the rule."""
        value: object = self.found.instance
        return value


def fault_words(schema: Mapping[str, object], fault: ValidationError, at: tuple[str | int, ...]) -> _Words:
    """Return what is wrong, and what would be right.

    Args:
        schema: The schema.
        fault: What it found, as `nearest` returns it.
        at: Where in the file the data was taken from.
    """
    told = _Fault(schema, fault, at, _field((*at, *fault.instance_path)))
    return _BY_KIND.get(fault.kind.name, _beyond)(told)


def _unknown(fault: _Fault) -> _Words:
    name = str(_list(fault.detail["unexpected"])[0])
    return f"unknown field {name!r} in {fault.field}", near(name, _mapping(fault.node.get("properties")))


def _lacks(fault: _Fault) -> _Words:
    return f"{fault.field} lacks the field {fault.detail['property']!r}", "add it"


def _no_option(fault: _Fault) -> _Words:
    detail = fault.detail
    options = _list(detail["options"]) if "options" in detail else [detail["expected_value"]]
    return f"{fault.field} may not have the value {_shown(fault.value)}", f"one of: {', '.join(map(_option, options))}"


def _type(fault: _Fault) -> _Words:
    told, hint = _other_kind(fault.field, fault.value, [str(each) for each in _list(fault.detail["types"])])
    page = _PAGE.search(str(fault.schema.get("description", "")))
    if page is not None and not (fault.at or fault.found.instance_path):
        return told, f"{page[0]} shows one"
    return told, hint


def _name(fault: _Fault) -> _Words:
    error: ValidationError = fault.detail["error"]  # type: ignore[assignment]  # the library says no type
    return f"{error.instance!r} is no name that {fault.field} may have", _example(fault.node)


def _no_place(fault: _Fault) -> _Words:
    return f"{fault.field} has no place here", "take it out"


def _form(fault: _Fault) -> _Words:
    if fault.detail.get("pattern") == _ANY:
        return f"{fault.field} is empty", "write something"
    return f"{fault.field} is {_shown(fault.value)}, which is not of the right form", _example(fault.node)


def _twice(fault: _Fault) -> _Words:
    return f"{fault.field} has an entry twice", "take one out"


def _beyond(fault: _Fault) -> _Words:
    """Return that a value is too small or too large, or has too few or too many of what it is made of."""
    kind, value, limit = fault.found.kind.name, fault.value, fault.detail.get("limit")
    if kind not in _BOUNDS:
        return f"{fault.field}: {shorten(fault.found.message)}", None
    if kind.startswith("min") and isinstance(value, (str, list, dict)) and not value:
        return f"{fault.field} is empty", "write something" if value == "" else "add an entry"
    if kind == "maxProperties" and limit == 1 and isinstance(value, dict):
        return f"{fault.field} has several entries, and may have one", f"one of: {', '.join(map(str, value))}"
    return _BOUNDS[kind].format(field=fault.field, value=_shown(value), limit=limit), None


def _other_kind(field: str, value: object, kinds: Sequence[str], options: Sequence[object] = ()) -> _Words:
    """Return that a value is of another kind than it may be."""
    known = " or ".join(_KINDS[each] for each in _KINDS if each in kinds)
    if options:
        listed = ", ".join(map(_option, options))
        return (
            f"{field} may not have the value {_shown(value)}",
            f"one of: {listed}; or {known}" if known else f"one of: {listed}",
        )
    if value is None:
        return f"{field} is empty, and must be {known}", None
    is_text = "string" in kinds and not {"array", "object"} & set(kinds)
    hint = "put it into quotes" if is_text and isinstance(value, (bool, int, float)) else None
    return f"{field} is {_shown(value)}, and must be {known}", hint


def nearest(fault: ValidationError) -> ValidationError:
    """Return what is wrong with a value that may be several things: in the one that it is nearest to, if in any."""
    if fault.kind.name not in ("anyOf", "oneOf"):
        return fault
    own = list(fault.instance_path)
    at_top = {*_AT_TOP, *(("pattern",) if any(map(_has_options, _branches(fault))) else ())}
    branches = [
        each
        for each in _branches(fault)
        if each and not any(error.kind.name in at_top and list(error.instance_path) == own for error in each)
    ]
    if not branches or _all_lack(branches, own):
        return fault
    # What is right on the way to a place further down is more likely meant.
    best = min(branches, key=lambda each: (-max(len(list(error.instance_path)) for error in each), len(each)))
    return nearest(best[0])


def _branches(fault: ValidationError) -> list[list[ValidationError]]:
    branches: list[list[ValidationError]] = fault.kind.as_dict()["context"]
    return branches


def _has_options(errors: Sequence[ValidationError]) -> bool:
    return any(error.kind.name in ("enum", "const") for error in errors)


def _all_lack(branches: Sequence[Sequence[ValidationError]], own: Sequence[str | int]) -> bool:
    """Whether all that several possibilities differ from is a field that each needs."""
    errors = [error for each in branches for error in each]
    return all(error.kind.name == "required" and list(error.instance_path) == own for error in errors)


def _no_branch(fault: _Fault) -> _Words:
    """Return why a value is none, or more than one, of several things that it may be."""
    branches = _branches(fault.found)
    fitting = [number for number, each in enumerate(branches) if not each]
    if fitting:
        names = [name for number in fitting for name in _required(fault, number)]
        return f"{fault.field} has {' and '.join(names) or 'several things'} at once", "keep one of them"
    errors = [error for each in branches for error in each]
    if _all_lack(branches, list(fault.found.instance_path)):
        lacking = dict.fromkeys(repr(error.kind.as_dict()["property"]) for error in errors)
        return f"{fault.field} lacks the field {' or '.join(lacking)}", "add one of them"
    details = [error.kind.as_dict() for error in errors]
    kinds = [str(kind) for each in details for kind in _list(each.get("types", []))]
    options = [option for each in details for option in _list(each.get("options", []))]
    options += [each["expected_value"] for each in details if "expected_value" in each]
    forms = [_node(fault.schema, each.schema_path[:-1]) for each in errors if each.kind.name == "pattern"]
    options += [example for form in forms for example in _list(form.get("examples", []))]
    told, hint = _other_kind(fault.field, fault.value, kinds, options)
    about = fault.node.get("description")
    return told, hint or (str(about) if about else None)


def _required(fault: _Fault, number: int) -> list[str]:
    branch = _node(fault.schema, [*fault.found.schema_path, number])
    return [str(each) for each in _list(branch.get("required", []))]


def _field(path: tuple[str | int, ...]) -> str:
    """Return the name of a place in a file; in a file that is a list, the name inside the entry at that line."""
    if not path or not isinstance(path[0], int):
        return ".".join(map(str, path)) or "the file"
    number = path[0] + 1
    return ".".join(map(str, path[1:])) or f"entry {number}"


def _shown(value: object) -> str:
    """Return a value as a message names it: a plain one as it is written, of any other its kind."""
    if value is None:
        return "empty"
    if isinstance(value, dict):
        return _KINDS["object"]
    if isinstance(value, list):
        return _KINDS["array"]
    return repr(shorten(value)) if isinstance(value, str) else json.dumps(value)


def _option(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _example(node: object) -> str | None:
    examples = _list(_mapping(node).get("examples", []))
    return f"for example {', '.join(map(_option, examples))}" if examples else None


def _node(schema: Mapping[str, object], path: Sequence[str | int]) -> Mapping[str, object]:
    node: object = schema
    for part in path:
        node = node[int(part)] if isinstance(node, list) else _mapping(node)[str(part)]
    return _mapping(node)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _mapping(node: object) -> Mapping[str, object]:
    """Return a mapping of a JSON document, an empty one where there is something else."""
    return node if isinstance(node, dict) else {}


_BY_KIND: Final[Mapping[str, Callable[[_Fault], _Words]]] = {
    "additionalProperties": _unknown,
    "required": _lacks,
    "enum": _no_option,
    "const": _no_option,
    "type": _type,
    "anyOf": _no_branch,
    "oneOf": _no_branch,
    "propertyNames": _name,
    "falseSchema": _no_place,
    "pattern": _form,
    "format": _form,
    "uniqueItems": _twice,
}
