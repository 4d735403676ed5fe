from __future__ import annotations

import pytest

from conformance.contract.languages import LANGUAGES, REGISTRY, entry_of
from conformance.extraction.intake import language_of
from conformance.extraction.phrases.registry import LEXICONS


def test_every_language_of_the_registry_has_phrases() -> None:
    assert tuple(LEXICONS) == LANGUAGES


def test_only_one_language_is_in_latin_letters() -> None:
    assert [entry.code for entry in REGISTRY if entry.script is None] == ["en"]
    assert (entry_of("en").count("羊 and wool"), entry_of("zh").count("羊 and wool")) == (0, 1)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("## Request parameters\n羊羊羊羊羊羊羊羊\n## 返回参数\n## Error codes", "en"),
        ("## 请求参数\nwool, wool and more wool\n## Response parameters", "zh"),
        ("Wool of one 羊, and of many more sheep than that", "en"),
        ("wool: 羊", "zh"),
        ("", "en"),
    ],
)
def test_the_language_is_that_of_the_headings_else_of_the_text(text: str, language: str) -> None:
    assert language_of(text) == language
