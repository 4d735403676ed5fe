"""Help, errors and outputs of every command in Chinese: no English sentence is left in them."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest
from commands import REPOSITORY
from report_data import report_of, result

from conformance.cli.command_line import COMMANDS
from conformance.core.sentences.sentence import speak
from conformance.core.sentences.widths import columns
from conformance.judging.results import Mismatch
from conformance.reports.store import write_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from commands import Command

GROUPS = {"drivers": ("install", "check"), "report": ("show", "merge", "compare")}
ENGLISH = re.compile(r"(?:\b[A-Za-z][a-z']+,? ){2}[a-z']+ [a-z']+\b")
"""Four English words in a row."""
QUOTED = re.compile(r"`[^`]*`|'[^']*'|\"[^\"]*\"|conformance [a-z]+.*|--[a-z-]+")
"""What is written on a command line or in a file, and stays as it is."""


def english_in(text: str) -> list[str]:
    return [line for line in text.splitlines() if ENGLISH.search(QUOTED.sub("", line))]


@pytest.fixture(autouse=True)
def _no_locale(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE", "CONFORMANCE_LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    yield
    speak("")  # the next test is of another reader


def test_four_english_words_are_found_and_chinese_with_names_is_not() -> None:
    assert english_in("选项\nShow the version and exit.")
    assert not english_in("运行 'conformance run -h' 查看帮助：--report-dir DIR，例如 reports/latest")


@pytest.mark.parametrize(
    "words", [(), *((name,) for name in COMMANDS), *((g, n) for g, all_ in GROUPS.items() for n in all_)]
)
def test_help_is_chinese_and_no_wider_than_a_terminal(conformance: Command, words: tuple[str, ...]) -> None:
    outcome = conformance(*words, "-h", "--lang", "zh")
    assert outcome.status == 0, outcome.err
    assert outcome.out.startswith("用法：conformance")
    assert "选项：" in outcome.out
    assert "显示此帮助并退出。" in outcome.out
    assert english_in(outcome.out) == []
    assert max(map(columns, outcome.out.splitlines())) <= 80


def test_help_says_in_english_what_it_did(conformance: Command) -> None:
    assert "Usage: conformance run [OPTIONS] [cases]..." in conformance("run", "-h").out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("run --foo", "错误：没有这个选项：--foo"),
        ("rnu", "没有这个命令：'rnu'。是否指 'run'？"),
        ("gate", "缺少参数 'baseline'"),
        ("run --rate", "选项 '--rate' 需要一个值"),
        ("run --concurrency x", "'--concurrency' 的值无效：应为整数"),
        ("run --endpoint ftp://x", "不是 http 或 https URL"),
        ("run --target nowhere.yaml", "无法读取：没有这个文件或目录（检查路径）"),
        ("run Nothing", "没有用例叫"),
        ("run --docs fr", "--docs 'fr' 未知（可选：en、zh、both）"),
        ("run --workers 0", "--workers 0 不是大于 0 的数"),
        ("run --rate 0", "--rate 0 不是大于 0 的数（从 0.001 到 1000000）"),
        ("mock --port 99999", "'--port' 的值无效：不能大于 65535"),
        ("run -q -v", "-q、-v 和 --json 不能同时使用（只给一个）"),
        ("report nowhere", "无法读取"),
        ("report . --format nothing", "--format 'nothing' 未知"),
        ("gate a b", "无法读取"),
        ("diff NoSuch.en", "没有 'NoSuch.en' 的契约"),
        ("derive nowhere.md", "无法读取"),
        ("contract Nothing.en", "没有契约"),
        ("coverage Nothing", "没有"),
        ("drivers check nothing-here", "不是程序"),
        ("mock --fault nothing", "没有故障"),
        ("cleanup nowhere --target nowhere.yaml", "无法读取"),
        ("selftest --jobs 0", "--jobs 0 不是大于 0 的数"),
        ("--lang fr run", "--lang 'fr' 未知（可选：en、zh）"),
        ("--workspace nowhere run", "nowhere: 不是工作区：没有 conformance.yaml（conformance init "),
    ],
)
def test_a_fault_is_told_in_chinese(
    conformance: Command, monkeypatch: pytest.MonkeyPatch, line: str, said: str
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    outcome = conformance(*shlex.split(line))
    assert outcome.status == 2
    assert said in outcome.err
    assert english_in(outcome.err) == []


def test_the_name_of_a_file_is_never_translated(
    conformance: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    (tmp_path / "cases").mkdir()
    assert conformance("run", "--target", "cases").err == "conformance: cases: 无法读取：是目录（检查路径）\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("endpoint: [\n", "不是有效的 YAML：此处缺少值"),
        ("endpoint: a: b\n", "不是有效的 YAML：此处不能有键值对"),
        ("endpoint: 'a\n", "不是有效的 YAML：引号没有闭合"),
        ("endpoint:\n  - a\n b: 1\n", "不是有效的 YAML：映射中缺少键"),
        ("endpoint: *a\n", "不是有效的 YAML：引用了未定义的别名"),
        ("endpoint: {a: 1\nb: ]\n", "不是有效的 YAML：映射中缺少“,”或“}”"),
    ],
)
def test_what_is_wrong_with_yaml_is_told_in_chinese(
    conformance: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, said: str
) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    (tmp_path / "t.yaml").write_text(text, encoding="utf-8")
    assert said in conformance("run", "--target", "t.yaml").err


def test_a_list_of_languages_goes_before_the_locale(conformance: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "fr:zh_CN:en")
    assert "Usage:" in conformance("states", "-h").out  # without a locale it counts for nothing
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert "用法：" in conformance("states", "-h").out


@pytest.mark.parametrize(
    "line",
    [
        "coverage CreateFlowLog",
        "states",
        "drivers",
        "diff CreateFlowLog",
        "run CreateFlowLog --plan",
        "run CreateFlowLog --plan --endpoint http://127.0.0.1:9",
        "init workspace",
    ],
)
def test_what_a_command_prints_is_chinese(conformance: Command, line: str) -> None:
    outcome = conformance(*shlex.split(line), "--lang", "zh")
    shown = [text for text in outcome.out.splitlines() if "错误信息：" not in text and "message" not in text]
    # Texts of documents are between the side and the line that they are from.
    assert english_in("\n".join(re.sub(r"(左侧|右侧)  .*", "", text) for text in shown)) == []
    assert outcome.err == ""


def test_reasons_notes_and_titles_are_chinese_for_people_and_english_for_programs(
    conformance: Command, tmp_path: Path
) -> None:
    found = Mismatch("response.body.Code", ("MissingParameter",), None, {"en": 150, "zh": 187})
    path = tmp_path / "report.json"
    with path.open("wb") as stream:
        write_json(
            report_of(
                [
                    result("CreateFlowLog/A/a", verdict="mismatch", mismatches=(found,), answered=None),
                    result("CreateFlowLog/A/b", verdict="not_run", reason="needs state a.b: add --states-url URL"),
                    result("CreateFlowLog/A/c", verdict="error", reason="no answer within 10 s"),
                ]
            ),
            stream,
        )
    shown = conformance("report", str(path), "--lang", "zh").out
    assert "需要状态 a.b：添加 --states-url URL" in shown
    assert "10 秒内没有响应" in shown
    assert english_in(shown.replace("A case", "")) == []
    page = conformance("report", str(path), "--format", "html", "--lang", "zh").out
    assert "no answer within 10 s" in page
    assert "10 秒内没有响应" in page
    for form in ("json", "junit", "ctrf", "sarif"):
        words = ("report", str(path), "--format", form)
        assert conformance(*words, "--lang", "zh").out == conformance(*words).out


def commands_in(page: str) -> list[str]:
    """Return the commands of a page, without what is said about them."""
    text = (REPOSITORY / page).read_text(encoding="utf-8")
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line.partition("  #")[0].strip() for block in blocks for line in block.splitlines()]


def test_both_readmes_have_the_same_commands() -> None:
    assert commands_in("README.zh-CN.md") == commands_in("README.md")
