"""Cases of operations that list: filters choose, pages have the size that was asked for, other accounts see nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.cases.meanings.words import load_words
from conformance.cases.scaffold.rules import slug
from conformance.contract.encodings import WRITTEN
from conformance.contract.wire import wire_text
from conformance.server.sequences.attachments import lists_members_of
from conformance.server.sequences.requests import CREATED
from conformance.server.sequences.shown import nested
from conformance.server.sequences.values import is_free_text, two_sent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.server.sequences.requests import KinOperations, ValidOperation

    _CaseFields = dict[str, object]

_SUCCESS: dict[str, object] = {"success": True}
_LARGEST = 10
"""The largest page that a case fills."""


def cases_of_listing(kin: KinOperations, operation: ValidOperation) -> Iterator[_CaseFields]:
    """Yield the cases of an operation that lists resources of a kind."""
    how = kin.kind.lists[operation.name]
    if "[]" in how.path:
        return
    yield from _by_id(kin, operation)
    if any(of == kin.kind.id_field and name in operation.valid.parameters for name, of in how.filters.items()):
        return  # one that is always told which resource is meant lists no others
    yield from _by_field(kin, operation)
    if operation.lists_built_in:
        return  # how many there are is known to the service alone
    if not lists_members_of(kin, operation):  # of what only exists, nothing is a member
        yield from _by_page(kin, operation)
        yield from _by_token(kin, operation)
    yield from _hidden(kin, operation)


def _by_id(kin: KinOperations, operation: ValidOperation) -> Iterator[_CaseFields]:
    how, field = kin.kind.lists[operation.name], kin.kind.id_field
    ids = kin.other_ids(2)
    for name in (each for each, of in how.filters.items() if of == field):
        rows = operation.rows(name)
        if "[]." in name or not rows or not all(operation.takes(name, each) for each in ids):
            continue
        one: object = [ids[0]] if name.endswith("[]") or any(row.encoding in WRITTEN for row in rows) else ids[0]
        yield {
            "id": f"{slug(name)}-chooses",
            "title": f"Of two resources {name} chooses one",
            "group": "success",
            "given": [state for each in ids for state in kin.states(each)],
            "set": {name.removesuffix("[]"): one},
            "expect": _listing(operation, how.path, [{field: ids[0]}]),
            "trigger": "inferred",
        }


def _by_field(kin: KinOperations, operation: ValidOperation) -> Iterator[_CaseFields]:
    """Yield for each filter by a field that a creation sets the case of another value, which finds nothing."""
    how = kin.kind.lists[operation.name]
    create = next(kin.having(kin.kind.creates), None)
    if create is None:
        return
    place = kin.id_place(create)
    if not place and not kin.kind.given:  # nobody says where in the answer it is, or it is in a list
        return
    for name, field in how.filters.items():
        chosen = _two_chosen(kin, operation, create, (name, field)) or _two_told(kin, operation, create, (name, field))
        if chosen is None:
            continue
        mine, other = chosen
        made = {**kin.creation(create), **({field: mine} if create.rows(field) else {})}
        listed = made.get(kin.kind.id_field) if kin.kind.given else f"${{steps.{CREATED}.{place}}}"
        shown = _listing(operation, how.path, [{kin.kind.id_field: listed}])
        none = _listing(operation, how.path, [])
        yield {
            "id": f"{slug(name)}-chooses",
            "title": f"{name} finds what has its value, and nothing else",
            "group": "success",
            "given": [*_apart(create, operation), *_like(create, mine, other)],
            "steps": [
                {"name": CREATED, "operation": create.name, "set": made, "expect": _SUCCESS},
                {"name": "found", "set": {name: mine}, "expect": shown, "until": {}},
                {"name": "not_found", "set": {name: other}, "expect": {"any_of": [none, {"error": "any"}]}},
            ],
            "trigger": "inferred",
        }


def _two_chosen(
    kin: KinOperations, operation: ValidOperation, create: ValidOperation, names: tuple[str, str]
) -> tuple[object, object] | None:
    """Return the value of a field that a creation sets, and another one; `None` where a filter is of no such field.

    Args:
        kin: The operations of the resource.
        operation: The one that lists.
        create: The one that creates.
        names: The parameter of the listing, and that of the creation.
    """
    words, (name, field) = load_words(), names
    sent = create.valid.parameters.get(field)
    one = isinstance(sent, str) and "," not in sent  # of a list apart by commas, one item is itself
    plain = all(
        "[" not in row.path and (row.encoding == "plain" or (row.encoding == "csv" and one))
        for row in (*operation.rows(name), *create.rows(field))
    )
    of_creation = bool(create.rows(field)) and field != kin.kind.id_field and not create.conditional(field)
    if not plain or not of_creation or words.known_values(name) is not None or (sent is None and words.is_id(field)):
        return None
    values = two_sent(name, [(operation, name), (create, field)])
    if values is None or (sent is not None and words.is_id(field)):
        if not isinstance(sent, str):
            return None
        return sent, f"{kin.kind.id_prefix}00000009" if not sent.startswith("$") else "other-00000009"
    mine = sent if sent is not None else values[0]
    return mine, values[0] if wire_text(values[1]) == str(mine) else values[1]


def _two_told(
    kin: KinOperations, operation: ValidOperation, create: ValidOperation, names: tuple[str, str]
) -> tuple[object, object] | None:
    """Return the value of a field that the answer to a creation tells, and another one; see `_two_chosen`."""
    name, field = names
    told = all(any(row.path == field for row in each.responses) for each in create.contracts.values())
    of_server = told and not create.rows(field) and field != kin.kind.id_field
    plain = all(row.encoding == "plain" and "[" not in row.path and is_free_text(row) for row in operation.rows(name))
    if not of_server or not plain or load_words().means("status", field) or not operation.takes(name, _NOBODYS):
        return None
    return f"${{steps.{CREATED}.{field}}}", _NOBODYS


_NOBODYS: Final = "another-00000009"
"""A text that no server makes."""


def _like(create: ValidOperation, mine: object, other: object) -> list[object]:
    """Return the states in which what a second value names exists too, where the first names something that does."""
    found: list[object] = []
    for state in create.valid.given:
        for name, setting in state.items():
            if isinstance(setting, dict) and setting.get("id") == mine and mine != other:
                found.append({name: {**setting, "id": other}})
    return found


def _apart(create: ValidOperation, operation: ValidOperation) -> list[object]:
    return [state for state in create.valid.given if state not in operation.valid.given]


def _by_page(kin: KinOperations, operation: ValidOperation) -> Iterator[_CaseFields]:
    how = kin.kind.lists[operation.name]
    number, size = operation.meaning("page_number"), operation.meaning("page_size")
    if not number or not size or not operation.takes(number, "1"):
        return
    smallest = next((each for each in range(1, _LARGEST + 1) if operation.takes(size, str(each))), 0)
    if not smallest:
        return
    full, rest = (_listing(operation, how.path, [{}] * count, smallest + 1) for count in (smallest, 1))
    # No document says whether a page after the last one is empty or refused.
    after = {"any_of": [{"success": True, "body": nested(how.path, [])}, {"error": "any"}]}
    yield {
        "id": "page-by-page",
        "title": f"{size} says how many a page has, {number} which page it is",
        "group": "success",
        "given": [state for each in kin.other_ids(smallest + 1) for state in kin.states(each)],
        "steps": [
            {"name": "first", "set": {size: smallest, number: 1}, "expect": full},
            {"name": "second", "set": {size: smallest, number: 2}, "expect": rest},
            {"name": "after", "set": {size: smallest, number: 3}, "expect": after},
        ],
        "trigger": "inferred",
    }


def _by_token(kin: KinOperations, operation: ValidOperation) -> Iterator[_CaseFields]:
    how, words = kin.kind.lists[operation.name], load_words()
    token, limit = operation.meaning("token"), operation.meaning("limit")
    fields = [row.path for each in operation.contracts.values() for row in each.responses]
    shown = next((path for path in fields if words.means("token", path)), "")
    if not token or not limit or not shown:
        return
    smallest = next((each for each in range(1, _LARGEST + 1) if operation.takes(limit, str(each))), 0)
    if not smallest:
        return
    cut = _field(operation, "truncated")
    more, last = ({cut: "true"}, {cut: "false"}) if cut else ({}, {})
    first = {"success": True, "body": {**nested(how.path, [{}] * smallest), shown: {"not": None}, **more}}
    second = {"success": True, "body": {**nested(how.path, [{}]), **last}}
    yield {
        "id": "token-by-token",
        "title": f"{limit} says how many come at once, {token} asks for the rest",
        "group": "success",
        "given": [state for each in kin.other_ids(smallest + 1) for state in kin.states(each)],
        "steps": [
            {"name": "first", "set": {limit: smallest}, "expect": first},
            {"name": "second", "set": {limit: smallest, token: f"${{steps.first.{shown}}}"}, "expect": second},
        ],
        "trigger": "inferred",
    }


def _hidden(kin: KinOperations, operation: ValidOperation) -> Iterator[_CaseFields]:
    how = kin.kind.lists[operation.name]
    create = next(kin.having(kin.kind.creates), None)
    if create is None or len(kin.others(operation)) < len(operation.valid.given):
        return
    their: _CaseFields = {
        "name": CREATED,
        "operation": create.name,
        "account": "another",
        "set": kin.creation(create),
    }
    if create.valid.given:
        their["given"] = list(create.valid.given)
    yield {
        "id": "not-of-another-account",
        "title": "What another account has is not listed",
        "group": "success",
        "steps": [
            {**their, "expect": _SUCCESS},
            {"name": "own", "expect": _listing(operation, how.path, [])},
        ],
        "trigger": "inferred",
    }


def _listing(operation: ValidOperation, path: str, items: list[object], total: int | None = None) -> _CaseFields:
    """Return the answer of a listing that shows some items: of all that it finds, unless the total is another one."""
    field = _field(operation, "total")
    counted = {field: len(items) if total is None else total} if field else {}
    return {"success": True, "body": {**nested(path, items), **counted}}


def _field(operation: ValidOperation, meaning: str) -> str:
    """Return the field at the top of an answer that has a meaning by its name; empty where a document has no such."""
    words = load_words()
    tops = [{row.path for row in each.responses if "." not in row.path} for each in operation.contracts.values()]
    every = sorted(frozenset.intersection(*map(frozenset, tops))) if tops else []
    return next((name for name in every if words.means(meaning, name)), "")
