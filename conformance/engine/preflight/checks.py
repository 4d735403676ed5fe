"""The calls of the preflight. What is lost, throttled or refused for another reason proves nothing."""

from __future__ import annotations

import secrets
from itertools import islice
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.cases.model import ProviderState, Transport
from conformance.core.redaction import Redactor, known_secrets
from conformance.core.wording import shorten
from conformance.engine.effects import StoppedError
from conformance.engine.preflight.apartness import Apartness
from conformance.engine.preflight.findings import ACCOUNTS, SHARED, PreflightFindings, noted, with_consequences
from conformance.engine.preflight.inquiry import Inquiry
from conformance.engine.preflight.served import ServedOperations
from conformance.engine.preflight.steadiness import Steadiness
from conformance.engine.preflight.witnesses import (
    creating_case,
    some_of,
    state_witnesses,
    usual_states,
    without_states_url,
)
from conformance.engine.sent import NothingKnownError
from conformance.engine.skip_reasons import skip_reason
from conformance.engine.steps import FORCED

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conformance.cases.model import Case
    from conformance.core.exchange import Credentials
    from conformance.engine.effects import Steps
    from conformance.engine.plan import Plan
    from conformance.engine.preflight.witnesses import StateWitness
    from conformance.engine.steps import StepRunner
    from conformance.target.states import StateFailure

_MOST_STATES: Final = 40
_FEWEST_CASES: Final = 2
"""Cases of which one can disturb another."""

_FEWEST_STATES: Final = 3
"""States that a server must refuse before it is said that it refuses all."""


class _Seen(Struct, frozen=True):
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
        self._inquiry = Inquiry(plan, steps, account)

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
        self._inquiry.begin()
        checks = [self._states_url, self._states, self._resources, self._formats]
        for check in checks:
            try:
                found = yield from check(cases, found)
            except NothingKnownError:
                yield from self._inquiry.take_back_all()
            except StoppedError:
                yield from self._inquiry.take_back_all()
                raise
        yield from self._inquiry.take_back_all()
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
        states = self._inquiry.states_of(cases)
        if not states:
            return found
        if self._target.states_url is None:
            text = without_states_url(cases, found.usual)
            return noted(found, "states.none", text) if text else found
        account = self._inquiry.account("unknown")
        unknown = ProviderState(f"conformance.unknown-state-{secrets.token_hex(4)}")
        failure = yield from self._inquiry.set_state(unknown, account)
        if failure is None:
            yield from self._inquiry.end_state(unknown, account)
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
            other = yield from self._inquiry.set_state(state, account)
            if other is None:
                yield from self._inquiry.end_state(state, account)
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
        witnesses = some_of(state_witnesses(cases, self._plan, found.usual))
        if witnesses and self._target.rate is None:
            found = yield from Steadiness(self._inquiry, witnesses[0], found).check()
            if found.doubt is not None:
                return found  # what a state does cannot be seen then
        for number, witness in enumerate(witnesses):
            seen = yield from self._watch(witness, f"state-{number}")
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
        one, other = self._inquiry.account(purpose), self._inquiry.account(f"{purpose}/other")
        if (yield from self._refused(case, self._inquiry.account(f"{purpose}/before"), code)):
            return None
        if not (yield from self._inquiry.set_all(case.given, one)):
            return None
        effective = yield from self._refused(case, one, code)
        by_another = effective and (yield from self._refused(case, other, code))
        yield from self._inquiry.take_back(case.given, one)
        kept = effective and (yield from self._refused(case, one, code))
        return _Seen(effective, by_another, kept)

    def _refused(self, case: Case, account: Credentials, code: str) -> Steps[bool]:
        """Send the request of a case, delete what it may create, and end in whether it was refused with `code`."""
        answered = yield from self._inquiry.ask(case, account, code)
        if answered.code is None and case.cleanup is not None:
            yield from self._inquiry.delete(case, case.cleanup, answered, account)
        return answered.code == code

    def _resources(self, cases: Sequence[Case], found: PreflightFindings) -> Steps[PreflightFindings]:
        """Ask whether what one account created is seen by another, and whether it can be deleted."""
        if not self._may_create or found.no_states:
            return found
        can_be_run = (case for case in cases if skip_reason(case, self._target) is None)
        if len([*islice(can_be_run, _FEWEST_CASES)]) < _FEWEST_CASES:
            return found
        case = creating_case(cases, self._plan, found.usual)
        if case is None:
            return found
        alone = self._target.states_url is None and self._target.rate is None
        return (yield from Apartness(self._inquiry, case, found, alone=alone).check())

    def _formats(self, cases: Sequence[Case], found: PreflightFindings) -> Steps[PreflightFindings]:
        """Ask whether the target answers in each format that cases ask for."""
        wanted = {step.transport.format: case for case in cases for step in case.steps}
        for form, case in sorted(wanted.items()):
            poll = self._inquiry.poll(case)
            if form == Transport().format or poll is None or self._target.driver != "http":
                continue
            usual = yield from self._inquiry.call(poll, self._inquiry.account("format"))
            answered = yield from self._inquiry.call(
                replace(poll, transport=Transport(format=form)), self._inquiry.account(f"format/{form}")
            )
            if usual.code == answered.code and answered.format != form:
                text = f"the target answers {poll.operation} in {answered.format} when {form} is asked for"
                found = noted(found, f"format.{form}", text)
        return found
