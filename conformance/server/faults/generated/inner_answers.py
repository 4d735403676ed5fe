"""Faults inside the objects and lists of an answer: a field that is missing there, has another name or another type."""

from __future__ import annotations

from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.cases.meanings.words import capitalised
from conformance.cases.scaffold.rules import slug
from conformance.contract.answer_trees import objects_at, way_to
from conformance.contract.wire import KEY, STRUCTURES, canonical_type
from conformance.server.faults.edits import first_lower
from conformance.server.faults.generated.fault import Flaw
from conformance.server.faults.mutations import answering_step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.contract.model import Parameter
    from conformance.server.answers import ServedAnswer
    from conformance.server.faults.generated.fault import Subject
    from conformance.server.faults.mutations import Mutation
    from conformance.server.request import Call
    from conformance.server.server_plan import ServerPlan

    Holder = dict[str, object]

_NOT_SHOWN: Final = "no document has a sample in which all such objects have it, so some may lack it"
_UNTYPED: Final = "no document states a type of it that its sample confirms"


def flaws_inside(subject: Subject) -> Iterator[Flaw]:
    """Yield what a server can do wrong with the fields inside the objects and lists of an answer."""
    action = subject.operation.name
    for field in subject.plan.followed.responses:
        place, _, name = field.path.rpartition(".")
        if not place or "[" in name or KEY in field.path:
            continue
        rows = [row for each in subject.contracts.values() for row in each.responses if row.path == field.path]
        shown = [row for row in rows if row.presence.shown is not None]
        base, way = slug(field.path), way_to(place)
        missing = "" if any(_is_demanded(row, subject) for row in shown) else _NOT_SHOWN
        yield Flaw(
            f"{base}-missing", "inner field", f"{field.path} is missing", _inside(action, way, name, _dropped), missing
        )
        other = first_lower(name) if first_lower(name) != name else capitalised(name)
        if other != name:
            renamed = _inside(action, way, name, partial(_renamed, other))
            yield Flaw(f"{base}-renamed", "inner field", f"{field.path} is called {other} there", renamed)
        types = {canonical_type(str(row.fact("type").value)) for row in shown if row.fact("type").stated}
        retyped = _inside(action, way, name, partial(_retyped, structure=bool(types.intersection(STRUCTURES))))
        about = f"{field.path} is of another type"
        yield Flaw(f"{base}-retyped", "inner type", about, retyped, "" if types else _UNTYPED)


def _is_demanded(row: Parameter, subject: Subject) -> bool:
    """Whether a field is there whatever is asked: not on a condition, and not because the request names it."""
    name = row.path.rpartition(".")[2]
    asked = any(each.parameter(name) is not None for each in subject.contracts.values())
    return row.presence.when is None and not asked


def _inside(action: str, way: tuple[str, ...], name: str, change: Callable[[str, Holder], None]) -> Mutation:
    def changed(answer: ServedAnswer) -> ServedAnswer:
        body = deepcopy(answer.body)
        for holder in objects_at(body, way):
            if name in holder:
                change(name, holder)
        return replace(answer, body=body)

    def where(_plan: ServerPlan, call: Call, answer: ServedAnswer) -> bool:
        return call.action == action and answer.refusal is None

    return answering_step("answer", changed, where)


def _dropped(name: str, holder: Holder) -> None:
    del holder[name]


def _renamed(other: str, name: str, holder: Holder) -> None:
    holder[other] = holder.pop(name)


def _retyped(name: str, holder: Holder, *, structure: bool) -> None:
    """Make a plain value a list, and a list or an object a text."""
    holder[name] = "text" if structure else [holder[name]]
