"""The single calls that the checks of the preflight are made of, under accounts that no case has."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from conformance.cases.expand import fill_state, wire_parameters
from conformance.cases.model import ProviderState, Step, Transport
from conformance.cases.substitution import references
from conformance.engine.calls import Send
from conformance.engine.effects import ChangeState, Sleep, Together
from conformance.engine.sending.held_states import HeldState
from conformance.engine.sent import NothingKnownError, SentExchange
from conformance.protocol.request import REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from conformance.cases.model import Case, Cleanup
    from conformance.core.exchange import Credentials, Exchange
    from conformance.engine.effects import Steps
    from conformance.engine.plan import Plan
    from conformance.engine.steps import StepRunner
    from conformance.protocol.answer import Answered
    from conformance.target.states import StateFailure

_MOST_S: Final = 3.0
"""Seconds after which nothing more is asked: a slow server is not to be kept from its cases."""

_DELETED_WITHIN_S: Final = 1.0
_WAIT_S: Final = 0.05
_SERVER_FAULT: Final = 500


class Inquiry:
    """Sends the requests and sets the states of a preflight, as long as there is time.

    Args:
        plan: The run.
        steps: Sends the requests.
        account: Returns the account for a purpose that no case has.
    """

    def __init__(self, plan: Plan, steps: StepRunner, account: Callable[[str], Credentials]) -> None:
        self._plan = plan
        self._target = plan.target
        self._steps = steps
        self._account = account
        self._values = plan.target.placeholders
        self._deadline = 0.0
        self._held: list[tuple[ProviderState, Credentials]] = []

    def begin(self) -> None:
        """Let the time begin."""
        self._deadline = time.monotonic() + _MOST_S

    def account(self, purpose: str) -> Credentials:
        """Return the account for a purpose."""
        return self._account(f"preflight/{purpose}")

    def states_of(self, cases: Iterable[Case]) -> list[ProviderState]:
        """Return the states of cases that are set by a call, each name once."""
        by_name: dict[str, ProviderState] = {}
        for state in self._by_call([state for case in cases for state in case.given]):
            by_name.setdefault(state.name, state)
        return list(by_name.values())

    def set_all(self, states: Sequence[ProviderState], account: Credentials) -> Steps[bool]:
        """Set states; end in whether all are set, and take back what is set if not."""
        states = self._by_call(states)
        for index, state in enumerate(states):
            if (yield from self.set_state(state, account)) is not None:
                yield from self.take_back(states[:index], account)
                return False
        return True

    def take_back(self, states: Sequence[ProviderState], account: Credentials) -> Steps[None]:
        """Take states back, the last first."""
        for state in reversed(self._by_call(states)):
            yield from self.end_state(state, account)

    def take_back_all(self) -> Steps[None]:
        """Take back what a check left set, because an answer did not come or time was over."""
        for state, account in reversed(list(self._held)):
            yield from self.end_state(state, account)

    def set_state(self, state: ProviderState, account: Credentials) -> Steps[StateFailure | None]:
        """Set a state; end in why it is not set, or `None`.

        Raises:
            NothingKnownError: When time is over.
        """
        self._check_time()
        self._held.append((state, account))
        failure: StateFailure | None = yield ChangeState(state.name, fill_state(state, self._values), "setup", account)
        return failure

    def end_state(self, state: ProviderState, account: Credentials) -> Steps[None]:
        """Take a state back, whatever time it is."""
        if (state, account) in self._held:
            self._held.remove((state, account))
        held = HeldState(state.name, fill_state(state, self._values), account)
        yield from self._steps.state_ends.end(held)

    def ask(self, case: Case, account: Credentials, code: str | None = None) -> Steps[Answered]:
        """Send the request of a case.

        Raises:
            NothingKnownError: When there was no answer, or one that speaks of something else than the request.
        """
        answered = yield from self.call(case.steps[0], account)
        if answered.status >= _SERVER_FAULT and answered.code != code:
            raise NothingKnownError(str(answered.code))
        return answered

    def ask_at_once(self, step: Step, account: Credentials, times: int) -> Steps[list[Answered]]:
        """Send the request of a step several times at the same moment; raises `NothingKnownError` as `ask` does."""
        self._check_time()
        params = self.sent(step)
        send = Send(step.call, params, step.transport, account, written=params)
        exchanges: list[Exchange] = yield Together((send,) * times)
        return [self._steps.told(step, SentExchange(exchange, account)) for exchange in exchanges]

    def call(self, step: Step, account: Credentials) -> Steps[Answered]:
        """Send the request of a step; raises `NothingKnownError` as `ask` does."""
        self._check_time()
        return (yield from self._steps.call(step, self.sent(step), account))

    def sent(self, step: Step) -> dict[str, str]:
        """Return the parameters that a step sends."""
        return wire_parameters(step.params, self._values, step.encodings)

    def poll(self, case: Case) -> Step | None:
        """Return a call of the operation that shows the state, if a document names it."""
        for contract in self._plan.contracts.get(case.subject, {}).values():
            if contract.async_behaviour is not None:
                region = {REGION: self._target.values.get("region_id", "")}
                poll = contract.async_behaviour.poll
                return Step("preflight", poll, case.steps[0].version, region, Transport(), {})
        return None

    def delete(self, case: Case, cleanup: Cleanup, created: Answered, account: Credentials) -> Steps[bool]:
        """Delete what a case created; end in whether that succeeded; raises `NothingKnownError`."""
        params = self.deleting(cleanup, created)
        step = Step("preflight", cleanup.operation, case.steps[0].version, params, Transport(), {})
        until = time.monotonic() + _DELETED_WITHIN_S
        while True:
            answered = yield from self._steps.call(step, params, account)
            if answered.code is None or time.monotonic() > until:
                return answered.code is None
            yield Sleep(_WAIT_S)  # it may still be being created

    def deleting(self, cleanup: Cleanup, created: Answered) -> dict[str, str]:
        """Return the parameters that delete what was created; raises `NothingKnownError` when it cannot be named."""
        texts = {name: value for name, value in created.body.items() if isinstance(value, str) and value.strip()}
        fields = {f"created.{name}": value for name, value in texts.items()}
        if any(name.startswith("created.") and name not in fields for name in references(cleanup.params)):
            raise NothingKnownError("what was created cannot be named")
        return wire_parameters(cleanup.params, {**self._values, **fields})

    def named_by(self, states: Iterable[ProviderState]) -> set[str]:
        """Return the ids of resources that states are about."""
        filled = [fill_state(state, self._values) for state in states]
        return {value for params in filled if isinstance(value := params.get("id"), str) and value}

    def _by_call(self, states: Iterable[ProviderState]) -> list[ProviderState]:
        return [state for state in states if self._target.way(state.name).kind == "url"]

    def _check_time(self) -> None:
        if time.monotonic() > self._deadline:
            raise NothingKnownError("the preflight takes too long")
