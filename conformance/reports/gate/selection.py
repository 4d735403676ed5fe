"""The cases of some operations of a report, as other commands select operations. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.core.errors import UsageError
from conformance.core.wording import near
from conformance.reports.stored_cases import StoredCases, tallied_cases

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.judging.report_entries import Report


def chosen_subjects(words: Sequence[str], reports: Iterable[Report]) -> frozenset[str]:
    """Return what the case ids of some operations begin with.

    Args:
        words: Operations: `CreateThing`, `farm:CreateThing` or `farm/2020-01-02/CreateThing`.
        reports: The reports that have their cases.

    Raises:
        UsageError: For a word that means no operation of the reports, or those of several products.
    """
    known = {entry.id.partition("/")[0] for report in reports for entry in tallied_cases(report)}
    return frozenset(_meant(word, known) for word in words)


def only_operations(report: Report, subjects: frozenset[str]) -> Report:
    """Return a report with the cases alone whose ids begin with one of the subjects."""
    cases = report["cases"]
    kept = (
        StoredCases(cases.path, [each for each in cases.entries if each.id.partition("/")[0] in subjects])
        if isinstance(cases, StoredCases)
        else [each for each in cases if each["id"].partition("/")[0] in subjects]
    )
    return {**report, "cases": kept}


def _meant(word: str, known: Iterable[str]) -> str:
    product, _, name = word.replace("/", ":").rpartition(":")
    product = product.partition(":")[0]
    found = sorted(
        subject
        for subject in known
        if subject.rpartition(":")[2] == name and (not product or subject.rpartition(":")[0] in ("", product))
    )
    if not found:
        raise UsageError(f"no case of the reports is of {word!r}", hint=near(word, known))
    if len(found) > 1:
        raise UsageError(f"several products have {name}", hint=f"say one of: {', '.join(found)}")
    return found[0]
