"""Answers that one document allows and words otherwise, and that are just as a silent document has them."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.contract.model import Contract, ErrorCode, Fact, Parameter, Source, State
from conformance.judging.findings import Finding
from conformance.judging.other_wordings import is_as_worded
from conformance.protocol.answer import Answered

STATUS = Finding("response.status", (403,), 400)
MESSAGE = Finding("response.body.Message", ("It is missing.",), "It was not sent.")
TYPE = Finding("response.body.OrderNo", ("of type string",), 17)
NAMED = Finding("response.body.Name", ("bella",), "rex")


def contract(*rows: ErrorCode, **types: str) -> Contract:
    fields = tuple(Parameter(name, 9, {"type": Fact(State.STATED, each, 9)}, name) for name, each in types.items())
    return Contract("OpenGate", "zh", Source("zh.md", "0", "markdown"), (), fields, rows)


def row(status: int, message: str, code: str = "MissingParameter") -> ErrorCode:
    return ErrorCode(status, code, message, 7, State.STATED, "syntax")


def refused(status: int, message: str) -> Answered:
    body: dict[str, Any] = {"Code": "MissingParameter", "Message": message, "RequestId": "R-1"}
    return Answered(status, "application/json", "JSON", body)


@pytest.mark.parametrize(
    ("findings", "rows", "expected"),
    [
        ((STATUS,), [row(400, "It was not sent.")], True),
        ((STATUS, MESSAGE), [row(400, "It was not sent.")], True),
        ((MESSAGE,), [row(400, "It was %s.")], True),
        ((STATUS,), [row(400, "")], True),
        # Another row of the silent document, or none, is no wording of this answer.
        ((STATUS,), [row(409, "It was not sent.")], False),
        ((MESSAGE,), [row(400, "Something else.")], False),
        ((STATUS,), [row(400, "It was not sent.", "Other")], False),
        ((STATUS,), [], False),
        # What differs elsewhere too is no question of wording.
        ((STATUS, Finding("response.body.RequestId", ("a value",), None)), [row(400, "It was not sent.")], False),
        ((), [row(400, "It was not sent.")], False),
    ],
)
def test_a_refusal_is_as_the_silent_document_has_it(
    findings: tuple[Finding, ...], rows: list[ErrorCode], expected: object
) -> None:
    assert is_as_worded(refused(400, "It was not sent."), findings, contract(*rows)) is expected


@pytest.mark.parametrize(
    ("findings", "types", "expected"),
    [
        ((TYPE,), {"OrderNo": "integer"}, True),
        ((TYPE,), {"OrderNo": "string"}, False),
        ((TYPE,), {}, False),
        ((TYPE, NAMED), {"OrderNo": "integer", "Name": "string"}, False),
    ],
)
def test_a_field_is_of_the_type_that_the_silent_document_has(
    findings: tuple[Finding, ...], types: dict[str, str], expected: object
) -> None:
    answered = Answered(200, "application/json", "JSON", {"OrderNo": 17, "Name": "rex", "RequestId": "R-1"})
    assert is_as_worded(answered, findings, contract(**types)) is expected
