"""How a server can be made to break one promise: changes of its plan, to be composed.

Every change names the place that it breaks and raises `NotThere` where the plan has no such place, because the
documents that the server follows do not have the rule.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from conformance.server.checks import CREATE, Check
from conformance.server.documents import with_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.contract.model import ErrorCode, FactValue
    from conformance.server.answers import Json, Reply, ServedAnswer
    from conformance.server.checks import Attempt, Condition
    from conformance.server.request import Call, RawRequest
    from conformance.server.server_plan import ServerPlan
    from conformance.server.store import FlowLog

    CheckChange: TypeAlias = Callable[[Check], Check | None]


class NotThere(LookupError):  # noqa: N818 - an answer, not a failure
    """The plan has no such rule or fact to break."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """A change of a plan.

    Attributes:
        place: What it breaks: the id of a rule (`required.RegionId`), a fact (`FlowLogName.maxLength`), or the step of
            the way of a request (`answer`, `reply`, `DescribeFlowLogs`).
        apply: Returns the changed plan; raises `NotThere`.
    """

    place: str
    apply: Callable[[ServerPlan], ServerPlan]


def together(*changes: Mutation) -> Mutation:
    """Make several changes for one fault: a promise that more than one fact or rule keeps."""

    def apply(plan: ServerPlan) -> ServerPlan:
        for change in changes:
            plan = change.apply(plan)
        return plan

    return Mutation(" ".join(change.place for change in changes), apply)


# --- Rules -----------------------------------------------------------------------------------------------------------


def without(rule_id: str) -> Mutation:
    """Drop a check."""
    return _rules(rule_id, lambda _rule: None)


def checking(rule_id: str, broken: Condition) -> Mutation:
    """Check something else."""
    return _rules(rule_id, lambda rule: replace(rule, broken=broken))


def seeing(rule_id: str, view: Callable[[Call], Call]) -> Mutation:
    """Let a check see another call than the one that came."""

    def through(rule: Check) -> Check:
        def broken(attempt: Attempt) -> bool:
            return rule.broken(replace(attempt, call=view(attempt.call), _violated={}))

        return replace(rule, broken=broken)

    return _rules(rule_id, through)


def answering(
    rule_id: str, *, code: str | None = None, status: int | None = None, message: Callable[[str], str] | None = None
) -> Mutation:
    """Refuse with another code, status or message."""

    def otherwise(rule: Check) -> Check:
        def choose(rows: Sequence[ErrorCode], attempt: Attempt) -> ErrorCode:
            row = rule.choose(rows, attempt)
            return replace(
                row,
                code=row.code if code is None else code,
                status=row.status if status is None else status,
                message=row.message if message is None else message(row.message),
            )

        return replace(rule, choose=choose)

    return _rules(rule_id, otherwise)


def answering_documented(rule_id: str, code: str) -> Mutation:
    """Refuse with another code of the documents, as they state it: its own status and message."""

    def apply(plan: ServerPlan) -> ServerPlan:
        rows = plan.followed.rows(code)
        if not rows:
            raise NotThere(code)
        return _rules(rule_id, lambda rule: replace(rule, choose=lambda _rows, _attempt: rows[0])).apply(plan)

    return Mutation(rule_id, apply)


def choosing(rule_id: str, choose: Callable[[Sequence[ErrorCode], Attempt], ErrorCode]) -> Mutation:
    """Choose otherwise among the messages of a code."""
    return _rules(rule_id, lambda rule: replace(rule, choose=choose))


def also_refusing(place: str, codes: tuple[str, ...], broken: Condition) -> Mutation:
    """Refuse what the documents allow."""

    def apply(plan: ServerPlan) -> ServerPlan:
        rules = (*plan.rules[CREATE], Check(f"fault.{place}", codes, broken))
        return replace(plan, rules={**plan.rules, CREATE: rules})

    return Mutation(place, apply)


def _rules(rule_id: str, change: CheckChange) -> Mutation:
    def apply(plan: ServerPlan) -> ServerPlan:
        if not any(rule.id == rule_id for rules in plan.rules.values() for rule in rules):
            raise NotThere(rule_id)
        changed = {
            action: tuple(kept for rule in rules if (kept := change(rule) if rule.id == rule_id else rule) is not None)
            for action, rules in plan.rules.items()
        }
        return replace(plan, rules=changed)

    return Mutation(rule_id, apply)


# --- Facts -----------------------------------------------------------------------------------------------------------


def stating(path: str, name: str, value: FactValue | None) -> Mutation:
    """Check another value of a fact, or none: a limit that is off by one, a list with one item less."""

    def apply(plan: ServerPlan) -> ServerPlan:
        parameter = plan.followed.parameter(path)
        if parameter is None or not parameter.fact(name).stated:
            raise NotThere(f"{path}.{name}")
        return replace(plan, followed=with_facts(plan.followed, path, **{name: value}))

    return Mutation(f"{path}.{name}", apply)


# --- Steps of the way of a request -----------------------------------------------------------------------------------


def doing(place: str, **behaviour: Any) -> Mutation:
    """Behave otherwise."""
    return Mutation(place, lambda plan: replace(plan, behaviour=replace(plan.behaviour, **behaviour)))


def keeping(place: str, step: Callable[[FlowLog], FlowLog]) -> Mutation:
    """Keep a flow log otherwise than it was asked for."""
    return doing(place, store_steps=(step,))


def receiving(step: Callable[[RawRequest], RawRequest]) -> Mutation:
    """Receive another request than the one that came."""
    return Mutation("request", lambda plan: replace(plan, raw_steps=(*plan.raw_steps, step)))


def calling(step: Callable[[Call], Call]) -> Mutation:
    """Understand a request otherwise."""
    return Mutation("request", lambda plan: replace(plan, call_steps=(*plan.call_steps, step)))


def succeeding(change: Callable[[dict[str, Json]], dict[str, Json]], action: str = CREATE) -> Mutation:
    """Answer a success with other fields."""
    return _answer(
        action,
        lambda answer: answer if answer.refusal else replace(answer, body=change(dict(answer.body))),
        lambda call: call.action == action,
    )


def refusing(change: Callable[[dict[str, Json]], dict[str, Json]]) -> Mutation:
    """Answer an error with other fields."""
    return _answer(
        "error", lambda answer: replace(answer, body=change(dict(answer.body))) if answer.refusal else answer
    )


def with_status(place: str, change: Callable[[ServedAnswer], int]) -> Mutation:
    """Answer with another HTTP status."""
    return _answer(place, lambda answer: replace(answer, status=change(answer)))


def with_root(change: Callable[[str], str]) -> Mutation:
    """Name the root element of XML otherwise."""
    return _answer("xml", lambda answer: replace(answer, root=change(answer.root)))


def replying(place: str, change: Callable[[Call, Reply], Reply]) -> Mutation:
    """Send other bytes or headers."""
    return Mutation(place, lambda plan: replace(plan, reply_steps=(*plan.reply_steps, change)))


def _answer(
    place: str, change: Callable[[ServedAnswer], ServedAnswer], where: Callable[[Call], bool] = lambda _call: True
) -> Mutation:
    def step(call: Call, answer: ServedAnswer) -> ServedAnswer:
        return change(answer) if where(call) else answer

    return Mutation(place, lambda plan: replace(plan, answer_steps=(*plan.answer_steps, step)))


# --- Fields ----------------------------------------------------------------------------------------------------------


def dropping(name: str) -> Callable[[dict[str, Json]], dict[str, Json]]:
    """Return a change of fields that leaves one out."""
    return lambda body: {key: value for key, value in body.items() if key != name}


def renaming(**names: str) -> Callable[[dict[str, Json]], dict[str, Json]]:
    """Return a change of fields that gives some another name."""
    return lambda body: {names.get(key, key): value for key, value in body.items()}


def setting(**fields: Json) -> Callable[[dict[str, Json]], dict[str, Json]]:
    """Return a change of fields that gives some another value."""
    return lambda body: {**body, **fields}
