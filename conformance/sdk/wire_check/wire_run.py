"""Sending every documented parameter of operations through an SDK: one call an operation, answered by the harness."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING, Final

from msgspec import Struct
from msgspec.structs import replace

from conformance.cases.sdk import DEFAULT_TIMEOUT_S, Scripted
from conformance.core.errors import Location
from conformance.core.exchange import Credentials, Exchange
from conformance.core.redaction import Redactor
from conformance.engine.case_results import result_of
from conformance.engine.notes import RunNote
from conformance.engine.sent import SentExchange
from conformance.judging.exchange_entries import caller_entry
from conformance.judging.findings import Finding, merge
from conformance.sdk.call_judge import judge_envelope
from conformance.sdk.product_packages import without_package
from conformance.sdk.wire_check.full_request import full_request, paths_of
from conformance.sdk.wire_check.wire_judge import judge_wire

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.contract.catalogue import OperationId
    from conformance.contract.languages import Language
    from conformance.contract.model import Contract, Parameter
    from conformance.core.exchange import SdkCall, Unsupported
    from conformance.engine.plan import Plan
    from conformance.judging.results import CaseResult
    from conformance.judging.verdicts import Verdict
    from conformance.sdk.driver_process import ModelField
    from conformance.sdk.sdk_caller import SdkCaller
    from conformance.sdk.wire_check.full_request import FullRequest

PREFIX: Final = "sdk/wire"
"""The first parts of the id of every such result."""

_CREDENTIALS: Final = Credentials("LTAIconformancesdkwire", "conformance-generated-secret")
_ANSWER: Final = Scripted(
    200, {"Content-Type": "application/json;charset=utf-8"}, b'{"RequestId":"00000000-0000-4000-8000-000000000000"}'
)
_MOST_REFUSED: Final = 500
"""Parameters of one operation that an SDK may refuse one by one: more than any operation has."""


class WireCheck(Struct, frozen=True):
    """An operation whose documented parameters an SDK should send.

    Attributes:
        id: `sdk/wire/<Operation>`.
        operation: What the ids of its cases begin with.
        where: The contract that is the first to document it.
    """

    id: str
    operation: str
    where: Location

    @property
    def title(self) -> str:
        """What it shows, for a person."""
        return f"The SDK sends each documented parameter of {self.operation} under its name"


class _Sent(Struct, frozen=True):
    """One call, what it asked for and what was seen of it."""

    request: FullRequest
    call: SdkCall


def wire_checks(contracts: Mapping[str, Mapping[Language, Contract]], docs: Sequence[Language]) -> list[WireCheck]:
    """Return a check for each operation that the documents of these languages have.

    Args:
        contracts: By operation and language.
        docs: The languages to judge by.
    """
    firsts = {
        operation: next((language for language in docs if language in by_language), None)
        for operation, by_language in contracts.items()
    }
    return [
        WireCheck(f"{PREFIX}/{operation}", operation, Location(f"{operation}.{language}.yaml"))
        for operation, language in firsts.items()
        if language is not None
    ]


class WireRun:
    """Sends the requests of operations and judges what arrived; may be used by many threads at once.

    Args:
        plan: The run.
        sdk: The driver.
        operations: The operations, by what the ids of their cases begin with.
        models: The SDK's models of them.
    """

    def __init__(
        self,
        plan: Plan,
        sdk: SdkCaller,
        operations: Mapping[str, OperationId],
        models: Mapping[str, Sequence[ModelField] | None],
    ) -> None:
        self._plan = plan
        self._sdk = sdk
        self._operations = operations
        self._models = models
        self._nonces: set[str] = set()
        self._lock = threading.Lock()
        self._sent = self._lacking = self._called = 0

    def run(self, checks: Sequence[WireCheck], at_once: int) -> Iterator[CaseResult]:
        """Yield the results as they come; in the end what the SDK lacks is a note of the run.

        Args:
            checks: The checks.
            at_once: How many calls are under way at once.
        """
        with ThreadPoolExecutor(at_once) as threads:
            futures = [threads.submit(self._result, check) for check in checks]
            try:
                for future in as_completed(futures):
                    yield future.result()
            except BaseException:
                for future in futures:
                    future.cancel()
                self._sdk.stop()  # else those under way would be waited for, and they for their turn
                raise
        if checks:
            sent, called, lacking = self._sent, self._called, self._lacking
            text = f"{sent} documented parameters of {called} operations were sent through the SDK, each once"
            if lacking:
                text = (
                    f"{sent} documented parameters of {called} operations were sent through the SDK, each once; "
                    f"for {lacking} more it has no field (sdk/model names them)"
                )
            self._plan.notes.add(RunNote("sdk.wire", text))

    def _result(self, check: WireCheck) -> CaseResult:
        operation = self._operations[check.operation]
        contracts = self._plan.contracts[check.operation]
        request = full_request(contracts, self._plan.docs, self._models[check.operation])
        sent = self._send(operation, request)
        gap = sent.call.answer.unsupported if sent.call.answer is not None else None
        if sent.call.failure is not None:
            return result_of(check, self._plan, None, "error", sent.call.failure)
        if gap is not None:
            return result_of(check, self._plan, None, "not_run", _why(gap, operation, self._plan.target.driver))
        calls = [sent]
        if not sent.call.recorded and request.names():
            # It refused the request as a whole: each parameter by itself shows which of them.
            calls = [self._send_alone(operation, sent.request.alone(name)) for name in sent.request.names()]
        findings = [finding for each in calls for finding in self._findings(operation, each)]
        with self._lock:
            self._sent += len({path for each in calls if each.call.recorded for path, *_ in paths_of(each.request)})
            self._called += any(each.call.recorded for each in calls)
            self._lacking += len(sent.request.lacking)
        return self._judged(check, contracts, _at_lines(findings, contracts, self._plan.docs), calls)

    def _send(self, operation: OperationId, request: FullRequest) -> _Sent:
        """Call an operation; what the SDK turns out to lack is left out of a further call."""
        called = (operation.name, operation.version)
        for _ in range(_MOST_REFUSED):
            call = self._sdk.call(
                called,
                request.params,
                _CREDENTIALS,
                timeout_s=DEFAULT_TIMEOUT_S,
                script=_ANSWER,
                product=operation.product,
            )
            gap = call.answer.unsupported if call.answer is not None else None
            if gap is None or gap.why not in ("unknown", "type") or gap.parameter is None:
                return _Sent(request, call)
            fewer = request.without(gap.parameter)
            if len(fewer.params) == len(request.params):
                return _Sent(request, call)
            request = fewer
        return _Sent(request, call)

    def _send_alone(self, operation: OperationId, request: FullRequest) -> _Sent:
        """Call an operation with one parameter; a value that is refused is given once more, in letters and digits.

        Which characters a value may have no document tells, and an SDK may know it.
        """
        sent = self._send(operation, request)
        if sent.call.recorded or sent.call.failure is not None:
            return sent
        plain = self._send(operation, request.plain())
        return plain if plain.call.recorded else sent

    def _findings(self, operation: OperationId, sent: _Sent) -> list[Finding]:
        if not sent.call.recorded:
            answer = sent.call.answer
            shown = sent.call.failure or (answer and (answer.exception or answer.outcome))
            names = ", ".join(sent.request.names())
            return [Finding("sdk.wire", ("a request sent",), f"{names}: {shown}" if names else shown)]
        with self._lock:
            findings, params = judge_envelope(
                sent.call.recorded, (operation.name, operation.version), _CREDENTIALS, self._nonces
            )
        return [*findings, *judge_wire(sent.request, params)]

    def _judged(
        self,
        check: WireCheck,
        contracts: Mapping[Language, Contract],
        findings: Mapping[Language, Sequence[Finding]],
        calls: Sequence[_Sent],
    ) -> CaseResult:
        failed = any(findings.values())
        verdicts: dict[Language, Verdict] = {
            language: "not_applicable" if language not in contracts else "mismatch" if findings[language] else "pass"
            for language in self._plan.docs
        }
        exchanges = [
            SentExchange(
                Exchange(
                    check.operation,
                    dict(sent.request.expected),
                    each.request,
                    each.response,
                    each.failure,
                    each.elapsed_ms,
                ),
                _CREDENTIALS,
            )
            for sent in calls
            for each in sent.call.recorded
        ]
        redactor = Redactor.of(_CREDENTIALS, *(each.exchange for each in exchanges))
        keep = failed or self._plan.keep_all
        result = result_of(check, self._plan, None, "mismatch" if failed else "pass", None, verdicts=verdicts)
        return replace(
            result,
            mismatches=tuple(mismatch.redacted(redactor) for mismatch in merge(findings)),
            exchanges=tuple(each.entry(redactor) if keep else each.digest() for each in exchanges),
            caller=caller_entry(calls[-1].call, redactor) if failed else None,
            reproduce=self._plan.run_line(check.id, check.where.file),
        )


def _why(gap: Unsupported, operation: OperationId, driver: str) -> str:
    if gap.why == "product":
        return without_package(driver, f"{operation.product}/{operation.version}")
    if gap.why == "action":
        return f"the SDK has no operation {operation.name}"
    return f"the SDK cannot send {gap.parameter}"


def _at_lines(
    findings: Sequence[Finding], contracts: Mapping[Language, Contract], docs: Sequence[Language]
) -> dict[Language, list[Finding]]:
    """Return the findings of each language: those about its parameters, with their line, and those about none."""
    found: dict[Language, list[Finding]] = {}
    for language in docs:
        found[language] = []
        if language not in contracts:
            continue
        for finding in findings:
            path = finding.where.removeprefix("sdk.wire").removeprefix(".")
            row = _row(contracts[language], path) if path and finding.where.startswith("sdk.wire.") else None
            if row is not None:
                found[language].append(finding.at(row.cited))
            elif not (path and finding.where.startswith("sdk.wire.")):
                found[language].append(finding)
    return found


def _row(contract: Contract, path: str) -> Parameter | None:
    """Return the row of a path, or the one that groups or carries it; `None` when the document has neither."""
    while path:
        row = contract.parameter(path) or contract.parameter(path.removesuffix("[]"))
        if row is not None:
            return row
        path = path.removesuffix("[]").rpartition(".")[0]
    return None
