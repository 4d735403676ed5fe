"""Grouping failures by their cause, and making a request that fails smaller: without a server."""

from __future__ import annotations

import pytest
from fuzzing import context_of
from msgspec.structs import replace

from conformance.fuzz.findings.collector import MOST_IN_A_ROW, Collector
from conformance.fuzz.findings.failures import Failures, Symptom
from conformance.fuzz.findings.minimise import MOST_TRIES, minimise
from conformance.fuzz.generation.case_builder import request_case
from conformance.fuzz.generation.generated_request import PLAIN, GeneratedRequest
from conformance.fuzz.generation.request_stream import TRANSPORTS
from conformance.fuzz.sender import Observation, Trial
from conformance.judging.results import CaseResult, Mismatch

CONTEXT = context_of()
VALID = CONTEXT.wire
PASSED = CaseResult("x", "x", "inferred", "pass", {"en": "pass"}, answered="success")
WRONG_CODE = Mismatch("response.body.Code", ("A",), "B")
FAILED = replace(PASSED, verdict="mismatch", verdicts={"en": "mismatch"}, mismatches=(WRONG_CODE,))
UNJUDGED = replace(PASSED, verdict="error", verdicts={}, reason="no answer", answered=None)


def fails_if_named(request: GeneratedRequest) -> CaseResult:
    """Fail whenever the name is longer than three characters."""
    return FAILED if len(request.params.get("FlowLogName", "")) > 3 else PASSED


def test_a_request_is_made_as_small_as_it_can_be_while_it_fails() -> None:
    params = {**VALID, "FlowLogName": "x" * 40, "Description": "text", "Tag.1.Key": "k"}
    request = GeneratedRequest(params, "random", TRANSPORTS[3])
    smallest, result = minimise(request, FAILED, VALID, fails_if_named, lambda: False)
    assert smallest == GeneratedRequest({**VALID, "FlowLogName": "aaaa"}, "random", PLAIN)
    assert result == FAILED


def test_making_a_request_smaller_has_an_end() -> None:
    tries: list[GeneratedRequest] = []

    def judge(request: GeneratedRequest) -> CaseResult:
        tries.append(request)
        return FAILED if request.params.get("FlowLogName") else PASSED

    request = GeneratedRequest({**VALID, **{f"Tag.{index}.Key": "k" * 500 for index in range(1, 90)}})
    minimise(request, FAILED, VALID, judge, lambda: False)
    assert len(tries) == MOST_TRIES
    assert minimise(request, FAILED, VALID, judge, lambda: True) == (request, FAILED)
    assert len(tries) == MOST_TRIES


@pytest.mark.parametrize(
    ("other", "explained"),
    [
        (Symptom(("response.body.Code='B'",), ("A", "C"), ("A.enum", "C.enum")), True),
        (Symptom(("response.body.Code='B'",), ("A",), ("A.maxLength",)), False),
        (Symptom(("response.body.Code='B'",), ("A",), ()), False),
        (Symptom(("response.body.Code='C'",), ("A",), ("A.enum",)), False),
    ],
)
def test_a_wrong_code_has_the_cause_that_the_request_shares(other: Symptom, *, explained: bool) -> None:
    assert Symptom(("response.body.Code='B'",), ("A",), ("A.enum",)).explains(other) == explained


def test_a_wrong_message_has_one_cause_whatever_the_request_breaks() -> None:
    assert Symptom(("response.body.Message",), ("A",), ("A.enum",)).explains(Symptom(("response.body.Message",)))


def test_failures_with_one_cause_are_counted_and_their_ids_differ() -> None:
    failures = Failures()
    case = request_case(CONTEXT, GeneratedRequest(VALID), "same", "The same title")
    for code in ("B", "C"):
        failures.add(case, FAILED, Symptom((f"response.body.Code={code!r}",)))
    assert failures.recognise(Symptom(("response.body.Code='C'",)))
    assert not failures.recognise(Symptom(("response.body.Code='D'",)))
    reported = [failure.reported for failure in failures]
    assert [result.id.rpartition("/")[2] for result in reported] == ["same", "same-2"]
    assert [result.title for result in reported] == ["The same title", "The same title (2 requests)"]


def collector() -> Collector:
    return Collector(CONTEXT, lambda request, result: (request, result))


def test_a_run_ends_after_some_requests_in_a_row_without_an_answer() -> None:
    collected = collector()
    request = GeneratedRequest(VALID)
    for result in (UNJUDGED, UNJUDGED, PASSED, UNJUDGED, UNJUDGED):
        list(collected.add_request(request, result))
        assert not collected.gets_no_answers
    assert MOST_IN_A_ROW == 3
    assert list(collected.add_request(request, UNJUDGED)) == []  # the reason is told already
    assert collected.gets_no_answers


def test_what_was_answered_as_documented_is_one_line_a_kind() -> None:
    collected = collector()
    wrong = GeneratedRequest({**VALID, "TrafficType": "None"})
    for request in (GeneratedRequest(VALID), GeneratedRequest(VALID), wrong):
        assert list(collected.add_request(request, PASSED)) == []
    assert [result.title for result in collected.summary()] == [
        "valid: 2 answered as documented",
        "breaks TrafficType.enum: 1 answered as documented",
    ]


def test_a_sequence_that_fails_twice_in_one_way_is_one_failure() -> None:
    collected = collector()
    case = request_case(CONTEXT, GeneratedRequest(VALID), "some", "Some sequence")
    observation = Observation(Trial("in a sequence", case), FAILED)
    assert [result.title for result in collected.add(observation)] == ["Some sequence"]
    assert list(collected.add(observation)) == []
    assert [result.title for result in collected.summary()] == ["Some sequence (2 requests)"]
