"""Cases of operations that create: what another operation shows afterwards, and what a second creation does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.cases.meanings.rows import leaf_of, meant_rows, naming_rows
from conformance.cases.meanings.words import load_words
from conformance.server.sequences.requests import CREATED, two_values
from conformance.server.sequences.shown import nested
from conformance.server.sequences.steps import (
    SUCCESS,
    CaseFields,
    case,
    codes_of,
    given_for,
    refused,
    telling,
    title_of_shown,
)
from conformance.server.sequences.values import optional_texts, shown_as_sent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.server.sequences.requests import KinOperations, ValidOperation
    from conformance.server.sequences.shown import Look

_TOKENS: Final = ("sequence-token-1", "sequence-token-2")


def cases_of_creation(kin: KinOperations, operation: ValidOperation, looks: Sequence[Look]) -> Iterator[CaseFields]:
    """Yield what shows that a resource was created, that it has an id of its own, and that a token repeats a call."""
    kind, made = kin.kind, kin.creation(operation)
    place = "" if kind.given else kin.id_place(operation)
    identity = str(made.get(kind.id_field, "")) if kind.given else f"${{steps.{CREATED}.{place}}}" if place else ""
    if not identity:
        return
    create: CaseFields = {"name": CREATED, **_set(operation, made), "expect": SUCCESS}
    tell = telling(looks)
    if tell:
        steps = [create, *_seen(operation, tell, identity, made, kin)]
        yield case("created-then-shown", "What was created is shown", steps, given_for(operation, tell))
        texts = optional_texts(kin, operation, tell)
        if texts:
            more = {**made, **texts}
            steps = [{**create, **_set(operation, more)}, *_seen(operation, tell, identity, more, kin)]
            yield case(
                "created-with-more-then-shown",
                title_of_shown(texts, "sent"),
                steps,
                given_for(operation, tell),
            )
    else:
        yield from _used(kin, create, identity)
    yield from _taken(kin, operation, create, made, tell)
    if kind.given:
        return
    other = {"success": True, "body": nested(place, {"not": identity})}
    token = operation.meaning("idempotent_by")
    again = {"set": {token: _TOKENS[1]}} if token in operation.valid.parameters else {}
    yield case(
        "created-twice",
        "Of two resources each has its own id",
        [create, {"name": "another", **again, "expect": {"any_of": [other, {"error": "any"}]}}],
    )
    if token and operation.takes(token, _TOKENS[0]):
        same = {"success": True, "body": nested(place, identity)}
        steps = [
            {"name": CREATED, "set": {token: _TOKENS[0]}, "expect": SUCCESS},
            {"name": "again", "set": {token: _TOKENS[0]}, "expect": same},
        ]
        yield case("repeated-with-its-token", f"A call that repeats a {token} creates nothing more", steps)


def _set(operation: ValidOperation, made: Mapping[str, object]) -> CaseFields:
    """Return what a step of an operation's own case sets: what its valid request does not have."""
    more = {name: value for name, value in made.items() if operation.valid.parameters.get(name) != value}
    return {"set": more} if more else {}


def _seen(
    operation: ValidOperation, looks: Sequence[Look], identity: str, made: Mapping[str, object], kin: KinOperations
) -> Iterator[CaseFields]:
    for name, look in zip(("shown", "shown_alone"), looks, strict=False):
        sent = shown_as_sent(operation, made, look)
        own = {kin.kind.id_field: identity} if look.path or look.has_id else {}
        yield look.step(name, identity, look.there(**{**sent, **own}))


def _taken(
    kin: KinOperations,
    operation: ValidOperation,
    create: CaseFields,
    made: Mapping[str, object],
    looks: Sequence[Look],
) -> Iterator[CaseFields]:
    """Yield the case of a second resource of one name: refused where a document says so, else there is still one."""
    path, codes = _unique_name(kin, operation)
    steps: list[CaseFields]
    if path:
        values = two_values(path, [(operation, path)])
        value = made.get(path, values[0] if values else None)
        if value is None:
            return
        token = operation.meaning("idempotent_by")
        first, second = (
            _set(operation, {**made, path: value, **({token: text} if token in made else {})}) for text in _TOKENS
        )
        steps = [{**create, **first}, {"name": "again", **second, "expect": refused(codes)}]
        yield case("name-taken", f"There is one with this {path} already", steps)
        return
    look = next((each for each in looks if each.path), None)
    if kin.kind.given and look is not None:
        either: CaseFields = {"any_of": [SUCCESS, {"error": "any"}]}
        own = made[kin.kind.id_field]
        again: CaseFields = {**create, "name": "again", "expect": either}
        steps = [create, again, look.step("shown", own, look.there(**{kin.kind.id_field: own}))]
        yield case(
            "created-again", f"Of one {kin.kind.id_field} there is one resource", steps, given_for(operation, [look])
        )


def _unique_name(kin: KinOperations, operation: ValidOperation) -> tuple[str, list[str]]:
    """Return the name that no two resources may have by a documented row, and the codes of such rows."""
    words = load_words()
    noun = words.role_and_noun(operation.name)[1]
    for row in next(iter(operation.contracts.values())).parameters:
        name = leaf_of(row.path)
        own = row.path == kin.kind.id_field if kin.kind.given else name in words.ids or name.startswith(noun)
        plain = "[" not in row.path and "." not in row.path and row.encoding == "plain"
        if not own or not plain or operation.conditional(row.path) or len(operation.rows(row.path)) == 0:
            continue
        found = [naming_rows("exists", row.path, meant_rows(each, words)) for each in operation.contracts.values()]
        if all(found):
            return row.path, list(dict.fromkeys(each.code for rows in found for each in rows))
    return "", []


def _used(kin: KinOperations, create: CaseFields, identity: str) -> Iterator[CaseFields]:
    """Yield the case in which what was created can be deleted or changed: one that does not exist would be refused."""
    for operation in kin.having((*kin.kind.deletes, *kin.kind.changes)):
        own = kin.id_parameter(operation)
        if own and codes_of(operation, "not_found", own):
            used = {**operation.valid.parameters, own: identity}
            step = {"name": "used", "operation": operation.name, "set": used, "expect": SUCCESS}
            yield case("created-then-used", "What was created is there", [create, step], kin.others(operation))
            return


def cases_of_tokens(operation: ValidOperation) -> Iterator[CaseFields]:
    """Yield the case of a client token that comes again with another request, where a document has a row for it."""
    token = operation.meaning("idempotent_by")
    words = load_words()
    codes = codes_of(operation, "idempotency", "")
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
                {"name": "first", "set": {token: _TOKENS[0]}, "expect": SUCCESS},
                {"name": "other", "set": {token: _TOKENS[0], row.path: values[0]}, "expect": refused(codes)},
            ]
            yield case("token-of-another-request", f"A {token} comes again with another request", steps)
            return
