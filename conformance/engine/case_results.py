"""The result of a case of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from msgspec import Struct, field

from conformance.cases.model import Case
from conformance.core.wording import shorten
from conformance.engine.sent import SentExchange
from conformance.judging.exchange_entries import caller_entry, clean_value
from conformance.judging.findings import merge
from conformance.judging.results import CaseResult
from conformance.judging.verdicts import NO_ENVELOPE, SUCCESS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.cases.promises import Promised
    from conformance.contract.languages import Language
    from conformance.core.errors import Location
    from conformance.core.redaction import Redactor
    from conformance.engine.plan import Plan
    from conformance.engine.progress import Progress
    from conformance.judging.report_entries import CallerEntry, DigestEntry, ExchangeEntry
    from conformance.judging.results import ErrorRow, Mismatch
    from conformance.judging.verdicts import Verdict


class Reportable(Protocol):
    """What can have a verdict: a case, a case for SDKs, a check of an SDK's model."""

    @property
    def id(self) -> str:
        """Its name in reports."""

    @property
    def title(self) -> str:
        """What it is about, for a person."""

    @property
    def where(self) -> Location:
        """Its place in its file."""


class Shown(Struct):
    """The attributes of a result that come from what was sent for it; see there."""

    follows: tuple[Language, ...] = ()
    mismatches: tuple[Mismatch, ...] = ()
    exchanges: tuple[ExchangeEntry | DigestEntry, ...] = ()
    observed: Mapping[Language, tuple[ErrorRow, ...]] = field(default_factory=dict)
    reproduce: str | None = None
    rerun: str | None = None
    elapsed_ms: float = 0.0
    answered: str | None = None
    caller: CallerEntry | None = None


_NOTHING_SENT: Final = Shown()


def result_of(
    each: Reportable,
    plan: Plan,
    promised: Promised | None,
    verdict: Verdict,
    reason: str | None,
    *,
    verdicts: Mapping[Language, Verdict] | None = None,
    shown: Shown = _NOTHING_SENT,
) -> CaseResult:
    """Return the result of a case, a case for SDKs or a check of a model.

    Args:
        each: What it is.
        plan: The run.
        promised: What the documents promise about it; `None` when nobody asked.
        verdict: The verdict as a whole.
        reason: Why there is none, if so.
        verdicts: Per language; the whole one for each document that covers it, unless given.
        shown: What comes from what was sent; nothing was, unless given.
    """
    if verdicts is None:
        covered = plan.docs if promised is None else promised.kept
        verdicts = {language: verdict if language in covered else "not_applicable" for language in plan.docs}
    case = each if isinstance(each, Case) else None
    states = case.states if case is not None else ()
    return CaseResult(
        id=each.id,
        title=each.title,
        trigger=case.trigger if case is not None else "documented",
        verdict=verdict,
        verdicts=verdicts,
        follows=shown.follows,
        reason=reason,
        mismatches=shown.mismatches,
        exchanges=shown.exchanges,
        exact=promised.exact if promised is not None else {},
        observed=shown.observed,
        reproduce=shown.reproduce,
        rerun=shown.rerun,
        where=str(each.where),
        lines=promised.lines if promised is not None else {},
        elapsed_ms=shown.elapsed_ms,
        known_failing=plan.expected_failures.reason(each.id),
        answered=shown.answered,
        caller=shown.caller,
        rule_lines=promised.rule_lines if promised is not None else {},
        changed=case.changed if case is not None else {},
        states=tuple([{"name": state.name, "params": dict(state.params)} for state in states]) if states else (),
        product=_product(case.subject if case is not None else getattr(each, "operation", ""), plan),
    )


def digests(progress: Progress, *, through_sdk: bool) -> Shown:
    """Return what is kept of a pass: a digest of each exchange."""
    return Shown(
        exchanges=tuple(map(SentExchange.digest, progress.exchanges)),
        # A code that a document has: there is no secret in it.
        answered=str(progress.code or SUCCESS),
        caller=_caller(progress) if through_sdk else None,
    )


def whole(progress: Progress, again: str, reason: str | None, *, through_sdk: bool) -> Shown:
    """Return all that shows why a result is so, redacted.

    Args:
        progress: What is known of the case.
        again: The command line that runs it again.
        reason: Why there is no verdict of the documents, if so.
        through_sdk: Whether an SDK sent the requests.
    """
    redactor = progress.redactor()
    command = again if through_sdk else progress.reproduce()
    return Shown(
        mismatches=tuple(mismatch.redacted(redactor) for mismatch in merge(progress.findings)),
        exchanges=tuple(sent.entry(redactor) for sent in progress.exchanges),
        reproduce=redactor.text(command) or None,
        rerun=redactor.text(again) or None if not through_sdk else None,
        answered=None if reason is not None else _answered(progress, redactor),
        caller=_caller(progress) if through_sdk else None,
    )


def _caller(progress: Progress) -> CallerEntry | None:
    call = progress.last_sdk_call()
    return caller_entry(call, progress.redactor()) if call is not None else None


def _answered(progress: Progress, redactor: Redactor) -> str | None:
    """Return what the last answer was, for a table: its code, `success`, or that no answer was one of the API."""
    if progress.no_envelope:
        return None if progress.bodies else NO_ENVELOPE
    return SUCCESS if progress.code is None else shorten(str(clean_value(progress.code, redactor)))


def _product(subject: str, plan: Plan) -> str:
    """Return the product that a case belongs to; empty for what belongs to none."""
    for contract in plan.contracts.get(subject, {}).values():
        return contract.product
    return ""
