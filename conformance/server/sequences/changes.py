"""Cases of operations that change or delete: what another operation shows afterwards, and what stays as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.cases.meanings.rows import meant_rows, naming_rows
from conformance.cases.meanings.values import load_values
from conformance.cases.meanings.words import load_words
from conformance.cases.scaffold.rules import slug
from conformance.contract.wire import wire_text
from conformance.server.sequences.requests import as_list
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
from conformance.server.sequences.values import is_free_text, is_own, may_have, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.contract.model import Scalar
    from conformance.server.sequences.requests import KinOperations, ValidOperation
    from conformance.server.sequences.shown import Look

_MOST_FIELDS: Final = 3
"""How many fields of a change are looked at, each in a case of its own; more texts are in one together."""
_MOST_LOOKED_FOR: Final = 8


def cases_of_change(kin: KinOperations, operation: ValidOperation, looks: Sequence[Look]) -> Iterator[CaseFields]:
    """Yield for some parameters of a change the case in which the resource then shows the new value, and no other."""
    identity = operation.valid.parameters.get(kin.id_parameter(operation))
    if identity is None or _renames(kin, operation):
        return
    fields = list(_shown_parameters(kin, operation, looks))
    for path, values, look in fields[:_MOST_FIELDS]:
        yield _changed(operation, f"{slug(path)}-changed-then-shown", {path: values}, look, identity)
    more: dict[str, dict[str, tuple[Scalar, Scalar]]] = {}
    for path, values, look in fields[_MOST_FIELDS:]:
        if all(map(is_free_text, operation.rows(path))):
            more.setdefault(look.operation.name, {})[path] = values
    for look in looks:
        if look.operation.name in more:
            yield _changed(operation, "more-changed-then-shown", more.pop(look.operation.name), look, identity)
    for path, values, look in fields:
        if look.parameter and is_own(values[0]) and all(map(is_free_text, operation.rows(path))):
            other = kin.other_ids(1)[0]
            kept = look.there(**{load_words().changed_field(path): {"not": values[0]}})
            steps: list[CaseFields] = [
                {"name": "change", "set": {path: values[0]}, "expect": SUCCESS},
                look.step("other", other, kept),
            ]
            given = [*given_for(operation, [look]), *kin.states(other)]
            yield case("another-stays", "What another request is about stays as it was", steps, given)
            break
    yield from _renamed(kin, operation, looks)


def _changed(
    operation: ValidOperation,
    name: str,
    values: Mapping[str, tuple[Scalar, Scalar]],
    look: Look,
    identity: object,
) -> CaseFields:
    """Return the case in which some fields are changed twice, and shown each time as they were changed."""
    words, steps = load_words(), list[CaseFields]()
    for number, step in enumerate(("change", "again")):
        sent = {path: each[number] for path, each in values.items()}
        shown = {words.changed_field(path): value for path, value in sent.items()}
        steps += [
            {"name": step, "set": sent, "expect": SUCCESS},
            look.step(f"shown_{number + 1}", identity, look.there(**shown)),
        ]
    return case(name, title_of_shown(values, "changed"), steps, given_for(operation, [look]))


def _renamed(kin: KinOperations, operation: ValidOperation, looks: Sequence[Look]) -> Iterator[CaseFields]:
    """Yield the case in which a resource that goes by its name has another one afterwards, and only that."""
    words, own = load_words(), kin.kind.id_field
    old = operation.valid.parameters.get(kin.id_parameter(operation))
    names = (row.path for row in next(iter(operation.contracts.values())).parameters)
    path = next((name for name in names if name != own and words.changed_field(name) == own), "")
    values = values_of(path, operation) if path and kin.kind.given and not operation.conditional(path) else None
    look = next(iter(telling(looks)), None)
    if values is None or look is None:
        return
    steps: list[CaseFields] = [
        {"name": "change", "set": {path: values[0]}, "expect": SUCCESS},
        look.step("shown", values[0], look.there(**{own: values[0]})),
    ]
    if look.parameter:
        steps.append(look.step("gone", old, look.gone()))
    yield case("renamed", f"What has a new {own} is shown by it alone", steps, given_for(operation, [look]))


def _renames(kin: KinOperations, operation: ValidOperation) -> bool:
    """Whether the valid request gives the resource another name: then a second one would not find it."""
    others = (name for name in operation.valid.parameters if name != kin.id_parameter(operation))
    return any(load_words().changed_field(name) == kin.kind.id_field for name in others)


def cases_of_deletion(kin: KinOperations, operation: ValidOperation, looks: Sequence[Look]) -> Iterator[CaseFields]:
    """Yield what shows that a resource is gone, and no other: it is not shown, and a second deletion is refused."""
    own, identity = kin.named_by(operation)
    if not own:
        return
    delete: CaseFields = {"name": "delete", "expect": SUCCESS}
    tell = telling(looks)
    if tell:
        gone: list[CaseFields] = [
            look.step(name, identity, look.gone()) for name, look in zip(("gone", "gone_alone"), tell, strict=False)
        ]
        yield case(
            "deleted-then-not-shown", "What was deleted is not shown", [delete, *gone], given_for(operation, tell)
        )
    look = next((each for each in looks if each.path and each.parameter), None)
    if look is not None:
        other = kin.other_ids(1)[0]
        given = [*given_for(operation, [look]), *kin.states(other)]
        stays = look.step("other", other, look.there(**{kin.kind.id_field: other}))
        yield case("another-is-not-deleted", "What another request is about is not deleted", [delete, stays], given)
        if as_list(operation.valid.parameters.get(own)):
            both: CaseFields = {**delete, "set": {own: [identity, other]}}
            both_gone: list[CaseFields] = [
                look.step(name, of, look.gone()) for name, of in (("gone", identity), ("other_gone", other))
            ]
            yield case("deleted-together", "Of a list all are deleted", [both, *both_gone], given)
    codes = codes_of(operation, "not_found", own)
    if codes:
        again: CaseFields = {"name": "again", "expect": refused(codes)}
        yield case("deleted-twice", "What was deleted is not there any more", [delete, again])


def _shown_parameters(
    kin: KinOperations, operation: ValidOperation, looks: Sequence[Look]
) -> Iterator[tuple[str, tuple[Scalar, Scalar], Look]]:
    """Yield the parameters of a change whose new value a look shows, each with two values that it may have.

    A text whose form nobody knows is left out: a server may well refuse a made-up certificate or document.
    """
    words, found = load_words(), 0
    for row in next(iter(operation.contracts.values())).parameters:
        field = words.changed_field(row.path)
        if field == kin.kind.id_field or words.is_id(row.path) or row.encoding != "plain" or found >= _MOST_LOOKED_FOR:
            continue
        look = next((each for each in looks if field in each.fields()), None)
        if look is None or operation.conditional(row.path):
            continue
        found += 1
        values = values_of(row.path, operation)
        plain = values is not None and all(may_have(each, wire_text(values[0])) for each in look.rows(field))
        known = load_values().of(field) is not None or not all(map(is_free_text, operation.rows(row.path)))
        if values is not None and known and plain and not _names_what_is_there(row.path, operation):
            yield row.path, values, look


def _names_what_is_there(path: str, operation: ValidOperation) -> bool:
    """Whether a row says that there is none with this name: then it is no new value."""
    words = load_words()
    return any(naming_rows("not_found", path, meant_rows(each, words)) for each in operation.contracts.values())
