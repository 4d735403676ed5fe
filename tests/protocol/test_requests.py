"""From a call to a request and to a line for the shell."""

from __future__ import annotations

import shlex
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.cases.model import Transport
from conformance.core.exchange import Credentials
from conformance.protocol.request import build_request, curl_line
from conformance.protocol.signing import Stamp

CALL = ("CreateFlowLog", "2016-04-28")
ACCOUNT = Credentials("LTAIx", "secret")
STAMP = Stamp("2026-01-31T08:00:00Z", "once")
texts = st.text(st.characters(codec="utf-8"), max_size=20)
parameters = st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8), texts, max_size=5)


def test_a_request_has_what_the_protocol_asks_for() -> None:
    request = build_request(
        "http://127.0.0.1:8080", CALL, {"RegionId": "x"}, Transport(), signature="v1", credentials=ACCOUNT, stamp=STAMP
    )
    assert request.method == "POST"
    assert request.body == b""
    assert dict(request.headers) == {
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": "acs-conformance",
    }
    params = dict(parse_qsl(urlsplit(request.url).query))
    signature = params.pop("Signature")
    assert len(signature) == 28
    assert params == {
        "Action": "CreateFlowLog",
        "Version": "2016-04-28",
        "Format": "JSON",
        "RegionId": "x",
        "AccessKeyId": "LTAIx",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureVersion": "1.0",
        "SignatureNonce": "once",
        "Timestamp": "2026-01-31T08:00:00Z",
    }


def test_acs3_puts_the_protocol_into_headers() -> None:
    request = build_request(
        "http://127.0.0.1:8080",
        CALL,
        {"RegionId": "x"},
        Transport(format="XML"),
        signature="acs3",
        credentials=ACCOUNT,
        stamp=STAMP,
    )
    assert request.url == "http://127.0.0.1:8080/?Format=XML&RegionId=x"
    headers = {name.lower(): value for name, value in request.headers}
    assert headers["host"] == "127.0.0.1:8080"
    assert headers["x-acs-action"] == "CreateFlowLog"
    assert headers["x-acs-version"] == "2016-04-28"
    assert headers["x-acs-date"] == "2026-01-31T08:00:00Z"
    assert headers["accept"] == "text/xml"


def test_a_signature_of_the_case_wins_over_that_of_the_target() -> None:
    request = build_request(
        "http://h", CALL, {}, Transport(signature="none"), signature="acs3", credentials=ACCOUNT, stamp=STAMP
    )
    assert request.url == "http://h/?Action=CreateFlowLog&Version=2016-04-28&Format=JSON&AccessKeyId=LTAIx"
    assert "Authorization" not in dict(request.headers)


def test_a_form_carries_its_type_and_leaves_the_query_empty() -> None:
    request = build_request(
        "http://h/base", CALL, {"A": "b c"}, Transport(place="form"), signature="none", credentials=ACCOUNT, stamp=STAMP
    )
    assert request.url == "http://h/base"
    assert dict(request.headers)["content-type"] == "application/x-www-form-urlencoded"
    assert request.body.endswith(b"&A=b%20c") or b"A=b%20c&" in request.body


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_parameter_may_not_replace_one_of_the_protocol_by_accident(method: str) -> None:
    request = build_request(
        "http://h", CALL, {"Version": "1999-01-01"}, Transport(method), signature="v1", credentials=ACCOUNT, stamp=STAMP
    )
    # A case that sends a wrong version means it: what it sends is what travels, once.
    assert request.url.count("Version=") == 2  # with SignatureVersion
    assert "&Version=1999-01-01&" in request.url


@given(parameters, st.sampled_from([Transport("GET"), Transport(), Transport(place="form"), Transport(format="XML")]))
def test_a_curl_line_sends_the_same_parameters_through_any_shell(params: dict[str, str], transport: Transport) -> None:
    line = curl_line("http://127.0.0.1:1", CALL, params, transport, "ID")
    words = shlex.split(line)
    assert words[:4] == ["curl", "-sSi", "-X", transport.method]
    place = words[words.index("--data") + 1] if transport.place == "form" else urlsplit(words[4]).query
    assert dict(parse_qsl(place, keep_blank_values=True, strict_parsing=True)) == {
        "Action": "CreateFlowLog",
        "Version": "2016-04-28",
        "Format": transport.format,
        "AccessKeyId": "ID",
        **params,
    }
    assert "\n" not in line
