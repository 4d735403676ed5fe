"""Sentences that several reports share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from conformance.contract.languages import LANGUAGES, entry_of
from conformance.contract.model import OVERLAY
from conformance.core.terminal import printable
from conformance.judging.answer_places import CODE
from conformance.judging.exchange_entries import shortened
from conformance.judging.verdicts import SUCCESS, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conformance.contract.languages import Language
    from conformance.contract.model import CitedLine
    from conformance.judging.report_entries import ErrorRowsEntry, MismatchEntry, PromiseEntry, Report, RetryEntry


_LONGEST: Final = 1_000
"""Characters of a value that a line has."""
_MOST_ROWS: Final = 5
"""Error rows that are named in a line."""


def mismatch_line(mismatch: MismatchEntry) -> str:
    """Return one mismatch on one line: where, expected against observed, and the lines of the documents.

    Long values are cut; the report has them.
    """
    sources = ", ".join(
        f"{entry_of(language).name} {line_text(line)}" if line else entry_of(language).name
        for language, line in mismatch["lines"].items()
    )
    expected, observed = (shortened(text, _LONGEST) for text in (expected_text(mismatch), observed_text(mismatch)))
    both = f"expected {expected}, observed {observed}"
    return f"{printable(shortened(mismatch['where'], _LONGEST))}: {both} [{sources}]"


def line_text(line: CitedLine) -> str:
    """Return a line as a person reads it: `line 26`, and of another source than the document `Thing.json:26`."""
    return f"line {line}" if isinstance(line, int) else printable(line)


def expected_text(mismatch: MismatchEntry) -> str:
    """Return the values that would conform."""
    return " or ".join(_text_at(mismatch["where"], value) for value in mismatch["expected"])


def observed_text(mismatch: MismatchEntry) -> str:
    """Return what was found; an answer without an error code is a success."""
    return _text_at(mismatch["where"], mismatch["observed"])


def _text_at(where: str, value: object) -> str:
    return SUCCESS if where == CODE and value is None else value_text(value)


def value_text(value: object) -> str:
    """Return a value as a person reads it; a field that is not there is `nothing`."""
    return "nothing" if value is None else printable(json.dumps(value, ensure_ascii=False))


def languages_text(languages: Iterable[Language]) -> str:
    """Return the names of languages: `English and Chinese`."""
    return " and ".join(entry_of(language).name for language in languages)


def follows_text(follows: str) -> str:
    """Return which document a server follows in a point: the name of its language, or the word for both or none."""
    return entry_of(follows).name if follows in LANGUAGES else follows


def shown_counts(report: Report) -> list[tuple[str, int]]:
    """Return (verdict, count) for the verdicts worth showing: those that occur, and pass and mismatch always."""
    summary = report["summary"]
    return [(name, summary[name]) for name in VERDICTS if summary[name] or name in ("pass", "mismatch")]


def counts_line(report: Report) -> str:
    """Return the counts of a report in one line."""
    counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in shown_counts(report))
    return f"{total_text(report)}: {counts}"


def total_text(report: Report) -> str:
    """Return how many cases have a verdict: `12 cases`."""
    total = report["summary"]["total"]
    return f"{total} {'case' if total == 1 else 'cases'}"


def coverage_lines(report: Report) -> list[str]:
    """Return a line per document: how many rows of its table of errors were reached, and which were not passed."""
    return [
        f"{entry_of(language).name} error rows: {counts['exercised']} of {counts['documented']} exercised, "
        f"{counts['passed']} passed{not_passed_text(counts)}"
        for language, counts in report["coverage"].items()
    ]


def not_passed_text(counts: ErrorRowsEntry) -> str:
    """Return the codes of the rows that were exercised and not passed, in brackets; empty for none."""
    codes = list(dict.fromkeys(printable(str(row[1])) for row in counts.get("not_passed", [])))
    if not codes:
        return ""
    more = f" and {len(codes) - _MOST_ROWS} more" if len(codes) > _MOST_ROWS else ""
    return f" (not: {', '.join(codes[:_MOST_ROWS])}{more})"


def fuzz_lines(report: Report) -> list[str]:
    """Return what the requests of property tests depend on, and how far they reached; nothing for a run of cases."""
    fuzz = report.get("fuzz")
    if fuzz is None:
        return []
    lines = [f"property tests: {fuzz['requests']} requests, seed {fuzz['seed']}"]
    for language, reached in fuzz["reached"].items():
        kinds = {"codes": reached["codes"], "parameters": reached["parameters"], "violations": reached["violations"]}
        parts = [f"{len(figure['reached'])} of {figure['documented']} {kind}" for kind, figure in kinds.items()]
        lines.append(f"{entry_of(language).name}: reached {', '.join(parts)}")
        lines += [
            f"{entry_of(language).name}: {kind} not reached: {_named(figure['not_reached'])}"
            for kind, figure in kinds.items()
            if figure["not_reached"]
        ]
    return lines


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_ROWS} more" if len(names) > _MOST_ROWS else ""
    return ", ".join(printable(shortened(name, _LONGEST)) for name in names[:_MOST_ROWS]) + more


def note_lines(report: Report) -> list[str]:
    """Return a line per note: what is to be known about the target beside the verdicts."""
    return [f"note: {printable(note['text'])}" for note in report.get("notes", [])]


def retry_text(retry: RetryEntry) -> str:
    """Return an attempt that the server refused for now: its status, its code, and how long the next one waited."""
    code = printable(f" {retry['code']}") if retry["code"] else ""
    return f"{retry['status']}{code}: refused for now, sent again after {retry['waited_s']:g} s"


def promise_text(promise: PromiseEntry | None) -> str:
    """Return what one document promises of a point: its value, and its line."""
    if promise is None:
        return "-"
    value = promise["value"]
    shown = ", ".join(map(str, value)) if isinstance(value, list) else str(value).lower()
    line, origin = promise["line"], promise["origin"]
    if origin not in (None, OVERLAY):
        return f"{printable(shown)} ({printable(f'{origin}:{line}')})"
    return f"{printable(shown)} (line {line}{f', {origin}' if origin else ''})"
