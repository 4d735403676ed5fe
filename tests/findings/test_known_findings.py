"""What real releases changed: their recordings are replayed through the gate, which must say what an engineer says."""

from __future__ import annotations

import json
import re
import shutil
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from commands import REPOSITORY

from conformance.reports.gate.allow import load_allowed
from conformance.reports.gate.comparable import check_comparable
from conformance.reports.gate.gate import compare
from conformance.reports.gate.output import blocking_entries, gate_json, gate_markdown
from conformance.reports.report_reader import read_events, read_report
from conformance.sdk.install import missing_tools
from conformance.sdk.manifest import find_driver

sys.path.insert(0, str(REPOSITORY / "tools"))
from sdk_findings import HELD_UP, PAGE, RECORDINGS, Known, Pair, Release, gate_of, known, pairs, recorded, row, told

if TYPE_CHECKING:
    from conformance.judging.report_entries import Report

PAIRS = pairs()
KNOWN = known()
TODAY = date(2026, 11, 30)
LARGEST = 200_000


def recording(release: Release, folder: Path) -> Path:
    """Return the folder of a run that is a recording."""
    of_release = folder / release.name
    of_release.mkdir(exist_ok=True)
    shutil.copy(RECORDINGS / f"{release.name}.ndjson", of_release / "events.ndjson")
    return of_release


def replayed(pair: Pair, folder: Path) -> tuple[Report, Report]:
    """Return the reports of a pair, of the cases that both recordings have: a release may be in several pairs."""
    folders = [recording(release, folder) for release in (pair.baseline, pair.candidate)]
    both = set.intersection(*(cases_of(each) for each in folders))
    for each in folders:
        lines = [json.dumps(event) for event in recorded(each, both)]
        (each / "events.ndjson").write_text("\n".join(lines), encoding="utf-8")
    before, after = map(read_report, folders)
    check_comparable(before, after, *folders)
    return before, after


def cases_of(folder: Path) -> set[str]:
    return {event["case"]["id"] for event in read_events(folder) if event["event"] == "case_finished"}


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_the_gate_says_of_a_pair_what_an_engineer_says(pair: Pair, tmp_path: Path) -> None:
    before, after = replayed(pair, tmp_path)
    found = compare(before, after, (), TODAY)
    data: Any = gate_json(found, before, after, TODAY)
    assert found.worse is (pair.verdict == HELD_UP)
    assert told(data, fails=True) == set(pair.causes)
    assert told(data, fails=False) >= set(pair.changes)
    assert len([group for group in found.groups if group.fails]) >= len(pair.causes)


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_the_entries_that_are_printed_let_a_candidate_out(pair: Pair, tmp_path: Path) -> None:
    before, after = replayed(pair, tmp_path)
    found = compare(before, after, (), TODAY)
    allow = tmp_path / "allow.yaml"
    allow.write_text(blocking_entries(found, TODAY) or "[]", encoding="utf-8")
    accepted = compare(before, after, load_allowed(allow), TODAY)
    assert (accepted.worse, accepted.stale) == (False, ())


@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_each_cause_has_its_line_and_one_count(pair: Pair, tmp_path: Path) -> None:
    before, after = replayed(pair, tmp_path)
    found = compare(before, after, (), TODAY)
    page = gate_markdown(found, [], [], TODAY)
    keys = [(group.kind, group.key or group.text) for group in found.groups if group.fails]
    assert len(set(keys)) == len(keys)
    for group in found.groups:
        if group.fails and group.where.startswith("sdk.request."):
            assert re.search(r"`rule: (English|Chinese) line \d+", page)
            assert group.where in page


@pytest.mark.parametrize("finding", KNOWN, ids=[f"{each.release.driver}-{each.case}" for each in KNOWN])
def test_what_a_release_does_wrong_is_told(finding: Known, tmp_path: Path) -> None:
    report = read_report(recording(finding.release, tmp_path))
    (case,) = [each for each in report["cases"] if each["id"] == finding.case]
    assert case["verdict"] == "mismatch"
    (mismatch,) = [each for each in case["mismatches"] if each["where"] == finding.where]
    assert mismatch["observed"] == finding.observed
    assert any(finding.case in group["cases"] for group in report["groups"])


def test_the_recordings_are_small_and_hold_no_secret_and_are_all_used() -> None:
    releases = {each.name: each for pair in PAIRS for each in (pair.baseline, pair.candidate)}
    releases |= {each.release.name: each.release for each in KNOWN}
    files = {path.stem: path for path in RECORDINGS.iterdir()}
    assert files.keys() == releases.keys()
    for name, path in files.items():
        text = path.read_text(encoding="utf-8")
        assert len(text) < LARGEST
        assert not re.search(r"LTAI(?!conformance)|Signature=(?!\*\*\*)|conformance-generated-secret", text)
        target = json.loads(text.partition("\n")[0])["target"]
        release = releases[name]
        assert (target["driver"], target["sdk"]["version"], target["core"]["version"]) == (
            release.driver,
            release.sdk,
            release.core,
        )


def test_the_page_has_a_row_for_each_pair() -> None:
    page = PAGE.read_text(encoding="utf-8")
    lines = page.partition("<!-- pairs: written")[2].partition("<!-- pairs: end")[0].splitlines()
    assert len(PAIRS) >= 8
    for pair in PAIRS:
        (line,) = [line for line in lines if line.startswith(row(pair))]
        causes, counts = line.removeprefix(row(pair)).strip(" |").split(" | ")
        assert (int(causes) > 0) is (pair.verdict == HELD_UP)
        assert "unchanged" in counts
    assert len(lines) == 1 + 2 + len(PAIRS)


def test_the_allow_file_of_the_page_lets_out_what_it_is_about(tmp_path: Path) -> None:
    text = PAGE.read_text(encoding="utf-8").partition("```yaml\n# an allow file\n")[2].partition("```")[0]
    allow = tmp_path / "allow.yaml"
    allow.write_text(text, encoding="utf-8")
    entries = load_allowed(allow)
    used: set[object] = set()
    for pair in PAIRS[:2]:
        found = compare(*replayed(pair, tmp_path), entries, TODAY)
        assert not found.worse
        used.update(group.allowed for group in found.groups if group.allowed)
    assert used == set(entries)


@pytest.mark.deep
@pytest.mark.parametrize("pair", PAIRS, ids=[pair.name for pair in PAIRS])
def test_the_releases_themselves_still_do_so(pair: Pair, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = Path(tmp_path_factory.getbasetemp(), "releases")
    if missing := missing_tools(find_driver(pair.baseline.driver)):
        pytest.skip(f"{', '.join(tool.program for tool in missing)} is missing")
    for release in (pair.baseline, pair.candidate):
        if not (folder / release.name / "report.json").is_file():
            release.run(folder / release.name)
    gate = gate_of(folder / pair.baseline.name, folder / pair.candidate.name)
    assert gate["worse"] is (pair.verdict == HELD_UP)
    assert told(gate, fails=True) == set(pair.causes)
    assert told(gate, fails=False) >= set(pair.changes)
