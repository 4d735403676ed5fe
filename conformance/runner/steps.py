"""The requests of one case, sent and judged: states first, then each step, then the states are taken back."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from conformance.cases.expand import fill_body, fill_state, wire_parameters
from conformance.cases.model import Transport
from conformance.runner.cleaner import Cleaner
from conformance.runner.judge import differences, envelope, judge
from conformance.targets.answer import NotAnAnswerError, read_answer
from conformance.targets.http import curl_line
from conformance.targets.record import record, remove_from_response, secrets_of
from conformance.targets.states import StateError, change_state, curl_state

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.cases.model import Case, Step, Until
    from conformance.cases.promises import Answer, Promise
    from conformance.contract.model import Language
    from conformance.runner.judge import Finding
    from conformance.runner.results import Row
    from conformance.targets.answer import Answered
    from conformance.targets.caller import Caller, ConnectionPool
    from conformance.targets.ledger import Call, Ledger
    from conformance.targets.model import Credentials, Exchange, Target

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


@dataclass
class Progress:
    """What is known of a case while it runs.

    Attributes:
        promised: The promises it is judged by.
        findings: Per language, what differs.
        observed: Per language, the rows of the table of errors that answers matched.
        exchanges: Requests and answers in their report form.
        secrets: Texts that must not stand in a report.
        commands: Command lines that do the same by hand.
        bodies: The answers by the names of their steps.
        code: The error code of the last answer; `None` after a success.
        elapsed_ms: The time that the requests took.
    """

    promised: Mapping[Language, Promise]
    findings: dict[Language, list[Finding]] = field(default_factory=dict)
    observed: dict[Language, list[Row]] = field(default_factory=dict)
    exchanges: list[dict[str, Any]] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    commands: list[str] = field(default_factory=list)
    bodies: dict[str, Any] = field(default_factory=dict)
    code: Any = None
    elapsed_ms: float = 0.0

    def open_languages(self) -> list[Language]:
        """The languages whose promises have been kept so far."""
        return [language for language in self.promised if not self.findings.get(language)]

    def add(self, language: Language, findings: Sequence[Finding]) -> None:
        """Note what differs from one document."""
        if findings:
            self.findings.setdefault(language, []).extend(findings)

    def keep(self, exchange: Exchange, credentials: Credentials) -> None:
        """Keep an exchange for the report."""
        self.exchanges.append(record(exchange, credentials))
        self.secrets.update(secrets_of(exchange, credentials))

    def saved(self) -> dict[str, Any]:
        """Return what `${steps.NAME.Field}` stands for: texts and numbers of the answers so far, by dotted path."""
        found: dict[str, Any] = {}

        def walk(name: str, value: Any) -> None:
            if isinstance(value, dict):
                for key, entry in value.items():
                    walk(f"{name}.{key}", entry)
            elif isinstance(value, list):
                for index, entry in enumerate(value):
                    walk(f"{name}.{index}", entry)
            else:
                found[name] = value

        for step, body in self.bodies.items():
            walk(f"steps.{step}", body)
        return found


@dataclass(frozen=True, slots=True)
class _Context:
    """What the steps of a case share: who calls, what `${...}` stands for, and who deletes what they create."""

    credentials: Credentials
    values: Mapping[str, Any]
    cleaner: Cleaner | None


@dataclass(frozen=True, slots=True)
class _Call:
    """One request of a step: its parameters on the wire, who calls, and headers of its own."""

    step: Step
    params: Mapping[str, str]
    credentials: Credentials
    headers: Mapping[str, str]


class StepRunner:
    """Sends the requests of cases; many threads may use one.

    Args:
        target: The target.
        caller: Sends the requests.
        pool: The connections for provider states.
        ledger: Where it is written down what is created on an account that outlives the run.
    """

    def __init__(self, target: Target, caller: Caller, pool: ConnectionPool, ledger: Ledger | None = None) -> None:
        self._target = target
        self._caller = caller
        self._pool = pool
        self._ledger = ledger
        self._request_ids: set[str] = set()
        self._lock = threading.Lock()

    def run(self, case: Case, credentials: Credentials, progress: Progress) -> None:
        """Set the case's states, send and judge its requests, take the states back.

        Args:
            case: The case.
            credentials: The account that it runs under.
            progress: What it finds out is added here, also when it fails on the way.

        Raises:
            NothingKnownError: When a state could not be set, or a request was not answered in a way that can be judged.
        """
        held: list[tuple[str, dict[str, Any]]] = []
        cleaner = None
        values = {f"target.{name}": value for name, value in self._target.values.items()}
        if not credentials.generated:
            cleaner = Cleaner(case, values, self._ledger)
        try:
            for state in case.given:
                if self._target.way(state.name).kind != "url":
                    continue  # it holds without being set
                params = fill_state(state, values)
                self._change(state.name, params, credentials, "setup")
                held.append((state.name, params))
                assert self._target.states_url is not None  # noqa: S101 - else the case would not be run
                shown = curl_state(self._target.states_url, state.name, params, credentials.shown_id)
                progress.commands.append(shown)
            for index, step in enumerate(case.steps):
                if not progress.open_languages():
                    break
                self._step(index, step, _Context(credentials, {**values, **progress.saved()}, cleaner), progress)
                if progress.code is not None and step.times == 1:
                    break  # later steps build on a success; an error that the documents allow leaves nothing to ask
        finally:
            if cleaner is not None:
                cleaner.clean_up(partial(self._delete, credentials))
            # The account is this case's own and is never used again, so a teardown that fails changes no verdict.
            for name, params in reversed(held):
                try:
                    self._change(name, params, credentials, "teardown")
                except NothingKnownError:
                    break

    def _delete(self, credentials: Credentials, call: Call) -> bool:
        try:
            exchange = self._caller.call((call["operation"], call["version"]), call["params"], Transport(), credentials)
            return read_exchange(exchange, credentials).code is None
        except NothingKnownError:
            return False

    def call(self, step: Step, params: Mapping[str, str], credentials: Credentials) -> Answered:
        """Send one request outside any case; raises `NothingKnownError`."""
        return read_exchange(self._caller.call(step.call, params, step.transport, credentials), credentials)

    def _change(self, name: str, params: Mapping[str, Any], credentials: Credentials, action: str) -> None:
        assert self._target.states_url is not None  # noqa: S101 - a case with states does not come here without
        try:
            change_state(
                self._pool.get(),
                self._target.states_url,
                name,
                params,
                access_key_id=credentials.access_key_id,
                action=action,
                timeout_s=self._target.timeout_s,
            )
        except StateError as fault:
            raise (StateRefusedError(str(fault), name) if fault.refused else NothingKnownError(str(fault))) from None

    def _step(self, index: int, step: Step, context: _Context, progress: Progress) -> None:
        credentials, values = context.credentials, context.values
        params = wire_parameters(step.params, values)
        progress.commands.append(
            curl_line(self._target.endpoint, step.call, params, step.transport, credentials.shown_id)
        )
        headers = self._preference(index, progress) if self._target.canned else {}
        answers = self._answers(_Call(step, params, credentials, headers), progress, values)
        if context.cleaner is not None:
            context.cleaner.note(step, params, answers)
        succeeded = [answered for answered in answers if answered.code is None]
        progress.bodies[step.name] = (succeeded or answers)[0].body
        progress.code = answers[-1].code
        shapes = [self._shape(answered, step) for answered in answers]
        for language in progress.open_languages():
            allowed = [
                replace(answer, body=fill_body(answer.body, values))
                for answer in progress.promised[language].answers[index]
            ]
            for answered, shape in zip(answers, shapes, strict=True):
                _judge(language, judge(answered, allowed, params), shape, progress)
            if step.successes is not None and len(succeeded) != step.successes:
                line = allowed[0].line
                progress.add(language, [("responses.successes", (step.successes,), len(succeeded), line)])

    def _answers(self, call: _Call, progress: Progress, values: Mapping[str, Any]) -> list[Answered]:
        if call.step.times > 1:
            return self._together(call, progress)
        if call.step.until is None:
            return [self._once(call, progress)]
        return [self._until(call, call.step.until, fill_body(call.step.until.body, values), progress)]

    def _send(self, call: _Call) -> Exchange:
        step = call.step
        return self._caller.call(step.call, call.params, step.transport, call.credentials, call.headers)

    def _once(self, call: _Call, progress: Progress) -> Answered:
        exchange = self._send(call)
        progress.elapsed_ms += exchange.elapsed_ms
        progress.keep(exchange, call.credentials)
        return read_exchange(exchange, call.credentials)

    def _until(self, call: _Call, until: Until, body: Mapping[str, Any], progress: Progress) -> Answered:
        """Call until the answer holds what the step waits for, is an error, or the time is over."""
        deadline = time.monotonic() + until.within_s
        wait = _FIRST_WAIT_S
        while True:
            answered = self._once(call, progress)
            missing = list(differences(body, answered.body, "response.body"))
            if not missing or answered.code is not None:
                return answered
            if time.monotonic() >= deadline:
                for language in progress.open_languages():
                    progress.add(language, [(*finding, None) for finding in missing])
                return answered
            progress.exchanges.pop()  # only the last of the repeated exchanges is kept
            self._shape(answered, call.step)
            time.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT_S)

    def _together(self, call: _Call, progress: Progress) -> list[Answered]:
        """Send identical requests at the same moment."""
        barrier = threading.Barrier(call.step.times)

        def send() -> Exchange:
            barrier.wait(self._target.timeout_s)
            return self._send(call)

        with ThreadPoolExecutor(call.step.times) as pool:
            exchanges = [future.result() for future in [pool.submit(send) for _ in range(call.step.times)]]
        progress.elapsed_ms += max(exchange.elapsed_ms for exchange in exchanges)
        for exchange in exchanges:
            progress.keep(exchange, call.credentials)
        return [read_exchange(exchange, call.credentials) for exchange in exchanges]

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
    language: Language, judged: tuple[list[Finding], Answer | None], shape: Sequence[Finding], progress: Progress
) -> None:
    """Note what one document says of one answer, `judged`, and of its shape."""
    found, matched = judged
    # What the shape says of a field is not said again by the document's own.
    told = {finding[0] for finding in found}
    found = found + [finding for finding in shape if finding[0] not in told]
    progress.add(language, found)
    if not found and matched is not None and matched.row is not None:
        progress.observed.setdefault(language, []).append(matched.row)


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
