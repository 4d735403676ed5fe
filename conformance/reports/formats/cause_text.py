"""A cause in words: what the terminal, a pull request and a test report say of equal mismatches."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Final

from conformance.contract.languages import entry_of
from conformance.core.terminal import printable
from conformance.judging.answer_places import CODE, expects_error
from conformance.judging.exchange_entries import shortened
from conformance.reports.formats.text import line_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.contract.model import CitedLine
    from conformance.judging.report_entries import GroupEntry, Report

LONGEST: Final = 100
"""Characters of one value that is shown; `report.json` has it whole."""
_MOST_CHANGES: Final = 6
_MOST_RULES: Final = 5
"""Lines of rules of one document, above which they are not named."""
_WRAPPED: Final = 30
"""Characters that two lines may lose where they are wrapped, and that say how long a text is that was cut."""
MOST_LINES: Final = 20
"""Causes of which each has a line; `report.json` has them all."""


def cause_lines(report: Report) -> list[str]:
    """Return a line per cause, that of most cases first: how many cases show it, what differs, an example."""
    groups = report.get("groups", [])
    lines = [f"{heading_of(group)} ({sources_of(group) or 'no line'}), e.g. {group['example']}" for group in groups]
    more = [f"and {len(lines) - MOST_LINES} causes more"] if len(lines) > MOST_LINES else []
    return lines[:MOST_LINES] + more


def overview_lines(groups: Sequence[GroupEntry], width: int) -> list[str]:
    """Return the causes in a few lines each: what differs, and the lines of the documents; that of most cases first.

    Args:
        groups: The causes.
        width: Characters of a line.
    """
    lines = [f"{len(groups)} causes, that of most cases first:"]
    for number, group in enumerate(groups[:MOST_LINES], start=1):
        label = f"{number}. "
        room = width - len(label)
        heading = shortened(heading_of(group), 2 * room - _WRAPPED)
        for text in (heading, *_source_parts(group)):
            lines += textwrap.wrap(
                text, width, initial_indent=label, subsequent_indent=" " * len(f"{number}. "), break_on_hyphens=False
            )
            label = " " * len(label)
    more = [f"and {len(groups) - MOST_LINES} causes more"] if len(groups) > MOST_LINES else []
    return lines + more


def heading_of(group: GroupEntry) -> str:
    """Return how many cases show a cause, and what differs."""
    return f"{group['count']} × {printable(group['title'])}"


def sources_of(group: GroupEntry) -> str:
    """Return the lines of the documents: of the rule, and of the row of the table of errors; empty for none."""
    return "; ".join(_source_parts(group))


def _source_parts(group: GroupEntry) -> list[str]:
    rule = lines_text(group["rule_lines"])
    row = lines_text({language: [line] for language, line in group["row_lines"].items() if line})
    if expects_error(group):
        # Of what is wrong in many refusals alike no single rule is the cause.
        if not rule or any(len(lines) > _MOST_RULES for lines in group["rule_lines"].values()):
            return [f"rule and error row: {row}"] if row else []
        # A refusal whose code no row gives has the line of the rule for both.
        return [f"rule: {rule}", f"error row: {row}"] if row and row != rule else [f"rule: {rule}"]
    if rule and (group["where"] in (CODE, "case") or not row):
        return [f"rule: {rule}"]
    return [f"rule: {row}"] if row else []


def changes_of(group: GroupEntry) -> str:
    """Return what the example changes against its valid request; empty for nothing."""
    changed = list(group["changed"].items())
    shown = [_change(name, value) for name, value in changed[:_MOST_CHANGES]]
    more = f"; and {len(changed) - len(shown)} more" if len(changed) > len(shown) else ""
    return "; ".join(shown) + more


def lines_text(lines: Mapping[str, Sequence[CitedLine]]) -> str:
    """Return the lines of documents: `English line 26, Chinese lines 31 and 33`."""
    return ", ".join(f"{entry_of(language).name} {_lines(of_one)}" for language, of_one in lines.items() if of_one)


def _lines(lines: Sequence[CitedLine]) -> str:
    if len(lines) == 1:
        return line_text(lines[0])
    texts = [printable(str(line)) for line in lines]
    if len(texts) > _MOST_RULES:
        return f"lines {', '.join(texts[:_MOST_RULES])} and {len(texts) - _MOST_RULES} more"
    return f"lines {', '.join(texts[:-1])} and {texts[-1]}"


def _change(name: str, value: object) -> str:
    if value is None:
        return f"{printable(name)} left out"
    if isinstance(value, dict) and value.keys() == {"repeat", "times"}:
        return f"{printable(name)} = {_text(value['repeat'])} × {_text(value['times'])}"
    return f"{printable(name)} = {_text(value)}"


def _text(value: object) -> str:
    return shortened(printable(json.dumps(value, ensure_ascii=False)), LONGEST)
