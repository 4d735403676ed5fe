"""The result of a case of a plan, without what was sent for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from conformance.judging.results import CaseResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.cases.promises import Promised
    from conformance.contract.languages import Language
    from conformance.core.errors import Location
    from conformance.engine.plan import Plan
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


def result_of(
    each: Reportable,
    plan: Plan,
    promised: Promised | None,
    verdict: Verdict,
    reason: str | None,
    *,
    verdicts: Mapping[Language, Verdict] | None = None,
) -> CaseResult:
    """Return the result of a case, a case for SDKs or a check of a model, without what was sent for it.

    Args:
        each: What it is.
        plan: The run.
        promised: What the documents promise about it; `None` when nobody asked.
        verdict: The verdict as a whole.
        reason: Why there is none, if so.
        verdicts: Per language; the whole one for each document that covers it, unless given.
    """
    if verdicts is None:
        covered = plan.docs if promised is None else promised.kept
        verdicts = {language: verdict if language in covered else "not_applicable" for language in plan.docs}
    return CaseResult(
        id=each.id,
        title=each.title,
        trigger=getattr(each, "trigger", "documented"),
        verdict=verdict,
        verdicts=verdicts,
        reason=reason,
        where=str(each.where),
        lines=promised.lines if promised is not None else {},
        exact=promised.exact if promised is not None else {},
        product=_product(each, plan),
        known_failing=plan.expected_failures.reason(each.id),
        rule_lines=promised.rule_lines if promised is not None else {},
        changed=getattr(each, "changed", {}),
        states=tuple({"name": state.name, "params": dict(state.params)} for state in getattr(each, "states", ())),
    )


def _product(each: Reportable, plan: Plan) -> str:
    """Return the product that a case belongs to; empty for what belongs to none."""
    contracts = plan.contracts.get(getattr(each, "operation", ""), {})
    return next((contract.product for contract in contracts.values()), "")
