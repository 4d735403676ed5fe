"""Markdown, for the summary page of a CI job or a comment on a change."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from conformance.core.terminal import printable
from conformance.judging.verdicts import VERDICTS
from conformance.reports.by_operation import counts_by_operation
from conformance.reports.formats.cause_text import MOST_LINES, changes_of, heading_of, sources_of
from conformance.reports.formats.text import counts_line, coverage_lines, languages_text, mismatch_line
from conformance.reports.stored_cases import cases_with_verdict

if TYPE_CHECKING:
    from conformance.judging.report_entries import CaseEntry, GroupEntry, Report

_SHOWN: Final = 50
"""Cases of one verdict that are listed; CI servers cut long summaries."""
_OPERATIONS: Final = 300
_LONGEST: Final = 2_000
"""Characters of a command that is shown; of a longer one `report.json` has it."""


def markdown_page(report: Report) -> str:
    """Return a report as GitHub-flavoured Markdown: counts, then what differs, what failed, what was not run."""
    lines = [f"## Conformance of `{report['target']['endpoint']}`", "", f"**{counts_line(report)}**", ""]
    lines += [f"- {line}" for line in coverage_lines(report)]
    lines += [f"- Note: {_plain(printable(note['text']))}" for note in report.get("notes", [])]
    if not report["complete"]:
        lines += ["", f"Incomplete: {report['summary']['total']} of {report['selected']} cases were run."]
    lines += _operations(report)
    if groups := report.get("groups"):
        lines += ["", f"### Causes ({len(groups)})", ""]
        lines += [line for group in groups[:MOST_LINES] for line in _cause(group)]
        lines += [f"- and {len(groups) - MOST_LINES} causes more"] if len(groups) > MOST_LINES else []
    for verdict, heading in (
        ("mismatch", "Differs from the documents"),
        ("error", "Nothing known"),
        ("divergent", "Follows one document and not the other"),
        ("not_run", "Not run"),
    ):
        count = report["summary"][verdict]
        if count:
            lines += ["", f"### {heading} ({count})", ""]
            lines += [_entry(case) for case in islice(cases_with_verdict(report, verdict), _SHOWN)]
            lines += [f"- and {count - _SHOWN} more"] if count > _SHOWN else []
    return "\n".join(lines) + "\n"


def _operations(report: Report) -> list[str]:
    """Return a table of the operations with cases that did not pass, where the report is about several."""
    every = counts_by_operation(report)
    differing = [each for each in every if each.differs]
    if not differing:
        return []
    verdicts = [name for name in VERDICTS if any(name in each.counts for each in differing)]
    return [
        "",
        f"### Operations with cases that did not pass ({len(differing)} of {len(every)})",
        "",
        f"| operation | {' | '.join(name.replace('_', ' ') for name in verdicts)} |",
        f"|---|{'--:|' * len(verdicts)}",
        *(
            f"| {_plain(each.operation)} | {' | '.join(str(each.counts.get(name, '')) for name in verdicts)} |"
            for each in differing[:_OPERATIONS]
        ),
        *([f"\nand {len(differing) - _OPERATIONS} more"] if len(differing) > _OPERATIONS else []),
    ]


def _cause(group: GroupEntry) -> list[str]:
    """Return a cause as an entry of a list, with what is to be known of it below."""
    changes = changes_of(group)
    parts = [
        sources_of(group),
        f"changes {changes}" if changes else "",
        f"e.g. {group['example']}",
        group.get("rerun", ""),
        group["reproduce"] or "",
    ]
    return [
        f"- {_code(heading_of(group))}",
        *(f"  - {_code(printable(part))}" for part in parts if 0 < len(part) <= _LONGEST),
    ]


def _entry(case: CaseEntry) -> str:
    notes = [f"follows {languages_text(case['follows'])}"] if case["follows"] else []
    notes += [case["reason"]] if case["reason"] else []
    notes += [f"known to fail: {case['known_failing']}"] if case["known_failing"] else []
    details = "".join(f"\n  - {_code(mismatch_line(mismatch))}" for mismatch in case["mismatches"])
    if case["verdict"] == "error" and case["reproduce"] and len(case["reproduce"]) <= _LONGEST:
        details += f"\n  - {_code(printable(case['reproduce']))}"
    return f"- `{case['id']}`" + (f": {'; '.join(_plain(note) for note in notes)}" if notes else "") + details


def _code(text: str) -> str:
    """Return text as inline code, whatever backticks it has (CommonMark, section 6.1)."""
    fence = "`" * (max((len(run) for run in _runs(text)), default=0) + 1)
    return f"{fence} {text} {fence}" if "`" in text else f"`{text}`"


def _runs(text: str) -> list[str]:
    return ["`" * len(part) for part in "".join(c if c == "`" else " " for c in text).split()]


def _plain(text: str) -> str:
    return text.replace("<", "&lt;").replace("|", "\\|")
