"""What reports say to people, as sentences that may be in any language: names, values, lines of documents, counts.

Reports for people take them in the language of their reader, reports for programs in English.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from conformance.contract.languages import LANGUAGES, entry_of
from conformance.contract.model import OVERLAY
from conformance.core.sentences.recognition import recognised
from conformance.core.sentences.sentence import Sentence, counted_sentence, reader_language, sentence
from conformance.core.terminal import printable
from conformance.judging.answer_places import CODE
from conformance.judging.exchange_entries import shortened
from conformance.judging.verdicts import SUCCESS, VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.contract.languages import Language
    from conformance.contract.model import CitedLine
    from conformance.judging.report_entries import (
        ErrorRowsEntry,
        FigureEntry,
        FuzzEntry,
        MismatchEntry,
        PromiseEntry,
        ReachedEntry,
        Report,
        RetryEntry,
    )

Wording = Sentence | str
"""A sentence, or a text that is the same in every language."""
VERDICT_NAMES: Final = {
    "pass": sentence("pass"),
    "mismatch": sentence("mismatch"),
    "divergent": sentence("divergent"),
    "not_run": sentence("not run"),
    "error": sentence("error"),
    "not_applicable": sentence("not applicable"),
}
_FOLLOWS: Final = {
    "both": sentence("both"),
    "neither": sentence("neither"),
    "not observed": sentence("not observed"),
}
_NOTHING: Final = sentence("nothing")
_SUCCESS: Final = sentence("success")
_MOST_ROWS: Final = 5
"""Error rows that are named in a line."""
MOST_LINES: Final = 5
"""Lines of one document that are named."""
_LONGEST: Final = 1_000
"""Characters of a value that a line has."""
_FIGURES: Final = {
    "codes": "{reached} of {documented} codes",
    "parameters": "{reached} of {documented} parameters",
    "violations": "{reached} of {documented} violations",
}
"""How far the requests of a fuzz run reached, by the fields of a `ReachedEntry`."""


def english(words: Wording) -> str:
    """Return what reports for programs have."""
    return words if isinstance(words, str) else words.in_language("")


def said(words: Wording) -> str:
    """Return what people read: in the language of this process."""
    return words if isinstance(words, str) else words.in_language(reader_language())


def spoken(text: str) -> str:
    """Return a sentence without values in the language of this process."""
    return said(sentence(text))


def text_words(text: str) -> Wording:
    """Return a text that a report has in English: as the sentence that it was made of, where it was made of one."""
    return recognised(text) or text


def joined_words(words: Iterable[Wording], template: str) -> Wording:
    """Return several words as one, empty for none; the template, a sentence, has the places `{one}` and `{other}`."""
    whole: Wording = ""
    for place, each in enumerate(words):
        whole = sentence(template, one=whole, other=each) if place else each
    return whole


def verdict_words(verdict: str) -> Wording:
    """Return what people call a verdict."""
    return VERDICT_NAMES.get(verdict, verdict)


def language_words(language: Language) -> Sentence:
    """Return the name of a language."""
    return sentence(entry_of(language).name)


def languages_words(languages: Iterable[Language]) -> Wording:
    """Return the names of languages: `English and Chinese`."""
    return joined_words(map(language_words, languages), "{one} and {other}")


def follows_words(follows: str) -> Wording:
    """Return which document a server follows in a point: the name of its language, or the word for both or none."""
    return language_words(follows) if follows in LANGUAGES else _FOLLOWS.get(follows, follows)


def line_words(line: CitedLine) -> Wording:
    """Return a line as a person reads it: `line 26`, and of another source than the document `Thing.json:26`."""
    return sentence("line {line}", line=line) if isinstance(line, int) else printable(line)


def lines_words(lines: Mapping[Language, Sequence[CitedLine]]) -> Wording:
    """Return the lines of documents: `English line 26, Chinese lines 31 and 33`; empty for none."""
    parts = [
        sentence("{language} {lines}", language=language_words(language), lines=lines_of_one(of_one))
        for language, of_one in lines.items()
        if of_one
    ]
    return joined_words(parts, "{one}, {other}")


def lines_of_one(lines: Sequence[CitedLine]) -> Wording:
    """Return lines of one document: `line 26`, `lines 31 and 33`; of many the first ones, and how many there are."""
    if len(lines) == 1:
        return line_words(lines[0])
    texts = [printable(str(line)) for line in lines]
    if len(texts) > MOST_LINES:
        shown = ", ".join(texts[:MOST_LINES])
        return sentence("lines {lines} and {count} more", lines=shown, count=len(texts) - MOST_LINES)
    return sentence("lines {lines} and {last}", lines=", ".join(texts[:-1]), last=texts[-1])


def value_words(value: object) -> Wording:
    """Return a value as a person reads it; a field that is not there is `nothing`."""
    return _NOTHING if value is None else printable(json.dumps(value, ensure_ascii=False))


def expected_words(mismatch: MismatchEntry) -> Wording:
    """Return the values that would conform."""
    return joined_words((_words_at(mismatch["where"], value) for value in mismatch["expected"]), "{one} or {other}")


def observed_words(mismatch: MismatchEntry) -> Wording:
    """Return what was found; an answer without an error code is a success."""
    return _words_at(mismatch["where"], mismatch["observed"])


def _words_at(where: str, value: object) -> Wording:
    return _SUCCESS if where == CODE and value is None else value_words(value)


def mismatch_words(mismatch: MismatchEntry) -> Sentence:
    """Return one mismatch on one line: where, expected against observed, and the lines of the documents.

    Long values are cut; the report has them.
    """
    sources = [
        sentence("{language} {lines}", language=language_words(language), lines=line_words(line))
        if line
        else language_words(language)
        for language, line in mismatch["lines"].items()
    ]
    return sentence(
        "{where}: expected {expected}, observed {observed} [{sources}]",
        where=printable(shortened(mismatch["where"], _LONGEST)),
        expected=_short(expected_words(mismatch)),
        observed=_short(observed_words(mismatch)),
        sources=joined_words(sources, "{one}, {other}"),
    )


def _short(words: Wording) -> Wording:
    text = english(words)
    return words if len(text) <= _LONGEST else shortened(text, _LONGEST)


def total_words(report: Report) -> Sentence:
    """Return how many cases have a verdict: `12 cases`."""
    return counted_sentence("{count} case", "{count} cases", report["summary"]["total"])


def counts_words(report: Report) -> Wording:
    """Return the counts of a report in one line."""
    parts: list[Wording] = [
        sentence("{count} {verdict}", count=count, verdict=verdict_words(name)) for name, count in shown_counts(report)
    ]
    return sentence("{total}: {counts}", total=total_words(report), counts=joined_words(parts, "{one}, {other}"))


def shown_counts(report: Report) -> list[tuple[str, int]]:
    """Return (verdict, count) for the verdicts worth showing: those that occur, and pass and mismatch always."""
    summary = report["summary"]
    return [(name, summary[name]) for name in VERDICTS if summary[name] or name in ("pass", "mismatch")]


def coverage_words(report: Report) -> list[Sentence]:
    """Return a line per document: how many rows of its table of errors were reached, and which were not passed."""
    return [
        sentence(
            "{language} error rows: {exercised} of {documented} exercised, {passed} passed{rest}{told}",
            language=language_words(language),
            exercised=counts["exercised"],
            documented=counts["documented"],
            passed=counts["passed"],
            rest=not_passed_words(counts),
            told=_told_words(counts.get("told", 0)),
        )
        for language, counts in report["coverage"].items()
    ]


def _told_words(count: int) -> Wording:
    """Return of how many rows the server did not have to find out that they are meant; empty for none."""
    return (
        counted_sentence(
            "; of {count} row the server was told the answer", "; of {count} rows the server was told the answer", count
        )
        if count
        else ""
    )


def not_passed_words(counts: ErrorRowsEntry) -> Wording:
    """Return the codes of the rows that were exercised and not passed, in brackets; empty for none."""
    codes = list(dict.fromkeys(printable(str(row[1])) for row in counts.get("not_passed", [])))
    if not codes:
        return ""
    shown = ", ".join(codes[:_MOST_ROWS])
    if len(codes) > _MOST_ROWS:
        return sentence(" (not: {codes} and {count} more)", codes=shown, count=len(codes) - _MOST_ROWS)
    return sentence(" (not: {codes})", codes=shown)


def retry_words(retry: RetryEntry) -> Sentence:
    """Return an attempt that the server refused for now: its status, its code, and how long the next one waited."""
    answer = f"{retry['status']} {retry['code']}" if retry["code"] else str(retry["status"])
    waited = f"{retry['waited_s']:g}"
    return sentence("{answer}: refused for now, sent again after {waited} s", answer=printable(answer), waited=waited)


def promise_words(promise: PromiseEntry | None) -> Wording:
    """Return what one document promises of a point: its value, and its line."""
    if promise is None:
        return "-"
    value = promise["value"]
    shown = printable(", ".join(map(str, value)) if isinstance(value, list) else str(value).lower())
    line, origin = promise["line"], promise["origin"]
    if origin not in (None, OVERLAY):
        return f"{shown} ({printable(f'{origin}:{line}')})"
    if origin is None:
        return sentence("{value} (line {line})", value=shown, line=line)
    return sentence("{value} (line {line}, overlay)", value=shown, line=line)


def answers_words(observed: Iterable[str]) -> Wording:
    """Return what a server answered: error codes, or a success; `-` for nothing."""
    return joined_words(map(answer_words, observed), "{one}, {other}") or "-"


def answer_words(answer: str) -> Wording:
    """Return an answer as a title names it: an error code, or that it is a success."""
    return _SUCCESS if answer == SUCCESS else printable(answer)


def fuzz_words(fuzz: FuzzEntry) -> list[Wording]:
    """Return what the requests of property tests depend on, and how far they reached, in lines."""
    lines: list[Wording] = [
        sentence("property tests: {requests} requests, seed {seed}", requests=fuzz["requests"], seed=fuzz["seed"])
    ]
    for language, reached in fuzz["reached"].items():
        lines.append(reached_words(language, reached))
        lines += [
            sentence(_NOT_REACHED[kind], language=language_words(language), names=_named(figure["not_reached"]))
            for kind, figure in _kinds_of(reached).items()
            if figure["not_reached"]
        ]
    return lines


def reached_words(language: Language, reached: ReachedEntry) -> Sentence:
    """Return how far property tests reached in the document of a language."""
    parts = [
        sentence(_FIGURES[kind], reached=len(figure["reached"]), documented=figure["documented"])
        for kind, figure in _kinds_of(reached).items()
    ]
    named = language_words(language)
    return sentence("{language}: reached {parts}", language=named, parts=joined_words(parts, "{one}, {other}"))


def _kinds_of(reached: ReachedEntry) -> dict[str, FigureEntry]:
    return {"codes": reached["codes"], "parameters": reached["parameters"], "violations": reached["violations"]}


_NOT_REACHED: Final = {
    "codes": "{language}: codes not reached: {names}",
    "parameters": "{language}: parameters not reached: {names}",
    "violations": "{language}: violations not reached: {names}",
}


def _named(names: Sequence[str]) -> Wording:
    shown = ", ".join(printable(shortened(name, _LONGEST)) for name in names[:_MOST_ROWS])
    if len(names) <= _MOST_ROWS:
        return shown
    return sentence("{names} and {count} more", names=shown, count=len(names) - _MOST_ROWS)
