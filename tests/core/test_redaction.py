"""Redaction: a secret is found in whatever form it comes back."""

from __future__ import annotations

import html
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from profiles import NEW_EXAMPLES

from conformance.core.exchange import Credentials, WireResponse
from conformance.core.redaction import Redactor

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


def test_an_account_is_never_shown_in_full() -> None:
    real = Credentials("LTAIid", "the-secret", "t/k", generated=False)
    assert "the-secret" not in repr(real)
    assert "t/k" not in repr(real)


def test_two_redactors_remove_the_secrets_of_both() -> None:
    both = Redactor(["secret1", ""]) | Redactor(["secret2"])
    assert both.secrets == {"secret1", "secret2"}
    assert both.text("secret1 secret2 secret") == "*** *** secret"
