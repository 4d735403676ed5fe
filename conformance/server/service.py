"""The server without its network: requests and provider-state calls in, replies out."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from conformance.server.answers import JSON_TYPE, Reply, ServedAnswer, refuse, render, to_json
from conformance.server.attempt import Attempt
from conformance.server.checks import GATEWAY, rows_of
from conformance.server.operations import Work, create, operations_of
from conformance.server.provider_states import StateCallError, check_code, read_setting
from conformance.server.request import decode
from conformance.server.store import Store, StoredResource

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.contract.model import ErrorCode
    from conformance.core.jsontypes import Json
    from conformance.server.checks import Check
    from conformance.server.provider_states import Params, ParamValue, Setting
    from conformance.server.request import ReceivedRequest
    from conformance.server.server_plan import ServerPlan

_CHANGES = ("setup", "teardown")


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
        self._operations = operations_of(plan.behaviour)
        self._checks: dict[str, list[tuple[Check, Sequence[ErrorCode]]]] = {
            action: [(check, rows_of(check, plan.followed, plan.behaviour)) for check in checks]
            for action, checks in plan.checks.items()
        }

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
        answer = await self._answer(Attempt(call, self._store.view(call.account), plan.followed, plan.behaviour))
        for answer_step in plan.answer_steps:
            answer = answer_step(call, answer)
        reply = render(answer, call)
        for reply_step in plan.reply_steps:
            reply = reply_step(call, reply)
        return reply

    async def _answer(self, attempt: Attempt) -> ServedAnswer:
        action = attempt.call.action
        row = self._refusal(GATEWAY, attempt) or self._refusal(action, attempt)
        if row is not None:
            plan = self._plan
            if plan.execution.creates_when_refused and action == plan.behaviour.create.name:
                await create(Work(attempt, plan.execution, self._clock()))
            return refuse(row, attempt.call, plan.execution.request_id(), plan.behaviour.product)
        body = await self._operations[action](Work(attempt, self._plan.execution, self._clock()))
        return ServedAnswer(200, f"{action}Response", body)

    def _refusal(self, action: str, attempt: Attempt) -> ErrorCode | None:
        for check, rows in self._checks.get(action, ()):
            if check.broken(attempt):
                return check.choose(rows, attempt)
        return None

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
        check_code(setting, self._plan.followed)
        return change, setting

    def _id_of(self, setting: Setting) -> str:
        behaviour = self._plan.behaviour
        return behaviour.id_prefix + setting.digest[: behaviour.id_digits]

    def _resource_of(self, setting: Setting) -> StoredResource | None:
        """Return the resource that comes into being with a provider state, where one does."""
        existing = self._plan.behaviour.existing
        if setting.state != existing.state:
            return None
        now = self._clock()
        return StoredResource(
            self._id_of(setting),
            {name: str(setting.params[param]) for name, param in existing.fields.items()},
            {name: _elements(setting.params.get(param)) for name, param in existing.lists.items()},
            created_at=now,
            active_at=now,
        )


def _elements(value: ParamValue | None) -> tuple[tuple[str, ...], ...]:
    return tuple((item,) for item in value) if isinstance(value, tuple) else ()


def _shown_params(account: str, params: Params) -> dict[str, Json]:
    shown: dict[str, Json] = {
        name: list(value) if isinstance(value, tuple) else value for name, value in params.items()
    }
    return {**shown, "access_key_id": account} if account else shown


def _json(status: int, **fields: str) -> Reply:
    return Reply(status, to_json(fields), {"content-type": JSON_TYPE})
