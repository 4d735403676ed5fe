"""The result of a gate, for a person, for a page in Markdown, and for a program."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from rich.text import Text

from conformance.core.sentences.recognition import in_reader_language
from conformance.core.sentences.sentence import Sentence, counted_sentence, sentence, translates
from conformance.core.terminal import printable
from conformance.reports.formats.bounded import bounded_line
from conformance.reports.formats.cause_text import sources_words
from conformance.reports.formats.identity import tested_text
from conformance.reports.formats.markdown import code, fitting
from conformance.reports.formats.words import (
    VERDICT_NAMES,
    answer_words,
    counts_words,
    joined_words,
    said,
    verdict_words,
)
from conformance.reports.gate.allow_entry import allow_entries, allow_fields
from conformance.reports.gate.consequences import CALLER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from rich.console import Console

    from conformance.judging.report_entries import Report
    from conformance.reports.gate.difference import DifferenceKind
    from conformance.reports.gate.gate import CauseGroup, Consequence, Gate

_LABELS: Final[Mapping[DifferenceKind, Sentence]] = {
    "worse": sentence("WORSE"),
    "caller": sentence("CHANGED FOR CALLERS"),
    "gone": sentence("GONE"),
    "new": sentence("NEW"),
    "changed": sentence("CHANGED"),
    "better": sentence("BETTER"),
}
_COUNTS: Final[Mapping[DifferenceKind, str]] = {
    "worse": "{count} worse",
    "caller": "{count} changed for callers",
    "gone": "{count} gone",
    "new": "{count} new",
    "changed": "{count} changed",
    "better": "{count} better",
}
_WAS: Final = ", was "
_GONE: Final = sentence("not in the report")
_ACCEPT: Final = sentence(
    "To accept what holds the release up, add these entries to the allow file, each with your reason:"
)
_ENTRIES: Final = 100
_LONGEST_ENTRIES: Final = 20_000
_NAMED: Final = 5
_NAMED_MARKDOWN: Final = 20
_EXPECTED: Final = 3
"""How many different expected values of one cause are shown."""


def side_line(report: Report, path: Path) -> str:
    """Return one side of the comparison in a line: SDK or endpoint, and the counts of its run."""
    tested = f"{tested_text(report)} ({report['target']['driver']})"
    counts = said(sentence("{one}, {other}", one=tested, other=counts_words(report)))
    return printable(f"{counts} [{path}]")


def header_lines(baseline: Report, report: Report) -> list[str]:
    """Return what was measured against what: `alibabacloud-vpc20160428 6.11.0 -> 6.11.1`."""
    before, after = baseline["target"], report["target"]
    lines = []
    for old, new in ((before.get("sdk"), after.get("sdk")), (before.get("core"), after.get("core"))):
        if not old and not new:
            continue
        if old and new and old["name"] == new["name"]:
            same = old["version"] == new["version"]
            lines.append(f"{old['name']} {old['version']}" + ("" if same else f" -> {new['version']}"))
        else:
            lines.append(" -> ".join(f"{each['name']} {each['version']}" if each else "none" for each in (old, new)))
    if before["driver"] != after["driver"]:
        lines.append(f"driver {before['driver']} -> {after['driver']}")
    lines = list(dict.fromkeys(lines))  # an SDK that is its own core is told once
    return [printable(line) for line in lines or [f"{before['endpoint']} -> {after['endpoint']}"]]


def total_line(gate: Gate) -> str:
    """Return the counts of a gate in one line."""
    counts = joined_words((sentence(text, count=gate.cases(kind)) for kind, text in _COUNTS.items()), "{one}, {other}")
    allowed = sum(len(group.cases) for group in gate.groups if group.allowed is not None)
    more = sentence("; {allowed} allowed", allowed=allowed) if allowed else ""
    return said(sentence("{counts}, {unchanged} unchanged{more}", counts=counts, unchanged=gate.unchanged, more=more))


def verdict_sentences(gate: Gate) -> list[Sentence]:
    """Return how many causes hold the release up, are accepted, and how many cases are better."""
    blocking = [group for group in gate.groups if group.fails and group.allowed is None]
    found = []
    if blocking:
        cases = len({name for group in blocking for name in group.cases})
        found.append(
            counted_sentence(
                "{count} change holds the release up, in {cases}.",
                "{count} changes hold the release up, in {cases}.",
                len(blocking),
                cases=counted_sentence("{count} case", "{count} cases", cases),
            )
        )
    else:
        found.append(sentence("Nothing holds the release up."))
    if allowed := sum(group.allowed is not None for group in gate.groups):
        found.append(counted_sentence("{count} change is accepted.", "{count} changes are accepted.", allowed))
    better = gate.cases("better")
    if better:
        found.append(counted_sentence("{count} case is better.", "{count} cases are better.", better))
    return found


def group_text(group: CauseGroup) -> str:
    """Return the cause of a group in one line: what, what was expected, in how many cases."""
    values = group.expected
    expected = f", expected {values[0]}" if len(values) == 1 else ""
    if len(values) > 1:
        more = f" and {len(values) - _EXPECTED} other values" if len(values) > _EXPECTED else ""
        expected = f", expected {', '.join(values[:_EXPECTED])}{more}"
    cause = _change_text(group.text) + in_reader_language(expected)
    count = len(group.cases)
    cases = counted_sentence("{count} case", "{count} cases", count)
    return said(sentence("{message} ({hint})", message=cause, hint=cases)) if count else cause


def _change_text(text: str) -> str:
    """Return what changed, in the language of the reader: what is now, and what was."""
    if not translates():
        return text
    now, was, before = text.rpartition(_WAS)
    if not was:
        return _now_text(text)
    return said(sentence("{now}, was {was}", now=_now_text(now), was=verdict_words(before)))


def _now_text(now: str) -> str:
    """Return what is now: a verdict, a verdict with what was observed, or another text."""
    if now == _GONE.text:
        return said(_GONE)
    verdict, colon, rest = now.partition(": ")
    if colon and verdict in VERDICT_NAMES:
        found = _place_text(rest) or in_reader_language(rest)
        return said(sentence("{before}: {rest}", before=verdict_words(verdict), rest=found))
    if now in VERDICT_NAMES:
        return said(verdict_words(now))
    found = in_reader_language(now)
    return (_place_text(now) if found == now else "") or found


def _place_text(text: str) -> str:
    """Return what is at a place of an answer; empty for a text of another kind."""
    where, _, value = text.partition(" is ")
    if not value or " " in where:
        return ""
    return said(sentence("{path} is {value}", path=where, value=answer_words(value)))


def consequence_text(consequence: Consequence) -> str:
    """Return what a cause changes besides in one line, and in how many cases."""
    count = len(consequence.cases)
    cases = counted_sentence("{count} case", "{count} cases", count)
    text = said(sentence("{message} ({hint})", message=_change_text(consequence.text), hint=cases))
    if consequence.where.startswith(CALLER):
        return said(sentence("for callers: {change}", change=text))
    return said(sentence("with it: {change}", change=text))


def allow_lines(gate: Gate, today: str) -> list[str]:
    """Return a line for each entry of the allow file that does nothing any more."""
    lines = [
        f"{entry.place}: expired on {entry.expires}, allows nothing today ({today}): {entry.reason}"
        for entry in gate.expired
    ]
    lines += [f"{entry.place}: matches nothing, take it out: {entry.reason}" for entry in gate.stale]
    return [printable(line) for line in lines]


def print_gate(console: Console, gate: Gate, head: list[str], foot: list[str], today: date) -> None:
    """Print what changed: what fails first, grouped by cause, and the entries of an allow file that accept it."""
    for line in head:
        _line(console, "", "", line)
    for group in gate.groups:
        style = "dim" if group.allowed else "bold red" if group.fails else _style(group.kind)
        label = said(_LABELS[group.kind])
        if group.allowed:
            label = said(sentence("ALLOWED, {change}", change=label.lower()))
        _line(console, f"{label} ", style, group_text(group))
        for text in _details(group):
            _line(console, "    ", "", text)
    for line in foot:
        _line(console, "", "yellow", line)
    if entries := blocking_entries(gate, today):
        _line(console, "", "", said(_ACCEPT))
        console.print(Text(entries.rstrip("\n")), soft_wrap=True, highlight=False)
        if left_out := _left_out(gate, _ENTRIES):
            _line(console, "", "yellow", left_out)
    for line in map(said, verdict_sentences(gate)):
        _line(console, "", "bold", line)
    _line(console, "", "", total_line(gate))


def _details(group: CauseGroup) -> Iterator[str]:
    """Yield what is told of a cause below its line: why it is accepted, the documents, what it brings, its cases."""
    if group.allowed is not None:
        yield f"until {group.allowed.expires}: {printable(group.allowed.reason)} ({group.allowed.place})"
    if group.cause is not None and group.fails and (sources := said(sources_words(group.cause))):
        yield sources
    yield from map(consequence_text, group.brings)
    yield from group.cases[:_NAMED]
    if len(group.cases) > _NAMED:
        yield f"and {len(group.cases) - _NAMED} more"


def _left_out(gate: Gate, shown: int) -> str:
    """Return that only so many causes have their entry here, and where the others have theirs; empty when all have."""
    left = sum(group.fails and group.allowed is None for group in gate.groups) - shown
    if left <= 0:
        return ""
    one = "{count} more cause has its entry in the output of --json."
    return said(counted_sentence(one, "{count} more causes have their entries in the output of --json.", left))


def blocking_entries(gate: Gate, today: date) -> str:
    """Return an entry of an allow file for each cause that holds the release up, as YAML; empty for none."""
    blocking = [group for group in gate.groups if group.fails and group.allowed is None]
    return allow_entries(blocking[:_ENTRIES], today) if blocking else ""


def _style(kind: DifferenceKind) -> str:
    return {"better": "green", "changed": "yellow", "new": "cyan"}.get(kind, "")


def _line(console: Console, label: str, style: str, text: str) -> None:
    """Print one line of plain text: never wrapped, never read as markup, so that it can be copied."""
    line = Text(label, style)
    line.append(bounded_line(in_reader_language(text)), style if not label else "")
    console.print(line, soft_wrap=True, highlight=False)


def gate_markdown(gate: Gate, head: list[str], foot: list[str], today: date) -> str:
    """Return what changed as GitHub-flavoured Markdown, for the summary of a CI job or a pull request."""
    verdict = in_reader_language("## Gate: got worse" if gate.worse else "## Gate: nothing got worse")
    lines = [verdict, "", *(f"- {code(in_reader_language(line))}" for line in head), ""]
    lines += [" ".join(map(said, verdict_sentences(gate))), "", f"**{total_line(gate)}**"]
    for kind, label in _LABELS.items():
        groups = [group for group in gate.groups if group.kind == kind]
        if groups:
            lines += ["", f"### {said(label).capitalize()}", ""]
        for group in groups:
            accepted = group.allowed
            until = f": allowed until {accepted.expires}, {code(accepted.reason)}" if accepted else ""
            allowed = in_reader_language(until)
            mark = "**" if group.fails and not group.allowed else ""
            sources = said(sources_words(group.cause)) if group.cause is not None and group.fails else ""
            rules = f" ({code(sources)})" if sources else ""
            lines.append(f"- {mark}{code(group_text(group))}{mark}{allowed}{rules}")
            lines += [f"  - {code(consequence_text(each))}" for each in group.brings]
            lines += [f"  - {code(name)}" for name in group.cases[:_NAMED_MARKDOWN]]
            more = len(group.cases) - _NAMED_MARKDOWN
            lines += [in_reader_language(f"  - and {more} more")] if more > 0 else []
    if foot:
        lines += [
            "",
            in_reader_language("### Allow file"),
            "",
            *(f"- {code(in_reader_language(line))}" for line in foot),
        ]
    entries = blocking_entries(gate, today)
    if len(entries) >= _LONGEST_ENTRIES:
        lines += ["", _left_out(gate, 0)]
    elif entries:
        fence = "`" * (max((2, *(len(run) for run in re.findall("`+", entries)))) + 1)
        lines += ["", f"### {said(_ACCEPT).rstrip(':：')}", "", f"{fence}yaml\n{entries}{fence}"]
        lines += ["", left_out] if (left_out := _left_out(gate, _ENTRIES)) else []
    return fitting(lines)


def gate_json(gate: Gate, baseline: Report, report: Report, today: date) -> dict[str, object]:
    """Return what changed as data, each cause that holds the release up with the entry that accepts it."""
    counts: dict[str, int] = {kind: gate.cases(kind) for kind in _LABELS}
    counts["unchanged"] = gate.unchanged
    return {
        "worse": gate.worse,
        "baseline": _side(baseline),
        "report": _side(report),
        "cases": counts,
        "groups": [
            {
                "change": group.kind,
                "where": group.where,
                "cause": group.text,
                "key": group.key or None,
                "expected": list(group.expected),
                "fails": group.fails and group.allowed is None,
                "allowed": group.allowed.as_dict() if group.allowed else None,
                "cases": list(group.cases),
                "lines": _lines(group),
                "brings": [
                    {"where": each.where, "cause": each.text, "cases": list(each.cases)} for each in group.brings
                ],
                "entry": allow_fields(group, today) if group.fails and group.allowed is None else None,
            }
            for group in gate.groups
        ],
        "expired": [entry.as_dict() for entry in gate.expired],
        "stale": [entry.as_dict() for entry in gate.stale],
    }


def _lines(group: CauseGroup) -> dict[str, object]:
    """Return the lines of the documents that a cause is about: of the rule, and of the row."""
    if group.cause is None:
        return {}
    return {"rule": group.cause["rule_lines"], "row": group.cause["row_lines"]}


def _side(report: Report) -> dict[str, object]:
    fields: Mapping[str, object] = report
    names = ("docs", "target", "started_at", "complete", "summary")
    return {name: fields[name] for name in names if name in fields}
