"""The sample pages: the program that writes them works, and none names a folder or a person; commands of a page run."""

from __future__ import annotations

import getpass
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from commands import REPOSITORY
from pages import browser, needs_chromium, opened
from playwright.sync_api import expect

from conformance.server.process import ReferenceServer

sys.path.insert(0, str(REPOSITORY / "tools"))
import samples

if TYPE_CHECKING:
    from collections.abc import Mapping

    from commands import Command

KINDS = ("run.html", "compare.html", "diff.html", "gate.html", "fuzz.html")


@pytest.fixture(scope="module")
def made() -> Mapping[str, str]:
    return samples.pages(samples.reports(("Unauthorized",)))


def test_the_program_writes_each_kind_of_page(made: Mapping[str, str]) -> None:
    assert {*made, "fuzz.html"} == set(KINDS)
    assert "C against B: 1 cause is new, 1 case is worse." in made["compare.html"]
    assert all(text.startswith("<!doctype html>") for text in made.values())


def test_no_page_names_a_folder_a_port_or_a_person(made: Mapping[str, str]) -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in (REPOSITORY / "docs" / "samples").glob("*.html")}
    assert set(kept) == set(KINDS)
    people = {getpass.getuser(), Path.home().name} - {"root"}
    for name, text in [*kept.items(), *made.items()]:
        assert str(REPOSITORY) not in text, name
        assert str(Path.home()) not in text, name
        assert re.findall(r"/(?:tmp|home|Users)/\S+", text) == [], name
        assert set(re.findall(r"127\.0\.0\.1:\d+", text)) <= {"127.0.0.1:8080"}, name
        assert not [person for person in people if re.search(rf"\b{re.escape(person)}\b", text)], name


def test_the_pages_explain_themselves_in_the_documents() -> None:
    text = (REPOSITORY / "docs" / "report-formats.md").read_text(encoding="utf-8")
    assert [name for name in KINDS if f"samples/{name}" not in text] == []


@needs_chromium
def test_a_copied_command_runs_and_gives_the_answer_that_the_page_shows(conformance: Command, tmp_path: Path) -> None:
    with ReferenceServer(faults=("quota-code-letter-case",)) as server:
        words = ("--endpoint", server.endpoint, "--states-url", server.states_url)
        done = conformance.run("CreateFlowLog/QuotaExceeded.FlowlogCount/quota-exceeded", *words)
        assert done.status == 1
        page = next(tmp_path.rglob("report.html"))
        with browser() as started, opened(started, page) as view:
            case = view.locator("details.c", has_text="quota-exceeded").first
            observed = case.locator(".l-observed").first
            expect(observed).to_have_text("QuotaExceeded.FlowLogCount", use_inner_text=True)
            case.locator("pre.copy", has_text="curl").locator("button").click()
            copied = view.evaluate("navigator.clipboard.readText()")
        answer = subprocess.run(["bash", "-c", copied], capture_output=True, text=True, timeout=60, check=True)
    assert '"Code":"QuotaExceeded.FlowLogCount"' in answer.stdout.replace(": ", ":")
    assert " 400 " in answer.stdout
