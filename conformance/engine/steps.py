"""The requests of one case, sent and judged: states first, then each step, then the states are taken back."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Final

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
    from conformance.core.exchange import Credentials, Exchange
    from conformance.engine.calls import Review
    from conformance.engine.effects import Steps
    from conformance.engine.progress import Progress
    from conformance.judging.denials import Denial, Denials
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
        self._canned = target.canned
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
        self._lasting: set[tuple[str, str]] = set()
        """Operations with the error codes that they still answered with when an effect was to show at the latest."""
        # An OpenAPI mock answers with the examples of its file, of which each has one RequestId.
        self.judging = StepJudge(review, unique_request_ids=not self._canned)

    def run(
        self,
        case: Case,
        credentials: Credentials,
        progress: Progress,
        other: Callable[[Credentials, str], Credentials],
        lets_pass: LetsPass | None = None,
    ) -> Steps[None]:
        """Set the case's states, send and judge its requests, take the states back.

        Args:
            case: The case.
            credentials: The account that it runs under.
            progress: What is found is added here, also when it fails on the way.
            other: Returns another account beside that one, by the name that a step has for it.
            lets_pass: Ends in whether the target is known to let requests for an operation pass.

        Raises:
            NotServedError: When an answer says nothing about its request.
            NothingKnownError: When a state could not be set, or a request was not answered in a way that can be judged.
            NotSentError: When an SDK did not send a request.
        """
        others = {step.account: other(credentials, step.account) for step in case.steps if step.account is not None}
        progress.credentials += (credentials, *others.values())
        progress.secrets = self.secrets
        held: list[HeldState] = []
        cleaner = self._cleaner(case, credentials)
        dropped = False
        try:
            if self.state_ends.left:
                yield from self.state_ends.end_left()
            if case.given:
                yield from self._set_states(case.given, credentials, held, progress)
            for index, step in enumerate(case.steps):
                values = {**self._values, **progress.saved_for(step)} if index else self._values
                # Of another account nothing is created that would outlive the run.
                account, deletes = (credentials, cleaner) if step.account is None else (others[step.account], None)
                context = StepContext(account, values, deletes, held, lets_pass, progress.allowed[index], progress)
                yield from self._step(index, step, context)
                if index + 1 < len(case.steps) and _is_over(step, progress):
                    break
        except GeneratorExit:
            dropped = True  # nobody is left to do what would be asked for
            raise
        finally:
            if not dropped and (cleaner is not None or held):
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

    def _step(self, index: int, step: Step, context: StepContext) -> Steps[None]:
        progress = context.progress
        if step.teardown:
            yield from self._end_states(step.teardown, context.credentials, context.held, progress)
        if step.given:
            yield from self._set_states(step.given, context.credentials, context.held, progress)
        send = self._send(index, step, context)
        answers, broken, unknown = read_all((yield from self._answers(index, step, send, context)))
        if unknown is not None:
            raise unknown
        for answered in answers:
            refusal = self._refusals.of(step.operation, answered, context.allowed)
            if refusal is not None:
                yield from self._require_judgeable(refusal, send, context)
            elif step.operation not in self.passed and self._refusals.of(step.operation, answered) is None:
                self.passed.add(step.operation)
        if broken:
            progress.no_envelope = True
            self.judging.no_envelope(index, broken, progress)
            return
        told = answers[0] if len(answers) == 1 else next((each for each in answers if each.code is None), answers[0])
        progress.bodies[step.name] = told.body
        progress.code = answers[-1].code
        self.judging.judge(index, step, send, answers, progress)

    def _require_judgeable(self, refusal: Denial, send: Send, context: StepContext) -> Steps[None]:
        """Raise `NotServedError` unless what an answer refuses is this one request."""
        operation, can_tell, progress = send.call[0], context.lets_pass, context.progress
        if refusal.of_operation and send.credentials.generated:
            lets_pass = operation in self.passed
            if not lets_pass and can_tell is not None:
                lets_pass = yield from can_tell(operation)
            if lets_pass:
                return  # then it refuses this request, and not the account
        if refusal.kind == "unserved" and operation == progress.operation:
            # What is tested alone is there, or differs. Of several operations a target may serve some.
            served = not self._several or can_tell is None or operation in self.passed
            if not served and can_tell is not None:
                served = yield from can_tell(operation)
            if served:
                return
        attempts = len(progress.exchanges[-1].exchange.retries) + 1
        often = f" (after {attempts} attempts)" if attempts > 1 else ""
        raise NotServedError(f"{clean(refusal.text, progress.redactor())}{often}", refusal)

    def _send(self, index: int, step: Step, context: StepContext) -> Send:
        """Return the call of a step, with everything filled in; its command line is added to the progress."""
        progress = context.progress
        written = {**step.params, **step.extra} if step.extra else step.params
        params = wire_parameters(written, context.values, step.encodings)
        if context.cleaner is not None:
            marked = context.cleaner.marked(step, params)
            written = {**written, **{name: value for name, value in marked.items() if name not in params}}
            params = marked
        send = Send(
            step.call,
            params,
            step.transport,
            context.credentials,
            progress.preference(index) if self._canned else {},
            written,
            context.values,
            as_text=step.as_text if step.encodings else {},
            nested=step.nested,
        )
        progress.asked[step.name] = len(progress.commands)
        progress.commands.append(partial(self._line, send))
        return send

    def _line(self, send: Send) -> str:
        """Return the command line that does the same by hand."""
        return curl_line(self._target.endpoint, send.call, send.wire, send.transport, send.credentials.shown_id)

    def _answers(self, index: int, step: Step, send: Send, context: StepContext) -> Steps[list[SentExchange]]:
        if step.times > 1:
            return self._at_once(step.times, send, context)
        # What the operation under test did may take its time to show in the answers of other operations.
        own = step.operation == context.progress.operation
        if step.until is None and own and not (index and step.lists_earlier):
            return self._once(send, context)
        return self._until(index, step, send, context)

    def _at_once(self, times: int, send: Send, context: StepContext) -> Steps[list[SentExchange]]:
        """Send the same request several times at the same moment; those that are throttled are sent again later."""
        cleaner, progress = context.cleaner, context.progress
        progress.raced = True
        if cleaner is not None:
            yield from cleaner.intend(send, times)
        exchanges: list[Exchange] = yield Together((send,) * times)
        progress.elapsed_ms += max(exchange.elapsed_ms for exchange in exchanges)
        sent = [SentExchange(exchange, send.credentials) for exchange in exchanges]
        for index, exchange in enumerate(exchanges):
            sent[index] = yield from self.attempts.again(send, exchange, context.allowed)
        self._note(sent, send, context)
        return sent

    def _once(self, send: Send, context: StepContext) -> Steps[list[SentExchange]]:
        if context.cleaner is not None:
            yield from context.cleaner.intend(send)
        sent = yield from self.attempts.send(send, context.allowed)
        context.progress.elapsed_ms += sent.exchange.elapsed_ms
        self._note([sent], send, context)
        return [sent]

    def _note(self, sent: list[SentExchange], send: Send, context: StepContext) -> None:
        """Note what came of requests; raises `NotSentError` when an SDK did not send one."""
        progress = context.progress
        progress.exchanges += sent
        for each in sent:
            if each.exchange.retries:
                progress.throttled = True
        if context.cleaner is not None:
            for each in sent:  # all of them, before anything that one of them answered ends the case
                context.cleaner.note(send, each)
        if self._review is not None:
            for each in sent:
                self._review.require_sent(send, each.exchange, progress.operation)

    def _until(self, index: int, step: Step, send: Send, context: StepContext) -> Steps[list[SentExchange]]:
        """Send a step until its answer is as awaited, or the time is over; return the last answer."""
        progress = context.progress
        until = step.until or _WHEN_EXPECTED
        until = replace(until, body=fill_body(until.body, send.values))
        within_s = self._target.effects_within_s if until.within_s is None else until.within_s
        wait, attempts, deadline = _FIRST_WAIT_S, 0, 0.0
        while True:
            sent = yield from self._once(send, context)
            answers, *_ = read_all(sent)
            if not answers or self._refusals.of(send.call[0], answers[0], context.allowed) is not None:
                return sent
            (answered,) = answers
            attempts += 1
            deadline = deadline or self._clock() + within_s
            missing = self._missing(index, until, send, answered, progress, lists=step.lists_earlier)
            # What was throttled may have been done all the same: then the refusal stays, and the case is run again.
            if not missing or (answered.code is not None and sent[0].exchange.retries and send.credentials.generated):
                return sent
            now = self._clock()
            over = now >= deadline and (attempts >= _LEAST_ATTEMPTS or now >= deadline + _MOST_DELAY * within_s)
            refusal = step.operation, repr(answered.code)  # a code may be anything that JSON can hold
            if over and answered.code is not None and not progress.throttled:
                self._lasting.add(refusal)
            if over or refusal in self._lasting:
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


def _is_over(step: Step, progress: Progress) -> bool:
    """Whether nothing is left to ask after a step."""
    if not progress.open_languages():
        return True
    # Later steps build on a success: an error that the documents allow leaves nothing to ask.
    return progress.code is not None and step.times == 1 and step.may_succeed
