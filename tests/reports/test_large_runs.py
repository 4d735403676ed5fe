"""Runs of any size: what stays in memory, what is written when, and pages that can still be opened."""

from __future__ import annotations

import io
import json
import re
import weakref
from typing import TYPE_CHECKING, Any

import pytest
from report_data import report_of, result, started
from rich.console import Console

from conformance.engine.events import case_finished, run_finished
from conformance.judging.results import Mismatch
from conformance.reports import store as folder_module
from conformance.reports.formats import html as html_module
from conformance.reports.formats import terminal as terminal_module
from conformance.reports.formats.html import html_page
from conformance.reports.formats.page import case_choice
from conformance.reports.formats.rich_screen import RichScreen
from conformance.reports.formats.terminal import print_summary
from conformance.reports.report_reader import read_report
from conformance.reports.store import RunFolder
from conformance.reports.stored_cases import StoredCases, cases_with_verdict

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.judging.report_entries import Report
    from conformance.judging.results import CaseResult

FOUND = Mismatch("w", ("a",), "b", {"en": 1})


def cases(count: int, verdict: str = "pass", **changed: Any) -> list[CaseResult]:
    return [result(f"X/{verdict.replace('_', '-')}-{index}", verdict, **changed) for index in range(count)]


def write(folder: Path, ended: list[CaseResult]) -> RunFolder:
    run = RunFolder(folder)
    run.add(started([each.id for each in ended]))
    for each in ended:
        run.add(case_finished(each))
    return run


class Watched(dict[str, Any]):
    """A case of which a test can see whether somebody still has it."""


def test_a_case_that_was_written_does_not_stay_in_memory(tmp_path: Path) -> None:
    run = write(tmp_path, [])
    case = Watched(case_finished(result())["case"])
    seen = weakref.ref(case)
    event: Any = {"event": "case_finished", "case": case}
    run.add(event)
    del case, event
    assert seen() is None
    assert run.close()["cases"][0]["id"] == "CreateFlowLog/X/one"


def test_a_case_is_read_from_the_file_each_time_it_is_asked_for(tmp_path: Path) -> None:
    run = write(tmp_path, [*cases(3), *cases(2, "mismatch", mismatches=(FOUND,))])
    report = run.close()
    stored = report["cases"]
    assert isinstance(stored, StoredCases)
    assert stored[1] == stored[1]
    assert stored[1] is not stored[1]
    assert [case["id"] for case in stored[3:]] == [case["id"] for case in cases_with_verdict(report, "mismatch")]
    assert stored != [*stored][:-1]


@pytest.mark.parametrize("observed", [2**64, -(2**63), 10**40, 2**63 - 1, "\ud800", 0.1, {"a": [2**70, None]}])
def test_what_is_read_is_what_was_written(tmp_path: Path, observed: object) -> None:
    (case,) = cases(1, "mismatch", mismatches=(Mismatch("w", (observed,), observed, {"en": 1}),))
    (mismatch,) = next(iter(write(tmp_path, [case]).close()["cases"]))["mismatches"]
    assert mismatch["observed"] == observed
    assert type(mismatch["observed"]) is type(observed)


def test_each_case_has_a_line_of_its_own(tmp_path: Path) -> None:
    write(tmp_path, cases(7)).close()
    lines = (tmp_path / "report.json").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line.rstrip(","))["id"] for line in lines if line.startswith('{"id":')] == [
        each.id for each in cases(7)
    ]
    events = (tmp_path / "events.ndjson").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["event"] for line in events] == ["run_started", *["case_finished"] * 7]


def test_a_large_run_is_not_written_again_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "_SNAPSHOT_EVERY_S", 0)
    monkeypatch.setattr(folder_module, "_SNAPSHOT_SHARE", 0)
    monkeypatch.setattr(folder_module, "_SNAPSHOT_UP_TO", 5_000)
    made = []
    snapshot = RunFolder.snapshot

    def counted(run: RunFolder) -> Report:
        made.append(run)
        return snapshot(run)

    monkeypatch.setattr(RunFolder, "snapshot", counted)
    run = write(tmp_path, cases(50))
    assert 0 < len(made) < 20
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["summary"]["total"] == len(made) - 1
    assert read_report(tmp_path)["summary"]["total"] == 50  # the events have them all
    run.close()
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))["summary"]["total"] == 50


def test_an_event_may_say_more_than_its_case(tmp_path: Path) -> None:
    run = write(tmp_path, [])
    event: Any = {**case_finished(result()), "worker": "gw0"}
    run.add(event)
    run.add(run_finished(duration_s=1, interrupted=False))
    assert run.close()["cases"] == read_report(tmp_path)["cases"] == report_of([result()])["cases"]


def test_what_other_programs_wrote_anew_is_read_too(tmp_path: Path) -> None:
    report = write(tmp_path, cases(3)).close()
    spaced = [
        json.dumps(json.loads(line)) for line in (tmp_path / "events.ndjson").read_text(encoding="utf-8").splitlines()
    ]
    (tmp_path / "spaced").mkdir()
    (tmp_path / "spaced" / "events.ndjson").write_text("\n".join(spaced) + "\n", encoding="utf-8")
    again = read_report(tmp_path / "spaced")
    assert again == report
    indented = tmp_path / "indented.json"
    indented.write_text(json.dumps({**report, "cases": list(report["cases"])}, indent=2), encoding="utf-8")
    assert read_report(indented) == report


@pytest.mark.parametrize("cut", [b"]}\n", b'"elapsed_ms":0.0}\n]}\n', b'{"id":"CreateFlowLog/X/pass-2"'])
def test_a_report_that_is_cut_or_damaged_is_one_message(tmp_path: Path, cut: bytes) -> None:
    write(tmp_path, cases(3)).close()
    path = tmp_path / "report.json"
    text = path.read_bytes()
    path.write_bytes(text[: text.index(cut)])
    with pytest.raises(Exception, match="is not JSON"):
        read_report(path)


# The page.


def in_full(page: str) -> int:
    return page.count('<details class="c ')


def on_a_line(page: str) -> int:
    return page.count("<p class=c ")


def test_of_many_cases_the_page_has_those_that_differ_in_full_and_of_the_others_a_line() -> None:
    page = html_page(report_of([*cases(4), *cases(2, "mismatch", mismatches=(FOUND,))]))
    assert (in_full(page), on_a_line(page)) == (2, 4)
    assert page.count('"title">A case') == 6


def test_of_too_many_passes_the_page_has_the_ids_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_choice, "_MOST_TITLED", 3)
    page = html_page(report_of([*cases(4), *cases(2, "mismatch", mismatches=(FOUND,))]))
    assert (in_full(page), on_a_line(page)) == (2, 4)
    assert page.count('"title">A case') == 2
    assert all(each.id in page for each in cases(4))


def test_a_page_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [*cases(60, "mismatch", mismatches=(FOUND,), reproduce="x" * 1_000), *cases(5, "error", reason="down")]
    empty = len(html_page(report_of([])))
    monkeypatch.setattr(html_module, "_MOST_DETAIL", 20_000)
    page = html_page(report_of(many))
    assert 5 < in_full(page) < 20
    assert in_full(page) + on_a_line(page) == 65
    assert len(page) < empty + 20_000 + 20_000
    assert all(each.id in page for each in many)
    monkeypatch.setattr(html_module, "_MOST_IDS", 10)
    page = html_page(report_of(many))
    assert on_a_line(page) == 10
    left_out = re.findall(r"and ([0-9]+) cases more, in report.json", page)
    assert sum(map(int, left_out)) == 65 - 10 - in_full(page)


def test_every_cause_has_cases_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_choice, "_MOST_IN_FULL", 4)
    rare = Mismatch("response.status", (400,), 409, {"en": 7})
    many = [*cases(30, "mismatch", mismatches=(FOUND,)), result("Rare/last", "mismatch", mismatches=(rare,))]
    page = html_page(report_of(many))
    assert in_full(page) == 4
    assert '<details class="c d-mismatch" id="CreateFlowLog/Rare/last"' in page


@pytest.mark.parametrize("verdict", ["pass", "mismatch", "divergent", "error"])
def test_an_exchange_that_was_not_kept_is_not_shown(verdict: str) -> None:
    digest = {"digest": {"operation": "C", "method": "POST", "status": 200, "bytes": 1, "sha256": "0" * 64}}
    page = html_page(report_of([result(verdict=verdict, exchanges=({**digest, "elapsed_ms": 1.0},))]))
    assert "0" * 64 not in page


def test_what_the_caller_of_an_sdk_saw_is_shown() -> None:
    page = html_page(report_of([result(verdict="mismatch", caller={"outcome": "service_error", "exception": "<E>"})]))
    assert "&lt;E&gt;" in page


# The terminal.


def test_many_divergent_cases_are_not_all_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal_module, "_SHOWN", 4)
    stream = io.StringIO()
    many = cases(9, "divergent", mismatches=(FOUND,), follows=("en",))
    print_summary(RichScreen(Console(file=stream, width=100)), report_of(many), None)
    assert stream.getvalue().count("CreateFlowLog/X/") == 4
    assert "5 cases more; the report has them" in stream.getvalue()
