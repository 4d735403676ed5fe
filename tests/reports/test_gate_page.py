"""The page of a gate: what holds a release up, and entries of an allow file that accept it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from foreign import HOSTILE, LONG, hostile_report
from hypothesis import given, settings
from pages import browser, faults_of, needs_chromium, opened
from playwright.sync_api import expect
from profiles import scaled
from report_data import report_of, reports, result
from test_gate_changes import case

from conformance.judging.results import Mismatch
from conformance.reports.gate.allow import load_allowed
from conformance.reports.gate.allow_entry import allow_entry
from conformance.reports.gate.gate import compare
from conformance.reports.gate.gate_page import gate_page
from conformance.reports.store import write_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commands import Command
    from playwright.sync_api import Browser

    from conformance.judging.report_entries import Report
    from conformance.reports.gate.gate import Gate

TODAY = date(2026, 11, 30)


def wrong(name: str, where: str, observed: Any = "B", **changed: Any) -> Any:
    found = Mismatch(where, ("A",), observed, {"en": 26, "zh": 39})
    return result(name, "mismatch", mismatches=(found,), answered="B", lines={"en": (26,), "zh": (39,)}, **changed)


BEFORE = [case(name=f"X/c{number}") for number in range(4)] + [wrong("X/mended", "response.body.Name")]
AFTER = [
    wrong("X/c0", "response.body.Code", reproduce="curl -sS 'http://127.0.0.1:8080/'"),
    wrong("X/c1", "response.body.Other"),
    wrong("X/c2", "response.body.Other"),
    case(name="X/c3"),
    case(name="X/mended"),
]


def gated(before: Report, after: Report, *allowed: Any) -> Gate:
    return compare(before, after, allowed, TODAY)


def entries_of(folder: Path, gate: Gate) -> tuple[Any, ...]:
    """Return what the entries of every cause that blocks are, read again from a file."""
    texts = [allow_entry(group, TODAY) for group in gate.groups if group.fails and group.allowed is None]
    path = folder / "allow.yaml"
    path.write_text("".join(text for text in texts if text), encoding="utf-8")
    return load_allowed(path)


def test_an_entry_accepts_its_own_cause_and_no_other(tmp_path: Path) -> None:
    before, after = report_of(BEFORE), report_of(AFTER)
    gate = gated(before, after)
    blocking = [group for group in gate.groups if group.fails]
    assert len(blocking) == 2
    for group in blocking:
        path = tmp_path / "one.yaml"
        path.write_text(allow_entry(group, TODAY) or "", encoding="utf-8")
        left = [each for each in gated(before, after, *load_allowed(path)).groups if each.fails and not each.allowed]
        assert [each.where for each in left] == [each.where for each in blocking if each is not group]


@settings(max_examples=scaled(15), deadline=None)
@given(reports, reports)
def test_the_entries_of_all_causes_accept_all(
    tmp_path_factory: pytest.TempPathFactory, before: Report, after: Report
) -> None:
    gate = gated(before, after)
    blocking = [group for group in gate.groups if group.fails]
    written = [group for group in blocking if allow_entry(group, TODAY)]
    if len(written) == len(blocking) and blocking:
        allowed = entries_of(tmp_path_factory.mktemp("allow"), gate)
        assert not gated(before, after, *allowed).worse


def test_the_command_writes_a_page_beside_its_text(conformance: Command, tmp_path: Path) -> None:
    for name, cases in (("old", BEFORE), ("new", AFTER)):
        with (tmp_path / f"{name}.json").open("wb") as stream:
            write_json(report_of(cases), stream)
    told = conformance("gate", "old.json", "new.json", "--html", "gate.html")
    assert (told.status, "WORSE" in told.out) == (1, True)
    assert "2 changes hold the release up, in 3 cases." in (tmp_path / "gate.html").read_text(encoding="utf-8")
    assert conformance("gate", "old.json", "new.json", "--html", "no/such/folder.html").status == 2


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


def page_of(folder: Path, before: Report, after: Report, *allowed: Any) -> Path:
    page = folder / "gate.html"
    page.write_text(gate_page(gated(before, after, *allowed), before, after, TODAY), encoding="utf-8")
    return page


@needs_chromium
def test_what_blocks_comes_first_and_its_entry_is_copied(chromium: Browser, tmp_path: Path) -> None:
    before, after = report_of(BEFORE), report_of(AFTER)
    with opened(chromium, page_of(tmp_path, before, after)) as view:
        sections = view.locator("section h3").all_inner_texts()
        assert sections == ["What holds the release up (2)", "Changed, and does not fail (1)"]
        first = view.locator("#blocking-1")
        expect(first).to_contain_text("English line 26, Chinese line 39", use_inner_text=True)
        first.locator("pre.copy button").last.click()
        copied = view.evaluate("navigator.clipboard.readText()")
        view.click("button[data-only=better]")
        assert view.locator(".c:not([hidden])").count() == 1
    (tmp_path / "allow.yaml").write_text(copied, encoding="utf-8")
    left = gated(before, after, *load_allowed(tmp_path / "allow.yaml"))
    assert sum(group.fails and group.allowed is None for group in left.groups) == 1


@needs_chromium
def test_any_gate_page_holds_what_pages_must(chromium: Browser, tmp_path: Path) -> None:
    assert faults_of(chromium, page_of(tmp_path, report_of(BEFORE), report_of(AFTER))) == []
    hostile = page_of(tmp_path, report_of(BEFORE), hostile_report(HOSTILE))
    assert faults_of(chromium, hostile, rules=False) == []
    with opened(chromium, hostile) as view:
        assert view.locator("main img, main script").count() == 0
        assert "\u202e" not in view.inner_text("body")
    assert page_of(tmp_path, report_of(BEFORE), hostile_report(LONG)).stat().st_size < 1_000_000
