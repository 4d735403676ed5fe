"""One HTML page of a report: no other file, whole without its script, and never too large to open."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape
from msgspec.structs import asdict

from conformance.core.sentences.recognition import recognised
from conformance.core.sentences.sentence import counted_sentence, sentence
from conformance.judging.divergence import NOT_OBSERVED
from conformance.reports.by_operation import counts_by_operation, of_several_operations
from conformance.reports.formats.identity import tested_text
from conformance.reports.formats.page.case_choice import in_full, titled
from conformance.reports.formats.page.error_rows import OperationRows, error_rows
from conformance.reports.formats.page.facets import facets_of_cause, facets_of_shape
from conformance.reports.formats.page.filters import cut, duration
from conformance.reports.formats.page.shell import both, encodable, foot, head, prepare, render
from conformance.reports.formats.page.timing import timing_of
from conformance.reports.formats.page.wording import HEADINGS, conclusion, documents_name, worst_of
from conformance.reports.formats.text import has_markup
from conformance.reports.formats.words import shown_counts
from conformance.reports.stored_cases import cases_where, tallied_cases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.core.sentences.sentence import Sentence
    from conformance.judging.report_entries import CaseEntry, Report
    from conformance.reports.formats.page.facets import Facets
    from conformance.reports.tally import TalliedCase

__all__ = ["html_page", "html_parts", "prepare"]

_MOST_CAUSES: Final = 200
_MOST_IDS: Final = 20_000
"""Cases that a page names; `report.json` has all."""
_MOST_DETAIL: Final = 1_000_000
"""Characters of cases shown in full, after which the others have a line."""
_MANY_QUIET: Final = 10
"""Operations whose rows all passed, above which they are folded together."""
_OPEN: Final = 5
"""Cases that differ and are open from the start."""


def html_page(report: Report) -> str:
    """Return a report as one self-contained HTML page; see `html_parts`."""
    return "".join(html_parts(report))


def html_parts(report: Report) -> Iterator[str]:
    """Yield a report as one self-contained HTML page, part by part; whatever a server answered is escaped.

    Of every cause some cases are shown in full, up to a size that a browser opens at once; the others have a line.
    """
    yield from map(encodable, _parts(report))


def _parts(report: Report) -> Iterator[str]:
    subject = tested_text(report)
    heading = Markup("{} <code>{}</code>").format(both(sentence("Conformance of")), subject)
    yield head(sentence("Conformance of {subject}", subject=subject), heading, _identity(report))
    yield _summary(report)
    yield from _Cases(report).parts()
    yield "</main>\n"
    yield foot(sentence("The whole report is in {file}.", file="report.json"))


def _identity(report: Report) -> Markup:
    """Return what was tested, through what, by which documents, and when, as HTML."""
    target = report["target"]
    releases = [target[part] for part in ("sdk", "core") if part in target]
    parts: list[Sentence | str] = [
        sentence("Judged by {documents}", documents=documents_name(report["coverage"])),
        target["driver"],
        *(f"{release['name']} {release['version']}" for release in releases),
        *([sentence("signature {signature}", signature=target["signature"])] if target["signature"] else []),
        report["started_at"],
        *([duration(report["duration_s"] * 1_000)] if report["duration_s"] is not None else []),
        f"{report['tool']['name']} {report['tool']['version']}",
    ]
    return Markup(" · ").join(escape(part) if isinstance(part, str) else both(part) for part in parts)


def _summary(report: Report) -> str:
    operations = sorted(counts_by_operation(report), key=lambda each: not each.differs)
    timing, matrix = timing_of(report), error_rows(report)
    several = of_several_operations(report)
    points = [point for point in report["disagreements"] if not several or point.get("follows") != NOT_OBSERVED]
    parts = [
        ("causes", sentence("Causes"), report.get("groups")),
        ("rows", sentence("Error rows"), True),
        ("operations", sentence("Operations"), operations),
        ("disagreements", sentence("Disagreements"), points),
        ("fuzz", sentence("Property tests"), "fuzz" in report),
        ("timing", sentence("Times"), timing),
        ("cases", sentence("Cases"), True),
    ]
    return render(
        "report",
        report={"notes": [], "groups": [], **report, "disagreements": points},
        counts=shown_counts(report),
        sentences=conclusion(report),
        worst=worst_of(report),
        parts=[(name, text) for name, text, there in parts if there],
        most_causes=_MOST_CAUSES,
        matrix=matrix,
        quiet_from=_quiet_from(matrix),
        operations=operations,
        several=several,
        cause_facets=[facets_of_cause(group) for group in report.get("groups", [])[:_MOST_CAUSES]],
        languages_asked=list(report["coverage"]),
        any_told=any(row.get("told") for row in report["coverage"].values()),
        timing=timing,
    )


def _quiet_from(matrix: Sequence[OperationRows]) -> int | None:
    """Return the place from which on the rows of operations all passed, where that are many; else `None`."""
    differing = sum(each.differs for each in matrix)
    return differing if len(matrix) - differing > _MANY_QUIET else None


class _Cases:
    """The cases of a report, by verdict, and then by operation where there are several."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._full = in_full(report)
        self._titled = titled(report, self._full)
        causes = report.get("groups", [])[:_MOST_CAUSES]
        self._causes = {name: place for place, group in reversed([*enumerate(causes, 1)]) for name in group["cases"]}
        self._room = _MOST_DETAIL
        self._ids = _MOST_IDS
        self._opened = 0
        self._attributes: dict[int, str] = {}

    def parts(self) -> Iterator[str]:
        """Yield the sections."""
        by_verdict: dict[str, list[TalliedCase]] = {verdict: [] for verdict in HEADINGS}
        for entry in tallied_cases(self._report):
            by_verdict[entry.shape.verdict].append(entry)
        first = True
        for verdict, entries in by_verdict.items():
            if entries:
                heading = HEADINGS[verdict]
                yield render("section", verdict=verdict, heading=heading, count=len(entries), first=first)
                first = False
                yield from self._section(verdict, entries)
        if not first:
            yield "</section>\n"

    def _section(self, verdict: str, entries: Sequence[TalliedCase]) -> Iterator[str]:
        read = cases_where(self._report, lambda entry: entry.shape.verdict == verdict and entry.id in self._full)
        for operation, group in groupby(entries, key=_operation_of):
            own = list(group)
            yield _opening(operation, len(own), verdict)
            for entry in own:
                yield self._case(entry, next(read) if entry.id in self._full else None)
            yield "</div></details>\n"
        if self._ids < 0:
            more = counted_sentence(
                "and {count} case more, in {file}", "and {count} cases more, in {file}", -self._ids, file="report.json"
            )
            yield Markup("<p>{}</p>\n").format(both(more))
            self._ids = 0

    def _case(self, entry: TalliedCase, case: CaseEntry | None) -> str:
        if case is not None and self._room > 0:
            failing = entry.verdict == "mismatch" and self._opened < _OPEN
            self._opened += failing
            facets = facets_of_shape(entry.shape)
            shown = render("case", case=case, verdict=entry.verdict, facets=facets, open=failing)
            self._room -= len(shown)
            if self._room > 0:
                return shown
        self._ids -= 1
        if self._ids < 0:
            return ""
        name = _escaped(entry.id)
        title = f' <span class="title">{_title(cut(entry.title))}</span>' if self._titled or case is not None else ""
        return f'<p class=c id="{name}"{self._found_by(entry, case)}><code>{name}</code>{title}</p>\n'

    def _found_by(self, entry: TalliedCase, case: CaseEntry | None) -> str:
        """Return what a case is found by as attributes of its element; where they are too many, by its cause alone."""
        if self._titled or case is not None:
            found = self._attributes.get(id(entry.shape))  # which stays as long as its report
            if found is None:
                found = self._attributes[id(entry.shape)] = _attributes(facets_of_shape(entry.shape))
            return found
        cause = self._causes.get(entry.id)
        return f" data-cause={cause}" if cause is not None else ""


def _operation_of(entry: TalliedCase) -> str:
    return entry.shape.subject


def _opening(operation: str, count: int, verdict: str) -> str:
    """Return the start of the cases of one operation."""
    quiet = verdict in ("pass", "not_applicable", "divergent")
    return Markup('<details class="group plain far"{}><summary><code>{}</code> ({})</summary><div>\n').format(
        Markup("") if quiet else Markup(" open"), operation, count
    )


def _attributes(facets: Facets) -> str:
    return "".join(f' data-{name}="{escape(" ".join(each))}"' for name, each in asdict(facets).items() if each)


def _title(text: str) -> str:
    known = recognised(text)
    return both(known) if known is not None else _escaped(text)


def _escaped(text: str) -> str:
    return escape(text) if has_markup(text) else text
