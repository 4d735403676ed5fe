"""The summary of a run for a person: what differs first, counts last."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from conformance.contract.languages import LANGUAGES
from conformance.core.sentences.sentence import sentence
from conformance.core.sentences.widths import wrapped
from conformance.core.terminal import printable
from conformance.judging.causes import causes_of
from conformance.judging.divergence import NOT_OBSERVED, promise_at
from conformance.judging.exchange_entries import MAX_TEXT, shortened
from conformance.judging.texts.near_texts import differ_in, marked
from conformance.judging.verdicts import FAILED, VERDICTS
from conformance.reports.by_operation import counts_by_operation, of_several_operations
from conformance.reports.exit_status import no_answer_reason
from conformance.reports.formats.bounded import bounded_line
from conformance.reports.formats.cause_text import LONGEST, changes_words, heading_of, overview_lines, sources_words
from conformance.reports.formats.reasons import grouped_by_reason
from conformance.reports.formats.screen import ShownColumn, ShownTable, columns_of
from conformance.reports.formats.words import (
    answers_words,
    coverage_words,
    follows_words,
    language_words,
    languages_words,
    mismatch_words,
    promise_words,
    said,
    shown_counts,
    spoken,
    text_words,
    total_words,
    verdict_words,
)
from conformance.reports.stored_cases import cases_where, cases_with_verdict, tallied_cases

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from conformance.judging.report_entries import CaseEntry, GroupEntry, PointEntry, Report
    from conformance.reports.formats.screen import Piece, Screen

_STYLES: Final = {
    "pass": "green",
    "mismatch": "red",
    "divergent": "yellow",
    "not_run": "cyan",
    "error": "magenta",
    "not_applicable": "dim",
}
_SHOWN: Final = 500
"""How many causes, and how many divergent cases, are shown one by one."""
_NAMED: Final = 5
"""How many cases that failed for one reason are named; the report has them all."""


def print_summary(screen: Screen, report: Report, folder: Path | None, changes: Sequence[str] = ()) -> None:
    """Print each cause, what the server follows where the documents differ, what did not run, and the counts.

    Args:
        screen: Where to.
        report: The report.
        folder: Where it is; `None` for nowhere.
        changes: What changed since the run before, in lines.
    """
    _print_causes(screen, report)
    _print_divergent(screen, report)
    _print_expected_failures(screen, report)
    _print_reasons(screen, cases_with_verdict(report, "not_run"), spoken("NOT RUN"), "cyan")
    if not report["complete"]:
        ran = sentence(
            "incomplete: {total} of {selected} cases were run",
            total=report["summary"]["total"],
            selected=report["selected"],
        )
        screen.line((said(ran), "magenta"), broken=True)
    _print_divergence(screen, report)
    _print_operations(screen, report)
    for note in report.get("notes", []):
        screen.line((said(sentence("note: {text}", text=shortened(printable(_told(note["text"]))))), "yellow"))
    for each in coverage_words(report):
        for line in wrapped(said(each), screen.width):
            screen.line((line, ""))
    for change in changes:
        _line(screen, "", "", _told(change))
    print_counts(screen, report, folder)


def print_counts(screen: Screen, report: Report, folder: Path | None) -> None:
    """Print how many cases have which verdict, why nothing could be judged, and where the report is."""
    screen.line(*_counts(report), broken=True)
    reason = no_answer_reason(report)
    if reason is not None:
        _line(screen, "", "magenta", _told(reason))
    if folder is not None:
        _line(screen, spoken("report: "), "dim", str(folder))


def _print_causes(screen: Screen, report: Report) -> None:
    """Print each cause once, that of most cases first, with the case that shows it best; before them, a short list."""
    groups = report.get("groups", [])
    if len(groups) > 1:
        for line in overview_lines(groups, screen.width):
            _line(screen, "", "", line)
        screen.line()
    examples = {group["example"] for group in groups[:_SHOWN]}
    cases = {case["id"]: case for case in cases_where(report, lambda entry: entry.id in examples)}
    for group in groups[:_SHOWN]:
        if group.get("verdict") == "error":
            _print_error(screen, group, cases[group["example"]])
        else:
            _print_mismatch(screen, group, cases[group["example"]])
    if len(groups) > _SHOWN:
        more = sentence("{count} causes more; the report has them", count=len(groups) - _SHOWN)
        _line(screen, spoken("MISMATCH "), "bold red", said(more))


def _print_mismatch(screen: Screen, group: GroupEntry, example: CaseEntry) -> None:
    _line(screen, spoken("MISMATCH "), "bold red", heading_of(group))
    expected, observed = group["expected"][0], group["observed"]
    if differ_in(expected, observed):
        _print_marked(screen, str(expected), str(observed))
    if sources := sources_words(group):
        _line(screen, "", "", said(sources), indent=4)
    _line(screen, "", "", f"{example['id']} ({example['where']})", indent=4)
    _line(screen, "", "", shortened(_told(example["title"]), LONGEST), indent=8)
    _print_situation(screen, group, example)
    if example["reason"]:
        _line(screen, spoken("rule: "), "dim", _told(example["reason"]), indent=8)
    _print_names(screen, [name for name in group["cases"] if name != example["id"]])
    _print_commands(screen, group)
    screen.line()


def _print_error(screen: Screen, group: GroupEntry, example: CaseEntry) -> None:
    _line(screen, spoken("ERROR "), "bold magenta", heading_of(group))
    if sources := sources_words(group):
        _line(screen, "", "", said(sources), indent=4)
    _print_names(screen, group["cases"])
    _print_situation(screen, group, example)
    _print_commands(screen, group)


def _print_situation(screen: Screen, group: GroupEntry, example: CaseEntry) -> None:
    """Print what the example of a cause changes, and the states that are set for it."""
    if changes := changes_words(group):
        _line(screen, spoken("changes "), "dim", said(changes), indent=8)
    if states := example.get("states"):
        _line(screen, spoken("states "), "dim", ", ".join(dict.fromkeys(state["name"] for state in states)), indent=8)


def _print_names(screen: Screen, names: Sequence[str]) -> None:
    for name in names[:_NAMED]:
        _line(screen, "", "", name, indent=4)
    if len(names) > _NAMED:
        _line(screen, "", "", said(sentence("and {count} more", count=len(names) - _NAMED)), indent=4)


def _print_commands(screen: Screen, group: GroupEntry) -> None:
    if group["reproduce"]:
        _line(screen, spoken("reproduce: "), "dim", group["reproduce"], indent=4)
    if rerun := group.get("rerun"):
        _line(screen, spoken("run again: "), "dim", rerun, indent=4)


def _print_points(screen: Screen, points: Sequence[PointEntry]) -> None:
    """Print the points at which the documents disagree where a table would break their names."""
    _line(screen, spoken("Where the documents disagree"), "bold", "")
    for point in points:
        _line(screen, "", "", f"{point['operation']} {point['point']}", indent=2)
        sides = [(language_words(language), promise_words(promise_at(point, language))) for language in LANGUAGES]
        server = (sentence("the server"), answers_words(point["observed"]))
        for label, text in (*sides, server, (sentence("follows"), follows_words(point["follows"]))):
            _line(screen, "", "", said(sentence("{before}: {rest}", before=label, rest=text)), indent=6)


def _print_marked(screen: Screen, expected: str, observed: str) -> None:
    """Print two texts that differ a little, and a line below each that points to what differs."""
    labels = spoken("expected: "), spoken("observed: ")
    for label, segments in zip(labels, marked(expected, observed), strict=True):
        pieces, below = [(" " * 4 + label, "dim")], " " * (4 + columns_of(label))
        for segment in segments:
            text = printable(segment.text)
            pieces.append((text, "dim underline" if segment.differs else ""))
            below += ("^" if segment.differs else " ") * columns_of(text)
        screen.line(*pieces)
        if "^" in below:
            screen.line((below.rstrip(), ""))


def _print_divergent(screen: Screen, report: Report) -> None:
    """Print the cases that diverge, those that do it in one way together."""
    alike: dict[tuple[object, ...], list[CaseEntry]] = {}
    for case in islice(cases_with_verdict(report, "divergent"), _SHOWN):
        way = *case["follows"], *(cause.levels[-1].key for cause in causes_of(case))
        alike.setdefault(way, []).append(case)
    for first, *others in alike.values():
        label = sentence("DIVERGENT, follows {languages}", languages=languages_words(first["follows"]))
        _print_case(screen, first, said(label), "yellow")
        _print_names(screen, [case["id"] for case in others])
        screen.line()
    more = report["summary"]["divergent"] - _SHOWN
    if more > 0:
        said_more = said(sentence("{count} cases more; the report has them", count=more))
        _line(screen, spoken("DIVERGENT "), "bold yellow", said_more)


def _print_case(screen: Screen, case: CaseEntry, label: str, style: str) -> None:
    _line(screen, f"{label} ", f"bold {style}", case["id"])
    _line(screen, _told(case["title"]), "", f" ({case['where']})", indent=4)
    for mismatch in case["mismatches"]:
        _line(screen, "", "", said(mismatch_words(mismatch)), indent=4)
    if case["reason"]:
        _line(screen, spoken("rule: "), "dim", _told(case["reason"]), indent=4)


def _print_divergence(screen: Screen, report: Report) -> None:
    """Print the table of the points on which the documents disagree, and whom the server follows in each."""
    points, several = report["disagreements"], of_several_operations(report)
    if several:
        points = [point for point in points if point["follows"] != NOT_OBSERVED]
    if not points:
        return
    languages = [ShownColumn(said(language_words(language))) for language in LANGUAGES]
    table = ShownTable(
        [
            *([ShownColumn(spoken("operation"))] if several else []),
            ShownColumn(spoken("point"), whole=not several),
            *(*languages, ShownColumn(spoken("the server"))),
            ShownColumn(spoken("follows"), whole=True),
        ],
        [
            [
                *([(printable(point["operation"]), "")] if several else []),
                (printable(point["point"]), ""),
                *((said(promise_words(promise_at(point, language))), "") for language in LANGUAGES),
                (said(answers_words(point["observed"])), ""),
                (said(follows_words(point["follows"])), ""),
            ]
            for point in points[:_SHOWN]
        ],
        title=spoken("Where the documents disagree"),
    )
    if several and not screen.has_room_for(table):
        _print_points(screen, points[:_SHOWN])
    else:
        screen.table(table)
    if len(points) > _SHOWN or len(points) < len(report["disagreements"]):
        shown = min(len(points), _SHOWN)
        told = sentence(
            "{shown} of {total} points are shown; the report has them all",
            shown=shown,
            total=len(report["disagreements"]),
        )
        _line(screen, "", "", said(told))


def _print_operations(screen: Screen, report: Report) -> None:
    """Print the counts of each operation with cases that do not pass, where the report is about several."""
    every = counts_by_operation(report)
    differing = [each for each in every if each.differs]
    if not differing:
        return
    verdicts = [name for name in VERDICTS if any(name in each.counts for each in differing)]
    told = sentence(
        "{count} of {total} operations have cases that did not pass", count=len(differing), total=len(every)
    )
    _line(screen, said(told), "bold", "")
    columns = [ShownColumn(said(verdict_words(name)), to_the_right=True, whole=True) for name in verdicts]
    rows = [
        [(printable(each.operation), ""), *((str(each.counts.get(name, "")), _STYLES[name]) for name in verdicts)]
        for each in differing[:_SHOWN]
    ]
    screen.table(ShownTable([ShownColumn(spoken("operation")), *columns], rows))


def _print_expected_failures(screen: Screen, report: Report) -> None:
    for entry in tallied_cases(report):
        if entry.known_failing is None:
            continue
        if entry.verdict in FAILED:
            _line(screen, spoken("KNOWN TO FAIL "), "dim", f"{entry.id}: {entry.known_failing}")
        elif entry.verdict == "pass":
            told = sentence("{case} passes: take it from the list of known failures", case=entry.id)
            _line(screen, spoken("STALE "), "bold red", said(told))


def _print_reasons(screen: Screen, cases: Iterable[CaseEntry], label: str, style: str) -> None:
    """Print cases that share a reason together: a server that is down gives the same reason for each."""
    for reason, alike in grouped_by_reason(cases):
        _line(screen, f"{label} ", f"bold {style}", f"{len(alike)} × {said(reason)}")
        _print_names(screen, [case["id"] for case in alike])
        commands = [case["reproduce"] for case in alike if case["reproduce"]]
        if commands:
            _line(screen, spoken("reproduce: "), "dim", min(commands, key=len), indent=4)


def _counts(report: Report) -> list[Piece]:
    pieces = [(said(sentence("{total}: ", total=total_words(report))), "")]
    for index, (name, count) in enumerate(shown_counts(report)):
        told = sentence("{count} {verdict}", count=count, verdict=verdict_words(name))
        pieces += (spoken(", ") if index else "", ""), (said(told), _STYLES[name] if count else "")
    if report["duration_s"] is not None:
        seconds = f"{report['duration_s']:.1f}"
        pieces.append((said(sentence(" in {seconds} s", seconds=seconds)), ""))
    return pieces


def _told(text: str) -> str:
    """Return a text of a report in the language of the reader."""
    return said(text_words(text))


def _line(screen: Screen, label: str, style: str, text: str, *, indent: int = 0) -> None:
    """Print one line of plain text: never cut, never read as markup, so that it can be copied."""
    screen.line((" " * indent, ""), (bounded_line(label), style), (bounded_line(text, MAX_TEXT), ""))
