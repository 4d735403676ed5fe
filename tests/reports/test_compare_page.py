"""The page of several reports side by side, in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from foreign import HOSTILE, LONG, hostile_report
from pages import NARROW, all_open, browser, faults_of, needs_chromium, opened, scrolled_width
from playwright.sync_api import expect
from report_data import report_of, result

from conformance.judging.results import Mismatch
from conformance.reports.compare.columns import columns_of
from conformance.reports.compare.compare_page import comparison_page
from conformance.reports.compare.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from conformance.judging.report_entries import Report
    from conformance.judging.results import CaseResult

pytestmark = needs_chromium

ROW = (400, "Quota.Reached", "No more.")
CURL = "curl -sS 'http://127.0.0.1:8080/?Action=CreateFlowLog'"


def wrong(name: str, observed: str = "Other", **changed: Any) -> CaseResult:
    found = Mismatch("response.body.Code", (ROW[1],), observed, {"en": 1, "zh": 2})
    return result(
        name,
        "mismatch",
        mismatches=(found,),
        answered=observed,
        exact={"en": ROW, "zh": ROW},
        changed={"Name": "x"},
        reproduce=CURL,
        **changed,
    )


def right(name: str) -> CaseResult:
    return result(name, answered=ROW[1], exact={"en": ROW}, observed={"en": (ROW,), "zh": (ROW,)})


def written(folder: Path, *columns: Report) -> Path:
    found = side_by_side(columns_of(columns, [Path(f"run-{place}") for place in range(len(columns))]))
    page = folder / "compare.html"
    page.write_text(comparison_page(found), encoding="utf-8")
    return page


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    columns = [
        report_of([right("X/a"), right("X/b"), wrong("X/c"), right("X/d"), right("X/e")]),
        report_of([wrong("X/a"), right("X/b"), right("X/c"), result("X/d", "not_run", reason="no states URL")]),
        report_of([wrong("X/a"), right("X/b"), right("X/c"), right("X/d"), right("X/e")]),
    ]
    return written(tmp_path_factory.mktemp("compare"), *columns)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    report = hostile_report(HOSTILE)
    return written(tmp_path_factory.mktemp("hostile"), *[report] * 5)


def shown(view: Page) -> list[str]:
    names: list[str] = view.eval_on_selector_all(
        ".c:not([hidden])[id*='/']", "found => found.map(each => each.id.split('/').pop())"
    )
    return names


def test_it_begins_with_what_changed(chromium: Browser, page: Path) -> None:
    with opened(chromium, page) as view:
        first = view.inner_text(".sentence")
        assert "B against A: " in first
        assert "1 case is worse, 1 case is better" in first
        assert "Of 2 cases nothing can be told: A or B did not judge them." in first
        notes = " ".join(view.locator(".note").all_inner_texts())
        assert "B lacks 1 case that another report has. It is no pass." in notes
        assert "B did not run 1 of its cases." in notes
        cells = view.locator("[id='CreateFlowLog/X/e'] .chip").all_inner_texts()
        assert [each.strip() for each in cells] == ["A pass", "B not there", "C pass"]


def test_filters_hold_for_causes_rows_and_cases_and_stay_in_the_address(chromium: Browser, page: Path) -> None:
    with opened(chromium, page) as view:
        assert shown(view) == ["a", "d", "e", "c"]
        view.click("button[data-only=worse]")
        assert shown(view) == ["a"]
        view.fill("input[name=text]", "x/a")
        expect(view.locator("#shown")).to_contain_text("1 of")
        address = view.evaluate("location.hash")
    assert "change=worse" in address
    with opened(chromium, page, address) as view:
        assert shown(view) == ["a"]
        view.click("#clear")
        assert len(shown(view)) == 4


def test_a_row_leads_to_its_case_with_the_verdict_of_each_column(chromium: Browser, page: Path) -> None:
    with opened(chromium, page) as view:
        all_open(view)
        view.locator("td > a[href='#CreateFlowLog/X/a']").first.click()
        case = view.locator("[id='CreateFlowLog/X/a']")
        expect(case).to_have_attribute("open", "")
        assert case.locator("h3").all_inner_texts() == ["A pass", "B mismatch", "C mismatch"]
        case.locator("pre.copy button").first.click()
        assert view.evaluate("navigator.clipboard.readText()") == CURL


def test_any_page_holds_what_pages_must(chromium: Browser, page: Path, hostile: Path) -> None:
    assert faults_of(chromium, page) == []
    assert faults_of(chromium, hostile, rules=False) == []


def test_a_wide_matrix_scrolls_in_its_box_and_keeps_its_first_column(chromium: Browser, hostile: Path) -> None:
    with opened(chromium, hostile, width=NARROW) as view:
        box = view.locator(".scroll").first
        assert box.evaluate("each => each.scrollWidth > each.clientWidth")
        box.focus()
        first = box.locator("tbody tr > :first-child").first
        before = first.bounding_box()
        box.evaluate("each => { each.scrollLeft = 300 }")
        after = first.bounding_box()
        assert before is not None and after is not None  # noqa: PT018 - one thing: it is there
        assert after["x"] == before["x"]
        assert scrolled_width(view) == NARROW


def test_nothing_hostile_runs_and_a_text_of_megabytes_is_cut(chromium: Browser, hostile: Path, tmp_path: Path) -> None:
    with opened(chromium, hostile) as view:
        assert view.locator("main img, main script").count() == 0
        assert "\u202e" not in view.inner_text("body")
    report = hostile_report(LONG)
    assert written(tmp_path, report, report).stat().st_size < 3_000_000
