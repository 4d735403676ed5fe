"""Markdown: what a reader of GitHub's flavour sees of it, whatever a server said, and how long it may be."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from foreign import HOSTILE, LONG, MARKDOWN, hostile_report, prose_of
from hypothesis import given, settings
from profiles import scaled
from report_data import report_of, reports, result, started

from conformance.engine.events import case_finished, run_finished
from conformance.judging.results import Mismatch
from conformance.reports.formats.markdown import MOST, code, markdown_page
from conformance.reports.tally import build_report

if TYPE_CHECKING:
    from conformance.judging.report_entries import Report

CONTROLS = {"\x1b", "\x9b", "\u202e", "\u2066", "\x00", "\r"}


@settings(max_examples=scaled(40))
@given(reports)
def test_prose_is_ours_alone(report: Report) -> None:
    text = markdown_page(report)
    text.encode()
    assert not CONTROLS & set(text)
    assert not re.search(r"[@#<]|://|www\.", prose_of(text))
    for case in report["cases"]:
        if case["verdict"] in ("mismatch", "error") and case["known_failing"] is None:
            assert f"`{case['id']}`" in text


@pytest.mark.parametrize("text", [HOSTILE, LONG, "`" * 500, "@", " ", "|", "\\"], ids=range(7))
def test_a_hostile_server_has_no_prose(text: str) -> None:
    page = markdown_page(hostile_report(text))
    assert len(page.encode()) <= 65_536
    assert not CONTROLS & set(page)
    prose = prose_of(page)
    assert not re.search(r"[@#<`]|://|www\.|octocat", prose), prose
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    assert all(len(re.findall(r"(?<!\\)\|", row)) == len(re.findall(r"(?<!\\)\|", rows[0])) for row in rows)


@given(reports)
@settings(max_examples=scaled(10))
def test_code_is_read_as_it_was_written(report: Report) -> None:
    for case in report["cases"]:
        for text in filter(str.strip, (case["title"], case["id"], case["reproduce"] or "")):
            (paragraph,) = [each for each in MARKDOWN.parse(f"x {code(text, 10**6)} y") if each.type == "inline"]
            assert [each.type for each in paragraph.children or []] == ["text", "code_inline", "text"]


def test_a_large_report_is_cut_and_says_so() -> None:
    found = [Mismatch(f"response.body.F{n}", ("A" * 300,), "B" * 300, {"en": n + 1}) for n in range(300)]
    cases = [result(f"X/c{n}", "mismatch", mismatches=(each,), reproduce="c" * 900) for n, each in enumerate(found)]
    page = markdown_page(report_of(cases))
    assert MOST - 3_000 < len(page.encode()) <= MOST
    assert "does not fit here" in page.splitlines()[-1]
    assert prose_of(page)


def test_it_says_what_was_tested_and_names_no_random_port() -> None:
    sdk = {"sdk": {"name": "an-sdk", "version": "1.2"}, "core": {"name": "a-core", "version": "0.4"}}
    target = {"endpoint": "http://127.0.0.1:45123", "driver": "python-v2", "signature": None, **sdk}
    page = markdown_page(
        build_report([started(target=target), case_finished(result()), run_finished(duration_s=1, interrupted=False)])
    )
    assert page.startswith("## Conformance of `an-sdk 1.2, a-core 0.4`\n")
    assert "45123" not in page
    for said in ("driver `python-v2`", "documents `English and Chinese`", "date `2026-01-31T08:00:00.000Z`"):
        assert said in page


def test_it_is_grouped_by_cause() -> None:
    found = Mismatch("response.body.Code", ("A",), "B`|<", {"en": 150})
    cases: list[Any] = [result(f"X/c{n}", "mismatch", mismatches=(found,), rerun=f"again {n}") for n in range(30)]
    text = markdown_page(report_of([*cases, result("X/two"), result("X/s", "not_run", reason="needs a state")]))
    assert "**32 cases: 1 pass, 30 mismatch, 1 not run**" in text
    assert "### Causes (1)" in text
    assert "- **30 ×** ``expected A, observed B`|<``" in text
    assert "English line 150" in text
    assert "and 20 more" in text
    assert text.count("again") == 1
    assert "- **1 ×** `needs a state`: `CreateFlowLog/X/s`" in text


def test_property_tests_have_their_seed_and_what_they_reached() -> None:
    figure = {"documented": 5, "reached": ["A"], "not_reached": ["B", "C"]}
    reached = dict.fromkeys(("codes", "parameters", "violations"), figure)
    fuzz: Any = {"event": "fuzz", "seed": 7, "requests": 120, "reached": {"en": reached}}
    page = markdown_page(build_report([started(), fuzz, run_finished(duration_s=1, interrupted=False)]))
    assert "120 requests, seed 7" in page
    assert "1 of 5 codes, 1 of 5 parameters" in page
    assert "codes not reached: B, C" in page
