"""Faults of a table of errors: a letter of a code, the status, the message, and rows of one language for another's."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from msgspec.structs import replace

from conformance.cases.scaffold.rules import slug
from conformance.contract.message_templates import filled, fits
from conformance.server.checks import ORDERED
from conformance.server.faults.generated.fault import Flaw
from conformance.server.faults.mutations import Mutation, answering_step, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.contract.model import ErrorCode
    from conformance.server.answers import ServedAnswer
    from conformance.server.faults.generated.fault import Subject
    from conformance.server.request import Call
    from conformance.server.server_plan import ServerPlan

_TEMPLATE = "its message is a placeholder, which stands for any text"


def flaws_of_rows(subject: Subject) -> Iterator[Flaw]:
    """Yield what a server can do wrong with the error rows of an operation."""
    action = subject.operation.name
    for row in {row.key: row for contract in subject.contracts.values() for row in contract.errors}.values():
        base = slug(row.code)
        message = _other_message(filled(row.message))
        yield Flaw(
            f"{base}-misspelt",
            "row",
            f"{row.code} is spelt {_misspelt(row.code)}",
            _answering_row(action, row, lambda answer: _with(answer, Code=_misspelt(str(answer.body["Code"])))),
            code=row.code,
        )
        other = HTTPStatus.CONFLICT if row.status != HTTPStatus.CONFLICT else HTTPStatus.BAD_REQUEST
        yield Flaw(
            f"{base}-as-{int(other)}",
            "row",
            f"{row.code} comes with status {int(other)}",
            _answering_row(action, row, lambda answer, other=other: replace(answer, status=int(other))),  # type: ignore[misc]
            code=row.code,
        )
        yield Flaw(
            f"{base}-other-message",
            "row",
            f"the message of {row.code} is another",
            _answering_row(
                action, row, lambda answer: _with(answer, Message=_other_message(str(answer.body["Message"])))
            ),
            _TEMPLATE if fits(row.message, message) else "",
            code=row.code,
        )
    yield from _mixed(subject)
    if any(check.id == ORDERED for check in subject.plan.checks.get(action, ())):
        yield Flaw(
            "told-ignored",
            "row",
            "the server does not answer with the row that it is told",
            without(ORDERED),
            "" if any(each.errors for each in subject.contracts.values()) else "no document has an error row",
        )


def _mixed(subject: Subject) -> Iterator[Flaw]:
    """Yield the fault of a row that is answered as the document of another language has it."""
    pairs: dict[tuple[int, str, str], tuple[int, str]] = {}
    codes = dict.fromkeys(row.code for contract in subject.contracts.values() for row in contract.errors)
    for code in codes:
        rows = [contract.rows(code) for contract in subject.contracts.values()]
        if len(rows) > 1 and all(len(each) == 1 for each in rows):
            (one, *_), (other, *_) = rows[:2]
            if (one.status, one.message) != (other.status, other.message):
                pairs[one.key], pairs[other.key] = (other.status, other.message), (one.status, one.message)
                break
    if not pairs:
        return

    def swapped(answer: ServedAnswer) -> ServedAnswer:
        if answer.refusal is None or answer.refusal.key not in pairs:
            return answer
        status, message = pairs[answer.refusal.key]
        return replace(_with(answer, Message=filled(message)), status=status)

    about = f"{code} comes as the document of the other language has it"
    yield Flaw(
        f"{slug(code)}-of-other-language", "language", about, _of_errors(subject.operation.name, swapped), code=code
    )


def _answering_row(action: str, row: ErrorCode, change: Callable[[ServedAnswer], ServedAnswer]) -> Mutation:
    """Change every answer with one row, whatever led to it."""
    return _of_errors(
        action, lambda answer: change(answer) if answer.refusal and answer.refusal.key == row.key else answer
    )


def _of_errors(action: str, change: Callable[[ServedAnswer], ServedAnswer]) -> Mutation:
    def where(_plan: ServerPlan, call: Call, answer: ServedAnswer) -> bool:
        return call.action == action and answer.refusal is not None

    return answering_step("error", change, where)


def _with(answer: ServedAnswer, **fields: str) -> ServedAnswer:
    return replace(answer, body={**answer.body, **fields})


def _misspelt(code: str) -> str:
    """Return a code with one letter in the other case: the last one, for a code may be known by its beginning."""
    for index in range(len(code) - 1, -1, -1):
        if code[index].isalpha():
            return code[:index] + code[index].swapcase() + code[index + 1 :]
    return f"{code}x"


def _other_message(message: str) -> str:
    """Return a message that is wrong at both ends: a placeholder may be at one of them."""
    return f"Error: {message}!"
