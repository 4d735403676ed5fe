"""In which language people are spoken to: the option, the environment, the workspace, the locale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from report_data import report_of, result

from conformance.core.sentences.sentence import speak
from conformance.judging.results import Mismatch
from conformance.reports.store import write_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commands import Command


@pytest.fixture
def report(tmp_path: Path) -> str:
    path = tmp_path / "report.json"
    with path.open("wb") as stream:
        write_json(report_of([result()]), stream)
    return str(path)


@pytest.fixture(autouse=True)
def _no_locale(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "CONFORMANCE_LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    yield
    speak("")  # the next test is of another reader


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


def test_summary_and_markdown_are_in_the_language_of_the_reader(conformance: Command, tmp_path: Path) -> None:
    found = Mismatch("response.body.Code", ("MissingParameter",), None, {"en": 150, "zh": 187})
    path = tmp_path / "report.json"
    with path.open("wb") as stream:
        write_json(report_of([result(verdict="mismatch", mismatches=(found,), answered=None)]), stream)
    english = conformance("report", str(path)).out
    chinese = conformance("report", str(path), "--lang", "zh").out
    assert "MISMATCH 1 × expected MissingParameter, observed success" in english
    assert "不符 1 × 期望 MissingParameter，实际成功" in chinese
    assert "英文第 150 行，中文第 187 行" in chinese
    assert "1 个用例：0 通过，1 不符" in chinese
    markdown = conformance("report", str(path), "--format", "markdown", "--lang", "zh").out
    assert "### 原因 (1)" in markdown
    for program in ("junit", "ctrf", "sarif", "json"):
        words = ("report", str(path), "--format", program)
        assert conformance(*words, "--lang", "zh").out == conformance(*words).out


def test_documents_are_named_by_language_tags_too(conformance: Command) -> None:
    assert conformance("run", "--list", "--docs", "zh-CN", "CreateFlowLog").status == 0
