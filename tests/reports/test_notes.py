"""Notes: what a run has to say about its target, once, in every report."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt
from report_data import result, started
from rich.console import Console

from conformance.engine.events import case_finished, note_added, run_finished
from conformance.engine.notes import RunNote, RunNotes
from conformance.reports.formats.ctrf import ctrf_parts
from conformance.reports.formats.html import html_page
from conformance.reports.formats.junit import junit_parts
from conformance.reports.formats.markdown import markdown_page
from conformance.reports.formats.rich_screen import RichScreen
from conformance.reports.formats.terminal import print_summary
from conformance.reports.merge import merge_reports
from conformance.reports.report_reader import read_report
from conformance.reports.store import REPORT, RunFolder
from conformance.reports.tally import build_report

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.judging.report_entries import Report

SLOW = RunNote("pace", "the server took 6 requests at once")
SHARED = RunNote("accounts", "accounts are not kept <apart>")


def events(*notes: RunNote) -> list[Any]:
    last = run_finished(duration_s=1, interrupted=False)
    return [started(["CreateFlowLog/X/one"]), *map(note_added, notes), case_finished(result()), last]


def texts(report: Report) -> list[str]:
    return [note["text"] for note in report.get("notes", [])]


def test_notes_are_collected_once_per_key_and_taken_once() -> None:
    notes = RunNotes()
    notes.add(SLOW)
    notes.extend([SHARED, RunNote("pace", "the server took 5 requests at once")])
    assert notes.take() == [SLOW, SHARED]
    assert notes.take() == []
    notes.add(SLOW)
    assert notes.take() == []


def test_a_report_has_each_note_once() -> None:
    assert texts(build_report(events(SLOW, SHARED, SLOW))) == [SLOW.text, SHARED.text]


def shown_in(report: Report) -> dict[str, str]:
    screen = io.StringIO()
    print_summary(RichScreen(Console(file=screen, width=80)), report, None)
    return {
        "text": screen.getvalue(),
        "html": html_page(report),
        "markdown": markdown_page(report),
        "junit": "".join(junit_parts(report)),
        "ctrf": "".join(ctrf_parts(report)),
    }


@pytest.mark.parametrize("form", ["text", "html", "markdown", "junit", "ctrf"])
def test_every_format_shows_notes(form: str) -> None:
    assert SLOW.text in shown_in(build_report(events(SLOW)))[form]


def test_pages_escape_notes() -> None:
    shown = shown_in(build_report(events(SHARED)))
    shown["markdown"] = MarkdownIt().render(shown["markdown"])
    for form in ("html", "markdown", "junit"):
        assert "&lt;apart" in shown[form], form
        assert "<apart>" not in shown[form], form


def test_merged_shards_have_each_note_once(tmp_path: Path) -> None:
    folders = []
    for index, notes in enumerate([(SLOW,), (SLOW, SHARED)], start=1):
        name = f"CreateFlowLog/X/part{index}"
        shard = {"index": index, "count": 2, "suite": "s"}
        run = RunFolder(tmp_path / str(index))
        last = run_finished(duration_s=1, interrupted=False)
        shard_events: list[Any] = [started([name], shard=shard), *map(note_added, notes)]
        for event in [*shard_events, case_finished(result(f"X/part{index}")), last]:
            run.add(event)
        run.close()
        folders.append(run.folder)
    merged = merge_reports(folders, tmp_path / "whole")
    assert texts(merged.report) == [SLOW.text, SHARED.text]
    lines = (tmp_path / "whole" / "events.ndjson").read_text().splitlines()
    assert sum(json.loads(line)["event"] == "note" for line in lines) == 2


def test_a_report_written_before_there_were_notes_is_read(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    for event in events(SLOW):
        run.add(event)
    run.close()
    old = json.loads((tmp_path / REPORT).read_text())
    assert old.pop("notes") == [{"key": SLOW.key, "text": SLOW.text}]
    for form in (json.dumps(old), "{\n" + ",\n".join(f' "{n}":{json.dumps(v)}' for n, v in old.items()) + "\n}"):
        (tmp_path / "old.json").write_text(form)
        assert "notes" not in read_report(tmp_path / "old.json")
