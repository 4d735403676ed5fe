"""Sending one request, or a sequence, and judging it: by the engine that runs the cases, so that both judge alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.cases.model import ANY_CODE
from conformance.fuzz.findings.supported import ruled
from conformance.fuzz.generation.case_builder import request_case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.cases.model import Case
    from conformance.contract.languages import Language
    from conformance.engine.engine import Engine
    from conformance.fuzz.findings.step_rule import StepRule
    from conformance.fuzz.generation.generated_request import GeneratedRequest
    from conformance.fuzz.run_context import FuzzContext
    from conformance.judging.results import CaseResult
    from conformance.judging.verdicts import Verdict

FAILED: Final = ("mismatch", "divergent")
"""The verdicts that make a failure."""

_PASSED: Final = "pass"
_SUCCESS: Final = "success"
_REFUSED: Final = 4
"""The first digit of the status of an answer that refuses a request for what it asks."""
_OF_ANOTHER_CODE: Final = frozenset({"response.body.Code", "response.status"})
"""Where an answer differs that is as documented but for its code."""


class Trial(Struct, frozen=True):
    """A request or a sequence that is to be sent.

    Attributes:
        kind: What kind of request it is, for the report of those that were answered as documented.
        case: The case that sends and judges it.
        rules: What each step of a sequence is judged by beside.
    """

    kind: str
    case: Case
    rules: tuple[StepRule, ...] = ()


class Observation(Struct, frozen=True):
    """A request or a sequence that was sent, and its result."""

    trial: Trial
    result: CaseResult


class FollowUp(Struct, frozen=True):
    """Trials that make sense only when a request is answered as the documents say.

    Attributes:
        request: That request.
        trials: Makes the trials of its result.
    """

    request: GeneratedRequest
    trials: Callable[[CaseResult], Iterable[Trial]]


class Sender:
    """Sends requests one after another, each under an account of its own.

    Args:
        engine: Runs cases.
        context: The run.

    Attributes:
        sent: How many requests and sequences were sent.
    """

    def __init__(self, engine: Engine, context: FuzzContext) -> None:
        self.sent = 0
        self._engine = engine
        self._context = context

    def send(self, case: Case) -> CaseResult:
        """Run a case under an account that no other has."""
        self.sent += 1
        # The account is made from the id: without a number two requests would share one.
        numbered = replace(case, id=f"{case.id}-{self.sent}")
        return replace(self._engine.run_one(numbered), id=case.id)

    def judge(self, case: Case) -> CaseResult:
        """Run a case and judge it strictly: it must follow a document that makes a promise for it.

        That another document makes none is no excuse: unlike a written case, a generated request breaks a promise of
        the document that it was generated from.
        """
        result = self.send(case)
        if result.verdict == "divergent" and "pass" not in result.verdicts.values():
            return replace(result, verdict="mismatch", follows=())
        return result

    def judge_request(self, request: GeneratedRequest) -> CaseResult:
        """Send one request and judge its answer strictly by every document that makes a promise for it.

        A document that makes none may still refuse what it knows of the request. A server that gives its answer follows
        it, and differs from the others where the documents differ.
        """
        result = self.judge(request_case(self._context, request, "request", request.about or "a request"))
        follows = tuple(self._refusing(request, result)) if result.verdict == "mismatch" else ()
        if not follows:
            return result
        verdicts: dict[Language, Verdict] = {**result.verdicts, **dict.fromkeys(follows, _PASSED)}
        return replace(result, verdict="divergent", verdicts=verdicts, follows=follows)

    def _refusing(self, request: GeneratedRequest, result: CaseResult) -> Iterator[Language]:
        """Yield each document without a promise that has the answer, to a request that it refuses anyway."""
        places = {each.where: each.observed for each in result.mismatches}
        if not places.keys() <= _OF_ANOTHER_CODE:
            return
        code = result.answered
        for language, verdict in result.verdicts.items():
            if verdict != "not_applicable" or code in (None, _SUCCESS):
                continue
            codes = self._context.oracle.refuses_anyway(language, request.params)
            statuses = [row.status for row in self._context.contracts[language].rows(code)]
            # Where a document does not say with which code, any refusal of the request is one.
            status = places.get("response.status")
            refused = status is None or (isinstance(status, int) and status // 100 == _REFUSED)
            if (code in codes and status in (None, *statuses)) or (ANY_CODE in codes and refused):
                yield language

    def try_each(self, trials: Iterable[Trial], stopped: Callable[[], bool]) -> Iterator[Observation]:
        """Send trials until `stopped`; yield each with its result."""
        for trial in trials:
            if stopped():
                return
            yield self.try_one(trial)

    def try_one(self, trial: Trial) -> Observation:
        """Send a trial; what differs is judged by the rule of the step in which it does."""
        return Observation(trial, ruled(self.judge(trial.case), trial.rules))

    def follow_up(self, follow_ups: Iterable[FollowUp], stopped: Callable[[], bool]) -> Iterator[Observation]:
        """Send requests until `stopped`, and after each that is answered as documented its trials."""
        for each in follow_ups:
            if stopped():
                return
            result = self.judge_request(each.request)
            if result.verdict == "pass":
                for trial in each.trials(result):
                    yield self.try_one(trial)
