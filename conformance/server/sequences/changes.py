"""Cases of operations that create, change, attach, detach or delete: what another operation shows afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.cases.meanings.rows import meant_rows, rows_for
from conformance.cases.meanings.words import load_words
from conformance.cases.scaffold.rules import slug
from conformance.server.sequences.requests import CREATED, two_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.server.sequences.requests import KinOperations, ValidOperation
    from conformance.server.sequences.shown import Look

    _CaseFields = dict[str, object]

_SUCCESS: dict[str, object] = {"success": True}
_TOKENS = ("sequence-token-1", "sequence-token-2")
_MOST_FIELDS = 3
"""How many fields of a change are looked at, each in a case of its own."""


def cases_of_creation(kin: KinOperations, operation: ValidOperation, looks: Sequence[Look]) -> Iterator[_CaseFields]:
    """Yield what shows that a resource was created, that it has an id of its own, and that a token repeats a call."""
    kind = kin.kind
    identity = f"${{steps.{CREATED}.{kind.id_field}}}"
    if kind.given:
        identity = str(operation.valid.parameters.get(kind.id_field, ""))
    returned = any(row.path == kind.id_field for each in operation.contracts.values() for row in each.responses)
    if not identity or not (kind.given or returned):
        return
    create: _CaseFields = {"name": CREATED, "expect": _SUCCESS}
    looks = [look for look in looks if _tells(look)]
    for look in looks[:1]:
        shown = look.there(**{kind.id_field: identity}) if look.path else _SUCCESS
        yield _case("created-then-shown", "What was created is shown", [create, look.step("shown", identity, shown)])
    if not looks:
        yield from _used(kin, create, identity)
    if kind.given:
        return
    other = {"success": True, "body": {kind.id_field: {"not": identity}}}
    token = operation.meaning("idempotent_by")
    again = {"set": {token: _TOKENS[1]}} if token in operation.valid.parameters else {}
    yield _case(
        "created-twice",
        "Of two resources each has its own id",
        [create, {"name": "another", **again, "expect": {"any_of": [other, {"error": "any"}]}}],
    )
    if token and operation.takes(token, _TOKENS[0]):
        same = {"success": True, "body": {kind.id_field: identity}}
        steps = [
            {"name": CREATED, "set": {token: _TOKENS[0]}, "expect": _SUCCESS},
            {"name": "again", "set": {token: _TOKENS[0]}, "expect": same},
        ]
        yield _case("repeated-with-its-token", f"A call that repeats a {token} creates nothing more", steps)


def _tells(look: Look) -> bool:
    """Whether a look tells what is there from what is not: a list surely, else where a row says it is not there."""
    return bool(look.path) or bool(_codes(look.operation, "not_found", look.parameter))


def _used(kin: KinOperations, create: _CaseFields, identity: str) -> Iterator[_CaseFields]:
    """Yield the case in which what was created can be deleted or changed: one that does not exist would be refused."""
    for operation in kin.having((*kin.kind.deletes, *kin.kind.changes)):
        own = kin.id_parameter(operation)
        if own and _codes(operation, "not_found", own):
            used = {**operation.valid.parameters, own: identity}
            step = {"name": "used", "operation": operation.name, "set": used, "expect": _SUCCESS}
            yield _case("created-then-used", "What was created is there", [create, step], kin.others(operation))
            return


def _codes(operation: ValidOperation, kind: str, parameter: str) -> list[str]:
    """Return the codes of the documented rows that speak of a kind of fault of a parameter."""
    words = load_words()
    found = [rows_for(kind, parameter, meant_rows(each, words)) for each in operation.contracts.values()]
    return list(dict.fromkeys(row.code for rows in found for row in rows))


def _error(codes: Sequence[str]) -> dict[str, object]:
    return {"error": {"one_of": list(codes)} if len(codes) > 1 else codes[0]}


def cases_of_tokens(operation: ValidOperation) -> Iterator[_CaseFields]:
    """Yield the case of a client token that comes again with another request, where a document has a row for it."""
    token = operation.meaning("idempotent_by")
    words = load_words()
    codes = _codes(operation, "idempotency", "")
    if not token or not codes or not operation.takes(token, _TOKENS[0]):
        return
    for row in next(iter(operation.contracts.values())).parameters:
        plain = "[" not in row.path and "." not in row.path and row.path != token and row.encoding == "plain"
        if (
            not plain
            or row.path in operation.valid.parameters
            or words.is_id(row.path)
            or operation.conditional(row.path)
        ):
            continue
        if any(words.means(each, row.path) for each in ("apart", "amount", "page_size", "page_number")):
            continue
        values = two_values(row.path, [(operation, row.path)])
        if values is not None:
            steps = [
                {"name": "first", "set": {token: _TOKENS[0]}, "expect": _SUCCESS},
                {"name": "other", "set": {token: _TOKENS[0], row.path: values[0]}, "expect": _error(codes)},
            ]
            yield _case("token-of-another-request", f"A {token} comes again with another request", steps)
            return


def cases_of_change(kin: KinOperations, operation: ValidOperation, looks: Sequence[Look]) -> Iterator[_CaseFields]:
    """Yield for some parameters of a change the case in which the resource then shows the new value."""
    identity = operation.valid.parameters.get(kin.id_parameter(operation))
    if identity is None or _renames(kin, operation):
        return
    for path, look in _shown_parameters(kin, operation, looks):
        values = two_values(path, [(operation, path)])
        if values is None:
            continue
        steps: list[_CaseFields] = [{"name": "change", "set": {path: values[0]}, "expect": _SUCCESS}]
        for number, value in enumerate(values, start=1):
            if number > 1:
                steps.append({"name": "again", "set": {path: value}, "expect": _SUCCESS})
            shown = look.there(**{load_words().changed_field(path): value})
            steps.append(look.step(f"shown_{number}", identity, shown))
        given = [state for state in look.operation.valid.given if state not in operation.valid.given]
        yield _case(f"{slug(path)}-changed-then-shown", f"{path} is shown as it was changed", steps, given)


def _renames(kin: KinOperations, operation: ValidOperation) -> bool:
    """Whether the valid request gives the resource another name: then a second one would not find it."""
    others = (name for name in operation.valid.parameters if name != kin.id_parameter(operation))
    return any(load_words().changed_field(name) == kin.kind.id_field for name in others)


def cases_of_deletion(kin: KinOperations, operation: ValidOperation, looks: Sequence[Look]) -> Iterator[_CaseFields]:
    """Yield what shows that a resource is gone: it is not shown, and a second deletion is refused."""
    identity = operation.valid.parameters.get(kin.id_parameter(operation))
    if identity is None:
        return
    delete = {"name": "delete", "expect": _SUCCESS}
    for look in [look for look in looks if _tells(look)][:1]:
        gone = look.step("gone", identity, look.gone())
        yield _case("deleted-then-not-shown", "What was deleted is not shown", [delete, gone])
    codes = _codes(operation, "not_found", kin.id_parameter(operation))
    if codes:
        steps = [delete, {"name": "again", "expect": _error(codes)}]
        yield _case("deleted-twice", "What was deleted is not there any more", steps)


def _shown_parameters(
    kin: KinOperations, operation: ValidOperation, looks: Sequence[Look]
) -> Iterator[tuple[str, Look]]:
    words, found = load_words(), 0
    for row in next(iter(operation.contracts.values())).parameters:
        field = words.changed_field(row.path)
        if field == kin.kind.id_field or words.is_id(row.path) or row.encoding != "plain" or found >= _MOST_FIELDS:
            continue
        look = next((each for each in looks if field in each.fields()), None)
        if look is not None and not operation.conditional(row.path):
            found += 1
            yield row.path, look


def _case(name: str, title: str, steps: Sequence[Mapping[str, object]], given: Sequence[object] = ()) -> _CaseFields:
    case: _CaseFields = {"id": name, "title": title, "group": "success"}
    if given:
        case["given"] = list(given)
    return {**case, "steps": list(steps), "trigger": "inferred"}
