"""No command writes over what it reads, or over another file of a run that it reads."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from commands import OPERATION, REPOSITORY
from report_data import result, started

from conformance.engine.events import case_finished
from conformance.reports.store import RunFolder

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command

REFUSED = "that this command reads (give another"
CONTRACTS = REPOSITORY / "openapi" / "vpc" / "2016-04-28"


def run_folder(folder: Path, *, killed: bool = False) -> Path:
    reports = RunFolder(folder)
    reports.add(started(["X/one"]))
    reports.add(case_finished(result()))
    reports.add({"event": "run_finished", "duration_s": 1.0, "interrupted": False})
    reports.close()
    if killed:
        for file in folder.iterdir():
            if file.name != "events.ndjson":
                file.unlink()
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    run_folder(tmp_path / "a", killed=True)
    run_folder(tmp_path / "b")
    (tmp_path / "allow.yaml").write_text("# nothing\n")
    (tmp_path / "link").symlink_to(tmp_path / "a" / "report.json")
    os.link(tmp_path / "b" / "report.json", tmp_path / "hard")
    for language in ("en", "zh"):
        (tmp_path / f"x.{language}.yaml").write_text((CONTRACTS / f"{OPERATION}.{language}.yaml").read_text())
    return tmp_path


@pytest.mark.parametrize(
    "words",
    [
        ("gate", "a", "b", "--html", "a/report.json"),
        ("gate", "a", "b", "--html", "a/events.ndjson"),
        ("gate", "a", "b", "--html", "b/report.html"),
        ("gate", "a", "b", "--html", "link"),
        ("gate", "a", "b", "--html", "hard"),
        ("gate", "a", "b", "--html", "b/../b/junit.xml"),
        ("gate", "a", "b", "--allow", "allow.yaml", "--html", "allow.yaml"),
        ("gate", "a", "b/report.json", "--json", "--html", "b/events.ndjson"),
        ("report", "compare", "a", "b", "-o", "a/report.json"),
        ("report", "compare", "a", "b", "--json", "-o", "a/report.json"),
        ("report", "compare", "a", "b", "--markdown", "-o", "a/last-failed.json"),
        ("report", "merge", "a", "b", "-o", "b"),
        ("report", "b", "--format", "markdown", "-o", "b/report.html"),
        ("report", "a", "--format", "html", "-o", "a/events.ndjson"),
        ("report", "b/report.json", "--format", "json", "-o", "b/report.json"),
        ("replay", "b", "--report-dir", "b"),
        ("replay", "b/report.json", "--report-dir", "b"),
        ("diff", "x.en.yaml", "x.zh.yaml", "--html", "x.zh.yaml"),
        ("diff", "x.en.yaml", "x.zh.yaml", "--write-baseline", "x.en.yaml"),
        ("diff", "x.en.yaml", "x.zh.yaml", "--report", "a", "--html", "a/report.json"),
        ("diff", "x.en.yaml", "x.zh.yaml", "--write-baseline", "new.txt", "--html", "new.txt"),
        ("contract", "x.en.yaml", "-o", "x.en.yaml"),
        ("derive", "x.en.yaml", "-o", "x.en.yaml"),
    ],
)
def test_what_is_read_is_not_written_over(
    conformance: Command, runs: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(runs)
    before = contents(runs)
    done = conformance(*words)
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert REFUSED in done.err
    assert contents(runs) == before


@pytest.mark.parametrize(
    ("form", "file"), [("html", "report.html"), ("junit", "junit.xml"), ("json", "report.json")], ids=lambda each: each
)
def test_the_reports_of_a_killed_run_are_made_of_its_events(
    conformance: Command, runs: Path, form: str, file: str
) -> None:
    done = conformance("report", str(runs / "a"), "--format", form, "-o", str(runs / "a" / file))
    assert (done.status, done.err) == (0, "")
    assert (runs / "a" / file).stat().st_size > 0


def test_the_baseline_of_findings_may_be_renewed(conformance: Command, runs: Path) -> None:
    one, other, file = (str(runs / name) for name in ("x.en.yaml", "x.zh.yaml", "accepted"))
    assert conformance("diff", one, other, "--write-baseline", file).status == 1
    assert conformance("diff", one, other, "--baseline", file, "--write-baseline", file).status == 0
