"""What of a request another operation shows afterwards: by the behaviour, else by the documents of both. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from conformance.cases.meanings.words import load_words
from conformance.contract.constraints import NUMBER
from conformance.contract.encodings import CARRYING, sent_rows
from conformance.contract.wire import canonical_type, wire_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.contract.model import Contract, Parameter
    from conformance.server.behaviour.definition import ResourceField
    from conformance.server.sequences.shown import Look

_LISTED: Final = re.compile(r"([^.]+)\.([0-9]{1,6})(?:\.([^.]+))?")
"""The wire name of an item of a list, or of a member of one."""
_OF_THE_CALL: Final = ("apart", "amount", "idempotent_by", "page_number", "page_size", "token", "limit", "status")
"""What names mean that say something of the call, or of what the server makes of it."""
_NUMBERS: Final = ("integer", "number")
_PLAIN_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?")


def declared_values(
    fields: Mapping[str, ResourceField], contracts: Iterable[Contract], params: Mapping[str, str]
) -> dict[str, object]:
    """Return what a resource shows that a request created, by the fields that a behaviour in full declares.

    Args:
        fields: The fields.
        contracts: The documents of the operation that creates.
        params: The request, wire name to text.
    """
    rows = [parameter for contract in contracts for parameter in sent_rows(contract.parameters)]
    # No convention says how an answer shows what a request sends as JSON or with commas.
    written = {parameter.path for parameter in rows if parameter.encoding in CARRYING}
    found: dict[str, object] = {name: text for name, text in params.items() if name in fields and name not in written}
    for parameter in rows:
        fact = parameter.fact("default")
        of_call = parameter.encoding == "plain" and parameter.path in fields
        if of_call and fact.stated and not isinstance(fact.value, tuple):
            found.setdefault(parameter.path, fact.value)
    lists = _lists(params)
    for name, each in fields.items():
        top = each.parameters[0].partition("[")[0] if each.parameters else ""
        if each.source == "list" and top in lists:
            found[name] = {each.under: {"any_order": lists[top]}}
    return found


def sent_values(contracts: Iterable[Contract], params: Mapping[str, object]) -> dict[str, object]:
    """Return the plain values of a request that every document takes for what it is called, whatever else is sent.

    Args:
        contracts: The documents of the operation.
        params: The request, by the names on the wire.
    """
    words, contracts = load_words(), tuple(contracts)
    found: dict[str, object] = {}
    for name, value in params.items():
        rows = [contract.parameter(name) for contract in contracts]
        of_call = any(words.means(meaning, name) for meaning in _OF_THE_CALL)
        if not isinstance(value, str | int | float) or of_call or not all(map(_is_kept, rows)):
            continue
        text = wire_text(value)
        if text and all(_has_one_spelling(text, row) for row in rows if row is not None):
            found[name] = text
    return found


def shown_by(look: Look, fields: frozenset[str], values: Mapping[str, object]) -> dict[str, object]:
    """Return those of some values that a look surely shows as they were sent.

    Args:
        look: The look.
        fields: The fields that it shows.
        values: By field.
    """
    return {name: value for name, value in values.items() if name in fields and _may_show(look, name, value)}


def _is_kept(row: Parameter | None) -> bool:
    return row is not None and row.encoding == "plain" and not row.conditional


def _has_one_spelling(text: str, row: Parameter) -> bool:
    """Whether a value of a type is written in one way only, so that an answer has it so too."""
    kind = canonical_type(str(row.fact("type").value))
    if kind == "boolean":
        return text in ("true", "false")
    if kind in _NUMBERS or NUMBER.fullmatch(text):
        return _PLAIN_NUMBER.fullmatch(text) is not None
    return kind not in ("array", "object", "json") and text == text.strip()


def _may_show(look: Look, name: str, value: object) -> bool:
    return all(_may_have(row, value) for row in look.rows(name))


def _may_have(row: Parameter, value: object) -> bool:
    """Whether a document says nothing against a value of a field: its type, or the values that it may have."""
    allowed, kind = row.fact("enum"), canonical_type(str(row.fact("type").value))
    if isinstance(value, dict):
        return True
    text = wire_text(value) if isinstance(value, str | int | float | bool) else ""
    if allowed.stated and isinstance(allowed.value, tuple) and text not in map(wire_text, allowed.value):
        return False
    if kind == "boolean":
        return text in ("true", "false")
    return kind not in ("array", "object") and (kind not in _NUMBERS or NUMBER.fullmatch(text) is not None)


def _lists(params: Mapping[str, str]) -> dict[str, Sequence[object]]:
    """Return the lists of a request by their names: of texts, or of objects."""
    found: dict[str, dict[int, object]] = {}
    for match in filter(None, map(_LISTED.fullmatch, params)):
        top, index, member = match.groups()
        items = found.setdefault(top, {})
        if member is None:
            items[int(index)] = params[match[0]]
        else:
            item = items.setdefault(int(index), {})
            if isinstance(item, dict):
                item[member] = params[match[0]]
    return {top: [items[at] for at in sorted(items)] for top, items in found.items()}
