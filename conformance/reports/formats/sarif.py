"""SARIF 2.1.0 of a run, for GitHub's code scanning and other tools that show findings beside files.

A result is a case that differs, at its place in the case file. What is not known is no result: it is told of the run.
"""

from __future__ import annotations

import hashlib
import json
from itertools import chain, islice
from typing import TYPE_CHECKING, Final

from conformance.core.sarif_log import (
    SARIF_SCHEMA,
    SARIF_VERSION,
    sarif_head,
    sarif_message,
    sarif_notification,
    sarif_place,
)
from conformance.core.workspace import FILE
from conformance.judging.answer_places import CODE, MESSAGE, STATUS
from conformance.reports.formats.bounded import bounded_line
from conformance.reports.formats.case_text import STALE, message_of
from conformance.reports.formats.identity import identity
from conformance.reports.formats.text import counts_line, fuzz_lines
from conformance.reports.places import in_repository, place_of
from conformance.reports.stored_cases import cases_where, tallied_cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.judging.report_entries import CaseEntry, Report
    from conformance.reports.tally import TalliedCase

MOST_RESULTS: Final = 5_000
"""Results of one run that GitHub shows; it refuses a file with more than 25,000."""
FINGERPRINT: Final = "conformanceCase/v1"
_NAMED: Final = 100
_RULES: Final = {
    "status": ("error", "The HTTP status is another than the documents promise."),
    "code": ("error", "The error code is another than the documents promise."),
    "message": ("error", "The error message is another than the documents promise."),
    "body": ("error", "The body of an answer is another than the documents promise."),
    "answer": ("error", "An answer is another than the documents promise."),
    "sdk": ("error", "An SDK sends or reports something else than the documents promise."),
    "stale": ("error", "A case passes that is listed as a known failure."),
    "divergent": ("note", "The documents differ, and the server follows one of them."),
}


def sarif_parts(report: Report, root: str) -> Iterator[str]:
    """Yield a report as a SARIF log, with one result for each case that differs; those that show a cause best first.

    Args:
        report: The report.
        root: The root of the repository, absolute: files are named relative to it.
    """
    rules = [_rule(name) for name in _RULES]
    run = {
        **sarif_head(report["tool"]["version"], rules),
        "automationDetails": {"id": f"conformance/{_slug(report)}/"},
        "invocations": [_invocation(report, root)],
    }
    yield f'{{"$schema":{json.dumps(SARIF_SCHEMA)},"version":"{SARIF_VERSION}","runs":[{{\n'
    for name, value in run.items():
        yield f'"{name}":{_json(value)},\n'
    yield '"results":['
    separator = "\n"
    for case in islice(_results(report), MOST_RESULTS):
        yield separator + _json(_result(case, root))
        separator = ",\n"
    yield "\n]}]}\n"


def _results(report: Report) -> Iterator[CaseEntry]:
    """Yield the cases that are results; where not all are shown, those that follow one document are left out first."""
    examples = {group["example"] for group in report.get("groups", [])}
    return chain(
        cases_where(report, lambda entry: _is_result(entry) and entry.id in examples),
        cases_where(report, lambda entry: _is_result(entry) and entry.id not in examples and not _diverges(entry)),
        cases_where(report, lambda entry: _is_result(entry) and entry.id not in examples and _diverges(entry)),
    )


def _diverges(entry: TalliedCase) -> bool:
    return entry.verdict == "divergent"


def _is_result(entry: TalliedCase) -> bool:
    if entry.known_failing is not None:
        return entry.verdict == "pass"
    return entry.verdict in ("mismatch", "divergent")


def _result(case: CaseEntry, root: str) -> dict[str, object]:
    rule = _rule_of(case)
    file, line = place_of(case)
    place = sarif_place(in_repository(file, root) if file else FILE, line)
    said = STALE if rule == "stale" else message_of(case)
    fingerprint = hashlib.sha256("\0".join([case["id"], rule]).encode("utf-8", "backslashreplace")).hexdigest()
    return {
        "ruleId": rule,
        "ruleIndex": list(_RULES).index(rule),
        "level": _RULES[rule][0],
        "message": sarif_message(f"{bounded_line(case['id'])}: {bounded_line(case['title'])}: {said}"),
        "locations": [
            {
                "physicalLocation": place,
                "logicalLocations": [{"fullyQualifiedName": bounded_line(case["id"]), "kind": "member"}],
            }
        ],
        "partialFingerprints": {FINGERPRINT: fingerprint},
    }


def _rule_of(case: CaseEntry) -> str:
    if case["known_failing"] is not None:
        return "stale"
    if case["verdict"] == "divergent":
        return "divergent"
    where = case["mismatches"][0]["where"] if case["mismatches"] else ""
    exact = {CODE: "code", MESSAGE: "message", STATUS: "status"}
    if where in exact:
        return exact[where]
    if where.startswith(("sdk.", "caller.")):
        return "sdk"
    return "body" if where.startswith("response.body") else "answer"


def _rule(name: str) -> dict[str, object]:
    level, meaning = _RULES[name]
    return {
        "id": name,
        "shortDescription": {"text": meaning},
        "fullDescription": {"text": meaning},
        "help": {"text": "`conformance report DIR` shows the cause, the lines of the documents, and the commands."},
        "defaultConfiguration": {"level": level},
    }


def _invocation(report: Report, root: str) -> dict[str, object]:
    """Return what is to be known of the run: what was tested, the counts, the notes, and what could not be judged."""
    said = [f"{name}: {text}" for name, text in identity(report)]
    said += [counts_line(report), *fuzz_lines(report), *(note["text"] for note in report.get("notes", []))]
    notifications = [sarif_notification(text, "note") for text in said]
    results = sum(map(_is_result, tallied_cases(report)))
    if results > MOST_RESULTS:
        text = f"{results - MOST_RESULTS} cases more differ, and are left out here; the report has them"
        notifications.append(sarif_notification(text, "warning"))
    unknown = cases_where(report, lambda entry: entry.verdict == "error" and entry.known_failing is None)
    for case in islice(unknown, _NAMED):
        file, line = place_of(case)
        place = sarif_place(in_repository(file, root), line) if file else None
        text = f"nothing is known of {bounded_line(case['id'])}: {message_of(case)}"
        notifications.append(sarif_notification(text, "warning", place))
    return {
        "executionSuccessful": report["complete"],
        "startTimeUtc": bounded_line(report["started_at"]),
        "toolExecutionNotifications": notifications,
    }


def _slug(report: Report) -> str:
    """Return what GitHub keeps the results of different targets apart by: the driver, and the documents."""
    return "-".join(bounded_line(part, 100).replace("/", "-") for part in (report["target"]["driver"], report["docs"]))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
