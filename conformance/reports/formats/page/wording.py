"""The words of pages: what they call the cases of a verdict, and in sentences how a run ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.core.sentences.recognition import recognised
from conformance.core.sentences.sentence import Sentence, counted_sentence, sentence
from conformance.reports.formats.words import joined_words, language_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.contract.languages import Language
    from conformance.judging.report_entries import Report

HEADINGS: Final = {
    "mismatch": sentence("Differs from the documents"),
    "error": sentence("Nothing known: the target or the network failed"),
    "divergent": sentence("Follows one document and not the other"),
    "not_run": sentence("Not run"),
    "pass": sentence("Conforms"),
    "not_applicable": sentence("The documents asked say nothing about it"),
}
"""What a page calls the cases of one verdict, in the order in which it shows them."""


def documents_name(languages: Iterable[Language]) -> Sentence:
    """Return what judged: the document of one language, or the documents of several."""
    names = [language_words(language) for language in languages]
    if len(names) == 1:
        return sentence("the {language} document", language=names[0])
    return sentence("the {languages} documents", languages=joined_words(names, "{one} and {other}"))


def stored(text: str) -> Sentence:
    """Return a sentence that a report has, in English, as a sentence that may be in other languages too."""
    return recognised(text) or Sentence("{text}", {"text": text})


def worst_of(report: Report) -> str:
    """Return the verdict that says how a run ended."""
    summary = report["summary"]
    for verdict in ("mismatch", "error", "not_run", "divergent"):
        if summary[verdict]:
            return verdict
    return "pass" if summary["total"] else "not_run"


def conclusion(report: Report) -> list[Sentence]:
    """Return in a few sentences how a run ended, the most important first."""
    summary = report["summary"]
    total, documents = summary["total"], documents_name(report["coverage"])
    found = []
    if not report["complete"]:
        found.append(
            sentence("Incomplete: {total} of {selected} cases were run.", total=total, selected=report["selected"])
        )
    found.append(_verdict(report, documents))
    if summary["error"] and summary["mismatch"]:
        found.append(
            counted_sentence(
                "Of {count} case nothing is known.", "Of {count} cases nothing is known.", summary["error"]
            )
        )
    if summary["divergent"]:
        found.append(
            counted_sentence(
                "In {count} case the documents disagree, and it follows one of them.",
                "In {count} cases the documents disagree, and it follows one of them.",
                summary["divergent"],
            )
        )
    if summary["not_run"]:
        found.append(counted_sentence("{count} case was not run.", "{count} cases were not run.", summary["not_run"]))
    if summary["known_failing"]:
        found.append(
            counted_sentence("{count} failure is known.", "{count} failures are known.", summary["known_failing"])
        )
    if summary["stale"]:
        found.append(
            counted_sentence(
                "{count} case that is known to fail passes.",
                "{count} cases that are known to fail pass.",
                summary["stale"],
            )
        )
    return found


def _verdict(report: Report, documents: Sentence) -> Sentence:
    summary = report["summary"]
    causes = sum(group.get("verdict", "mismatch") == "mismatch" for group in report.get("groups", []))
    total = summary["total"]
    if not total:
        return sentence("No case was run: nothing is known.")
    if summary["mismatch"] and not causes:
        return sentence(
            "The target differs from {documents}: {failed} of {total} cases.",
            documents=documents,
            failed=summary["mismatch"],
            total=total,
        )
    if summary["mismatch"]:
        return counted_sentence(
            "The target differs from {documents}: {failed} of {total} cases, {count} cause.",
            "The target differs from {documents}: {failed} of {total} cases, {count} causes.",
            causes,
            documents=documents,
            failed=summary["mismatch"],
            total=total,
        )
    if summary["error"]:
        return sentence(
            "Nothing is known of {failed} of {total} cases: the target or the network failed. No difference from "
            "{documents} was seen.",
            failed=summary["error"],
            total=total,
            documents=documents,
        )
    return sentence(
        "The target does what {documents} say: {passed} of {total} cases pass.",
        documents=documents,
        passed=summary["pass"],
        total=total,
    )
