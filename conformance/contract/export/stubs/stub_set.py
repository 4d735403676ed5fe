"""What the stubs of one operation are made of, whichever server they are for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from conformance.contract.export.answers import canned_answers, preference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.contract.export.answers import CannedAnswer
    from conformance.contract.export.call_form import OperationMark
    from conformance.contract.model import Contract

JSON_TYPE: Final = "application/json"


@dataclass(frozen=True, slots=True)
class StubAnswer:
    """An answer, and the requests that get it.

    Attributes:
        title: What a person sees of it.
        preference: The `Prefer` header of the requests; `None` for those that no other answer fits.
        answer: The answer.
    """

    title: str
    preference: str | None
    answer: CannedAnswer


@dataclass(frozen=True, slots=True)
class StubSet:
    """All stubs of one operation.

    Attributes:
        operation: Its name.
        title: What a person sees of the whole.
        key: What tells it from other operations and languages.
        mark: Where a request names its operation.
        answers: Those that a `Prefer` header names first, and last the one for all other requests.
    """

    operation: str
    title: str
    key: str
    mark: OperationMark
    answers: tuple[StubAnswer, ...]


def stub_set(contract: Contract, mark: OperationMark) -> StubSet:
    """Return the stubs of a contract: each row by its name, the first row of each status by that alone, the success."""
    return StubSet(
        contract.operation,
        f"{contract.product} {contract.operation}, by its {contract.language} document".strip(),
        f"{contract.product}/{contract.version}/{contract.operation}.{contract.language}",
        mark,
        tuple(_answers(contract)),
    )


def _answers(contract: Contract) -> Iterator[StubAnswer]:
    success, *errors = canned_answers(contract)
    for each in errors:
        yield StubAnswer(f"{contract.operation} {each.status} {each.name}", each.preference, each)
    for status, first in {each.status: each for each in reversed(errors)}.items():
        yield StubAnswer(f"{contract.operation} {status}", preference(status, None), first)
    yield StubAnswer(f"{contract.operation} {success.status}", None, success)
