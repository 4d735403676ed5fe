"""The comparison of many operations as lines for a person, and as Markdown: the gravest first, grouped by operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from conformance.comparison.causes import causes
from conformance.comparison.comparison_text import Line, cell, finding_lines, table
from conformance.comparison.contract_comparison import CAVEAT, counts
from conformance.core.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.comparison.compared_fact import ComparedFact
    from conformance.comparison.comparison_text import Tone
    from conformance.comparison.levels import Level
    from conformance.comparison.overview import Overview
    from conformance.contract.model import Contract

_SECTIONS: Final[tuple[tuple[Level, str, Tone], ...]] = (
    ("error", "Errors: both state it, and both cannot be right", "error"),
    ("warning", "Warnings: one side is silent, or the words leave a doubt", "warning"),
    ("note", "Notes: nothing to act on", "plain"),
)


def overview_lines(overview: Overview, *, verbose: bool = False) -> Iterator[Line]:
    """Yield an overview as lines.

    Args:
        overview: What to show.
        verbose: Whether to list the notes too, not only to count them.
    """
    for line in _lines(overview, verbose=verbose):
        yield line._replace(text=printable(line.text))


def _lines(overview: Overview, *, verbose: bool) -> Iterator[Line]:
    yield Line(0, f"{_operations(len(overview.comparisons))} compared", "title")
    for side, name in (("left", overview.left), ("right", overview.right)):
        yield Line(2, f"{side:<6}{name}")
    for level, title, tone in _SECTIONS:
        groups = _groups(overview, level)
        total = sum(len(group) for _, group in groups)
        yield Line(0, "")
        alike = causes(finding for _, group in groups for finding in group)
        more = ", 1 cause" if len(alike) == 1 else f", {len(alike)} causes"
        several = more if len(alike) < total else ""
        of_one, of_all = f"{total} in 1 operation{several}", f"{total} in {len(groups)} operations{several}"
        where = "0" if not total else of_one if len(groups) == 1 else of_all
        yield Line(0, f"{title} ({where})", tone if total else "title")
        if level == "note" and not verbose:
            if total:
                yield Line(2, "--verbose lists them", "muted")
            continue
        witnesses = {id(finding): witness for witness, group in groups for finding in group}
        for cause in alike:
            yield from finding_lines(cause.first, witnesses[id(cause.first)], qualified=True)
            if cause.others:
                yield Line(6, f"the same in {len(cause.others)} more: {', '.join(cause.others)}")
    yield from _faults(overview)
    yield from _busiest(overview)
    yield Line(0, "")
    yield Line(0, _summary(overview), "title")
    yield Line(0, CAVEAT, "muted")


def _operations(count: int) -> str:
    return "1 operation" if count == 1 else f"{count} operations"


_LEVELS: Final[dict[Level, tuple[str, str]]] = {
    "error": ("1 error", "{count} errors"),
    "warning": ("1 warning", "{count} warnings"),
    "note": ("1 note", "{count} notes"),
}


def _of_level(level: Level, count: int) -> str:
    one, several = _LEVELS[level]
    return one if count == 1 else several.format(count=count)


def _summary(overview: Overview) -> str:
    totals = ", ".join(_of_level(level, number) for level, number in overview.counts.items())
    compared = _operations(len(overview.comparisons))
    return f"{compared} compared, {len(overview.lone)} on one side only: {totals}."


def _groups(overview: Overview, level: Level) -> list[tuple[Contract | None, list[ComparedFact]]]:
    """Return the findings of one level by operation, in the order of the operations' names."""
    groups: list[tuple[Contract | None, list[ComparedFact]]] = [
        (comparison.witness, list(comparison.at(level))) for comparison in overview.comparisons
    ]
    groups += [(None, [finding]) for finding in overview.lone if finding.level == level]
    return sorted((group for group in groups if group[1]), key=lambda group: group[1][0].operation)


def _faults(overview: Overview) -> Iterator[Line]:
    if not overview.faults:
        return
    yield Line(0, "")
    yield Line(0, f"Not read ({len(overview.faults)})", "error")
    for fault in overview.faults:
        place = f"{fault.file}:{fault.line}" if fault.line is not None else fault.file
        yield Line(2, f"{fault.side:<6}{place}: {fault.message}")


def _busiest(overview: Overview) -> Iterator[Line]:
    """Yield a table of the operations with errors or warnings, those with most errors first."""
    rows = [(comparison.operation, counts(comparison.findings)) for comparison in overview.comparisons]
    rows = [row for row in rows if row[1]["error"] or row[1]["warning"]]
    if not rows:
        return
    rows.sort(key=lambda row: (-row[1]["error"], -row[1]["warning"], row[0]))
    width = max(len(operation) for operation, _ in rows)
    yield Line(0, "")
    yield Line(0, f"{'By operation':<{width + 2}}{'errors':>8}{'warnings':>10}{'notes':>7}", "title")
    for operation, number in rows:
        yield Line(2, f"{operation:<{width}}{number['error']:>8}{number['warning']:>10}{number['note']:>7}")


def overview_markdown(overview: Overview) -> str:
    """Return an overview as Markdown: a table of counts, then a section for each level and operation."""
    lines = [
        "# Two collections of documents compared",
        "",
        f"- left: {cell(overview.left)}",
        f"- right: {cell(overview.right)}",
        f"- {_summary(overview)}",
    ]
    for level, title, _ in _SECTIONS:
        groups = _groups(overview, level)
        if groups:
            lines += ["", f"## {title} ({sum(len(group) for _, group in groups)})"]
        for witness, group in groups:
            lines += table(group[0].operation, group, witness, depth=3)
    if overview.faults:
        lines += ["", f"## Not read ({len(overview.faults)})", "", "| side | file | fault |", "|---|---|---|"]
        for fault in overview.faults:
            place = f"{fault.file}:{fault.line}" if fault.line is not None else fault.file
            lines.append(f"| {fault.side} | {cell(place)} | {cell(fault.message)} |")
    return "\n".join([*lines, "", CAVEAT]) + "\n"
