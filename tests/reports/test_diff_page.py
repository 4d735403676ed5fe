"""The page of two documents beside each other, and of two folders of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from foreign import HOSTILE, LONG
from msgspec.structs import replace
from pages import browser, faults_of, needs_chromium, opened
from playwright.sync_api import expect
from report_data import report_of, result

from conformance.comparison.agreement import Agreement
from conformance.comparison.compared_fact import ComparedFact
from conformance.comparison.contract_comparison import Comparison, compare
from conformance.comparison.overview import Overview, UnreadFile
from conformance.contract.catalogue import find_contract
from conformance.contract.model import NOT_STATED, Fact, State
from conformance.reports.documents_page.diff_page import diff_page
from conformance.reports.documents_page.followed import FollowedPoint, followed_in, followed_of
from conformance.reports.store import write_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commands import Command
    from playwright.sync_api import Browser

POINT = {
    "operation": "CreateFlowLog",
    "point": "ProjectName.required",
    "en": {"value": True, "line": 52, "origin": None},
    "zh": {"value": False, "line": 65, "origin": None},
    "cases": ["CreateFlowLog/Divergent/project-omitted"],
}


def finding(path: str, left: Any, right: Any, verdict: Agreement = Agreement.DISAGREE, **more: Any) -> ComparedFact:
    one, other = (value if isinstance(value, Fact) else Fact(State.STATED, value, 7) for value in (left, right))
    return ComparedFact("CreateFlowLog", path, more.pop("fact", "enum"), verdict, one, other, **more)


@pytest.fixture(scope="module")
def documents() -> Comparison:
    return compare(find_contract("CreateFlowLog.en"), find_contract("CreateFlowLog.zh"))


@pytest.fixture(scope="module")
def folders(documents: Comparison) -> Overview:
    other = replace(documents.labelled("OtherThing"), findings=documents.of(Agreement.AGREE)[:5])
    lost = finding("Name", Fact(State.LOST, line=3), ("a",), Agreement.UNKNOWN_LOST)
    lists = finding("Kind", ("a", "b"), ("b", "c"))
    third = replace(documents.labelled("ThirdThing"), findings=(lost, replace(lists, operation="ThirdThing")))
    lone = finding("operation", "Lone.md", NOT_STATED, Agreement.ONLY_LEFT, fact="operation")
    fault = UnreadFile("left", "pages/en/Broken.md", 4, "is cut short", "Broken")
    return Overview("pages/en", "pages/zh", (documents, other, third), (replace(lone, operation="Lone"),), (fault,))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


def written(folder: Path, compared: Comparison | Overview, *more: Any) -> Path:
    page = folder / "diff.html"
    page.write_text(diff_page(compared, *more), encoding="utf-8")
    return page


def test_a_report_says_whom_the_server_follows() -> None:
    case = result("Divergent/project-omitted", "divergent", follows=("zh",), verdicts={"en": "mismatch", "zh": "pass"})
    followed = followed_in(report_of([replace(case, answered="success")], points=[POINT]))
    about = finding("ProjectName", True, False, fact="required")  # noqa: FBT003 - values of a fact
    assert followed_of(about, followed) == FollowedPoint("zh", ["success"])
    assert followed_of(replace(about, operation="vpc:CreateFlowLog"), followed) == FollowedPoint("zh", ["success"])
    assert followed_of(replace(about, path="Other"), followed) is None


def test_the_command_writes_a_page_beside_its_text(conformance: Command, tmp_path: Path) -> None:
    with (tmp_path / "report.json").open("wb") as stream:
        write_json(report_of([result("Divergent/project-omitted", "not_run", reason="x")], points=[POINT]), stream)
    told = conformance("diff", "CreateFlowLog", "--html", "diff.html", "--report", "report.json")
    assert (told.status, "Disagreements" in told.out) == (1, True)
    page = (tmp_path / "diff.html").read_text(encoding="utf-8")
    assert "The server follows: not observed in 1." in page
    assert str(tmp_path.parent) not in page
    refused = conformance("diff", "CreateFlowLog", "--report", "report.json")
    assert (refused.status, "--report is for the page" in refused.err) == (2, True)
    other = conformance("diff", "DescribeFlowLogs", "--html", "other.html", "--report", "report.json")
    assert other.err.startswith("conformance: report.json: the run has no case of an operation that is compared")
    assert (other.status, (tmp_path / "other.html").exists()) == (2, False)


@needs_chromium
def test_both_documents_are_beside_each_other_with_their_lines(
    chromium: Browser, documents: Comparison, tmp_path: Path
) -> None:
    followed = {("CreateFlowLog", "ProjectName.required"): FollowedPoint("zh", ["success"])}
    with opened(chromium, written(tmp_path, documents, followed)) as view:
        row = view.locator("tr.c", has_text="ProjectName").first
        expect(row).to_contain_text("the server: Chinese", use_inner_text=True)
        assert [each.strip() for each in row.locator("td").all_inner_texts()][1:3] == ["true 52", "false 65"]
        assert "contradict each other in 2 points" in view.inner_text(".sentence")


@needs_chromium
def test_findings_of_folders_are_found_by_level_operation_parameter_and_fact(
    chromium: Browser, folders: Overview, tmp_path: Path
) -> None:
    with opened(chromium, written(tmp_path, folders)) as view:
        assert view.locator("#index + details tbody tr").count() == 2
        view.click("button[data-only=unknown]")
        expect(view.locator("[data-params='Name']:not([hidden])")).to_be_visible()
        view.click("button[data-only=unknown]")
        view.click("button[data-only=error]")
        view.select_option("select[name=operation]", "ThirdThing")
        expect(view.locator(".c:not([hidden])")).to_have_count(1)
        assert view.locator(".c:not([hidden]) del").all_inner_texts() == ["a"]
        assert view.locator(".c:not([hidden]) ins").all_inner_texts() == ["c"]
        address = view.evaluate("location.hash")
        assert "level=error" in address
        view.click("#clear")
        view.select_option("select[name=fact]", "required")
        expect(view.locator(".c:not([hidden])", has_text="ProjectName").first).to_be_visible()


@needs_chromium
def test_any_page_of_documents_holds_what_pages_must(
    chromium: Browser, folders: Overview, documents: Comparison, tmp_path: Path
) -> None:
    assert faults_of(chromium, written(tmp_path, folders)) == []
    facts = (finding(HOSTILE, HOSTILE, (HOSTILE, "b"), note=HOSTILE), finding("x", HOSTILE, f"{HOSTILE}x"))
    page = written(tmp_path, replace(documents, findings=facts, files=(HOSTILE, HOSTILE)))
    assert faults_of(chromium, page, rules=False) == []
    with opened(chromium, page) as view:
        assert view.locator("main img, main script").count() == 0
        assert "\u202e" not in view.inner_text("body")
    long = replace(documents, findings=(finding(LONG, LONG, (LONG,) * 100, note=LONG),))
    assert written(tmp_path, long).stat().st_size < 1_000_000
