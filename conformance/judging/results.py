"""The result of a case: mismatches, verdicts, and their form in the report. Frozen data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct, field

from conformance.judging.exchange_entries import clean_value

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.contract.languages import Language
    from conformance.contract.model import CitedLine
    from conformance.core.redaction import Redactor
    from conformance.judging.report_entries import (
        CallerEntry,
        CaseEntry,
        DigestEntry,
        ExchangeEntry,
        MismatchEntry,
        StateEntry,
    )
    from conformance.judging.verdicts import Verdict

ErrorRow = tuple[int, str, str]
"""A row of a table of errors: status, code, message."""


class Mismatch(Struct, frozen=True):
    """One expected value against the observed one.

    Attributes:
        where: What differs: `response.status`, `response.body.Code`.
        expected: The values that would conform; `None` among them means that the field is not there.
        observed: The value found.
        lines: Per language, the line of the document that promises the expected value (`None`: no document does).
    """

    where: str
    expected: tuple[object, ...]
    observed: object
    lines: Mapping[Language, CitedLine | None] = field(default_factory=dict)

    def redacted(self, redactor: Redactor) -> Mismatch:
        """Return the same without secrets, which what an SDK should report of an answer may have too."""
        expected = tuple(clean_value(value, redactor) for value in self.expected)
        return Mismatch(self.where, expected, clean_value(self.observed, redactor), self.lines)

    def as_dict(self) -> MismatchEntry:
        """Return its form in `report.json`."""
        return {
            "where": self.where,
            "expected": list(self.expected),
            "observed": self.observed,
            "docs": list(self.lines),
            "lines": dict(self.lines),
        }


class CaseResult(Struct, frozen=True):
    """The verdict of one case.

    Attributes:
        verdict: Of the case as a whole.
        verdicts: Per language.
        follows: When divergent, the documents that the server follows.
        reason: Why there is no verdict, for `not_run`, `error` and `not_applicable`; of a mismatch in a case for SDKs,
            the rule that it breaks.
        exchanges: Requests and answers in their report form, secrets removed.
        exact: Per language, the row of the table of errors that the case is there to reach.
        observed: Per language, the rows that the answers matched.
        reproduce: Command lines that do the same by hand.
        rerun: The command line that runs the case again, where `reproduce` is another one.
        where: The case's place in its file.
        lines: Per language, the lines of the document that the verdict rests on.
        elapsed_ms: The time that its requests took.
        known_failing: Why the target is known to fail it, if it is.
        answered: The error code of the last answer, or `success`; `None` when there was none that could be judged.
        caller: What an SDK reported to its caller in the last call; `None` without one.
        rule_lines: Per language, the line of the rule that the case is about.
        changed: What the case sends otherwise than the valid request that it starts from, by parameter, in the form of
            its file; `None`: left out.
        product: The product of its operation; empty where there is none.
        states: The provider states that the case needs, in the form of its file.
    """

    id: str
    title: str
    trigger: str
    verdict: Verdict
    verdicts: Mapping[Language, Verdict]
    follows: tuple[Language, ...] = ()
    reason: str | None = None
    mismatches: tuple[Mismatch, ...] = ()
    exchanges: tuple[ExchangeEntry | DigestEntry, ...] = ()
    exact: Mapping[Language, ErrorRow] = field(default_factory=dict)
    observed: Mapping[Language, tuple[ErrorRow, ...]] = field(default_factory=dict)
    reproduce: str | None = None
    rerun: str | None = None
    where: str = ""
    lines: Mapping[Language, tuple[CitedLine, ...]] = field(default_factory=dict)
    elapsed_ms: float = 0.0
    known_failing: str | None = None
    answered: str | None = None
    caller: CallerEntry | None = None
    rule_lines: Mapping[Language, CitedLine] = field(default_factory=dict)
    changed: Mapping[str, object] = field(default_factory=dict)
    states: tuple[StateEntry, ...] = ()
    product: str = ""

    @property
    def stale(self) -> bool:
        """Whether the case is listed as an expected failure and passes: the list is out of date."""
        return self.known_failing is not None and self.verdict == "pass"

    def as_dict(self) -> CaseEntry:
        """Return its form in `report.json` and `events.ndjson`; its mappings are those of the result."""
        entry: CaseEntry = {
            "id": self.id,
            "title": self.title,
            "trigger": self.trigger,
            "verdict": self.verdict,
            "verdicts": self.verdicts,
            "follows": list(self.follows),
            "reason": self.reason,
            "mismatches": [mismatch.as_dict() for mismatch in self.mismatches] if self.mismatches else [],
            "exchanges": list(self.exchanges),
            "reproduce": self.reproduce,
            "where": self.where,
            "lines": self.lines,
            "rule_line": self.rule_lines,
            "changed": self.changed,
            "states": list(self.states),
            "exact": self.exact,
            "observed": self.observed,
            "known_failing": self.known_failing,
            "answered": self.answered,
            "elapsed_ms": round(self.elapsed_ms, 3),
        }
        if self.product:
            entry["product"] = self.product
        if self.rerun is not None:
            entry["rerun"] = self.rerun
        if self.caller is not None:
            entry["caller"] = self.caller
        return entry
