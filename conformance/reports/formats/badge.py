"""A badge: one small SVG picture with the counts, for a README."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from conformance.reports.formats.text import languages_text
from conformance.reports.stored_cases import tallied_cases

if TYPE_CHECKING:
    from conformance.judging.report_entries import Report

_LABEL: Final = "conformance"
_LETTER: Final = 6.6
"""Pixels of a letter of 11 px Verdana, on average; `textLength` makes it exact."""
_MARGIN: Final = 12
_GREEN, _YELLOW, _RED, _GREY = "#2c7a1f", "#7d6300", "#b3261e", "#5c5c5c"
"""White on each has a contrast of at least 4.5 : 1."""


def badge(report: Report) -> str:
    """Return a badge that says how many cases pass, or how many do not; its title names the documents too."""
    text, colour = _said(report)
    left, right = (round(len(each) * _LETTER) + _MARGIN for each in (_LABEL, text))
    about = f"{_LABEL}: {text}, by the documents in {languages_text(report['coverage']) or report['docs']}"
    name = escape(about)
    words = "".join(
        f'<text x="{x:g}" y="14" textLength="{wide - _MARGIN}">{escape(each)}</text>'
        for x, wide, each in ((left / 2, left, _LABEL), (left + right / 2, right, text))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" aria-label="{name}">'
        f"<title>{name}</title>"
        f'<clipPath id="r"><rect width="{left + right}" height="20" rx="3"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{left}" height="20" fill="#404040"/>'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/></g>'
        f'<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">{words}</g>'
        "</svg>\n"
    )


def _said(report: Report) -> tuple[str, str]:
    counts = report["summary"]
    differing = counts["mismatch"] + counts["stale"] - _known(report, "mismatch")
    unknown = counts["error"] - _known(report, "error")
    if not report["complete"]:
        return f"incomplete: {counts['total']} of {report['selected']}", _GREY
    if differing > 0:
        return f"{differing} of {counts['total']} differ", _RED
    if unknown > 0 or not counts["pass"] + counts["divergent"]:
        return f"{unknown} of {counts['total']} unknown" if unknown > 0 else "nothing judged", _GREY
    left_out = counts["not_run"] + counts["not_applicable"] + counts["known_failing"] + counts["divergent"]
    return f"{counts['pass']} of {counts['total']} pass", _YELLOW if left_out else _GREEN


def _known(report: Report, verdict: str) -> int:
    return sum(entry.known_failing is not None and entry.verdict == verdict for entry in tallied_cases(report))
