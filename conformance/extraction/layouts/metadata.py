"""Layout `metadata`: the JSON description of an operation, whose texts are Markdown.

It has parameters only: no fields of the response, no errors, no examples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.extraction.layouts.located_json import Located, is_json
from conformance.extraction.layouts.metadata_shapes import described, shape_fault
from conformance.extraction.page import Page, Row, Text, UnreadableError
from conformance.extraction.rows import blocks, expand

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME: Final = "metadata"

_DEEPEST: Final = 20


def detect(text: str) -> bool:
    """Whether a page is in this layout: JSON. What is not of its shape is refused when it is read."""
    return is_json(text)


def read(text: str) -> Page:
    """Cut a page into rows.

    Raises:
        UnreadableError: When the text is no JSON of this form.
    """
    found = described(text)
    if found.name is None:
        raise shape_fault("the operation has no `name`", 1)
    rows: list[Row] = []
    _collect(found.parameters, 0, rows)
    return Page(
        prose=(),
        request=tuple(rows),
        response=(),
        errors=(),
        operation=found.name,
        whole=True,
        product=found.product,
        version=found.version,
    )


def _collect(parameters: Iterable[Located], depth: int, rows: list[Row]) -> None:
    """Add the rows of parameters and of their members, in the order of the text."""
    for parameter in parameters:
        if depth > _DEEPEST:
            raise UnreadableError("the parameters are nested too deeply", line=parameter.line, hint="save it again")
        rows.append(_row(parameter, depth))
        members = parameter.get("sub_parameters")
        if members is not None and members.value is not None:
            if not isinstance(members.value, list):
                raise shape_fault(f"`sub_parameters` is {members.kind}", members.line)
            _collect(members.items(), depth + 1, rows)


def _row(parameter: Located, depth: int) -> Row:
    name, required = parameter.get("name"), parameter.get("required")
    if name is None or not isinstance(name.value, str) or not name.value:
        raise shape_fault("a parameter without a name", parameter.line)
    for key, kind in (("type", str), ("required", bool), ("description", str)):
        found = parameter.get(key)
        if found is not None and found.value is not None and not isinstance(found.value, kind):
            raise shape_fault(f"`{key}` of {name.value} is {found.kind}", found.line)
    description, kind_word = parameter.get("description"), parameter.get("type")
    # The texts are one line of JSON each, however many lines they have inside.
    line = description.line if description is not None else name.line
    prose = expand(Text(line, text) for text in parameter.text("description").split("\n"))
    members = parameter.get("sub_parameters")
    of_objects = members is not None and bool(members.items()) and parameter.text("type") in ("RepeatList", "Array")
    return Row(
        line=name.line,
        name=name.value,
        type=Text(
            kind_word.line if kind_word is not None else name.line,
            "array<object>" if of_objects else parameter.text("type"),
        ),
        required=Text(required.line, "true" if required.value else "false")
        if required is not None and isinstance(required.value, bool)
        else None,
        example=Text(name.line, ""),
        description=blocks(prose, markup=True),
        depth=depth,
        whole=True,
    )
