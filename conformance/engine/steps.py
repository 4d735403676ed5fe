"""The requests of one case, sent and judged: states first, then each step, then the states are taken back."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec.structs import replace

from conformance.cases.expand import fill_body, fill_state, wire_parameters
from conformance.cases.model import Until
from conformance.core.redaction import RunSecrets
from conformance.engine.calls import Send
from conformance.engine.cleanup.cleaner import Cleaner, Creations
from conformance.engine.effects import ChangeState, Sleep, Together
from conformance.engine.sending.attempts import Attempts
from conformance.engine.sending.held_states import HeldState, StateEnds
from conformance.engine.sending.step_context import LetsPass, StepContext
from conformance.engine.sent import NothingKnownError, NotServedError, SentExchange, StateRefusedError, read_all
from conformance.engine.step_judging import StepJudge
from conformance.judging.differences import differences
from conformance.judging.exchange_entries import clean
from conformance.protocol.request import curl_line
from conformance.target.states import curl_state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.cases.model import Case, ProviderState, Step
    from conformance.cases.promises import PromisedAnswer
    from conformance.core.exchange import Credentials, Exchange
    from conformance.engine.calls import Review
    from conformance.engine.effects import Steps
    from conformance.engine.progress import Progress
    from conformance.judging.denials import Denials
    from conformance.judging.findings import Finding
    from conformance.protocol.answer import Answered
    from conformance.target.ledger import Ledger
    from conformance.target.model import Target


FORCED: Final = "service.answers-with"
"""The state that sets the code that a server answers with."""

_FIRST_WAIT_S = 0.02
_LONGEST_WAIT_S = 1.0
_LEAST_ATTEMPTS = 5
"""How often a step is sent at the least before an effect counts as missing: a busy server may need long for each."""

_MOST_DELAY = 4
"""After how many times the deadline beyond it nothing is sent any more, however seldom it was: no wait is endless."""

_WHEN_EXPECTED: Final = Until()


class _Call(NamedTuple):
    """One call of a step: what is sent, the answers that the documents allow, who deletes, and what is known."""

    send: Send
    allowed: tuple[PromisedAnswer, ...]
    cleaner: Cleaner | None
    progress: Progress


class StepRunner:
    """Makes and judges the requests of cases; what it asks for is done by the loop that drives it.

    Args:
        target: The target.
        ledger: Where it is written down what is created on an account that outlives the run.
        clock: Returns the seconds by which a repeated request runs out of time.
        refusals: Knows the answers that say nothing about a case.
        review: Judges what was sent, when something else than the engine sends it.
        several: Whether the run is about several operations, of which the target may serve some.

    Attributes:
        passed: The operations that the target lets made-up accounts call.
        secrets: The secrets of the run.
        attempts: Sends requests.
        state_ends: Takes states back.
        deletes: Whether a case deletes what it created under an account of its own too.
    """

    def __init__(
        self,
        target: Target,
        refusals: Denials,
        ledger: Ledger | None = None,
        clock: Callable[[], float] = time.monotonic,
        review: Review | None = None,
        *,
        several: bool = False,
    ) -> None:
        self._target = target
        self._several = several
        self._creations = Creations(ledger)
        self.secrets: Final = RunSecrets(target.accounts)
        self._clock = clock
        self._review = review
        self.passed: set[str] = set()
        self._refusals = refusals
        self.attempts = Attempts(refusals, target.timeout_s)
        self.state_ends: Final = StateEnds(target, self.attempts.change_state)
        self.deletes = False
        self._values = target.placeholders
        self._lasting: set[tuple[str, object]] = set()
        """Operations with the error codes that they still answered with when an effect was to show at the latest."""
        # An OpenAPI mock answers with the examples of its file, of which each has one RequestId.
        self.judging = StepJudge(review, unique_request_ids=not target.canned)

    def run(
        self,
        case: Case,
        credentials: Credentials,
        progress: Progress,
        other: Callable[[str], Credentials],
        lets_pass: LetsPass | None = None,
    ) -> Steps[None]:
        """Set the case's states, send and judge its requests, take the states back.

        Args:
            case: The case.
            credentials: The account that it runs under.
            progress: What is found is added here, also when it fails on the way.
            other: Returns another account by the name that a step has for it.
            lets_pass: Ends in whether the target is known to let requests for an operation pass.

        Raises:
            NotServedError: When an answer says nothing about its request.
            NothingKnownError: When a state could not be set, or a request was not answered in a way that can be judged.
            NotSentError: When an SDK did not send a request.
        """
        others = {step.account: other(step.account) for step in case.steps if step.account is not None}
        progress.credentials += [credentials, *others.values()]
        progress.secrets = self.secrets
        held: list[HeldState] = []
        cleaner = self._cleaner(case, credentials)
        dropped = False
        try:
            yield from self.state_ends.end_open()
            yield from self._set_states(case.given, credentials, held, progress)
            context = StepContext(credentials, self._values, cleaner, held, others, lets_pass)
            yield from self._run_steps(case.steps, context, progress)
        except GeneratorExit:
            dropped = True  # nobody is left to do what would be asked for
            raise
        finally:
            if not dropped:
                clean = yield from self._take_back(cleaner, held)
                progress.left = not clean and not credentials.generated

    def _cleaner(self, case: Case, credentials: Credentials) -> Cleaner | None:
        if case.cleanup is None or (credentials.generated and not self.deletes):
            return None
        if not credentials.generated:
            return Cleaner(case, self._values, credentials, self._creations)
        # What was made by others is no concern of this account, so nothing is looked for and nothing marked.
        simple = replace(case, cleanup=replace(case.cleanup, find=None, marks=()))
        return Cleaner(simple, self._values, credentials, Creations(None))

    def call(self, step: Step, params: Mapping[str, str], credentials: Credentials) -> Steps[Answered]:
        """Send one request outside any case; raises `NothingKnownError`."""
        return self.told(step, (yield from self.sent(step, params, credentials)))

    def told(self, step: Step, sent: SentExchange) -> Answered:
        """Return the answer to a request outside any case; raises `NothingKnownError`."""
        answered = sent.answered()
        refusal = self._refusals.of(step.operation, answered)
        if refusal is not None:
            raise NotServedError(clean(refusal.text, sent.redactor), refusal)
        return answered

    def sent(self, step: Step, params: Mapping[str, str], credentials: Credentials) -> Steps[SentExchange]:
        """Send one request outside any case, and look at nothing of its answer."""
        return (yield from self.attempts.send(Send(step.call, params, step.transport, credentials, written=params)))

    # States.

    def _set_states(
        self, states: Sequence[ProviderState], credentials: Credentials, held: list[HeldState], progress: Progress
    ) -> Steps[None]:
        for state in states:
            if self._target.way(state.name).kind != "url":
                continue  # it holds without being set
            params = fill_state(state, self._values)
            try:
                yield from self._change(state.name, params, credentials, "setup")
            except NothingKnownError as fault:
                if fault.lost:
                    held.append(HeldState(state.name, params, credentials))  # it may be set all the same
                raise
            held.append(HeldState(state.name, params, credentials))
            self._note_change(held[-1], "setup", progress)

    def _end_states(
        self, names: Sequence[str], credentials: Credentials, held: list[HeldState], progress: Progress
    ) -> Steps[None]:
        """Take back the states of these names that an account is in, the last first."""
        for state in reversed([each for each in held if each.name in names and each.credentials == credentials]):
            yield from self._change(state.name, state.params, credentials, "teardown")
            held.remove(state)
            self._note_change(state, "teardown", progress)

    def _note_change(self, state: HeldState, action: str, progress: Progress) -> None:
        assert self._target.states_url is not None  # noqa: S101 - else the case would not be run
        shown_id = state.credentials.shown_id
        line = partial(curl_state, self._target.states_url, state.name, state.params, shown_id, action)
        progress.commands.append(line)

    def _take_back(self, cleaner: Cleaner | None, held: Sequence[HeldState]) -> Steps[bool]:
        """Delete what was created and take the states back; ends in whether nothing of what was created is left."""
        clean = cleaner is None or (yield from cleaner.clean_up())
        for state in reversed(held):
            failure = yield from self.state_ends.end(state)
            if failure is not None and state.credentials.generated:
                break
        return clean

    def _change(self, name: str, params: Mapping[str, object], credentials: Credentials, action: str) -> Steps[None]:
        failure = yield from self.attempts.change_state(ChangeState(name, params, action, credentials))
        if failure is not None:
            if failure.refused:
                raise StateRefusedError(failure.text, name)
            # A server that was not available for now may be by the time that the case is run again.
            raise NothingKnownError(failure.text, lost=failure.lost or failure.answer is not None)

    # Steps.

    def _run_steps(self, steps: Sequence[Step], context: StepContext, progress: Progress) -> Steps[None]:
        for index, step in enumerate(steps):
            if not progress.open_languages():
                break
            saved = progress.saved_for(step) if index else {}
            filled = replace(context, values={**self._values, **saved}) if saved else context
            yield from self._step(index, step, filled.of(step), progress)
            if progress.code is not None and index + 1 < len(steps) and step.times == 1 and step.may_succeed:
                break  # later steps build on a success; an error that the documents allow leaves nothing to ask

    def _step(self, index: int, step: Step, context: StepContext, progress: Progress) -> Steps[None]:
        yield from self._end_states(step.teardown, context.credentials, context.held, progress)
        yield from self._set_states(step.given, context.credentials, context.held, progress)
        send = self._send(index, step, context, progress)
        allowed = tuple(answer for promise in progress.promised.values() for answer in promise.answers[index])
        call = _Call(send, allowed, context.cleaner, progress)
        answers, broken, unknown = read_all((yield from self._answers(index, step, call)))
        if unknown is not None:
            raise unknown
        for answered in answers:
            yield from self._require_judgeable(call, answered, context.lets_pass)
        if broken:
            progress.no_envelope = True
            self.judging.no_envelope(index, broken, progress)
            return
        succeeded = [answered for answered in answers if answered.code is None]
        progress.bodies[step.name] = (succeeded or answers)[0].body
        progress.code = answers[-1].code
        self.judging.judge(index, step, send, answers, progress)

    def _require_judgeable(self, call: _Call, answered: Answered, can_tell: LetsPass | None) -> Steps[None]:
        """Raise `NotServedError` when an answer says nothing about its request."""
        operation = call.send.call[0]
        refusal = self._refusals.of(operation, answered, call.allowed)
        if refusal is None:
            if operation not in self.passed and self._refusals.of(operation, answered) is None:
                self.passed.add(operation)
            return
        if refusal.of_operation and call.send.credentials.generated:
            lets_pass = operation in self.passed
            if not lets_pass and can_tell is not None:
                lets_pass = yield from can_tell(operation)
            if lets_pass:
                return  # then it refuses this request, and not the account
        if refusal.kind == "unserved" and operation == call.progress.operation:
            # What is tested alone is there, or differs. Of several operations a target may serve some.
            served = not self._several or can_tell is None or operation in self.passed
            if not served and can_tell is not None:
                served = yield from can_tell(operation)
            if served:
                return
        attempts = len(call.progress.exchanges[-1].exchange.retries) + 1
        often = f" (after {attempts} attempts)" if attempts > 1 else ""
        raise NotServedError(f"{clean(refusal.text, call.progress.redactor())}{often}", refusal)

    def _send(self, index: int, step: Step, context: StepContext, progress: Progress) -> Send:
        """Return the call of a step, with everything filled in; its command line is added to the progress."""
        credentials = context.credentials
        written = {**step.params, **step.extra} if step.extra else step.params
        params = wire_parameters(written, context.values, step.encodings)
        if context.cleaner is not None:
            marked = context.cleaner.marked(step, params)
            written = {**written, **{name: value for name, value in marked.items() if name not in params}}
            params = marked
        line = partial(curl_line, self._target.endpoint, step.call, params, step.transport, credentials.shown_id)
        progress.asked[step.name] = len(progress.commands)
        progress.commands.append(line)
        headers = progress.preference(index) if self._target.canned else {}
        as_text = {path: how for path, how in step.encodings.items() if path not in step.nested}
        return Send(
            step.call,
            params,
            step.transport,
            credentials,
            headers,
            written,
            context.values,
            as_text=as_text,
            nested=step.nested,
        )

    def _answers(self, index: int, step: Step, call: _Call) -> Steps[list[SentExchange]]:
        if step.times > 1:
            return (yield from self._at_once(step.times, call))
        # What the operation under test did may take its time to show in the answers of other operations.
        if step.until is None and step.operation == call.progress.operation and not (index and step.lists_earlier):
            return [(yield from self._once(call))]
        return [(yield from self._until(index, step, call))]

    def _at_once(self, times: int, call: _Call) -> Steps[list[SentExchange]]:
        """Send the same request several times at the same moment; those that are throttled are sent again later."""
        send, allowed, cleaner, progress = call
        progress.raced = True
        if cleaner is not None:
            yield from cleaner.intend(send, times)
        exchanges: list[Exchange] = yield Together((send,) * times)
        progress.elapsed_ms += max(exchange.elapsed_ms for exchange in exchanges)
        sent = [SentExchange(exchange, send.credentials) for exchange in exchanges]
        for index, exchange in enumerate(exchanges):
            sent[index] = yield from self.attempts.again(send, exchange, allowed)
        progress.exchanges += sent
        for each in sent:
            progress.throttled |= bool(each.exchange.retries)
        if cleaner is not None:
            for each in sent:  # all of them, before anything that one of them answered ends the case
                cleaner.note(send, each)
        for each in sent:
            self._require_sent(send, each.exchange, progress)
        return sent

    def _once(self, call: _Call) -> Steps[SentExchange]:
        send, allowed, cleaner, progress = call
        if cleaner is not None:
            yield from cleaner.intend(send)
        sent = yield from self.attempts.send(send, allowed)
        progress.elapsed_ms += sent.exchange.elapsed_ms
        progress.exchanges.append(sent)
        progress.throttled |= bool(sent.exchange.retries)
        if cleaner is not None:
            cleaner.note(send, sent)
        self._require_sent(send, sent.exchange, progress)
        return sent

    def _require_sent(self, send: Send, exchange: Exchange, progress: Progress) -> None:
        if self._review is not None:
            self._review.require_sent(send, exchange, progress.operation)

    def _until(self, index: int, step: Step, call: _Call) -> Steps[SentExchange]:
        """Send a step until its answer is as awaited, or the time is over; return the last answer."""
        send, allowed, _, progress = call
        until = step.until or _WHEN_EXPECTED
        until = replace(until, body=fill_body(until.body, send.values))
        within_s = self._target.effects_within_s if until.within_s is None else until.within_s
        wait, attempts, deadline = _FIRST_WAIT_S, 0, 0.0
        while True:
            sent = yield from self._once(call)
            answers, *_ = read_all([sent])
            if not answers or self._refusals.of(send.call[0], answers[0], allowed) is not None:
                return sent
            (answered,) = answers
            attempts += 1
            deadline = deadline or self._clock() + within_s
            missing = self._missing(index, until, send, answered, progress, lists=step.lists_earlier)
            # What was throttled may have been done all the same: then the refusal stays, and the case is run again.
            if not missing or (answered.code is not None and sent.exchange.retries and send.credentials.generated):
                return sent
            now = self._clock()
            over = now >= deadline and (attempts >= _LEAST_ATTEMPTS or now >= deadline + _MOST_DELAY * within_s)
            if over and answered.code is not None and not progress.throttled:
                self._lasting.add((step.operation, answered.code))
            if over or (step.operation, answered.code) in self._lasting:
                if until.body and answered.code is None:
                    for language in progress.open_languages():
                        progress.add(language, missing)
                return sent
            progress.exchanges.pop()  # only the last of the repeated exchanges is kept
            self.judging.envelope(answered, step)
            yield Sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT_S)

    def _missing(
        self, index: int, until: Until, send: Send, answered: Answered, progress: Progress, *, lists: bool
    ) -> list[Finding]:
        """Return what an answer still lacks of what a step waits for."""
        if answered.code is None and until.body:
            return list(differences(until.body, answered.body, "response.body"))
        if answered.code is None and send.call[0] == progress.operation and not lists:
            return []  # it was accepted, and would only be carried out twice
        return self.judging.unexpected(index, send, answered, progress)
