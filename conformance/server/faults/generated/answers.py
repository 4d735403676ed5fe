"""Faults of answers: a field that is missing, has another name or another type, and the frame of all answers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.cases.scaffold.rules import slug
from conformance.contract.wire import STRUCTURES, canonical_type
from conformance.server.faults.edits import first_lower
from conformance.server.faults.generated.fault import Flaw
from conformance.server.faults.mutations import answering_step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.contract.model import Parameter
    from conformance.core.jsontypes import Json
    from conformance.server.answers import ServedAnswer
    from conformance.server.faults.generated.fault import Subject
    from conformance.server.faults.mutations import Mutation
    from conformance.server.request import Call
    from conformance.server.server_plan import ServerPlan

_REQUEST_ID: Final = "RequestId"

_OF_NEXT_PAGE: Final = "an answer has it only where another page follows, which no case can bring about"
_RETYPED: Final[Mapping[str, Callable[[Json], Json]]] = {
    "string": lambda value: [value],
    "integer": str,
    "number": str,
    "boolean": lambda value: str(value).lower(),
    "array": lambda value: value[0] if isinstance(value, list) and value else "",
    "object": lambda value: [value],
}
"""By stated type, a value as a server has it that takes the type for another."""


def flaws_of_answers(subject: Subject) -> Iterator[Flaw]:
    """Yield what a server can do wrong with the answers of an operation."""
    action = subject.operation.name
    for field in subject.plan.followed.responses:
        if "." not in field.path and "[" not in field.path and field.path:
            yield from _flaws_of(subject, field)
    created = _of_successes(action, lambda answer: replace(answer, status=201))
    yield Flaw("success-as-201", "envelope", "a success comes with status 201", created)
    for slug_, about, change in (
        ("errors-as-200", "every error comes with status 200", lambda answer: replace(answer, status=200)),
        ("errors-without-code", "errors have no Code", partial(_dropping, "Code")),
        ("errors-without-message", "errors have no Message", partial(_dropping, "Message")),
    ):
        silent = "" if any(each.errors for each in subject.contracts.values()) else "no document has an error row"
        yield Flaw(slug_, "envelope", about, _of_errors(action, change), silent)


def styles_of_answers(subject: Subject) -> Iterator[Flaw]:
    """Yield what a server of an operation is free to do, each with the reason."""
    action = subject.operation.name
    for slug_, about, change, why in (
        (
            "fields-in-another-order",
            "the fields of an answer are in the opposite order",
            lambda answer: replace(answer, body=dict(reversed(answer.body.items()))),
            "fields have no order",
        ),
        (
            "more-fields",
            "answers have fields that no document names",
            lambda answer: _having(answer, HostId="host", Extra={"Items": [1, None]}),
            "no document says that an answer has no other fields",
        ),
        (
            "request-id-in-small-letters",
            "the id of a request is in small letters",
            lambda answer: _having(answer, RequestId=str(answer.body.get(_REQUEST_ID, "")).lower()),
            "no document states how such an id is written",
        ),
    ):
        yield Flaw(slug_, "style", about, _of_all(action, change), conforms=why)


def _flaws_of(subject: Subject, field: Parameter) -> Iterator[Flaw]:
    name, action = field.path, subject.operation.name
    silent = _not_demanded(subject, name)
    yield Flaw(
        f"{slug(name)}-missing", "field", f"{name} is missing", _of_successes(action, partial(_dropping, name)), silent
    )
    other = first_lower(name) if first_lower(name) != name else f"{name}Value"
    renamed = partial(_renaming, name, other)
    yield Flaw(f"{slug(name)}-renamed", "field", f"{name} is called {other}", _of_successes(action, renamed), silent)
    kind = canonical_type(str(field.fact("type").value)) if field.fact("type").stated else ""
    if kind in _RETYPED:
        retyped = partial(_retyping, name, _RETYPED[kind])
        about = f"{name} is no {kind}"
        untyped = _untyped(subject, name) or (silent if silent == _OF_NEXT_PAGE else "")
        yield Flaw(f"{slug(name)}-retyped", "type", about, _of_successes(action, retyped), untyped)


def _not_demanded(subject: Subject, name: str) -> str:
    """Return why a field may be missing by every document that has it; empty where one demands it."""
    if subject.words.means("token", name):
        return "the last page has none"
    rows = [row for each in subject.contracts.values() for row in each.responses if row.path == name]
    conditions = [row.presence.when for row in rows]
    if all(when is not None and not when.known for when in conditions):
        return "the documents promise it on a condition that could not be read"
    asked = all(each.parameter(name) is not None for each in subject.contracts.values())
    return _OF_NEXT_PAGE if asked and subject.words.means("token", name) else ""


def _untyped(subject: Subject, name: str) -> str:
    """Return why any type is right: no document states one that the judge knows."""
    rows = [row for each in subject.contracts.values() for row in each.responses if row.path == name]
    plain = not any(each.path.startswith((f"{name}.", f"{name}[")) for each in subject.plan.followed.responses)
    types = (str(row.fact("type").value) for row in rows if row.fact("type").stated)
    known = any(each in _RETYPED and (plain or each in STRUCTURES) for each in types)
    return "" if known else "no document states a type of JSON for it"


# --- Changes of an answer --------------------------------------------------------------------------------------------


def _having(answer: ServedAnswer, **fields: Json) -> ServedAnswer:
    return replace(answer, body={**answer.body, **fields})


def _dropping(name: str, answer: ServedAnswer) -> ServedAnswer:
    return replace(answer, body={key: value for key, value in answer.body.items() if key != name})


def _renaming(name: str, other: str, answer: ServedAnswer) -> ServedAnswer:
    return replace(answer, body={other if key == name else key: value for key, value in answer.body.items()})


def _retyping(name: str, change: Callable[[Json], Json], answer: ServedAnswer) -> ServedAnswer:
    return _having(answer, **{name: change(answer.body[name])}) if name in answer.body else answer


def _of_successes(action: str, change: Callable[[ServedAnswer], ServedAnswer]) -> Mutation:
    def where(_plan: ServerPlan, call: Call, answer: ServedAnswer) -> bool:
        return call.action == action and answer.refusal is None

    return answering_step("answer", change, where)


def _of_errors(action: str, change: Callable[[ServedAnswer], ServedAnswer]) -> Mutation:
    def where(_plan: ServerPlan, call: Call, answer: ServedAnswer) -> bool:
        return call.action == action and answer.refusal is not None

    return answering_step("error", change, where)


def _of_all(action: str, change: Callable[[ServedAnswer], ServedAnswer]) -> Mutation:
    return answering_step("answer", change, lambda _plan, call, _answer: call.action == action)
