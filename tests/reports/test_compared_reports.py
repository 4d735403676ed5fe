"""Several reports side by side: what changed between columns, and what nobody can tell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from foreign import HOSTILE, LONG, hostile_report, prose_of
from hypothesis import given, settings
from hypothesis import strategies as st
from profiles import scaled
from report_data import report_of, reports, result, started

from conformance.core.errors import ReportError, UsageError
from conformance.engine.events import case_finished
from conformance.judging.results import Mismatch
from conformance.reports.compare.change import step, whole
from conformance.reports.compare.columns import columns_of
from conformance.reports.compare.compare_forms import comparison_json, comparison_markdown
from conformance.reports.compare.compare_sentences import notes, verdict_sentences
from conformance.reports.compare.side_by_side import SideBySide, side_by_side
from conformance.reports.report_reader import read_report
from conformance.reports.store import write_json

if TYPE_CHECKING:
    from commands import Command

    from conformance.judging.report_entries import Report
    from conformance.judging.results import CaseResult

CODE = "response.body.Code"
ROW = (400, "Quota.Reached", "No more.")


def wrong(name: str, observed: str = "Other", code: str = "Quota.Reached", **changed: Any) -> CaseResult:
    found = Mismatch(CODE, (code,), observed, {"en": 1, "zh": 2})
    fields: dict[str, Any] = {"mismatches": (found,), "answered": observed, "changed": {"Name": "x"}, **changed}
    return result(name, "mismatch", **fields)


def right(name: str, **changed: Any) -> CaseResult:
    return result(name, answered="Quota.Reached", **changed)


def compared(*columns: list[CaseResult] | Report) -> SideBySide:
    found = [each if isinstance(each, dict) else report_of(each) for each in columns]
    return side_by_side(columns_of(found, [Path(f"run-{place}") for place in range(len(found))]))


def said_of(each: SideBySide) -> list[str]:
    return [text.in_language("") for text in verdict_sentences(each)]


def test_verdicts_are_worse_or_better_only_where_both_were_judged() -> None:
    assert step("pass", "mismatch") == "worse"
    assert step("divergent", "mismatch") == "worse"
    assert step("divergent", "pass") == "better"
    assert step("pass", "pass") == "same"
    for nothing in ("not_run", "error", "not_applicable", None):
        assert step("pass", nothing) == "unknown"
        assert step(nothing, "pass") == "unknown"
        assert step(nothing, "mismatch") == "unknown"
    assert step("not_run", None) == "same"


def test_a_column_that_says_nothing_hides_no_change() -> None:
    assert whole(["pass", "not_run", "mismatch"]) == "worse"
    assert whole(["pass", "mismatch", "pass"]) == "mixed"
    assert whole(["pass", None, "pass"]) == "unknown"
    assert whole([None, "not_run"]) == "same"


def test_that_nothing_differs_is_said_of_what_both_judged() -> None:
    assert said_of(compared([right("a")], [right("a")])) == ["B against A: nothing differs."]
    assert said_of(compared([right("a"), right("b")], [right("a")]))[0] == (
        "B against A: nothing differs in what both judged."
    )


def test_a_cause_is_new_gone_or_in_both() -> None:
    both = compared([wrong("X/a"), right("X/b")], [right("X/a"), wrong("X/b", "Third", "Thing.Missing")])
    assert [(each.steps, each.change) for each in both.causes] == [(["new"], "worse"), (["gone"], "better")]
    assert "1 cause is new, 1 cause is gone, 1 case is worse, 1 case is better" in said_of(both)[0]
    again = compared([wrong("X/a")], [wrong("X/a")])
    assert [each.steps for each in again.causes] == [["same"]]
    assert said_of(again) == ["B against A: 1 cause is the same."]


@pytest.mark.parametrize("later", [None, "not_run", "error"])
def test_a_cause_is_not_gone_because_its_cases_were_not_judged(later: Any) -> None:
    after = [right("X/b"), *([result("X/a", later, reason="no answer")] if later else [])]
    found = compared([wrong("X/a"), right("X/b")], after)
    assert [each.steps for each in found.causes if not each.is_error] == [["unknown"]]
    assert "Of 1 case nothing can be told: A or B did not judge it." in said_of(found)
    back = compared(after, [wrong("X/a"), right("X/b")])
    assert [each.steps for each in back.causes if not each.is_error] == [["unknown"]]
    assert any(
        "no pass" in text or "not run" in text or "no answer" in text for text in map(_english, notes(back.columns))
    )


def _english(text: Any) -> str:
    return str(text.in_language(""))


def test_what_one_run_tells_apart_and_another_does_not_is_one_cause() -> None:
    names = [f"X/c{number}" for number in range(4)]
    # Nothing of the first proves that any refusal has its code, so that all of it is one cause.
    wide = [wrong(name, code=f"Code.{name[-1]}", changed={name: "x"}) for name in names]
    row = (400, "Code.9", "So it is.")
    proof = result("X/p", answered="Code.9", changed={"P": "x"}, exact={"en": row}, observed={"en": (row,)})
    narrow = [*(result(name, answered=f"Code.{name[-1]}") for name in names[2:]), *wide[:2], proof]
    found = compared([*wide, result("X/p", "not_run", reason="why")], narrow)
    assert len(found.columns[0].report.get("groups", [])) == 1
    assert len(found.columns[1].report.get("groups", [])) == 2
    assert [(each.steps, [len(cell.shown) for cell in each.cells]) for each in found.causes] == [(["fewer"], [4, 2])]


def test_a_failure_that_became_a_known_one_is_not_gone() -> None:
    found = compared([wrong("X/a")], [wrong("X/a", known_failing="a ticket")])
    assert [each.steps for each in found.causes] == [["same"]]


def test_rows_are_shown_once_for_the_documents_by_which_they_fared_alike() -> None:
    exact: dict[str, Any] = {"exact": {"en": ROW, "zh": ROW}}
    passes = right("X/a", observed={"en": (ROW,), "zh": (ROW,)}, **exact)
    found = compared([passes], [wrong("X/a", **exact)])
    assert [(row.code, row.languages, row.change) for row in found.rows] == [(ROW[1], ["en", "zh"], "worse")]
    half = wrong("X/a", **exact, verdicts={"en": "mismatch", "zh": "not_run"})
    assert len(compared([passes], [half]).rows) == 2


def test_columns_of_one_name_are_told_apart() -> None:
    one, other = report_of([right("X/a")]), report_of([right("X/a")])
    other["started_at"] = "2026-02-01T08:00:00.000Z"
    names = [column.name for column in columns_of([one, other], [Path("x/a"), Path("x/b")])]
    assert names == [
        "http://127.0.0.1:8080 (2026-01-31T08:00:00.000Z)",
        "http://127.0.0.1:8080 (2026-02-01T08:00:00.000Z)",
    ]
    names = [column.name for column in columns_of([one, one], [Path("x/a"), Path("x/b")])]
    assert names == ["http://127.0.0.1:8080 (a)", "http://127.0.0.1:8080 (b)"]


def test_too_few_and_unrelated_reports_are_refused() -> None:
    one = report_of([right("X/a")])
    with pytest.raises(UsageError, match="two reports at least"):
        columns_of([one], [Path("a")])
    with pytest.raises(ReportError, match="no case in common"):
        columns_of([one, report_of([right("X/b")])], [Path("a"), Path("b")])


def test_what_makes_the_columns_unequal_is_said() -> None:
    one, other = report_of([right("X/a"), right("X/b")]), report_of([right("X/a")], interrupted=True)
    other["coverage"] = {"en": other["coverage"]["en"]}
    other["fuzz"] = {"seed": 2, "requests": 1, "reached": {}}
    del other["groups"]
    texts = " ".join(map(_english, notes(columns_of([one, other], [Path("a"), Path("b")]))))
    for part in ("B did not end", "B lacks 1 case", "different documents", "different seeds", "names no causes"):
        assert part in texts


@settings(max_examples=scaled(30), deadline=None)
@given(st.lists(reports, min_size=2, max_size=3))
def test_every_report_can_be_compared_with_every_other(drawn: list[Report]) -> None:
    same = [report_of([right("X/same")]) for _ in drawn]
    columns = [{**each, "cases": [*each["cases"], *other["cases"]]} for each, other in zip(drawn, same, strict=True)]
    found = side_by_side(columns_of(columns, [Path("a")] * len(columns)))  # type: ignore[arg-type]
    json.dumps(comparison_json(found))
    comparison_markdown(found).encode("utf-8", "backslashreplace")
    back = side_by_side(columns_of(columns[::-1], [Path("a")] * len(columns)))  # type: ignore[arg-type]
    turned = {"worse": "better", "better": "worse"}
    assert {each.id: turned.get(each.change, each.change) for each in found.cases} == {
        each.id: each.change for each in back.cases
    }


@pytest.mark.parametrize("text", [HOSTILE, LONG], ids=["hostile", "long"])
def test_hostile_text_is_cut_and_neutral(text: str) -> None:
    report = hostile_report(text)
    found = compared(report, report)
    page = comparison_markdown(found)
    assert len(page.encode()) < 66_000
    prose_of(page)
    assert len(json.dumps(comparison_json(found))) < 20 * len(text) + 100_000


def test_the_command_writes_each_form(conformance: Command, tmp_path: Path) -> None:
    for name, cases in (("a", [right("X/a")]), ("b", [wrong("X/a")])):
        with (tmp_path / f"{name}.json").open("wb") as stream:
            write_json(report_of(cases), stream)
    told = conformance("report", "compare", "a.json", "b.json")
    assert told.status == 0
    assert "B against A: 1 cause is new, 1 case is worse." in told.out
    text = conformance("report", "compare", "a.json", "b.json", "--json").out
    assert json.loads(text)["cases"] == [
        {"id": "CreateFlowLog/X/a", "change": "worse", "columns": ["pass", "mismatch"]}
    ]
    assert conformance("report", "compare", "a.json", "b.json", "-o", "both.html").status == 0
    assert (tmp_path / "both.html").read_text().startswith("<!doctype html>")
    refused = conformance("report", "compare", "a.json")
    assert (refused.status, "two reports at least" in refused.err) == (2, True)


def test_a_killed_run_and_another_version_are_told(conformance: Command, tmp_path: Path) -> None:
    killed = tmp_path / "killed"
    killed.mkdir()
    events = [started(["CreateFlowLog/X/a", "CreateFlowLog/X/b"]), case_finished(right("X/a"))]
    (killed / "events.ndjson").write_text("".join(json.dumps(event) + "\n" for event in events))
    whole_run = tmp_path / "whole.json"
    with whole_run.open("wb") as stream:
        write_json(report_of([right("X/a"), right("X/b")]), stream)
    told = conformance("report", "compare", "whole.json", "killed")
    assert told.status == 0
    assert "The run of B did not end: 1 of 2 cases have a verdict." in told.out
    assert read_report(killed)["complete"] is False
    other = tmp_path / "other.json"
    other.write_text(whole_run.read_text().replace('"schema_version":1', '"schema_version":2'))
    refused = conformance("report", "compare", "whole.json", "other.json")
    assert (refused.status, "schema version 2" in refused.err) == (2, True)


def test_a_report_that_is_read_is_not_written_over(conformance: Command, tmp_path: Path) -> None:
    paths = []
    for name in ("a.json", "b.json"):
        with (tmp_path / name).open("wb") as stream:
            write_json(report_of([right("a")]), stream)
        paths.append(str(tmp_path / name))
    before = (tmp_path / "b.json").read_bytes()
    for words in (("report", "compare", *paths, "-o", paths[1]), ("gate", *paths, "--html", paths[1])):
        done = conformance(*words)
        assert (done.status, done.err.count("\n")) == (2, 1)
        assert "b.json: is a file that this command reads (give another file)" in done.err
    assert (tmp_path / "b.json").read_bytes() == before


def test_a_code_of_any_length_is_a_line_that_can_be_read(conformance: Command, tmp_path: Path) -> None:
    paths = []
    for name, cases in (("a.json", [right("a")]), ("b.json", [wrong("a", "x" * 300_000)])):
        with (tmp_path / name).open("wb") as stream:
            write_json(report_of(cases), stream)
        paths.append(str(tmp_path / name))
    for words in (("report", "compare", *paths), ("gate", *paths)):
        assert len(conformance(*words).out) < 6_000
