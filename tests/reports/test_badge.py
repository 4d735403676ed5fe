"""The badge: a picture that is well-formed, can be read aloud, and says what the report says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import defusedxml.ElementTree
import pytest
from foreign import HOSTILE, hostile_report
from hypothesis import given, settings
from profiles import scaled
from report_data import report_of, reports, result

from conformance.reports.formats.badge import badge

if TYPE_CHECKING:
    from conformance.judging.report_entries import Report

SVG = "{http://www.w3.org/2000/svg}"


def said(report: Report) -> str:
    root = defusedxml.ElementTree.fromstring(badge(report))
    assert root.attrib["aria-label"] == root.findtext(f"{SVG}title")
    label, text = [each.text for each in root.iter(f"{SVG}text")]
    assert (label, root.attrib["role"]) == ("conformance", "img")
    return str(text)


@settings(max_examples=scaled(40))
@given(reports)
def test_it_is_a_small_picture_that_loads_nothing(report: Report) -> None:
    assert said(report)
    picture = badge(report)
    assert len(picture) < 1_500
    assert picture.count("http") == 1  # the name of the format


def test_it_has_no_text_of_a_server() -> None:
    assert len(badge(hostile_report(HOSTILE))) < 1_500


@pytest.mark.parametrize(
    ("verdicts", "text"),
    [
        (["pass", "pass"], "2 of 2 pass"),
        (["pass", "divergent", "not_run"], "1 of 3 pass"),
        (["pass", "mismatch", "error"], "1 of 3 differ"),
        (["pass", "error"], "1 of 2 unknown"),
        (["not_run"], "nothing judged"),
    ],
)
def test_it_says_what_the_report_says(verdicts: list[str], text: str) -> None:
    cases = [result(f"X/c{n}", verdict, reason="x") for n, verdict in enumerate(verdicts)]
    assert said(report_of(cases)) == text


def test_known_failures_do_not_count_as_differing_and_stale_ones_do() -> None:
    known = result("X/k", "mismatch", known_failing="since May")
    assert said(report_of([known, result("X/ok")])) == "1 of 2 pass"
    assert said(report_of([result("X/stale", known_failing="since May")])) == "1 of 1 differ"
    assert said(report_of([result()], interrupted=True)) == "incomplete: 1 of 1"
