"""The OpenAPI form of a parameter whose value carries others: JSON, a list with commas, a map.

OpenAPI has a form for each but the last: `content` for JSON, the style `form` that is not exploded for a list with
commas. A map (`Labels.key=value`) comes nearest to the style `deepObject`, which writes brackets; `x-facts` says it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.contract.encodings import carried_paths, decoded
from conformance.contract.openapi.schema import value_schema
from conformance.contract.wire import KEY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.contract.model import Parameter

_STEP = re.compile(r"\[\]|\{key\}|[^.\[\]{}]+")


def encoded_value(
    carrier: Parameter,
    rows: Sequence[Parameter],
    schema_of: Callable[[Parameter], dict[str, object]] = value_schema,
) -> dict[str, object]:
    """Return the fields of an OpenAPI parameter that say what its value is.

    Args:
        carrier: A parameter of the encodings `json`, `csv` or `map`.
        rows: All rows of the contract, with those that it carries.
        schema_of: What gives the schema of one row inside the value.
    """
    schema = _schema(carrier, rows, schema_of)
    if carrier.encoding == "json":
        shown = _shown(carrier)
        media: dict[str, object] = {"schema": schema}
        return {"content": {"application/json": media | ({} if shown is None else {"example": shown})}}
    if carrier.encoding == "csv":
        return {"schema": {"type": "array", "items": {"type": "string"}} | schema, "style": "form", "explode": False}
    whole = {"type": "object", "additionalProperties": {"type": "string"}} | schema
    return {"schema": whole, "style": "deepObject", "explode": True}


def _shown(carrier: Parameter) -> list[object] | dict[str, object] | None:
    """Return the example as JSON; `None` where the document has none, or one that is cut or hides something in it."""
    fact = carrier.fact("example")
    value = decoded(fact.value, "json") if fact.stated and isinstance(fact.value, str) else None
    return value if isinstance(value, list | dict) else None


def _schema(
    carrier: Parameter, rows: Sequence[Parameter], schema_of: Callable[[Parameter], dict[str, object]]
) -> dict[str, object]:
    """Return the schema of the value inside the text: what its rows say, no more."""
    root: dict[str, object] = {}
    _add_size(root, carrier)
    carried = carried_paths(rows)
    for row in rows:
        if row.path in carried and row.path.startswith((f"{carrier.path}.", f"{carrier.path}[")):
            _place(root, row, _STEP.findall(row.path[len(carrier.path) :]), schema_of(row))
    return root


def _place(root: dict[str, object], row: Parameter, steps: Sequence[str], own: dict[str, object]) -> None:
    schema = root
    for step in steps:
        outer = schema
        if step == "[]":
            outer["type"] = "array"
            schema = _inside(outer, "items")
        elif step == KEY:
            outer["type"] = "object"
            schema = _inside(outer, "additionalProperties")
        else:
            outer["type"] = "object"
            schema = _inside(_inside(outer, "properties"), step)
            _require(outer, step, row, last=step is steps[-1])
    schema.update({name: value for name, value in own.items() if name not in schema})
    _add_size(schema, row)


def _require(schema: dict[str, object], name: str, row: Parameter, *, last: bool) -> None:
    required = row.fact("required")
    if last and required.stated and required.value is True:
        names = schema.setdefault("required", [])
        if isinstance(names, list) and name not in names:
            names.append(name)


def _add_size(schema: dict[str, object], row: Parameter) -> None:
    most = row.fact("maxItems")
    if most.stated and isinstance(most.value, int):
        schema["maxProperties" if row.encoding == "map" else "maxItems"] = most.value


def _inside(schema: dict[str, object], name: str) -> dict[str, object]:
    inner = schema.setdefault(name, {})
    assert isinstance(inner, dict)  # noqa: S101 - only this module fills it
    return inner
