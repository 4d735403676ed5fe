"""Which formats of the answer a page shows, each with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.contract.model import AnswerFormat, Fact, Parameter, State
from conformance.extraction.facts.answers.answer_formats import answer_formats
from conformance.extraction.page import Text
from conformance.extraction.read import read_document

if TYPE_CHECKING:
    from pathlib import Path


def shown(*lines: str, parameters: tuple[Parameter, ...] = ()) -> list[tuple[str, int]]:
    prose = [Text(number, line) for number, line in enumerate(lines, start=1)]
    return [(each.format, each.line) for each in answer_formats("\n".join(lines), prose, parameters)]


@pytest.mark.parametrize(
    ("name", "formats"),
    [
        ("CreateFlowLog.en.txt", (AnswerFormat("XML", 119), AnswerFormat("JSON", 124))),
        ("CreateFlowLog.zh.txt", (AnswerFormat("JSON", 153),)),
    ],
)
def test_the_two_documents(documents: Path, name: str, formats: tuple[AnswerFormat, ...]) -> None:
    assert read_document((documents / name).read_bytes(), name).formats == formats


@pytest.mark.parametrize("heading", ["XML format", "**XML 格式**", "`XML` `format`", "XML格式", "### XML Format:"])
def test_a_heading_shows_a_format(heading: str) -> None:
    assert shown("Sample success responses", "", heading) == [("XML", 3)]


def test_a_sample_shows_a_format_without_a_heading() -> None:
    assert shown("<FlockResponse>", '  "RequestId": "1"') == [("XML", 1), ("JSON", 2)]
    assert shown('&lt;?xml version="1.0"?&gt;') == [("XML", 1)]


def test_a_heading_is_cited_before_its_sample() -> None:
    assert shown('"RequestId": "1"', "JSON format", "JSON format") == [("JSON", 2)]


def test_a_sample_of_a_request_shows_no_format_of_the_answer() -> None:
    assert shown("Sample requests", "XML format", "Sample responses", "JSON format") == [("JSON", 4)]
    assert shown("请求示例", "XML 格式", "正常返回示例", "JSON 格式") == [("JSON", 4)]


def test_words_about_formats_show_none() -> None:
    assert shown("The policy is in JSON format.", "XML", "XML format of a policy") == []


def test_a_parameter_that_lists_formats_shows_them() -> None:
    facts = {"enum": Fact(State.STATED, ("JSON", "xml", "other"), 7)}
    assert shown(parameters=(Parameter("Format", 6, facts),)) == [("JSON", 7), ("XML", 7)]
    assert shown(parameters=(Parameter("Shape", 6, facts),)) == []
