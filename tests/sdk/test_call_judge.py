"""What is told of one call through an SDK: each finding comes when it must, and stays away when it must."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from signed_posts import SIGNED_POSTS

from conformance.cases.expand import wire_parameters
from conformance.cases.model import Transport
from conformance.cases.promised_fields import PromisedField
from conformance.cases.sdk import Expected, Scripted, SdkCase
from conformance.core.errors import Location
from conformance.core.exchange import (
    Credentials,
    DriverAnswer,
    Exchange,
    Recorded,
    SdkCall,
    Unsupported,
    WireRequest,
    WireResponse,
)
from conformance.core.redaction import REMOVED, Redactor
from conformance.engine.calls import NotSentError, Send
from conformance.judging.exchange_entries import caller_entry, exchange_entry
from conformance.protocol.answer import read_answer
from conformance.protocol.request import build_request
from conformance.protocol.signing import Stamp
from conformance.sdk.call_judge import (
    judge_answer,
    judge_calls,
    judge_requests,
    judge_unanswered,
    last_answer,
    require_sent,
)
from conformance.sdk.scripted_cases import judge_outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.judging.findings import Finding


CALL = ("CreateFlowLog", "2016-04-28")
CREDENTIALS = Credentials("LTAItest", "a-secret")
NOW = 1_790_000_000.0
FLAT = {"RegionId": "cn-x", "Tag.1.Key": "a b"}
TYPES = {"RequestId": "string", "FlowLogId": "string", "Count": "integer"}
FIELDS = tuple(PromisedField(name, kind, 1, echoes=False) for name, kind in TYPES.items())
SUCCESS = {"RequestId": "R", "FlowLogId": "fl-1", "Count": 2}
ERROR = {"RequestId": "R", "Code": "Quota", "Message": "Too many."}
TOLD = DriverAnswer("success", 200, None, None, "R", SUCCESS, None, None)
FAILED = DriverAnswer("service_error", 400, "Quota", "Quota: Too many. (R)", "R", None, "SdkError", None)


def signed(params: Mapping[str, str] = FLAT, nonce: str = "n", way: Transport | None = None) -> WireRequest:
    stamp = Stamp("2026-09-21T14:13:20Z", nonce)
    return build_request(
        "http://127.0.0.1:1", CALL, params, way or Transport(), signature="v1", credentials=CREDENTIALS, stamp=stamp
    )


def recorded(request: WireRequest | None = None, response: WireResponse | None = None) -> Recorded:
    return Recorded(request or signed(), response, None, NOW, 1.0)


def response(body: object, status: int = 200, media_type: str = "application/json") -> WireResponse:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return WireResponse(status, {"content-type": media_type}, data)


def send(**written: Any) -> Send:
    return Send(CALL, wire_parameters(written, {}), Transport(), CREDENTIALS, written=written)


def exchange(
    answer: DriverAnswer | None, *arrived: Recorded, failure: str | None = None, params: Mapping[str, str] = FLAT
) -> Exchange:
    call = SdkCall(params, answer, failure, arrived)
    last = arrived[-1] if arrived else None
    request = last.request if last else WireRequest("", "http://127.0.0.1:1")
    return Exchange(CALL[0], params, request, last.response if last else None, failure, 1.0, sdk=call)


Plain = tuple[str, tuple[object, ...], object]
"""where, expected, observed."""


def plain(findings: Iterable[Finding]) -> list[Plain]:
    return [(finding.where, finding.expected, finding.observed) for finding in findings]


# On the wire.


def on_the_wire(*requests: WireRequest, seen: set[str] | None = None) -> list[Plain]:
    return plain(
        judge_requests([recorded(each) for each in requests], CALL, FLAT, CREDENTIALS, set() if seen is None else seen)
    )


def test_a_call_that_arrives_once_and_whole_is_right() -> None:
    seen: set[str] = set()
    assert on_the_wire(signed(), seen=seen) == []
    assert seen == {"n"}


@pytest.mark.parametrize("count", [0, 2, 3])
def test_one_request_a_call(count: int) -> None:
    assert on_the_wire(*[signed()] * count) == [("sdk.requests", (1,), count)]


@pytest.mark.parametrize(
    ("params", "finding"),
    [
        ({"RegionId": "cn-x"}, ("sdk.request.Tag.1.Key", ("a b",), None)),
        ({**FLAT, "Tag.1.Key": "a+b"}, ("sdk.request.Tag.1.Key", ("a b",), "a+b")),
        ({**FLAT, "Tag.1.Key": "a b "}, ("sdk.request.Tag.1.Key", ("a b",), "a b ")),
        ({**FLAT, "DryRun": ""}, ("sdk.request.DryRun", (None,), "")),
        ({**FLAT, "Version": "2014-05-26"}, ("sdk.request.Version", ("2016-04-28",), "2014-05-26")),
        ({**FLAT, "Action": "DeleteFlowLog"}, ("sdk.request.Action", ("CreateFlowLog",), "DeleteFlowLog")),
    ],
)
def test_a_parameter_that_is_lost_changed_or_added(params: dict[str, str], finding: Plain) -> None:
    assert on_the_wire(signed(params)) == [finding]


def test_a_nonce_is_used_once_and_one_that_is_missing_is_told_once() -> None:
    seen: set[str] = set()
    assert on_the_wire(signed(nonce="a"), seen=seen) == on_the_wire(signed(nonce="b"), seen=seen) == []
    assert on_the_wire(signed(nonce="a"), seen=seen) == [
        ("sdk.request.nonce", ("a number never used before",), "one that was used before")
    ]
    for _ in range(2):
        assert on_the_wire(signed(nonce=""), seen=seen) == [("sdk.request.nonce", ("a number used once",), None)]


def test_a_wrong_signature_is_told_without_it() -> None:
    other = replace(CREDENTIALS, access_key_secret="another")  # noqa: S106 - of nobody
    found = plain(judge_requests([recorded()], CALL, FLAT, other, set()))
    assert found == [("sdk.request.Signature", ("the signature of this request",), "another")]


def test_what_is_sent_after_the_first_request_is_no_finding_of_its_own() -> None:
    assert [where for where, _, _ in on_the_wire(signed(), signed({"Other": "x"}))] == ["sdk.requests"]


names = st.from_regex(r"[A-Z][a-z]{0,3}", fullmatch=True).filter(lambda name: name != "Action")
texts = st.text(st.characters(codec="utf-8"), max_size=6)
values = texts | st.integers() | st.booleans() | st.lists(texts, max_size=3)
nested = values | st.lists(st.dictionaries(names, texts, max_size=2), max_size=3)


@given(st.dictionaries(names, nested, max_size=4), SIGNED_POSTS, st.integers(min_value=0))
def test_what_the_harness_itself_sends_is_never_a_finding(written: dict[str, Any], way: Transport, nonce: int) -> None:
    flat = wire_parameters(written, {})
    arrived = recorded(signed(flat, f"nonce-{nonce}", way))
    assert plain(judge_requests([arrived], CALL, flat, CREDENTIALS, set())) == []


@given(st.dictionaries(names, texts, min_size=1, max_size=4), SIGNED_POSTS, st.data())
def test_whatever_parameter_is_lost_it_is_named_and_no_other(
    flat: dict[str, str], way: Transport, data: st.DataObject
) -> None:
    lost = data.draw(st.sampled_from(sorted(flat)))
    left = {name: value for name, value in flat.items() if name != lost}
    found = plain(judge_requests([recorded(signed(left, way=way))], CALL, flat, CREDENTIALS, set()))
    assert found == [(f"sdk.request.{lost}", (flat[lost],), None)]


# In the caller's hands.


def told(answer: DriverAnswer, body: object, status: int = 200, media_type: str = "application/json") -> list[Plain]:
    return plain(judge_answer(answer, read_answer(response(body, status, media_type)), FIELDS))


def test_an_error_and_a_success_that_are_told_as_they_are() -> None:
    assert told(FAILED, ERROR, 400) == []
    assert told(TOLD, SUCCESS) == []
    nothing = replace(FAILED, status=None, request_id=None)
    assert told(nothing, ERROR, 400) == told(replace(nothing, request_id=""), ERROR, 400) == []


@pytest.mark.parametrize(
    ("answer", "finding"),
    [
        (TOLD, ("sdk.outcome", ("service_error",), "success")),
        (replace(FAILED, outcome="client_error"), ("sdk.outcome", ("service_error",), "client_error: SdkError")),
        (replace(FAILED, outcome="timeout", exception=None), ("sdk.outcome", ("service_error",), "timeout: Quota")),
        (replace(FAILED, code=None), ("sdk.code", ("Quota",), None)),
        (replace(FAILED, code="quota"), ("sdk.code", ("Quota",), "quota")),
        (replace(FAILED, message=None), ("sdk.message", ("Too many.",), None)),
        (replace(FAILED, message="Too many"), ("sdk.message", ("Too many.",), "Too many")),
        (replace(FAILED, status=200), ("sdk.status", (400,), 200)),
        (replace(FAILED, request_id="Q"), ("sdk.request_id", ("R",), "Q")),
    ],
)
def test_an_error_that_is_told_otherwise(answer: DriverAnswer, finding: Plain) -> None:
    assert told(answer, ERROR, 400) == [finding]


@pytest.mark.parametrize(
    ("answer", "findings"),
    [
        (FAILED, [("sdk.outcome", ("success",), "service_error: SdkError")]),
        (replace(TOLD, status=201), [("sdk.status", (200,), 201)]),
        (replace(TOLD, request_id="Q"), [("sdk.request_id", ("R",), "Q")]),
        (replace(TOLD, body={**SUCCESS, "FlowLogId": None}), [("sdk.body.FlowLogId", ("fl-1",), None)]),
        (replace(TOLD, body={**SUCCESS, "FlowLogId": 5}), [("sdk.body.FlowLogId", ("of type string",), 5)]),
        (replace(TOLD, body={**SUCCESS, "FlowLogId": "fl-2"}), [("sdk.body.FlowLogId", ("fl-1",), "fl-2")]),
        (replace(TOLD, body={**SUCCESS, "Count": "2"}), [("sdk.body.Count", (2,), "2")]),
        (replace(TOLD, body={**SUCCESS, "More": 1}), []),
        (
            replace(TOLD, body=None),
            [(f"sdk.body.{name}", (value,), None) for name, value in SUCCESS.items()],
        ),
    ],
)
def test_a_success_that_is_told_otherwise(answer: DriverAnswer, findings: list[Plain]) -> None:
    assert told(answer, SUCCESS) == findings


def test_what_the_server_left_out_or_sent_in_another_type_is_not_held_against_the_sdk() -> None:
    assert told(replace(TOLD, body={"RequestId": "R"}), {"RequestId": "R", "FlowLogId": ""}) == []
    odd = {**SUCCESS, "FlowLogId": True}
    assert told(replace(TOLD, body=odd), odd) == []
    assert told(replace(TOLD, body={**SUCCESS, "FlowLogId": "true"}), odd) == []
    assert told(replace(TOLD, body={**SUCCESS, "FlowLogId": None}), odd) == [("sdk.body.FlowLogId", (True,), None)]


def test_an_error_without_a_code_is_no_success_and_may_be_any_failure() -> None:
    for status in (400, 500, 503):
        for outcome in ("service_error", "client_error", "timeout"):
            assert told(replace(FAILED, outcome=outcome, code=None), {"RequestId": "R"}, status) == []
        ((where, _, came),) = told(TOLD, {"RequestId": "R"}, status)
        assert (where, came) == ("sdk.outcome", "success")


@pytest.mark.parametrize(
    ("body", "status", "media_type"),
    [
        (b"<Error><Code>Quota</Code><Message>M</Message></Error>", 400, "text/xml"),
        (b"<CreateFlowLogResponse><RequestId>R</RequestId></CreateFlowLogResponse>", 200, "text/xml"),
        (ERROR, 400, "text/html"),
        (SUCCESS, 200, ""),
        ({**ERROR, "Code": 400}, 400, "application/json"),
        ({**SUCCESS, "Code": ""}, 200, "application/json"),
    ],
)
def test_what_an_sdk_makes_of_an_answer_that_is_none_of_the_api_is_not_held_against_it(
    body: object, status: int, media_type: str
) -> None:
    refused = replace(FAILED, outcome="client_error", code=None, message="cannot parse")
    assert told(refused, body, status, media_type) == told(TOLD, body, status, media_type) == []


def test_calls_are_judged_by_their_last_answer_and_a_driver_that_failed_is_not() -> None:
    error, success = recorded(response=response(ERROR, 400)), recorded(signed(nonce="2"), response(SUCCESS))
    right = exchange(TOLD, success)
    wanted = replace(send(), wire=FLAT)
    assert plain(judge_calls(wanted, [right], FIELDS, set())) == []
    assert plain(judge_calls(wanted, [exchange(TOLD, error, success)], FIELDS, set())) == [("sdk.requests", (1,), 2)]
    assert plain(judge_calls(wanted, [exchange(None, error, failure="it died"), right], FIELDS, set())) == []
    assert plain(judge_calls(wanted, [replace(right, sdk=None)], FIELDS, set())) == []
    again = plain(judge_calls(wanted, [right, right], FIELDS, set()))
    assert [where for where, _, _ in again] == ["sdk.request.nonce"]


def test_the_last_answer_is_one_of_the_api_or_none() -> None:
    page = recorded(response=response(b"<html>", 502, "text/html"))
    error = recorded(response=response(ERROR, 400))
    assert last_answer(SdkCall({}, TOLD, None, ())) is None
    assert last_answer(SdkCall({}, TOLD, None, (error, page))) is None
    assert last_answer(SdkCall({}, TOLD, None, (error, recorded()))) is None
    found = last_answer(SdkCall({}, TOLD, None, (page, error)))
    assert found is not None
    assert found.code == "Quota"


# Nothing sent.


def test_a_call_that_was_sent_or_whose_driver_failed_is_judged_elsewhere() -> None:
    for fine in (
        exchange(TOLD, recorded()),
        exchange(None, failure="it died"),
        replace(exchange(TOLD), sdk=None),
    ):
        require_sent(send(A="x"), fine, CALL[0])


def unsent(answer: DriverAnswer, tested: str = CALL[0], **params: Any) -> tuple[str, tuple[Plain, ...]]:
    with pytest.raises(NotSentError) as caught:
        require_sent(send(**params), exchange(answer), tested)
    return caught.value.reason, tuple(plain(caught.value.findings))


def test_an_sdk_that_sends_nothing_is_to_blame_unless_it_says_what_it_cannot_send() -> None:
    refused = replace(FAILED, outcome="client_error", code=None)
    assert unsent(refused) == (
        "",
        (("sdk.requests", (1,), 0), ("sdk.outcome", ("a request sent",), "client_error: SdkError")),
    )
    reason, ((where, _, came),) = unsent(TOLD)
    assert (reason, where, came) == ("", "sdk.outcome", "success")


@pytest.mark.parametrize(
    ("parameter", "why", "reason", "findings"),
    [
        ("IpVersion", "unknown", "", (("sdk.request.IpVersion", ("IPv4",), None),)),
        ("Tag[].Key", "unknown", "", (("sdk.request.Tag[].Key", ("k",), None),)),
        ("Tag", "unknown", "", (("sdk.request.Tag", ("k",), None),)),
        ("IpVersion", "type", "the SDK has no way to carry this value of IpVersion", ()),
        (None, "action", "the SDK has no operation CreateFlowLog", ()),
        ("Tag.1.Key", "unknown", "Tag.1.Key is a name of the wire, for which no SDK has a field", ()),
        ("Tag.1.Key", "type", "Tag.1.Key is a name of the wire, for which no SDK has a field", ()),
    ],
)
def test_what_an_sdk_cannot_send(parameter: str | None, why: str, reason: str, findings: tuple[Plain, ...]) -> None:
    gap = replace(FAILED, outcome="client_error", unsupported=Unsupported(parameter, why))
    assert unsent(gap, IpVersion="IPv4", Tag=[{"Key": "k"}]) == (reason, findings)


def test_of_an_operation_that_is_not_under_test_no_document_is_at_hand() -> None:
    gap = replace(FAILED, unsupported=Unsupported("IpVersion", "unknown"))
    assert unsent(gap, "DescribeFlowLogs", IpVersion="x") == ("the SDK has no parameter IpVersion", ())


def test_without_an_answer_only_a_success_is_wrong() -> None:
    for outcome in ("service_error", "client_error", "timeout"):
        assert list(judge_unanswered(replace(FAILED, outcome=outcome), 1)) == []
    assert [finding.where for finding in judge_unanswered(TOLD, 1)] == ["sdk.outcome"]


# Cases for SDKs.


def case(expected: Expected) -> SdkCase:
    return SdkCase("sdk/one", "T", CALL, {}, 5.0, Scripted(200, {}, b""), expected, "rule", Location("some.yaml"))


def found(answer: DriverAnswer | None, expected: Expected) -> list[Plain]:
    return plain(judge_outcome(case(expected), SdkCall({}, answer, None, ())))


def test_a_case_allows_what_it_lists() -> None:
    whole = Expected(("service_error",), {"status": (400, None), "code": ("Quota",), "request_id": ("R",)}, "Too many.")
    assert found(FAILED, whole) == found(replace(FAILED, status=None), whole) == []
    assert found(None, whole) == []
    assert found(replace(FAILED, status=500), whole) == [("sdk.status", (400, None), 500)]
    assert found(replace(FAILED, code=None), whole) == [("sdk.code", ("Quota",), None)]
    assert found(replace(FAILED, request_id=None), whole) == [("sdk.request_id", ("R",), None)]
    assert found(replace(FAILED, message="many."), whole) == [("sdk.message", ("Too many.",), "many.")]
    # One finding, because what follows from it is none of its own.
    assert found(TOLD, whole) == [("sdk.outcome", ("service_error",), "success")]
    assert found(replace(FAILED, outcome="timeout"), whole) == [
        ("sdk.outcome", ("service_error",), "timeout: SdkError")
    ]


def test_fields_are_asked_of_a_success_alone_and_true_is_not_one() -> None:
    either = Expected(("success", "client_error"), body={"Success": (True, "true"), "Gone": (None,)})
    assert found(replace(TOLD, body={"Success": True}), either) == []
    assert found(replace(TOLD, body={"Success": "true"}), either) == []
    assert found(replace(FAILED, outcome="client_error"), either) == []
    assert found(replace(TOLD, body={"Success": 1}), either) == [("sdk.body.Success", (True, "true"), 1)]
    assert found(replace(TOLD, body=None), either) == [("sdk.body.Success", (True, "true"), None)]
    assert found(replace(TOLD, body={"Success": True, "Gone": 7}), either) == [("sdk.body.Gone", (None,), 7)]
    # A type that cannot tell a zero from nothing gives its zero.
    assert [found(replace(TOLD, body={"Success": True, "Gone": zero}), either) for zero in ("", 0, False)] == [[]] * 3


# Secrets.


def test_what_an_sdk_puts_into_its_messages_leaves_no_signature_in_a_report() -> None:
    """pop-core's messages hold the whole URL."""
    account = Credentials("LTAIreal", "a-secret", "the/token+of=it", generated=False)
    requests = [
        build_request(
            "http://127.0.0.1:1",
            CALL,
            FLAT,
            Transport(),
            signature="v1",
            credentials=account,
            stamp=Stamp("2026-09-21T14:13:20Z", nonce),
        )
        for nonce in ("1", "2", "never arrived")
    ]
    message = " ".join(f"failed, URL: {each.url}" for each in requests)
    # Of what arrived, the signature is known in any form.
    message += " ".join(f" {unquote(each.url.partition('Signature=')[2].partition('&')[0])}" for each in requests[:2])
    one = exchange(replace(FAILED, message=message), *[recorded(each) for each in requests[:2]])
    assert one.sdk is not None
    redactor = Redactor.of(account, one)
    shown = json.dumps([caller_entry(one.sdk, redactor), exchange_entry(one, redactor)])
    assert shown.count(f"Signature={REMOVED}") >= 3
    for each in requests:
        signature = each.url.partition("Signature=")[2].partition("&")[0]
        assert len(signature) > 20
        assert signature not in shown
        assert unquote(signature) not in shown
    for secret in ("LTAIreal", "a-secret", "the/token", "the%2Ftoken"):
        assert secret not in shown
