"""Values that sequences send and look for: which parameters say something of a resource that an answer then shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.cases.meanings.values import load_values
from conformance.cases.meanings.words import load_words
from conformance.contract.constraints import NUMBER
from conformance.contract.wire import canonical_type, wire_text
from conformance.server.sequences.requests import two_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.contract.model import Parameter, Scalar
    from conformance.server.sequences.requests import KinOperations, ValidOperation
    from conformance.server.sequences.shown import Look

_OF_THE_CALL: Final = ("apart", "amount", "idempotent_by", "page_number", "page_size", "token", "limit", "status")
"""What names mean that say something of the call, or of what the server makes of it."""
_OTHERWISE: Final = ("array", "object", "json", "number")
"""Types of values that may be written in several ways, as `1` and `1.0`."""
_MOST_TEXTS: Final = 4
"""How many texts of a creation are sent beside what it requires."""


def shown_as_sent(operation: ValidOperation, sent: Mapping[str, object], look: Look) -> dict[str, object]:
    """Return those values of a request that a look shows as they were sent.

    Args:
        operation: The operation whose request it is.
        sent: The request, as a step has it.
        look: The look.
    """
    return {name: value for name, value in sent.items() if _is_shown(name, value, operation, look)}


def optional_texts(kin: KinOperations, operation: ValidOperation, looks: Iterable[Look]) -> dict[str, Scalar]:
    """Return texts that a creation takes beside what it requires, and that one of some looks shows.

    Only those whose value may be any: what names something, has a form or depends on other parameters is left out.
    """
    words, table = load_words(), load_values()
    found: dict[str, Scalar] = {}
    fields = frozenset[str]().union(*(look.fields() for look in looks))
    for row in next(iter(operation.contracts.values())).parameters:
        path = row.path
        known = path not in fields or path in operation.valid.parameters or words.is_id(path)
        if known or path == kin.kind.id_field or len(found) == _MOST_TEXTS or not is_free_text(row):
            continue
        values = values_of(path, operation)
        if values is None or table.of(path) is None:  # nobody knows the form of such a text
            continue
        if all(_is_shown(path, values[0], operation, each) for each in looks if path in each.fields()):
            found[path] = values[0]
    return found


def values_of(path: str, operation: ValidOperation) -> tuple[Scalar, Scalar] | None:
    """Return two values that a parameter may have: those that its document lists, else as its name has it.

    Returns:
        `None` where no two are known.
    """
    line = load_values().of(load_words().changed_field(path))
    return None if line is not None and (line.thing or line.target) else two_sent(path, [(operation, path)])


def two_sent(path: str, operations: Sequence[tuple[ValidOperation, str]]) -> tuple[Scalar, Scalar] | None:
    """Return two different values that several operations take for their parameters, of the form that the name tells.

    Args:
        path: The parameter of the first.
        operations: Each operation with the path of its parameter.

    Returns:
        `None` where no two are known.
    """
    values = two_values(path, operations)
    line = load_values().of(load_words().changed_field(path))
    rows = [row for operation, own in operations for row in operation.rows(own)]
    if line is None or not line.values or not all(map(is_free_text, rows)):
        return values
    known = [text for text in line.values if all(operation.takes(own, text) for operation, own in operations)]
    if len(known) > 1:
        return known[0], known[1]
    return values if line.form is None else None


def is_free_text(row: Parameter) -> bool:
    """Whether a parameter is a text of which a document does not list the values."""
    return canonical_type(str(row.fact("type").value)) == "string" and not row.fact("enum").stated


def is_own(value: object) -> bool:
    """Whether a text is one that nothing else has by chance, as a number may be."""
    return isinstance(value, str) and NUMBER.fullmatch(value) is None


def _is_shown(name: str, value: object, operation: ValidOperation, look: Look) -> bool:
    words, rows = load_words(), operation.rows(name)
    if name not in look.fields() or not isinstance(value, str | int | float) or len(rows) != len(operation.contracts):
        return False
    if any(words.means(meaning, name) for meaning in _OF_THE_CALL) or words.known_values(name) is not None:
        return False
    plain = all(row.encoding == "plain" and not row.conditional for row in rows)
    return plain and all(may_have(row, wire_text(value)) for row in (*rows, *look.rows(name)))


def may_have(row: Parameter, text: str) -> bool:
    """Whether a document says nothing against a value of a field: its type, or the values that it may have."""
    allowed, kind = row.fact("enum"), canonical_type(str(row.fact("type").value))
    if allowed.stated and isinstance(allowed.value, tuple) and text not in map(wire_text, allowed.value):
        return False
    if kind == "boolean":
        return text in ("true", "false")
    return kind not in _OTHERWISE and (kind != "integer" or NUMBER.fullmatch(text) is not None)
