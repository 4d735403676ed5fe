"""The page of a report in a browser: filters, languages, copying, narrow screens, paper, and who cannot see it."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from pages import NARROW, WIDE, broken_rules, browser, needs_chromium, opened, scrolled_width
from playwright.sync_api import expect
from report_data import report_of, result

from conformance.judging.results import Mismatch
from conformance.reports.formats.html import html_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from conformance.judging.results import CaseResult

pytestmark = needs_chromium

LINES = """found => found.map(each => {
  const all = document.createRange();
  all.selectNodeContents(each);
  return [each.innerText, new Set([...all.getClientRects()].map(box => Math.round(box.top))).size];
})"""
"""The text of elements, and how many lines each has."""
ATTACK = "<img src=x onerror=document.title='run'><script>document.title='run'</script>\u202e\x00\x1b[31m"
CURL = "curl -sS 'http://127.0.0.1:8080/?Action=CreateFlowLog'"


def failing(name: str, code: str, observed: str | None, **changed: Any) -> CaseResult:
    found = Mismatch("response.body.Code", (code,), observed, {"en": 150, "zh": 187})
    fields: dict[str, Any] = {
        "verdict": "mismatch",
        "mismatches": (found,),
        "exact": {"en": (400, code, f"{code} is the reason."), "zh": (400, code, f"{code} is the reason.")},
        "lines": {"en": (150,), "zh": (187,)},
        "answered": observed,
        "reproduce": CURL,
        "changed": {"TrafficPath.1": "x"},
        **changed,
    }
    return result(name, **fields)


def passing(name: str, **changed: Any) -> CaseResult:
    row = (400, "MissingParameter", "A parameter is missing.")
    return result(name, exact={"en": row, "zh": row}, observed={"en": (row,), "zh": (row,)}, answered=row[1], **changed)


POINT = {
    "operation": "CreateFlowLog",
    "point": "ProjectName.required",
    "en": {"value": True, "line": 52, "origin": None},
    "zh": {"value": False, "line": 65, "origin": None},
    "cases": ["CreateFlowLog/Divergent/project-omitted"],
}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cases = [
        *(
            failing(f"IllegalParam/path-{number}", "IllegalParam.TrafficPath", "ParameterInvalid")
            for number in range(3)
        ),
        failing(
            "Quota/reached",
            "QuotaExceeded.FlowlogCount",
            None,
            verdicts={"en": "mismatch", "zh": "pass"},
            changed={"RegionId": None},
        ),
        failing("Hostile/answer", ATTACK, f"{ATTACK}x" * 40, title=ATTACK, reproduce=ATTACK),
        result("Silent/case", "error", reason="no answer within 10 s"),
        result("Divergent/project-omitted", "divergent", follows=("zh",), verdicts={"en": "mismatch", "zh": "pass"}),
        *(passing(f"MissingParameter/omitted-{number}", elapsed_ms=10.0 * number) for number in range(4)),
    ]
    written = tmp_path_factory.mktemp("page") / "report.html"
    written.write_text(html_page(report_of(cases, points=[POINT])), encoding="utf-8")
    return written


def shown(view: Page) -> list[str]:
    """Return the ids of the cases that no filter hides."""
    names: list[str] = view.eval_on_selector_all(".c:not([hidden])", "found => found.map(each => each.id)")
    return [name.removeprefix("CreateFlowLog/") for name in names]


def wait_for(view: Page, count: int) -> None:
    expect(view.locator(".c:not([hidden])")).to_have_count(count)


def test_text_searches_every_case_and_stays_in_the_address(chromium: Browser, page: Path) -> None:
    with opened(chromium, page) as view:
        assert len(shown(view)) == 11
        view.fill("input[name=text]", "omitted-2")
        wait_for(view, 1)
        assert shown(view) == ["MissingParameter/omitted-2"]
        assert "1 of 11 cases" in view.inner_text("#shown")
        address = view.evaluate("location.hash")
    assert "text=omitted-2" in address
    with opened(chromium, page, address) as view:
        assert shown(view) == ["MissingParameter/omitted-2"]
        view.click("#clear")
        assert len(shown(view)) == 11
        assert view.evaluate("location.hash") == ""


def test_verdict_code_parameter_and_document_filter_together(chromium: Browser, page: Path) -> None:
    with opened(chromium, page) as view:
        view.click("button[data-only=mismatch]")
        assert len(shown(view)) == 5
        view.select_option("select[name=code]", "IllegalParam.TrafficPath")
        wait_for(view, 3)
        view.select_option("select[name=code]", "")
        view.select_option("select[name=language]", "en")
        wait_for(view, 5)
        view.select_option("select[name=language]", "zh")
        wait_for(view, 4)
        view.select_option("select[name=parameter]", "TrafficPath")
        wait_for(view, 4)
        view.click("button[data-only=error]")
        view.select_option("select[name=parameter]", "")
        view.select_option("select[name=language]", "")
        wait_for(view, 6)


def test_a_link_to_a_case_opens_it_and_drops_the_filter_that_hides_it(chromium: Browser, page: Path) -> None:
    with opened(chromium, page, "#?verdict=pass") as view:
        assert len(shown(view)) == 4
        view.click("table a[href='#CreateFlowLog/Quota/reached'] >> nth=0")
        expect(view.locator("[id='CreateFlowLog/Quota/reached']")).to_have_attribute("open", "")
        assert len(shown(view)) == 11


def test_every_sentence_is_there_in_the_other_language(chromium: Browser, page: Path) -> None:
    with opened(chromium, page) as view:
        english = view.inner_text("body")
        view.click("button[data-language='zh-CN']")
        assert view.evaluate("document.documentElement.lang") == "zh-CN"
        chinese = view.inner_text("body")
        assert "lang=zh-CN" in view.evaluate("location.hash")
        assert view.get_attribute("nav", "aria-label") == "页面各部分"
        assert view.title() == "http://127.0.0.1:8080 的一致性"
    assert "The target differs from the English and Chinese documents: 5 of 11 cases" in english
    assert "目标与英文和中文文档不符：11 个用例中有 5 个不符" in chinese
    assert not re.search(r"[\u4e00-\u9fff]", english.replace("中文", ""))
    for word in ("Causes", "Expected", "Observed", "Cases", "Status"):
        assert word in english
        assert word not in chinese
    with opened(chromium, page, "#?lang=zh-CN") as view:
        assert "用例" in view.inner_text("h2#cases")


def test_a_command_is_copied_as_it_is(chromium: Browser, page: Path) -> None:
    with opened(chromium, page) as view:
        block = view.locator("pre.copy", has_text="curl").first
        block.locator("button").click()
        expect(block.locator("button")).to_contain_text("Copied")
        assert view.evaluate("navigator.clipboard.readText()") == CURL


def test_what_a_server_said_runs_nothing(chromium: Browser, page: Path) -> None:
    with opened(chromium, page) as view:
        assert view.title() == "Conformance of http://127.0.0.1:8080"
        assert view.locator("img").count() == 0
        assert "<img src=x" in view.inner_text("body")


def test_no_page_is_wider_than_its_screen(chromium: Browser, page: Path) -> None:
    for width, dark in product((NARROW, WIDE), (False, True)):
        with opened(chromium, page, width=width, dark=dark) as view:
            view.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
            assert scrolled_width(view) == width
            view.click("button[data-language='zh-CN']")
            assert scrolled_width(view) == width


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_no_heading_of_a_table_is_broken_within_a_word(chromium: Browser, tmp_path: Path, language: str) -> None:
    sides = {each: {"value": True, "line": 129, "origin": f"AllocateEipAddress.{each}.json"} for each in ("en", "zh")}
    point = POINT | sides | {"point": f"{'Long' * 20}.required"}
    page = tmp_path / "report.html"
    page.write_text(html_page(report_of([passing("A/one")], points=[point])), encoding="utf-8")
    with opened(chromium, page, f"#?lang={language}") as view:
        found = view.eval_on_selector_all("#disagreements + div :is(th, td:last-child)", LINES)
    assert len(found) == 6
    assert [text for text, lines in found if lines > len(text.split())] == []


def test_on_a_narrow_screen_each_cell_of_a_disagreement_says_what_it_is(chromium: Browser, page: Path) -> None:
    with opened(chromium, page, width=NARROW) as view:
        said = view.eval_on_selector_all(
            "#disagreements + div td + td", "found => found.map(each => getComputedStyle(each, '::before').content)"
        )
    assert said == ['"English "', '"Chinese "', '"The server "', '"Follows "']


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_accessibility_rules_find_nothing(chromium: Browser, page: Path, *, dark: bool) -> None:
    with opened(chromium, page, dark=dark) as view:
        view.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        assert broken_rules(view) == []


def test_without_its_script_the_page_is_whole(chromium: Browser, page: Path) -> None:
    with opened(chromium, page, script=False) as view:
        assert not view.is_visible("#controls")
        assert not view.is_visible(".languages")
        assert view.is_visible("text=The target differs from")
        assert view.locator("details.c").count() + view.locator("p.c").count() == 11


def test_on_paper_every_case_is_open(chromium: Browser, page: Path) -> None:
    with opened(chromium, page) as view:
        view.emulate_media(media="print")
        inside = view.locator("[id='CreateFlowLog/Quota/reached'] pre.copy")
        assert not view.is_visible("#controls")
        assert inside.is_visible()


def test_the_keyboard_reaches_the_cases(chromium: Browser, page: Path) -> None:
    with opened(chromium, page) as view:
        view.focus("a[href='#cases']")
        view.keyboard.press("Enter")
        view.locator("section[data-verdict=divergent] details.group > summary").focus()
        view.keyboard.press("Enter")
        closed = view.locator("details.d-divergent > summary")
        name = closed.evaluate("each => each.parentElement.id")
        closed.focus()
        view.keyboard.press("Enter")
        expect(view.locator(f"[id='{name}']")).to_have_attribute("open", "")


def test_rows_whose_answer_the_server_was_told_may_be_in_one_document_only() -> None:
    report = report_of([result("X/one", "pass")])
    first, *_ = report["coverage"].values()
    first["told"] = 3
    page = html_page(report)
    assert page.count('<td class="number">3</td>') == 1
