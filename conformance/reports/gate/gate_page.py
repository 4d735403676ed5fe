"""The result of a gate as one HTML page: what holds the release up comes first, with an entry to accept it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from markupsafe import Markup

from conformance.core.sentences.sentence import Sentence, sentence
from conformance.judging.exchange_entries import shortened
from conformance.reports.formats.identity import tested_text
from conformance.reports.formats.page.facets import Facets, facets_of_cause
from conformance.reports.formats.page.shell import both, encodable, foot, head, in_all, render
from conformance.reports.formats.words import counts_words
from conformance.reports.gate.allow_entry import DAYS, allow_entry
from conformance.reports.gate.output import consequence_text, group_text, header_lines, verdict_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from conformance.judging.report_entries import Report
    from conformance.reports.gate.difference import Allowed, DifferenceKind
    from conformance.reports.gate.gate import CauseGroup, Gate

_LONGEST: Final = 1_000
_MOST: Final = 500
"""Causes of a section."""
_KINDS: Final[dict[DifferenceKind, Sentence]] = {
    "worse": sentence("worse"),
    "caller": sentence("changed for callers"),
    "gone": sentence("gone"),
    "new": sentence("new"),
    "changed": sentence("changed"),
    "better": sentence("better"),
}


class _ShownGroup(NamedTuple):
    group: CauseGroup
    kind: str
    text: str
    facets: Facets
    brings: Sequence[str]
    entry: str | None


class _Section(NamedTuple):
    name: str
    heading: Sentence
    groups: Sequence[_ShownGroup]
    left_out: int


def gate_page(gate: Gate, baseline: Report, report: Report, today: date) -> str:
    """Return a gate as one self-contained HTML page; whatever a server or a report said is escaped and cut.

    Args:
        gate: The result.
        baseline: The report that is measured by.
        report: The report that is measured.
        today: The day by which entries of the allow file expire.
    """
    return "".join(map(encodable, _parts(gate, baseline, report, today)))


def _parts(gate: Gate, baseline: Report, report: Report, today: date) -> Iterator[str]:
    subject = ", ".join(shortened(line, _LONGEST) for line in header_lines(baseline, report))
    title = Markup("{} <code>{}</code>").format(both(sentence("Gate of")), subject)
    yield head(sentence("Gate of {subject}", subject=subject), title, _sides(baseline, report))
    sections = [each for each in _sections(gate, today) if each.groups]
    yield render(
        "gate",
        sentences=verdict_sentences(gate),
        ended=baseline["complete"],
        worst="mismatch" if gate.worse else "pass",
        sections=sections,
        counts=[(name, in_all(text), gate.cases(name)) for name, text in _KINDS.items()],
        unchanged=gate.unchanged,
        kind_name=lambda kind: in_all(_KINDS[kind]),
        entries=sum(len(section.groups) for section in sections),
        expired=[_entry_line(entry) for entry in gate.expired],
        stale=[_entry_line(entry) for entry in gate.stale],
        days=DAYS,
    )
    yield foot()


def _sides(baseline: Report, report: Report) -> Markup:
    """Return what the two reports are of, and their counts."""
    before = sentence(
        "Baseline: {tested}, {date}; {counts}",
        tested=tested_text(baseline),
        date=baseline["started_at"],
        counts=counts_words(baseline),
    )
    after = sentence(
        "Report: {tested}, {date}; {counts}",
        tested=tested_text(report),
        date=report["started_at"],
        counts=counts_words(report),
    )
    return Markup("{}<br>{}").format(both(before), both(after))


def _entry_line(entry: Allowed) -> str:
    return f"{entry.place}: {shortened(entry.reason, _LONGEST)} ({entry.expires})"


def _sections(gate: Gate, today: date) -> Iterator[_Section]:
    failing = [group for group in gate.groups if group.fails]
    blocking = [_shown(group, today) for group in failing if group.allowed is None]
    yield _section("blocking", sentence("What holds the release up"), blocking)
    accepted = [_shown(group, None) for group in failing if group.allowed is not None]
    yield _section("accepted", sentence("Accepted by the allow file"), accepted)
    others = [_shown(group, None) for group in gate.groups if not group.fails]
    yield _section("others", sentence("Changed, and does not fail"), others)


def _section(name: str, heading: Sentence, groups: Sequence[_ShownGroup]) -> _Section:
    return _Section(name, heading, groups[:_MOST], max(0, len(groups) - _MOST))


def _shown(group: CauseGroup, today: date | None) -> _ShownGroup:
    facets = facets_of_cause(group.cause) if group.cause is not None else Facets((), (), ())
    entry = allow_entry(group, today) if today is not None else None
    brings = [shortened(consequence_text(each), _LONGEST) for each in group.brings]
    return _ShownGroup(group, group.kind, shortened(group_text(group), _LONGEST), facets, brings, entry)
