"""Sequences of operations that change, attach, detach or delete: what other operations show afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.cases.meanings.words import load_words
from conformance.contract.wire import wire_text
from conformance.fuzz.oracle.fitting_codes import is_integer
from conformance.fuzz.sequences.lifecycle_model import Lifecycle
from conformance.fuzz.sequences.shown_values import sent_values, shown_by
from conformance.server.sequences.requests import two_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.model import Scalar
    from conformance.fuzz.family import ResourceFamily
    from conformance.fuzz.sender import Trial
    from conformance.server.sequences.requests import ValidOperation
    from conformance.server.sequences.shown import Look

_MOST_FIELDS: Final = 6
"""How many fields of one change are looked at."""


def sequences_of_change(family: ResourceFamily) -> Iterator[Trial]:
    """Yield for each field that the operation under test changes: changed twice, and shown each time."""
    for path, values, look in changed_fields(family, family.own):
        lifecycle = Lifecycle(family)
        name = there(lifecycle, family.own)
        if name is None:
            return
        for value in values:
            lifecycle.change(name, family.own, {path: wire_text(value)})
            lifecycle.describe(name, look)
        title = f"{path} is changed, and shown as it was changed"
        yield lifecycle.titled(f"changed {path}", title, f"{path} shown as it was changed")


def sequences_of_deletion(family: ResourceFamily) -> Iterator[Trial]:
    """Yield the sequence in which something is deleted by the operation under test, and is gone."""
    lifecycle = Lifecycle(family)
    name = there(lifecycle, family.own)
    if name is None or not family.looks:
        return
    if family.creation is not None:
        lifecycle.describe(name)
    lifecycle.delete(name)
    yield lifecycle.titled("deleted", "what is deleted is not shown any more", "deleted and gone")


def sequences_of_attachment(family: ResourceFamily) -> Iterator[Trial]:
    """Yield the sequence in which something is attached, shown, detached, and not shown any more."""
    attach = family.own if family.traits.role == "attach" else next(family.kin.having(family.kind.attaches), None)
    detach = family.own if family.traits.role == "detach" else next(family.kin.having(family.kind.detaches), None)
    if attach is None or not family.kin.id_parameter(attach):
        return
    for look in family.looks:
        values = _attached_values(family, attach, look)
        if not values:
            continue
        lifecycle = Lifecycle(family)
        name = there(lifecycle, attach)
        if name is None:
            return
        lifecycle.change(name, attach, values, "attach")
        lifecycle.describe(name, look)
        if detach is not None and family.kin.id_parameter(detach):
            other = {path: {"not": value} for path, value in values.items()}
            lifecycle.change(name, detach, {}, "detach")
            lifecycle.expect(name, other, family.lines(detach, *values, family.kin.id_parameter(detach)))
            lifecycle.describe(name, look)
        elif family.traits.role == "detach":
            return
        yield lifecycle.titled("attached", "what is attached is shown, and not when it is detached", "attached")
        return


def changed_fields(
    family: ResourceFamily, operation: ValidOperation
) -> Iterator[tuple[str, tuple[Scalar, Scalar], Look]]:
    """Yield the fields that an operation changes, each with two values that it takes, and with what shows them."""
    words, own = load_words(), family.kin.id_parameter(operation)
    if not own:
        return
    found = 0
    for row in next(iter(operation.contracts.values())).parameters:
        path = row.path
        if path == own or words.is_id(path) or operation.conditional(path) or found >= _MOST_FIELDS:
            continue
        values = two_values(path, [(operation, path)])
        if values is None or not all(_fits_type(operation, path, value) for value in values):
            continue
        look = next((each for each in _other_looks(family, operation) if _is_shown(family, each, path, values)), None)
        if look is not None and len(sent_values(operation.contracts.values(), {path: values[0]})) == 1:
            found += 1
            yield path, values, look


def there(lifecycle: Lifecycle, operation: ValidOperation) -> str | None:
    """Have one resource: a new one, else what the valid request of an operation names. `None` where there is none."""
    family = lifecycle.family
    creation = next(iter(family.creations), None)
    if creation is not None:
        name = lifecycle.make(creation)
        lifecycle.forget(name)
        return name
    named = operation.valid.parameters.get(family.kin.id_parameter(operation) or "")
    return lifecycle.stated(named) if isinstance(named, str) else None


def _other_looks(family: ResourceFamily, operation: ValidOperation) -> Iterator[Look]:
    return (each for each in family.looks if each.operation.name != operation.name)


def _is_shown(family: ResourceFamily, look: Look, path: str, values: tuple[Scalar, Scalar]) -> bool:
    """Whether a look surely shows a field with either value, and which resource it is about."""
    fields = family.fields_of(look)
    tells = not look.path or family.kind.id_field in fields
    return tells and all(shown_by(look, fields, {path: wire_text(value)}) for value in values)


def _fits_type(operation: ValidOperation, path: str, value: Scalar) -> bool:
    whole = any(is_integer(row) for row in operation.rows(path))
    return not whole or (isinstance(value, int) or wire_text(value).lstrip("-").isdigit())


def _attached_values(family: ResourceFamily, attach: ValidOperation, look: Look) -> dict[str, object]:
    own = family.kin.id_parameter(attach)
    sent = sent_values(
        attach.contracts.values(), {name: value for name, value in attach.valid.parameters.items() if name != own}
    )
    others = {name: value for name, value in sent.items() if _is_special(family, name)}
    return shown_by(look, family.fields_of(look), others)


def _is_special(family: ResourceFamily, name: str) -> bool:
    """Whether a parameter is of the attachment: the creation does not have it, nor what there is for every account."""
    creation = family.creation
    known = load_words().known_values(name) is not None or load_words().means("never_ids", name)
    return not known and (creation is None or not creation.rows(name))
