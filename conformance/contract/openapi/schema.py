"""The JSON Schema of one parameter or field, built from its stated facts, and examples that break their own rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from msgspec import Struct

from conformance.contract.constraints import INTEGER, NUMBER, masked, violations
from conformance.contract.openapi.patterns import allows_empty, pattern
from conformance.contract.wire import canonical_type, wire_text

if TYPE_CHECKING:
    from conformance.contract.model import CitedLine, Contract, Fact, FactValue, Parameter, Scalar

_SCALAR_TYPES = ("string", "integer", "number", "boolean")
_FORMATS = {"long": "int64", "int64": "int64", "int32": "int32", "float": "float", "double": "double"}


class BrokenExample(Struct, frozen=True):
    """An example that its own document forbids.

    Attributes:
        path: The folded path; a response field's is `responses/<path>`.
        value: The example as the wire has it.
        constraints: The names of the facts that it breaks.
        line: The line of the example.
    """

    path: str
    value: str
    constraints: tuple[str, ...]
    line: CitedLine | None


def broken_examples(contract: Contract) -> tuple[BrokenExample, ...]:
    """Return every example of a contract that breaks a rule of the same document; masked ones are never among them."""
    rows = [(parameter.path, parameter) for parameter in contract.parameters]
    rows += [(f"responses/{field.path}", field) for field in contract.responses]
    results = []
    for path, row in rows:
        example = row.fact("example")
        value = _scalar(example)
        broken = _faults(row, value) if value is not None else ()
        if value is not None and broken:
            results.append(BrokenExample(path, wire_text(value), broken, example.cited))
    return tuple(results)


def value_schema(row: Parameter) -> dict[str, object]:
    """Return the JSON Schema of one value of a parameter or field; only stated facts are in it."""
    schema: dict[str, object] = {}
    kind = scalar_type(row)
    if kind:
        schema["type"] = kind
        word = str(row.fact("type").value).strip().lower()
        inner = word.removesuffix(">").rpartition("<")[2]
        if inner in _FORMATS:
            schema["format"] = _FORMATS[inner]
    may_be_empty = allows_empty(row)
    enum = row.fact("enum")
    if enum.stated and isinstance(enum.value, tuple):
        texts = [*enum.value, ""] if may_be_empty and kind == "string" else list(enum.value)
        # JSON Schema wants at least one; a document that lists no value has stated nothing.
        if texts:
            schema["enum"] = list(dict.fromkeys(cast(value, kind) for value in texts))
    default = _scalar(row.fact("default"))
    if default is not None and not _faults(row, default) and _fits(default, kind):
        schema["default"] = cast(default, kind)
    schema |= _bounds(row)
    expression = pattern(row)
    if expression is not None:
        schema["pattern"] = expression
    return schema


def example(row: Parameter) -> Scalar | None:
    """Return the example of a parameter or field as its type has it, or `None` if it has none that keeps the rules."""
    value = _scalar(row.fact("example"))
    kind = scalar_type(row)
    if value is None or not _fits(value, kind) or _faults(row, value):
        return None
    return cast(value, kind)


def scalar_type(row: Parameter) -> str | None:
    """Return the JSON type of one value, `None` where the document gives none that a single value can have."""
    fact = row.fact("type")
    if not fact.stated:
        return None
    kind = canonical_type(str(fact.value))
    if kind == "array":
        # On the wire a list is one value an index: what counts is the type of an item.
        kind = canonical_type(str(fact.value).strip().removesuffix(">").partition("<")[2])
    return kind if kind in _SCALAR_TYPES else None


def cast(value: Scalar, kind: str | None) -> Scalar:
    """Return a value as its JSON type has it; unchanged where it cannot be."""
    text = wire_text(value)
    if kind == "string":
        return text
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    if kind == "integer" and INTEGER.fullmatch(text):
        return int(text)
    if kind == "number" and NUMBER.fullmatch(text):
        return float(text)
    return value


def _fits(value: Scalar, kind: str | None) -> bool:
    expected: dict[str | None, type | tuple[type, ...]] = {"integer": int, "number": (int, float), "boolean": bool}
    result = cast(value, kind)
    return kind not in expected or (
        isinstance(result, expected[kind]) and (kind == "boolean") == isinstance(result, bool)
    )


def _faults(row: Parameter, value: Scalar) -> tuple[str, ...]:
    text = wire_text(value)
    return () if masked(text) else violations(row, [text])


def _scalar(fact: Fact) -> Scalar | None:
    if not fact.stated or fact.value is None or isinstance(fact.value, tuple):
        return None
    return fact.value


def _bounds(row: Parameter) -> dict[str, int | float]:
    """Return the stated bounds of length and value; the least length also says whether a text may be empty."""
    facts = {name: row.fact(name) for name in ("minLength", "maxLength", "minimum", "maximum", "multipleOf")}
    bounds = {name: fact.value for name, fact in facts.items() if fact.stated and _is_number(fact.value)}
    if not bounds.get("multipleOf", 1) > 0:
        bounds.pop("multipleOf")  # a schema must have a step above zero
    if allows_empty(row):
        bounds.pop("minLength", None)
    elif row.fact("allowEmpty").stated:
        bounds = {"minLength": 1} | bounds | {"minLength": max(1, bounds.get("minLength", 1))}
    return bounds


def _is_number(value: FactValue | None) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
