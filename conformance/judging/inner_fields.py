"""The fields inside the objects and lists of an answer, as a document promises them. Pure.

A table names fields that only some objects have, and the types of plain values are rarely those of the page's own
sample. So an object is judged only where it has one of the fields that a page has side by side. Those that a sample of
the page has must be there, and a plain value need only be written as its type is; of all others the letters of the page
are asked, where they are there. What is empty, or not there at all, promises nothing of its inside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cases.promised_fields import begins_with_date
from conformance.contract.answer_trees import objects_at, only_list
from conformance.contract.constraints import NUMBER
from conformance.judging.field_types import OF_TYPE, has_type
from conformance.judging.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.cases.promised_fields import FieldGroup, PromisedField


def judge_inside(
    body: Mapping[str, object], groups: Iterable[FieldGroup], sent: Mapping[str, str]
) -> Iterator[Finding]:
    """Yield where fields inside an answer are not as promised: each field once, for the first object that lacks it.

    Args:
        body: The fields of a success, read from JSON.
        groups: The fields that a document promises inside it.
        sent: The parameters sent, flat.
    """
    for group in groups:
        names = {field.name.lower() for field in group.fields}
        holders = [each for each in objects_at(body, group.way) if any(name.lower() in names for name in each)]
        for field in group.fields:
            for holder in holders:
                wanted = _wanted(field, holder, sent)
                if wanted is not None:
                    where = f"response.body.{group.place}.{field.name}"
                    yield Finding(where, (wanted,), holder.get(field.name), field.line)
                    break


def _wanted(field: PromisedField, holder: Mapping[str, object], sent: Mapping[str, str]) -> str | None:
    """Return what a document promises in place of a field; `None` when it conforms."""
    if field.name not in holder:
        if any(name.lower() == field.name.lower() for name in holder):
            return f"the name {field.name}"
        # What a caller may give is shown where it was given; what was not asked for may be left out.
        wanted = field.presence.shown and field.demanded(sent) and (not field.echoes or bool(sent.get(field.name)))
        return "a value" if wanted else None
    value = holder[field.name]
    if not field.presence.shown or value in (None, ""):
        return None
    if field.is_date and not begins_with_date(value):
        return f"{OF_TYPE}date"
    if _may_be(value, field.type):
        return None
    return f"{OF_TYPE}{field.type}"


def _may_be(value: object, name: str | None) -> bool:
    """Whether a value is of a type, a plain one also where it is only written so: `"80"`, and any as a text."""
    if has_type(value, name):
        return True
    if isinstance(value, dict | list):
        return name == "array" and only_list(value) is not None
    text = str(value).lower()
    return (
        name == "string"
        or (name in ("integer", "number") and NUMBER.fullmatch(text) is not None)
        or (name == "boolean" and text in ("true", "false"))
    )
