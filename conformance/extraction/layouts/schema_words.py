"""What one schema of a metadata file says: its type, its mark, its values and bounds, its members."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from conformance.extraction.layouts.located_json import Located
from conformance.extraction.layouts.metadata_shapes import shape_fault
from conformance.extraction.page import FactCell, Note, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_REFERENCE: Final = "#/components/schemas/"
_BOUNDS: Final = ("minimum", "maximum", "minLength", "maxLength", "maxItems")
_NOT_FACTS: Final = ("pattern", "exclusiveMinimum", "exclusiveMaximum", "allOf", "oneOf", "anyOf")
"""What a schema may say that no fact keeps."""
_SCALARS: Final = (str, int, float, bool)


class Schemas:
    """The schemas of one file, which refer to each other by name.

    Args:
        named: Those that others refer to.
    """

    def __init__(self, named: Mapping[str, Located]) -> None:
        self._named = named

    def resolved(self, schema: Located, seen: tuple[str, ...] = ()) -> Located:
        """Return a schema with what it refers to, its own words first; itself where that leads nowhere."""
        reference = schema.text("$ref")
        target = self._named.get(reference.removeprefix(_REFERENCE)) if reference.startswith(_REFERENCE) else None
        if target is None or reference in seen:
            return schema
        further = self.resolved(target, (*seen, reference))
        return Located({**further.members(), **schema.members()}, schema.line)

    def items_of(self, schema: Located, seen: tuple[str, ...] = ()) -> Located | None:
        """Return the schema of a list's items; `None` of anything else."""
        items = schema.get("items")
        return self.resolved(items, seen) if items is not None else None

    def type_of(self, name: str, schema: Located) -> str:
        """Return the type as pages write it: `string`, `array<object>`; empty where it is not said."""
        said = schema.get("type")
        if said is not None and said.value is not None and not isinstance(said.value, str):
            raise shape_fault(f"the type of {name} is {said.kind}", said.line)
        kind, inner = kind_of(schema), self.items_of(schema)
        if kind == "object" and schema.has("additionalProperties") and not members_of(schema):
            return "map"
        if kind != "array" or inner is None:
            return kind
        of = "object" if members_of(inner) else kind_of(inner)
        return f"array<{of}>" if of else kind


def kind_of(schema: Located) -> str:
    """Return the type of a schema, also where only its shape shows it; empty where nothing does."""
    said = schema.text("type")
    return said or ("array" if schema.has("items") else "object" if schema.has("properties") else "")


def members_of(schema: Located) -> dict[str, Located]:
    """Return the members of an object."""
    members = schema.get("properties")
    if members is None or members.value is None:
        return {}
    if not isinstance(members.value, dict):
        raise shape_fault(f"`properties` is {members.kind}", members.line)
    return members.members()


def required_mark(name: str, *places: Located | None) -> Text | None:
    """Return whether the documents call something required, with the line; `None` where nothing says it.

    Args:
        name: What it is, for messages.
        places: Where it may be said: its schema, and the parameter around it.
    """
    found: Text | None = None
    for place in places:
        for key in ("required", "docRequired"):
            said = place.get(key) if place is not None else None
            if said is None or said.value is None:
                continue
            word = str(said.value).lower()
            if word not in ("true", "false"):
                raise shape_fault(f"`{key}` of {name} is {said.kind}, not true or false", said.line)
            if word == "true":
                return Text(said.line, word)
            found = found or Text(said.line, word)
    return found


def enum_cells(name: str, schema: Located) -> Iterator[FactCell]:
    """Yield the list of values that a schema has, if it has one."""
    enum, titles = schema.get("enum"), schema.get("enumValueTitles")
    if enum is not None and enum.value:
        if not isinstance(enum.value, list) or not all(isinstance(each.value, _SCALARS) for each in enum.value):
            raise shape_fault(f"`enum` of {name} is no list of values", enum.line)
        yield FactCell("enum", enum.line, tuple(map(plain_text, enum.value)))
    elif titles is not None and isinstance(titles.value, dict) and titles.value:
        yield FactCell("enum", titles.line, tuple(titles.value))


def rule_cells(name: str, schema: Located) -> Iterator[FactCell]:
    """Yield the default and the bounds that a schema has."""
    default = schema.get("default")
    if default is not None and isinstance(default.value, _SCALARS) and default.value != "":
        yield FactCell("default", default.line, (plain_text(default),))
    for key in _BOUNDS:
        bound = schema.get(key)
        if bound is None or bound.value in (None, ""):
            continue
        if not isinstance(bound.value, (str, int, float)) or isinstance(bound.value, bool):
            raise shape_fault(f"`{key}` of {name} is {bound.kind}", bound.line)
        yield FactCell(key, bound.line, (plain_text(bound),))


def not_kept(name: str, schema: Located) -> Iterator[Note]:
    """Yield a note for each word of a schema that no fact keeps."""
    for key in _NOT_FACTS:
        said = schema.get(key)
        if said is not None and said.value not in (None, False, ""):
            yield Note(said.line, f"{name}: its `{key}`")


def says_rules(schema: Located) -> bool:
    """Whether the schema of a list's items says more than their type."""
    return schema.has("description", "enum", "enumValueTitles", "example", "default", *_BOUNDS)


def plain_text(said: Located) -> str:
    """Return a value as a document would write it."""
    if isinstance(said.value, str):
        return said.value
    return json.dumps(_plain(said), ensure_ascii=False) if said.value is not None else ""


def line_of(place: Located, *names: str) -> int:
    """Return the line of the first of these members that is there, else that of the whole."""
    return next((found.line for name in names if (found := place.get(name)) is not None), place.line)


def _plain(said: Located) -> object:
    if isinstance(said.value, dict):
        return {name: _plain(each) for name, each in said.value.items()}
    return [_plain(each) for each in said.value] if isinstance(said.value, list) else said.value
