"""One HTML page of a report: no script, no other file, readable in light and in dark."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from conformance.reports.text import COUNTED, LANGUAGE_NAMES, promise_text, shown_counts, value_text

if TYPE_CHECKING:
    from jinja2 import Template

    from conformance.reports.build import Report

_ORDER: Final = ("mismatch", "error", "divergent", "not_run", "pass", "not_applicable")
_HEADINGS: Final = {
    "mismatch": "Differs from the documents",
    "error": "Nothing known: the target or the network failed",
    "divergent": "Follows one document and not the other",
    "not_run": "Not run",
    "pass": "Conforms",
    "not_applicable": "The documents asked say nothing about it",
}


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("conformance.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["value"] = value_text
    environment.filters["promise"] = promise_text
    environment.filters["language"] = LANGUAGE_NAMES.__getitem__
    return environment.get_template("report.html.j2")


def html_page(report: Report) -> str:
    """Return a report as one self-contained HTML page; whatever a server answered is escaped."""
    groups = [(verdict, [case for case in report["cases"] if case["verdict"] == verdict]) for verdict in _ORDER]
    judged_by = " and ".join(LANGUAGE_NAMES[language] for language in report["coverage"])
    page = _template().render(
        report=report,
        counts=shown_counts(report),
        groups=[(verdict, cases) for verdict, cases in groups if cases],
        headings=_HEADINGS,
        judged_by=f"the {judged_by} document" + ("s" if len(report["coverage"]) > 1 else ""),
        languages=LANGUAGE_NAMES,
        verdicts=COUNTED,
    )
    # A lone half of a surrogate pair, which JSON may carry and UTF-8 may not, is shown as its escape.
    return page.encode("utf-8", "backslashreplace").decode("utf-8")
