"""The requests of one case, sent and judged: states first, then each step, then the states are taken back."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from conformance.cases.expand import fill_body, fill_state, wire_parameters
from conformance.cases.model import Transport
from conformance.core.redaction import remove_from_response, secrets_of
from conformance.engine.calls import Send
from conformance.engine.cleanup import Cleaner
from conformance.engine.effects import ChangeState, Sleep, Together
from conformance.judging.differences import differences
from conformance.judging.envelope import envelope
from conformance.judging.findings import Finding
from conformance.judging.judge import judge
from conformance.protocol.answer import NotAnAnswerError, read_answer
from conformance.protocol.request import curl_line
from conformance.target.states import curl_state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.cases.model import Case, Step, Until
    from conformance.cases.promises import PromisedAnswer
    from conformance.contract.languages import Language
    from conformance.core.exchange import Credentials, Exchange
    from conformance.engine.calls import Review
    from conformance.engine.effects import Steps
    from conformance.engine.progress import Progress
    from conformance.protocol.answer import Answered
    from conformance.target.ledger import Call, Ledger
    from conformance.target.model import Target

FORCED: Final = "service.answers-with"
"""The state in which a server is told the code to answer with."""

_FIRST_WAIT_S = 0.02
_LONGEST_WAIT_S = 0.5


class NothingKnownError(Exception):
    """The harness, the network or the target failed, so that nothing is known; the text says why, for a person."""


class StateRefusedError(NothingKnownError):
    """The server answered that it does not do what a state asks for.

    Args:
        text: What it answered.
        state: The name of the state.
    """

    def __init__(self, text: str, state: str) -> None:
        super().__init__(text)
        self.state = state


@dataclass(frozen=True, slots=True)
class _Context:
    """What the steps of a case share: who calls, what `${...}` stands for, and who deletes what they create."""

    credentials: Credentials
    values: Mapping[str, Any]
    cleaner: Cleaner | None


class StepRunner:
    """Makes and judges the requests of cases; what it asks for is done by the loop that drives it.

    Args:
        target: The target.
        ledger: Where it is written down what is created on an account that outlives the run.
        clock: Tells the seconds by which a repeated request runs out of time.
        review: Judges what was sent, when something else than the engine sends it.
    """

    def __init__(
        self,
        target: Target,
        ledger: Ledger | None = None,
        clock: Callable[[], float] = time.monotonic,
        review: Review | None = None,
    ) -> None:
        self._target = target
        self._ledger = ledger
        self._clock = clock
        self._review = review
        self._values = {f"target.{name}": value for name, value in target.values.items()}
        self._request_ids: set[str] = set()
        self._lock = threading.Lock()

    def run(self, case: Case, credentials: Credentials, progress: Progress) -> Steps[None]:
        """Set the case's states, send and judge its requests, take the states back.

        Args:
            case: The case.
            credentials: The account that it runs under.
            progress: What it finds out is added here, also when it fails on the way.

        Raises:
            NothingKnownError: When a state could not be set, or a request was not answered in a way that can be judged.
            NotSentError: When an SDK did not send a request.
        """
        progress.credentials.append(credentials)
        held: list[tuple[str, dict[str, Any]]] = []
        cleaner = None if credentials.generated else Cleaner(case, self._values, self._ledger)
        dropped = False
        try:
            yield from self._run(case, _Context(credentials, self._values, cleaner), held, progress)
        except GeneratorExit:
            dropped = True  # nobody is left to do what would be asked for
            raise
        finally:
            if not dropped:
                yield from self._take_back(cleaner, held, credentials)

    def _run(
        self, case: Case, context: _Context, held: list[tuple[str, dict[str, Any]]], progress: Progress
    ) -> Steps[None]:
        credentials = context.credentials
        for state in case.given:
            if self._target.way(state.name).kind != "url":
                continue  # it holds without being set
            params = fill_state(state, self._values)
            yield from self._change(state.name, params, credentials, "setup")
            held.append((state.name, params))
            assert self._target.states_url is not None  # noqa: S101 - else the case would not be run
            shown = partial(curl_state, self._target.states_url, state.name, params, credentials.shown_id)
            progress.commands.append(shown)
        for index, step in enumerate(case.steps):
            if not progress.open_languages():
                break
            saved = progress.saved() if index else {}
            filled = replace(context, values={**self._values, **saved}) if saved else context
            yield from self._step(index, step, filled, progress)
            if progress.code is not None and step.times == 1:
                break  # later steps build on a success; an error that the documents allow leaves nothing to ask

    def _take_back(
        self, cleaner: Cleaner | None, held: Sequence[tuple[str, dict[str, Any]]], credentials: Credentials
    ) -> Steps[None]:
        if cleaner is not None:
            yield from cleaner.clean_up(partial(self._delete, credentials))
        # The account is this case's own and is never used again, so a teardown that fails changes no verdict.
        for name, params in reversed(held):
            try:
                yield from self._change(name, params, credentials, "teardown")
            except NothingKnownError:
                break

    def _delete(self, credentials: Credentials, call: Call) -> Steps[bool]:
        what = (call["operation"], call["version"])
        params = call["params"]
        try:
            exchange = yield Send(what, params, Transport(), credentials, written=params, cleaning=True)
            return read_exchange(exchange, credentials).code is None
        except NothingKnownError:
            return False

    def call(self, step: Step, params: Mapping[str, str], credentials: Credentials) -> Steps[Answered]:
        """Send one request outside any case; raises `NothingKnownError`."""
        exchange = yield Send(step.call, params, step.transport, credentials, written=params)
        return read_exchange(exchange, credentials)

    def _change(self, name: str, params: Mapping[str, Any], credentials: Credentials, action: str) -> Steps[None]:
        failure = yield ChangeState(name, params, action, credentials)
        if failure is not None:
            raise StateRefusedError(failure.text, name) if failure.refused else NothingKnownError(failure.text)

    def _step(self, index: int, step: Step, context: _Context, progress: Progress) -> Steps[None]:
        credentials, values = context.credentials, context.values
        params = wire_parameters(step.params, values)
        progress.commands.append(
            partial(curl_line, self._target.endpoint, step.call, params, step.transport, credentials.shown_id)
        )
        headers = self._preference(index, progress) if self._target.canned else {}
        send = Send(step.call, params, step.transport, credentials, headers, step.params, values)
        answers = yield from self._answers(step, send, progress)
        if context.cleaner is not None:
            context.cleaner.note(step, params, answers)
        succeeded = [answered for answered in answers if answered.code is None]
        progress.bodies[step.name] = (succeeded or answers)[0].body
        progress.code = answers[-1].code
        shapes = [self._shape(answered, step) for answered in answers]
        of_sdk = self._of_sdk(index, send, len(answers), progress)
        for language in progress.open_languages():
            allowed = [
                replace(answer, body=fill_body(answer.body, values)) if answer.body else answer
                for answer in progress.promised[language].answers[index]
            ]
            for answered, shape in zip(answers, shapes, strict=True):
                _judge(language, judge(answered, allowed, params), shape, progress)
            if step.successes is not None and len(succeeded) != step.successes:
                counted = Finding("responses.successes", (step.successes,), len(succeeded), allowed[0].line)
                progress.add(language, [counted])
            progress.add(language, [finding.at(allowed[0].line) for finding in of_sdk])

    def _of_sdk(self, index: int, send: Send, count: int, progress: Progress) -> list[Finding]:
        """Judge what an SDK sent and told its caller, in the last `count` exchanges; nothing without an SDK."""
        exchanges = [exchange for exchange, _ in progress.exchanges[-count:]]
        if self._review is None:
            return []
        answers = [answer for promise in progress.promised.values() for answer in promise.answers[index]]
        fields = next((answer.fields for answer in answers if answer.fields), ())
        return self._review.differences(send, exchanges, fields)

    def _answers(self, step: Step, send: Send, progress: Progress) -> Steps[list[Answered]]:
        if step.times > 1:
            progress.raced = True
            exchanges = yield Together((send,) * step.times)
            progress.elapsed_ms += max(exchange.elapsed_ms for exchange in exchanges)
            progress.exchanges += [(exchange, send.credentials) for exchange in exchanges]
            for exchange in exchanges:
                self._require_sent(send, exchange, progress)
            return [read_exchange(exchange, send.credentials) for exchange in exchanges]
        if step.until is None:
            return [(yield from self._once(send, progress))]
        return [(yield from self._until(step, step.until, send, progress))]

    def _once(self, send: Send, progress: Progress) -> Steps[Answered]:
        exchange = yield send
        progress.elapsed_ms += exchange.elapsed_ms
        progress.exchanges.append((exchange, send.credentials))
        self._require_sent(send, exchange, progress)
        return read_exchange(exchange, send.credentials)

    def _require_sent(self, send: Send, exchange: Exchange, progress: Progress) -> None:
        if self._review is not None:
            self._review.require_sent(send, exchange, progress.operation)

    def _until(self, step: Step, until: Until, send: Send, progress: Progress) -> Steps[Answered]:
        """Call until the answer holds what the step waits for, is an error, or the time is over."""
        body = fill_body(until.body, send.values)
        deadline = self._clock() + until.within_s
        wait = _FIRST_WAIT_S
        while True:
            answered = yield from self._once(send, progress)
            missing = list(differences(body, answered.body, "response.body"))
            if not missing or answered.code is not None:
                return answered
            if self._clock() >= deadline:
                for language in progress.open_languages():
                    progress.add(language, missing)
                return answered
            progress.exchanges.pop()  # only the last of the repeated exchanges is kept
            self._shape(answered, step)
            yield Sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT_S)

    @staticmethod
    def _preference(index: int, progress: Progress) -> dict[str, str]:
        """Return the header that asks an OpenAPI mock for the answer that the first document promises (RFC 7240)."""
        answer = next(iter(progress.promised.values())).answers[index][0]
        example = f", example={answer.example}" if answer.example else ""
        return {"Prefer": f"code={answer.status}{example}"}

    def _shape(self, answered: Answered, step: Step) -> list[Finding]:
        """Judge what every answer has, and remember its RequestId."""
        request_id = str(answered.body.get("RequestId"))
        with self._lock:
            seen = request_id in self._request_ids
            self._request_ids.add(request_id)
        # An OpenAPI mock answers with the examples of its file, of which each has one RequestId.
        return list(envelope(answered, step.transport.format, request_id_seen=seen and not self._target.canned))


def _judge(
    language: Language,
    judged: tuple[list[Finding], PromisedAnswer | None],
    shape: Sequence[Finding],
    progress: Progress,
) -> None:
    """Note what one document says of one answer, `judged`, and of its shape."""
    found, matched = judged
    if found or shape:
        # What the shape says of a field is not said again by the document's own.
        told = {finding.where for finding in found}
        progress.add(language, found + [finding for finding in shape if finding.where not in told])
    elif matched is not None and (row := matched.row) is not None:
        progress.observed.setdefault(language, []).append(row)


def read_exchange(exchange: Exchange, credentials: Credentials) -> Answered:
    """Return the answer of an exchange; raises `NothingKnownError`, without secrets, when there is none to judge."""
    if exchange.response is None:
        raise NothingKnownError(exchange.failure or "no answer")
    with suppress(NotAnAnswerError):
        return read_answer(exchange.response)
    # Said of the answer without its secrets, because an excerpt may end in the middle of one.
    safe = remove_from_response(exchange.response, secrets_of(exchange, credentials))
    try:
        read_answer(safe)
    except NotAnAnswerError as fault:
        raise NothingKnownError(f"the answer is {fault}") from None
    raise NothingKnownError("the answer is none of the API")
