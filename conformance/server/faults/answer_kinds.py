"""The kinds of mutations of what comes in and what goes out, whatever the operation refuses: see `kinds`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec.structs import replace

from conformance.core.wording import near
from conformance.server.faults.bodies import read_body_edit
from conformance.server.faults.edits import read_edit
from conformance.server.faults.mutations import Mutation, answering_step, calling, receiving, replying
from conformance.server.faults.oddities import BODIES, CALLS, REQUESTS, first_letters_lower

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.core.jsontypes import Json
    from conformance.core.yamlparts import Part
    from conformance.server.answers import Reply, ServedAnswer
    from conformance.server.faults.bodies import Body, BodyEdit
    from conformance.server.request import Call
    from conformance.server.server_plan import ServerPlan

_Step = TypeVar("_Step")

_FIRST_ERROR_STATUS: Final = 400
_CRASHED: Final = b"<!doctype html><title>500 Internal Server Error</title><h1>Internal Server Error</h1>"


# --- Answers before they have a form ---------------------------------------------------------------------------------


def _is_created(plan: ServerPlan, call: Call, answer: ServedAnswer) -> bool:
    return answer.refusal is None and call.action == plan.behaviour.create.name


def _is_listed(plan: ServerPlan, call: Call, answer: ServedAnswer) -> bool:
    return answer.refusal is None and call.action == plan.behaviour.show.name


def _is_error(_plan: ServerPlan, _call: Call, answer: ServedAnswer) -> bool:
    return answer.refusal is not None


def _is_any(_plan: ServerPlan, _call: Call, _answer: ServedAnswer) -> bool:
    return True


_WHICH: Final = {"created": _is_created, "listed": _is_listed, "error": _is_error, "any": _is_any}


def _body_of(which: str) -> Callable[[Part], Mutation]:
    def read(value: Part) -> Mutation:
        edit = read_body_edit(value)
        return answering_step(which, lambda answer: replace(answer, body=edit(dict(answer.body))), _WHICH[which])

    return read


def _item(value: Part) -> Mutation:
    edit = read_body_edit(value)

    def apply(plan: ServerPlan) -> ServerPlan:
        path = plan.behaviour.listing.path

        def change(answer: ServedAnswer) -> ServedAnswer:
            return replace(answer, body=_with_items_edited(dict(answer.body), path, edit))

        return answering_step("item", change, _is_listed).apply(plan)

    return Mutation("item", apply)


def _with_items_edited(body: Body, path: tuple[str, ...], edit: BodyEdit) -> Body:
    name, *rest = path
    inner = body[name]
    if rest:
        return {**body, name: _with_items_edited(_object(inner), tuple(rest), edit)}
    return {**body, name: [edit(_object(item)) for item in inner] if isinstance(inner, list) else inner}


def _object(value: Json) -> Body:
    if not isinstance(value, dict):
        raise TypeError("a listing has an item that is no object")
    return dict(value)


def _answers_with(value: Part) -> Mutation:
    named = value.text("named", "")
    (which, status), *_ = ((name, each) for name, each in value.members() if name != "named")
    number = status.whole()

    def change(answer: ServedAnswer) -> ServedAnswer:
        fits = not named or (answer.refusal is not None and named in answer.refusal.code)
        return replace(answer, status=number) if fits else answer

    return answering_step(which, change, _which(which, value))


def _root(value: Part) -> Mutation:
    which, how = value.only()
    edit = read_edit(how)
    return answering_step("xml", lambda answer: replace(answer, root=edit(answer.root)), _which(which, value))


def _which(name: str, value: Part) -> Callable[[ServerPlan, Call, ServedAnswer], bool]:
    if name not in _WHICH:
        raise value.fault(f"there are no {name!r} answers", near(name, _WHICH))
    return _WHICH[name]


# --- What comes in ---------------------------------------------------------------------------------------------------


def _request(value: Part) -> Mutation:
    return receiving(_word(value, REQUESTS))


def _call(value: Part) -> Mutation:
    name, how = value.only()
    match name:
        case "values":
            edit = read_edit(how)
            return calling(lambda call: call.mapped(lambda _name, text: edit(text)))
        case "ignores":
            ignored = how.text()
            return calling(lambda call: call.mapped(lambda name, text: None if _names(ignored, name) else text))
        case "empty_is":
            defaults = how.pairs()
            return calling(lambda call: call.mapped(lambda name, text: text or defaults.get(name, text)))
        case "filter_names_in_any_case":
            return Mutation("request", lambda plan: calling(_in_any_case(plan)).apply(plan))
    return calling(_word(value, CALLS))


def _names(parameter: str, name: str) -> bool:
    """Whether a name on the wire is that of a parameter, or of an item of it when it is a list, `List[]`."""
    return name.startswith(parameter.replace("[]", ".")) if "[]" in parameter else name == parameter


def _in_any_case(plan: ServerPlan) -> Callable[[Call], Call]:
    known = {name.lower(): name for name in plan.behaviour.listing.filters}

    def change(call: Call) -> Call:
        return replace(call, parameters={known.get(name.lower(), name): text for name, text in call.parameters.items()})

    return change


def _word(value: Part, steps: Mapping[str, _Step]) -> _Step:
    word = value.text()
    if word not in steps:
        raise value.fault(f"there is no {word!r} here", near(word, steps))
    return steps[word]


# --- What goes out ---------------------------------------------------------------------------------------------------


def _is_xml(reply: Reply) -> bool:
    return reply.headers.get("content-type", "").startswith("text/xml")


def _is_of(kind: str, reply: Reply) -> bool:
    return reply.status >= _FIRST_ERROR_STATUS if kind == "error" else _is_xml(reply) is (kind == "xml")


def _body(value: Part) -> Mutation:
    kind, how = value.only()
    lower = how.get("first_lower")
    change = _word(how, BODIES) if lower is None else first_letters_lower(lower.texts())
    return replying(
        kind, lambda _call, reply: replace(reply, body=change(reply.body)) if _is_of(kind, reply) else reply
    )


def _content_type(value: Part) -> Mutation:
    kind, name = value.only()
    headers = {} if name.value is None else {"content-type": name.text()}
    return replying(
        "content-type", lambda _call, reply: replace(reply, headers=headers) if _is_of(kind, reply) else reply
    )


def _crash(value: Part) -> Mutation:
    """Answer as a web framework does when the program behind it fails: status 500, and a page."""
    sent, unless = re.compile(value.text("sent")), re.compile(value.text("unless", "(?!)"))

    def change(call: Call, reply: Reply) -> Reply:
        names = call.parameters
        fails = any(map(sent.fullmatch, names)) and not any(map(unless.fullmatch, names))
        return replace(reply, status=500, headers={"content-type": "text/html"}, body=_CRASHED) if fails else reply

    return replying("crash", change)


ANSWER_KINDS: Final[Mapping[str, Callable[[Part], Mutation]]] = {
    "created": _body_of("created"),
    "listed": _body_of("listed"),
    "error": _body_of("error"),
    "item": _item,
    "answers_with": _answers_with,
    "root": _root,
    "request": _request,
    "call": _call,
    "body": _body,
    "content_type": _content_type,
    "crash": _crash,
}
