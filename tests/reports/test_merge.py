"""Joining the reports of shards: each case once, nothing of another run, nothing missing without a word."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_data import report_of, result, started

from conformance import __version__
from conformance.core.errors import ReportError, UsageError
from conformance.engine.events import case_finished, run_finished
from conformance.reports.merge import Merged, merge_reports
from conformance.reports.report_reader import read_report
from conformance.reports.store import RunFolder

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.judging.results import CaseResult

ORDER = [f"CreateFlowLog/X/c{index}" for index in range(9)]
ALL = [result(f"X/c{index}", "mismatch" if index == 4 else "pass", elapsed_ms=index) for index in range(9)]
SUITE = "5f"
OK = {"duration_s": 1.5, "interrupted": False}


def write(
    folder: Path,
    index: int,
    count: int,
    cases: list[CaseResult],
    *,
    last: dict[str, Any] | None = OK,
    lost: int = 0,
    **changed: Any,
) -> Path:
    """Write the folder of one shard; `lost` of its cases have no verdict."""
    reports = RunFolder(folder)
    shard = {"index": index, "count": count, "suite": SUITE, **changed.pop("shard", {})}
    reports.add(started(ORDER, selected=len(cases) + lost, shard=shard, **changed))
    for case in cases:
        reports.add(case_finished(case))
    if last is not None:
        reports.add(run_finished(**last))
    reports.close()
    return folder


def shards(folder: Path, count: int = 3) -> list[Path]:
    return [write(folder / f"s{index}", index, count, ALL[index - 1 :: count][::-1]) for index in range(1, count + 1)]


def merge(folder: Path, parts: list[Path]) -> Merged:
    return merge_reports(parts, folder / "whole")


def test_the_whole_is_what_one_run_would_have_written(tmp_path: Path) -> None:
    merged = merge(tmp_path, shards(tmp_path)[::-1])
    assert merged.cut_short == ()
    assert merged.report == {**report_of(ALL), "cases": merged.report["cases"]}
    assert [case["id"] for case in merged.report["cases"]] == ORDER
    assert merged.report["cases"] == report_of(ALL)["cases"]
    folder = tmp_path / "whole"
    assert {path.name for path in folder.iterdir()} == {"events.ndjson", "report.json", "report.html", "junit.xml"}
    assert read_report(folder) == merged.report == json.loads((folder / "report.json").read_text(encoding="utf-8"))


@given(of=st.lists(st.integers(1, 4), min_size=9, max_size=9))
def test_however_the_cases_are_spread_each_is_counted_once(
    of: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("spread")
    split = [[case for case, shard in zip(ALL, of, strict=True) if shard == index] for index in range(1, 5)]
    parts = [write(folder / f"s{index}", index, 4, cases) for index, cases in enumerate(split, start=1)]
    merged = merge(folder, parts)
    assert (merged.report["summary"], merged.report["complete"]) == (report_of(ALL)["summary"], True)
    assert [case["id"] for case in merged.report["cases"]] == ORDER
    shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("last", "says", "duration"),
    [
        (None, "was killed: 2 of its 3 cases were run", None),
        ({**OK, "interrupted": True}, "was interrupted: 2 of its 3 cases were run", 1.5),
        (OK, "lost cases: 2 of its 3 cases were run", 1.5),
    ],
)
def test_a_shard_that_was_cut_short_is_named(
    tmp_path: Path, last: dict[str, Any] | None, says: str, duration: float | None
) -> None:
    parts = shards(tmp_path)
    write(parts[1], 2, 3, ALL[1::3][:2], last=last, lost=1)
    merged = merge(tmp_path, parts)
    assert merged.cut_short == (f"shard 2 ({parts[1]}) {says}",)
    assert (merged.report["complete"], merged.report["duration_s"]) == (False, duration)
    assert (merged.report["summary"]["total"], merged.report["selected"]) == (8, 9)


def test_a_shard_that_was_killed_in_the_middle_of_a_line_is_read_up_to_it(tmp_path: Path) -> None:
    parts = shards(tmp_path)
    events = parts[0] / "events.ndjson"
    events.write_bytes(events.read_bytes()[:-200])
    merged = merge(tmp_path, parts)
    assert merged.report["summary"]["total"] == 8
    assert "was killed: 2 of its 3" in merged.cut_short[0]


def refused(folder: Path, parts: list[Path], says: str) -> None:
    with pytest.raises(ReportError, match=says):
        merge(folder, parts)
    assert not (folder / "whole").exists()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"docs": "en"}, "documents en, not both"),
        ({"tool": {"name": "acs-conformance", "version": "9"}}, f"tool version 9, not {__version__}"),
        ({"shard": {"suite": "6a"}}, "cases 6a, not 5f"),
        ({"shard": {"count": 4}}, "shards 4, not 3"),
        ({"target": {"endpoint": "http://h", "driver": "go", "signature": "v1"}}, "driver go, not http"),
        ({"target": {"endpoint": "http://h", "driver": "http", "signature": "acs3"}}, "signature acs3, not v1"),
    ],
)
def test_a_shard_of_another_run_is_refused(tmp_path: Path, changed: dict[str, Any], says: str) -> None:
    parts = shards(tmp_path)
    write(parts[2], 3, 3, ALL[2::3], **changed)
    refused(tmp_path, parts, f"s3: is of another run than .*s1: {says}")


def test_shards_may_have_had_servers_of_their_own(tmp_path: Path) -> None:
    parts = shards(tmp_path)
    write(parts[1], 2, 3, ALL[1::3], target={"endpoint": "http://other", "driver": "http", "signature": "v1"})
    assert merge(tmp_path, parts).report["complete"]


def test_a_missing_shard_is_named(tmp_path: Path) -> None:
    parts = shards(tmp_path, 4)
    refused(tmp_path, [parts[0], parts[3]], "shard 2, 3 of 4 is missing")


def test_a_shard_given_twice_is_refused(tmp_path: Path) -> None:
    parts = shards(tmp_path)
    shutil.copytree(parts[0], tmp_path / "copy")
    refused(tmp_path, [*parts, tmp_path / "copy"], r"copy: is shard 1 of 3, and so is .*s1|s1: is shard 1 of 3")


def test_a_case_that_two_shards_ran_is_refused(tmp_path: Path) -> None:
    parts = shards(tmp_path)
    write(parts[1], 2, 3, ALL[0:3])
    refused(tmp_path, parts, "has the case CreateFlowLog/X/c., and so has")


def test_a_whole_run_is_no_shard(tmp_path: Path) -> None:
    parts = shards(tmp_path)
    reports = RunFolder(parts[1])
    reports.add(started(ORDER))
    reports.close()
    refused(tmp_path, parts, "s2: is no shard but a whole run .*--shard")


@pytest.mark.parametrize("shard", [{"index": "1"}, {"count": None}, []])
def test_a_shard_that_no_run_writes_is_refused(tmp_path: Path, shard: Any) -> None:
    parts = shards(tmp_path)
    first, rest = (parts[1] / "events.ndjson").read_text(encoding="utf-8").split("\n", 1)
    event = json.loads(first)
    event["shard"] = {**event["shard"], **shard} if shard else shard
    (parts[1] / "events.ndjson").write_text(f"{json.dumps(event)}\n{rest}", encoding="utf-8")
    refused(tmp_path, parts, "s2/events.ndjson:1: holds what no run writes: /shard")


def test_a_shard_of_another_schema_version_is_refused(tmp_path: Path) -> None:
    parts = shards(tmp_path)
    write(parts[2], 3, 3, ALL[2::3], schema_version=2)
    refused(tmp_path, parts, "s3/events.ndjson:1: is of schema version 2, not 1")


def test_a_folder_without_events_is_refused(tmp_path: Path) -> None:
    parts = shards(tmp_path)
    (parts[0] / "events.ndjson").unlink()
    refused(tmp_path, parts, "s1: holds no events.ndjson")


def test_the_whole_may_not_take_the_place_of_a_shard(tmp_path: Path) -> None:
    parts = shards(tmp_path)
    before = (parts[0] / "events.ndjson").read_bytes()
    with pytest.raises(UsageError, match="is a folder that this command reads"):
        merge_reports(parts, parts[0])
    assert (parts[0] / "events.ndjson").read_bytes() == before
