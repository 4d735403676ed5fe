"""The sentence of a finished English text is found again, with what stood in its places."""

from __future__ import annotations

import re
import time
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from conformance.core.sentences.recognition import in_reader_language, recognised
from conformance.core.sentences.sentence import known_texts, speak
from conformance.core.sentences.widths import columns, padded, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    speak("zh")
    yield
    speak("")


def places(template: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(template) if name is not None]


def letters(template: str) -> int:
    return sum(map(len, re.findall(r"[A-Za-z]{2,}", re.sub(r"\{\w+\}", "", template))))


def test_every_template_is_recognised_in_a_text_that_was_made_of_it() -> None:
    templates = [text for text in known_texts() if places(text) and letters(text) > 3]
    made = [text.format(**dict.fromkeys(places(text), "7")) for text in templates]
    assert len(made) > 500
    assert [text for text in made if recognised(text) is None] == []


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        # A hint in brackets, with its place in a file before the message.
        ("a.yaml:3:5: lacks the field 'expect' (say what the answer must be, or give steps)",
         "a.yaml:3:5: 缺少字段 'expect'（写明期望的响应，或给出 steps）"),
        # A reason with a way out, a list of names, several sentences.
        ("needs state a.b, c.d: add --states-url URL", "需要状态 a.b、c.d：添加 --states-url URL"),
        ("give --product and --api-version", "给出 --product 和 --api-version"),
        ("182 notes", "182 条提示"),
        # A list of what is counted, and a comparison of two folders.
        ("3 operations compared, 0 on one side only: 4 errors, 1 warning, 2 notes.",
         "已比较 3 个操作，0 只在一侧：4 个错误，1 个警告，2 条提示。"),
        # A title of a case with a condition.
        ("Name has 129, one more than it may have, when Kind is a and Size is 2 or 3",
         "Kind 为 a 和 Size 为 2 或 3 时，Name 有 129，比最大值多 1"),
        # Rows of a table keep their columns.
        ("      left  true  (line 52)", "      左侧  true  （第 52 行）"),
        ("  Name.required  (line 119)", "  Name.required  （第 119 行）"),
        # A label before a text of somebody else, and a quoted value of several words.
        ("message: The instance is not in a state that is valid for this action.",
         "错误信息：The instance is not in a state that is valid for this action."),
        ('body.Message is "It lacks a value." now', 'body.Message 现在为 "It lacks a value."'),
        ("A.required, B.required, C|D.alternatives is broken, answered success",
         "违反 A.required、B.required、C|D.alternatives，响应成功"),
        ("left out: documents of no operation in RPC style: 135", "略去：不属于 RPC 风格操作的文档：135"),
        ("X: the page does not say which version of sts it is of (give --api-version)",
         "X：页面没有写明所属的 sts 版本（给出 --api-version）"),
        ("is there already, and 3 more", "已经存在，另有 3 个"),
        ("1 of 1 faults caught (at least 90% is right)", "1 个故障中发现 1 个（至少应为 90%）"),
        ("is not JSON: Expecting value: line 1 column 2 (char 1)", "不是 JSON：第 1 行第 2 列（字符 1）缺少值"),
        ("Name: left says [a, b]", "Name：左侧为 [a, b]"),
        ("known: a, b and 6 more", "已知：a、b，另有 6 项"),
        ("      left  not stated", "      左侧  未说明"),
        ("| Size | not stated | 5 (line 3) |", "| Size | 未说明 | 5（第 3 行） |"),
        # What a driver did, with what it wrote instead of an answer.
        ("mine wrote a line that nobody asked for when asked to start; it wrote 'x y'",
         "mine 在要求 start 时写出了没有请求的一行；它写出 'x y'"),
        ("the driver wrote a line that is no JSON when asked to call; it wrote 'x'",
         "该驱动在要求 call 时写出的一行不是 JSON；它写出 'x'"),
        ("the driver ended with status 3 when asked to start", "该驱动在要求 start 时以退出码 3 结束"),
        ("mine ended with status 1 when asked to call, and says E: it is broken\nits standard error ends:\nE",
         "mine 在要求 call 时以退出码 1 结束，并报告 E: it is broken\n其标准错误的结尾：\nE"),
        ("the request id is 'R', and should be 'S' or None", "请求 id 为 'R'，应为 'S' 或 None"),
        # Braces that are written twice are one each.
        ("${step.Id} is not defined", "${step.Id} 没有定义"),
    ],
)  # fmt: skip
def test_a_text_is_said_in_the_language_of_the_reader(english: str, chinese: str) -> None:
    assert in_reader_language(english) == chinese


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Nothing of this kind was ever written here.",
        # What a server says goes on like a template, and is none.
        "Whatever the server likes to say here is not allowed",
        "A case",
        "InvalidParameter.NotFound",
        '{"Message": "x is missing"}',
    ],
)
def test_what_is_no_text_of_the_suite_stays_as_it_is(text: str) -> None:
    assert in_reader_language(text) == text


def test_english_is_left_alone() -> None:
    speak("en")
    assert in_reader_language("no case breaks it") == "no case breaks it"


def test_a_value_is_never_lost() -> None:
    said = in_reader_language("no contract has the fact 'Size.maximum'")
    assert said == "没有契约包含事实 'Size.maximum'"


def test_a_hostile_text_costs_little() -> None:
    began = time.process_time()
    for text in ("a: (" * 900, "is; " * 900, "x and " * 600 + "y", "(((" * 1000 + ")" * 900, ", when a is b" * 300):
        in_reader_language(text)
    assert time.process_time() - began < 2


# Widths.


def test_a_chinese_character_takes_two_columns() -> None:
    assert [columns(text) for text in ("ab", "用例", "用例 a", "（）")] == [2, 4, 6, 4]
    assert columns(padded("用例", 6)) == 6


@pytest.mark.parametrize("width", [12, 20, 33, 60])
def test_no_line_is_wider_than_asked_and_none_begins_with_what_closes(width: int) -> None:
    text = "退出码：0 一致；1 有不符；2 用法或文件有误；3 没有可以判定的响应（见 --help）；4 测试工具自身出错。"
    lines = wrapped(text, width, "  ", "    ")
    assert max(map(columns, lines)) <= width + 2  # what closes stays with the character before it
    assert all(line.strip()[0] not in "，。；：）" for line in lines)
    assert "".join(line.strip() for line in lines).replace(" ", "") == text.replace(" ", "")


def test_english_is_wrapped_between_words() -> None:
    assert wrapped("one two three four", 9, "- ", "  ") == ["- one two", "  three", "  four"]
