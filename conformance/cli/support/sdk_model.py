"""The descriptions in an SDK's model files, read as text: nothing of the SDK is imported or run.

A generated Python V2 model carries the description of each field as a comment above its assignment, in English::

    class <Operation>Request(DaraModel):
        def __init__(self, max_size: int = None, ...):
            # The largest size. Unit: bytes.
            self.max_size = max_size

and the name on the wire in `to_map`: `result['MaxSize'] = self.max_size`.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from conformance.contract.languages import SDK_LANGUAGE
from conformance.contract.model import FACT_NAMES, Contract, Source
from conformance.core.errors import DocumentError
from conformance.extraction.facts.folding import fold
from conformance.extraction.page import Row, Text
from conformance.extraction.phrases.registry import LEXICONS
from conformance.extraction.rows import blocks, expand

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

LAYOUT: Final = "sdk-python-v2"
"""The layout that such a contract names as its source's."""

_CLASS: Final = re.compile(r"class (\w+)\(")
_PARAMETER: Final = re.compile(r"        (\w+): (.+?) = None,\s*$")
_COMMENT: Final = re.compile(r"        # ?(.*)$")
_ASSIGNMENT: Final = re.compile(r"        self\.(\w+) = \w+(?:\s*#\s*type: (.+))?\s*$")
_WIRE: Final = re.compile(r"result\['([^']+)'\]")
_REQUIRED: Final = "This parameter is required."
_TYPES: Final = {"int": "Integer", "str": "String", "bool": "Boolean", "float": "Float"}
_DEEPEST: Final = 5


class _Field(Struct):
    line: int
    comment: list[Text]
    kind: str


class _Model(Struct):
    line: int
    fields: dict[str, _Field] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    wires: dict[str, str] = field(default_factory=dict)


def read_models(text: str, name: str, wanted: Collection[str] | None = None) -> dict[str, Contract]:
    """Return the contracts in the text of a model file, by operation.

    Args:
        text: The text of `_<operation>_request.py`, or of a `models.py` that holds all models of a product.
        name: The name of the file.
        wanted: The operations to read; all where it is `None`.

    Returns:
        A contract for each request model: parameters with what their comments state, and nothing else. A parameter
        counts as required where its comment says so and as nothing where it does not.

    Raises:
        DocumentError: If no model of a request is in it.
    """
    models = _models(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    found = {}
    for title, model in models.items():
        operation = title.removesuffix("Request")
        if operation == title or operation.endswith("Shrink") or (wanted is not None and operation not in wanted):
            continue
        rows = tuple(_rows(title, model, models, 0))
        parameters = fold(rows, LEXICONS[SDK_LANGUAGE], FACT_NAMES).parameters
        source = Source(name, digest, LAYOUT)
        found[operation] = Contract(operation, SDK_LANGUAGE, source, parameters, (), ())
    if not any(title.endswith("Request") for title in models):
        raise DocumentError("no request model is in it", where=name, hint="give a Python V2 SDK's models.py")
    return found


def _models(text: str) -> dict[str, _Model]:
    models: dict[str, _Model] = {}
    current = _Model(0)
    comment: list[Text] = []
    for number, line in enumerate(text.splitlines(), start=1):
        started = _CLASS.match(line)
        if started:
            current = models.setdefault(started[1], _Model(number))
        commented = _COMMENT.match(line)
        if commented:
            comment.append(Text(number, commented[1]))
            continue
        parameter, assigned = _PARAMETER.match(line), _ASSIGNMENT.match(line)
        if parameter:
            current.kinds[parameter[1]] = parameter[2]
        elif assigned:
            kind = current.kinds.get(assigned[1]) or assigned[2] or ""
            current.fields.setdefault(assigned[1], _Field(number, comment, kind))
        for wire in _WIRE.findall(line):
            current.wires[_plain(wire)] = wire
        comment = []
    return models


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _rows(title: str, model: _Model, models: dict[str, _Model], depth: int) -> Iterator[Row]:
    for attribute, found in model.fields.items():
        wire = model.wires.get(_plain(attribute))
        if wire is None:
            continue
        required = any(text.text.strip() == _REQUIRED for text in found.comment)
        prose = [text for text in found.comment if text.text.strip() != _REQUIRED]
        line = found.comment[0].line if found.comment else found.line
        kind, inner = _type(found.kind)
        yield Row(
            line=line,
            name=wire,
            type=Text(found.line, kind),
            required=Text(line, "true") if required else None,
            example=Text(line, ""),
            description=blocks(expand(prose), markup=True),
            depth=depth,
        )
        if inner in models and inner.startswith(title) and depth < _DEEPEST:
            yield from _rows(inner, models[inner], models, depth + 1)


def _type(annotation: str) -> tuple[str, str]:
    """Return a type as documents write it, and the name of the model that its items or itself are of."""
    match = re.fullmatch(r"(?:List\[)?(?:main_models\.)?([\w.]+)\]?", annotation.strip())
    inner = match[1] if match else ""
    single = _TYPES.get(inner, "Object" if inner else "")
    listed = annotation.startswith("List[")
    return (f"array<{single.lower()}>" if listed else single), inner
