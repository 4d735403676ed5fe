"""How requests are read: where parameters may be, how lists fold, and that nothing makes the server stumble."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from profiles import scaled
from server_client import FORM, VERSION, VPC, Client

from conformance.cases.state_catalogue import load_states
from conformance.contract.message_templates import fits
from conformance.contract.model import ErrorCode, State
from conformance.core.resources import cases_dir
from conformance.server.answers import refuse
from conformance.server.request import Call, ReceivedRequest, decode

SYSTEM = {"Action": "CreateFlowLog", "Version": VERSION, "AccessKeyId": "account"}
ACS3 = {
    "x-acs-action": "CreateFlowLog",
    "x-acs-version": VERSION,
    "authorization": "ACS3-HMAC-SHA256 Credential=account,SignedHeaders=host;x-acs-action,Signature=0f",
}


@pytest.mark.parametrize(
    ("method", "query", "form", "headers"),
    [
        ("GET", {**SYSTEM, **VPC}, {}, {}),
        ("POST", {**SYSTEM, **VPC}, {}, {}),
        ("POST", {}, {**SYSTEM, **VPC}, FORM),
        ("POST", SYSTEM, VPC, FORM),
        ("POST", SYSTEM, VPC, {"content-type": "Application/X-WWW-Form-URLEncoded; charset=utf-8"}),
        ("POST", SYSTEM, VPC, {}),
        ("POST", VPC, {}, ACS3),
        ("POST", {}, VPC, {**ACS3, **FORM}),
        ("GET", VPC, {}, ACS3),
    ],
)
def test_every_way_of_asking_is_understood(
    method: str, query: dict[str, str], form: dict[str, str], headers: dict[str, str]
) -> None:
    client = Client.following("both").prepare()
    answered = asyncio.run(
        client.request(method, query=urlencode(query).encode(), body=urlencode(form).encode(), headers=headers)
    )
    assert answered.status == 200, answered
    assert len(client.listed()) == 1


def test_the_query_wins_over_the_body_and_the_last_of_two() -> None:
    call = decode(ReceivedRequest("POST", b"A=1&A=2&B=&C=%E6%B5%81+x", dict(FORM), b"A=3&D=4"))
    assert dict(call.parameters) == {"A": "2", "B": "", "C": "流 x", "D": "4"}


def test_bytes_that_are_no_text_are_replaced() -> None:
    assert decode(ReceivedRequest("GET", b"A=%ff%C3%28&B=\xe6\xb5\x81")).parameters == {"A": "\ufffd\ufffd(", "B": "流"}


def test_a_body_of_another_type_is_not_read() -> None:
    assert decode(ReceivedRequest("POST", b"A=1", {"content-type": "application/json"}, b'{"B": 2}')).parameters == {
        "A": "1"
    }


def test_lists_fold_in_the_order_of_their_indexes() -> None:
    call = Call("GET", {"Tag.10.Key": "j", "Tag.2.Key": "b", "Tag.2.Value": "v", "Tag.x.Key": "no", "Tagging.1": "no"})
    assert call.values("Tag[].Key") == ("b", "j")
    assert call.values("Tag[].Value") == ("v", None)
    assert call.values("TrafficPath[]") == ()
    assert call.values("Tag.2.Key") == ("b",)


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"Action": None}, 404, "InvalidAction.NotFound"),
        ({"Action": "createFlowLog"}, 404, "InvalidAction.NotFound"),
        ({"Version": None}, 400, "InvalidVersion"),
        ({"Version": "2016-04-29"}, 400, "InvalidVersion"),
    ],
)
def test_what_the_gateway_refuses(change: dict[str, str | None], status: int, code: str) -> None:
    answered = Client.following("en").call("CreateFlowLog", {**VPC, **change})
    assert (answered.status, answered.code) == (status, code)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD"])
def test_other_verbs_are_refused(method: str) -> None:
    answered = Client.following("en").call("CreateFlowLog", VPC, method)
    assert (answered.status, answered.code) == (405, "UnsupportedHTTPMethod")


def test_there_is_nothing_at_other_paths() -> None:
    assert asyncio.run(Client.following("en").request(path="/other")).status == 404


# What a request may be made of: names that the server knows, beside any others.
_NAMES = st.text(max_size=20) | st.sampled_from(
    [
        *SYSTEM,
        *VPC,
        *("Format", "FlowLogId", "FlowLogName", "Description", "AggregationInterval", "IpVersion", "Tag.1.Key"),
        *("Tag.2.Value", "Tag.1", "Tag..Key", "TrafficPath.1", "TrafficPath.1.x", "TrafficAnalyzerId"),
        *("ResourceGroupId", "PageNumber", "PageSize", "Status"),
    ]
)
_VALUES = (
    st.sampled_from(["", "CreateFlowLog", "DescribeFlowLogs", "DeleteFlowLog", VERSION, "XML", "all", "9" * 5000, "-1"])
    | st.sampled_from(list(VPC.values()))
    | st.text(max_size=300)
    | st.binary(max_size=40)
)
_FORMS = st.dictionaries(_NAMES, _VALUES, max_size=12)
_HEADERS = st.dictionaries(
    st.sampled_from(["content-type", "x-acs-action", "x-acs-version", "authorization", "host"]),
    st.sampled_from([*ACS3.values(), *FORM.values(), ""]) | st.text(st.characters(max_codepoint=255), max_size=30),
)


def _encoded(parameters: dict[str, str | bytes], *, valid: bool) -> bytes:
    whole = {**SYSTEM, **VPC, **parameters} if valid else parameters
    return urlencode(whole, errors="replace").encode()


@settings(deadline=None, max_examples=scaled(300))
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "X"]),
    query=_FORMS,
    form=_FORMS | st.binary(max_size=100),
    headers=_HEADERS,
    valid=st.booleans(),
)
def test_no_request_makes_it_stumble(
    method: str,
    query: dict[str, str | bytes],
    form: dict[str, str | bytes] | bytes,
    headers: dict[str, str],
    *,
    valid: bool,
) -> None:
    client = Client.following("both").prepare()
    body = form if isinstance(form, bytes) else _encoded(form, valid=False)
    answered = asyncio.run(client.request(method, query=_encoded(query, valid=valid), body=body, headers=headers))
    assert answered.status < 500
    if answered.headers["content-type"].startswith("application/json"):
        assert answered.json["RequestId"]
    assert client.describe()["TotalCount"] in {"0", "1"}


@settings(deadline=None, max_examples=scaled(200))
@given(
    body=st.binary(max_size=60)
    | st.builds(
        lambda state, params, action: json.dumps({"state": state, "params": params, "action": action}).encode(),
        st.sampled_from(sorted(load_states(cases_dir() / "states.yaml"))) | st.text() | st.none(),
        st.dictionaries(
            st.sampled_from(["access_key_id", "id", "type", "project", "logstore", "interval", "traffic_path", "code"]),
            st.sampled_from(["VPC", "vpc-1", 5, 2.5, True, None, ["all"], [1], {}, "ParameterInvalid"]) | st.text(),
        )
        | st.none()
        | st.integers(),
        st.sampled_from(["setup", "teardown", "other", None]),
    )
)
def test_no_state_makes_it_stumble(body: bytes) -> None:
    client = Client.following("both").prepare()
    answered = asyncio.run(client.request("POST", "/_states", body=body))
    assert answered.status in {200, 400}
    if answered.status == 400:
        assert answered.json["message"]
    assert client.create().status < 500
    client.describe()


def test_a_message_with_a_placeholder_is_answered_with_a_word_in_its_place() -> None:
    row = ErrorCode(404, "NoRoute", "The route %s does not exist.", 7, State.STATED, "state")
    answer = refuse(row, Call("GET", {}), "R-1", "farm")
    assert answer.body["Message"] == "The route example does not exist."
    assert fits(row.message, answer.body["Message"])
