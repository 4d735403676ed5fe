"""JUnit XML, for the test views of CI servers. Written part by part: a library would hold all cases in memory.

It is what the schema of Jenkins' xUnit plugin allows (junit-10.xsd), with the attributes that GitLab links a case by.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Final

from conformance.judging.verdicts import FAILED
from conformance.reports.formats.bounded import bounded_line
from conformance.reports.formats.case_text import causes_by_case, details_of, follows_of, message_of
from conformance.reports.formats.identity import identity
from conformance.reports.formats.text import has_markup
from conformance.reports.shapes import counted
from conformance.reports.stored_cases import cases_where, tallied_cases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conformance.judging.report_entries import CaseEntry, Report
    from conformance.reports.shapes import Shape

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


def junit_parts(report: Report, *, places: bool = True) -> Iterator[str]:
    """Yield a report as JUnit XML: a mismatch is a failure, a divergence passes, what did not run is skipped.

    Args:
        report: The report.
        places: Whether a case has its file and line. GitLab reads them; the newest schema of Jenkins' xUnit plugin, by
            which that plugin refuses files, has no such attributes.
    """
    entries = tallied_cases(report)
    tag_of = {id(shape): _tag(shape) for shape, _ in counted(entry.shape for entry in entries)}
    tags = [tag_of[id(entry.shape)] for entry in entries]
    # The cases overlap: where the run was not timed, their sum is how long it would have taken one by one.
    duration_s = report["duration_s"]
    if duration_s is None:
        duration_s = sum(entry.elapsed_ms for entry in entries) / 1000
    counts = {
        "tests": len(tags),
        "failures": tags.count("failure"),
        "errors": tags.count("error"),
        "time": _seconds(duration_s),
    }
    yield "<?xml version='1.0' encoding='UTF-8'?>\n"
    yield f"<testsuites{_attributes(name='conformance', **counts)}>\n"
    skipped = tags.count("skipped")
    suite = _attributes(name=f"conformance {report['docs']}", timestamp=report["started_at"], skipped=skipped, **counts)
    yield f"<testsuite{suite}>\n"
    properties = "".join(f"<property{_attributes(name=name, value=value)}/>" for name, value in _properties(report))
    yield f"<properties>{properties}</properties>\n"
    causes = causes_by_case(report)
    elaborated = cases_where(report, lambda entry: _tag(entry.shape) is not None)
    for entry, tag in zip(entries, tags, strict=True):
        group, _, name = entry.id.rpartition("/")
        outcome = "/>" if tag is None else f">{_outcome(tag, next(elaborated), causes.get(entry.id, ()))}</testcase>"
        place = f' file="{_file_name(entry.file)}" line="{entry.line}"' if places and entry.file else ""
        time = _seconds(entry.elapsed_ms / 1000)
        yield f'<testcase classname="{_class_name(group)}" name="{_quoted(name)}"{place} time="{time}"{outcome}\n'
    yield "</testsuite>\n</testsuites>\n"


def _properties(report: Report) -> Iterator[tuple[str, str]]:
    """Yield what was tested, by which documents, and the notes."""
    yield from identity(report)
    yield from ((f"note.{note['key']}", note["text"]) for note in report.get("notes", []))


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}"


@lru_cache(256)
def _class_name(group: str) -> str:
    """Return the attribute that tools group cases by; those of a file share it."""
    return _quoted(group.replace("/", "."))


@lru_cache(256)
def _file_name(file: str) -> str:
    return _quoted(file)


def _tag(shape: Shape) -> str | None:
    """Return the name of the element for the verdict of a case; a pass has none."""
    if shape.known_failing is not None:
        if shape.verdict in FAILED:
            return "skipped"
        if shape.verdict == "pass":
            return "failure"
    return _TAGS.get(shape.verdict)


def _outcome(tag: str, case: CaseEntry, causes: Sequence[tuple[str, str]]) -> str:
    text = ""
    attributes = _attributes(message=message_of(case))
    if tag == "failure":
        stale = case["known_failing"] is not None
        attributes += _attributes(type="stale" if stale else "mismatch")
    elif tag == "error":
        attributes += _attributes(type="error")
    if tag in ("failure", "error"):
        named = [f"cause {key}: {bounded_line(title)}" for key, title in causes]
        text = "\n".join([bounded_line(case["title"]), *named, details_of(case)])
    elif tag == "system-out":
        attributes = ""
        text = f"divergent, {follows_of(case)}\n{details_of(case)}"
    return f"<{tag}{attributes}>{escape(_clean(text), quote=False)}</{tag}>"


def _attributes(**values: object) -> str:
    return "".join([f' {name}="{_quoted(bounded_line(str(value)))}"' for name, value in values.items()])


def _quoted(text: str) -> str:
    text = escape(text) if has_markup(text) else text
    return text if text.isprintable() else _clean(text).translate(_KEPT_SPACES)


def _clean(text: str) -> str:
    return re.sub(_FORBIDDEN, "\ufffd", text)
