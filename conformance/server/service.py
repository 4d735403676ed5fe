"""The server without its network: requests and provider-state calls in, replies out."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

from msgspec import Struct, field

from conformance.server.answers import JSON_TYPE, Reply, ServedAnswer, refuse, render, to_json
from conformance.server.attempt import Attempt
from conformance.server.checks import GATEWAY, rows_of
from conformance.server.execution import Work
from conformance.server.operations import create
from conformance.server.provider_states import StateCallError, check_code, read_setting
from conformance.server.request import decode
from conformance.server.store import Store, StoredResource

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.contract.model import ErrorCode
    from conformance.core.jsontypes import Json
    from conformance.server.attempt import Seen
    from conformance.server.behaviour.definition import Behaviour
    from conformance.server.checks import Check
    from conformance.server.provider_states import Params, ParamValue, Setting
    from conformance.server.request import Call, ReceivedRequest
    from conformance.server.server_plan import ServerPlan

_CHANGES = ("setup", "teardown")
_EXISTENCE: Final = "resource.exists"
"""The state that says of a resource of any type that it exists."""
_MOST_UNKNOWN: Final = 10_000
"""Names that are remembered to be no operation: a client that invents names must not fill the memory."""


class _Served(Struct, frozen=True):
    """A plan, the rows that its checks answer with, and what was worked out of values before."""

    plan: ServerPlan
    checks: Mapping[str, Sequence[tuple[Check, Sequence[ErrorCode]]]]
    seen: Seen = field(default_factory=dict)

    @classmethod
    def of(cls, plan: ServerPlan) -> _Served:
        return cls(
            plan,
            {
                action: [(check, rows_of(check, plan.followed, plan.behaviour)) for check in checks]
                for action, checks in plan.checks.items()
            },
        )

    def refusal(self, action: str, attempt: Attempt) -> ErrorCode | None:
        """Return the row of the first check that a call breaks; `None` when it breaks none."""
        for check, rows in self.checks.get(action, ()):
            if check.broken(attempt):
                return check.choose(rows, attempt)
        return None


class Service:
    """One server that follows a plan, and what it remembers.

    Args:
        plan: What decides its answers.
        clock: Tells the time in seconds.
        start: The states that hold at the start.
    """

    def __init__(self, plan: ServerPlan, clock: Callable[[], float] = time.time, start: Sequence[Setting] = ()) -> None:
        self._plan = plan
        self._clock = clock
        self._start = start
        self.reset()
        self._main = _Served.of(plan)
        self._others: dict[tuple[str, str], _Served | None] = {}

    def reset(self) -> Reply:
        """Forget everything but the states that hold at the start."""
        self._store = Store()
        for setting in self._start:
            self._store.set_up(setting, self._id_of(setting), self._resource_of(setting))
        return _json(200, action="reset")

    def states(self) -> Reply:
        """Return the states that hold, each as a call would set it."""
        held: list[Json] = [
            {"state": state, "params": _shown_params(account, params)} for account, state, params in self._store.held()
        ]
        return Reply(200, to_json({"states": held}), {"content-type": JSON_TYPE})

    async def answer(self, raw: ReceivedRequest) -> Reply:
        """Answer one request of the API."""
        plan = self._plan
        for raw_step in plan.raw_steps:
            raw = raw_step(raw)
        call = decode(raw)
        for call_step in plan.call_steps:
            call = call_step(call)
        served = self._served(call.action, call.value("Version") or "")
        own = served.plan if served.plan is not plan else None
        for call_step in own.call_steps if own is not None else ():
            call = call_step(call)
        answer = await self._answer(served, call)
        for answer_step in (*plan.answer_steps, *(own.answer_steps if own is not None else ())):
            answer = answer_step(call, answer)
        reply = render(answer, call)
        for reply_step in plan.reply_steps:
            reply = reply_step(call, reply)
        return reply

    def prepare(self, action: str, version: str) -> None:
        """Work out the plan of an operation of a version of an API, which the first call of it needs."""
        self._served(action, version)

    def _served(self, action: str, version: str) -> _Served:
        """Return the plan that answers a call: that of its operation, else the server's own, which refuses it."""
        others = self._plan.others
        if others is None or action in self._plan.operations:
            return self._main
        if (action, version) not in self._others:
            plan = others.plan_of(action, version)
            if plan is None and len(self._others) >= _MOST_UNKNOWN:
                return self._main
            self._others[action, version] = None if plan is None else _Served.of(plan)
        return self._others[action, version] or self._main

    async def _answer(self, served: _Served, call: Call) -> ServedAnswer:
        plan = served.plan
        view = self._store.view(call.account, plan.behaviour.key)
        attempt = Attempt(call, view, plan.followed, plan.behaviour, served.seen)
        action = call.action
        row = served.refusal(GATEWAY, attempt) or served.refusal(action, attempt)
        if row is not None:
            if plan.execution.creates_when_refused and action == plan.behaviour.create.name:
                await create(Work(attempt, plan.execution, self._clock()))
            return refuse(row, attempt.call, plan.execution.request_id(), plan.behaviour.product)
        body = await plan.operations[action](Work(attempt, plan.execution, self._clock()))
        return ServedAnswer(200, f"{action}Response", body)

    def change_state(self, body: bytes) -> Reply:
        """Carry out one provider-state call.

        Args:
            body: JSON: `state`, `params` and `action`, which is `setup` or `teardown` (docs/provider-states.md).

        Returns:
            What was done, with 200, or with 400 a `message` that says what is wrong with the call.
        """
        try:
            change, setting = self._read_change(body)
        except StateCallError as fault:
            return _json(400, message=str(fault))
        if change == "setup":
            self._store.set_up(setting, self._id_of(setting), self._resource_of(setting))
        elif not self._plan.execution.keeps_states:
            self._store.tear_down(setting, self._id_of(setting))
        return _json(200, state=setting.state, action=change)

    def _read_change(self, body: bytes) -> tuple[str, Setting]:
        try:
            asked = json.loads(body)
        except (ValueError, RecursionError) as fault:
            raise StateCallError(f"the body is not JSON: {fault}") from None
        if not isinstance(asked, dict):
            raise StateCallError("the body must be an object with state, params and action")
        change = asked.get("action")
        if change not in _CHANGES:
            raise StateCallError(f"the action must be {' or '.join(_CHANGES)}, not {change!r}")
        setting = read_setting(asked.get("state"), asked.get("params"))
        check_code(setting, self._plan.has_code)
        return change, setting

    def _id_of(self, setting: Setting) -> str:
        behaviour = self._behaviour_of(setting)
        if _names(setting, behaviour):
            return str(setting.params["id"])
        return behaviour.id_prefix + setting.digest[: behaviour.id_digits]

    def _behaviour_of(self, setting: Setting) -> Behaviour:
        """Return the behaviour of the resource that comes into being with a provider state, else the server's own."""
        own = self._plan.behaviour
        return next(
            (each for each in (own, *self._plan.also) if each.existing.state == setting.state or _names(setting, each)),
            own,
        )

    def _resource_of(self, setting: Setting) -> StoredResource | None:
        """Return the resource that comes into being with a provider state, where one does."""
        behaviour = self._behaviour_of(setting)
        existing = behaviour.existing
        now = self._clock()
        if _names(setting, behaviour):  # by its type and id, and nothing more is known of it
            return StoredResource(self._id_of(setting), {}, {}, created_at=now, active_at=now, of=behaviour.key)
        if setting.state != existing.state:
            return None
        return StoredResource(
            self._id_of(setting),
            {name: str(setting.params[param]) for name, param in existing.fields.items()},
            {name: _elements(setting.params.get(param)) for name, param in existing.lists.items()},
            created_at=now,
            active_at=now,
            of=behaviour.key,
        )


def _names(setting: Setting, behaviour: Behaviour) -> bool:
    """Whether a state says of a resource of a behaviour, by its type, that it exists."""
    return setting.state == _EXISTENCE and str(setting.params["type"]).lower() == behaviour.resource.lower()


def _elements(value: ParamValue | None) -> tuple[tuple[str, ...], ...]:
    return tuple((item,) for item in value) if isinstance(value, tuple) else ()


def _shown_params(account: str, params: Params) -> dict[str, Json]:
    shown: dict[str, Json] = {
        name: list(value) if isinstance(value, tuple) else value for name, value in params.items()
    }
    return {**shown, "access_key_id": account} if account else shown


def _json(status: int, **fields: str) -> Reply:
    return Reply(status, to_json(fields), {"content-type": JSON_TYPE})
