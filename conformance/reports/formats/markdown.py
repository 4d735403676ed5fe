"""Markdown for a comment on a change, or the summary page of a CI job: by cause, and never longer than either takes.

Whatever somebody else said is inline code: in it no reader of Markdown sees a link, image, mention, number or markup.
"""

from __future__ import annotations

import re
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final

from conformance.core.sentences.recognition import in_reader_language
from conformance.core.sentences.sentence import sentence
from conformance.judging.divergence import NOT_OBSERVED
from conformance.judging.verdicts import FAILED, VERDICTS
from conformance.reports.by_operation import counts_by_operation
from conformance.reports.formats.bounded import bounded_line
from conformance.reports.formats.case_text import differs_words, message_of
from conformance.reports.formats.cause_text import changes_words, name_words, sources_words
from conformance.reports.formats.identity import identity, tested_text
from conformance.reports.formats.reasons import grouped_by_reason
from conformance.reports.formats.words import (
    Wording,
    counts_words,
    coverage_words,
    follows_words,
    fuzz_words,
    languages_words,
    said,
    spoken,
    text_words,
    verdict_words,
)
from conformance.reports.stored_cases import cases_where, cases_with_verdict, tallied_cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from conformance.judging.report_entries import CaseEntry, GroupEntry, Report
    from conformance.reports.tally import TalliedCase

MOST: Final = 65_000
"""Bytes of a whole text: GitHub takes 65,536 characters in a comment, and a mebibyte in the summary of a step."""
_DOCUMENTS: Final = "documents"
_CAUSES: Final = 100
_NAMED: Final = 10
"""Cases of one kind that are named; CI servers cut long summaries."""
_OPERATIONS: Final = 100
_REASONS: Final = 20
_POINTS: Final = 50
_LONGEST_COMMAND: Final = 2_000
"""Characters of a command that is shown; of a longer one `report.json` has it."""
_LONGEST: Final = 400
"""Characters of any other text."""


def markdown_page(report: Report) -> str:
    """Return a report as GitHub-flavoured Markdown: who was tested, counts, causes, and what else did not pass.

    What does not fit into `MOST` bytes is left out from the end, and the last line says so.
    """
    return fitting(_lines(report))


def fitting(wanted: Iterable[str]) -> str:
    """Return lines as a text of at most `MOST` bytes, whose last line says so where some are left out."""
    lines: list[str] = []
    room = MOST - 200
    for line in wanted:
        room -= len(line.encode("utf-8", "replace")) + 1
        if room < 0:
            lines += ["", f"_{spoken('The rest does not fit here; the report of the run has all of it.')}_"]
            break
        lines.append(line)
    return "\n".join(lines) + "\n"


def code(text: str, most: int = _LONGEST) -> str:
    """Return any text as inline code, cut, whatever it holds (CommonMark 6.1); also fit for a table's cell.

    Args:
        text: The text.
        most: How many characters of it are shown.
    """
    shown = bounded_line(text, most)
    if not shown.strip():
        return "` `"
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def code_in_table(text: str) -> str:
    """Return any text as inline code in a cell of a table."""
    # A table is cut into cells before anything else in it is read: also in code.
    return code(text).replace("|", "\\|")


def _lines(report: Report) -> Iterator[str]:
    yield f"## {spoken('Conformance of')} {code(tested_text(report))}"
    yield ""
    yield f"**{said(counts_words(report))}**"
    yield ""
    names = said(languages_words(report["coverage"]))
    parts = ((name, names if name == _DOCUMENTS and names else text) for name, text in identity(report))
    yield " · ".join(f"{spoken(name)} {code(text)}" for name, text in parts)
    yield ""
    yield from (f"- {_coverage(line)}" for line in map(said, coverage_words(report)))
    yield from (f"- {code(said(line))}" for line in (fuzz_words(report["fuzz"]) if "fuzz" in report else ()))
    yield from (f"- {spoken('Note')}: {code(said(text_words(note['text'])))}" for note in report.get("notes", []))
    if not report["complete"]:
        yield ""
        yield said(
            sentence(
                "Incomplete: {total} of {selected} cases were run.",
                total=report["summary"]["total"],
                selected=report["selected"],
            )
        )
    yield from _operations(report)
    yield from _causes(report)
    yield from _divergent(report)
    yield from _points(report)
    yield from _expected_failures(report)
    if not report.get("groups"):
        yield from _by_reason(report, "error", spoken("Nothing known"))
    yield from _by_reason(report, "not_run", spoken("Not run"))


def _coverage(line: str) -> str:
    """Return a line of coverage, in which the codes in brackets are the documents' words."""
    count, bracket, codes = line.partition(" (not: ")
    return f"{count}; not: {code(codes.removesuffix(')'))}" if bracket else line


def _operations(report: Report) -> Iterator[str]:
    """Yield a table of the operations with cases that did not pass, where the report is about several."""
    every = counts_by_operation(report)
    differing = [each for each in every if each.differs]
    if not differing:
        return
    verdicts = [name for name in VERDICTS if any(name in each.counts for each in differing)]
    yield ""
    counted = sentence(
        "Operations with cases that did not pass ({count} of {total})", count=len(differing), total=len(every)
    )
    yield f"### {said(counted)}"
    yield ""
    yield f"| {spoken('operation')} | {' | '.join(said(verdict_words(name)) for name in verdicts)} |"
    yield f"|---|{'--:|' * len(verdicts)}"
    for each in differing[:_OPERATIONS]:
        yield f"| {code_in_table(each.operation)} | {' | '.join(str(each.counts.get(name, '')) for name in verdicts)} |"
    yield from _more(len(differing), _OPERATIONS, "", item="")


def _causes(report: Report) -> Iterator[str]:
    """Yield each cause of what differs with what is to be known of it; without causes, the cases that differ."""
    groups = report.get("groups", [])
    if groups:
        yield ""
        yield f"### {spoken('Causes')} ({len(groups)})"
        yield ""
        for group in groups[:_CAUSES]:
            yield from _cause(group)
        yield from _more(len(groups), _CAUSES, sentence("causes"))
        return
    cases = cases_where(report, lambda entry: entry.verdict == "mismatch" and entry.known_failing is None)
    yield from _listed(cases, spoken("Differs from the documents"), _message)


def _message(case: CaseEntry) -> str:
    return in_reader_language(message_of(case))


def _cause(group: GroupEntry) -> Iterator[str]:
    verdict = group.get("verdict", "mismatch")
    unknown = f" ({spoken('nothing known')})" if verdict == "error" else ""
    yield f"- **{group['count']} ×** {code(said(name_words(group)))}{unknown}"
    if sources := sources_words(group):
        yield f"  - {code(said(sources))}"
    if changes := changes_words(group):
        yield f"  - {spoken('changes ').strip()} {code(said(changes))}"
    others = [name for name in group["cases"] if name != group["example"]]
    names = [group["example"], *others[: _NAMED - 1]]
    more = said(sentence(" and {count} more", count=len(others) - _NAMED + 1)) if len(others) >= _NAMED else ""
    yield f"  - {', '.join(map(code, names))}{more}"
    for command in (group.get("rerun"), group["reproduce"]):
        if command and len(command) <= _LONGEST_COMMAND:
            yield f"  - {code(command, _LONGEST_COMMAND)}"


def _divergent(report: Report) -> Iterator[str]:
    """Yield the cases in which the server follows one document alone, by that document."""
    differing = [entry for entry in tallied_cases(report) if _diverges(entry)]
    for way in dict.fromkeys(_followed(entry) for entry in differing):
        alike = cases_where(report, partial(_diverges, way=way))
        heading = sentence("Where the documents differ, the server follows {languages}", languages=languages_words(way))
        yield from _listed(alike, said(heading), lambda case: said(differs_words(case)))


def _diverges(entry: TalliedCase, way: tuple[str, ...] | None = None) -> bool:
    known = entry.verdict != "divergent" or entry.known_failing is not None
    return not known and way in (None, _followed(entry))


def _followed(entry: TalliedCase) -> tuple[str, ...]:
    return tuple(language for language, verdict in entry.shape.verdicts if verdict == "pass")


def _points(report: Report) -> Iterator[str]:
    points = [point for point in report["disagreements"] if point.get("follows") != NOT_OBSERVED]
    if not points:
        return
    yield ""
    yield f"### {spoken('Points on which the documents disagree')} ({len(points)})"
    yield ""
    yield f"| {' | '.join(map(spoken, ('operation', 'point', 'the server', 'follows')))} |"
    yield "|---|---|---|---|"
    for point in points[:_POINTS]:
        cells = (
            point["operation"],
            point["point"],
            ", ".join(point.get("observed", [])),
            said(follows_words(point.get("follows", ""))),
        )
        yield f"| {' | '.join(map(code_in_table, cells))} |"
    yield from _more(len(points), _POINTS, sentence("points"), item="")


def _expected_failures(report: Report) -> Iterator[str]:
    known = cases_where(report, lambda entry: entry.known_failing is not None and entry.verdict in FAILED)
    yield from _listed(known, spoken("Known to fail"), _message)
    stale = cases_where(report, lambda entry: entry.known_failing is not None and entry.verdict == "pass")
    yield from _listed(stale, spoken("Listed as known to fail, and pass"), lambda case: case["known_failing"] or "")


def _listed(cases: Iterable[CaseEntry], heading: str, said_of: Callable[[CaseEntry], str]) -> Iterator[str]:
    shown: list[str] = []
    count = 0
    for case in cases:
        count += 1
        if count <= _NAMED:
            said = said_of(case)
            shown.append(f"- {code(case['id'])}" + (f": {code(said)}" if said else ""))
    if count:
        yield ""
        yield f"### {heading} ({count})"
        yield ""
        yield from shown
        yield from _more(count, _NAMED, "")


def _by_reason(report: Report, verdict: str, heading: str) -> Iterator[str]:
    """Yield the cases of a verdict, those of one reason together."""
    cases = [case for case in cases_with_verdict(report, verdict) if case["known_failing"] is None]
    if not cases:
        return
    yield ""
    yield f"### {heading} ({len(cases)})"
    yield ""
    groups = grouped_by_reason(cases)
    for reason, alike in islice(groups, _REASONS):
        names = ", ".join(code(case["id"]) for case in alike[:_NAMED])
        more = said(sentence(" and {count} more", count=len(alike) - _NAMED)) if len(alike) > _NAMED else ""
        yield f"- **{len(alike)} ×** {code(bounded_line(said(reason), _LONGEST))}: {names}{more}"
    yield from _more(len(groups), _REASONS, sentence("reasons"))


def _more(count: int, shown: int, what: Wording, item: str = "- ") -> list[str]:
    """Return a line that says how many were left out; below a table a blank line comes first."""
    if count <= shown:
        return []
    left = (
        sentence("and {count} {what} more", count=count - shown, what=what)
        if what
        else sentence("and {count} more", count=count - shown)
    )
    return [*([] if item else [""]), f"{item}{said(left)}"]
