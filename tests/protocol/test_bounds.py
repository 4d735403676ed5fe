"""Answers that hold much in few bytes: refused before anything is made of them, each byte looked at once."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.core.exchange import WireResponse
from conformance.protocol.answer import Answered, NotAnAnswerError, read_answer
from conformance.protocol.bounds import DEEPEST, MOST_VALUES

ALMOST = 4_000_000
SOON_S = 2.0


def answer(body: str) -> Answered:
    return read_answer(WireResponse(400, {}, body.encode()))


def refusal(body: str) -> str:
    with pytest.raises(NotAnAnswerError) as caught:
        answer(body)
    return str(caught.value)


@pytest.mark.parametrize(
    "unit",
    ["[],", "{},", '{"a":1},', "1,", '"",', '""', '"', "[", '{"a":', '"\\', '\\"', ",", '",', "a ", " "],
)
def test_json_of_much_is_refused_in_linear_time(unit: str) -> None:
    started = time.process_time()
    assert refusal('{"Code": [' + unit * (ALMOST // len(unit)))
    assert time.process_time() - started < SOON_S


@pytest.mark.parametrize(
    "unit", ["<a/>", '<a b="" c=""/>', "<a>", "<!---->", "<?a?>", "<![CDATA[]]>", "<a", "<", "=", "&lt;", "<a>x</a>"]
)
def test_xml_of_much_is_refused_in_linear_time(unit: str) -> None:
    started = time.process_time()
    assert refusal("<Error>" + unit * (ALMOST // len(unit)))
    assert time.process_time() - started < SOON_S


def test_attributes_of_one_element_are_bounded() -> None:
    attributes = "".join(f' a{number}=""' for number in range(MOST_VALUES + 1))
    assert "attributes of one element" in refusal(f"<Error{attributes}/>")


def test_a_name_of_many_elements_is_a_list_in_their_order() -> None:
    body = "".join(f"<a>{number}</a>" for number in range(MOST_VALUES - 1))
    assert answer(f"<Error>{body}</Error>").body == {"a": [str(number) for number in range(MOST_VALUES - 1)]}


def test_as_many_values_as_are_allowed_are_read() -> None:
    body = {"a": [{"n": "x"}] * (MOST_VALUES // 3)}
    assert answer(json.dumps(body)).body == body


@pytest.mark.parametrize("text", [",[{" * 100_000, '"' * 100_000, "\\" * 100_000, '\\",' * 50_000])
def test_what_is_in_a_text_is_not_counted(text: str) -> None:
    assert answer(json.dumps({"Message": text})).body == {"Message": text}


@given(st.integers(1, 200))
def test_json_and_xml_are_as_deep_as_each_other(depth: int) -> None:
    xml = "<a>" * (depth + 1) + "x" + "</a>" * (depth + 1)
    json_text = '{"a":' * depth + "1" + "}" * depth
    if depth < DEEPEST:
        assert answer(xml).body
        assert answer(json_text).body
    elif depth > DEEPEST:
        assert f"more than {DEEPEST} deep" in refusal(xml)
        assert f"more than {DEEPEST} deep" in refusal(json_text)


@pytest.mark.parametrize("number", ["1e400", "-1e999", "1" * 400 + ".0"])
def test_a_number_that_cannot_be_kept_is_no_answer(number: str) -> None:
    assert "neither JSON nor XML" in refusal(f'{{"a": {number}}}')
