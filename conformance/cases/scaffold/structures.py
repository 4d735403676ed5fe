"""Parameters as a case file has them, nested: a value at a folded path, and what else a valid one needs. Pure."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from typing import TYPE_CHECKING, Final

from conformance.cases.expand import wire_parameters
from conformance.cases.scaffold.requests import (
    SOME_KEY,
    carrier_path,
    encodings_of,
    every_row,
    put,
    required_by_any,
    top_of,
)
from conformance.cases.scaffold.values import unmasked, valid_value
from conformance.contract.constraints import violations
from conformance.contract.encodings import CARRYING, decoded, wire_lists, wire_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from conformance.cases.scaffold.requests import Rows
    from conformance.contract.model import Encoding, Parameter

_STEP: Final = re.compile(r"\[\]|[^.\[\]]+")
_SOME_TEXT: Final = "a"
UNKNOWN_VALUE: Final = "todo"
"""What stands for a value that nobody knows."""


def request_of(rows: Rows, paths: Sequence[str]) -> dict[str, object]:
    """Return a request with a valid value at each of some paths; `todo` where none is known."""
    request: dict[str, object] = {}
    for path in paths:
        value = valid_structure(path, rows)
        put(request, path, UNKNOWN_VALUE if value is None else value)
    return request


def with_lists(request: dict[str, object], paths: Iterable[str], rows: Rows) -> dict[str, object]:
    """Return a request with one valid item in each of some lists of objects; `todo` where none is known."""
    for path in paths:
        item = _object(path, rows)
        put(request, path, UNKNOWN_VALUE if item is None else item)
    return request


def set_of(path: str, value: object, rows: Rows) -> dict[str, object]:
    """Return the parameter at the top of a path with a value at this path, and with what else it needs to be valid."""
    request: dict[str, object] = {}
    carrier = carrier_path(path, rows)
    prefix = (carrier or path).rpartition("[].")[0]
    for other in rows:
        beside = _is_beside(other, path, prefix) and other not in (path, carrier)
        if beside and carrier_path(other, rows) is None and required_by_any(rows[other]):
            found = valid_structure(other, rows)
            put(request, other, UNKNOWN_VALUE if found is None else found)
    if carrier is not None:
        whole = valid_structure(carrier, rows)
        if whole is not None:
            put(request, carrier, whole)
    put(request, path, value)
    changed = request[top_of(path)]
    alone = carrier is not None or prefix != top_of(path) or required_by_any(rows.get(path, ()))
    if not alone and isinstance(changed, list) and isinstance(changed[0], dict):
        changed = [_with_partner(changed[0], path, rows)]
    return {top_of(path): changed}


def _is_beside(other: str, path: str, prefix: str) -> bool:
    """Whether a parameter is a member of the same object or item as another path, or of one that has this in it.

    Args:
        other: The parameter.
        path: The path.
        prefix: The path of the innermost list that the path is in; empty where it is in none.
    """
    list_path = other.rpartition("[].")[0]
    if not list_path:
        return "." in other and top_of(other) == top_of(path)
    return f"{prefix}[].".startswith(f"{list_path}[].")


def without(path: str, rows: Rows) -> dict[str, object] | None:
    """Return the parameter that carries a member, valid but for that member, which no object in it has."""
    carrier = carrier_path(path, rows)
    whole = valid_structure(carrier, rows) if carrier is not None else None
    if carrier is None or whole is None:
        return None
    inner = deepcopy(whole)
    if not _leave_out(inner, path[len(carrier) :]):
        return None
    request: dict[str, object] = {}
    put(request, carrier, inner)
    return {top_of(path): request[top_of(path)]}


def set_without(path: str, rows: Rows) -> dict[str, object] | None:
    """Return the list at the top of a path with what else its items need to be valid, but without this member.

    Returns:
        `None` where nothing else is known that an item could have.
    """
    prefix = path.rpartition("[].")[0]
    other = next((each for each in rows if each.startswith(f"{prefix}[].") and each != path), None)
    if other is None:
        return None
    value = valid_structure(other, rows)
    request = deepcopy(set_of(other, UNKNOWN_VALUE if value is None else value, rows))
    _leave_out(request, path)
    return request


def _leave_out(value: object, path: str) -> bool:
    """Take a member, with all its items, out of each object at its path; whether there is such an object."""
    holders: list[object] = [value]
    *way, last = _STEP.findall(path.removesuffix("[]") or path)
    for step in way:
        holders = [below for each in holders for below in _below(each, step)]
    kept = [each for each in holders if isinstance(each, dict)]
    for each in kept:
        each.pop(last, None)
    return bool(kept)


def _below(value: object, step: str) -> Iterator[object]:
    if step == "[]":
        yield from value if isinstance(value, list) else ()
    elif isinstance(value, dict) and step in value:
        yield value[step]


def valid_structure(path: str, rows: Rows) -> object:
    """Return a value that keeps the rules at a path, a list or a mapping where the parameter carries one.

    Returns:
        `None` where no document gives such a value, or says what is inside.
    """
    encoding = _encoding(path, rows)
    if encoding is None or carrier_path(path, rows) is not None:
        return valid_value(rows[path])
    for value in (*_shown(path, encoding, rows), *_built(path, encoding, rows)):
        if _keeps(path, value, rows):
            return value
    return None


def _encoding(path: str, rows: Rows) -> Encoding | None:
    return next((row.encoding for row in rows[path] if row.encoding in CARRYING), None)


def _shown(path: str, encoding: Encoding, rows: Rows) -> Iterator[object]:
    """Yield the examples of the documents as lists and mappings."""
    for fact in (row.fact("example") for row in rows[path]):
        if fact.stated and isinstance(fact.value, str) and "${" not in fact.value:
            value = decoded(unmasked(fact.value), "json" if encoding == "map" else encoding)
            if isinstance(value, list | dict) and value:
                yield value


def _built(path: str, encoding: Encoding, rows: Rows) -> Iterator[object]:
    """Yield what the rows inside the value say that it has: every required member, else the first one of all."""
    inside = [other for other in rows if carrier_path(other, rows) == path]
    needed = [other for other in inside if required_by_any(rows[other])] or inside[:1]
    if needed:
        request: dict[str, object] = {}
        values = {other: valid_value(rows[other]) for other in needed}
        if None not in values.values():
            for other, value in values.items():
                put(request, f"x{other[len(path) :]}", value)
            yield request["x"]
    elif encoding == "map":
        yield {SOME_KEY: _SOME_TEXT}
    elif encoding == "csv" or any(row.fact("maxItems").stated for row in rows[path]):
        yield [_SOME_TEXT]


def _keeps(path: str, value: object, rows: Rows) -> bool:
    """Whether a value keeps every rule of every document about it and what is inside it."""
    request: dict[str, object] = {}
    put(request, path, value)
    params = wire_parameters(request, {}, encodings_of(rows))
    every = every_row(rows)
    inside = [other for other in rows if other == path or carrier_path(other, rows) == path]
    about = [row for other in inside for row in rows[other]]
    return not any(violations(row, wire_values(row, every, params), wire_lists(row, every, params)) for row in about)


def several(path: str, most: int, rows: Rows) -> object:
    """Return a value of a parameter that carries others with a number of entries; `None` where none is known."""
    value = valid_structure(path, rows)
    if isinstance(value, dict):
        if _encoding(path, rows) != "map" or not value:
            return None
        first = next(iter(value.values()))
        return {f"key{number}": first for number in range(1, most + 1)}
    if not isinstance(value, list) or not value:
        return None
    return {"item": told_apart(value[0], f"{path}[]", rows), "times": most}


def padded_json(row: Parameter, rows: Rows) -> tuple[str, str] | tuple[()]:
    """Return a text of JSON that is as long as it may be, and one that is longer, by blanks that say nothing.

    Args:
        row: The row that states how long it may be, in characters or bytes: it has one byte a character.
        rows: The rows of the documents.

    Returns:
        Nothing where the parameter is written in another way, or its text would be too long for a case.
    """
    most = row.fact("maxLength").value
    value = valid_structure(row.path, rows) if row.path in rows and row.encoding == "json" else None
    text = json.dumps(value, separators=(",", ":")) if isinstance(value, dict | list) else ""
    if not isinstance(most, int) or not text or "${" in text or not len(text) <= most <= _LONGEST_JSON:
        return ()
    return text[:1] + " " * (most - len(text)) + text[1:], text[:1] + " " * (most + 1 - len(text)) + text[1:]


_LONGEST_JSON: Final = 4096


def told_apart(item: object, path: str, rows: Rows) -> object:
    """Return an item of a list of which each copy is another: with `${index}` in it, where the rules allow it.

    Args:
        item: The item.
        path: Its folded path, `Tag[]`.
        rows: The rows of the documents.
    """
    if isinstance(item, dict):
        for name, value in item.items():
            changed = told_apart(value, f"{path}.{name}", rows) if isinstance(value, str) else value
            if changed != value:
                return {**item, name: changed}
        return item
    about = rows.get(path, [])
    if not isinstance(item, str) or any(row.fact("enum").stated for row in about):
        return item
    forms = (_OCTET.sub("${index}", item), f"{item}${{index}}", f"{item[:1]}${{index}}", "${index}")
    return next((form for form in forms if "${index}" in form and not _broken(form, about)), item)


_OCTET: Final = re.compile(r"(?<=\d\.)\d{1,3}(?=$|/\d+$)")
"""The last number of an address, before a mask."""


def _broken(form: str, rows: Sequence[Parameter]) -> bool:
    return any(violations(row, [form.replace("${index}", number)]) for row in rows for number in ("1", "99"))


def number_of_items(row: Parameter, times: int, rows: Rows) -> dict[str, object] | None:
    """Return a list with a number of valid items, at the top of a request.

    Args:
        row: The row that states how many there may be.
        times: How many.
        rows: The rows of the documents.

    Returns:
        `None` where no valid item is known, or the list is inside another one.
    """
    path = row.path
    if row.encoding in CARRYING:
        value = several(path, times, rows) if path in rows and carrier_path(path, rows) is None else None
        return None if value is None else set_of(path, value, rows)
    if "[]" not in path:
        return None  # one text, of which no document says how its items are apart
    list_path, _, member = path.removesuffix("[]").partition("[]")
    value = valid_structure(path, rows) if path in rows else _object(path, rows)
    if path.endswith("[]") and member and "[]" not in member and path in rows and value is not None:
        # A list in an item of another one: the outer one has a single item.
        inner = {"item": told_apart(value, path, rows), "times": times}
        return set_of(path.removesuffix("[]"), inner, rows)
    if member.count("[]") or "." in list_path or value is None:
        return None
    item = told_apart(value, path, rows)
    if member:
        filled = set_of(path, item, rows)[list_path]
        item = filled[0] if isinstance(filled, list) else filled
        if isinstance(item, dict):
            item = {name: told_apart(each, f"{list_path}[].{name}", rows) for name, each in item.items()}
    return {list_path: {"item": item, "times": times}}


def _with_partner(item: dict[str, object], path: str, rows: Rows) -> dict[str, object]:
    """Return an object of two members with both, as a key and its value: one alone may say nothing."""
    prefix = f"{path.rpartition('[].')[0]}[]."
    own = path[len(prefix) :]
    names = [other[len(prefix) :] for other in rows if other.startswith(prefix)]
    # An old spelling of a member, as `key`, is no third one.
    members = {name.lower(): name for name in (*reversed(names), own)}
    if len(members) != _PAIR or any("[" in name or "." in name for name in names):
        return item
    whole: dict[str, object] = {}
    for name in sorted(members.values(), key=names.index):
        other = f"{prefix}{name}"
        value = item[name] if name in item else valid_structure(other, rows)
        if value is None:
            return item
        whole[name] = value
    return whole


_PAIR: Final = 2


def numbered_paths(value: object, path: str = "") -> Iterator[str]:
    """Yield the folded paths of a request's texts that are another one in each item of a list."""
    if isinstance(value, str) and "${index}" in value:
        yield path
    elif isinstance(value, dict) and "item" in value and "times" in value:
        yield from numbered_paths(value["item"], f"{path}[]")
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from numbered_paths(each, f"{path}.{name}".removeprefix("."))
    elif isinstance(value, list):
        for each in value:
            yield from numbered_paths(each, f"{path}[]")


def _object(path: str, rows: Rows) -> object:
    """Return a valid item of a list of objects: its required members, else the first; `None` where one is not known."""
    members = [other for other in rows if other.startswith(f"{path}.") and "[" not in other.removeprefix(path)]
    needed = [other for other in members if required_by_any(rows[other])] or members[:1]
    if not needed or any(valid_structure(other, rows) is None for other in needed):
        return None
    filled = request_of(rows, needed)[top_of(path)]
    return filled[0] if isinstance(filled, list) else None
