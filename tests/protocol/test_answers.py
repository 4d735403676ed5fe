"""Reading answers: whatever the bytes, an answer or a reason why it is none."""

from __future__ import annotations

import json
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from profiles import NEW_EXAMPLES

from conformance.core.exchange import WireResponse
from conformance.protocol.answer import Answered, NotAnAnswerError, read_answer

texts = st.text(st.characters(codec="utf-8"), max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


def answer(body: bytes, status: int = 200, **headers: str) -> Answered:
    return read_answer(WireResponse(status, {name.replace("_", "-"): value for name, value in headers.items()}, body))


@NEW_EXAMPLES
@given(st.binary(max_size=200), st.integers(100, 999), texts)
@example(b"\xef\xbb\xbf{}", 200, "application/json")
@example(b"<", 200, "")
@example(b'{"a": 1e999}', 200, "")
def test_any_bytes_are_an_answer_or_a_reason(body: bytes, status: int, media_type: str) -> None:
    read, reason = None, ""
    try:
        read = answer(body, status, content_type=media_type)
    except NotAnAnswerError as fault:
        reason = str(fault)
    assert 0 < len(reason) < 300 or read is not None
    if read is not None:
        assert read.status == status
        assert isinstance(read.body, dict)
        json.dumps(read.body, ensure_ascii=False).encode()


@NEW_EXAMPLES
@given(st.dictionaries(texts, json_values, max_size=5))
def test_json_comes_back_as_it_went(body: dict[str, Any]) -> None:
    for ascii_only in (True, False):
        read = answer(json.dumps(body, ensure_ascii=ascii_only).encode(), content_type="application/json; charset=x")
        assert (read.format, read.body, read.media_type) == ("JSON", body, "application/json")


names = st.from_regex(r"[A-Z][A-Za-z]{0,7}", fullmatch=True)
xml_texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=20)


@NEW_EXAMPLES
@given(st.dictionaries(names, xml_texts | st.lists(xml_texts, min_size=2, max_size=3), max_size=5))
def test_xml_comes_back_as_text_and_lists(fields: dict[str, Any]) -> None:
    root = Element("CreateFlowLogResponse")
    for name, value in fields.items():
        for text in value if isinstance(value, list) else [value]:
            SubElement(root, name).text = text
    read = answer(tostring(root, encoding="utf-8"), content_type="text/xml")
    assert (read.format, read.root) == ("XML", "CreateFlowLogResponse")
    assert read.body == fields


@pytest.mark.parametrize(
    ("body", "headers", "says"),
    [
        (b"", {}, "an empty body with status 200"),
        (b"[]", {}, "JSON that is no object with status 200: []"),
        (b'"text"', {}, "JSON that is no object"),
        (b'{"a":1', {}, 'JSON that breaks off with status 200: {"a":1'),
        (b'{"a":"b', {}, "JSON that breaks off"),
        (b'{"a":"b\n", 1}', {}, "neither JSON nor XML"),
        (b"tru", {}, "neither JSON nor XML"),
        (b"{'a':1}", {}, "neither JSON nor XML"),
        (b'{"a":1} {"a":1}', {}, "neither JSON nor XML"),
        (b'{"a":NaN}', {}, "neither JSON nor XML"),
        (b'{"a":1,"a":1}', {}, "JSON that has the name 'a' twice"),
        (b'{"b":{"a":1,"a":2}}', {}, "JSON that has the name 'a' twice"),
        (b"<html>", {}, "an HTML page with status 200: <html>"),
        (b"\n<!DOCTYPE HTML><title>x", {}, "an HTML page"),
        (b"<p>text", {"content_type": "text/html; charset=utf-8"}, "an HTML page"),
        (b"<a>", {}, "XML that does not parse"),
        (b"\xff", {}, "bytes that are not UTF-8"),
        (b'{"a":"\\ud800"}', {}, "half a surrogate pair"),
    ],
)
def test_what_is_no_answer_is_named(body: bytes, headers: dict[str, str], says: str) -> None:
    with pytest.raises(NotAnAnswerError) as raised:
        answer(body, 200, **headers)
    assert says in str(raised.value)


@pytest.mark.parametrize("status", [300, 301, 302, 304, 307, 308])
def test_a_redirect_is_no_answer_whatever_its_body(status: int) -> None:
    with pytest.raises(NotAnAnswerError, match=rf"a redirect to http://elsewhere \({status}\)"):
        answer(b"{}", status, location="http://elsewhere")


@pytest.mark.parametrize("body", [b"\xef\xbb\xbf{}", b" \r\n\t{}", b"{}\n"])
def test_marks_and_space_around_json_do_no_harm(body: bytes) -> None:
    assert answer(body).body == {}


def test_a_pair_of_surrogate_escapes_is_one_character() -> None:
    assert answer(b'{"a":"\\ud83d\\ude00"}').body == {"a": "\U0001f600"}


@pytest.mark.parametrize("status", [100, 200, 299, 400, 404, 500, 599])
def test_any_other_status_may_come_with_an_answer(status: int) -> None:
    assert answer(b"{}", status, location="http://elsewhere").status == status


def test_the_body_decides_what_it_is_not_the_type() -> None:
    assert answer(b"{}", content_type="text/xml").format == "JSON"
    assert answer(b"<Error/>", content_type="application/json").format == "XML"


def test_code_is_whatever_the_field_holds() -> None:
    assert answer(b'{"Code": [1]}').code == [1]
    assert answer(b"{}").code is None
