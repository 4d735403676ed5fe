"""Judging: one answer against the answers that a document allows. Pure: no network, no clock, no environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from conformance.cases.model import ANY_CODE
from conformance.contract.constraints import NUMBER
from conformance.judging.differences import ABSENT, differences
from conformance.judging.field_types import OF_TYPE, has_type
from conformance.judging.findings import Finding
from conformance.judging.inner_fields import judge_inside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from conformance.cases.promised_fields import PromisedField
    from conformance.cases.promises import PromisedAnswer
    from conformance.protocol.answer import Answered

_REFUSALS: Final = (400, 500)
"""Statuses of answers that refuse a request for what it asks, from and below: RFC 9110, section 15.5."""

_ANY_STATUS: Final = "400 to 499"
_ANY_IN_WORDS: Final = "an error of the request, with any code"


def judge(
    answered: Answered, answers: Sequence[PromisedAnswer], sent: Mapping[str, str]
) -> tuple[list[Finding], PromisedAnswer | None]:
    """Compare an answer with those that one document allows.

    Args:
        answered: The answer.
        answers: The answers allowed; any of them conforms.
        sent: The parameters sent, flat: a field of the answer with the name of a parameter returns its value.

    Returns:
        What differs, and the allowed answer that was compared (`None` when none has the observed code).
    """
    if exact := _exact_row(answered, answers):
        return [], exact
    # Where any refusal is allowed, one with a documented code may have another message than its rows.
    groups = [[answer for answer in answers if answer.code == answered.code], _any_refusal(answered, answers)]
    judged = [(list(_compare(answered, answer, group, sent)), answer) for group in groups for answer in group]
    if not judged:
        return _another_code(answered, answers), None
    return min(judged, key=lambda pair: len(pair[0]))


def _exact_row(answered: Answered, answers: Iterable[PromisedAnswer]) -> PromisedAnswer | None:
    """Return the row of the document that the answer repeats word for word, when there is nothing more to compare."""
    status, code, message = answered.status, answered.code, answered.body.get("Message")
    taking = None
    for answer in answers if code is not None else ():
        if answer.code != code or answer.status != status or answer.message is None or answer.body:
            continue
        if answer.takes(message):
            # A row with the very message says more than one whose placeholders take it.
            if answer.message == message:
                return answer
            taking = taking or answer
    return taking


def _any_refusal(answered: Answered, answers: Sequence[PromisedAnswer]) -> list[PromisedAnswer]:
    """Return the answer that allows a refusal with any code, when that is what was answered."""
    if answered.code is None or not _REFUSALS[0] <= answered.status < _REFUSALS[1]:
        return []
    return [replace(answer, status=answered.status) for answer in answers if answer.code == ANY_CODE]


def _another_code(answered: Answered, answers: Sequence[PromisedAnswer]) -> list[Finding]:
    line = answers[0].line
    wanted = _unique(_ANY_IN_WORDS if answer.code == ANY_CODE else answer.code for answer in answers)
    findings = [Finding("response.body.Code", wanted, answered.code, line)]
    if answered.status not in {answer.status for answer in answers}:
        statuses = _unique(_ANY_STATUS if answer.code == ANY_CODE else answer.status for answer in answers)
        findings.append(Finding("response.status", statuses, answered.status, line))
    return findings


def _compare(
    answered: Answered, answer: PromisedAnswer, same_code: Sequence[PromisedAnswer], sent: Mapping[str, str]
) -> Iterator[Finding]:
    if answered.status != answer.status:
        yield Finding("response.status", _unique(other.status for other in same_code), answered.status, answer.line)
    message = answered.body.get("Message")
    if answer.message is not None and not answer.takes(message):
        wanted = _unique(other.wording or other.message for other in same_code)
        yield Finding("response.body.Message", wanted, message, answer.line)
    if answer.code is None:
        for field in answer.fields:
            yield from _judge_field(answered, field, sent)
        if answered.format == "JSON":
            yield from judge_inside(answered.body, answer.inside, sent)
    if answer.body:
        for finding in differences(answer.body, answered.body, "response.body"):
            yield finding.at(answer.line)


def _judge_field(answered: Answered, field: PromisedField, sent: Mapping[str, str]) -> Iterator[Finding]:
    value = answered.body.get(field.name)
    wanted = _wanted_value(answered, field, value, sent)
    if wanted is not None:
        yield Finding(f"response.body.{field.name}", (wanted,), value, field.line)


def _wanted_value(answered: Answered, field: PromisedField, value: object, sent: Mapping[str, str]) -> str | None:
    """Return what the document promises in place of the value of a field; `None` when the value conforms."""
    if value in ABSENT:
        # A field that returns a parameter has nothing to return when that was not sent, or was empty.
        wanted = field.demanded(sent) and (not field.echoes or bool(sent.get(field.name)))
        return "a value" if wanted else None
    if answered.format == "JSON" and not has_type(value, field.type):
        return f"{OF_TYPE}{field.type}"
    if field.echoes and not _is_echo_of(value, sent.get(field.name)):
        return sent[field.name]
    return "true" if field.name == "Success" and not _is_text_of(value, "true") else None


def _is_echo_of(value: object, text: str | None) -> bool:
    """Whether a value returns the text of a parameter, or may.

    No number returns a text that is none; and for a number below 1 of what is counted from 1, as pages are, a usual one
    may be taken.
    """
    if text is None or _is_text_of(value, text):
        return True
    if NUMBER.fullmatch(text) is not None and float(text) >= 1:
        return False
    return isinstance(value, int | float) or (isinstance(value, str) and NUMBER.fullmatch(value) is not None)


def _is_text_of(value: object, text: str) -> bool:
    """Whether a value is a text, or the number or boolean that is written so: `80` of a field that is a number."""
    if isinstance(value, bool):
        return text.lower() == ("true" if value else "false")
    if isinstance(value, int | float):
        return NUMBER.fullmatch(text) is not None and float(text) == value
    return value == text


def _unique(values: Iterable[object]) -> tuple[object, ...]:
    return tuple(dict.fromkeys(values))
