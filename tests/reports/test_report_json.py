"""report.json: its fields, its numbers, its order, and what it makes of a run that was killed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace
from profiles import scaled
from report_data import any_text, report_of, reports, result, results, started

from conformance.contract.languages import LANGUAGES
from conformance.core.errors import ExitStatus, ReportError
from conformance.engine.events import case_finished, run_finished
from conformance.judging import report_entries as entries
from conformance.judging.verdicts import VERDICTS
from conformance.reports.exit_status import exit_status
from conformance.reports.report_reader import read_report
from conformance.reports.store import RunFolder, new_run_folder
from conformance.reports.tally import build_report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.judging.report_entries import Report
    from conformance.judging.results import CaseResult

SCHEMA_TEXT = json.loads(
    (Path(__file__).resolve().parents[2] / "docs" / "report.schema.json").read_text(encoding="utf-8")
)
SCHEMA = jsonschema_rs.validator_for(SCHEMA_TEXT)
ONE = (400, "MissingParameter", "Missing mandatory parameter")
TWO = (400, "Unauthorized", "No.")


def test_the_fields_of_a_report() -> None:
    report = report_of([result()])
    assert list(report) == [
        "schema_version",
        "tool",
        "docs",
        "target",
        "started_at",
        "duration_s",
        "complete",
        "selected",
        "summary",
        "coverage",
        "disagreements",
        "groups",
        "notes",
        "cases",
    ]
    assert list(report["cases"][0]) == [
        "id",
        "title",
        "trigger",
        "verdict",
        "verdicts",
        "follows",
        "reason",
        "mismatches",
        "exchanges",
        "reproduce",
        "where",
        "lines",
        "rule_line",
        "changed",
        "states",
        "exact",
        "observed",
        "known_failing",
        "answered",
        "elapsed_ms",
    ]
    assert (report["schema_version"], report["docs"], report["duration_s"], report["complete"]) == (
        1,
        "both",
        1.5,
        True,
    )


@settings(max_examples=scaled(40))
@given(reports)
def test_every_report_is_what_its_schema_says(report: Report) -> None:
    # Through the text that is written: a lone half of a surrogate pair is an escape there, and no text for a schema.
    text = re.sub(r"\\ud[89a-f]", r"\\u00", json.dumps(report))
    assert [str(fault) for fault in SCHEMA.iter_errors(json.loads(text))] == []


@settings(max_examples=scaled(40))
@given(reports)
def test_counts_add_up(report: Report) -> None:
    summary = report["summary"]
    verdicts = [case["verdict"] for case in report["cases"]]
    assert {name: summary[name] for name in VERDICTS} == {name: verdicts.count(name) for name in VERDICTS}
    assert sum(summary[name] for name in VERDICTS) == summary["total"] == len(report["cases"]) == report["selected"]
    known = [case["verdict"] for case in report["cases"] if case["known_failing"] is not None]
    assert summary["stale"] == known.count("pass")
    assert summary["known_failing"] == sum(verdict in ("mismatch", "divergent", "error") for verdict in known)


@pytest.mark.parametrize(
    ("entry", "path"),
    [
        (entries.Report, ""),
        (entries.ToolEntry, "properties/tool"),
        (entries.NoteEntry, "$defs/note"),
        (entries.GroupEntry, "$defs/group"),
        (entries.StateEntry, "$defs/state"),
        (entries.TargetEntry, "properties/target"),
        (entries.ShardEntry, "properties/shard"),
        (entries.FuzzEntry, "properties/fuzz"),
        (entries.ReleaseEntry, "$defs/release"),
        (entries.ErrorRowsEntry, "$defs/reached"),
        (entries.FigureEntry, "$defs/figure"),
        (entries.PointEntry, "$defs/point"),
        (entries.PromiseEntry, "$defs/promise"),
        (entries.CaseEntry, "$defs/case"),
        (entries.MismatchEntry, "$defs/mismatch"),
        (entries.CallerEntry, "$defs/caller"),
        (entries.UnsupportedEntry, "$defs/unsupported"),
        (entries.DigestEntry, "$defs/digest"),
        (entries.RetryEntry, "$defs/retries/items"),
        (entries.DigestFields, "$defs/digest/properties/digest"),
        (entries.ExchangeEntry, "$defs/exchange"),
        (entries.RequestEntry, "$defs/exchange/properties/request"),
        (entries.ResponseEntry, "$defs/exchange/properties/response"),
    ],
)
def test_the_types_have_the_fields_of_the_schema(entry: Any, path: str) -> None:
    schema: Any = SCHEMA_TEXT
    for name in path.split("/") if path else ():
        schema = schema[name]
    # Annotations are text, in which Python itself does not see what is not required.
    names = entry.__required_keys__ | entry.__optional_keys__
    optional = {name for name, kind in entry.__annotations__.items() if "NotRequired" in str(kind)}
    required = entry.__required_keys__ - optional
    if entry is entries.PointEntry:
        # A type cannot name the languages, and in the first event a point has no observation yet.
        names |= set(LANGUAGES)
        required |= {*LANGUAGES, "observed", "follows"}
    assert names == schema["properties"].keys()
    assert required == set(schema["required"])


def test_every_object_of_the_schema_has_a_type() -> None:
    def objects(part: Any) -> Iterator[Any]:
        if isinstance(part, dict):
            if "object" in part.get("type", ()) and "required" in part:
                yield part
            for inner in part.values():
                yield from objects(inner)

    # Two have the same kind of value under every name: the summary, and the figures of a fuzz run.
    assert len(list(objects(SCHEMA_TEXT))) == 23 + 2


def test_cases_stand_in_the_order_of_their_files_however_they_ended() -> None:
    ended = [result("X/c"), result("X/a"), result("X/b")]
    order = [f"CreateFlowLog/X/{name}" for name in "abc"]
    report = build_report([started(order), *map(case_finished, ended), run_finished(duration_s=0, interrupted=False)])
    assert [case["id"] for case in report["cases"]] == order


@pytest.mark.parametrize(
    ("ended", "last", "complete"),
    [
        (2, {"interrupted": False}, True),
        (1, {"interrupted": False}, False),
        (2, {"interrupted": True}, False),
        (2, None, False),
        (0, None, False),
    ],
)
def test_a_run_is_complete_when_every_case_has_a_verdict_and_it_ended(
    *, ended: int, last: dict[str, bool] | None, complete: bool
) -> None:
    events: list[Any] = [started(["a", "b"]), *(case_finished(result(f"X/{index}")) for index in range(ended))]
    events += [run_finished(duration_s=2, **last)] if last else []
    report = build_report(events)
    assert report["complete"] is complete
    assert (report["duration_s"] is None) is (last is None)


def test_events_without_the_first_are_no_run() -> None:
    with pytest.raises(ReportError, match="holds no run"):
        build_report([case_finished(result())])


def test_an_event_of_a_later_version_is_passed_over() -> None:
    weather: Any = {"event": "weather", "rain": True}
    events = [started(["a"]), weather, run_finished(duration_s=0, interrupted=False)]
    assert build_report(events)["summary"]["total"] == 0


def coverage(*cases: CaseResult) -> dict[str, Any]:
    found: dict[str, Any] = report_of(cases)["coverage"]
    return found


def test_rows_that_were_reached_are_counted_once_for_each_document() -> None:
    passing = {"en": "pass", "zh": "pass"}
    row = {"en": ONE, "zh": ONE}
    seen = {"en": (ONE,), "zh": (ONE,)}
    found = coverage(
        result("X/a", verdicts=passing, exact=row, observed=seen),
        result("X/b", verdicts=passing, exact=row, observed=seen),
        result("X/c", verdicts=passing, exact={"zh": TWO}, observed={"zh": (TWO,)}),
    )
    assert found == {
        "en": {"documented": 20, "exercised": 1, "passed": 1, "not_passed": []},
        "zh": {"documented": 35, "exercised": 2, "passed": 2, "not_passed": []},
    }


def test_a_row_that_a_mismatch_was_there_for_is_exercised_and_not_passed() -> None:
    found = coverage(result(verdict="mismatch", exact={"en": ONE, "zh": ONE}))
    assert (found["en"]["exercised"], found["en"]["passed"]) == (1, 0)


def test_a_row_that_was_answered_without_being_asked_for_is_exercised_and_passed() -> None:
    found = coverage(result(verdicts={"en": "pass", "zh": "not_applicable"}, observed={"en": (ONE, TWO)}))
    assert found["en"] == {"documented": 20, "exercised": 2, "passed": 2, "not_passed": []}
    assert found["zh"] == {"documented": 35, "exercised": 0, "passed": 0, "not_passed": []}


def test_what_a_server_did_against_a_document_passes_none_of_its_rows() -> None:
    case = result(
        verdict="divergent",
        verdicts={"en": "mismatch", "zh": "pass"},
        exact={"en": ONE, "zh": TWO},
        observed={"en": (ONE,), "zh": (TWO,)},
    )
    assert coverage(case) == {
        "en": {"documented": 20, "exercised": 1, "passed": 0, "not_passed": [list(ONE)]},
        "zh": {"documented": 35, "exercised": 1, "passed": 1, "not_passed": []},
    }


def test_rows_that_the_server_was_told_are_counted_apart() -> None:
    passing = {"en": "pass", "zh": "pass"}
    found = coverage(
        result("X/a", verdicts=passing, exact={"en": ONE}, observed={"en": (ONE,)}, trigger="forced"),
        result("X/b", verdicts=passing, exact={"en": TWO}, observed={"en": (TWO,)}, trigger="forced"),
        result("X/c", verdicts=passing, observed={"en": (TWO,)}),
    )
    assert (found["en"]["passed"], found["en"]["told"]) == (2, 1)
    assert "told" not in found["zh"]


@pytest.mark.parametrize("verdict", ["error", "not_run", "not_applicable"])
def test_a_case_that_was_not_judged_reaches_nothing(verdict: str) -> None:
    assert coverage(result(verdict=verdict, exact={"en": ONE}, observed={"en": (ONE,)}))["en"]["exercised"] == 0


@pytest.mark.parametrize(
    ("verdicts", "status", "strict"),
    [
        ([], 3, 3),
        (["pass"], 0, 0),
        (["pass", "pass"], 0, 0),
        (["mismatch"], 1, 1),
        (["pass", "mismatch"], 1, 1),
        (["divergent"], 0, 1),
        (["pass", "divergent"], 0, 1),
        (["mismatch", "divergent"], 1, 1),
        (["error"], 3, 3),
        (["error", "error"], 3, 3),
        (["error", "pass"], 1, 1),
        (["error", "divergent"], 1, 1),
        (["error", "mismatch"], 1, 1),
        (["not_run"], 3, 3),
        (["not_applicable"], 3, 3),
        (["not_run", "not_applicable", "error"], 3, 3),
        (["not_run", "pass"], 0, 0),
        (["not_applicable", "pass"], 0, 0),
    ],
)
def test_exit_status(verdicts: list[str], status: int, strict: int) -> None:
    report = report_of(result(f"X/{index}", verdict) for index, verdict in enumerate(verdicts))
    assert exit_status(report, strict=False) == ExitStatus(status)
    assert exit_status(report, strict=True) == ExitStatus(strict)


@pytest.mark.parametrize(
    ("known", "status"),
    [
        (["mismatch"], 0),
        (["error", "mismatch"], 0),
        (["pass"], 1),
        (["not_run"], 0),
    ],
)
def test_known_failures_do_not_fail_a_run_unless_they_pass(known: list[str], status: int) -> None:
    listed = [result(f"X/{index}", verdict, known_failing="since May") for index, verdict in enumerate(known)]
    assert exit_status(report_of([result("Y/ok"), *listed]), strict=True) == ExitStatus(status)


# The folder of a run.


def test_a_folder_is_readable_after_every_event(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "report"
    run = RunFolder(folder)
    ended = [result("X/a"), result("X/b", "mismatch"), result("X/c", "error", reason="down")]
    run.add(started([each.id for each in ended]))
    for count, each in enumerate(ended, start=1):
        run.add(case_finished(each))
        assert read_report(folder)["summary"]["total"] == count
    run.add(run_finished(duration_s=1, interrupted=False))
    written = run.close()
    assert written["complete"]
    assert read_report(folder) == written == json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert {path.name for path in folder.iterdir()} == {"events.ndjson", "report.json", "report.html", "junit.xml"}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=scaled(60))
@given(results)
def test_whatever_a_server_said_can_be_read_again(tmp_path: Path, each: CaseResult) -> None:
    events: list[Any] = [started([each.id]), case_finished(each), run_finished(duration_s=1, interrupted=False)]
    run = RunFolder(tmp_path)
    for event in events:
        run.add(event)
    written = run.close()
    assert written == read_report(tmp_path) == read_report(tmp_path / "report.json")
    assert json.loads((tmp_path / "report.json").read_text(encoding="utf-8")) == written
    made = build_report(events)
    if not any("\ud800" <= character <= "\udfff" for character in json.dumps(made, ensure_ascii=False)):
        assert made == written


def test_what_an_earlier_run_left_is_replaced(tmp_path: Path) -> None:
    for name in ("X/first", "X/second"):
        run = RunFolder(tmp_path)
        run.add(started([f"CreateFlowLog/{name}"]))
        run.add(case_finished(result(name)))
        run.close()
    assert [case["id"] for case in read_report(tmp_path)["cases"]] == ["CreateFlowLog/X/second"]


def test_a_folder_that_cannot_be_made_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match=r"cannot be written: .* \(give another --report-dir\)"):
        RunFolder(tmp_path / "file")
    with pytest.raises(ReportError, match="cannot be written"):
        RunFolder(tmp_path / "file" / "below")
    with pytest.raises(ReportError, match=r"cannot be written: .* \(give --report-dir\)"):
        new_run_folder(tmp_path / "file", "id")


def test_each_run_has_a_folder_and_latest_leads_to_the_last(tmp_path: Path) -> None:
    first, second = new_run_folder(tmp_path, "one"), new_run_folder(tmp_path, "two")
    assert first != second
    assert first.is_dir()
    assert (tmp_path / "latest").resolve() == second.resolve()
    assert (tmp_path / "latest").readlink() == Path(second.name)  # so that the folder can be moved
    assert {path.name for path in tmp_path.iterdir()} == {first.name, second.name, "latest"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (None, "cannot be read: No such file or directory"),
        ("", "is not JSON"),
        ("{", "is not JSON"),
        ("[]", "is no report of a run"),
        ("{}", "is no report of a run"),
        ('{"summary": {}}', "is no report of a run"),
    ],
)
def test_what_is_no_report_is_one_message(tmp_path: Path, text: str | None, says: str) -> None:
    if text is not None:
        (tmp_path / "report.json").write_text(text)
    with pytest.raises(ReportError) as raised:
        read_report(tmp_path)
    assert says in str(raised.value)
    assert str(raised.value).startswith(str(tmp_path / "report.json"))


def test_a_report_alone_is_enough(tmp_path: Path) -> None:
    report = report_of([result()])
    path = tmp_path / "copied.json"
    path.write_text(json.dumps(report))
    assert read_report(path) == report


def test_a_folder_of_a_run_killed_before_its_first_event_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "events.ndjson").write_text("")
    with pytest.raises(ReportError, match="holds no run"):
        read_report(tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_text)
def test_any_text_in_place_of_events_is_one_message(tmp_path: Path, text: str) -> None:
    (tmp_path / "events.ndjson").write_bytes(text.encode(errors="surrogatepass"))
    with pytest.raises(ReportError):
        read_report(tmp_path)


def test_what_is_judged_of_one_of_several_products_is_read_again(tmp_path: Path) -> None:
    names = ["sdk/model/farm:CreateBarn/Tag[].Key", "sdk/wire/farm:CreateBarn", "farm:CreateBarn/success/plain"]
    folder = RunFolder(tmp_path)
    for event in (started(names), *(case_finished(replace(result(), id=name)) for name in names)):
        folder.add(event)
    folder.add(run_finished(duration_s=1.0, interrupted=False))
    folder.close()
    for path in (tmp_path, tmp_path / "report.json"):
        assert [case["id"] for case in read_report(path)["cases"]] == names
