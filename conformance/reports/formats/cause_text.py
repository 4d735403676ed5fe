"""A cause in words: what the terminal, a pull request, a page and a test report say of equal mismatches."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from conformance.core.sentences.recognition import recognised
from conformance.core.sentences.sentence import Sentence, counted_sentence, sentence
from conformance.core.sentences.widths import wrapped
from conformance.core.terminal import printable
from conformance.judging.answer_places import CODE, expects_error
from conformance.judging.cause_titles import TitleParts, parts_of
from conformance.judging.exchange_entries import shortened
from conformance.reports.formats.words import MOST_LINES as MOST_RULES
from conformance.reports.formats.words import (
    Wording,
    answer_words,
    english,
    joined_words,
    lines_words,
    said,
    text_words,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.judging.report_entries import CaseEntry, GroupEntry, Report

LONGEST: Final = 100
"""Characters of one value that is shown; `report.json` has it whole."""
_LONGEST_TITLE: Final = 1_000
"""Characters of a title, and of a place in one."""
_MOST_CHANGES: Final = 6
_WRAPPED: Final = 30
"""Characters that two lines may lose where they are wrapped, and that say how long a text is that was cut."""
_EXAMPLE: Final = ", e.g. "
MOST_LINES: Final = 20
"""Causes of which each has a line; `report.json` has them all."""


def cause_lines(report: Report) -> list[str]:
    """Return a line per cause, that of most cases first: how many cases show it, what differs, an example."""
    groups = report.get("groups", [])
    lines = [
        f"{group['count']} × {printable(group['title'])} ({sources_of(group) or 'no line'}), e.g. {group['example']}"
        for group in groups
    ]
    more = [f"and {len(lines) - MOST_LINES} causes more"] if len(lines) > MOST_LINES else []
    return lines[:MOST_LINES] + more


def overview_lines(groups: Sequence[GroupEntry], width: int) -> list[str]:
    """Return the causes in a few lines each: what differs, and the lines of the documents; that of most cases first.

    Args:
        groups: The causes.
        width: Characters of a line.
    """
    lines = [said(sentence("{count} causes, that of most cases first:", count=len(groups)))]
    for number, group in enumerate(groups[:MOST_LINES], start=1):
        label = f"{number}. "
        room = width - len(label)
        heading = shortened(heading_of(group), 2 * room - _WRAPPED)
        for text in (heading, *map(said, _source_parts(group))):
            lines += wrapped(text, width, label, " " * len(f"{number}. "))
            label = " " * len(label)
    if len(groups) > MOST_LINES:
        lines.append(said(sentence("and {count} causes more", count=len(groups) - MOST_LINES)))
    return lines


def heading_of(group: GroupEntry) -> str:
    """Return how many cases show a cause, and what differs, in the language of the reader."""
    return f"{group['count']} × {said(name_words(group))}"


def name_words(group: GroupEntry) -> Wording:
    """Return what a cause is called; where its title is not made of its values as it is now, the title itself."""
    title = printable(group["title"])
    parts = parts_of(title, group["expected"], group["observed"])
    # A name of a field that a server made up may have any length.
    if parts is None or group.get("verdict") == "error":
        return text_words(shortened(title, _LONGEST_TITLE))
    return _name(parts)


def _name(parts: TitleParts) -> Wording:
    expected = joined_words(map(answer_words, parts.expected), "{one} or {other}")
    if parts.others:
        expected = counted_sentence(
            "{expected} or {count} other", "{expected} or any of {count} others", parts.others, expected=expected
        )
    if parts.parameters:
        expected = sentence(
            "{expected} for {parameters}",
            expected=expected,
            parameters=joined_words(parts.parameters, "{one} and {other}"),
        )
    observed: Wording = sentence("nothing") if parts.observed == "nothing" else answer_words(parts.observed)
    both = sentence("expected {expected}, observed {observed}", expected=expected, observed=observed)
    return Sentence("{before}{both}{after}", {"before": _before(parts), "both": both, "after": _after(parts)})


def _before(parts: TitleParts) -> Wording:
    """Return what a title begins with: a place in the answer, and what all values of its cases have in common."""
    place, example, _ = parts.before.partition(_EXAMPLE)
    where, _, common = place.partition(" ")
    if not example or not common:
        place = parts.before.removesuffix(": ")
        before = shortened(place, _LONGEST_TITLE)
        return before if place == parts.before else sentence("{where}: ", where=before)
    return sentence("{where} {common}, e.g. ", where=where, common=text_words(shortened(common, _LONGEST_TITLE)))


def _after(parts: TitleParts) -> Wording:
    note = recognised(parts.after.strip(" ()"))
    return parts.after if note is None else sentence(" ({note})", note=note)


def sources_of(group: GroupEntry) -> str:
    """Return the lines of the documents: of the rule, and of the row of the table of errors; empty for none."""
    return english(sources_words(group))


def sources_words(group: GroupEntry) -> Wording:
    """Return what `sources_of` returns, for people."""
    parts = _source_parts(group)
    return joined_words(parts, "{one}; {other}")


def _source_parts(group: GroupEntry) -> list[Wording]:
    rule = lines_words(group["rule_lines"])
    row = lines_words({language: [line] for language, line in group["row_lines"].items() if line})
    if expects_error(group):
        # Of what is wrong in many refusals alike no single rule is the cause.
        if not rule or any(len(lines) > MOST_RULES for lines in group["rule_lines"].values()):
            return [sentence("rule and error row: {lines}", lines=row)] if row else []
        # A refusal whose code no row gives has the line of the rule for both.
        of_rule = sentence("rule: {lines}", lines=rule)
        return [of_rule, sentence("error row: {lines}", lines=row)] if row and row != rule else [of_rule]
    if rule and (group["where"] in (CODE, "case") or not row):
        return [sentence("rule: {lines}", lines=rule)]
    return [sentence("rule: {lines}", lines=row)] if row else []


def changes_words(group: GroupEntry | CaseEntry) -> Wording:
    """Return what the example changes against its valid request; empty for nothing."""
    changed = list(group.get("changed", {}).items())
    shown: list[Wording] = [_change(name, value) for name, value in changed[:_MOST_CHANGES]]
    if len(changed) > len(shown):
        shown.append(sentence("and {count} more", count=len(changed) - len(shown)))
    return joined_words(shown, "{one}; {other}")


def _change(name: str, value: object) -> Wording:
    if value is None:
        return sentence("{name} left out", name=printable(name))
    if isinstance(value, dict) and value.keys() == {"repeat", "times"}:
        return f"{printable(name)} = {_text(value['repeat'])} × {_text(value['times'])}"
    return f"{printable(name)} = {_text(value)}"


def _text(value: object) -> str:
    return shortened(printable(json.dumps(value, ensure_ascii=False)), LONGEST)
