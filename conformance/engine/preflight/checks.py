"""The calls of the preflight. What is lost, throttled or refused for another reason proves nothing."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from conformance.cases.expand import fill_state, wire_parameters
from conformance.cases.model import ProviderState, Step, Transport
from conformance.cases.substitution import references
from conformance.core.redaction import Redactor, known_secrets
from conformance.core.wording import shorten
from conformance.engine.effects import ChangeState, Sleep, StoppedError
from conformance.engine.preflight.findings import ACCOUNTS, SHARED, PreflightFindings, noted, with_consequences
from conformance.engine.preflight.served import ServedOperations
from conformance.engine.preflight.witnesses import (
    creating_case,
    some_of,
    state_witnesses,
    usual_states,
    without_states_url,
)
from conformance.engine.sending.held_states import HeldState
from conformance.engine.sent import NothingKnownError
from conformance.engine.steps import FORCED
from conformance.protocol.request import REGION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from conformance.cases.model import Case, Cleanup
    from conformance.core.exchange import Credentials
    from conformance.engine.effects import Steps
    from conformance.engine.plan import Plan
    from conformance.engine.preflight.witnesses import StateWitness
    from conformance.engine.steps import StepRunner
    from conformance.protocol.answer import Answered
    from conformance.target.states import StateFailure

_MOST_S: Final = 3.0
"""Seconds after which nothing more is asked: a slow server is not to be kept from its cases."""

_MOST_STATES: Final = 40
_FEWEST_CASES: Final = 2
"""Cases of which one can disturb another."""

_FEWEST_STATES: Final = 3
"""States that a server must refuse before it is said that it refuses all."""

_DELETED_WITHIN_S: Final = 1.0
_WAIT_S: Final = 0.05
_SERVER_FAULT: Final = 500


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the witness of a state has shown.

    Attributes:
        effective: Whether the state, once set, led to the refusal.
        by_another: Whether it also held for another account.
        kept: Whether it still held after it was taken back.
    """

    effective: bool
    by_another: bool = False
    kept: bool = False


class Preflight:
    """Makes the calls of the preflight, under accounts of their own.

    With real credentials, and through an SDK, it asks no more than whether states can be set at all, and in which
    format the operation that shows the state answers: nothing that creates anything.

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
        self._values = {f"target.{name}": value for name, value in plan.target.values.items()}
        self._deadline = 0.0
        self._held: list[tuple[ProviderState, Credentials]] = []

    def run(self, cases: Sequence[Case]) -> Steps[PreflightFindings]:
        """Ask the target; ends in what is known then.

        Args:
            cases: Those that will be run.
        """
        found = PreflightFindings(usual=usual_states(self._plan.cases or cases))
        if self._target.canned or self._plan.not_run:
            return found
        found = yield from self._served(cases, found)
        cases = [case for case in cases if found.unserved.reason(case) is None]
        self._deadline = time.monotonic() + _MOST_S
        checks = [self._states_url, self._states, self._resources, self._formats]
        for check in checks:
            try:
                found = yield from check(cases, found)
            except NothingKnownError:
                yield from self._take_back_all()
            except StoppedError:
                yield from self._take_back_all()
                raise
        yield from self._take_back_all()
        return with_consequences(found, sole=self._plan.sole)

    @property
    def _may_create(self) -> bool:
        target = self._target
        return target.credentials is None and not target.profiles and target.driver == "http"

    def _served(self, cases: Sequence[Case], found: PreflightFindings) -> Steps[PreflightFindings]:
        """Ask which of several operations there are."""
        if not self._may_create or len(self._plan.contracts) < _FEWEST_CASES:
            return found
        unserved = yield from ServedOperations(self._plan, self._steps, self._account).run(cases)
        found = replace(found, unserved=unserved)
        return found if unserved.note is None else noted(found, unserved.note.key, unserved.note.text)

    # Each check returns the findings with what it found.

    def _states_url(self, cases: Sequence[Case], found: PreflightFindings) -> Steps[PreflightFindings]:
        """Ask whether the states URL sets states, and refuses one that does not exist."""
        states = self._states_of(cases)
        if not states:
            return found
        if self._target.states_url is None:
            text = without_states_url(cases, found.usual)
            return noted(found, "states.none", text) if text else found
        account = self._account("preflight/unknown")
        unknown = ProviderState(f"conformance.unknown-state-{secrets.token_hex(4)}")
        failure = yield from self._change(unknown, account, "setup")
        if failure is None:
            yield from self._change(unknown, account, "teardown")
            text = (
                "the states URL accepts a state that does not exist, so it cannot be known whether a state is set: "
                "refuse unknown states with 400"
            )
            return noted(replace(found, any_state_accepted=True), "states.unknown-accepted", text)
        states = [state for state in states if state.name != FORCED][:_MOST_STATES]
        if not failure.unreachable and not (yield from self._all_fail_alike(states, failure, account)):
            return found
        why = shorten((Redactor.of(account) | known_secrets()).text(self._no_states(failure, len(states))))
        return noted(replace(found, no_states=why), "states.url", why)

    def _all_fail_alike(
        self, states: Sequence[ProviderState], failure: StateFailure, account: Credentials
    ) -> Steps[bool]:
        """Whether all states fail as a state that does not exist did, which cannot be said by one refusal alone."""
        if failure.answered is None or (len(states) < _FEWEST_STATES and failure.refused):
            return False
        for state in states:
            other = yield from self._change(state, account, "setup")
            if other is None:
                yield from self._change(state, account, "teardown")
                return False
            if other.answered != failure.answered:
                return False
        return True

    def _no_states(self, failure: StateFailure, count: int) -> str:
        url = self._target.states_url
        if failure.unreachable:
            return f"could not connect to the states URL {url}"
        return (
            f"the states URL {url} answers {failure.answered} to every state ({count} tried), with: "
            f"{failure.text.partition(': ')[2]}; is it where states are set?"
        )

    def _states(self, cases: Sequence[Case], found: PreflightFindings) -> Steps[PreflightFindings]:
        """Ask whether a state that is set shows, for its account alone, until it is taken back."""
        if not self._may_create or found.no_states or self._target.states_url is None or len(cases) < _FEWEST_CASES:
            return found
        without = with_params = 0
        for number, witness in enumerate(some_of(state_witnesses(cases, self._plan, found.usual))):
            seen = yield from self._watch(witness, f"preflight/state-{number}")
            if seen is None:
                continue
            if not seen.effective:
                without += not witness.decisive.params
                continue
            if seen.by_another:
                text = f"{SHARED}: a state that is set for one AccessKeyId holds for another"
                found = noted(replace(found, one_by_one=True), ACCOUNTS, text)
            if seen.kept:
                found = self._teardown_ignored(found)
            with_params += bool(witness.decisive.params)
            break
        if without >= _FEWEST_CASES and with_params and not found.any_state_accepted:
            text = (
                f"{without} states without parameters were accepted and have no effect, one with parameters has: "
                "is an empty object taken for false?"
            )
            return noted(replace(found, empty_params_ignored=True), "states.empty-params", text)
        return found

    def _teardown_ignored(self, found: PreflightFindings) -> PreflightFindings:
        text = "a state still holds after its teardown"
        if found.one_by_one or self._target.isolation == "global":
            doubt = f"{text}, and states hold for every account: what an earlier case set may decide the answer"
            return noted(replace(found, doubt=doubt), "states.teardown", doubt)
        return noted(
            found,
            "states.teardown",
            f"{text}; every case has an account of its own, so only those about teardown depend on it",
        )

    def _watch(self, witness: StateWitness, purpose: str) -> Steps[_Seen | None]:
        """Set the states of a witness, look, and take them back; ends in `None` when nothing can be seen by it."""
        case, code = witness.case, witness.code
        one, other = self._account(purpose), self._account(f"{purpose}/other")
        if (yield from self._refused(case, self._account(f"{purpose}/before"), code)):
            return None
        if not (yield from self._set(case.given, one)):
            return None
        effective = yield from self._refused(case, one, code)
        by_another = effective and (yield from self._refused(case, other, code))
        yield from self._take_back(case.given, one)
        kept = effective and (yield from self._refused(case, one, code))
        return _Seen(effective, by_another, kept)

    def _refused(self, case: Case, account: Credentials, code: str) -> Steps[bool]:
        """Send the request of a case, delete what it may create, and end in whether it was refused with `code`."""
        answered = yield from self._ask(case, account, code)
        if answered.code is None and case.cleanup is not None:
            yield from self._delete(case, case.cleanup, answered, account)
        return answered.code == code

    def _resources(self, cases: Sequence[Case], found: PreflightFindings) -> Steps[PreflightFindings]:
        """Ask whether what one account created is seen by another, and whether it can be deleted."""
        if not self._may_create or found.no_states or len(cases) < _FEWEST_CASES:
            return found
        case = creating_case(cases, self._plan, found.usual)
        if case is None or (self._target.states_url is None and case.given):
            return found
        assert case.cleanup is not None  # noqa: S101 - chosen so
        one, other = self._account("preflight/resource"), self._account("preflight/resource/other")
        if not ((yield from self._set(case.given, one)) and (yield from self._set(case.given, other))):
            return found
        first = yield from self._ask(case, one)
        if first.code is not None:
            return found
        second = yield from self._ask(case, other)
        seen = second.code is None and (yield from self._shows(case, first, other))
        if second.code is None and not seen and not found.one_by_one:
            yield from self._take_back(case.given, one)
            yield from self._take_back(case.given, other)
            return found
        deleted = yield from self._delete(case, case.cleanup, first, one)
        if second.code is not None:
            # What stood in the way was the other account's only if it is out of the way now.
            second = yield from self._ask(case, other)
            seen = deleted and second.code is None
        if second.code is None:
            yield from self._delete(case, case.cleanup, second, other)
        yield from self._take_back(case.given, other)
        yield from self._take_back(case.given, one)
        if seen and not found.one_by_one:
            text = f"{SHARED}: what one AccessKeyId created is there for another"
            found = noted(found, ACCOUNTS, text)
        return replace(found, one_by_one=found.one_by_one or seen, deletes=deleted)

    def _shows(self, case: Case, created: Answered, account: Credentials) -> Steps[bool]:
        """End in whether the operation that shows the state shows `account` what was created under another."""
        poll = self._poll(case)
        ids = self._ids(case, created)
        if poll is None or not ids:
            return False
        answered = yield from self._call(poll, account)
        text = json.dumps(answered.body)
        return any(json.dumps(each) in text for each in ids)

    def _ids(self, case: Case, created: Answered) -> set[str]:
        """Return what names the resource that was created: values of the answer by which it is deleted."""
        deleting = set(self._deleting(case.cleanup, created).values()) if case.cleanup is not None else set()
        sent = set(wire_parameters(case.steps[0].params, self._values, case.steps[0].encodings).values())
        return {value for value in created.body.values() if isinstance(value, str) and value in deleting - sent}

    def _formats(self, cases: Sequence[Case], found: PreflightFindings) -> Steps[PreflightFindings]:
        """Ask whether the target answers in each format that cases ask for."""
        wanted = {step.transport.format: case for case in cases for step in case.steps}
        for form, case in sorted(wanted.items()):
            poll = self._poll(case)
            if form == Transport().format or poll is None or self._target.driver != "http":
                continue
            usual = yield from self._call(poll, self._account("preflight/format"))
            answered = yield from self._call(
                replace(poll, transport=Transport(format=form)), self._account(f"preflight/format/{form}")
            )
            if usual.code == answered.code and answered.format != form:
                text = f"the target answers {poll.operation} in {answered.format} when {form} is asked for"
                found = noted(found, f"format.{form}", text)
        return found

    # The calls.

    def _states_of(self, cases: Iterable[Case]) -> list[ProviderState]:
        """Return the states of cases that are set by a call, each name once."""
        by_name: dict[str, ProviderState] = {}
        for case in cases:
            for state in case.given:
                if self._target.way(state.name).kind == "url":
                    by_name.setdefault(state.name, state)
        return list(by_name.values())

    def _set(self, states: Sequence[ProviderState], account: Credentials) -> Steps[bool]:
        """Set states; end in whether all are set, and take back what is set if not."""
        for index, state in enumerate(states):
            if (yield from self._change(state, account, "setup")) is not None:
                yield from self._take_back(states[:index], account)
                return False
        return True

    def _take_back(self, states: Sequence[ProviderState], account: Credentials) -> Steps[None]:
        for state in reversed(states):
            yield from self._change(state, account, "teardown")

    def _take_back_all(self) -> Steps[None]:
        """Take back what a check left set, because an answer did not come or time was over."""
        for state, account in reversed(list(self._held)):
            yield from self._change(state, account, "teardown")

    def _change(self, state: ProviderState, account: Credentials, action: str) -> Steps[StateFailure | None]:
        if action == "setup":
            self._check_time()
            self._held.append((state, account))
        elif (state, account) in self._held:
            self._held.remove((state, account))
        params = fill_state(state, self._values)
        if action == "teardown":
            return (yield from self._steps.state_ends.end(HeldState(state.name, params, account)))
        failure: StateFailure | None = yield ChangeState(state.name, params, action, account)
        return failure

    def _ask(self, case: Case, account: Credentials, code: str | None = None) -> Steps[Answered]:
        """Send the request of a case.

        Raises:
            NothingKnownError: When there was no answer, or one that speaks of something else than the request.
        """
        self._check_time()
        step = case.steps[0]
        params = wire_parameters(step.params, self._values, step.encodings)
        answered = yield from self._steps.call(step, params, account)
        if answered.status >= _SERVER_FAULT and answered.code != code:
            raise NothingKnownError(str(answered.code))
        return answered

    def _call(self, step: Step, account: Credentials) -> Steps[Answered]:
        self._check_time()
        return (yield from self._steps.call(step, wire_parameters(step.params, self._values, step.encodings), account))

    def _poll(self, case: Case) -> Step | None:
        """Return a call of the operation that shows the state, if a document names it."""
        for contract in self._plan.contracts.get(case.subject, {}).values():
            if contract.async_behaviour is not None:
                region = {REGION: self._target.values.get("region_id", "")}
                poll = contract.async_behaviour.poll
                return Step("preflight", poll, case.steps[0].version, region, Transport(), {})
        return None

    def _delete(self, case: Case, cleanup: Cleanup, created: Answered, account: Credentials) -> Steps[bool]:
        """Delete what a case created; end in whether that succeeded."""
        params = self._deleting(cleanup, created)
        step = Step("preflight", cleanup.operation, case.steps[0].version, params, Transport(), {})
        until = time.monotonic() + _DELETED_WITHIN_S
        while True:
            answered = yield from self._steps.call(step, params, account)
            if answered.code is None or time.monotonic() > until:
                return answered.code is None
            yield Sleep(_WAIT_S)  # it may still be being created

    def _deleting(self, cleanup: Cleanup, created: Answered) -> dict[str, str]:
        texts = {name: value for name, value in created.body.items() if isinstance(value, str) and value.strip()}
        fields = {f"created.{name}": value for name, value in texts.items()}
        if any(name.startswith("created.") and name not in fields for name in references(cleanup.params)):
            raise NothingKnownError("what was created cannot be named")
        return wire_parameters(cleanup.params, {**self._values, **fields})

    def _check_time(self) -> None:
        if time.monotonic() > self._deadline:
            raise NothingKnownError("the preflight takes too long")
