"""What a report has of an exchange: everything but secrets."""

from __future__ import annotations

import time
from typing import Any

import pytest

from conformance.core.exchange import Credentials, Exchange, WireRequest, WireResponse
from conformance.core.redaction import Redactor
from conformance.judging.exchange_entries import MAX_TEXT, clean, clean_value, exchange_entry


def exchange(**changed: object) -> Exchange:
    request = WireRequest(
        "POST",
        "http://h/?Action=X&SecurityToken=t%2Fk&Signature=sig%2Bnature%3D",
        (("Authorization", "ACS3-HMAC-SHA256 Credential=LTAIid,SignedHeaders=host,Signature=abc123def"),),
        b"AccessKeyId=LTAIid&Signature=in%2Fform",
    )
    fields = {
        "operation": "X",
        "params": {"A": "the-secret"},
        "request": request,
        "response": WireResponse(400, {"x-echo": "t/k"}, b"the-secret sig+nature= in/form abc123def LTAIid"),
        "failure": None,
        "elapsed_ms": 1.23456,
    }
    return Exchange(**(fields | changed))  # type: ignore[arg-type]  # one value for each field


def record(recorded: Exchange, credentials: Credentials) -> Any:
    return exchange_entry(recorded, Redactor.of(credentials, recorded))


REAL = Credentials("LTAIid", "the-secret", "t/k", generated=False)


def test_an_exchange_is_recorded_without_its_secrets() -> None:
    assert Redactor.of(REAL, exchange()).secrets == {
        "the-secret",
        "t/k",
        "LTAIid",
        "sig+nature=",
        "abc123def",
        "in/form",
    }
    recorded = record(exchange(failure="no answer to the-secret"), REAL)
    assert recorded["request"] == {
        "operation": "X",
        "params": {"A": "***"},
        "method": "POST",
        "url": "http://h/?Action=X&SecurityToken=***&Signature=***",
        "headers": {"Authorization": "ACS3-HMAC-SHA256 Credential=***,SignedHeaders=host,Signature=***"},
        "body": "AccessKeyId=***&Signature=***",
    }
    assert recorded["response"] == {"status": 400, "headers": {"x-echo": "***"}, "body": "*** *** *** *** ***"}
    assert recorded["failure"] == "no answer to ***"
    assert recorded["elapsed_ms"] == 1.235


def test_a_secret_that_is_split_over_headers_is_removed_from_each() -> None:
    parts = ["yPv3Zq", "8wXn2a", "Bc7dEf", "GhIjKl", "MnOpQr"]
    headers = {f"x-{number}": part for number, part in enumerate(parts)}
    account = Credentials("LTAIid", "".join(parts), generated=False)
    recorded = record(exchange(response=WireResponse(400, headers, b"")), account)
    assert set(recorded["response"]["headers"].values()) == {"***"}


def test_the_id_of_an_account_made_up_for_one_case_may_stand() -> None:
    recorded = record(exchange(), Credentials("LTAIid", "the-secret"))
    assert recorded["request"]["body"] == "AccessKeyId=LTAIid&Signature=***"


def test_no_answer_is_null_and_a_long_one_is_cut_after_its_secrets_are_gone() -> None:
    assert record(exchange(response=None), REAL)["response"] is None
    body = b"x" * (MAX_TEXT - 5) + b"the-secret" + b"y" * 100
    recorded = record(exchange(response=WireResponse(200, {}, body)), REAL)["response"]["body"]
    assert recorded == "x" * (MAX_TEXT - 5) + "***" + "yy" + f"… ({len(body) - 7} characters)"


@pytest.mark.parametrize(
    "unit", ["x", "%25", "QUFB", "&#65;", "\\", "\\u0041", "the-secret ", "a=", "Signature=", "<a "]
)
def test_a_very_long_text_costs_no_more_than_a_long_one(unit: str) -> None:
    redactor = Redactor(["the-secret", "0123456789abcdefABCDEF0123"])
    text = unit * (4_000_000 // len(unit))
    started = time.process_time()
    shown = clean(text, redactor)
    assert time.process_time() - started < 1
    assert len(shown) < MAX_TEXT + 100
    assert shown.endswith(f"… ({len(text)} characters)")
    assert "the-secret" not in shown


@pytest.mark.parametrize("before", [MAX_TEXT + 4096 - 5, MAX_TEXT - 5, MAX_TEXT + 10])
@pytest.mark.parametrize("many", [0, 1500])
def test_half_a_secret_is_never_shown_where_a_long_text_is_cut(before: int, many: int) -> None:
    text = "the-secret" * many + "x" * (before - 10 * many) + "the-secret" + "y" * 100_000
    shown = clean(text, Redactor(["the-secret"]))
    assert "the-s" not in shown


def test_a_long_list_is_the_beginning_of_its_text() -> None:
    redactor = Redactor(["the-secret"])
    value = ["the-secret"] + ["x" * 100] * 1000
    shown = clean_value(value, redactor)
    assert isinstance(shown, str)
    assert shown.startswith('["***", "xxx')
    assert len(shown) < MAX_TEXT + 100
    assert clean_value(["the-secret", 1, None], redactor) == ["***", 1, None]
