"""Running the cases for SDKs: the harness answers in the server's place, and what the caller gets is judged."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.cases.expand import wire_parameters
from conformance.core.exchange import Credentials, Exchange
from conformance.core.redaction import Redactor
from conformance.engine.case_results import result_of
from conformance.engine.sent import SentExchange
from conformance.judging.exchange_entries import caller_entry
from conformance.judging.findings import Finding, merge
from conformance.sdk.call_judge import judge_requests

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.cases.sdk import SdkCase
    from conformance.core.exchange import SdkCall
    from conformance.engine.plan import Plan
    from conformance.judging.results import CaseResult
    from conformance.judging.verdicts import Verdict
    from conformance.sdk.sdk_caller import SdkCaller

_ZEROS: Final[tuple[object, ...]] = ("", 0, [], {})
_CREDENTIALS = Credentials("LTAIconformancesdkcases", "conformance-generated-secret")


def run_sdk_cases(cases: Sequence[SdkCase], plan: Plan, sdk: SdkCaller, at_once: int) -> Iterator[CaseResult]:
    """Run cases and yield their results as they come.

    Args:
        cases: The cases.
        plan: The run: its languages, and the values of its target.
        sdk: The driver.
        at_once: How many calls are under way at once.
    """
    with ThreadPoolExecutor(at_once) as threads:
        futures = [threads.submit(_run, case, plan, sdk) for case in cases]
        try:
            for future in as_completed(futures):
                yield future.result()
        except BaseException:
            for future in futures:
                future.cancel()
            sdk.stop()  # else those under way would be waited for, and they for their turn
            raise


def _run(case: SdkCase, plan: Plan, sdk: SdkCaller) -> CaseResult:
    values = plan.target.placeholders
    flat = wire_parameters(case.params, values)
    call = sdk.call(case.call, case.filled(values), _CREDENTIALS, timeout_s=case.timeout_s, script=case.answer)
    findings: list[Finding] = []
    reason = call.failure
    if call.answer is not None and call.answer.unsupported is not None:
        parameter, why = call.answer.unsupported.parameter, call.answer.unsupported.why
        return _result(case, plan, "not_run", reason=f"the SDK cannot send {parameter} ({why})")
    if call.answer is not None:
        findings = [*judge_requests(call.recorded, case.call, flat, _CREDENTIALS, set()), *judge_outcome(case, call)]
    verdict: Verdict = "error" if reason else "mismatch" if findings else "pass"
    return _result(case, plan, verdict, reason=reason, findings=findings, call=call, flat=flat)


def judge_outcome(case: SdkCase, call: SdkCall) -> Iterator[Finding]:
    """Yield where what an SDK's caller got is not what a case allows. Pure.

    Args:
        case: The case.
        call: What was observed; its driver answered.
    """
    answer, expected = call.answer, case.expected
    if answer is None:
        return
    if answer.outcome not in expected.outcome:
        detail = f": {answer.exception}" if answer.exception else ""
        yield Finding("sdk.outcome", expected.outcome, f"{answer.outcome}{detail}")
        return
    for name, allowed in expected.details.items():
        if getattr(answer, name) not in allowed:
            yield Finding(f"sdk.{name}", allowed, getattr(answer, name))
    if expected.message is not None and expected.message not in (answer.message or ""):
        yield Finding("sdk.message", (expected.message,), answer.message)
    if answer.outcome == "success":
        for name, allowed in expected.body.items():
            value = (answer.body or {}).get(name)
            # A type that cannot tell a zero from nothing gives its zero for a field that the answer did not have.
            unset = None in allowed and value in _ZEROS
            # `1 == True` in Python; in JSON they are two values.
            if not unset and not any(value == each and type(value) is type(each) for each in allowed):
                yield Finding(f"sdk.body.{name}", allowed, value)


def _result(
    case: SdkCase,
    plan: Plan,
    verdict: Verdict,
    *,
    reason: str | None = None,
    findings: Sequence[Finding] = (),
    call: SdkCall | None = None,
    flat: dict[str, str] | None = None,
) -> CaseResult:
    sent = [
        SentExchange(
            Exchange(case.call[0], flat or {}, each.request, each.response, each.failure, each.elapsed_ms), _CREDENTIALS
        )
        for each in (call.recorded if call else ())
    ]
    redactor = Redactor.of(_CREDENTIALS, *(each.exchange for each in sent))
    mismatches = merge(dict.fromkeys(plan.docs, findings))
    return replace(
        result_of(case, plan, None, verdict, case.rule if verdict == "mismatch" else reason),
        mismatches=tuple(mismatch.redacted(redactor) for mismatch in mismatches),
        exchanges=tuple(each.entry(redactor) for each in sent),
        caller=caller_entry(call, redactor) if call else None,
        reproduce=plan.run_line(case.id, case.where.file),
    )
