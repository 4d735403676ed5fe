"""In which language people are spoken to: the option, the environment, the workspace, the locale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from report_data import report_of, result

from conformance.reports.store import write_json

if TYPE_CHECKING:
    from pathlib import Path

    from commands import Command


@pytest.fixture
def report(tmp_path: Path) -> str:
    path = tmp_path / "report.json"
    with path.open("wb") as stream:
        write_json(report_of([result()]), stream)
    return str(path)


@pytest.fixture(autouse=True)
def _no_locale(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "CONFORMANCE_LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def language(conformance: Command, report: str, *words: str) -> str:
    outcome = conformance("report", report, "--format", "html", *words)
    assert outcome.status == 0, outcome.err
    return outcome.out.partition('<html lang="')[2].partition('"')[0]


def test_english_is_spoken_when_nobody_asks(conformance: Command, report: str) -> None:
    assert language(conformance, report) == "en"


def test_the_locale_decides(conformance: Command, report: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert language(conformance, report) == "zh-CN"
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert language(conformance, report) == "en"


def test_the_option_wins_over_environment_workspace_and_locale(
    conformance: Command, report: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "conformance.yaml").write_text("lang: zh-CN\n", encoding="utf-8")
    assert language(conformance, report) == "zh-CN"
    monkeypatch.setenv("CONFORMANCE_LANG", "en")
    assert language(conformance, report) == "en"
    assert language(conformance, report, "--lang", "zh") == "zh-CN"
    assert language(conformance, report, "--lang=en") == "en"


@pytest.mark.parametrize("words", [["--lang", "fr"], ["--lang"], ["--lang="]])
def test_a_language_that_nothing_is_written_in_is_one_message(
    conformance: Command, report: str, words: list[str]
) -> None:
    outcome = conformance("report", report, "--format", "html", *words)
    assert outcome.status == 2
    assert outcome.err.count("\n") == 1
    assert "one of: en, zh" in outcome.err


def test_documents_are_named_by_language_tags_too(conformance: Command) -> None:
    assert conformance("run", "--list", "--docs", "zh-CN", "CreateFlowLog").status == 0
