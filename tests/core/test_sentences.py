"""Sentences in other languages: none is missing, and none loses a value."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conformance.contract.languages import LANGUAGES, language_of
from conformance.core.cache import NO_CACHE, Cache
from conformance.core.sentences.sentence import Sentence, counted_sentence, keep_in, made_once, sentence

REPOSITORY = Path(__file__).resolve().parents[2]


def test_no_sentence_of_the_package_lacks_a_translation() -> None:
    checked = subprocess.run(
        [sys.executable, REPOSITORY / "tools" / "catalogues.py", "--check"], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_a_sentence_is_said_in_each_language_with_its_values() -> None:
    said = sentence("line {line}", line=7)
    assert said.in_language("en") == "line 7"
    assert said.in_language("zh") == "第 7 行"


def test_a_number_decides_between_two_sentences() -> None:
    one, many = (counted_sentence("{count} request", "{count} requests", count) for count in (1, 2))
    assert (one.in_language("en"), many.in_language("en")) == ("1 request", "2 requests")
    assert (one.in_language("zh"), many.in_language("zh")) == ("1 个请求", "2 个请求")


def test_a_value_that_is_a_sentence_is_in_the_same_language() -> None:
    said = sentence("the {language} document", language=sentence("Chinese"))
    assert said.in_language("en") == "the Chinese document"
    assert said.in_language("zh") == "中文文档"


def test_what_a_catalogue_lacks_stays_english() -> None:
    assert [Sentence("no such sentence").in_language(language) for language in LANGUAGES] == ["no such sentence"] * 2


def test_braces_of_a_value_are_no_places() -> None:
    assert sentence("known to fail: {reason}", reason="{x} {0}").in_language("zh") == "已知失败：{x} {0}"


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("zh", "zh"),
        ("zh-CN", "zh"),
        ("zh_CN.UTF-8", "zh"),
        ("ZH-Hans", "zh"),
        ("en_US.UTF-8", "en"),
        ("C", None),
        ("", None),
    ],
)
def test_a_tag_or_a_locale_names_a_language(tag: str, language: str | None) -> None:
    assert language_of(tag) == language


def test_what_is_made_of_files_is_made_again_only_when_they_change(tmp_path: Path) -> None:
    source = tmp_path / "source"
    made = []

    def make() -> dict[str, list[str]]:
        made.append(source.read_text(encoding="utf-8"))
        return {"a": [made[-1]]}

    keep_in(Cache(tmp_path / "kept"))
    try:
        for text in ("one", "one", "other"):
            source.write_text(text, encoding="utf-8")
            assert made_once("words", [source], make) == {"a": [text]}
        assert made == ["one", "other"]
    finally:
        keep_in(NO_CACHE)
    assert made_once("words", [source], make) == {"a": ["other"]}
    assert len(made) == 3
