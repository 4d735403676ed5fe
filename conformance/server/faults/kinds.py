"""The kinds of mutations that a line of a table of faults can name, each with what the line says of it.

drop: account.quota                          a check is dropped
check: {account.quota: {...}}                a check has another condition (`behaviour.conditions`)
view: {Name.maxLength: bytes}                the check of a fact sees the values of its parameter edited (`edits`);
                                             `known_spelling`: as its enum spells them; `known_beginning`: as the
                                             known value that they begin with; `first_item`: one item only
refuse: {Name.charset: {...}}                on a condition the server refuses what it should take
fact: {Name.maxLength: 127}                  the server takes a fact for another; `null`: for none
row: {account.quota: Code}                   a check is answered with the documented row of another code
code: {account.quota: Code}                  with another code
status: {account.quota: 429}                 with another HTTP status
message: {account.quota: upper}              with an edited message (`edits`)
first_row: resource.missing                  with the first of a code's rows
created: {...}, listed: {...}                the fields of a success are edited (`bodies`): of a creation, a listing
item: {...}                                  those of each resource in a listing
error: {...}                                 those of every error
answers_with: {created: 201}                 all creations, or errors, come with another HTTP status; `named: a`:
                                             only those whose code has this in it
root: {any: first_lower}                     the root element of XML is edited: of `any` answer, or an `error`
keep: {Field: trim}                          a field of a new resource is edited before it is kept
keep: {Field: {first: 1}}                    a list: only the first elements; `without_empty: Member`,
                                             `member: {Name: lower}`; `drop`: nothing is kept
execute: {pause: 0.05}                       calls are carried out otherwise
request: no_body, call: lists_from_zero      what comes is read otherwise (`oddities`)
body: {json: in_list}                        bytes are written otherwise: of `json`, `xml` or an `error`
content_type: {json: text/html}              `json` or `xml` is called something else; `null`: nothing
crash: {sent: 'List[.]x'}                    where the name of a parameter sent fits this pattern, the server fails: 500
                                             and a page of HTML; `unless`: but not where another fits that
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Final, TypeAlias

from msgspec.structs import replace

from conformance.core.wording import near
from conformance.server.behaviour.conditions import read_condition
from conformance.server.checks import first_row
from conformance.server.faults.answer_kinds import ANSWER_KINDS
from conformance.server.faults.edits import read_edit
from conformance.server.faults.mutations import (
    Mutation,
    also_refusing,
    answering,
    answering_documented,
    checking,
    choosing,
    executing,
    keeping,
    seeing,
    stating,
    together,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.contract.model import FactValue
    from conformance.core.yamlparts import Part
    from conformance.server.attempt import Attempt
    from conformance.server.execution import Execution
    from conformance.server.faults.edits import TextEdit
    from conformance.server.request import Call
    from conformance.server.server_plan import ServerPlan
    from conformance.server.store import StoredResource

    ExecutionChange: TypeAlias = Callable[[Execution], Execution]
    Elements: TypeAlias = tuple[tuple[str, ...], ...]


def read_mutation(part: Part) -> Mutation:
    """Return the mutation that a line of a table names; raises `BehaviourError` when it names none, or several."""
    named = [(name, value) for name, value in part.members() if name in KINDS]
    if len(named) != 1:
        what = ", ".join(name for name, _ in named) or "none"
        raise part.fault(f"must name one mutation, and names {what}", near("", KINDS))
    name, value = named[0]
    return KINDS[name](value)


# --- Checks and facts ------------------------------------------------------------------------------------------------


def _check(value: Part) -> Mutation:
    check, condition = value.only()
    return checking(check, read_condition(condition))


def _view(value: Part) -> Mutation:
    place, how = value.only()
    path = place.rpartition(".")[0]
    match how.value:
        case "known_spelling":
            view = partial(_known_spelling, path)
        case "known_beginning":
            view = partial(_known_beginning, path)
        case "first_item":
            view = partial(_first_item, path)
        case _:
            view = partial(_edited, path, read_edit(how))
    return seeing(f"constraint.{place}", view)


def _edited(path: str, edit: TextEdit, attempt: Attempt) -> Call:
    """Return the call with every value of a parameter edited."""
    prefix, _, member = path.partition("[]")

    def change(name: str, text: str) -> str:
        listed = "[]" in path and name.startswith(f"{prefix}.") and name.endswith(member)
        return edit(text) if listed or name == path else text

    return attempt.call.mapped(change)


def _known_spelling(path: str, attempt: Attempt) -> Call:
    """Return the call with the values of a parameter as its enum spells them, in whichever case they came."""
    known = {value.lower(): value for value in _enum(path, attempt)}
    return _edited(path, lambda text: known.get(text.lower(), text), attempt)


def _known_beginning(path: str, attempt: Attempt) -> Call:
    """Return the call with each value of a parameter cut after the known value that it begins with."""
    known = _enum(path, attempt)
    return _edited(path, lambda text: next((value for value in known if text.startswith(value)), text), attempt)


def _enum(path: str, attempt: Attempt) -> tuple[str, ...]:
    parameter = attempt.followed.parameter(path)
    values = parameter.fact("enum").value if parameter else ()
    return tuple(map(str, values)) if isinstance(values, tuple) else ()


def _first_item(path: str, attempt: Attempt) -> Call:
    """Return the call with only the first item of a list."""
    prefix = path.partition("[]")[0]
    return attempt.call.mapped(
        lambda name, text: None if name.startswith(f"{prefix}.") and name.split(".")[1] != "1" else text
    )


def _refuse(value: Part) -> Mutation:
    place, condition = value.only()
    return also_refusing(place, read_condition(condition))


def _fact(value: Part) -> Mutation:
    return together([stating(place, _fact_value(fact)) for place, fact in value.members()])


def _fact_value(part: Part) -> FactValue | None:
    if isinstance(part.value, list):
        return tuple(_scalar(item) for item in part.items())
    return None if part.value is None else _scalar(part)


def _scalar(part: Part) -> str | int | float | bool:
    if isinstance(part.value, (str, int, float)):
        return part.value
    raise part.fault("is no value of a fact")


# --- What a refusal says ---------------------------------------------------------------------------------------------


def _row(value: Part) -> Mutation:
    check, code = value.only()
    return answering_documented(check, code.text())


def _code(value: Part) -> Mutation:
    check, code = value.only()
    text = code.text()
    return answering(check, lambda row: replace(row, code=text))


def _status(value: Part) -> Mutation:
    check, status = value.only()
    number = status.whole()
    return answering(check, lambda row: replace(row, status=number))


def _message(value: Part) -> Mutation:
    check, how = value.only()
    edit = read_edit(how)
    return answering(check, lambda row: replace(row, message=edit(row.message)))


# --- What is carried out, and what is kept ---------------------------------------------------------------------------


def _execute(value: Part) -> Mutation:
    name, how = value.only()
    if name not in _EXECUTIONS:
        raise value.fault(f"nothing is carried out by {name!r}", near(name, _EXECUTIONS))
    return executing(name, _EXECUTIONS[name](how))


def _same_request_id(value: Part) -> ExecutionChange:
    text = value.text()
    return lambda execution: replace(execution, request_id=lambda: text)


def _same_id(value: Part) -> ExecutionChange:
    text = value.text()
    return lambda execution: replace(execution, resource_id=lambda _behaviour: text)


def _states(value: Part) -> ExecutionChange:
    pending, final = value.texts()
    return lambda execution: replace(execution, states=replace(execution.states, pending=pending, final=final))


def _pause(value: Part) -> ExecutionChange:
    seconds = value.number()
    return lambda execution: replace(execution, pause=seconds)


def _lag(value: Part) -> ExecutionChange:
    seconds = value.number()
    return lambda execution: replace(execution, lag=seconds)


def _ignores_filter(value: Part) -> ExecutionChange:
    ignored = value.text()
    return lambda execution: replace(execution, filters=tuple(name for name in execution.filters if name != ignored))


_EXECUTIONS: Final[Mapping[str, Callable[[Part], ExecutionChange]]] = {
    "request_id": _same_request_id,
    "id": _same_id,
    "never_active": lambda _value: lambda execution: replace(execution, activation_delay=math.inf),
    "states": _states,
    "creates": lambda value: lambda execution: replace(execution, keeps=value.flag()),
    "deletes": lambda value: lambda execution: replace(execution, deletes=value.flag()),
    "pause": _pause,
    "lag": _lag,
    "ignores_filter": _ignores_filter,
    "keeps_states": lambda value: lambda execution: replace(execution, keeps_states=value.flag()),
    "creates_when_refused": lambda value: lambda execution: replace(execution, creates_when_refused=value.flag()),
    "lists_every_account": lambda value: lambda execution: replace(execution, lists_every_account=value.flag()),
}


def _keep(value: Part) -> Mutation:
    field, how = value.only()
    name, what = how.only()
    match name:
        case "drop":
            return keeping(field, partial(_without_field, field))
        case "first":
            count = what.whole()
            return _keeping_list(field, lambda _members, elements: elements[:count])
        case "without_empty":
            return _keeping_list(field, partial(_without_empty, what.text()))
        case "member":
            member, edit = what.only()
            return _keeping_list(field, partial(_with_member_edited, member, read_edit(edit)))
    return keeping(field, partial(_with_field_edited, field, read_edit(how)))


def _without_field(field: str, resource: StoredResource) -> StoredResource:
    return replace(resource, fields={name: text for name, text in resource.fields.items() if name != field})


def _with_field_edited(field: str, edit: TextEdit, resource: StoredResource) -> StoredResource:
    fields = {name: edit(text) if name == field else text for name, text in resource.fields.items()}
    return replace(resource, fields=fields)


def _keeping_list(field: str, change: Callable[[tuple[str, ...], Elements], Elements]) -> Mutation:
    """Keep a list of a resource otherwise; what changes it also gets the names of its elements' members."""

    def apply(plan: ServerPlan) -> ServerPlan:
        members = plan.behaviour.fields[field].members

        def step(resource: StoredResource) -> StoredResource:
            return replace(resource, lists={**resource.lists, field: change(members, resource.lists[field])})

        return keeping(field, step).apply(plan)

    return Mutation(field, apply)


def _without_empty(member: str, members: tuple[str, ...], elements: Elements) -> Elements:
    index = members.index(member)
    return tuple(element for element in elements if element[index])


def _with_member_edited(member: str, edit: TextEdit, members: tuple[str, ...], elements: Elements) -> Elements:
    index = members.index(member)
    return tuple((*element[:index], edit(element[index]), *element[index + 1 :]) for element in elements)


KINDS: Final[Mapping[str, Callable[[Part], Mutation]]] = {
    "drop": lambda value: without(value.text()),
    "check": _check,
    "view": _view,
    "refuse": _refuse,
    "fact": _fact,
    "row": _row,
    "code": _code,
    "status": _status,
    "message": _message,
    "first_row": lambda value: choosing(value.text(), first_row),
    "execute": _execute,
    "keep": _keep,
    **ANSWER_KINDS,
}
"""What reads a line of a table, by the word that names the kind."""
