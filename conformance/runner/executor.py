"""Running one case against a target: states, requests, verdicts. A fault of the network is a verdict, never raised."""

from __future__ import annotations

import hashlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from conformance.cases.expand import fill_state, wire_parameters
from conformance.cases.promises import promises
from conformance.runner.judge import differences, envelope, judge, merge, overall
from conformance.runner.results import CaseResult
from conformance.targets.answer import NotAnAnswerError, read_answer
from conformance.targets.http import curl_line
from conformance.targets.model import Credentials
from conformance.targets.record import record, remove
from conformance.targets.states import StateError, change_state, curl_state

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.cases.model import Case, Step
    from conformance.cases.promises import Answer, Promise
    from conformance.contract.model import Language
    from conformance.runner.judge import Finding
    from conformance.runner.plan import Plan
    from conformance.runner.results import Row, Verdict
    from conformance.targets.answer import Answered
    from conformance.targets.caller import Caller, ConnectionPool
    from conformance.targets.model import Exchange

_FIRST_WAIT_S = 0.02
_LONGEST_WAIT_S = 0.5
_GENERATED_SECRET = "conformance-generated-secret"  # noqa: S105 - of accounts that exist only in the reference server


class _NothingKnown(Exception):  # noqa: N818 - an answer that cannot be judged, turned into the verdict `error`
    """The harness, the network or the target failed, so that nothing is known; the text says why."""


@dataclass
class _Progress:
    """What is known of a case while it runs."""

    promised: dict[Language, Promise]
    findings: dict[Language, list[Finding]] = field(default_factory=dict)
    observed: dict[Language, list[Row]] = field(default_factory=dict)
    exchanges: list[dict[str, Any]] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    bodies: dict[str, Any] = field(default_factory=dict)
    code: Any = None
    elapsed_ms: float = 0.0

    def open_languages(self) -> list[Language]:
        """The languages whose promises have been kept so far."""
        return [language for language in self.promised if not self.findings.get(language)]


class Executor:
    """Runs cases one by one; many threads may use one executor.

    Args:
        plan: The run.
        caller: Sends the requests.
        pool: The connections for provider states.
    """

    def __init__(self, plan: Plan, caller: Caller, pool: ConnectionPool) -> None:
        self._target = plan.target
        self._contracts = plan.contracts
        self._docs = plan.docs
        self._cases = plan.cases
        self._run_id = plan.run_id
        self._caller = caller
        self._pool = pool
        self._request_ids: set[str] = set()
        self._lock = threading.Lock()
        self._knowledge: dict[Language, bool] = {}
        self._knowledge_lock = threading.Lock()

    def run(self, case: Case) -> CaseResult:
        """Run a case and return its verdict."""
        promised = promises(case, self._contracts[case.operation], self._docs)
        applicable = {language: promise for language, promise in promised.items() if promise is not None}
        if not applicable:
            return self._unjudged(case, {}, "not_applicable", self._silence(promised))
        if case.trigger == "todo":
            return self._unjudged(case, applicable, "not_run", "what triggers it is not known yet")
        states_url = self._target.states_url
        if case.given and states_url is None:
            return self._unjudged(case, applicable, "not_run", _needs(case))
        progress = _Progress(dict(applicable))
        credentials = self._credentials(case)
        reason = None
        try:
            self._in_states(case, credentials, progress)
        except _NothingKnown as fault:
            reason = remove(str(fault), [credentials.access_key_secret])
        return self._result(case, progress, reason)

    def _in_states(self, case: Case, credentials: Credentials, progress: _Progress) -> None:
        """Set the case's states, send its requests, take the states back."""
        held: list[tuple[str, dict[str, Any]]] = []
        try:
            for state in case.given:
                params = fill_state(state, self._values())
                self._change(state.name, params, credentials, "setup")
                held.append((state.name, params))
                if self._target.states_url:
                    progress.commands.append(
                        curl_state(self._target.states_url, state.name, params, _shown(credentials))
                    )
            for index, step in enumerate(case.steps):
                if progress.open_languages():
                    self._step(index, step, credentials, progress)
        finally:
            # The account is this case's own and is never used again, so a teardown that fails changes no verdict.
            for name, params in reversed(held):
                try:
                    self._change(name, params, credentials, "teardown")
                except _NothingKnown:
                    break

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
            raise _NothingKnown(str(fault)) from None

    def _step(self, index: int, step: Step, credentials: Credentials, progress: _Progress) -> None:
        params = wire_parameters(step.params, {**self._values(), **_saved(progress.bodies)})
        progress.commands.append(
            curl_line(
                self._target.endpoint,
                (step.operation, self._caller.version),
                params,
                step.transport,
                _shown(credentials),
            )
        )
        if step.times > 1:
            self._together(index, step, params, credentials, progress)
            return
        answered = self._until(step, params, credentials, progress)
        progress.bodies[step.name] = answered.body
        seen = self._seen_before(answered)
        shape = list(envelope(answered, step.transport.format, request_id_seen=seen))
        for language in progress.open_languages():
            answers = progress.promised[language].answers[index]
            self._judge_one(language, judge(answered, answers, params), answered, shape, progress)

    @staticmethod
    def _judge_one(
        language: Language,
        judged: tuple[list[Finding], Answer | None],
        answered: Answered,
        shape: Sequence[Finding],
        progress: _Progress,
    ) -> None:
        """Note what one document says of one answer, `judged`, and of its shape."""
        found, matched = judged
        # What the shape check says of a field is not said again by the document's own.
        told = {finding[0] for finding in found}
        found = found + [finding for finding in shape if finding[0] not in told]
        progress.code = answered.code
        if found:
            progress.findings.setdefault(language, []).extend(found)
        elif matched is not None and matched.row is not None:
            progress.observed.setdefault(language, []).append(matched.row)

    def _until(self, step: Step, params: Mapping[str, str], credentials: Credentials, progress: _Progress) -> Answered:
        """Call once, or until the answer holds what the step waits for."""
        deadline = time.monotonic() + (step.until.within_s if step.until else 0)
        wait = _FIRST_WAIT_S
        while True:
            exchange = self._caller.call(step.operation, params, step.transport, credentials)
            progress.elapsed_ms += exchange.elapsed_ms
            answered = self._read(exchange, credentials, progress)
            if step.until is None or answered.code is not None:
                return answered
            missing = list(differences(step.until.body, answered.body, "response.body"))
            if not missing:
                return answered
            if time.monotonic() >= deadline:
                found = [(*finding, None) for finding in missing]
                for language in progress.open_languages():
                    progress.findings.setdefault(language, []).extend(found)
                return answered
            progress.exchanges.pop()  # only the last of the repeated exchanges is kept
            time.sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT_S)

    def _together(
        self, index: int, step: Step, params: Mapping[str, str], credentials: Credentials, progress: _Progress
    ) -> None:
        """Send identical requests at the same moment and judge how many succeed."""
        barrier = threading.Barrier(step.times)

        def send() -> Exchange:
            barrier.wait(self._target.timeout_s)
            return self._caller.call(step.operation, params, step.transport, credentials)

        with ThreadPoolExecutor(step.times) as pool:
            exchanges = [future.result() for future in [pool.submit(send) for _ in range(step.times)]]
        progress.elapsed_ms += max(exchange.elapsed_ms for exchange in exchanges)
        answers = [self._read(exchange, credentials, progress) for exchange in exchanges]
        succeeded = [answered for answered in answers if answered.code is None]
        if succeeded:
            progress.bodies[step.name] = succeeded[0].body
        shapes = [
            list(envelope(answered, step.transport.format, request_id_seen=self._seen_before(answered)))
            for answered in answers
        ]
        for language in progress.open_languages():
            allowed = progress.promised[language].answers[index]
            for answered, shape in zip(answers, shapes, strict=True):
                self._judge_one(language, judge(answered, allowed, params), answered, shape, progress)
            if step.successes is not None and len(succeeded) != step.successes:
                progress.findings.setdefault(language, []).append(
                    ("responses.successes", (step.successes,), len(succeeded), allowed[0].line)
                )

    def _read(self, exchange: Exchange, credentials: Credentials, progress: _Progress) -> Answered:
        progress.exchanges.append(record(exchange, credentials))
        if exchange.response is None:
            raise _NothingKnown(exchange.failure or "no answer")
        try:
            return read_answer(exchange.response)
        except NotAnAnswerError as fault:
            raise _NothingKnown(f"the answer is {fault}") from None

    def _seen_before(self, answered: Answered) -> bool:
        request_id = str(answered.body.get("RequestId"))
        with self._lock:
            seen = request_id in self._request_ids
            self._request_ids.add(request_id)
        return seen

    def _result(self, case: Case, progress: _Progress, reason: str | None) -> CaseResult:
        verdicts: dict[Language, Verdict] = {}
        for language in self._docs:
            if language not in progress.promised:
                verdicts[language] = "not_applicable"
            elif reason is not None:
                verdicts[language] = "error"
            else:
                verdicts[language] = "mismatch" if progress.findings.get(language) else "pass"
        verdict, follows = overall(verdicts)
        if verdict == "mismatch":
            silent = self._followed_in_silence(case, progress)
            verdict, follows = ("divergent", silent) if silent else (verdict, follows)
        elif verdict == "pass":
            self._note_knowledge(progress.promised)
        result = self._unjudged(case, progress.promised, verdict, reason)
        return replace(
            result,
            verdicts=verdicts,
            follows=follows,
            mismatches=merge(progress.findings),
            exchanges=tuple(progress.exchanges),
            observed={language: tuple(rows) for language, rows in progress.observed.items()},
            reproduce=" && ".join(progress.commands) or None,
            elapsed_ms=progress.elapsed_ms,
        )

    def _followed_in_silence(self, case: Case, progress: _Progress) -> tuple[Language, ...]:
        """Return the documents that say nothing about the case, if the server shows that it follows only those.

        A server written from one document alone cannot know what only the other has. It shows that by passing none of
        the cases that only the other document speaks of, and by answering here as the first document allows: with a
        success, or with a code of its own. A server that knows some of what only the other document has is simply
        wrong here.
        """
        silent = tuple(language for language in self._docs if language not in progress.promised)
        if not silent or any(self._knows(language) for language in progress.promised):
            return ()
        if progress.code is None or all(
            self._contracts[case.operation][language].rows(progress.code) for language in silent
        ):
            return silent
        return ()

    def _knows(self, language: Language) -> bool:
        """Whether the server does anything right that only this language's document speaks of. Asked at most once."""
        with self._knowledge_lock:
            if language not in self._knowledge:
                self._knowledge[language] = any(
                    self._attempt(case) for case in self._cases if self._only(case) == language
                )
            return self._knowledge[language]

    def _attempt(self, case: Case) -> bool:
        """Run a case under an account of its own, only to see whether its promises are kept."""
        promised = promises(case, self._contracts[case.operation], self._docs)
        progress = _Progress({language: promise for language, promise in promised.items() if promise is not None})
        try:
            self._in_states(case, self._credentials(case, "knowledge"), progress)
        except _NothingKnown:
            return False
        return len(progress.open_languages()) == len(progress.promised)

    def _only(self, case: Case) -> Language | None:
        """Return the language whose document alone speaks of a case that ends in an error, and can be run."""
        if case.trigger == "todo" or (case.given and self._target.states_url is None):
            return None
        promised = promises(case, self._contracts[case.operation], self._docs)
        speaking = [language for language, promise in promised.items() if promise is not None]
        if len(speaking) != 1:
            return None
        promise = promised[speaking[0]]
        return speaking[0] if promise is not None and promise.exact_row is not None else None

    def _note_knowledge(self, promised: Mapping[Language, Promise]) -> None:
        """A case of one document alone has passed: the server knows that document."""
        if len(promised) == 1 and len(self._docs) > 1:
            language, promise = next(iter(promised.items()))
            if promise.exact_row is not None:
                with self._lock:
                    self._knowledge.setdefault(language, True)

    def _unjudged(
        self, case: Case, promised: Mapping[Language, Promise], verdict: Verdict, reason: str | None
    ) -> CaseResult:
        exact = {language: promise.exact_row for language, promise in promised.items()}
        return CaseResult(
            id=case.id,
            title=case.title,
            trigger=case.trigger,
            verdict=verdict,
            verdicts={language: verdict if language in promised else "not_applicable" for language in self._docs},
            reason=reason,
            where=str(case.where),
            lines={language: promise.lines for language, promise in promised.items()},
            exact={language: row for language, row in exact.items() if row is not None},
        )

    def _credentials(self, case: Case, purpose: str = "case") -> Credentials:
        if self._target.credentials is not None:
            return self._target.credentials
        account = hashlib.sha256(f"{self._run_id}/{purpose}/{case.id}".encode()).hexdigest()[:20]
        return Credentials(f"LTAI{account}", _GENERATED_SECRET)

    def _values(self) -> dict[str, str]:
        return {f"target.{name}": value for name, value in self._target.values.items()}

    def _silence(self, promised: Mapping[Language, Promise | None]) -> str:
        names = {"en": "the English", "zh": "the Chinese"}
        return f"{' and '.join(names[language] for language in promised)} document says nothing about it"


def _needs(case: Case) -> str:
    names = ", ".join(dict.fromkeys(state.name for state in case.given))
    return f"needs state {names}: add --states-url URL, or say in a target file how the state is met"


def _saved(bodies: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `${steps.NAME.Field}` stands for: every text and number of the answers so far, by dotted path."""
    found: dict[str, Any] = {}

    def walk(name: str, value: Any) -> None:  # noqa: ANN401 - any JSON
        if isinstance(value, dict):
            for key, entry in value.items():
                walk(f"{name}.{key}", entry)
        elif isinstance(value, list):
            for index, entry in enumerate(value):
                walk(f"{name}.{index}", entry)
        else:
            found[name] = value

    for step, body in bodies.items():
        walk(f"steps.{step}", body)
    return found


def _shown(credentials: Credentials) -> str:
    return credentials.access_key_id if credentials.generated else "ACCESS_KEY_ID"
