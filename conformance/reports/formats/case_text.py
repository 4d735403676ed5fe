"""A case in words, for formats that have a message for each: what differs, what is followed, why nothing is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.core.sentences.sentence import sentence
from conformance.judging.verdicts import FAILED
from conformance.reports.formats.bounded import bounded_line, bounded_lines, bounded_text
from conformance.reports.formats.text import languages_text, mismatch_line
from conformance.reports.formats.words import Wording, english, mismatch_words, text_words

if TYPE_CHECKING:
    from conformance.judging.report_entries import CaseEntry, Report

STALE = "passes, and is listed as a known failure"


def message_of(case: CaseEntry) -> str:
    """Return on one line what differs in a case, whom it follows, or why it has no verdict; empty for a pass."""
    listed, verdict = case["known_failing"], case["verdict"]
    if listed is not None and verdict in FAILED:
        return bounded_line(f"known to fail: {listed}")
    if verdict == "pass":
        return STALE if listed is not None else ""
    if verdict == "mismatch":
        return differs_of(case)
    if verdict == "divergent":
        return ": ".join([follows_of(case), *([differs_of(case)] if case["mismatches"] else [])])
    reason = case["reason"] or "nothing is known"
    return bounded_line(reason if verdict == "error" else f"{verdict}: {reason}")


def details_of(case: CaseEntry) -> str:
    """Return everything in which a case differs, a line each, and the command that shows it again."""
    lines = [mismatch_line(mismatch) for mismatch in case["mismatches"]]
    command = bounded_lines(case["reproduce"] or "")
    return bounded_text([*lines, *([command] if command else [])])


def follows_of(case: CaseEntry) -> str:
    """Return which document the server follows in a case where they differ."""
    return f"follows {languages_text(case['follows']) or 'one document'}"


def causes_by_case(report: Report) -> dict[str, list[tuple[str, str]]]:
    """Return the key and the title of each cause that a case shows, by the ids of the cases."""
    found: dict[str, list[tuple[str, str]]] = {}
    for group in report.get("groups", []):
        for name in group["cases"]:
            found.setdefault(name, []).append((group["key"], group["title"]))
    return found


def differs_of(case: CaseEntry) -> str:
    """Return the first mismatch of a case on one line, and how many there are more."""
    return english(differs_words(case))


def differs_words(case: CaseEntry) -> Wording:
    """Return what `differs_of` returns, for people."""
    if not case["mismatches"]:
        return text_words(bounded_line(case["reason"] or "differs from the documents"))
    first, more = mismatch_words(case["mismatches"][0]), len(case["mismatches"]) - 1
    return sentence("{first} and {count} more", first=first, count=more) if more else first
