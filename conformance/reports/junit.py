"""JUnit XML, for the test views of CI servers. Written part by part: a library would hold all cases in memory."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from conformance.reports.cases import cases_where, entries_of
from conformance.reports.tally import FAILED
from conformance.reports.text import mismatch_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.reports.tally import Entry, Report

# XML 1.0, section 2.2: what no document may contain, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_parts(report: Report) -> Iterator[str]:
    """Yield a report as JUnit XML: a mismatch is a failure, a divergence passes, what did not run is skipped."""
    entries = entries_of(report)
    tags = [_tag(entry) for entry in entries]
    # The cases overlap: where the run was not timed, their sum says how long it would have taken one by one.
    time = report["duration_s"]
    if time is None:
        time = sum(entry.elapsed_ms for entry in entries) / 1000
    counts = {
        "tests": len(tags),
        "failures": tags.count("failure"),
        "errors": tags.count("error"),
        "skipped": tags.count("skipped"),
        "time": round(time, 6),
    }
    yield "<?xml version='1.0' encoding='UTF-8'?>\n"
    yield f"<testsuites{_attributes(name='conformance', **counts)}>\n"
    suite = _attributes(name=f"conformance {report['docs']}", timestamp=report["started_at"], **counts)
    yield f"<testsuite{suite}>\n"
    told = cases_where(report, lambda entry: _tag(entry) is not None)
    for entry, tag in zip(entries, tags, strict=True):
        group, _, name = entry.id.rpartition("/")
        attributes = _attributes(classname=group.replace("/", "."), name=name, time=entry.elapsed_ms / 1000)
        outcome = "/>" if tag is None else f">{_outcome(tag, entry, next(told))}</testcase>"
        yield f"<testcase{attributes}{outcome}\n"
    yield "</testsuite>\n</testsuites>\n"


def _tag(entry: Entry) -> str | None:
    """Return the name of the element that says how a case ended; a pass has none."""
    if entry.known_failing is not None:
        if entry.verdict in FAILED:
            return "skipped"
        if entry.verdict == "pass":
            return "failure"
    return {
        "mismatch": "failure",
        "error": "error",
        "divergent": "system-out",
        "not_run": "skipped",
        "not_applicable": "skipped",
    }.get(entry.verdict)


def _outcome(tag: str, entry: Entry, case: dict[str, Any]) -> str:
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
        case _:
            attributes = ""
            text = f"divergent, follows {', '.join(case['follows'])}\n{lines}"
    return f"<{tag}{attributes}>{escape(_clean(text))}</{tag}>"


def _attributes(**values: Any) -> str:
    return "".join(f" {name}={quoteattr(_clean(str(value)))}" for name, value in values.items())


def _clean(text: str) -> str:
    return text if text.isprintable() else _FORBIDDEN.sub("\ufffd", text)
