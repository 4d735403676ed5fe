"""Judging recorded exchanges again, by today's cases and contracts: the same work as a run, and nothing is sent."""

from __future__ import annotations

from collections import deque
from itertools import count
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.cases.promises import promises
from conformance.core.exchange import Exchange, WireRequest, WireResponse
from conformance.core.redaction import REMOVED
from conformance.engine.calls import Send
from conformance.engine.case_results import result_of
from conformance.engine.effects import Once, Together
from conformance.engine.executor import Executor
from conformance.engine.sent import NothingKnownError
from conformance.judging.exchange_entries import MAX_TEXT, shortened
from conformance.protocol.request import ACCEPT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.cases.model import Case
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract
    from conformance.engine.effects import Effect
    from conformance.engine.plan import Plan
    from conformance.judging.report_entries import CaseEntry, ExchangeEntry, ResponseEntry
    from conformance.judging.results import CaseResult
    from conformance.judging.verdicts import Verdict
    from conformance.reports.shapes import Shape
    from conformance.reports.tally import TalliedCase

NOT_KEPT: Final = "its exchange was not kept (conformance run --keep-exchanges all)"
_NEVER_BEFORE: Final = "a text never used before"


class _NotRecordedError(NothingKnownError):
    """The recording has no answer to what a case sends today; the text is the reason, for a person."""


class Replay:
    """Judges cases by recorded exchanges. Provider states count as set: without them nothing was recorded.

    Args:
        plan: The run; nothing is sent to its target.
        implements: Whether the recorded server implemented what one document alone has (`implemented_documents`).
    """

    def __init__(self, plan: Plan, implements: Mapping[Language, bool]) -> None:
        self._plan = plan
        self._implements = implements
        # No time passes in a recording: what was waited for is in the last answer, or it never came.
        self._executor = Executor(plan, lambda: next(clock) * 1e6)
        clock = count()

    def run(self, case: Case, recorded: CaseEntry) -> CaseResult:
        """Judge one case.

        Args:
            case: The case as it is today.
            recorded: The same case in the report of the run.
        """
        exchanges = recorded["exchanges"]
        if not exchanges:
            return self._carried_over(case, recorded)
        whole = [exchange for exchange in exchanges if "request" in exchange]
        if len(whole) < len(exchanges):
            return self._unjudged(case, "not_run", NOT_KEPT)
        try:
            waiting = deque(map(read_recorded, whole))
        except _NotRecordedError as fault:
            return self._unjudged(case, "not_run", str(fault))
        # Which answer had a RequestId first, only the run knows: cases are in another order here, and not all.
        for request_id in _repeated_request_ids(recorded):
            self._executor.saw_request_id(request_id)
        result, missing = self._drive(case, waiting)
        if missing is None:
            return result
        verdicts: dict[Language, Verdict] = {
            language: "not_applicable" if verdict == "not_applicable" else "not_run"
            for language, verdict in result.verdicts.items()
        }
        return replace(
            result, verdict="not_run", verdicts=verdicts, follows=(), reason=missing, mismatches=(), answered=None
        )

    def _drive(self, case: Case, waiting: deque[Exchange]) -> tuple[CaseResult, str | None]:
        """Run a case to its end; return its result, and what the recording lacks for it, if it lacks something."""
        steps = self._executor.run(case)
        outcome: object = None
        missing: _NotRecordedError | None = None
        fault: _NotRecordedError | None = None
        while True:
            try:
                effect = steps.throw(fault) if fault is not None else steps.send(outcome)
            except StopIteration as end:
                return end.value, str(missing) if missing is not None else None
            outcome, fault = None, None
            try:
                outcome = self._answer(effect, waiting)
            except _NotRecordedError as lacking:
                missing = fault = lacking

    def _answer(self, effect: Effect, waiting: deque[Exchange]) -> object:
        match effect:
            case Send():
                return _next(effect, waiting)
            case Together(sends):
                return [_next(send, waiting) for send in sends]
            case Once(("document", language)):
                return self._implements.get(language, False)
        # A state that was set, a wait, a signature that was taken: else there were no exchange.
        return None

    def _carried_over(self, case: Case, recorded: CaseEntry) -> CaseResult:
        """Return the result of a case for which nothing was sent: as it was, unless no document of today covers it."""
        if recorded["verdict"] in ("not_run", "error"):
            return self._unjudged(case, recorded["verdict"], recorded["reason"])
        return self._unjudged(case, "not_run", "nothing was sent when it was recorded")

    def _unjudged(self, case: Case, verdict: Verdict, reason: str | None) -> CaseResult:
        promised = promises(case, self._plan.contracts[case.subject], self._plan.docs)
        if not promised.kept:
            # Ends without asking for anything.
            return self._drive(case, deque())[0]
        return result_of(case, self._plan, promised, verdict, reason)


def _next(send: Send, waiting: deque[Exchange]) -> Exchange:
    """Return the recorded exchange of a request; raises `_NotRecordedError` when there is none."""
    if not waiting:
        raise _NotRecordedError(f"the recording ends before {send.call[0]} is called")
    exchange = waiting.popleft()
    differs = _difference(send, exchange)
    if differs is not None:
        raise _NotRecordedError(f"the case sends otherwise than was recorded: {differs}")
    return exchange


def _difference(send: Send, exchange: Exchange) -> str | None:
    """Return in what a request differs from a recorded one, `None` if in nothing."""
    request = exchange.request
    if (send.call[0], send.transport.method) != (exchange.operation, request.method):
        return f"{send.transport.method} {send.call[0]}, not {request.method} {exchange.operation}"
    if dict(request.headers).get("Accept") != ACCEPT[send.transport.format]:
        return f"it asks for {send.transport.format}"
    sent = {name: shortened(value) for name, value in send.wire.items()}
    for name in dict.fromkeys((*sent, *exchange.params)):
        before, today = exchange.params.get(name), sent.get(name)
        if before != today and REMOVED not in (before or ""):
            return f"{name} is {_shown(today)}, not {_shown(before)}"
    return None


def _shown(value: str | None) -> str:
    return "not sent" if value is None else repr(value[:80])


def read_recorded(recorded: ExchangeEntry) -> Exchange:
    """Return an exchange from its form in a report.

    Raises:
        NothingKnownError: When the report has not got the answer as it was.
    """
    request, response = recorded["request"], recorded["response"]
    if response is not None:
        body = response["body"]
        if len(body) > MAX_TEXT:
            raise _NotRecordedError("its answer was too long to be kept whole")
        if "\ufffd" in body:
            raise _NotRecordedError("its answer has bytes that are no text, which were not kept")
    return Exchange(
        operation=request["operation"],
        params=request["params"],
        request=WireRequest(
            request["method"],
            request["url"],
            tuple(request["headers"].items()),
            request["body"].encode(errors="surrogatepass"),
        ),
        response=_read_response(response) if response is not None else None,
        failure=recorded["failure"],
        elapsed_ms=recorded["elapsed_ms"],
    )


def _read_response(response: ResponseEntry) -> WireResponse:
    return WireResponse(response["status"], response["headers"], response["body"].encode(errors="surrogatepass"))


def _repeated_request_ids(recorded: CaseEntry) -> list[str]:
    """Return the RequestIds of a recorded case that were used before."""
    repeated = (mismatch for mismatch in recorded["mismatches"] if _NEVER_BEFORE in mismatch["expected"])
    return [str(mismatch["observed"]) for mismatch in repeated]


def implemented_documents(
    cases: Iterable[TalliedCase], contracts: Mapping[str, Mapping[Language, Contract]], docs: Sequence[Language]
) -> dict[Language, bool]:
    """Return whether a recorded server implemented what one document alone has, as the recorded verdicts show it.

    Args:
        cases: Every recorded case.
        contracts: The contracts by operation and language.
        docs: The languages judged by.
    """
    implemented: set[Language] = set()
    not_implemented: set[Language] = set()
    for case in cases:
        language = _only_document(case.shape, docs)
        if language is None:
            continue
        of_operation = contracts.get(case.id.partition("/")[0], {})
        silent = [of_operation[other] for other in docs if other != language and other in of_operation]
        answered = case.shape.answered
        match case.verdict:
            case "divergent":
                not_implemented.add(language)
            case "pass" if language in dict(case.shape.exact):
                implemented.add(language)
            case "mismatch" if answered == "success" or all(each.rows(str(answered)) for each in silent):
                implemented.add(language)
    return {language: language in implemented - not_implemented for language in docs}


def _only_document(shape: Shape, docs: Sequence[Language]) -> Language | None:
    """Return the language whose document alone covered a case, when there was another that did not."""
    if len(docs) == 1:
        return None
    verdicts = dict(shape.verdicts)
    speaking = [language for language in docs if verdicts.get(language) not in (None, "not_applicable")]
    return speaking[0] if len(speaking) == 1 else None
