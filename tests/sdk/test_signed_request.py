"""The harness's own verifier of signatures, against its own signer and against what real SDKs sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from signed_posts import SIGNED_POSTS

from conformance.cases.model import Transport
from conformance.core.exchange import Credentials, WireRequest
from conformance.protocol.request import build_request
from conformance.protocol.signing import Stamp
from conformance.sdk.signed_request import FRESH_S, SignatureProblem, read_signed

NOW = 1_790_000_000.0
STAMP = Stamp("2026-09-21T14:13:20Z", "a-number-used-once")
CREDENTIALS = Credentials("LTAItest", "a secret")
WITH_TOKEN = replace(CREDENTIALS, security_token="a token")  # noqa: S106 - of nobody
PARAMS = {
    "RegionId": "cn-qingdao",
    "FlowLogName": "流 log+1 %41 *~",
    "Tag.1.Key": "a b",
    "Tag.10.Key": "c&d=e",
    "Description": "",
}
VECTORS: list[dict[str, Any]] = json.loads(Path(__file__).with_name("sdk_requests.json").read_text(encoding="utf-8"))

texts = st.text(st.characters(codec="utf-8"), max_size=20)


def request(params: dict[str, str], way: Transport, credentials: Credentials = CREDENTIALS) -> WireRequest:
    call = ("CreateFlowLog", "2016-04-28")
    return build_request("http://127.0.0.1:1", call, params, way, signature="v1", credentials=credentials, stamp=STAMP)


@given(
    SIGNED_POSTS,
    st.dictionaries(st.text("abcXYZ.", min_size=1, max_size=8), texts, max_size=5),
    st.sampled_from([CREDENTIALS, WITH_TOKEN]),
)
def test_what_is_signed_rightly_is_verified_whatever_it_holds(
    way: Transport, params: dict[str, str], credentials: Credentials
) -> None:
    signed = read_signed(request(params, way, credentials), credentials, NOW)
    assert signed.problems == ()
    assert (signed.algorithm, signed.action, signed.version) == (way.signature, "CreateFlowLog", "2016-04-28")
    assert dict(signed.params) == params
    assert signed.nonce == STAMP.nonce


@pytest.mark.parametrize("kind", ["v1", "acs3"])
@pytest.mark.parametrize(("found", "there"), [("cn-qingdao", "cn-qingdaO"), ("Description=", "Descriptiom=")])
def test_a_request_changed_after_it_was_signed_is_told(kind: str, found: str, there: str) -> None:
    right = request(PARAMS, Transport(signature=kind))
    assert found in right.url
    changed = replace(right, url=right.url.replace(found, there))
    assert [problem.where for problem in read_signed(changed, CREDENTIALS, NOW).problems] == [
        "request.Signature" if kind == "v1" else "request.headers.Authorization"
    ]


@pytest.mark.parametrize("kind", ["v1", "acs3"])
@pytest.mark.parametrize(
    "other",
    [
        replace(CREDENTIALS, access_key_secret="another"),  # noqa: S106 - of nobody
        replace(CREDENTIALS, access_key_id="LTAIother"),
        WITH_TOKEN,
    ],
    ids=["secret", "key", "token"],
)
def test_another_account_is_told_without_its_secrets(kind: str, other: Credentials) -> None:
    problems = read_signed(request(PARAMS, Transport(signature=kind)), other, NOW).problems
    assert problems
    assert "a secret" not in str(problems)
    assert "a token" not in str(problems)


@pytest.mark.parametrize("kind", ["v1", "acs3"])
@pytest.mark.parametrize("late", [-FRESH_S - 1, FRESH_S + 1])
def test_a_stale_moment_is_told(kind: str, late: float) -> None:
    problems = read_signed(request(PARAMS, Transport(signature=kind)), CREDENTIALS, NOW + late).problems
    assert [problem.expected for problem in problems] == ["within 15 minutes of its arrival"]


@pytest.mark.parametrize("name", ["x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256", "host"])
def test_a_header_that_is_missing_or_not_signed_is_told(name: str) -> None:
    right = request(PARAMS, Transport(signature="acs3"))
    without = replace(right, headers=tuple(pair for pair in right.headers if pair[0].lower() != name))
    told = {problem.where for problem in read_signed(without, CREDENTIALS, NOW).problems}
    assert told & {f"request.headers.{name}", "request.nonce"}
    unsigned = tuple(
        (key, value.replace(f"{name};", "").replace(f";{name}", "") if key == "Authorization" else value)
        for key, value in right.headers
    )
    problems = read_signed(replace(right, headers=unsigned), CREDENTIALS, NOW).problems
    assert SignatureProblem(f"request.headers.{name}", "signed", "not signed") in problems


def test_another_body_than_the_one_hashed_is_told() -> None:
    right = request(PARAMS, Transport(place="form", signature="acs3"))
    problems = read_signed(replace(right, body=right.body + b"&X=1"), CREDENTIALS, NOW).problems
    assert SignatureProblem("request.headers.x-acs-content-sha256", "the hash of the body", "another") in problems


def test_no_signature_at_all_is_told() -> None:
    problems = read_signed(request(PARAMS, Transport(signature="none")), CREDENTIALS, NOW).problems
    assert {"request.Signature", "request.SignatureMethod", "request.nonce"} <= {problem.where for problem in problems}


def test_a_parameter_sent_twice_is_told() -> None:
    right = request(PARAMS, Transport(signature="v1"))
    problems = read_signed(replace(right, url=f"{right.url}&RegionId=cn-qingdao"), CREDENTIALS, NOW).problems
    assert SignatureProblem("request.RegionId", "sent once", "sent 2 times") in problems


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["driver"] for vector in VECTORS])
def test_requests_of_real_sdks_are_verified(vector: dict[str, Any]) -> None:
    """What each SDK sent, recorded once on 127.0.0.1: signed by code that shares nothing with the verifier."""
    sent = WireRequest(
        vector["method"], vector["url"], tuple((k, v) for k, v in vector["headers"]), vector["body"].encode()
    )
    credentials = Credentials(vector["access_key_id"], vector["access_key_secret"])
    signed = read_signed(sent, credentials, vector["received_at"])
    assert signed.problems == ()
    assert signed.action == "CreateFlowLog"
    assert dict(signed.params) == vector["params"]
    other = replace(credentials, access_key_secret="another")  # noqa: S106 - of nobody
    assert read_signed(sent, other, vector["received_at"]).problems
