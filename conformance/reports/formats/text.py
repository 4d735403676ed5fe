"""What reports for programs say: the sentences of `words`, in English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.core.terminal import printable
from conformance.reports.formats import words
from conformance.reports.formats.words import english

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.contract.languages import Language
    from conformance.judging.report_entries import MismatchEntry, Report


def mismatch_line(mismatch: MismatchEntry) -> str:
    """Return one mismatch on one line: where, expected against observed, and the lines of the documents."""
    return english(words.mismatch_words(mismatch))


def value_text(value: object) -> str:
    """Return a value as a person reads it; a field that is not there is `nothing`."""
    return english(words.value_words(value))


def languages_text(languages: Iterable[Language]) -> str:
    """Return the names of languages: `English and Chinese`; empty for none."""
    return english(words.languages_words(languages))


def counts_line(report: Report) -> str:
    """Return the counts of a report in one line."""
    return english(words.counts_words(report))


def coverage_lines(report: Report) -> list[str]:
    """Return a line per document: how many rows of its table of errors were reached, and which were not passed."""
    return list(map(english, words.coverage_words(report)))


def fuzz_lines(report: Report) -> list[str]:
    """Return what the requests of property tests depend on, and how far they reached; nothing for a run of cases."""
    fuzz = report.get("fuzz")
    if fuzz is None:
        return []
    return list(map(english, words.fuzz_words(fuzz)))


def note_lines(report: Report) -> list[str]:
    """Return a line per note: what is to be known about the target beside the verdicts."""
    return [f"note: {printable(note['text'])}" for note in report.get("notes", [])]


def has_markup(text: str) -> bool:
    """Whether a text has a character that HTML and XML do not have as such."""
    return "&" in text or "<" in text or ">" in text or '"' in text or "'" in text
