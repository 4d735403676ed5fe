"""Sending one request, or a sequence, and judging it: by the engine that runs the cases, so that both judge alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from conformance.fuzz.generation.requests import request_case

if TYPE_CHECKING:
    from conformance.cases.model import Case
    from conformance.engine.engine import Engine
    from conformance.fuzz.generation.sample import Sample, Subject
    from conformance.judging.results import CaseResult

FAILED = ("mismatch", "divergent")
"""The verdicts that make a finding."""

Signature = tuple[str, ...]
"""What differs, without what is different in every answer: two results with one signature differ in one way."""


@dataclass
class Prober:
    """Sends requests one after another, each under an account of its own.

    Attributes:
        engine: Runs cases.
        subject: The operation.
        origin: Where the requests come from, for reports: `fuzz --seed 7`.
        sent: How many requests and sequences were sent.
    """

    engine: Engine
    subject: Subject
    origin: str
    sent: int = 0

    def judge(self, sample: Sample) -> CaseResult:
        """Send one request and judge its answer by every document that speaks."""
        return self.run(request_case(self.subject, sample, "request", sample.about or "a request", self.origin))

    def answered(self, case: Case) -> CaseResult:
        """Run a case under an account that no other has."""
        self.sent += 1
        # The account is made from the id: without a number two requests would share one.
        numbered = replace(case, id=f"{case.id}-{self.sent}")
        return replace(self.engine.run_one(numbered), id=case.id)

    def run(self, case: Case) -> CaseResult:
        """Run a case that every document which speaks is held to."""
        result = self.answered(case)
        if result.verdict == "divergent" and "pass" not in result.verdicts.values():
            # No document that speaks is followed. That another is silent excuses nobody here: unlike a written case,
            # a generated request breaks a promise of the document that it was generated from.
            result = replace(result, verdict="mismatch", follows=())
        return result


def signature(result: CaseResult) -> Signature:
    """Return in what way a result differs: the places, and the code and the status where they are wrong."""
    parts = [result.verdict, *(f"follows {language}" for language in result.follows)]
    for mismatch in result.mismatches:
        told = mismatch.where in ("response.body.Code", "response.status", "response.format")
        parts.append(f"{mismatch.where}={mismatch.observed!r}" if told else mismatch.where)
    return tuple(dict.fromkeys(parts))
