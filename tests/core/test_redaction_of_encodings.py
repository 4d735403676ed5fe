"""Redaction of secrets that a hostile server encoded, split or hid in larger texts; and of texts without secrets."""

from __future__ import annotations

import base64
import codecs
import html
import json
import quopri
import random
import re
import string
import sys
import time
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from each import about
from hypothesis import example, given
from hypothesis import strategies as st
from profiles import NEW_EXAMPLES

from conformance.cases.model import Transport
from conformance.core.exchange import Credentials, Exchange, WireRequest
from conformance.core.redaction import RECENT, RecentSignatures, Redactor, RunSecrets, known_secrets, remember
from conformance.core.redaction import redactor as redactor_module
from conformance.protocol.request import build_request

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from _typeshed import TraceFunction

    from conformance.protocol.signing import Signature

_PACKAGE = str(Path(redactor_module.__file__).parent)
_ALNUM = string.ascii_letters + string.digits


def _hex(text: str, separator: str = "") -> str:
    return separator.join(f"{octet:02x}" for octet in text.encode())


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


ENCODINGS: dict[str, Callable[[str], str]] = {
    "as it is": str,
    "capitals": str.upper,
    "small letters": str.lower,
    "percent": lambda text: quote(text, safe=""),
    "percent, all": lambda text: "".join(f"%{octet:02X}" for octet in text.encode()),
    "percent, some": lambda text: "".join(f"%{ord(c):02x}" if i % 3 else c for i, c in enumerate(text)),
    "percent twice": lambda text: quote(quote(text, safe=""), safe=""),
    "percent u": lambda text: "".join(f"%u{ord(c):04x}" for c in text),
    "base64": _base64,
    "base64 of more": lambda text: _base64(f'{{"a": "{text}"}}'),
    "base64, one before": lambda text: _base64(f"x{text}yz"),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base64 in lines": lambda text: base64.encodebytes(text.encode() * 3).decode(),
    "base64 after a word": lambda text: f"token{_base64(text)}",
    "hex": _hex,
    "hex in capitals": lambda text: _hex(text).upper(),
    "hex with colons": lambda text: _hex(text, ":"),
    "hex with spaces": lambda text: _hex(text, " "),
    "hex, backslash x": lambda text: "\\x" + _hex(text, "\\x"),
    "hex, 0x": lambda text: "0x" + _hex(text, ", 0x"),
    "hex after a digit": lambda text: f"7{_hex(text)}",
    "HTML": html.escape,
    "HTML, decimal": lambda text: "".join(f"&#{ord(c)};" for c in text),
    "HTML, hexadecimal": lambda text: "".join(f"&#x{ord(c):x};" for c in text),
    "u escapes": lambda text: "".join(f"\\u{ord(c):04x}" for c in text),
    "u escapes, some": lambda text: "".join(f"\\u{ord(c):04X}" if i % 2 else c for i, c in enumerate(text)),
    "JSON": json.dumps,
    "split by spaces": " ".join,
    "split by lines": lambda text: "\r\n".join(text[i : i + 5] for i in range(0, len(text), 5)),
    "split by zero width": "\u200b".join,
    "split by dots": ".".join,
    "split into an array": lambda text: json.dumps([text[i : i + 4] for i in range(0, len(text), 4)]),
    "split over fields": lambda text: json.dumps({f"Field{i}": text[i : i + 4] for i in range(0, len(text), 4)}),
    "split over elements": lambda text: "".join(f"<F{i}>{text[i : i + 3]}</F{i}>" for i in range(0, len(text), 3)),
    "reversed": lambda text: text[::-1],
    "quoted-printable": lambda text: quopri.encodestring((text + "é=").encode()).decode(),
    "quoted-printable, all": lambda text: "".join(f"={octet:02X}" for octet in text.encode()),
    "decimal numbers": lambda text: json.dumps(list(text.encode())),
    "octal": lambda text: "".join(f"\\{ord(c):03o}" for c in text),
    "rotated by 13": lambda text: codecs.encode(text, "rot13"),
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "UTF-16": lambda text: text.encode("utf-16-le").decode("latin-1"),
    "base64 of UTF-16": lambda text: base64.b64encode(text.encode("utf-16-le")).decode(),
}
SPLIT: dict[str, Callable[[str], str]] = {
    "split by empty elements": "<br/>".join,
    "split by comments": "<!-- or -->".join,
    "split by CDATA": lambda text: "".join(f"<![CDATA[{text[i : i + 4]}]]>" for i in range(0, len(text), 4)),
    "split by named spaces": "&nbsp;".join,
    "split by soft hyphens": "&#173;".join,
    "split over parameters": lambda text: "&".join(f"p{i}={text[i : i + 5]}" for i in range(0, len(text), 5)),
    "split over lines with names": lambda text: "\n".join(f"f{i}: {text[i : i + 5]}" for i in range(0, len(text), 5)),
    "split over a numbered list": lambda text: "\n".join(f"{i}. {text[i : i + 5]}" for i in range(0, len(text), 5)),
    "split over attributes": lambda text: "".join(f'<c v="{c}"/>' for c in text),
    "split over numbered objects": lambda text: json.dumps([{"i": i, "c": c} for i, c in enumerate(text)]),
    "base64 in elements": lambda text: "</i><i>".join(
        _base64(text)[i : i + 4] for i in range(0, len(text) * 4 // 3, 4)
    ),
    "base64 over parameters": lambda text: "&".join(f"p{i}={_base64(text)[i : i + 8]}" for i in range(0, 40, 8)),
    "hex in elements": lambda text: "<br>".join(_hex(text)[i : i + 4] for i in range(0, 2 * len(text), 4)),
    "U escapes, long": lambda text: "".join(f"\\U{ord(c):08x}" for c in text),
}
"""By name: forms in which something is lost that another form needs."""
_REVERSIBLE = [name for name in ENCODINGS if name not in {"reversed", "rotated by 13", "base32"}]
_SPLITS = [name for name in _REVERSIBLE if name.startswith("split")]
_CANNOT_BE_DECODED = {
    # Something of the first encoding is lost in the second.
    *product(["hex, 0x", "split over fields", "decimal numbers"], [*_SPLITS, "UTF-16", "base64 of UTF-16"]),
    *product(["u escapes, some", "base64", "base64 of UTF-16"], ["capitals", "small letters"]),
    *product(["u escapes, some", "octal"], ["u escapes, some"]),
    *product(["HTML, decimal", "HTML, hexadecimal", "decimal numbers"], ["UTF-16"]),
    *product(["percent, some", "octal", "split by zero width"], ["percent, some", "octal", "split by zero width"]),
    *product(["split over fields"], ["JSON"]),
    *product(["split over elements", "split by zero width"], ["split by zero width", "split by spaces"]),
    *product(["split by zero width", "UTF-16"], ["base64 of UTF-16", "base64 in lines"]),
    *product(["UTF-16"], ["HTML, decimal", "HTML, hexadecimal", "decimal numbers", "percent u"]),
}
canaries = st.integers(0, 2**32).map(lambda seed: "".join(random.Random(seed).choices(_ALNUM, k=30)))  # noqa: S311


def _shown(seed: str, size: int = 30) -> str:
    return "".join(random.Random(seed).choices(_ALNUM, k=size))  # noqa: S311


def _without_known(text: str) -> str:
    return re.sub(r"\*\*\*", "", text)


@pytest.mark.parametrize("name", ENCODINGS)
@NEW_EXAMPLES
@given(canary=canaries, around=st.sampled_from(["", "The secret is ", "流«", "a1B2 "]))
def test_nothing_is_left_of_an_encoded_secret(name: str, canary: str, around: str) -> None:
    _check_that_little_is_left(canary, ENCODINGS[name](canary), around)


@pytest.mark.parametrize("name", SPLIT)
def test_nothing_is_left_of_a_secret_that_is_split(name: str) -> None:
    for number, around in enumerate(["", "The secret is ", "a1B2 "]):
        canary = _shown(f"split {number}")
        _check_that_little_is_left(canary, SPLIT[name](canary), around)


def _check_that_little_is_left(canary: str, written: str, around: str) -> None:
    found = Redactor([canary]).text(f"{around}{written}{around}")
    assert "***" in found
    left = len(re.sub(r"[^0-9A-Za-z]", "", _without_known(found)))
    allowed = len(re.sub(r"[^0-9A-Za-z]", "", around)) * 2 + max(16, len(written) // 3)
    assert left <= allowed, found


@given(canaries, st.sampled_from(_REVERSIBLE), st.sampled_from(_REVERSIBLE))
@example("yuoYi2F2azV8XTw7rEMtjAsnyXTsWm", "base64", "base64")
@example("yuoYi2F2azV8XTw7rEMtjAsnyXTsWm", "hex", "base64")
def test_nothing_is_left_of_a_secret_that_was_encoded_twice(canary: str, first: str, second: str) -> None:
    redacted = Redactor([canary]).text(ENCODINGS[second](ENCODINGS[first](canary)))
    assert "***" in redacted or (first, second) in _CANNOT_BE_DECODED
    assert canary not in redacted


@NEW_EXAMPLES
@given(st.text(max_size=300))
@example("InvalidVpcId.NotFound conformance generated a secret; CreateThing 123e4567-e89b-12d3-a456-426614174000")
@example("=41=42%41%2541\\u0041&amp;&lt;QUFBQUFBQUFBQUFBQUFB 4141414141414141")
def test_a_text_without_a_secret_stays(text: str) -> None:
    assert Redactor([_shown("s"), _shown("t", 200), "conformance-generated-secret"]).text(text) == text


@pytest.mark.parametrize("name", ["base64", "hex", "base64 of UTF-16"])
@pytest.mark.parametrize("inner", [str, ENCODINGS["u escapes"], SPLIT["split by empty elements"]])
def test_a_secret_that_is_there_three_times_is_removed_three_times(name: str, inner: Callable[[str], str]) -> None:
    secret = _shown("thrice")
    written = ENCODINGS[name](inner(secret))
    for between in (" ", "</p> <b>x</b> <p>", ", a word, "):
        found = Redactor([secret]).text(between.join([written] * 3))
        assert found.count("***") >= 3
        assert len(found) < 2 * len(between) + 60


def test_words_of_a_secret_made_of_words_stay() -> None:
    text = "conformance: the generated resource has a secret; conformance-generated"
    assert Redactor(["conformance-generated-secret"]).text(text) == text


def test_the_beginning_of_a_secret_is_no_secret() -> None:
    assert Redactor(["LTAI5tQ8rMf3vXk9ZwBn2Jc7"]).text("ids begin with LTAI5tQ8") == "ids begin with LTAI5tQ8"


@pytest.mark.parametrize("name", ["capitals", "base64", "base64, one before", "hex", "u escapes", "HTML, decimal"])
@pytest.mark.parametrize("secret", ["canary-secret", "SecretCanary42", "correct-horse-battery-staple"])
def test_a_secret_made_of_words_is_found_too(secret: str, name: str) -> None:
    assert "***" in Redactor([secret]).text(ENCODINGS[name](secret))


def test_half_of_a_secret_is_removed() -> None:
    secret = _shown("half")
    assert Redactor([secret]).text(f"first {secret[:15]}, second {secret[15:]}.") == "first ***, second ***."


def test_a_secret_split_over_the_texts_of_a_value_is_removed_from_each() -> None:
    secret = _shown("split")
    value = {"a": secret[:6], "n": 1, "b": [secret[6:12], {"c": secret[12:]}], "d": "a text"}
    assert Redactor([secret]).value(value) == {"a": "***", "n": 1, "b": ["***", {"c": "***"}], "d": "a text"}


def test_names_are_cleaned_with_their_values_in_place() -> None:
    secret = _shown("names")
    assert Redactor([secret]).value({"a": {secret: "x"}, "b": None}) == {"a": {"***": "x"}, "b": None}


def _signed(signature: str) -> Exchange:
    headers = (("Authorization", f"ACS3-HMAC-SHA256 Credential=k,SignedHeaders=host,Signature={signature}"),)
    return Exchange("op", {}, WireRequest("POST", "http://127.0.0.1/", headers), None, None, 1.0)


_OF_SIGNATURES = [
    *("as it is", "capitals", "base64", "base64, one before", "percent, all", "hex", "reversed", "rotated by 13"),
    *("base32", "quoted-printable, all", "base64 in lines", "split over fields"),
]


@pytest.mark.parametrize("length", [28, 64])
def test_a_signature_of_an_earlier_request_is_removed(length: int) -> None:
    recent = RecentSignatures()
    signatures = [_shown(str(number), length) for number in range(500)]
    for signature in signatures:
        recent.note(_signed(signature).request)
    places = recent.places()
    for name in _OF_SIGNATURES:
        with about(name):
            written = ENCODINGS[name](signatures[-30])
            found = Redactor(earlier=places).text(f"it was {written}.")
            assert "***" in found
            assert len(found) < len("it was .") + 8 + len(written) // 3


def test_the_processes_of_a_run_know_the_signatures_of_each_other() -> None:
    one, other, third = RecentSignatures(), RecentSignatures(), RecentSignatures()
    with one.shared() as file:
        assert file is not None
        other.join(file)
        for number, recent in enumerate((one, other, third)):
            recent.note(_signed(_shown(f"shared {number}", 64)).request)
        for recent in (one, other):
            redactor = Redactor(earlier=recent.places())
            assert [redactor.text(_shown(f"shared {number}", 64)) for number in range(2)] == ["***", "***"]
            assert redactor.text(ENCODINGS["base32"](_shown("shared 1", 64))).startswith("***")
            assert redactor.text(_shown("shared 2", 64)) == _shown("shared 2", 64)
        kept = Path(file.path).read_bytes()
        assert kept
        assert "***" not in Redactor([_shown("shared 0", 64)]).text(kept.decode())
    assert not Path(file.path).exists()
    third.join(file)  # as on another host, where it is not
    third.note(_signed(_shown("later", 64)).request)
    other.leave()


@pytest.mark.parametrize("signature", ["v1", "acs3"])
def test_the_processes_of_a_run_know_the_tokens_that_each_has_fetched(signature: Signature) -> None:
    identity, token = "STS.NTz4Qk7Wb2Xm9Rv5Ls8Pd3Jc", _shown("token", 900)
    account = Credentials(identity, _shown("temporary"), token, generated=False)
    transport = Transport("POST", "query")
    request = build_request("http://h", ("A", "1"), {}, transport, signature=signature, credentials=account)
    one, other = RecentSignatures(), RecentSignatures()
    with one.shared() as file:
        assert file is not None
        other.join(file)
        for _ in range(3):
            one.note(request)
        redactor = Redactor(earlier=other.places())
        assert redactor.text(f"{token} and {ENCODINGS['hex'](identity)}").count("***") == 2
        assert Path(file.path).read_bytes().count(b"\n") <= 4
        other.leave()


def test_signatures_of_requests_that_go_out_together_are_shared_together() -> None:
    one, other = RecentSignatures(), RecentSignatures()
    with one.shared() as file:
        assert file is not None
        other.join(file)
        shown = [_shown(f"together {number}", length) for number in range(20) for length in (28, 64)]
        for each in shown:
            one.note_unsent(_signed(each).request)
        assert Path(file.path).read_bytes() == b""
        one.share()
        one.share()
        assert Path(file.path).read_bytes().count(b"\n") == 1
        redactor = Redactor(earlier=other.places())
        assert {redactor.text(each) for each in shown} == {"***"}
        other.leave()


def test_a_redactor_of_a_run_removes_its_secrets_and_the_signatures_so_far() -> None:
    RECENT.note(_signed(_shown("so far", 64)).request)
    redactor = RunSecrets([Credentials("LTAIid", _shown("secret"), generated=False)]).redactor()
    assert redactor.text(f"{_shown('so far', 64)} {_shown('secret')} LTAIid") == "*** *** ***"


def test_what_a_process_has_read_as_secret_stays_known() -> None:
    remember([_shown("of the account that assumes a role")])
    RunSecrets([Credentials("LTAIid", _shown("secret"), generated=False)])
    assert known_secrets().text(f"{_shown('of the account that assumes a role')} {_shown('secret')}") == "*** ***"


def test_the_memory_of_earlier_signatures_is_bounded() -> None:
    recent = RecentSignatures()
    for number in range(20_000):
        recent.note(_signed(_shown(str(number), 64)).request)
        if number % 5000 == 0:
            recent.places()
    plain, forms = recent.places()
    assert Redactor(earlier=[plain, forms]).text(_shown("19999", 64)) == "***"
    assert len(plain) <= 50_000
    assert len(forms) <= 25_000


_SECRET = _shown("secret")
_HOSTILE: dict[str, Callable[[], str]] = {
    "letters": lambda: "A" * 1_000_000,
    "random letters": lambda: _shown("hostile", 1_000_000),
    "backslashes": lambda: "a" * 1000 + "\\" * 1_000_000,
    "percents": lambda: "%25" * 330_000,
    "ampersands": lambda: "&amp;" * 200_000,
    "hexadecimal": lambda: "41" * 500_000,
    "base64 in base64": lambda: _base64(_base64(_base64("hello world, " * 32_000))),
    "quotes": lambda: '"' * 1_000_000,
    "tags": lambda: "<a" * 500_000,
    "numbers": lambda: "65, " * 250_000,
    "pieces": lambda: "".join(_SECRET[i % 20 : i % 20 + 9] + "-" for i in range(100_000)),
    "labels": lambda: "a1=b&c: 2. d[0] = " * 50_000,
    "empty elements": lambda: "<br/>a&nbsp;" * 80_000,
    "near matches": lambda: "".join(_SECRET[i % 20 : i % 20 + 8] + "!-" for i in range(100_000)),
    "near matches in base64": lambda: _base64("".join(_SECRET[i % 9 : i % 9 + 8] + "x" for i in range(80_000))),
    "the secret": lambda: (_shown("secret") + " ") * 32_000,
    "signatures": lambda: "Signature=" * 100_000,
}


@pytest.mark.deep  # by the processor's clock; the next test counts steps
@pytest.mark.parametrize("name", _HOSTILE)
def test_a_hostile_text_takes_linear_time(name: str) -> None:
    redactor = Redactor(["aB3+" + _shown("secret"), "short+/", "a" * 30 + "+"])
    whole = _HOSTILE[name]()
    part = whole[:125_000]
    took = []
    for text in (part, whole):
        began = time.process_time()
        redactor.text(text)
        took.append(time.process_time() - began)
    assert took[1] < 30 * max(took[0], 0.01)


def _steps(text: str) -> int:
    """Return how much work a text is: lines of the redactor that were run, and characters of all that it made of it."""
    steps = 0

    def trace(frame: FrameType, event: str, _: Any) -> TraceFunction | None:
        nonlocal steps
        steps += event == "line"
        if event != "call":
            return trace
        if not frame.f_code.co_filename.startswith(_PACKAGE):
            return None
        steps += len(frame.f_locals["data"]) if frame.f_code.co_qualname == "TextView.__init__" else 0
        return trace

    redactor = Redactor(["aB3+" + _shown("secret"), "short+/", "a" * 30 + "+"])
    redactor.text("")  # its tables are made once
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        redactor.text(text)
    finally:
        sys.settrace(before)
    return steps


@pytest.mark.parametrize("name", _HOSTILE)
@pytest.mark.parametrize("size", [4_000, pytest.param(60_000, marks=pytest.mark.deep)])
def test_twice_the_text_is_twice_the_steps(name: str, size: int) -> None:
    text = _HOSTILE[name]()
    once, twice = _steps(text[:size]), _steps(text[: 2 * size])
    assert twice <= 2.5 * once + 2_000  # parts of a long text overlap; were it quadratic, it would be four times


@pytest.mark.parametrize("form", ["base64 of base64", "base64 of percent", "three times base64"])
def test_a_long_text_after_it_hides_no_secret_however_it_is_encoded(form: str) -> None:
    secret = _shown("long")
    forms = {
        "base64 of base64": _base64(_base64(secret)),
        "base64 of percent": _base64(ENCODINGS["percent, all"](secret)),
        "three times base64": _base64(_base64(_base64(secret))),
    }
    after = "%41\\u0041 &amp; a word " * 20_000
    found = Redactor([secret]).text(f"it is {forms[form]} {after}")
    assert len(found.partition("%41")[0]) < len("it is *** ") + 12


@pytest.mark.parametrize("at", [89_990, 95_000, 99_980])
def test_a_secret_where_two_parts_of_a_long_text_meet_is_removed(at: int) -> None:
    secret = _shown("meet")
    assert Redactor([secret]).text("." * at + secret + "." * 99_999) == "." * at + "***" + "." * 99_999


def test_a_request_is_shown_without_what_signs_it() -> None:
    request = WireRequest("POST", "http://h/?Signature=abc", (("Authorization", "Signature=def"),), b"Signature=ghi")
    assert repr(request) == "WireRequest(method='POST')"
