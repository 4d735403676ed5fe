"""Results for Allure: what its own model and its own reader make of them, whatever a server said."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import platformdirs
import pytest
from allure_commons import model2
from filelock import FileLock
from foreign import HOSTILE, LONG, hostile_report
from hypothesis import given, settings
from profiles import scaled
from report_data import report_of, reports, result

from conformance.judging.results import Mismatch
from conformance.reports.formats.allure import write_allure
from conformance.reports.formats.junit import junit_parts

if TYPE_CHECKING:
    from conformance.judging.report_entries import Report

READER = Path(__file__).parent / "allure_reader"
CONTROLS = {"\x1b", "\x9b", "\u202e", "\x00"}
STATUSES = {each for name, each in vars(model2.Status).items() if name.isupper()}


def fields(kind: type) -> set[str]:
    return {each.name for each in attrs.fields(kind)}


def written(report: Report, folder: Path) -> list[dict[str, Any]]:
    """Write a report, and return its results, each as Allure's model has it; what is named is there."""
    write_allure(report, folder)
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*-result.json"))]
    for each in found:
        check(each, model2.TestResult)
        for label in each["labels"]:
            assert set(label) == fields(model2.Label)
        for step in each["steps"]:
            check(step, model2.TestStepResult)
            for attachment in step["attachments"]:
                assert set(attachment) == fields(model2.Attachment)
                assert (folder / attachment["source"]).is_file()
    return found


def check(item: dict[str, Any], kind: type) -> None:
    assert set(item) <= fields(kind)
    assert item["status"] in STATUSES
    assert item["start"] <= item["stop"]
    # `muted` is of Allure 3, whose reader the last test asks.
    assert set(item.get("statusDetails", {})) <= fields(model2.StatusDetails) | {"muted"}


@settings(max_examples=scaled(20))
@given(report=reports)
def test_each_case_is_a_result_of_allures_model(report: Report, tmp_path_factory: pytest.TempPathFactory) -> None:
    found = written(report, tmp_path_factory.mktemp("allure"))
    assert sorted(each["fullName"] for each in found) == sorted(case["id"] for case in report["cases"])
    assert len({each["uuid"] for each in found}) == len(found)


@pytest.mark.parametrize("text", [HOSTILE, LONG], ids=["hostile", "long"])
def test_a_hostile_server_neither_breaks_it_nor_fills_it(text: str, tmp_path: Path) -> None:
    report = hostile_report(text)
    assert len(written(report, tmp_path)) == report["summary"]["total"]
    for path in tmp_path.iterdir():
        shown = path.read_text(encoding="utf-8")
        assert not CONTROLS & set(shown)
        assert len(shown) < 70_000


@pytest.mark.parametrize(
    ("fields_of_case", "status"),
    [
        ({"verdict": "pass"}, "passed"),
        ({"verdict": "divergent", "follows": ("zh",)}, "unknown"),
        ({"verdict": "mismatch"}, "failed"),
        ({"verdict": "error", "reason": "down"}, "broken"),
        ({"verdict": "not_run", "reason": "needs a state"}, "skipped"),
        ({"verdict": "mismatch", "known_failing": "since May"}, "skipped"),
        ({"verdict": "pass", "known_failing": "since May"}, "failed"),
    ],
)
def test_only_what_passes_is_shown_as_passed(fields_of_case: dict[str, Any], status: str, tmp_path: Path) -> None:
    (found,) = written(report_of([result(**fields_of_case)]), tmp_path)
    assert found["status"] == status
    assert ("statusDetails" in found) == (status != "passed")


def test_the_history_of_a_case_goes_on_and_a_second_writing_replaces_the_first(tmp_path: Path) -> None:
    cases = [result("X/a"), result("X/b", "mismatch")]
    first = written(report_of(cases), tmp_path)
    assert written(report_of(cases), tmp_path) == first
    later = report_of(cases)
    later["started_at"] = "2026-02-01T00:00:00.000Z"
    both = written(later, tmp_path)
    assert len(both) == 4
    assert len({each["historyId"] for each in both}) == 2


def installed() -> Path:
    """Install Allure's reader from its lock, once for each lock, and return its folder; skip where that cannot be."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("node and npm are not installed")
    key = hashlib.sha256(b"\0".join(path.read_bytes() for path in sorted(READER.iterdir()) if path.is_file()))
    folder = Path(platformdirs.user_cache_dir("acs-conformance")) / f"allure-reader-{key.hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        if not (folder / "installed").exists():
            shutil.copytree(READER, folder, dirs_exist_ok=True)
            done = subprocess.run(
                [npm, "ci", "--ignore-scripts"], cwd=folder, capture_output=True, timeout=120, check=False
            )
            if done.returncode:
                pytest.skip("npm has no registry")
            (folder / "installed").touch()
    return folder


@pytest.mark.slow
def test_allures_own_reader_understands_it_and_the_junit_file(tmp_path: Path) -> None:
    reader = installed()
    found = Mismatch("response.body.Code", ("A",), "B", {"en": 150})
    exchange = hostile_report(HOSTILE)["cases"][1]["exchanges"][0]
    failing = result("X/wrong", "mismatch", mismatches=(found,), exchanges=(exchange,), title="A wrong code")
    report = report_of([result("X/right"), failing, result("X/both", "divergent", follows=("en",))])
    write_allure(report, tmp_path)
    (tmp_path / "junit.xml").write_text("".join(junit_parts(report)), encoding="utf-8")
    done = subprocess.run(
        ["node", "read.mjs", str(tmp_path)], cwd=reader, capture_output=True, encoding="utf-8", timeout=60, check=True
    )
    seen = json.loads(done.stdout)
    assert (seen["unread"], done.stderr) == ([], "")
    results = {each["fullName"]: each for each in seen["results"] if each.get("historyId")}
    assert {name: each["status"] for name, each in results.items()} == {
        "CreateFlowLog/X/right": "passed",
        "CreateFlowLog/X/wrong": "failed",
        "CreateFlowLog/X/both": "unknown",
    }
    wrong = results["CreateFlowLog/X/wrong"]
    assert wrong["name"] == "A wrong code"
    assert 'expected "A", observed "B"' in wrong["message"]
    (step,) = wrong["steps"]
    assert {each["originalFileName"] for each in step["steps"]} < set(seen["attachments"])  # others are of JUnit
    environment = {
        each["name"]: each["values"] for data in seen["metadata"] for each in data.get("allure_environment", [])
    }
    assert environment["endpoint"] == ["http://127.0.0.1:8080"]
    of_junit = [each["status"] for each in seen["results"] if not each.get("historyId")]
    assert sorted(of_junit) == ["failed", "passed", "passed"]
