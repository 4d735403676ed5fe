"""How a server can be made to break one promise: mutations of its plan.

Every mutation names the place that it breaks and raises `NotThere` where the plan has no such place, because the
documents that the server follows do not have the check or the fact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from conformance.server.checks import Check
from conformance.server.documents import with_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.contract.model import ErrorCode, FactValue
    from conformance.server.answers import Reply, ServedAnswer
    from conformance.server.attempt import Attempt
    from conformance.server.behaviour.conditions import Condition
    from conformance.server.checks import Choice
    from conformance.server.execution import Execution
    from conformance.server.request import Call, ReceivedRequest
    from conformance.server.server_plan import ServerPlan
    from conformance.server.store import StoredResource

    CheckChange: TypeAlias = Callable[[Check], Check | None]


class NotThere(LookupError):  # noqa: N818 - an answer, not a failure
    """The plan has no such check or fact to break."""


class Mutation(Struct, frozen=True):
    """A change of a plan.

    Attributes:
        place: What it breaks: the id of a check (`account.quota`), a fact (`Name.maxLength`), or the step of the way of
            a request (`answer`, `reply`).
        apply: Returns the changed plan; raises `NotThere`.
    """

    place: str
    apply: Callable[[ServerPlan], ServerPlan]


def together(mutations: Sequence[Mutation]) -> Mutation:
    """Make several mutations one: a promise that more than one fact or check keeps."""

    def apply(plan: ServerPlan) -> ServerPlan:
        for mutation in mutations:
            plan = mutation.apply(plan)
        return plan

    return Mutation(" ".join(mutation.place for mutation in mutations), apply)


# --- Checks ----------------------------------------------------------------------------------------------------------


def without(check_id: str) -> Mutation:
    """Drop a check."""
    return _checks(check_id, lambda _check: None)


def checking(check_id: str, broken: Condition) -> Mutation:
    """Check something else."""
    return _checks(check_id, lambda check: replace(check, broken=broken))


def seeing(check_id: str, view: Callable[[Attempt], Call]) -> Mutation:
    """Let a check see another call than the one that came."""

    def through(check: Check) -> Check:
        def broken(attempt: Attempt) -> bool:
            return check.broken(replace(attempt, call=view(attempt), _violated={}))

        return replace(check, broken=broken)

    return _checks(check_id, through)


def answering(check_id: str, change: Callable[[ErrorCode], ErrorCode]) -> Mutation:
    """Refuse with another code, status or message."""

    def otherwise(check: Check) -> Check:
        return replace(check, choose=lambda rows, attempt: change(check.choose(rows, attempt)))

    return _checks(check_id, otherwise)


def answering_documented(check_id: str, code: str) -> Mutation:
    """Refuse with another code of the documents, as they state it: its own status and message."""

    def apply(plan: ServerPlan) -> ServerPlan:
        rows = plan.followed.rows(code)
        if not rows:
            raise NotThere(code)
        return choosing(check_id, lambda _rows, _attempt: rows[0]).apply(plan)

    return Mutation(check_id, apply)


def choosing(check_id: str, choose: Choice) -> Mutation:
    """Choose otherwise among the messages of a code."""
    return _checks(check_id, lambda check: replace(check, choose=choose))


def also_refusing(place: str, broken: Condition) -> Mutation:
    """Refuse what the documents allow, with the code that a violation there has."""

    def apply(plan: ServerPlan) -> ServerPlan:
        parameter, _, fact = place.rpartition(".")
        check = Check(f"fault.{place}", plan.behaviour.codes_of(parameter, fact), broken)
        action = plan.behaviour.create.name
        return replace(plan, checks={**plan.checks, action: (*plan.checks[action], check)})

    return Mutation(place, apply)


def _checks(check_id: str, change: CheckChange) -> Mutation:
    def apply(plan: ServerPlan) -> ServerPlan:
        if not any(check.id == check_id for checks in plan.checks.values() for check in checks):
            raise NotThere(check_id)
        changed = {
            action: tuple(
                kept for check in checks if (kept := change(check) if check.id == check_id else check) is not None
            )
            for action, checks in plan.checks.items()
        }
        return replace(plan, checks=changed)

    return Mutation(check_id, apply)


# --- Facts -----------------------------------------------------------------------------------------------------------


def stating(place: str, value: FactValue | None) -> Mutation:
    """Check another value of a fact, or none: a limit that is off by one, a list with one item less."""
    path, _, name = place.rpartition(".")

    def apply(plan: ServerPlan) -> ServerPlan:
        parameter = plan.followed.parameter(path)
        if parameter is None or not parameter.fact(name).stated:
            raise NotThere(place)
        return replace(plan, followed=with_facts(plan.followed, path, **{name: value}))

    return Mutation(place, apply)


# --- Steps of the way of a request -----------------------------------------------------------------------------------


def executing(place: str, change: Callable[[Execution], Execution]) -> Mutation:
    """Carry out calls otherwise."""
    return Mutation(place, lambda plan: replace(plan, execution=change(plan.execution)))


def keeping(place: str, step: Callable[[StoredResource], StoredResource]) -> Mutation:
    """Keep a resource otherwise than it was asked for."""
    return executing(place, lambda execution: replace(execution, store_steps=(*execution.store_steps, step)))


def receiving(step: Callable[[ReceivedRequest], ReceivedRequest]) -> Mutation:
    """Receive another request than the one that came."""
    return Mutation("request", lambda plan: replace(plan, raw_steps=(*plan.raw_steps, step)))


def calling(step: Callable[[Call], Call]) -> Mutation:
    """Understand a request otherwise."""
    return Mutation("request", lambda plan: replace(plan, call_steps=(*plan.call_steps, step)))


def replying(place: str, step: Callable[[Call, Reply], Reply]) -> Mutation:
    """Send other bytes or headers."""
    return Mutation(place, lambda plan: replace(plan, reply_steps=(*plan.reply_steps, step)))


def answering_step(
    place: str, change: Callable[[ServedAnswer], ServedAnswer], where: Callable[[ServerPlan, Call, ServedAnswer], bool]
) -> Mutation:
    """Change some answers before they have a form."""

    def apply(plan: ServerPlan) -> ServerPlan:
        def step(call: Call, answer: ServedAnswer) -> ServedAnswer:
            return change(answer) if where(plan, call, answer) else answer

        return replace(plan, answer_steps=(*plan.answer_steps, step))

    return Mutation(place, apply)
