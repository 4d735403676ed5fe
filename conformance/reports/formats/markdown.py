"""Markdown, for the summary page of a CI job or a comment on a change."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from conformance.core.terminal import printable
from conformance.reports.formats.cause_text import cause_lines
from conformance.reports.formats.text import counts_line, coverage_lines, languages_text, mismatch_line
from conformance.reports.stored_cases import cases_with_verdict

if TYPE_CHECKING:
    from conformance.judging.report_entries import CaseEntry, Report

_SHOWN: Final = 50
"""Cases of one verdict that are listed; CI servers cut long summaries."""


def markdown_page(report: Report) -> str:
    """Return a report as GitHub-flavoured Markdown: counts, then what differs, what failed, what was not run."""
    lines = [f"## Conformance of `{report['target']['endpoint']}`", "", f"**{counts_line(report)}**", ""]
    lines += [f"- {line}" for line in coverage_lines(report)]
    lines += [f"- Note: {_plain(printable(note['text']))}" for note in report.get("notes", [])]
    if not report["complete"]:
        lines += ["", f"Incomplete: {report['summary']['total']} of {report['selected']} cases were run."]
    if causes := cause_lines(report):
        lines += ["", f"### Causes ({len(report['groups'])})", "", *(f"- {_code(line)}" for line in causes)]
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


def _entry(case: CaseEntry) -> str:
    notes = [f"follows {languages_text(case['follows'])}"] if case["follows"] else []
    notes += [case["reason"]] if case["reason"] else []
    notes += [f"known to fail: {case['known_failing']}"] if case["known_failing"] else []
    details = "".join(f"\n  - {_code(mismatch_line(mismatch))}" for mismatch in case["mismatches"])
    return f"- `{case['id']}`" + (f": {'; '.join(_plain(note) for note in notes)}" if notes else "") + details


def _code(text: str) -> str:
    """Return text as inline code, whatever backticks it has (CommonMark, section 6.1)."""
    fence = "`" * (max((len(run) for run in _runs(text)), default=0) + 1)
    return f"{fence} {text} {fence}" if "`" in text else f"`{text}`"


def _runs(text: str) -> list[str]:
    return ["`" * len(part) for part in "".join(c if c == "`" else " " for c in text).split()]


def _plain(text: str) -> str:
    return text.replace("<", "&lt;").replace("|", "\\|")
