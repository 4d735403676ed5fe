"""JUnit XML, for the test views of CI servers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from conformance.reports.text import mismatch_line

if TYPE_CHECKING:
    from conformance.reports.build import Report

# XML 1.0, section 2.2: what no document may contain, not even escaped.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(report: Report) -> str:
    """Return a report as JUnit XML: a mismatch is a failure, a divergence passes, what did not run is skipped."""
    suite = TestSuite(f"conformance {report['docs']}")
    suite.timestamp = report["started_at"]
    for case in report["cases"]:
        suite.add_testcase(_test_case(case))
    xml = JUnitXml("conformance")
    xml.add_testsuite(suite)
    xml.update_statistics()  # type: ignore[no-untyped-call]  # junitparser is typed in part
    if report["duration_s"] is not None:
        # The cases overlap: their sum, which the line before wrote, says nothing of how long the run took.
        suite.time = xml.time = report["duration_s"]
    text: bytes = xml.tostring()  # type: ignore[no-untyped-call]
    return text.decode()


def _test_case(case: dict[str, Any]) -> TestCase:
    group, _, name = case["id"].rpartition("/")
    entry = TestCase(name=name, classname=group.replace("/", "."), time=case["elapsed_ms"] / 1000)
    match case["verdict"]:
        case "mismatch" | "error" | "divergent" if case["known_failing"] is not None:
            entry.result = [Skipped(_clean(f"known to fail: {case['known_failing']}"))]
        case "pass" if case["known_failing"] is not None:
            entry.result = [Failure("passes, and is listed as a known failure", "stale")]
        case "mismatch":
            lines = "\n".join(mismatch_line(mismatch) for mismatch in case["mismatches"])
            failure = Failure(_clean(case["title"]), "mismatch")
            failure.text = _clean(f"{lines}\n{case['reproduce'] or ''}")
            entry.result = [failure]
        case "error":
            entry.result = [Error(_clean(case["reason"] or ""), "error")]
        case "not_run" | "not_applicable":
            entry.result = [Skipped(_clean(f"{case['verdict']}: {case['reason']}"))]
        case "divergent":
            lines = "\n".join(mismatch_line(mismatch) for mismatch in case["mismatches"])
            entry.system_out = _clean(f"divergent, follows {', '.join(case['follows'])}\n{lines}")
    return entry


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
