"""JUnit XML, for the test views of CI servers. Written part by part: a library would hold all cases in memory."""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Final

from conformance.judging.verdicts import FAILED
from conformance.reports.formats.text import mismatch_line
from conformance.reports.stored_cases import cases_where, tallied_cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.judging.report_entries import CaseEntry, Report
    from conformance.reports.tally import TalliedCase

# XML 1.0, section 2.2: what no document may contain, not even escaped. Compiled when it is needed: that takes 4 ms.
_FORBIDDEN: Final = "[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
_TAGS: Final = {
    "mismatch": "failure",
    "error": "error",
    "divergent": "system-out",
    "not_run": "skipped",
    "not_applicable": "skipped",
}
# XML 1.0, section 3.3.3: a parser reads any other space in an attribute as a blank.
_KEPT_SPACES: Final = str.maketrans({"\t": "&#9;", "\n": "&#10;", "\r": "&#13;"})


def junit_parts(report: Report) -> Iterator[str]:
    """Yield a report as JUnit XML: a mismatch is a failure, a divergence passes, what did not run is skipped."""
    entries = tallied_cases(report)
    tags = [_tag(entry) for entry in entries]
    # The cases overlap: where the run was not timed, their sum is how long it would have taken one by one.
    duration_s = report["duration_s"]
    if duration_s is None:
        duration_s = sum(entry.elapsed_ms for entry in entries) / 1000
    counts = {
        "tests": len(tags),
        "failures": tags.count("failure"),
        "errors": tags.count("error"),
        "skipped": tags.count("skipped"),
        "time": round(duration_s, 6),
    }
    yield "<?xml version='1.0' encoding='UTF-8'?>\n"
    yield f"<testsuites{_attributes(name='conformance', **counts)}>\n"
    suite = _attributes(name=f"conformance {report['docs']}", timestamp=report["started_at"], **counts)
    yield f"<testsuite{suite}>\n"
    if noted := report.get("notes"):
        notes = [_attributes(name=f"note.{each['key']}", value=each["text"]) for each in noted]
        properties = "".join(f"<property{attributes}/>" for attributes in notes)
        yield f"<properties>{properties}</properties>\n"
    causes = _titles(report)
    elaborated = cases_where(report, lambda entry: _tag(entry) is not None)
    for entry, tag in zip(entries, tags, strict=True):
        group, _, name = entry.id.rpartition("/")
        shown = causes.get(entry.id, "")
        outcome = "/>" if tag is None else f">{shown}{_outcome(tag, entry, next(elaborated))}</testcase>"
        time = entry.elapsed_ms / 1000
        yield f'<testcase classname="{_class_name(group)}" name="{_quoted(name)}" time="{time}"{outcome}\n'
    yield "</testsuite>\n</testsuites>\n"


def _titles(report: Report) -> dict[str, str]:
    """Return the properties of each case that differs: the keys and the titles of its causes."""
    found: dict[str, str] = {}
    for group in report.get("groups", []):
        both = _attributes(name=f"cause.{group['key']}", value=group["title"])
        for name in group["cases"]:
            found[name] = f"{found.get(name, '')}<property{both}/>"
    return {name: f"<properties>{properties}</properties>" for name, properties in found.items()}


@lru_cache(256)
def _class_name(group: str) -> str:
    """Return the attribute that tools group cases by; those of a file share it."""
    return _quoted(group.replace("/", "."))


def _tag(entry: TalliedCase) -> str | None:
    """Return the name of the element for the verdict of a case; a pass has none."""
    if entry.known_failing is not None:
        if entry.verdict in FAILED:
            return "skipped"
        if entry.verdict == "pass":
            return "failure"
    return _TAGS.get(entry.verdict)


def _outcome(tag: str, entry: TalliedCase, case: CaseEntry) -> str:
    lines = "\n".join(mismatch_line(mismatch) for mismatch in case["mismatches"])
    text = ""
    match tag, entry.verdict:
        case "skipped", "not_run" | "not_applicable":
            attributes = _attributes(message=f"{entry.verdict}: {case['reason']}")
        case "skipped", _:
            attributes = _attributes(message=f"known to fail: {entry.known_failing}")
        case "failure", "pass":
            attributes = _attributes(message="passes, and is listed as a known failure", type="stale")
        case "failure", _:
            attributes = _attributes(message=case["title"], type="mismatch")
            text = f"{lines}\n{case['reproduce'] or ''}"
        case "error", _:
            attributes = _attributes(message=case["reason"] or "", type="error")
            text = case["reproduce"] or ""
        case _:
            attributes = ""
            text = f"divergent, follows {', '.join(case['follows'])}\n{lines}"
    return f"<{tag}{attributes}>{escape(_clean(text), quote=False)}</{tag}>"


def _attributes(**values: object) -> str:
    return "".join([f' {name}="{_quoted(str(value))}"' for name, value in values.items()])


def _quoted(text: str) -> str:
    text = escape(text)
    return text if text.isprintable() else _clean(text).translate(_KEPT_SPACES)


def _clean(text: str) -> str:
    return re.sub(_FORBIDDEN, "\ufffd", text)
