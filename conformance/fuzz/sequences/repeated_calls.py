"""Creations that are repeated: with one client token nothing more is created, without one each has an id of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.fuzz.findings.step_rule import StepRule
from conformance.fuzz.generation.case_builder import request_step
from conformance.fuzz.generation.generated_request import GeneratedRequest
from conformance.fuzz.sequences.lifecycle_model import Lifecycle, with_body
from conformance.server.sequences.shown import nested

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.fuzz.family import ResourceFamily
    from conformance.fuzz.sender import Trial
    from conformance.server.sequences.shown import Look

_REPEATED: Final = "property-1"


def sequences_of_repetition(family: ResourceFamily) -> Iterator[Trial]:
    """Yield the sequences of the operation under test, which creates."""
    kind, token = family.kind, family.traits.idempotent_by
    if family.creation is None or family.creation.name != family.context.operation:
        return
    if not kind.given and not kind.unique_by:
        lifecycle = Lifecycle(family)
        for _ in range(2):
            lifecycle.create(family.context.base.name, {})
        for name in list(lifecycle.alive):
            lifecycle.describe(name)
        yield lifecycle.titled("created twice", "of two that are created each has its own id", "created twice")
    if token and family.own.takes(token, _REPEATED):
        yield _with_one_token(family, token)


def _with_one_token(family: ResourceFamily, token: str) -> Trial:
    """Return the sequence of one creation that is sent twice: it tells the same id, and there is one resource."""
    context, field, own = family.context, family.kind.id_field, family.own
    lifecycle = Lifecycle(family)
    lifecycle.create(context.base.name, {token: _REPEATED})
    (thing,) = lifecycle.alive.values()
    params = {**context.wire, token: _REPEATED}
    place = "" if family.kind.given else family.place_of_id(own)
    told = nested(place, thing.identity) if place else {}
    lines = family.lines(own, token)
    again = with_body(context.oracle.outcomes(params), told)
    lifecycle.steps.append(request_step(context, "again", GeneratedRequest(params), again))
    excused = family.codes(own, "idempotency", "") | family.codes(own, "conflict", "")
    lifecycle.rules.append(StepRule(lines, {field: lines}, excused))
    look = next(filter(None, (_whole(family, each) for each in family.looks)), None)
    if look is not None:
        body = nested(look.path, [{field: thing.identity}])
        lifecycle.ask("one", look.operation, {}, body, lines)
    title = f"a creation that repeats its {token} creates nothing more"
    return lifecycle.titled("repeated with its token", title, "repeated with its token")


def _whole(family: ResourceFamily, look: Look) -> Look | None:
    """Return a look that lists all resources there are, by one that lists them; `None` where it must be told which."""
    if not look.path or family.kind.id_field not in family.fields_of(look):
        return None
    return replace(look, parameter="") if family.sees(look.operation) else None
