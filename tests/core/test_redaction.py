"""What is recorded of an exchange: everything but secrets, in whatever form they come back."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profiles import NEW_EXAMPLES

from conformance.core.exchange import Credentials, Exchange, WireRequest, WireResponse
from conformance.core.redaction import Redactor
from conformance.judging.exchange_entries import MAX_TEXT, exchange_entry

if TYPE_CHECKING:
    from collections.abc import Callable


def _lower(text: str) -> str:
    return re.sub("%..", lambda match: match[0].lower(), quote(text, safe=""))


FORMS: dict[str, Callable[[str], str]] = {
    "plain": str,
    "percent": lambda text: quote(text, safe=""),
    "percent, slash kept": quote,
    "percent, small letters": _lower,
    "plus for space": quote_plus,
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "percent three times": lambda text: quote(quote(quote(text, safe=""), safe=""), safe=""),
    "JSON": lambda text: json.dumps(text)[1:-1],
    "JSON in UTF-8": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "JSON with slashes escaped": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "JSON wary of HTML": lambda text: "".join(f"\\u{ord(c):04x}" if c in "<>&='/" else c for c in text),
    "JSON in capitals": lambda text: "".join(f"\\u{ord(c):04X}" if c in "+=/" else c for c in text),
    "HTML": html.escape,
    "HTML by number": lambda text: "".join(c if c.isalnum() else f"&#{ord(c)};" for c in text),
    "HTML in hexadecimal": lambda text: "".join(c if c.isalnum() else f"&#x{ord(c):X};" for c in text),
    "percent in HTML": lambda text: html.escape(quote(text, safe="")),
}
secrets = st.lists(
    st.text("abcXYZ0123456789", min_size=1, max_size=12) | st.sampled_from("+/=&<>\"' ~-_.%\\"), min_size=1, max_size=8
).map("".join)


@pytest.mark.parametrize("form", FORMS)
@NEW_EXAMPLES
@given(secret=secrets)
def test_a_secret_is_found_in_any_form(form: str, secret: str) -> None:
    found = Redactor([secret]).text(f"«{FORMS[form](secret)}»")
    assert "***" in found
    # What is left, if anything, is the rest of an escaped character, and nothing of the secret.
    assert not any(run in found for run in re.findall("[0-9A-Za-z]{4,}", secret))


wordy = secrets.filter(lambda secret: re.search("[0-9A-Za-z]", secret))


@NEW_EXAMPLES
@given(st.text("«»流 ", max_size=50), wordy, st.text("«»流 ", max_size=50))
def test_text_around_the_secret_stays(before: str, secret: str, after: str) -> None:
    assert Redactor([secret]).text(before + secret + after) == f"{before}***{after}"
    assert Redactor([secret]).text(before + after) == before + after


def test_a_secret_within_another_leaves_no_rest_of_it() -> None:
    assert Redactor(["LTAIabcdef", "LTAIabcdef-token"]).text("LTAIabcdef-token") == "***"


def test_values_are_cleaned_to_the_bottom() -> None:
    value = {"a": ["x secret1 y", {"secret1": 1, "n": None}], "b": True}
    assert Redactor(["secret1"]).value(value) == {"a": ["x *** y", {"***": 1, "n": None}], "b": True}


def test_bytes_that_are_no_text_stay() -> None:
    response = WireResponse(302, {"location": "http://h/secret1"}, b"\xff secret1 \xfe")
    assert Redactor(["secret1"]).response(response) == WireResponse(302, {"location": "http://h/***"}, b"\xff *** \xfe")


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


def test_the_id_of_an_account_made_up_for_one_case_may_stand() -> None:
    recorded = record(exchange(), Credentials("LTAIid", "the-secret"))
    assert recorded["request"]["body"] == "AccessKeyId=LTAIid&Signature=***"


def test_no_answer_is_null_and_a_long_one_is_cut_after_its_secrets_are_gone() -> None:
    assert record(exchange(response=None), REAL)["response"] is None
    body = b"x" * (MAX_TEXT - 5) + b"the-secret" + b"y" * 100
    recorded = record(exchange(response=WireResponse(200, {}, body)), REAL)["response"]["body"]
    assert recorded == "x" * (MAX_TEXT - 5) + "***" + "yy" + f"… ({len(body) - 7} characters)"


def test_an_account_is_never_shown_in_full() -> None:
    assert "the-secret" not in repr(REAL)
    assert "t/k" not in repr(REAL)
